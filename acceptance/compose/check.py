# /// script
# requires-python = ">=3.11"
# dependencies = ["axe-playwright-python==0.1.8", "playwright==1.65.2"]
# ///
"""Build the image, bring the Compose file up, drop an album on its page, and tear everything down.

1. The build context is what .dockerignore lets through, as Docker itself sees it; the release archive is built from
   just these files.
2. The image is built from that archive, and checked: size, user, labels, software bill of materials, read-only run.
3. `docker-compose up` starts the services; FLAC files are dropped on the page in Chromium, one of 40 MB, which goes
   through the spool; the page shows their features, and the spool is empty afterwards.
4. Prometheus must have all its targets up.

With `--variant`, archive and image of a CUDA variant are built and checked instead, without Compose. The image predicts
on the CPU, and reports in one line why it cannot use CUDA. Not part of .ci/run: it makes gigabytes.

Images that cannot be pulled are replaced by stand-ins, each named in the output: Debian by mmdebstrap for base images,
`reprise broker` for Kafka, Debian's package for Prometheus. There is none for Grafana. The stand-in for NVIDIA's images
has no CUDA.

Needs root if no Docker daemon is running: it then starts one of its own in a temporary folder. Needs a JDK, ffmpeg, and
Debian's packages chromium, docker.io, docker-compose and mmdebstrap. Prints a line for each check and stops at the
first failure. Exits 0 if all checks pass, else 1.

    uv run acceptance/compose/check.py
    uv run acceptance/compose/check.py --variant cuda12
    uv run acceptance/compose/check.py --variant cuda13
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Error as PlaywrightError

HOME = Path(__file__).resolve().parents[2]
sys.path.append(str(HOME / "acceptance" / "page"))
from audio import flac, noise  # noqa: E402
from browser import CHROMIUM, CheckFailed, browsing  # noqa: E402
from server import Api  # noqa: E402
from steps import album  # noqa: E402

COMPOSE = HOME / "deploy" / "compose.yaml"
DOCKERFILE = HOME / "deploy" / "docker" / "Dockerfile"
SMOKE = HOME / "acceptance" / "release" / "smoke.py"
IMAGE = "reprise"
MAX_IMAGE_BYTES = 450_000_000
# Of what a variant adds to its base image.
MAX_VARIANT_BYTES = {"cuda12": 1_000_000_000, "cuda13": 600_000_000}
BASE_IMAGE = "debian:trixie-slim"
BUILD_IMAGE = "eclipse-temurin:17-jdk"
KAFKA_IMAGE = "apache/kafka:4.3.1"
PROMETHEUS_IMAGE = "prom/prometheus:v3.5.0"
GRAFANA_IMAGE = "grafana/grafana:12.3.1"
SERVICES = ("topics", "extractor", "inference", "api")
API = "http://127.0.0.1:8080"
PROMETHEUS = "http://127.0.0.1:9090"
MIN_UPLOAD_BYTES = 40_000_000
PROJECT = "reprise-check"
HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


def main() -> int:
    variant = arguments().variant
    start = time.monotonic()
    try:
        for tool in ("docker", "ffmpeg", "javac"):
            if shutil.which(tool) is None:
                raise CheckFailed(f"{tool} is missing: install it first.")
        if not variant and not CHROMIUM.exists():
            raise CheckFailed("chromium is missing: install Debian's package chromium.")
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reprise-compose-")))
            stack.enter_context(daemon(folder))
            if variant:
                check_variant(variant, folder)
            else:
                check(folder, stack)
    except CheckFailed as e:
        print(f"FAILED: {e}", file=sys.stderr)
        return 1
    print(f"all checks passed after {time.monotonic() - start:.0f} s")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Builds the image and checks it, by itself and in Compose.")
    parser.add_argument("--variant", choices=MAX_VARIANT_BYTES, help="check the image of this variant, without Compose")
    return parser.parse_args()


def check(folder: Path, stack: ExitStack) -> None:
    version = project_version()
    stand_ins = provide_images(folder)
    context = build_context(folder / "context")
    archive = build_archive(context, version)
    info(f"the archive is built from what .dockerignore lets through: {archive.stat().st_size / 1e6:.0f} MB")
    override = write_override(folder / "override.json", context, archive, version, stand_ins)
    compose = Compose(override)
    stack.callback(compose.down)
    compose.run("build", "api")
    check_image(IMAGE, version, MAX_IMAGE_BYTES)
    compose.run("up", "--detach", *compose.services(stand_ins))
    wait("the services to be healthy", 240, compose.are_healthy)
    info("extractor, inference service and API are healthy")
    check_page(folder, compose)
    check_targets()


def check_variant(variant: str, folder: Path) -> None:
    version = project_version()
    base = base_image(variant)
    provide_base(folder)
    if not has_image(base):
        run("docker", "tag", BASE_IMAGE, base)
        info(f"stand-in for {base}: {BASE_IMAGE}, without CUDA")
    context = build_context(folder / "context")
    archive = build_archive(context, version, variant)
    info(f"{archive.name}: {archive.stat().st_size / 1e6:.0f} MB")
    image = f"{IMAGE}:{variant}"
    build_variant(image, base, variant, archive, context, version)
    check_image(image, version, image_bytes(base) + MAX_VARIANT_BYTES[variant])
    info(run(sys.executable, SMOKE, "--image", image).splitlines()[0])
    check_cuda(image, flac(folder / "song.flac", seconds=5))


def base_image(variant: str) -> str:
    """Return the base image that the Dockerfile names for a variant."""
    match = re.search(rf"VARIANT={variant} --build-arg BASE_IMAGE=(\S+)", DOCKERFILE.read_text())
    if match is None:
        raise CheckFailed(f"The Dockerfile names no base image for {variant}.")
    return match[1]


def build_variant(image: str, base: str, variant: str, archive: Path, context: Path, version: str) -> None:
    values = {"VARIANT": variant, "BUILD_IMAGE": BASE_IMAGE, "BASE_IMAGE": base}
    values |= {"ARCHIVE": str(archive.relative_to(context)), "VERSION": version}
    options = [it for name, value in values.items() for it in ("--build-arg", f"{name}={value}")]
    environment = os.environ | {"DOCKER_BUILDKIT": "0"}
    run("docker", "build", "--file", DOCKERFILE, "--tag", image, *options, context, env=environment)


def check_cuda(image: str, song: Path) -> None:
    """Check that the variant's ONNX Runtime tries CUDA, and that its absence is an error in one line."""
    command = ["docker", "run", "--rm", *HARDENED, "--volume", f"{song}:/song.flac:ro", image]
    command += ["run", "--execution-provider", "cuda", "/song.flac"]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (completed.stdout + completed.stderr).splitlines()
    expected = "--execution-provider is cuda, but ONNX Runtime cannot use CUDA ("
    # ONNX Runtime may log an error of CUDA before.
    if completed.returncode != 1 or not lines or not lines[-1].startswith(expected):
        raise CheckFailed(f"Without a GPU, {image} exits with {completed.returncode} and prints: {' | '.join(lines)}")
    info(f"{image} without a GPU: {lines[-1]}")


