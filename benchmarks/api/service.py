"""The service under load as a child process: its addresses, memory and log."""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "acceptance" / "clients"))
from processes import HOME, process, reprise, wait_for

TIMEOUT_SECONDS = 300


class Service:
    """A `./reprise serve` that listens at `url`."""

    def __init__(self, pid: int, url: str, log: Path) -> None:
        self.pid = pid
        self.url = url
        self.log = log

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON body of a response."""
        with urllib.request.urlopen(self.url + path, timeout=60) as response:
            document: dict[str, Any] = json.load(response)
            return document

    def kafka(self) -> str:
        """Return the broker's address."""
        found = re.search(r"Kafka is at (\S+:\d+)\.", self.log.read_text())
        if found is None:
            raise SystemExit("The service's log has no Kafka address.")
        return found[1]

    def event_readers(self) -> int:
        return int(self.get("/v1/status")["event_readers"])

    def resident_mib(self) -> int:
        return self._mib("VmRSS")

    def peak_mib(self) -> int:
        """Return the peak resident memory since the last `reset_peak`."""
        return self._mib("VmHWM")

    def reset_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _mib(self, name: str) -> int:
        found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        if found is None:
            raise SystemExit("The service has exited.")
        return int(found[1]) // 1024

    def heap_option(self) -> str:
        words = Path(f"/proc/{self.pid}/cmdline").read_text().split("\0")
        return next((word for word in words if word.startswith("-Xmx")), "none")

    def logged_errors(self) -> list[str]:
        """Return the API's log lines on internal errors; other lines are counted, since Kafka clients log retries."""
        found = re.findall(r"^\S+ (WARN|ERROR) +(\w+): (.*)$", self.log.read_text(), re.MULTILINE)
        for (level, logger), count in sorted(Counter((level, logger) for level, logger, _ in found).items()):
            print(f"log: {count} x {level} of {logger}")
        return [f"the API logged: {text}" for _, logger, text in found if logger in ("Problems", "EventFeed")]


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Service]:
    """Run `./reprise serve` on free ports and a data directory in `folder` until the block ends."""
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    log = folder / "serve.log"
    own = ["serve", "--data-dir", str(folder / "data"), "--port", "0", "--api-port", "0"]
    with process([str(HOME / "reprise"), *own, *arguments], log) as started:
        page = re.compile(r"The page is at (http://\S+:\d+)/\.\nKafka is at")
        wait_for("the service", lambda: page.search(log.read_text()) is not None, TIMEOUT_SECONDS)
        found = page.search(log.read_text())
        assert found is not None
        yield Service(started.pid, found[1], log)
