# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Upload to a `reprise serve` whose spool is on a disk that is too small, and check that nothing is left there.

    sudo uv run --script acceptance/faults/upload_disk.py

Needs root on Linux: the spool is a small tmpfs that the script mounts. A body of known size is refused at once, one of
unknown size when the disk is full; a file that fits is extracted, before and after.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service import MEBIBYTE, START_SECONDS, Report, Service, free_port, reprise, status, tone, wait_until

DISK_MEBIBYTES = 40
TIMEOUT_SECONDS = 120


def main() -> int:
    if sys.platform != "linux" or os.geteuid() != 0:
        print("Mounting a tmpfs needs root on Linux.", file=sys.stderr)
        return 1
    report = Report()
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        audio = tone(folder / "song.wav", 1, seconds=20).read_bytes()
        fitting = audio[:44] + audio[44:] * (20 * MEBIBYTE // len(audio))
        spool = folder / "data" / "spool"
        spool.mkdir(parents=True, mode=0o700)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEBIBYTES}m,mode=700", "tmpfs", str(spool)]
        subprocess.run(mount, check=True)
        try:
            port = free_port()
            common = ["--port", "0", "--api-port", str(port), "--data-dir", str(folder / "data")]
            with Service(folder, "serve", *common) as serve:
                wait_until("serve", lambda: status(port, "/v1/status") == 200, START_SECONDS, serve)
                check(report, port, spool, fitting)
        finally:
            subprocess.run(["umount", str(spool)], check=True)
    return report.finish()


def check(report: Report, port: int, spool: Path, fitting: bytes) -> None:
    report.equal(f"a file of {len(fitting) // MEBIBYTE} MiB", post(port, fitting)[0], 200)
    sizes = {"known": bytes(64 * MEBIBYTE), "unknown": (bytes(MEBIBYTE) for _ in range(64))}
    for size, body in sizes.items():
        found, detail = post(port, body)
        report.equal(f"64 MiB of {size} size to a disk of {DISK_MEBIBYTES}: {detail}", found, 507)
        report.equal("files left in the spool", [file.name for file in spool.iterdir()], [])
    report.equal("the same file again", post(port, fitting)[0], 200)
    wait_until("the spool to be empty", lambda: not list(spool.iterdir()), TIMEOUT_SECONDS)


def post(port: int, body: bytes | Iterator[bytes]) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    connection.request("POST", "/v1/audio", body, {"Content-Type": "audio/wav", "Prefer": "wait=60"})
    response = connection.getresponse()
    found = json.load(response)
    connection.close()
    return response.status, found.get("detail", "")


if __name__ == "__main__":
    raise SystemExit(main())
