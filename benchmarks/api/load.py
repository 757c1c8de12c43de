# /// script
# requires-python = ">=3.11"
# dependencies = ["aiohttp==3.13.2"]
# ///
"""Puts the API under load, and above its limits, and fails where it does not hold.

    uv run benchmarks/api/load.py CLIPS [--readers 1000] [--uploads 500]

CLIPS is a folder of audio files of some seconds each. Linux only: memory is read from /proc.

1. So many readers listen to the events, and so many clips are uploaded all at once. Every upload is taken in
   the end, each of those that were refused as often as it takes; every reader sees every prediction once and in
   order.
2. The same uploads again, each waiting for its prediction, while some readers never read, some hang up and come
   again, and some uploads come a byte at a time: nobody else is held up.
3. What is refused is refused as docs/API.md says.
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
from limits import refused_reader, refused_uploads
from readers import Reader, Stream, close_all, open_all, session
from service import PATIENCE_SECONDS, Service, serving
from slow import slow_readers, slow_uploads
from uploads import Uploads

HEAP = "-Xmx1g"
# The heap, and as much again for FFmpeg, ONNX Runtime, RocksDB and network buffers.
MOST_RESIDENT_MIB = 2048


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Puts the API under load, and above its limits.")
    parser.add_argument("clips", type=Path, help="folder of audio files")
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--uploads", type=int, default=500)
    options = parser.parse_args(arguments)
    clips = [file.read_bytes() for file in sorted(options.clips.iterdir())]
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    limit = ["--max-event-readers", str(options.readers)]
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), *limit) as service:
        faults = asyncio.run(load(service, clips, options.readers, options.uploads))
        faults += service.complaints()
    for fault, count in Counter(faults).items():
        print("FAULT:", fault, f"({count} times)" if count > 1 else "", file=sys.stderr)
    return 1 if faults else 0


async def load(service: Service, clips: list[bytes], reader_count: int, upload_count: int) -> list[str]:
    print(f"service: heap {service.heap_option()}, {service.resident_mib()} MiB resident before anything")
    faults = [] if service.heap_option() == HEAP else [f"the heap's bound is {service.heap_option()}, not {HEAP}"]
    async with session() as http:
        faults += await crowd(service, http, clips, reader_count, upload_count)
        faults += await misbehaved(service, http, clips, upload_count)
        faults += await refused_uploads(service.url, http)
    if service.peak_mib() > MOST_RESIDENT_MIB:
        faults.append(f"{service.peak_mib()} MiB were resident")
    return faults


async def crowd(
    service: Service, http: aiohttp.ClientSession, clips: list[bytes], reader_count: int, upload_count: int
) -> list[str]:
    """Many readers, and many uploads at once."""
    stream = Stream(service.url)
    readers = [Reader(stream) for _ in range(reader_count)]
    began = time.monotonic()
    tasks = await open_all(readers, http)
    print(f"{reader_count} readers: all answered in {time.monotonic() - began:.1f} s, {memory(service)}")
    faults = await refused_reader(service, http, reader_count)
    faults += await upload(service, http, readers, Uploads(service.url, clips), [f"a {i}" for i in range(upload_count)])
    await close_all(tasks)
    began = time.monotonic()
    if await comes(lambda: service.event_readers() == 0, 60):
        print(f"readers hang up: all places free in {time.monotonic() - began:.1f} s, {memory(service)}")
    else:
        faults.append(f"{service.event_readers()} readers are still counted a minute after they hung up")
    return faults


async def misbehaved(service: Service, http: aiohttp.ClientSession, clips: list[bytes], upload_count: int) -> list[str]:
    """The same uploads, waiting, beside those who take their time."""
    stream = Stream(service.url)
    readers = [Reader(stream) for _ in range(10)] + [Reader(stream, pause_every=7) for _ in range(10)]
    tasks = await open_all(readers, http)
    uploads = Uploads(service.url, clips, prefer="wait=60")
    async with slow_readers(service) as sleeping, slow_uploads(service) as trickling:
        faults = await upload(service, http, readers, uploads, [f"b {i}" for i in range(upload_count)])
        faults += await sleeping.check(len(readers)) + await trickling.check()
    print(f"10 readers that hung up after each 7 events: {sum(r.connections for r in readers[10:])} connections")
    await close_all(tasks)
    return faults


async def upload(
    service: Service, http: aiohttp.ClientSession, readers: list[Reader], uploads: Uploads, track_ids: list[str]
) -> list[str]:
    """Sends all at once, and checks that every reader sees each prediction once."""
    began = time.monotonic()
    await uploads.send(http, track_ids)
    taken = time.monotonic() - began
    kind = f"with Prefer: {uploads.prefer}" if uploads.prefer else "at once"
    print(f"{len(track_ids)} uploads {kind}: all taken in {taken:.1f} s, {uploads.text()}")
    await comes(lambda: all(reader.saw(len(track_ids)) for reader in readers), PATIENCE_SECONDS)
    seconds = time.monotonic() - began
    print(f"{len(track_ids)} predictions at {len(readers)} readers: {seconds:.1f} s after the start, {memory(service)}")
    tracks = readers[0].stream.tracks()
    faults = uploads.faults + [fault for reader in readers for fault in reader.check(set(track_ids), tracks)]
    for track_id in track_ids:
        async with http.get(f"{service.url}/v1/tracks/{track_id}") as answer:
            if answer.status != 200 or "prediction" not in await answer.json():
                faults.append(f"GET /v1/tracks/{track_id} has no prediction ({answer.status})")
    if not faults:
        print(f"every reader saw each of {len(track_ids)} predictions once and in order; every track has its own")
    return faults


def memory(service: Service) -> str:
    return f"{service.resident_mib()} MiB resident, {service.peak_mib()} at the most"


async def comes(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    return condition()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
