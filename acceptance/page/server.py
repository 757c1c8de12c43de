"""The server behind the page, and a client of its API."""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser import CheckFailed

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))
from processes import HOME, process, reprise, wait_for  # noqa: E402

READY = re.compile(r"http://127\.0\.0\.1:\d+(?=/)")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run `./reprise serve` on an empty data folder; yields its URL."""
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    log = folder / "serve.log"
    command = [
        str(HOME / "reprise"),
        "serve",
        "--data-dir",
        str(folder / "data"),
        "--api-port",
        "0",
    ]
    with process(command, log) as started:

        def ready() -> bool:
            if started.poll() is not None:
                raise CheckFailed(f"./reprise serve exited with {started.returncode}: {log.read_text()[-2000:]}")
            return READY.search(log.read_text()) is not None

        try:
            wait_for("the address of ./reprise serve", ready)
        except SystemExit as e:
            raise CheckFailed(str(e)) from e
        found = READY.search(log.read_text())
        assert found is not None
        yield found.group()


class Api:
    def __init__(self, url: str) -> None:
        self._url = url

    def get(self, path: str) -> Any:
        try:
            with urllib.request.urlopen(self._url + path, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as e:
            raise CheckFailed(f"GET {path} returned {e.code}: {e.read().decode(errors='replace')}") from e
        except OSError as e:
            raise CheckFailed(f"GET {path} failed: {e}") from e

    def track(self, track_id: str, rest: str = "") -> Any:
        return self.get(f"/v1/tracks/{urllib.parse.quote(track_id, safe='')}{rest}")
