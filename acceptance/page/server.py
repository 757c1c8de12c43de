"""The server behind the page, and what it answers when asked without the page."""

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

from browser import Failed

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))
from processes import HOME, process, reprise, wait_for  # noqa: E402

READY = re.compile(r"http://127\.0\.0\.1:\d+(?=/)")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """`./reprise serve` with nothing in it; ended on every path. Yields its address."""
    reprise("--version")  # builds, if need be, before anything waits for it
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
                raise Failed(
                    f"./reprise serve ended with {started.returncode}: {log.read_text()[-2000:]}"
                )
            return READY.search(log.read_text()) is not None

        try:
            wait_for("./reprise serve to say where it listens", ready)
        except SystemExit as e:
            raise Failed(str(e)) from e
        found = READY.search(log.read_text())
        assert found is not None
        yield found.group()


class Api:
    def __init__(self, url: str) -> None:
        self._url = url

    def get(self, path: str) -> Any:
        try:
            with urllib.request.urlopen(self._url + path, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            raise Failed(
                f"GET {path} answered {e.code}: {e.read().decode(errors='replace')}"
            ) from e
        except OSError as e:
            raise Failed(f"GET {path} failed: {e}") from e

    def track(self, track_id: str, rest: str = "") -> Any:
        return self.get(f"/v1/tracks/{urllib.parse.quote(track_id, safe='')}{rest}")
