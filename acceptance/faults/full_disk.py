# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Fill the disk of `reprise serve`, free it again, and check that each event has exactly one outcome.

    sudo uv run --script acceptance/faults/full_disk.py

Needs root on Linux: the data folder is a small tmpfs that the script mounts. A file fills its free space while events
are sent; after half a minute the file is deleted. The script restarts `serve` when it exits, as an orchestrator would.
Afterwards each event that Kafka has accepted, before or since, must have exactly one outcome.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from service import (
    AUDIO_FILES,
    PREDICTIONS,
    START_SECONDS,
    Report,
    Service,
    check_exactly_once,
    exists,
    free_port,
    producer,
    reading,
    reprise,
    status,
    tones,
)

MEBIBYTES = 768
EVENTS_EACH = 60
FULL_SECONDS = 30
DRAIN_SECONDS = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=MEBIBYTES, metavar="MEBIBYTES")
    options = parser.parse_args()
    if sys.platform != "linux" or os.geteuid() != 0:
        print("Mounting a tmpfs needs root on Linux.", file=sys.stderr)
        return 1
    report = Report()
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = tones(folder / "tones", 6)
        with small_disk(folder / "data", options.size) as data:
            port, api_port = free_port(), free_port()
            common = ["--port", str(port), "--api-port", str(api_port), "--data-dir", str(data)]
            with Service(folder, "serve", *common) as serve:
                Trial(serve, f"127.0.0.1:{port}", api_port, data, files).run(report)
    return report.finish()


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


class Trial:
    def __init__(self, serve: Service, address: str, api_port: int, data: Path, files: list[Path]) -> None:
        self.serve = serve
        self.address = address
        self.api_port = api_port
        self.data = data
        self.files = files
        self.producer = producer(address)
        self.sent = 0
        self.restarts = 0

    def run(self, report: Report) -> None:
        self.keep_alive(START_SECONDS, lambda: status(self.api_port, "/v1/status") == 200)
        self.send()
        self.keep_alive(DRAIN_SECONDS, lambda: self.predictions() >= self.sent)
        self.send()
        filler = self.data / "filler"
        written = fill(filler)
        print(f"the disk is full; the filler has {written >> 20} MiB", flush=True)
        self.send()
        self.keep_alive(FULL_SECONDS, lambda: False)
        fill(filler)  # space that was freed meanwhile
        self.keep_alive(5, lambda: False)
        filler.unlink()
        print(f"the filler is deleted; serve was restarted {self.restarts} times", flush=True)
        self.send()
        done = self.keep_alive(DRAIN_SECONDS, lambda: self.predictions() >= self.sent)
        print(f"serve was restarted {self.restarts} times in total", flush=True)
        left = self.producer.flush(30)
        report.equal("events that Kafka has not accepted", left, 0)
        report.check("processing continues after the disk is freed", done, f"{self.predictions()}: {self.serve.tail()}")
        time.sleep(3)
        check_exactly_once(report, self.address, self.sent)
        logged = self.serve.output()
        report.check("the log names the full disk", "No space left" in logged, self.serve.tail())
        print(f"{len(logged.splitlines())} lines logged")

    def send(self) -> None:
        for _ in range(EVENTS_EACH):
            data = self.files[self.sent % len(self.files)].read_bytes()
            self.producer.produce(AUDIO_FILES, data, f"event {self.sent}", headers={"content-type": "audio/wav"})
            self.sent += 1
        self.producer.poll(0)

    def keep_alive(self, seconds: float, done: Callable[[], bool]) -> bool:
        """Restart the service whenever it exits; return whether the condition was met in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.producer.poll(0)
            if not self.serve.alive():
                if self.serve.process is not None:
                    self.restarts += 1
                time.sleep(2)
                self.serve.start()
            if done():
                return True
            time.sleep(0.5)
        return False

    def predictions(self) -> int:
        """Return the number of predictions; end offsets do not give it, since transactions write markers."""
        if not exists(self.address, PREDICTIONS):
            return 0
        count = 0
        with suppress(Exception), reading(self.address, PREDICTIONS) as reader:
            while found := len(list(reader.poll(1.0))):
                count += found
        return count


def fill(file: Path) -> int:
    written = 0
    with file.open("ab", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    written += out.write(bytes(size))
    return written


if __name__ == "__main__":
    raise SystemExit(main())
