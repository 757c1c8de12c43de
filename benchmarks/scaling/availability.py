"""For how long an API does not answer for some track while its partitions move."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "acceptance" / "faults"))
from scaling.instances import Instance
from service import request

INTERVAL_SECONDS = 0.2


def track_path(track_id: str) -> str:
    return f"/v1/tracks/{quote(track_id, safe='')}"


class Availability:
    """Asks an API for each track of a sample over and over, and records how long it was not answered."""

    def __init__(self, instance: Instance, tracks: list[str]) -> None:
        self.instance = instance
        self.paths = [track_path(it) for it in tracks]
        self.answered = dict.fromkeys(self.paths, time.monotonic())
        self.longest = dict.fromkeys(self.paths, 0.0)
        self.ended = threading.Event()

    def ask(self, path: str) -> None:
        """Ask for one track until the end."""
        while not self.ended.wait(INTERVAL_SECONDS):
            if request(self.instance.api_port, path, timeout=1).status == 200:
                now = time.monotonic()
                self.longest[path] = max(self.longest[path], now - self.answered[path])
                self.answered[path] = now

    def all_answered_since(self, moment: float) -> bool:
        return min(self.answered.values()) > moment


@contextmanager
def watching(instance: Instance, tracks: list[str]) -> Iterator[Availability]:
    availability = Availability(instance, tracks)
    # A request that waits must not delay those for other tracks.
    threads = [threading.Thread(target=availability.ask, args=(path,), daemon=True) for path in availability.paths]
    for thread in threads:
        thread.start()
    try:
        yield availability
    finally:
        availability.ended.set()
        for thread in threads:
            thread.join()
