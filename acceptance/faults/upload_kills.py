# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Kill extractor and API while an upload is in the spool; nothing may be lost, and nothing may stay.

    uv run --script acceptance/faults/upload_kills.py

The extractor is killed after it has processed the event of an upload, and before it can commit: the broker is stopped
(SIGSTOP) in between, while the decoder waits (SIGSTOP too). The next extractor must find the upload, and delete it. The
API is killed while it receives an upload: the extractor must delete what it has left, when that is a day old. Needs
Linux.
"""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from service import (
    MEBIBYTE,
    Cluster,
    Report,
    Service,
    await_http,
    await_outcomes,
    free_port,
    metric,
    outcomes,
    request,
    tone,
    wait_until,
)

SECONDS = 120
DAY_SECONDS = 24 * 3600
WAV = {"Content-Type": "audio/wav"}


def main() -> int:
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spool = folder / "spool"
        # 25 MiB: too large for an event.
        audio = tone(folder / "song.wav", 1, seconds=20).read_bytes()
        audio = audio[:44] + audio[44:] * 30
        with Cluster(folder / "cluster", partitions=1, extractor=("--spool", str(spool))) as cluster:
            api_port, http_port = free_port(), free_port()
            api = Service(
                cluster.folder,
                "api",
                *("--bootstrap-servers", cluster.address, "--data-dir", str(cluster.folder)),
                *("--api-port", str(api_port), "--http-port", str(http_port), "--spool", str(spool)),
            )
            cluster.start_extractor()
            cluster.start_inference()
            with api:
                await_http(api, http_port)
                check_extractor(report, cluster, api_port, spool, audio)
                check_api(report, cluster, api, api_port, spool)
    return report.finish()


def check_extractor(report: Report, cluster: Cluster, api_port: int, spool: Path, audio: bytes) -> None:
    # The first event, so that the producer of the extractor knows its topics when the broker is stopped.
    report.equal("the first upload", request(api_port, "/v1/audio", audio, WAV).status, 202)
    await_outcomes(cluster.address, 1, SECONDS, *cluster.services)
    wait_until("the spool to be empty", lambda: not files(spool), SECONDS, *cluster.services)
    print(f"an upload of {len(audio) // MEBIBYTE} MiB was extracted and deleted", flush=True)
    decoders = cluster.extractor.decoders()
    send(signal.SIGSTOP, decoders)
    report.equal("the second upload", request(api_port, "/v1/audio", audio, WAV).status, 202)
    wait_until("the upload to be opened", lambda: is_open(cluster.extractor, spool), SECONDS, *cluster.services)
    cluster.broker.signal(signal.SIGSTOP)
    send(signal.SIGCONT, decoders)
    wait_until("the upload to be closed", lambda: not is_open(cluster.extractor, spool), SECONDS, *cluster.services)
    wait_until("the event to be processed", lambda: completed(cluster) >= 2, SECONDS, *cluster.services)
    report.equal("files in the spool after the extraction, before the commit", len(files(spool)), 1)
    cluster.extractor.kill()
    cluster.broker.signal(signal.SIGCONT)
    cluster.start_extractor()
    await_outcomes(cluster.address, 2, SECONDS, *cluster.services)
    found = outcomes(cluster.address)
    report.equal("outcomes", sorted(found.values()), [["predicted"], ["predicted"]])
    wait_until("the spool to be empty", lambda: not files(spool), SECONDS, *cluster.services)
    print("the next extractor has extracted the upload, and deleted it", flush=True)


def check_api(report: Report, cluster: Cluster, api: Service, api_port: int, spool: Path) -> None:
    with socket.create_connection(("127.0.0.1", api_port)) as connection:
        head = f"Host: localhost\r\nContent-Type: audio/wav\r\nContent-Length: {64 * MEBIBYTE}\r\n\r\n"
        connection.sendall(b"POST /v1/audio HTTP/1.1\r\n" + head.encode() + bytes(MEBIBYTE))
        wait_until("the upload to begin", lambda: bool(files(spool)), SECONDS, api)
        api.kill()
    left = files(spool)
    report.equal("files that the killed API has left", [file.suffix for file in left], [".part"])
    day_old = time.time() - DAY_SECONDS - 60
    os.utime(left[0], (day_old, day_old))
    wait_until("the extractor to sweep", lambda: not files(spool), SECONDS, *cluster.services)
    print("the extractor has deleted what the killed API had left", flush=True)


def completed(cluster: Cluster) -> float:
    return metric(cluster.extractor_port, "reprise_events_total", outcome="completed")


def send(number: signal.Signals, processes: list[int]) -> None:
    for process in processes:
        os.kill(process, number)


def files(spool: Path) -> list[Path]:
    return list(spool.iterdir())


def is_open(service: Service, spool: Path) -> bool:
    """Return whether a process has a file of the spool open."""
    for descriptor in Path(f"/proc/{service.pid}/fd").iterdir():
        with suppress(OSError):
            if descriptor.readlink().parent == spool:
                return True
    return False


if __name__ == "__main__":
    raise SystemExit(main())
