# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp==3.13.2"]
# ///
"""Test the API under load and above its limits.

    uv run benchmarks/api/load.py CLIPS [--readers 1000] [--uploads 500]

CLIPS is a folder of audio files of some seconds each. Linux only: memory is read from /proc.

1. --readers clients read the event stream, and --uploads clips are uploaded concurrently. Every upload is accepted
   eventually, with retries after rejections; every reader receives every prediction once and in order.
2. The same uploads again, each waiting for its prediction, while some readers never read, some disconnect and
   reconnect, and some uploads trickle: no other client is delayed.
3. Rejections are as docs/API.md describes them.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import aiohttp
from limits import rejected_reader, rejected_uploads
from readers import Reader, Stream, close_all, open_all, session
from service import TIMEOUT_SECONDS, Service, serving
from slow import slow_readers, slow_uploads
from uploads import Uploads

HEAP = "-Xmx1g"
# The heap, and as much again for FFmpeg, ONNX Runtime, RocksDB and network buffers.
MAX_RESIDENT_MIB = 2048


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path, help="folder of audio files")
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--uploads", type=int, default=500)
    options = parser.parse_args(arguments)
    clips = [file.read_bytes() for file in sorted(options.clips.iterdir())]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limit = ["--max-event-readers", str(options.readers)]
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), *limit) as service:
        failures = asyncio.run(load(service, clips, options.readers, options.uploads))
        failures += service.logged_errors()
    for failure, count in Counter(failures).items():
        print("FAILED:", failure, f"({count} times)" if count > 1 else "", file=sys.stderr)
    return 1 if failures else 0


async def load(service: Service, clips: list[bytes], reader_count: int, upload_count: int) -> list[str]:
    print(f"service: heap {service.heap_option()}, {service.resident_mib()} MiB resident at the start")
    failures = [] if service.heap_option() == HEAP else [f"the heap limit is {service.heap_option()}, expected {HEAP}"]
    async with session() as http:
        failures += await check_capacity(service, http, clips, reader_count, upload_count)
        failures += await check_slow_clients(service, http, clips, upload_count)
        failures += await rejected_uploads(service.url, http)
    if service.peak_mib() > MAX_RESIDENT_MIB:
        failures.append(f"{service.peak_mib()} MiB were resident")
    return failures


async def check_capacity(
    service: Service, http: aiohttp.ClientSession, clips: list[bytes], reader_count: int, upload_count: int
) -> list[str]:
    """Open many readers and send many concurrent uploads."""
    stream = Stream(service.url)
    readers = [Reader(stream) for _ in range(reader_count)]
    began = time.monotonic()
    tasks = await open_all(readers, http)
    print(f"{reader_count} readers: all connected in {time.monotonic() - began:.1f} s, {memory(service)}")
    failures = await rejected_reader(service, http, reader_count)
    failures += await upload(
        service, http, readers, Uploads(service.url, clips), [f"a {i}" for i in range(upload_count)]
    )
    await close_all(tasks)
    began = time.monotonic()
    if await become_true(lambda: service.event_readers() == 0, 60):
        print(f"readers disconnect: all slots free in {time.monotonic() - began:.1f} s, {memory(service)}")
    else:
        failures.append(f"{service.event_readers()} readers are still counted a minute after they disconnected")
    return failures


async def check_slow_clients(
    service: Service, http: aiohttp.ClientSession, clips: list[bytes], upload_count: int
) -> list[str]:
    """Send the same uploads with Prefer: wait, alongside slow readers and slow uploads."""
    stream = Stream(service.url)
    readers = [Reader(stream) for _ in range(10)] + [Reader(stream, pause_every=7) for _ in range(10)]
    tasks = await open_all(readers, http)
    uploads = Uploads(service.url, clips, prefer="wait=60")
    async with slow_readers(service) as sleeping, slow_uploads(service) as trickling:
        failures = await upload(service, http, readers, uploads, [f"b {i}" for i in range(upload_count)])
        failures += await sleeping.check(len(readers)) + await trickling.check()
    print(f"10 readers that disconnected after every 7 events: {sum(r.connections for r in readers[10:])} connections")
    await close_all(tasks)
    return failures


async def upload(
    service: Service, http: aiohttp.ClientSession, readers: list[Reader], uploads: Uploads, track_ids: list[str]
) -> list[str]:
    """Send all uploads concurrently, and check that every reader receives each prediction once."""
    began = time.monotonic()
    await uploads.send(http, track_ids)
    accepted_seconds = time.monotonic() - began
    kind = f"with Prefer: {uploads.prefer}" if uploads.prefer else "without Prefer"
    print(f"{len(track_ids)} uploads {kind}: all accepted in {accepted_seconds:.1f} s, {uploads.text()}")
    await become_true(lambda: all(reader.has_received(len(track_ids)) for reader in readers), TIMEOUT_SECONDS)
    seconds = time.monotonic() - began
    print(f"{len(track_ids)} predictions at {len(readers)} readers: {seconds:.1f} s after the start, {memory(service)}")
    tracks = readers[0].stream.tracks()
    failures = uploads.failures + [failure for reader in readers for failure in reader.check(set(track_ids), tracks)]
    for track_id in track_ids:
        async with http.get(f"{service.url}/v1/tracks/{track_id}") as response:
            if response.status != 200 or "prediction" not in await response.json():
                failures.append(f"GET /v1/tracks/{track_id} has no prediction ({response.status})")
    if not failures:
        print(f"every reader received each of {len(track_ids)} predictions once and in order; every track has one")
    return failures


def memory(service: Service) -> str:
    return f"{service.resident_mib()} MiB resident, peak {service.peak_mib()} MiB"


async def become_true(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition; return whether it was met in time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    return condition()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
