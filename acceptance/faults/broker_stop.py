# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Stop the broker for a minute under load, once with SIGSTOP and once with SIGKILL.

    uv run --script acceptance/faults/broker_stop.py

Broker, extractor and inference service are separate processes. Events are sent before, during and after the outage;
each must have exactly one outcome, from the same processes. For each of its Kafka Streams applications a service logs
that the cluster "is unreachable; retrying" and that it "is reachable again after N s", and no stack trace; at most
MAX_LINES lines are allowed.
"""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from service import (
    AUDIO_FILES,
    Cluster,
    Report,
    await_outcomes,
    check_exactly_once,
    producer,
    status,
    tones,
    wait_until,
)

EVENTS_EACH = 60
DRAIN_SECONDS = 300
MAX_LINES = 8


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
            for count, outage in enumerate((stopped, killed)):
                check_outage(report, cluster, files, options.seconds, outage, count * 4 * EVENTS_EACH)
    return report.finish()


@contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    cluster.broker.signal(signal.SIGSTOP)
    yield
    cluster.broker.signal(signal.SIGCONT)


@contextmanager
def killed(cluster: Cluster) -> Iterator[None]:
    cluster.broker.kill()
    yield
    cluster.start_broker()


def check_outage(
    report: Report,
    cluster: Cluster,
    files: list[Path],
    seconds: float,
    outage: Callable[[Cluster], AbstractContextManager[None]],
    earlier: int,
) -> None:
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
    await_outcomes(cluster.address, earlier + EVENTS_EACH, DRAIN_SECONDS, *cluster.services)
    before = {it.name: len(it.output().splitlines()) for it in cluster.services}
    send("before, waiting")
    sender.flush(60)
    ready = []
    with outage(cluster):
        print(f"the broker is {outage.__name__} for {seconds:.0f} s", flush=True)
        send("during")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            ready.append(status(cluster.extractor_port, "/health/ready"))
            time.sleep(max(0.0, min(5.0, until - time.monotonic())))
    back = time.monotonic()
    send("after")
    sender.flush(60)
    await_outcomes(cluster.address, earlier + 4 * EVENTS_EACH, DRAIN_SECONDS, *cluster.services)
    print(f"all events have an outcome {time.monotonic() - back:.1f} s after the broker returned", flush=True)
    time.sleep(3)
    check_exactly_once(report, cluster.address, earlier + 4 * EVENTS_EACH)
    report.check(
        "the same processes are still running",
        [it.pid for it in services] == pids and all(it.alive() for it in services),
    )
    if seconds >= 30:
        report.check("/health/ready of the extractor returned 503 during the outage", 503 in ready, ready)
    for service, port in zip(services, (cluster.extractor_port, cluster.inference_port), strict=True):
        wait_until(f"{service.name} to be ready", lambda port=port: status(port, "/health/ready") == 200, 60, service)
    for service in cluster.services:
        check_log(report, service.name, service.output().splitlines()[before[service.name] :])


def check_log(report: Report, name: str, lines: list[str]) -> None:
    kinds = Counter(next((it for it in ("ERROR", "WARN", "INFO") if f" {it} " in line), "other") for line in lines)
    print(f"{name}: {len(lines)} lines, {dict(kinds)}")
    print("\n".join(f"    {line[:200]}" for line in lines[:40]))
    traces = [it for it in lines if it.startswith("\tat ")]
    report.check(f"{name} logs no stack trace", not traces, f"{len(traces)} stack frames")
    report.check(f"{name} logs at most {MAX_LINES} lines", len(lines) <= MAX_LINES, len(lines))


if __name__ == "__main__":
    raise SystemExit(main())
