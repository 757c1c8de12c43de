"""Slow clients: readers that never read, uploads that send a byte a second or nothing."""

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
# A slow upload must be ended within this time.
MAX_UPLOAD_SECONDS = 60
# A reader that never reads must not delay others, and is disconnected once its connection has been idle for 30 s.
MAX_READER_SECONDS = 120


class SlowReaders:
    """Readers that request events and never read."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.sockets = [connect(service.url, receive_buffer=4096) for _ in range(COUNT)]
        for client in self.sockets:
            client.sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")

    async def check(self, others: int) -> list[str]:
        """Check that the server's idle timeout disconnects each, while other readers stay connected."""
        deadline = time.monotonic() + MAX_READER_SECONDS
        left = self.service.event_readers() - others
        while left > 0 and time.monotonic() < deadline:
            await asyncio.sleep(1)
            left = self.service.event_readers() - others
        print(f"{COUNT} readers that never read: {COUNT - left} disconnected")
        return [] if left == 0 else [f"{left} readers that never read are still connected"]


class SlowUploads:
    """Uploads with a large Content-Length that send a byte a second, or nothing."""

    def __init__(self, service: Service) -> None:
        self.began = time.monotonic()
        self.responses: list[str] = []
        self.task = asyncio.gather(*(self._send(service.url, *KINDS[i % 3]) for i in range(COUNT)))

    async def _send(self, url: str, content_type: str, piece: bytes) -> None:
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        head = "POST /v1/audio HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16000000\r\n"
        response = asyncio.create_task(reader.readline())
        writer.write(f"{head}Content-Type: {content_type}\r\n\r\n".encode())
        while not response.done():
            writer.write(piece)
            await asyncio.wait([response], timeout=1)
        self.responses.append((await response).decode().strip())
        writer.close()

    async def check(self) -> list[str]:
        """Check that each got 408, or 503 at once."""
        await asyncio.wait([self.task], timeout=max(0, self.began + MAX_UPLOAD_SECONDS - time.monotonic()))
        print(f"{COUNT} uploads of a byte a second or none: {len(self.responses)} ended, {sorted(set(self.responses))}")
        if len(self.responses) < COUNT:
            return [f"{COUNT - len(self.responses)} uploads of a byte a second or none are still there after a minute"]
        wrong = [a for a in self.responses if not a.startswith(("HTTP/1.1 408", "HTTP/1.1 503"))]
        return [f"an upload of a byte a second or none gets {response!r}" for response in wrong]


@asynccontextmanager
async def slow_readers(service: Service) -> AsyncIterator[SlowReaders]:
    readers = SlowReaders(service)
    try:
        yield readers
    finally:
        for client in readers.sockets:
            client.close()


@asynccontextmanager
async def slow_uploads(service: Service) -> AsyncIterator[SlowUploads]:
    uploads = SlowUploads(service)
    try:
        yield uploads
    finally:
        uploads.task.cancel()
