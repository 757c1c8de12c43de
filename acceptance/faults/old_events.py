# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Send events timestamped five years ago, then let events expire unread, and check that none is lost silently.

    uv run --script acceptance/faults/old_events.py

1. 588 events with a record timestamp and a `ce_time` of five years ago are on the topic during the broker's first
   retention check, 30 s after its start; then the services start. Expected: 588 predictions with the events' times.
2. The extractor stops, 100 more events are sent, and the topic's retention is set to 1 s; the broker is restarted and
   deletes them. The extractor starts again: `reprise_records_expired_total` must equal the number of deleted events.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from service import (
    AUDIO_FILES,
    DEAD_LETTERS,
    PREDICTIONS,
    Cluster,
    Report,
    await_outcomes,
    metric,
    producer,
    read_all,
    tones,
    wait_until,
    watermarks,
)

EXPIRED = "reprise_records_expired_total"
RETENTION_CHECK_SECONDS = 40
DRAIN_SECONDS = 600
PARTITIONS = 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=588)
    parser.add_argument("--expiring", type=int, default=100)
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = tones(folder / "tones", 6, 2.0)
        with Cluster(folder / "cluster", PARTITIONS) as cluster:
            old_events(report, cluster, files, options.count)
            expiring(report, cluster, files, options.expiring)
    return report.finish()


def send(cluster: Cluster, files: list[Path], prefix: str, count: int, times: list[datetime] | None = None) -> None:
    sender = producer(cluster.address)
    for number in range(count):
        # Round robin, so that each partition has some.
        arguments: dict[str, object] = {"partition": number % PARTITIONS}
        headers = {"content-type": "audio/wav"}
        if times is not None:
            arguments["timestamp"] = int(times[number].timestamp() * 1000)
            headers["ce_time"] = times[number].isoformat().replace("+00:00", "Z")
        data = files[number % len(files)].read_bytes()
        sender.produce(AUDIO_FILES, data, f"{prefix} {number}", headers=headers, **arguments)
    if sender.flush(60) > 0:
        raise SystemExit("Kafka did not accept all events within 60 s.")


def old_events(report: Report, cluster: Cluster, files: list[Path], count: int) -> None:
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=5 * 365)
    times = [begin + timedelta(minutes=number) for number in range(count)]
    sent = time.monotonic()
    send(cluster, files, "old", count, times)
    print(f"{count} events from {begin:%Y-%m-%d} on; waiting for the broker's retention check", flush=True)
    # The broker does not log a check that deletes nothing.
    time.sleep(max(0.0, sent + RETENTION_CHECK_SECONDS - time.monotonic()))
    left = sum(end - first for first, end in watermarks(cluster.address, AUDIO_FILES))
    report.equal("events on the topic after the check", left, count)
    cluster.start_extractor()
    cluster.start_inference()
    await_outcomes(cluster.address, left, DRAIN_SECONDS, *cluster.services)
    found = {it.key().decode(): json.loads(it.value())["event_time"] for it in read_all(cluster.address, PREDICTIONS)}
    report.equal("predictions", len(found), count)
    wrong = {key: it for key, it in found.items() if seconds(it) != seconds(times[int(key.split()[1])].isoformat())}
    report.check("each has the time of its event", not wrong, list(wrong.items())[:3])
    report.equal("dead letters", len(read_all(cluster.address, DEAD_LETTERS)), 0)
    report.equal(EXPIRED, metric(cluster.extractor_port, EXPIRED, topic=AUDIO_FILES), 0)


def seconds(time_of: str) -> int:
    return int(datetime.fromisoformat(time_of.replace("Z", "+00:00")).timestamp())


def expiring(report: Report, cluster: Cluster, files: list[Path], count: int) -> None:
    cluster.extractor.stop()
    before = watermarks(cluster.address, AUDIO_FILES)
    send(cluster, files, "expiring", count)
    # Records before the old end offsets had been read; lost are those from there to the new start offsets.
    configure(cluster, "retention.ms", "1000")
    cluster.inference.stop()
    cluster.broker.stop()
    cluster.start_broker()

    def is_empty() -> bool:
        return all(first == end for first, end in watermarks(cluster.address, AUDIO_FILES))

    wait_until("the topic to expire", is_empty, 3 * RETENTION_CHECK_SECONDS, cluster.broker)
    after = watermarks(cluster.address, AUDIO_FILES)
    lost = sum(first - end for (first, _), (_, end) in zip(after, before, strict=True))
    report.equal("events that the topic lost", lost, count)
    configure(cluster, "retention.ms", str(7 * 24 * 3600 * 1000))
    cluster.start_extractor()
    counted: list[float] = [0.0]

    def is_counted() -> bool:
        counted[0] = metric(cluster.extractor_port, EXPIRED, topic=AUDIO_FILES)
        return counted[0] >= lost

    try:
        wait_until("the expired records to be counted", is_counted, 60, cluster.extractor)
    except SystemExit as ended:
        print(ended)
    time.sleep(5)
    counted[0] = metric(cluster.extractor_port, EXPIRED, topic=AUDIO_FILES)
    report.equal(EXPIRED, counted[0], float(lost))
    lines = [it for it in cluster.extractor.output().splitlines() if "were deleted before they were read" in it]
    report.equal("log lines with partition and offsets", len(lines), PARTITIONS)
    print("\n".join(lines))
    # Processing continues.
    total = len(read_all(cluster.address, PREDICTIONS))
    cluster.start_inference()
    send(cluster, files, "after", PARTITIONS)
    wait_until(
        "the next predictions",
        lambda: len(read_all(cluster.address, PREDICTIONS)) == total + PARTITIONS,
        120,
        *cluster.services,
    )
    report.check("events sent afterwards are predicted", True)
    # After a restart, records that were counted are not counted again.
    cluster.extractor.stop()
    cluster.start_extractor()
    time.sleep(5)
    report.equal("records counted again after a restart", metric(cluster.extractor_port, EXPIRED, topic=AUDIO_FILES), 0)


def configure(cluster: Cluster, setting: str, value: str) -> None:
    entry = ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, AUDIO_FILES, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": cluster.address})
    for done in admin.incremental_alter_configs([resource]).values():
        done.result(30)


if __name__ == "__main__":
    raise SystemExit(main())
