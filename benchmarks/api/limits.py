"""Rejection of event readers and uploads above the limits."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
from service import Service

HEAD = "POST /v1/audio HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/mpeg\r\nContent-Length: {}\r\n\r\n"


async def rejected_reader(service: Service, http: aiohttp.ClientSession, limit: int) -> list[str]:
    """Open one reader above the limit; return what is wrong with the rejection."""
    if service.event_readers() != limit:
        return [f"the status reports {service.event_readers()} readers, expected {limit}"]
    async with http.get(service.url + "/v1/events") as response:
        print(f"reader {limit + 1}: {response.status} {response.content_type}")
        return await check_problem(response, 503, f"reader {limit + 1}")


async def rejected_uploads(url: str, http: aiohttp.ClientSession) -> list[str]:
    """Send uploads that are too large: with Content-Length, chunked, and from a client that writes before it reads."""
    limits = await (await http.get(url + "/v1/status")).json()
    max_bytes = int(limits["limits"]["upload_bytes"])
    failures = []
    for _ in range(10):
        half_an_upload(url)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(max_bytes // 65_536 + 1):
            yield bytes(65_536)

    for name, body in (("with Content-Length", bytes(max_bytes + 1)), ("chunked", chunks())):
        async with http.post(url + "/v1/audio", data=body, headers={"Content-Type": "audio/mpeg"}) as response:
            print(f"upload that is too large, {name}: {response.status} {response.content_type}")
            failures += await check_problem(response, 413, f"an upload that is too large, {name}")
    status = await asyncio.to_thread(blocking_upload, url, max_bytes + 1)
    print(f"upload that is too large, from a client that writes before it reads: {status}")
    if status != "413":
        failures.append(f"a client that writes before it reads gets {status}, expected 413")
    return failures


def half_an_upload(url: str) -> None:
    """Disconnect in the middle of an upload; the service must not log that as an internal error."""
    with connect(url) as to:
        to.sendall(HEAD.format(1_000_000).encode() + bytes(500_000))


def blocking_upload(url: str, size: int) -> str:
    """Return the status, or the name of the connection's error."""
    try:
        with connect(url) as to:
            to.sendall(HEAD.format(size).encode() + bytes(size))
            return to.recv(12).decode().split(" ")[1]
    except OSError as e:
        return type(e).__name__


async def check_problem(response: aiohttp.ClientResponse, status: int, what: str) -> list[str]:
    """Return what is wrong with a rejection."""
    document = await response.json(content_type=None)
    failures = []
    if response.status != status or document.get("status") != status:
        failures.append(f"{what} gets {response.status}, expected {status}")
    if response.content_type != "application/problem+json" or not document.get("detail"):
        failures.append(f"{what} gets no problem document")
    if status == 503 and not response.headers.get("Retry-After", "").isdigit():
        failures.append(f"{what} gets no Retry-After")
    return failures


def connect(url: str, receive_buffer: int = 0) -> socket.socket:
    address = urlsplit(url)
    to = socket.socket()
    if receive_buffer:
        to.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    to.settimeout(60)
    to.connect((address.hostname, address.port))
    return to
