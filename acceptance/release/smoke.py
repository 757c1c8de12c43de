# /// script
# requires-python = ">=3.11"
# ///
"""Test what a release publishes, in containers: both archives in a bare Debian 12, or an image.

`reprise --version` must print the version of pom.xml, an archive may contain Reprise's jars of this
version only, `reprise run --format json` of a generated tone must print all eight features, and
`reprise serve` of an archive must serve the page.
Prints a line for each check and stops at the first failure. Exits 0 if all checks pass, else 1.
Needs Docker.

    uv run acceptance/release/smoke.py
    uv run acceptance/release/smoke.py --image reprise
"""

from __future__ import annotations

import argparse
import json
import math
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import wave
from pathlib import Path
from xml.etree import ElementTree

HOME = Path(__file__).resolve().parents[2]
RELEASE = HOME / "deploy" / "tarball" / "target" / "release"
DEBIAN = "debian:12-slim"
JAVA = "openjdk-17-jre-headless"
TIMEOUT_SECONDS = 600
FEATURES = {
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "tempo",
    "valence",
}
# Its arguments are the Debian packages to install first. Standard output is for Reprise alone.
UNPACK_AND_RUN = """
if [ $# -gt 0 ]; then
  apt-get -qq update >&2
  apt-get -qq install --yes --no-install-recommends "$@" >&2
fi
mkdir /opt/reprise
tar -xzf /mnt/archive.tar.gz --directory /opt/reprise --strip-components 1
/opt/reprise/reprise --version
/opt/reprise/reprise run --format json /mnt/tone.wav
/opt/reprise/reprise serve --data-dir /tmp/data >&2 &
until { exec 3<>/dev/tcp/127.0.0.1/8080; } 2>/dev/null; do
  kill -0 $! || exit 1
  sleep 1
done
printf 'GET / HTTP/1.0\\r\\nHost: 127.0.0.1:8080\\r\\n\\r\\n' >&3
head -n 1 <&3
kill $!
"""


class CheckFailed(Exception):
    """A check failed; the message says which, in one sentence."""


def main() -> int:
    options = arguments()
    version = project_version()
    try:
        with tempfile.TemporaryDirectory() as folder:
            tone = write_tone(Path(folder) / "tone.wav")
            if options.image:
                check_image(options.image, tone, version)
            else:
                check_archive(options.release / f"reprise-{version}-linux-x86_64.tar.gz", tone, version)
                check_archive(options.release / f"reprise-{version}.tar.gz", tone, version, JAVA)
    except CheckFailed as e:
        print(f"FAILED: {e}", file=sys.stderr)
        return 1
    print("all checks passed")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Tests what a release publishes, in containers.")
    parser.add_argument("--release", type=Path, default=RELEASE, metavar="DIR", help="folder of the archives")
    parser.add_argument("--image", metavar="NAME", help="test this image instead of the archives")
    return parser.parse_args()


def project_version() -> str:
    version = ElementTree.parse(HOME / "pom.xml").getroot().findtext("{http://maven.apache.org/POM/4.0.0}version")
    if version is None:
        raise SystemExit("pom.xml has no version.")
    return version


def write_tone(file: Path) -> Path:
    """Write a WAV file of 5 s: 440 Hz, 16 bits, mono."""
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(22050)
        samples = (int(9000 * math.sin(2 * math.pi * 440 * i / 22050)) for i in range(5 * 22050))
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    # Images run as a dedicated user.
    file.chmod(0o644)
    return file


def check_archive(archive: Path, tone: Path, version: str, *packages: str) -> None:
    """Check an archive in a container that has only these packages in addition to Debian's base."""
    check_jars(archive, version)
    container = " with ".join([DEBIAN, *packages])
    mounts = {archive: "/mnt/archive.tar.gz", tone: "/mnt/tone.wav"}
    lines = docker_run(mounts, DEBIAN, "bash", "-euc", UNPACK_AND_RUN, "unpack-and-run", *packages)
    if not re.match(r"HTTP/1\.[01] 200 ", lines[-1] if lines else ""):
        raise CheckFailed(f"{archive.name}, {container}: reprise serve responds with {lines[-1:]}, not the page.")
    check_output(lines[:-1], version, f"{archive.name}, {container}")


def check_jars(archive: Path, version: str) -> None:
    if not archive.is_file():
        raise CheckFailed(f"There is no {archive}: build it with ./mvnw -Prelease verify.")
    with tarfile.open(archive) as tar:
        jars = [path.name for path in map(Path, tar.getnames()) if path.match("*/lib/*.jar")]
    own = [jar for jar in jars if jar.startswith("reprise-")]
    wrong = [jar for jar in own if not jar.endswith(f"-{version}.jar")]
    if not version.endswith("-SNAPSHOT"):
        wrong += [jar for jar in jars if "SNAPSHOT" in jar and jar not in wrong]
    if not own or wrong:
        raise CheckFailed(f"{archive.name} has other jars than those of {version}: {wrong or 'none of Reprise'}.")
    print(f"{archive.name}: {len(jars)} jars, {len(own)} of them Reprise's, all of {version}", flush=True)


def check_image(image: str, tone: Path, version: str) -> None:
    lines = docker_run({}, image, "--version")
    lines += docker_run({tone: "/mnt/tone.wav"}, image, "run", "--format", "json", "/mnt/tone.wav")
    check_output(lines, version, image)


def docker_run(mounts: dict[Path, str], *arguments: str) -> list[str]:
    """Run a command in a new container, and return the lines of its standard output."""
    command = ["docker", "run", "--rm"]
    for source, target in mounts.items():
        command += ["--volume", f"{source.resolve()}:{target}:ro"]
    completed = subprocess.run(
        [*command, *arguments], stdout=subprocess.PIPE, text=True, encoding="utf-8", timeout=TIMEOUT_SECONDS
    )
    if completed.returncode != 0:
        raise CheckFailed(f"docker run exited with {completed.returncode}; it printed: {completed.stdout}")
    return completed.stdout.splitlines()


def check_output(lines: list[str], version: str, where: str) -> None:
    """Check the lines of `reprise --version` and of `reprise run`."""
    if not lines or not re.fullmatch(rf"Reprise {re.escape(version)} \(Kafka \S+, Java \S+\)", lines[0]):
        raise CheckFailed(f"{where}: reprise --version prints {lines[:1]}, not version {version}.")
    try:
        predictions = [json.loads(line) for line in lines[1:]]
        features = [prediction["features"] for prediction in predictions]
    except (ValueError, KeyError, TypeError) as e:
        raise CheckFailed(f"{where}: reprise run prints no prediction, but: {lines[1:]}") from e
    if len(features) != 1 or features[0].keys() != FEATURES:
        raise CheckFailed(f"{where}: reprise run prints {features}, not the eight features of one track.")
    if not all(math.isfinite(value) for value in features[0].values()):
        raise CheckFailed(f"{where}: reprise run prints a feature that is no number: {features[0]}.")
    print(f"{where}: {lines[0]}; eight features", flush=True)


if __name__ == "__main__":
    sys.exit(main())
