"""Readers of the event stream, and whether each saw every prediction once and in order."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import aiohttp


class Stream:
    """What the readers of one service saw: the frames by number, which must be the same for all."""

    def __init__(self, url: str) -> None:
        self.url = url + "/v1/events"
        self.frames: dict[int, bytes] = {}

    def tracks(self) -> dict[int, str]:
        """The track of each prediction by the event's number."""
        found = {}
        for number, frame in self.frames.items():
            lines = frame.decode().split("\n")
            if lines[0] == "event: prediction":
                found[number] = str(json.loads(lines[2].removeprefix("data: "))["track_id"])
        return found


@dataclass
class Reader:
    """One connection after the other, each going on after the last event of the one before."""

    stream: Stream
    # After how many events to hang up and come again; 0 for never.
    pause_every: int = 0
    numbers: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    connections: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    rest: bytes = b""
    last_id: str = ""

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Reads until it is cancelled."""
        while True:
            headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
            async with session.get(self.stream.url, headers=headers) as response:
                if response.status != 200:
                    self.faults.append(f"a reader was answered {response.status}")
                    return
                self.connections += 1
                self.rest = b""
                self.opened.set()
                async for chunk in response.content.iter_any():
                    self._take(chunk)
                    if self.pause_every and len(self.numbers) >= self.pause_every * self.connections:
                        break
                else:
                    self.faults.append("the service ended a reader's stream")
                    return

    def _take(self, chunk: bytes) -> None:
        *frames, self.rest = (self.rest + chunk).split(b"\n\n")
        for frame in frames:
            if not frame.startswith(b":"):
                self._note(frame)

    def _note(self, frame: bytes) -> None:
        kind, event_id, *_ = frame.split(b"\n", 2)
        if not event_id.startswith(b"id: "):
            self.faults.append(f"a reader was told {kind.decode()!r}")
            return
        self.last_id = event_id[4:].decode()
        number = int(self.last_id.rsplit("-", 1)[1])
        if self.numbers and number <= self.numbers[-1]:
            self.faults.append(f"event {number} came after {self.numbers[-1]}")
        self.numbers.append(number)
        if self.stream.frames.setdefault(number, frame) != frame:
            self.faults.append(f"event {number} was another for another reader")

    def check(self, track_ids: set[str], tracks: dict[int, str]) -> list[str]:
        """What is at fault with what was seen of the given tracks; `tracks` are those of all events."""
        seen = [tracks[number] for number in self.numbers if tracks.get(number) in track_ids]
        faults = list(self.faults)
        if len(seen) != len(set(seen)):
            faults.append(f"a reader saw {len(seen) - len(set(seen))} predictions twice")
        if len(set(seen)) != len(track_ids):
            faults.append(f"a reader missed {len(track_ids) - len(set(seen))} of {len(track_ids)} predictions")
        return faults

    def saw(self, count: int) -> bool:
        return len(self.numbers) >= count


async def open_all(readers: list[Reader], session: aiohttp.ClientSession) -> list[asyncio.Task[None]]:
    """Starts all readers, and returns when each has its answer."""
    tasks = [asyncio.create_task(reader.run(session)) for reader in readers]
    opened = asyncio.gather(*(reader.opened.wait() for reader in readers))
    await asyncio.wait([opened, *tasks], timeout=60, return_when=asyncio.FIRST_COMPLETED)
    if not opened.done():
        unanswered = sum(not reader.opened.is_set() for reader in readers)
        raise SystemExit(f"{unanswered} of {len(readers)} readers were not answered.")
    return tasks


async def close_all(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def session() -> aiohttp.ClientSession:
    """One that opens as many connections as it is asked for, and waits for as long as it takes."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=60, sock_read=None),
    )
