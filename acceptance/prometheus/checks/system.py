"""A broker, an extractor, an inference service and Prometheus, each in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from checks.report import CheckAborted
from checks.server import Prometheus

sys.path.append(str(Path(__file__).resolve().parents[2] / "clients"))
from processes import HOME, free_port, listening, process, reprise, wait_for  # noqa: E402

RULES = HOME / "deploy" / "prometheus" / "rules.yml"
SCRAPE_SECONDS = 2


class System:
    """The running processes and their ports."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        broker_port, extractor_port, inference_port, prometheus_port = ports(4)
        self.broker = f"127.0.0.1:{broker_port}"
        self.ports = {"extractor": extractor_port, "inference": inference_port}
        self.prometheus = Prometheus(f"http://127.0.0.1:{prometheus_port}")

    def start(self, name: str, *command: str) -> None:
        log = self.folder / f"{name}.log"
        self._processes[name] = self._stack.enter_context(process(list(command), log))

    def wait(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait for a condition; fail at once if a process has exited."""

        def alive_and_condition() -> bool:
            for name, started in self._processes.items():
                if started.poll() is not None:
                    raise CheckAborted(f"{name} exited with {started.returncode}.")
            return condition()

        try:
            wait_for(what, alive_and_condition)
        except SystemExit as e:
            raise CheckAborted(str(e)) from e


@contextmanager
def running(folder: Path, inference_options: list[str]) -> Iterator[System]:
    """Run all processes; yields once they are ready."""
    with ExitStack() as stack:
        system = System(folder, stack)
        launcher = str(HOME / "reprise")
        reprise("--version")  # builds the product if necessary, before the timeouts begin
        broker_port = int(system.broker.rpartition(":")[2])
        system.start("broker", launcher, "broker", "--port", str(broker_port))
        system.wait("the broker", lambda: listening(broker_port))
        common = ["--bootstrap-servers", system.broker]
        reprise("topics", "create", *common, "--partitions", "4")
        common += ["--data-dir", str(folder), "--http-port"]
        extractor = [*common, str(system.ports["extractor"]), "--allowed-root", str(folder)]
        inference = [*common, str(system.ports["inference"]), *inference_options]
        system.start("extractor", launcher, "extractor", *extractor)
        system.start("inference", launcher, "inference", *inference)
        start_prometheus(system)
        for name, port in system.ports.items():
            system.wait(f"the {name}", ready(f"http://127.0.0.1:{port}/health/ready"))
        system.wait("Prometheus", ready(system.prometheus.url + "/-/ready"))
        system.wait("the first scrape", lambda: system.prometheus.query_values("up") == [1, 1])
        yield system


def start_prometheus(system: System) -> None:
    """Start Prometheus with deploy/prometheus/rules.yml, with the hour that drift must last shortened.

    The inference service is labelled as one with a GPU, to test the rules for that.
    """
    rules = RULES.read_text().replace("for: 1h", f"for: {2 * SCRAPE_SECONDS}s")
    (system.folder / "rules.yml").write_text(rules)
    interval = f"{SCRAPE_SECONDS}s"
    configuration = {
        "global": {"scrape_interval": interval, "evaluation_interval": interval},
        "rule_files": ["rules.yml"],
        "scrape_configs": [
            scrape_config("reprise-extractor", system.ports["extractor"], {}),
            scrape_config("reprise-inference", system.ports["inference"], {"accelerator": "cuda"}),
        ],
    }
    file = system.folder / "prometheus.yml"
    file.write_text(json.dumps(configuration))  # JSON is YAML
    system.start(
        "prometheus",
        "prometheus",
        f"--config.file={file}",
        f"--storage.tsdb.path={system.folder / 'prometheus'}",
        f"--web.listen-address={system.prometheus.url.removeprefix('http://')}",
        "--log.level=warn",
    )


def print_logs(folder: Path) -> None:
    for log in sorted(folder.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()[-15:]
        if lines:
            print(f"--- last lines of {log.name}", *lines, sep="\n", file=sys.stderr)


def scrape_config(job: str, port: int, labels: dict[str, str]) -> dict[str, Any]:
    targets = {"targets": [f"127.0.0.1:{port}"], "labels": labels}
    return {"job_name": job, "static_configs": [targets]}


def ports(count: int) -> list[int]:
    """Return `count` different free ports."""
    found: list[int] = []
    while len(found) < count:
        port = free_port()
        if port not in found:
            found.append(port)
    return found


def ready(url: str) -> Callable[[], bool]:
    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return is_ready
