# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1", "matplotlib==3.10.8"]
# ///
"""Run broker, extractor and inference service under full load while one process is killed each minute.

    uv run --script acceptance/faults/soak.py --minutes 120 --out docs/images

First each clip is predicted once, without kills, as the reference. Then events of the same clips are sent as fast as
they are processed, and each minute the broker, the extractor, the inference service or a decoder is killed with
SIGKILL; the script restarts exited processes, as an orchestrator would. Asserted:

- each event has exactly one committed outcome: a prediction equal to the reference, or a dead letter `decoder-crashed`,
  of which there are at most as many as decoders killed;
- no service exits except by a kill;
- resident memory and open descriptors of each service are flat: the median of the last third of the time is at most
  15 % above that of the second, with 32 MiB and 20 descriptors to spare. Not asserted below 30 minutes.

Writes soak.csv, a sample every 10 s, and soak.svg, the curves. Two hours need some 20 GB in the temporary folder.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import matplotlib as mpl
from confluent_kafka import Message
from service import (
    AUDIO_FILES,
    DEAD_LETTERS,
    MEBIBYTE,
    PREDICTIONS,
    Cluster,
    Report,
    await_outcomes,
    coordinates,
    headers,
    mebibytes,
    producer,
    read_all,
    reading,
    resident,
    tone,
    watermarks,
)

mpl.use("svg")
from matplotlib import pyplot as plt

SAMPLE_SECONDS = 10
IN_FLIGHT = 200
DRAIN_SECONDS = 600
ASSERTED_MINUTES = 30
DURATIONS = (2, 3, 3, 4, 4, 5, 6, 8, 10, 15, 31, 62)
DECODER = "decoder"


@dataclass(frozen=True)
class Sample:
    seconds: float
    service: str
    pid: int
    resident: int
    descriptors: int
    decoders: int
    decoders_resident: int
    answered: int


@dataclass(frozen=True)
class Kill:
    seconds: float
    target: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--every", type=float, default=60, metavar="SECONDS", help="between kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path())
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        needed = options.minutes / 120 * 20e9
        if shutil.disk_usage(folder).free < needed:
            raise SystemExit(f"{folder} has less than {needed / 1e9:.0f} GB free; set TMPDIR to a different folder.")
        clips = [tone(folder / f"clip {i:02}.wav", i, seconds) for i, seconds in enumerate(DURATIONS)]
        with Cluster(folder / "cluster", extractor=("--allowed-root", str(folder))) as cluster:
            cluster.start_extractor()
            cluster.start_inference()
            soak = Soak(cluster, clips, options)
            soak.run(report)
    soak.write()
    return report.finish()


class Soak:
    """The soak test: sends, reads, kills, restarts and samples in one thread."""

    def __init__(self, cluster: Cluster, clips: list[Path], options: argparse.Namespace) -> None:
        self.cluster = cluster
        self.clips = clips
        self.options = options
        self.numbers = random.Random(options.seed)
        self.producer = producer(cluster.address)
        self.reference: dict[int, dict[str, Any]] = {}
        # By coordinates of the event.
        self.clip_of: dict[str, int] = {}
        self.outcomes: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.different: list[str] = []
        self.sent = 0
        self.samples: list[Sample] = []
        self.kills: list[Kill] = []
        self.pauses: dict[str, list[float]] = {}
        self.ended: list[str] = []
        self.start = self.last_outcome = 0.0

    def run(self, report: Report) -> None:
        self.record_reference()
        self.load(self.options.minutes * 60)
        self.check(report)

    def record_reference(self) -> None:
        for clip in range(len(self.clips)):
            self.send(clip)
        self.producer.flush(60)
        await_outcomes(self.cluster.address, len(self.clips), DRAIN_SECONDS, *self.cluster.services)
        for record in read_all(self.cluster.address, PREDICTIONS):
            prediction = json.loads(record.value())
            self.reference[self.clip_of[prediction["extraction_id"]]] = values(prediction)
        if len(self.reference) != len(self.clips):
            raise SystemExit(f"Only {len(self.reference)} of {len(self.clips)} clips are predicted.")
        print(f"{len(self.clips)} clips are predicted as the reference", flush=True)

    def send(self, clip: int) -> None:
        def delivered(error: object, message: Message) -> None:
            if error is not None:
                raise SystemExit(f"Kafka did not accept an event: {error}")
            self.clip_of[f"{message.topic()}-{message.partition()}-{message.offset()}"] = clip

        event = json.dumps({"uri": self.clips[clip].as_uri()})
        self.producer.produce(AUDIO_FILES, event, f"track {self.sent}", callback=delivered)
        self.sent += 1

    def load(self, seconds: float) -> None:
        self.start = self.last_outcome = time.monotonic()
        targets = self.targets()
        next_kill, next_sample = self.start + self.options.every / 2, self.start
        end = self.start + seconds
        drained = end + DRAIN_SECONDS
        with ExitStack() as stack:
            predictions = stack.enter_context(reading(self.cluster.address, PREDICTIONS))
            dead_letters = stack.enter_context(reading(self.cluster.address, DEAD_LETTERS))
            while True:
                now = time.monotonic()
                if now < end:
                    while self.sent - len(self.outcomes) < IN_FLIGHT:
                        self.send(self.numbers.randrange(len(self.clips)))
                self.producer.poll(0)
                for record in predictions.poll(0.1):
                    self.predicted(json.loads(record.value()))
                for record in dead_letters.poll(0):
                    self.rejected(record)
                self.supervise()
                if now >= next_sample:
                    self.sample()
                    next_sample += SAMPLE_SECONDS
                if next_kill <= now < end:
                    self.kill(next(targets))
                    next_kill += self.options.every
                if now >= end and len(self.outcomes) >= self.sent:
                    break
                if now >= drained:
                    print(f"{self.sent - len(self.outcomes)} events have no outcome after {DRAIN_SECONDS} s")
                    break
            # A duplicate outcome may follow the first.
            time.sleep(3)
            for record in predictions.poll(1):
                self.predicted(json.loads(record.value()))
            for record in dead_letters.poll(1):
                self.rejected(record)

    def targets(self) -> Iterator[str]:
        """Yield the four targets in random order, each once in four kills."""
        while True:
            turn = ["broker", "extractor", "inference", DECODER]
            self.numbers.shuffle(turn)
            yield from turn

    def kill(self, target: str) -> None:
        at = time.monotonic() - self.start
        if target == DECODER:
            decoders = self.cluster.extractor.decoders()
            if not decoders:
                print("There is no decoder to kill")
                return
            os.kill(self.numbers.choice(decoders), signal.SIGKILL)
        else:
            next(it for it in self.cluster.services if it.name == target).kill()
        self.kills.append(Kill(at, target))
        print(f"{at:.0f} s: killed {target}; {len(self.outcomes)} of {self.sent} events have an outcome", flush=True)

    def supervise(self) -> None:
        for service in self.cluster.services:
            if not service.alive():
                if service.process is not None and service.process.returncode != -9:
                    self.ended.append(f"{service.name} with {service.process.returncode}: {service.tail()}")
                service.start()

    def record_outcome(self, extraction: str) -> None:
        now = time.monotonic()
        if self.kills and now - self.last_outcome > 1:
            self.pauses.setdefault(self.kills[-1].target, []).append(now - self.last_outcome)
        self.last_outcome = now
        self.outcomes[extraction] += 1

    def predicted(self, prediction: dict[str, Any]) -> None:
        extraction = prediction["extraction_id"]
        self.record_outcome(extraction)
        self.reasons["predicted"] += 1
        clip = self.clip_of.get(extraction)
        # The prediction may be read before the producer receives the coordinates of its event.
        deadline = time.monotonic() + 60
        while clip is None and time.monotonic() < deadline:
            self.producer.poll(0.1)
            clip = self.clip_of.get(extraction)
        if clip is None:
            self.different.append(f"{extraction} belongs to no event")
            return
        if values(prediction) != self.reference[clip]:
            self.different.append(f"{extraction} (clip {clip})")

    def rejected(self, dead_letter: Message) -> None:
        self.record_outcome(coordinates(dead_letter))
        self.reasons[headers(dead_letter)["reprise_reason"]] += 1

    def sample(self) -> None:
        at = time.monotonic() - self.start
        for service in self.cluster.services:
            decoders = service.decoders()
            self.samples.append(
                Sample(
                    round(at, 1),
                    service.name,
                    service.pid,
                    service.resident(),
                    service.descriptors(),
                    len(decoders),
                    sum(map(resident, decoders)),
                    len(self.outcomes),
                )
            )

    def check(self, report: Report) -> None:
        killed = Counter(it.target for it in self.kills)
        print(f"{len(self.kills)} kills: {dict(killed)}; outcomes: {dict(self.reasons)}")
        for target, pauses in self.pauses.items():
            print(
                f"pauses after killing {target}: median {statistics.median(pauses):.1f} s, longest {max(pauses):.1f} s"
            )
        events = sum(end for _, end in watermarks(self.cluster.address, AUDIO_FILES))
        report.equal("events on the topic", events, self.sent)
        reference_count = len(self.clips)
        missing = [at for at in self.clip_of if at not in self.outcomes]
        report.check(
            f"each of {self.sent} events has an outcome", not missing, f"{len(missing)} missing: {missing[:5]}"
        )
        twice = [at for at, count in self.outcomes.items() if count > 1]
        report.check("no event has two outcomes", not twice, f"{len(twice)}: {twice[:5]}")
        report.check(
            f"{self.reasons['predicted']} predictions ({reference_count} of them reference) equal the reference",
            not self.different,
            f"{len(self.different)}: {self.different[:5]}",
        )
        others = {reason: n for reason, n in self.reasons.items() if reason not in ("predicted", "decoder-crashed")}
        report.check("no dead letters except decoder-crashed", not others, others)
        crashed = self.reasons["decoder-crashed"]
        report.check(f"{crashed} dead letters for {killed[DECODER]} decoders killed", crashed <= killed[DECODER])
        report.check("no service exited except by a kill", not self.ended, "\n".join(self.ended[:3]))
        for service in self.cluster.services:
            self.check_flat(report, service.name)

    def check_flat(self, report: Report, service: str) -> None:
        seconds = self.options.minutes * 60
        thirds: list[list[Sample]] = [
            [it for it in self.samples if it.service == service and low <= it.seconds * 3 / seconds < low + 1]
            for low in (1, 2)
        ]
        if not all(thirds):
            print(f"{service}: too few samples to compare")
            return
        middle, last = (statistics.median(it.resident for it in third) for third in thirds)
        opened, still_open = (statistics.median(it.descriptors for it in third) for third in thirds)
        summary = (
            f"{service}: {mebibytes(middle)} and {opened:.0f} descriptors in the second third, "
            f"{mebibytes(last)} and {still_open:.0f} in the last"
        )
        if self.options.minutes < ASSERTED_MINUTES:
            print(f"{summary}; not asserted below {ASSERTED_MINUTES} minutes")
            return
        flat = last <= middle * 1.15 + 32 * MEBIBYTE and still_open <= opened * 1.15 + 20
        report.check(f"flat: {summary}", flat, "growth")

    def write(self) -> None:
        with (self.options.out / "soak.csv").open("w", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(it.name for it in fields(Sample))
            rows.writerows([getattr(sample, it.name) for it in fields(Sample)] for sample in self.samples)
        plot(self.samples, self.kills, self.options.out / "soak.svg")
        print(f"written: {self.options.out / 'soak.csv'}, {self.options.out / 'soak.svg'}")


def values(prediction: dict[str, Any]) -> dict[str, Any]:
    """Return what depends on the audio alone."""
    return {it: value for it, value in prediction.items() if it not in ("track_id", "extraction_id", "event_time")}


def plot(samples: list[Sample], kills: list[Kill], file: Path) -> None:
    plt.rcParams.update({"svg.hashsalt": "reprise", "font.size": 9})
    figure, (memory, opened) = plt.subplots(2, 1, sharex=True, figsize=(9, 6), layout="constrained")
    colours = {"broker": "tab:blue", "extractor": "tab:orange", "inference": "tab:green", DECODER: "tab:red"}
    for service in dict.fromkeys(it.service for it in samples):
        own = [it for it in samples if it.service == service]
        minutes = [it.seconds / 60 for it in own]
        memory.plot(minutes, [it.resident / MEBIBYTE for it in own], label=service, color=colours[service], lw=1)
        opened.plot(minutes, [it.descriptors for it in own], label=service, color=colours[service], lw=1)
        if any(it.decoders for it in own):
            decoders = [it.decoders_resident / MEBIBYTE for it in own]
            memory.plot(minutes, decoders, label="decoders, together", color=colours[DECODER], lw=1)
    for kill in kills:
        memory.axvline(kill.seconds / 60, ymin=0.97, color=colours[kill.target], lw=1)
    memory.set(ylabel="resident memory, MiB", title="Full load and kills (marks above, in the process's colour)")
    opened.set(ylabel="open descriptors", xlabel="minutes")
    for axes in (memory, opened):
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    memory.legend(ncols=4, loc="lower right")
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    raise SystemExit(main())
