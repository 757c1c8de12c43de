# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Stops the broker with SIGSTOP for a minute under load, and fails where the services lose, repeat or flood the log.

    uv run --script acceptance/faults/broker_stop.py

Broker, extractor and inference service are processes of their own. Events are sent before, during and after the minute;
each must have one answer, by the same processes. The lines that each service logs are counted: one when the broker goes
and one when it is back would do, 20 are allowed.
"""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from service import (
    AUDIO_FILES,
    Cluster,
    Report,
    await_answers,
    check_answered_once,
    producer,
    status,
    tones,
    wait_until,
)

EVENTS_EACH = 60
DRAIN_SECONDS = 300
LINES = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = tones(folder / "tones", 6)
        with Cluster(folder / "cluster") as cluster:
            cluster.start_extractor()
            cluster.start_inference()
            stop(report, cluster, files, options.seconds)
    return report.finish()


def stop(report: Report, cluster: Cluster, files: list[Path], seconds: float) -> None:
    sender = producer(cluster.address)

    def send(phase: str) -> None:
        for number in range(EVENTS_EACH):
            data = files[number % len(files)].read_bytes()
            sender.produce(AUDIO_FILES, data, f"{phase} {number}", headers={"content-type": "audio/wav"})
        sender.poll(0)

    services = (cluster.extractor, cluster.inference)
    pids = [it.pid for it in services]
    send("before, done")
    sender.flush(60)
    await_answers(cluster.address, EVENTS_EACH, DRAIN_SECONDS, *cluster.services)
    before = {it.name: len(it.output().splitlines()) for it in services}
    send("before, waiting")
    sender.flush(60)
    cluster.broker.signal(signal.SIGSTOP)
    print(f"the broker is stopped for {seconds:.0f} s", flush=True)
    send("during")
    ready = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ready.append(status(cluster.extractor_port, "/health/ready"))
        time.sleep(max(0.0, min(5.0, until - time.monotonic())))
    cluster.broker.signal(signal.SIGCONT)
    back = time.monotonic()
    send("after")
    sender.flush(60)
    await_answers(cluster.address, 4 * EVENTS_EACH, DRAIN_SECONDS, *cluster.services)
    print(f"all are answered {time.monotonic() - back:.1f} s after the broker is back", flush=True)
    time.sleep(3)
    check_answered_once(report, cluster.address, 4 * EVENTS_EACH)
    report.check("the same processes live", [it.pid for it in services] == pids and all(it.alive() for it in services))
    if seconds >= 30:
        report.check("/health/ready of the extractor answered 503 meanwhile", 503 in ready, ready)
    for service, port in zip(services, (cluster.extractor_port, cluster.inference_port), strict=True):
        wait_until(f"{service.name} to be ready", lambda port=port: status(port, "/health/ready") == 200, 60, service)
        lines = service.output().splitlines()[before[service.name] :]
        kinds = Counter(next((it for it in ("ERROR", "WARN", "INFO") if f" {it} " in line), "other") for line in lines)
        print(f"{service.name}: {len(lines)} lines, {dict(kinds)}")
        print("\n".join(f"    {line[:200]}" for line in lines[:5]))
        traces = [it for it in lines if it.startswith("\tat ")]
        report.check(f"{service.name} logs no stack trace", not traces, f"{len(traces)} lines of one")
        report.check(f"{service.name} logs at most {LINES} lines", len(lines) <= LINES, len(lines))


if __name__ == "__main__":
    raise SystemExit(main())
