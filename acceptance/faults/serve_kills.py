# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Kill `reprise serve` at random moments, and check that each start succeeds and each event has exactly one outcome.

    uv run --script acceptance/faults/serve_kills.py --kills 60

A third of the kills come within 5 s of the start, the others up to 10 s after the service is ready. An idempotent
producer that waits for the broker sends events throughout; after the last kill each event on the topic must have
exactly one committed outcome.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from service import (
    AUDIO_FILES,
    START_SECONDS,
    Report,
    Service,
    await_outcomes,
    check_exactly_once,
    free_port,
    mebibytes,
    producer,
    reprise,
    status,
    tones,
    wait_until,
)

EARLY_SECONDS = 5.0
LATE_SECONDS = 10.0
EVENTS_PER_SECOND = 3
DRAIN_SECONDS = 600


class Sender:
    """A producer that sends events from a separate thread."""

    def __init__(self, address: str, files: list[Path]) -> None:
        self.producer = producer(address)
        self.files = files
        self.sent = 0
        self.delivered = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.send, daemon=True)

    def send(self) -> None:
        while not self.done.is_set():
            data = self.files[self.sent % len(self.files)].read_bytes()
            headers = {"content-type": "audio/wav"}
            self.producer.produce(AUDIO_FILES, data, f"event {self.sent}", headers=headers, callback=self.deliver)
            self.sent += 1
            self.producer.poll(0)
            self.done.wait(1 / EVENTS_PER_SECOND)

    def deliver(self, error: object, _: object) -> None:
        if error is None:
            self.delivered += 1

    def finish(self) -> None:
        self.done.set()
        self.thread.join()
        self.producer.flush(60)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=60)
    options = parser.parse_args()
    numbers = random.Random(options.seed)
    report = Report()
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port, api_port = free_port(), free_port()
        common = ["--port", str(port), "--api-port", str(api_port), "--data-dir", str(folder / "data")]
        serve = Service(folder, "serve", *common)
        try:
            serve.start()
            await_start(serve, api_port)
            sender = Sender(f"127.0.0.1:{port}", tones(folder / "tones", 6))
            sender.thread.start()
            early = [True] * (options.kills // 3) + [False] * (options.kills - options.kills // 3)
            numbers.shuffle(early)
            starts: list[float] = []
            failed = kill_and_start(serve, api_port, early, numbers, starts)
            report.check(f"each of {options.kills} starts after a kill succeeds", not failed, failed)
            sender.finish()
            report.equal("events delivered", sender.delivered, sender.sent)
            await_outcomes(f"127.0.0.1:{port}", sender.sent, DRAIN_SECONDS, serve)
            time.sleep(3)
            check_exactly_once(report, f"127.0.0.1:{port}", sender.sent)
            print(
                f"starts until ready: {len(starts)}, median {statistics.median(starts):.1f} s, "
                f"longest {max(starts):.1f} s; serve {mebibytes(serve.resident())} at the end"
            )
        finally:
            serve.stop()
    return report.finish()


def await_start(serve: Service, api_port: int) -> float:
    start = time.monotonic()
    wait_until("serve", lambda: status(api_port, "/v1/status") == 200, START_SECONDS, serve)
    return time.monotonic() - start


def kill_and_start(
    serve: Service, api_port: int, early: list[bool], numbers: random.Random, starts: list[float]
) -> list[str]:
    """Kill and restart; return the failed starts, each with the end of the log. Stops after the third failure."""
    failed: list[str] = []
    for kill, soon in enumerate(early):
        if soon:
            moment = numbers.uniform(0, EARLY_SECONDS)
            deadline = time.monotonic() + moment
            while time.monotonic() < deadline and serve.alive():
                time.sleep(0.01)
        else:
            moment = numbers.uniform(0, LATE_SECONDS)
            try:
                starts.append(await_start(serve, api_port))
                time.sleep(moment)
            except SystemExit as ended:
                failed.append(f"kill {kill}: {ended}")
        if not serve.alive() and not failed:
            failed.append(f"kill {kill}: exited by itself within {moment:.1f} s\n{serve.tail()}")
        when = "of the start" if soon else "of being ready"
        print(
            f"kill {kill + 1}, {moment:.1f} s {when}: {mebibytes(serve.resident()) if serve.alive() else 'gone'}",
            flush=True,
        )
        serve.kill()
        serve.start()
        if len(failed) >= 3:
            return failed
    try:
        starts.append(await_start(serve, api_port))
    except SystemExit as ended:
        failed.append(f"the last start: {ended}")
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
