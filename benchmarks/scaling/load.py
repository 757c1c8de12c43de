"""Audio events with fixed coordinates, and when the prediction of each was committed."""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "acceptance" / "faults"))
from scaling.instances import PARTITIONS
from service import AUDIO_FILES, DEAD_LETTERS, MFCC, PREDICTIONS, coordinates, producer, read_all, reading, terminal

CLIP_PREDICTIONS = "reprise.clip-predictions.v1"
OUTPUTS = (MFCC, CLIP_PREDICTIONS, PREDICTIONS, DEAD_LETTERS)
FIRST_EVENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def track(clips: list[Path], index: int) -> str:
    """Return the track id of an event: every clip is submitted again under a further id."""
    return f"{clips[index % len(clips)].stem}-{index // len(clips)}"


def extraction(index: int) -> str:
    """Return the coordinates of an event, its extraction id: events go to the partitions in turn."""
    return f"{AUDIO_FILES}-{index % PARTITIONS}-{index // PARTITIONS}"


class Load:
    """Sends events, and records when each was sent and when its first outcome was read, committed."""

    def __init__(self, address: str, clips: list[Path], extractions: bool = False) -> None:
        """Read predictions as outcomes, or the ends of extractions, where no inference service runs."""
        self.address = address
        self.extractions = extractions
        self.clips = clips
        self.sent: list[float] = []
        # By extraction id.
        self.outcomes: dict[str, float] = {}
        self.dead_letters: list[str] = []
        self.producer = producer(address)
        self.ended = threading.Event()

    def send(self, count: int, seconds: float = 0.0) -> None:
        """Send the next events, at even intervals within a time."""
        begin = time.monotonic()
        for position in range(count):
            due = begin + seconds * position / count
            while (wait := due - time.monotonic()) > 0:
                self.producer.poll(wait)
            index = len(self.sent)
            self.producer.produce(
                AUDIO_FILES,
                json.dumps({"uri": self.clips[index % len(self.clips)].as_uri()}),
                track(self.clips, index),
                partition=index % PARTITIONS,
                headers={"ce_time": (FIRST_EVENT + timedelta(seconds=index)).isoformat()},
            )
            self.sent.append(time.monotonic())
            self.producer.poll(0)
        self.producer.flush(60)

    def read(self) -> None:
        """Read outcomes until the load has ended."""
        topic = MFCC if self.extractions else PREDICTIONS
        with reading(self.address, topic) as results, reading(self.address, DEAD_LETTERS) as dead_letters:
            while not self.ended.is_set():
                for message in results.poll(0.05):
                    now = time.monotonic()
                    if name := self.outcome(message.value()):
                        self.outcomes.setdefault(name, now)
                for message in dead_letters.poll(0):
                    self.dead_letters.append(coordinates(message))
                    self.outcomes.setdefault(coordinates(message), time.monotonic())

    def outcome(self, value: bytes) -> str | None:
        """Return the extraction that a record ends."""
        if not self.extractions:
            return str(json.loads(value)["extraction_id"])
        end = terminal(value)
        return end.extraction if end else None

    def done(self) -> bool:
        return len(self.outcomes) >= len(self.sent)

    def waits(self, first: int) -> list[float]:
        """Return the seconds from sending to outcome of the events from an index on, as far as they have one."""
        ends = [(self.outcomes.get(extraction(index)), begin) for index, begin in enumerate(self.sent)][first:]
        return [end - begin for end, begin in ends if end is not None]

    def longest_gap(self, begin: float) -> float:
        """Return the longest time without an outcome since a moment."""
        times = [begin, *sorted(it for it in list(self.outcomes.values()) if it > begin)]
        return max((later - earlier for earlier, later in itertools.pairwise(times)), default=0.0)


@contextmanager
def loading(address: str, clips: list[Path], extractions: bool = False) -> Iterator[Load]:
    load = Load(address, clips, extractions)
    thread = threading.Thread(target=load.read, daemon=True)
    thread.start()
    try:
        yield load
    finally:
        load.ended.set()
        thread.join()


def committed(address: str) -> dict[str, list[str]]:
    """Return key and SHA-256 of every committed record of each output topic, sorted."""
    return {
        topic: sorted(
            f"{(it.key() or b'').decode()} {hashlib.sha256(it.value() or b'').hexdigest()}"
            for it in read_all(address, topic)
        )
        for topic in OUTPUTS
    }
