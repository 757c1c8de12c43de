"""A client that sends events and truth and reads predictions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from checks.report import CheckAborted
from checks.system import System

AUDIO_FILES = "reprise.audio-files.v1"
PREDICTIONS = "reprise.predictions.v1"
TRUTH = "reprise.truth.v1"
DAY_SECONDS = 24 * 60 * 60

Features = dict[str, float]


class Client:
    def __init__(self, system: System) -> None:
        self._system = system
        self._producer = Producer({"bootstrap.servers": system.broker})
        self._consumer = Consumer(
            {
                "bootstrap.servers": system.broker,
                "group.id": "check",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
            }
        )
        partitions = self._consumer.list_topics(PREDICTIONS, 10).topics[PREDICTIONS].partitions
        self._consumer.assign([TopicPartition(PREDICTIONS, p, 0) for p in partitions])
        self._predictions: dict[str, Features] = {}
        self.events = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def send_events(self, name: str, files: list[Path], midnight: int) -> dict[str, Features]:
        """Send one event per file, spread over the day, and return the predictions once all have arrived."""
        tracks = [f"{name}-{i}" for i in range(len(files))]
        for i, (track, file) in enumerate(zip(tracks, files, strict=True)):
            seconds = midnight + (i + 1) * DAY_SECONDS // (len(files) + 2)
            self._event(track, {"uri": file.as_uri()}, seconds)
        self._flush()
        self._system.wait(f"the predictions of {name}", lambda: self._all_predicted(tracks))
        return {track: self._predictions[track] for track in tracks}

    def send_truth(self, predictions: dict[str, Features], truth: Callable[[str, float], float]) -> None:
        for track, features in predictions.items():
            known = {feature: truth(feature, value) for feature, value in features.items()}
            self._produce(TRUTH, track, {"audio_features": known}, int(time.time()))
        self._flush()

    def send_invalid(self, midnight: int) -> None:
        """Send events and truth that become dead letters, and unknown fields."""
        self._event("no-json", b"no JSON", midnight)
        self._event("missing", {"uri": "file:///nowhere/missing.mp3"}, midnight)
        self._event("no-audio", {"content": "bm8gYXVkaW8=", "colour": "blue"}, midnight)
        rejected = {"audio_features": {"energy": 7}, "colour": "blue"}
        self._produce(TRUTH, "rejected", rejected, int(time.time()))
        self._flush()

    def _event(self, track: str, event: dict[str, Any] | bytes, seconds: int) -> None:
        self._produce(AUDIO_FILES, track, event, seconds)
        self.events += 1

    def _produce(self, topic: str, key: str, value: dict[str, Any] | bytes, seconds: int) -> None:
        record = value if isinstance(value, bytes) else json.dumps(value)
        # The topic audio-files has append times; the event time is in the header.
        headers = (
            {"ce_time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))} if topic == AUDIO_FILES else None
        )
        self._producer.produce(topic, record, key, timestamp=seconds * 1_000, headers=headers)

    def _flush(self) -> None:
        if self._producer.flush(60) > 0:
            raise CheckAborted("Kafka did not accept all records within 60 s.")

    def _all_predicted(self, tracks: list[str]) -> bool:
        message = self._consumer.poll(0.5)
        while message is not None:
            value = message.value()
            if message.error() is None and value is not None:
                prediction = json.loads(value)
                self._predictions[prediction["track_id"]] = prediction["features"]
            message = self._consumer.poll(0)
        return all(track in self._predictions for track in tracks)
