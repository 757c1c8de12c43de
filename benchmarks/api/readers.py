"""Readers of the event stream that check that each prediction arrives once and in order."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import aiohttp


class Stream:
    """The frames that the readers of one service received, by event number; they must be equal for all readers."""

    def __init__(self, url: str) -> None:
        self.url = url + "/v1/events"
        self.frames: dict[int, bytes] = {}

    def tracks(self) -> dict[int, str]:
        """Return the track of each prediction by event number."""
        found = {}
        for number, frame in self.frames.items():
            lines = frame.decode().split("\n")
            if lines[0] == "event: prediction":
                found[number] = str(json.loads(lines[2].removeprefix("data: "))["track_id"])
        return found


@dataclass
class Reader:
    """Consecutive connections, each resuming after the last event of the previous one."""

    stream: Stream
    # Events after which to disconnect and reconnect; 0 for never.
    pause_every: int = 0
    numbers: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    connections: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    rest: bytes = b""
    last_id: str = ""

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Read until cancelled."""
        while True:
            headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
            async with session.get(self.stream.url, headers=headers) as response:
                if response.status != 200:
                    self.failures.append(f"a reader got status {response.status}")
                    return
                self.connections += 1
                self.rest = b""
                self.opened.set()
                async for chunk in response.content.iter_any():
                    self._parse(chunk)
                    if self.pause_every and len(self.numbers) >= self.pause_every * self.connections:
                        break
                else:
                    self.failures.append("the service ended a reader's stream")
                    return

    def _parse(self, chunk: bytes) -> None:
        *frames, self.rest = (self.rest + chunk).split(b"\n\n")
        for frame in frames:
            if not frame.startswith(b":"):
                self._record(frame)

    def _record(self, frame: bytes) -> None:
        kind, event_id, *_ = frame.split(b"\n", 2)
        if not event_id.startswith(b"id: "):
            self.failures.append(f"a reader received {kind.decode()!r} without an id")
            return
        self.last_id = event_id[4:].decode()
        number = int(self.last_id.rsplit("-", 1)[1])
        if self.numbers and number <= self.numbers[-1]:
            self.failures.append(f"event {number} came after {self.numbers[-1]}")
        self.numbers.append(number)
        if self.stream.frames.setdefault(number, frame) != frame:
            self.failures.append(f"event {number} differs between readers")

    def check(self, track_ids: set[str], tracks: dict[int, str]) -> list[str]:
        """Return the failures of the given tracks; `tracks` maps all event numbers to tracks."""
        seen = [tracks[number] for number in self.numbers if tracks.get(number) in track_ids]
        failures = list(self.failures)
        if len(seen) != len(set(seen)):
            failures.append(f"a reader received {len(seen) - len(set(seen))} predictions twice")
        if len(set(seen)) != len(track_ids):
            failures.append(f"a reader missed {len(track_ids) - len(set(seen))} of {len(track_ids)} predictions")
        return failures

    def has_received(self, count: int) -> bool:
        return len(self.numbers) >= count


async def open_all(readers: list[Reader], session: aiohttp.ClientSession) -> list[asyncio.Task[None]]:
    """Start all readers, and return when each is connected."""
    tasks = [asyncio.create_task(reader.run(session)) for reader in readers]
    opened = asyncio.gather(*(reader.opened.wait() for reader in readers))
    await asyncio.wait([opened, *tasks], timeout=60, return_when=asyncio.FIRST_COMPLETED)
    if not opened.done():
        unconnected = sum(not reader.opened.is_set() for reader in readers)
        raise SystemExit(f"{unconnected} of {len(readers)} readers were not connected within 60 s.")
    return tasks


async def close_all(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def session() -> aiohttp.ClientSession:
    """Return a session without limits on connections and total time."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=60, sock_read=None),
    )
