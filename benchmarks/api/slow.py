"""Those who take their time: readers that never read, uploads that come a byte at a time, or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from limits import connect
from service import Service

COUNT = 10
# The content type of an upload, and what it sends each second.
KINDS = (("audio/mpeg", b"x"), ("multipart/form-data; boundary=border", b"x"), ("audio/mpeg", b""))
# An upload that comes a byte at a time must be let go in this time.
PATIENCE_SECONDS = 60
# A reader that never reads holds up nobody, and is let go when its connection has not moved for 30 s.
LET_GO_SECONDS = 120


class Sleepers:
    """Readers that ask for events and never read."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.sockets = [connect(service.url, receive_buffer=4096) for _ in range(COUNT)]
        for each in self.sockets:
            each.sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")

    async def check(self, others: int) -> list[str]:
        """Each must be let go, by the server's idle timeout, while the others are there still."""
        deadline = time.monotonic() + LET_GO_SECONDS
        left = self.service.event_readers() - others
        while left > 0 and time.monotonic() < deadline:
            await asyncio.sleep(1)
            left = self.service.event_readers() - others
        print(f"{COUNT} readers that never read: {COUNT - left} let go")
        return [] if left == 0 else [f"{left} readers that never read are there still"]


class Tricklers:
    """Uploads that say they are large, and come a byte a second, or not at all."""

    def __init__(self, service: Service) -> None:
        self.began = time.monotonic()
        self.answers: list[str] = []
        self.task = asyncio.gather(*(self._send(service.url, *KINDS[i % 3]) for i in range(COUNT)))

    async def _send(self, url: str, content_type: str, piece: bytes) -> None:
        place = urlsplit(url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        head = "POST /v1/audio HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16000000\r\n"
        answer = asyncio.create_task(reader.readline())
        writer.write(f"{head}Content-Type: {content_type}\r\n\r\n".encode())
        while not answer.done():
            writer.write(piece)
            await asyncio.wait([answer], timeout=1)
        self.answers.append((await answer).decode().strip())
        writer.close()

    async def check(self) -> list[str]:
        """Each must have been answered with 408, or refused at once as others are."""
        await asyncio.wait([self.task], timeout=max(0, self.began + PATIENCE_SECONDS - time.monotonic()))
        print(f"{COUNT} uploads of a byte a second or none: {len(self.answers)} let go, {sorted(set(self.answers))}")
        if len(self.answers) < COUNT:
            return [f"{COUNT - len(self.answers)} uploads of a byte a second or none are still there after a minute"]
        wrong = [a for a in self.answers if not a.startswith(("HTTP/1.1 408", "HTTP/1.1 503"))]
        return [f"an upload of a byte a second or none gets {answer!r}" for answer in wrong]


@asynccontextmanager
async def slow_readers(service: Service) -> AsyncIterator[Sleepers]:
    sleepers = Sleepers(service)
    try:
        yield sleepers
    finally:
        for each in sleepers.sockets:
            each.close()


@asynccontextmanager
async def slow_uploads(service: Service) -> AsyncIterator[Tricklers]:
    tricklers = Tricklers(service)
    try:
        yield tricklers
    finally:
        tricklers.task.cancel()