def info(text: str) -> None:
    print(text, flush=True)


def run(*command: str | Path, stdin: str = "", cwd: Path = HOME, env: Mapping[str, str] = os.environ) -> str:
    completed = subprocess.run(
        [str(it) for it in command], input=stdin, capture_output=True, text=True, check=False, cwd=cwd, env=env
    )
    if completed.returncode != 0:
        tail = " | ".join((completed.stdout + completed.stderr).strip().splitlines()[-5:])
        raise CheckFailed(f"{' '.join(map(str, command[:4]))} exited with {completed.returncode}: {tail}")
    return completed.stdout.strip()


def wait(what: str, seconds: float, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise CheckFailed(f"Waited {seconds:.0f} s in vain for {what}.")
        time.sleep(1)


@contextmanager
def daemon(folder: Path) -> Iterator[None]:
    """Use the running Docker daemon, or start one without traces outside the folder."""
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0:
        yield
        return
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        raise CheckFailed("No Docker daemon is running; start it, or run as root with dockerd installed.")
    socket = f"unix://{folder}/docker.sock"
    command = ["dockerd", "--storage-driver=vfs", f"--data-root={folder}/data", f"--exec-root={folder}/exec"]
    command += [f"--pidfile={folder}/docker.pid", "--host", socket]
    with (folder / "dockerd.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        os.environ["DOCKER_HOST"] = socket
        try:
            wait(
                "dockerd to start",
                60,
                lambda: subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0,
            )
            yield
        finally:
            process.terminate()
            process.wait(60)


def project_version() -> str:
    version = ElementTree.parse(HOME / "pom.xml").getroot().findtext("{http://maven.apache.org/POM/4.0.0}version")
    if version is None:
        raise CheckFailed("pom.xml has no version.")
    return version


def provide_images(folder: Path) -> set[str]:
    """Pull the images, or make stand-ins; returns the images that have one."""
    provide_base(folder)
    stand_ins = {image for image in (PROMETHEUS_IMAGE, KAFKA_IMAGE, GRAFANA_IMAGE) if not has_image(image)}
    if PROMETHEUS_IMAGE in stand_ins:
        import_debian(PROMETHEUS_IMAGE, folder, "prometheus", "wget", entrypoint="/usr/bin/prometheus")
        info(f"stand-in for {PROMETHEUS_IMAGE}: Debian's package prometheus")
    if KAFKA_IMAGE in stand_ins:
        info(f"stand-in for {KAFKA_IMAGE}: reprise broker")
    if GRAFANA_IMAGE in stand_ins:
        info(f"no stand-in for {GRAFANA_IMAGE}: Grafana is not started")
    return stand_ins


def provide_base(folder: Path) -> None:
    if not has_image(BASE_IMAGE):
        import_debian(BASE_IMAGE, folder)
        # The stage that builds from the sources is not used, but Docker's classic builder resolves its image.
        run("docker", "tag", BASE_IMAGE, BUILD_IMAGE)
        info(f"stand-in for {BASE_IMAGE}, and {BUILD_IMAGE} whose stage is not used: Debian by mmdebstrap")
    elif not has_image(BUILD_IMAGE):
        run("docker", "tag", BASE_IMAGE, BUILD_IMAGE)


def has_image(image: str) -> bool:
    for command in ("inspect", "pull"):
        if subprocess.run(["docker", "image", command, image], capture_output=True, check=False).returncode == 0:
            return True
    return False


def import_debian(image: str, folder: Path, *packages: str, entrypoint: str = "") -> None:
    root = folder / "root.tar"
    include = [f"--include={','.join(packages)}"] if packages else []
    run("mmdebstrap", "--variant=minbase", *include, "trixie", root)
    change = ["--change", f'ENTRYPOINT ["{entrypoint}"]'] if entrypoint else []
    run("docker", "import", *change, root, image)
    root.unlink()


def build_context(context: Path) -> Path:
    """Export the build context as Docker sees it."""
    dockerfile = "FROM scratch\nCOPY . /\n"
    environment = os.environ | {"DOCKER_BUILDKIT": "0"}
    image = run("docker", "build", "--quiet", "--file", "-", HOME, stdin=dockerfile, env=environment).splitlines()[-1]
    container = run("docker", "create", image, "none")
    try:
        context.mkdir()
        with subprocess.Popen(["docker", "export", container], stdout=subprocess.PIPE) as export:
            subprocess.run(["tar", "-x", "-C", str(context)], stdin=export.stdout, check=True)
    finally:
        run("docker", "rm", container)
        run("docker", "image", "rm", image)
    # Docker reads these two from outside the context.
    shutil.copytree(HOME / "deploy" / "docker", context / "deploy" / "docker")
    shutil.copy(HOME / ".dockerignore", context)
    return context


def build_archive(context: Path, version: str, variant: str = "") -> Path:
    """Build the archive with the Dockerfile's own command, and return it."""
    dockerfile = DOCKERFILE.read_text()
    match = re.search(r"(\./mvnw .+?package .+?);", dockerfile.replace("\\\n", ""))
    if match is None:
        raise CheckFailed("The Dockerfile has no Maven command.")
    run("bash", "-euc", match[1], cwd=context, env=os.environ | {"VARIANT": variant})
    suffix = f"-{variant}" if variant else ""
    archive = context / f"deploy/tarball/target/release/reprise-{version}-linux-x86_64{suffix}.tar.gz"
    if not archive.is_file():
        raise CheckFailed(f"The build made no {archive.name}.")
    return archive


def write_override(file: Path, context: Path, archive: Path, version: str, stand_ins: set[str]) -> Path:
    """Write what the Compose file does not have: the archive, and stand-ins."""
    arguments = {"BUILD_IMAGE": BASE_IMAGE, "ARCHIVE": str(archive.relative_to(context)), "VERSION": version}
    build = {"build": {"context": str(context), "args": arguments}}
    services: dict[str, dict] = {name: dict(build) for name in SERVICES}
    if KAFKA_IMAGE in stand_ins:
        health = ["CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/19092"]
        services["kafka"] = {
            "image": IMAGE,
            "command": ["broker", "--host", "0.0.0.0", "--port", "19092", "--advertised-host", "kafka"],
            "healthcheck": {"test": health, "interval": "3s", "start_period": "5s"},
        }
    file.write_text(json.dumps({"version": "3.9", "services": services}))
    return file


class Compose:
    """Compose, of either version, with the override file."""

    def __init__(self, override: Path) -> None:
        plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
        if not plugin and shutil.which("docker-compose") is None:
            raise CheckFailed("docker-compose is missing: install it first.")
        self._command = ["docker", "compose"] if plugin else ["docker-compose"]
        self._options = ["--file", str(COMPOSE), "--file", str(override), "--project-directory", str(COMPOSE.parent)]
        self._environment = os.environ | {"COMPOSE_PROJECT_NAME": PROJECT, "COMPOSE_PROFILES": "cpu"}
        self._environment["DOCKER_BUILDKIT"] = "0"

    def run(self, *arguments: str) -> str:
        return run(*self._command, *self._options, *arguments, env=self._environment)

    def services(self, stand_ins: set[str]) -> list[str]:
        names = ["kafka", *SERVICES, "prometheus"]
        return names if GRAFANA_IMAGE in stand_ins else [*names, "grafana"]

    def are_healthy(self) -> bool:
        for service in ("extractor", "inference", "api"):
            container = self.run("ps", "--quiet", service)
            if not container:
                return False
            status = run("docker", "inspect", "--format", "{{.State.Status}} {{.State.Health.Status}}", container)
            if status.startswith(("exited", "restarting")):
                log = run("sh", "-c", f"docker logs --tail 3 {container} 2>&1")
                raise CheckFailed(f"The service {service} has exited: {log}")
            if not status.endswith(" healthy"):
                return False
        return True

    def spooled(self) -> str:
        """Return the files in the extractor's spool."""
        container = self.run("ps", "--quiet", "extractor")
        command = json.loads(run("docker", "inspect", "--format", "{{json .Config.Cmd}}", container))
        return self.run("exec", "-T", "extractor", "ls", "-A", command[command.index("--spool") + 1])

    def down(self) -> None:
        self.run("down", "--volumes", "--timeout", "30")


def check_image(name: str, version: str, max_bytes: int) -> None:
    image = json.loads(run("docker", "image", "inspect", name))[0]
    if image["Size"] > max_bytes:
        raise CheckFailed(f"The image has {image['Size'] / 1e6:.0f} MB, more than {max_bytes / 1e6:.0f}.")
    config = image["Config"]
    if config["User"] != "10001:10001":
        raise CheckFailed(f"The image runs as {config['User'] or 'root'}.")
    if config["Labels"].get("org.opencontainers.image.version") != version:
        raise CheckFailed(f"The image has the labels {config['Labels']}, without version {version}.")
    if config["Healthcheck"]["Test"][0] != "CMD":
        raise CheckFailed("The image's health check needs a shell.")
    listing = run("docker", "run", "--rm", *HARDENED, "--entrypoint", "cat", name, "/opt/reprise/sbom.cdx.json")
    components = len(json.loads(listing)["components"])
    line = run("docker", "run", "--rm", *HARDENED, name, "--version")
    if not line.startswith(f"Reprise {version} "):
        raise CheckFailed(f"The image's --version prints {line}.")
    info(f"{name}: {image['Size'] / 1e6:.0f} MB, user 10001, read-only; the SBOM has {components} components; {line}")


def image_bytes(name: str) -> int:
    return int(run("docker", "image", "inspect", "--format", "{{.Size}}", name))


def check_page(folder: Path, compose: Compose) -> None:
    """Drop an album on the page, and read the features of its songs."""
    songs = [flac(folder / "01 long.flac", seconds=180), flac(folder / "02 short.flac", seconds=12)]
    size = songs[0].stat().st_size
    if size < MIN_UPLOAD_BYTES:
        raise CheckFailed(f"{songs[0].name} has only {size} bytes.")
    try:
        with browsing(API, None) as browser, browser.visit("light") as visit:
            album.dropped(visit, Api(API), songs, noise(folder / "cover.jpg"), None)
    except PlaywrightError as e:
        raise CheckFailed(f"browser error: {e.message.splitlines()[0]}") from e
    wait("the extractor to empty the spool", 60, lambda: not compose.spooled())
    info("the spool is empty")


def check_targets() -> None:
    def states() -> list[str]:
        with urllib.request.urlopen(f"{PROMETHEUS}/api/v1/targets", timeout=10) as response:
            targets = json.load(response)["data"]["activeTargets"]
        return [f"{it['labels']['job']} {it['health']}" for it in targets]

    def all_up() -> bool:
        try:
            found = states()
        except OSError:
            return False
        return bool(found) and all(it.endswith(" up") for it in found)

    wait("Prometheus to scrape all targets", 90, all_up)
    info(f"Prometheus: {', '.join(sorted(states()))}")


if __name__ == "__main__":
    sys.exit(main())
