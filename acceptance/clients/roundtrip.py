# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Produce events and consume predictions with kcat and with a Python client.

Starts a broker, an extractor and an inference service, each in its own process, sends half of the
events with kcat and half with confluent-kafka, each with its own default partitioner, and reads the
predictions back with both. Exits 0 if both read the same, valid records, else 1.

    uv run acceptance/clients/roundtrip.py            # generated tones
    uv run acceptance/clients/roundtrip.py *.mp3      # your own files
"""

from __future__ import annotations

import json
import math
import shutil
import struct
import sys
import tempfile
import time
from base64 import b64decode
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from consumers import consumer
from processes import TIMEOUT_SECONDS, free_port, listening, reprise, run, service, wait_for
from tones import tones

AUDIO_FILES = "reprise.audio-files.v1"
PREDICTIONS = "reprise.predictions.v1"
FEATURES = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "tempo",
    "valence",
)


def main(arguments: list[str]) -> int:
    if shutil.which("kcat") is None:
        print("kcat is missing: install Debian's package kcat.", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = [Path(a).resolve() for a in arguments] or tones(folder)
        port = free_port()
        broker = f"127.0.0.1:{port}"
        reprise("--version")  # builds the product if necessary, before the timeouts begin
        stack.enter_context(service(folder, "broker", "--port", str(port)))
        wait_for("the broker", lambda: listening(port))
        reprise("topics", "create", "--bootstrap-servers", broker, "--partitions", "12")
        common = ["--bootstrap-servers", broker, "--data-dir", str(folder), "--http-port", "0"]
        roots = ",".join(sorted({str(file.parent) for file in files}))
        stack.enter_context(service(folder, "extractor", *common, "--allowed-root", roots))
        stack.enter_context(service(folder, "inference", *common))

        half = len(files) // 2
        for file in files[:half]:
            produce_with_kcat(broker, file)
        produce_with_python(broker, files[half:])
        expected = {key(file) for file in files}
        by_python = consume_with_python(broker, expected)
        by_kcat = consume_with_kcat(broker)
        return report(expected, by_kcat, by_python)


def key(file: Path) -> str:
    return file.stem


def produce_with_kcat(broker: str, file: Path) -> None:
    """Send the audio itself as the record's value."""
    run(
        ["kcat", "-P", "-b", broker, "-t", AUDIO_FILES, "-k", key(file)]
        + ["-X", "message.max.bytes=16000000"]
        + ["-H", "content-type=audio/wav", "-H", "ce_id=kcat", str(file)]
    )


def produce_with_python(broker: str, files: list[Path]) -> None:
    """Send file: URIs in JSON."""
    producer = Producer({"bootstrap.servers": broker})
    for file in files:
        event = json.dumps({"uri": file.as_uri()})
        producer.produce(AUDIO_FILES, event, key(file), headers={"ce_id": "python"})
    if producer.flush(TIMEOUT_SECONDS) > 0:
        raise SystemExit("The Python client failed to send all events.")


def consume_with_python(broker: str, expected: set[str]) -> dict[str, tuple[dict[str, str], Any]]:
    """Read until every expected key has been consumed."""
    predictions = consumer(broker, PREDICTIONS)
    found: dict[str, tuple[dict[str, str], Any]] = {}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while expected - found.keys() and time.monotonic() < deadline:
        message = predictions.poll(0.5)
        if message is not None and message.error() is None:
            headers = {name: value.decode() for name, value in message.headers() or []}
            found[message.key().decode()] = (headers, json.loads(message.value()))
    predictions.close()
    return found


def consume_with_kcat(broker: str) -> dict[str, tuple[dict[str, str], Any]]:
    output = run(
        ["kcat", "-C", "-b", broker, "-t", PREDICTIONS, "-o", "beginning", "-e", "-q"]
        + ["-X", "isolation.level=read_committed", "-f", "%k\t%h\t%s\n"]
    )
    found = {}
    for line in output.splitlines():
        record_key, headers, value = line.split("\t")
        by_name = dict(header.split("=", 1) for header in headers.split(","))
        found[record_key] = (by_name, json.loads(value))
    return found


def report(
    expected: set[str],
    by_kcat: dict[str, tuple[dict[str, str], Any]],
    by_python: dict[str, tuple[dict[str, str], Any]],
) -> int:
    failures = []
    if by_kcat != by_python:
        failures.append("kcat and the Python client read different records")
    if by_python.keys() != expected:
        failures.append(f"missing {sorted(expected - by_python.keys())}")
    for record_key, (_, prediction) in by_python.items():
        if prediction["track_id"] != record_key:
            failures.append(f"{record_key} has the track id {prediction['track_id']}")
        for feature in FEATURES:
            low, high = (30, 300) if feature == "tempo" else (0, 1)
            if not low <= prediction["features"][feature] <= high:
                failures.append(f"{record_key}: {feature} is {prediction['features'][feature]}")
        embedding = b64decode(prediction["embedding"], validate=True)
        values = struct.unpack(f"<{len(embedding) // 4}f", embedding)
        if not values or not all(map(math.isfinite, values)):
            failures.append(f"{record_key}: the embedding is {values}")
        if by_python[record_key][0].get("content-type") != "application/json":
            failures.append(f"{record_key} has the headers {by_python[record_key][0]}")
    senders = [headers.get("ce_id") for headers, _ in by_python.values()]
    print(f"produced: {senders.count('kcat')} with kcat, {senders.count('python')} with Python")
    equal = "equal" if by_kcat == by_python else "different"
    print(f"consumed: {len(by_kcat)} with kcat, {len(by_python)} with Python, {equal}")
    if by_python:
        record_key, (_, prediction) = sorted(by_python.items())[0]
        print(record_key, json.dumps(prediction["features"]))
    for failure in failures:
        print("FAILED:", failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
