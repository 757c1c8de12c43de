"""What is above the limits is refused, each in its way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
from service import Service

HEAD = "POST /v1/audio HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/mpeg\r\nContent-Length: {}\r\n\r\n"


async def refused_reader(service: Service, http: aiohttp.ClientSession, limit: int) -> list[str]:
    """One reader more than there may be."""
    if service.event_readers() != limit:
        return [f"the status says {service.event_readers()} readers, not {limit}"]
    async with http.get(service.url + "/v1/events") as answer:
        print(f"reader {limit + 1}: {answer.status} {answer.content_type}")
        return await problem(answer, 503, f"reader {limit + 1}")


async def refused_uploads(url: str, http: aiohttp.ClientSession) -> list[str]:
    """Uploads that are too large: by what they say, by what comes, and to a client that sends before it looks."""
    limits = await (await http.get(url + "/v1/status")).json()
    most = int(limits["limits"]["upload_bytes"])
    faults = []
    for _ in range(10):
        half_an_upload(url)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(most // 65_536 + 1):
            yield bytes(65_536)

    for name, body in (("says it", bytes(most + 1)), ("does not say it", pieces())):
        async with http.post(url + "/v1/audio", data=body, headers={"Content-Type": "audio/mpeg"}) as answer:
            print(f"upload that is too large and {name}: {answer.status} {answer.content_type}")
            faults += await problem(answer, 413, f"an upload that is too large and {name}")
    status = await asyncio.to_thread(blocking_upload, url, most + 1)
    print(f"upload that is too large, of a client that sends before it looks: {status}")
    if status != "413":
        faults.append(f"a client that sends before it looks gets {status}, not 413")
    return faults


def half_an_upload(url: str) -> None:
    """Hangs up when a part is sent; the service must not take that for a fault of its own."""
    with connect(url) as to:
        to.sendall(HEAD.format(1_000_000).encode() + bytes(500_000))


def blocking_upload(url: str, size: int) -> str:
    """The status, or what the connection fails with."""
    try:
        with connect(url) as to:
            to.sendall(HEAD.format(size).encode() + bytes(size))
            return to.recv(12).decode().split(" ")[1]
    except OSError as e:
        return type(e).__name__


async def problem(answer: aiohttp.ClientResponse, status: int, who: str) -> list[str]:
    """What is wrong with a refusal."""
    document = await answer.json(content_type=None)
    faults = []
    if answer.status != status or document.get("status") != status:
        faults.append(f"{who} gets {answer.status}, not {status}")
    if answer.content_type != "application/problem+json" or not document.get("detail"):
        faults.append(f"{who} gets no problem document")
    if status == 503 and not answer.headers.get("Retry-After", "").isdigit():
        faults.append(f"{who} gets no Retry-After")
    return faults


def connect(url: str, receive_buffer: int = 0) -> socket.socket:
    place = urlsplit(url)
    to = socket.socket()
    if receive_buffer:
        to.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    to.settimeout(60)
    to.connect((place.hostname, place.port))
    return to
