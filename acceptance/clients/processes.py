"""Reprise's commands as child processes, and requests to them, for end-to-end test scripts.

A script that imports this module ends its child processes on SIGTERM too.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 120


def _exit(*_: object) -> None:
    # `timeout` signals `uv run` and the script, and uv passes its signal on: the second must not stop the cleanup.
    signal.signal(signal.SIGTERM, lambda *_: None)
    sys.exit("Terminated by SIGTERM.")


# By default Python would end at once, and leave its child processes behind.
signal.signal(signal.SIGTERM, _exit)


@contextmanager
def service(folder: Path, *arguments: str, log_name: str = "") -> Iterator[None]:
    """Run `./reprise ARGUMENTS` until the block ends, with its output in a file in `folder`."""
    with process([str(HOME / "reprise"), *arguments], folder / f"{log_name or arguments[0]}.log"):
        yield


@contextmanager
def process(
    command: list[str], log: Path, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process, by default in this environment, and end it when the block ends."""
    with log.open("wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(60)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


def reprise(*arguments: str) -> str:
    return run([str(HOME / "reprise"), *arguments])


def run(command: list[str]) -> str:
    completed = subprocess.run(command, capture_output=True, text=True)
    if completed.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed: {completed.stderr}")
    return completed.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(what: str, condition: Callable[[], bool], seconds: float = TIMEOUT_SECONDS) -> None:
    if not becomes_true(condition, seconds):
        raise SystemExit(f"Timed out after {seconds:.0f} s waiting for {what}.")


def becomes_true(condition: Callable[[], bool], seconds: float = TIMEOUT_SECONDS) -> bool:
    """Wait for a condition; return whether it has become true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@dataclass(frozen=True)
class Response:
    """An HTTP response; status 0 if the request failed."""

    status: int
    body: bytes

    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)


def request(
    port: int, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, timeout: float = 90
) -> Response:
    """Send a request; return the response of any status, or status 0 and the error."""
    http_request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(http_request, timeout=timeout) as response:
            return Response(response.status, response.read())
    except urllib.error.HTTPError as error:
        return Response(error.code, error.read())
    except OSError as error:
        return Response(0, str(error).encode())
