# /// script
# requires-python = ">=3.11"
# ///
"""Compute what a catalogue needs from the figures that scale.py has measured, and print the tables of SCALING.md.

    python3 benchmarks/sizing.py [--seconds 240] [--replicas 3] [--core-hour-price 0.05] ...
    python3 benchmarks/sizing.py --check docs/SCALING.md

Inputs are sizing.json beside this script, as `scale.py --out` writes it, and the retention of each topic from
docs/TOPICS.md. --check fails if the document does not contain the tables as they are printed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TOPICS = HERE.parent / "docs" / "TOPICS.md"
CLIP_SECONDS = 30
SONG_CLIPS = 8
GIB = 1 << 30
# Tracks, and the hours in which they are to be extracted; None: one instance of each service on two cores.
CATALOGUES: tuple[tuple[str, int, float | None], ...] = (
    ("1,000", 1_000, None),
    ("1 million", 1_000_000, 24),
    ("100 million", 100_000_000, 720),
)
CORES_PER_INSTANCE = 2
EXTRACTOR_THREADS = 2
INFERENCE_THREADS = 4
APIS = 2
MIN_PARTITIONS = 12
# The launcher's heap of an API, and the share of it that may be in use after a full collection.
API_HEAP = GIB
HEAP_SHARE = 0.75
ACCEPTABLE_RECOVERY_LAG = 10_000
# docs/BENCHMARKS.md: exact search of a million tracks by eight features, on one core.
SEARCH_MS_PER_MILLION = 5.4
# Internal topics: kept by track for ever, for a day, or deleted once read.
INTERNAL = {
    "reprise-api-tracks-changelog": "for ever",
    "reprise-api-clips-changelog": "for ever",
    "reprise-inference-tracks-changelog": "24 h",
    "reprise-inference-evaluation-evaluated-tracks-changelog": "for ever",
}
# One record per series and minute at most, however many tracks.
BY_TIME = ("reprise.quality-windows.v1", "reprise.drift.v1")
# How often each topic is read; repartition topics once, changelogs only to restore.
CONSUMERS = {
    "reprise.mfcc.v1": 1,
    "reprise.clip-predictions.v1": 1,
    # The evaluation, the catalogue, and the index of each API.
    "reprise.predictions.v1": 2 + APIS,
    "reprise.truth.v1": 2 + APIS,
}


@dataclass(frozen=True)
class Retention:
    """How long a topic keeps its records: hours, and bytes of each partition; infinite where there is no limit."""

    text: str
    hours: float = math.inf
    partition_bytes: float = math.inf


@dataclass(frozen=True)
class Plan:
    """A catalogue, and the hours in which it is extracted."""

    name: str
    tracks: int
    hours: float

    @property
    def rate(self) -> float:
        """Return tracks per second."""
        return self.tracks / self.hours / 3600


class Sizing:
    """The needs of catalogues of tracks of one length."""

    def __init__(self, measured: dict[str, Any], options: argparse.Namespace) -> None:
        self.measured = measured
        self.options = options
        self.clips = max(1, round(options.seconds / CLIP_SECONDS))
        self.state: dict[str, float] = measured["sizes"]["state"]
        self.retention = retention() | {
            name: Retention(text, 24.0 if text == "24 h" else math.inf) for name, text in INTERNAL.items()
        }

    def topic_bytes(self, topic: str) -> float:
        """Return the bytes of a track on a topic."""
        size: dict[str, float] = self.measured["sizes"]["topics"].get(topic, {"track": 0, "clip": 0})
        return max(0.0, size["track"] + size["clip"] * self.clips)

    def core_seconds(self, kind: str) -> float:
        """Return the processor time of a track."""
        if kind == "api":
            return self.state["catalogue_processor_ms_per_track"] / 1000
        cost: dict[str, float] = self.measured["throughput"]["processor_ms"][kind]
        clip = (cost["song"] - cost["clip"]) / (SONG_CLIPS - 1)
        return (cost["clip"] + clip * (self.clips - 1)) / 1000

    def all_core_seconds(self) -> float:
        return sum(self.core_seconds(kind) for kind in ("extractor", "inference", "broker", "api"))

    def cores(self, kind: str, rate: float) -> float:
        return rate * self.core_seconds(kind) / self.options.utilisation

    def hours(self, tracks: int, hours: float | None) -> float:
        if hours is not None:
            return hours
        return tracks * self.all_core_seconds() / CORES_PER_INSTANCE / self.options.utilisation / 3600

    def extractor_threads(self, rate: float) -> int:
        return max(1, math.ceil(self.cores("extractor", rate)))

    def inference_instances(self, rate: float) -> int:
        return max(1, math.ceil(self.cores("inference", rate) / CORES_PER_INSTANCE))

    def partitions(self, rate: float) -> int:
        """Return a multiple of 12 that leaves room for twice the threads."""
        threads = max(self.extractor_threads(rate), self.inference_instances(rate) * INFERENCE_THREADS)
        return max(MIN_PARTITIONS, math.ceil(2 * threads / 12) * 12)

    def topic_disk(self, topic: str, tracks: int, rate: float) -> float:
        """Return the bytes of one replica of a topic when all tracks have gone through."""
        kept = self.retention[topic]
        there = min(tracks, rate * 3600 * kept.hours) * self.topic_bytes(topic)
        return min(there, kept.partition_bytes * self.partitions(rate))

    def produced(self) -> float:
        """Return the bytes of a track that clients send to the brokers."""
        return sum(self.topic_bytes(topic) for topic in self.measured["sizes"]["topics"])

    def consumed(self) -> float:
        topics = self.measured["sizes"]["topics"]
        repartitioned = sum(self.topic_bytes(it) for it in topics if it.endswith("-repartition"))
        return repartitioned + sum(self.topic_bytes(topic) * count for topic, count in CONSUMERS.items())

    def api_heap(self, tracks: int) -> float:
        return (self.state["heap_bytes_empty"] + tracks * self.state["heap_bytes_per_track"]) / HEAP_SHARE

    def api_disk(self, tracks: int) -> float:
        """Return the bytes of one API: its share of the catalogue, and all embeddings."""
        share = (self.state["catalogue_bytes_per_track"] + self.clip_state() * (self.clips - 1)) / APIS
        return tracks * (share + self.state["embedding_bytes_per_track"])

    def clip_state(self) -> float:
        """Return the bytes of a further clip in the catalogue, as in its changelog."""
        return float(self.measured["sizes"]["topics"]["reprise-api-clips-changelog"]["clip"])

    def needs(self, plan: Plan) -> dict[str, str]:
        """Return what a plan needs, by name."""
        options, rate = self.options, plan.rate
        extractors = math.ceil(self.extractor_threads(rate) / EXTRACTOR_THREADS)
        replication = rate * self.produced() * (options.replicas - 1)
        return {
            "hours": f"{plan.hours:,.1f}" if plan.hours < 10 else f"{plan.hours:,.0f}",
            "tracks per second": f"{rate:.1f}",
            "partitions": f"{self.partitions(rate)}",
            f"extractors of {EXTRACTOR_THREADS} threads": f"{extractors}",
            f"inference services of {INFERENCE_THREADS} threads, 2 cores each": f"{self.inference_instances(rate)}",
            "cores of brokers": f"{math.ceil(self.cores('broker', rate) * options.replicas)}",
            "APIs": f"{APIS}",
            "heap of each API": size(max(API_HEAP, self.api_heap(plan.tracks))),
            "disk of each API": size(self.api_disk(plan.tracks)),
            "start of an API: index": duration(plan.tracks / self.state["index_tracks_per_second"]),
            "first start of an API: embeddings": duration(plan.tracks / self.state["embeddings_per_second"]),
            f"audio read, {options.audio_kbit} kbit/s": bandwidth(rate * options.seconds * options.audio_kbit * 125),
            "network into the brokers": bandwidth(rate * self.produced()),
            f"network between brokers, {options.replicas} replicas": bandwidth(replication),
            "network out of the brokers": bandwidth(rate * self.consumed()),
        }

    def tables(self) -> list[list[str]]:
        plans = [Plan(name, tracks, self.hours(tracks, hours)) for name, tracks, hours in CATALOGUES]
        needs = [self.needs(it) for it in plans]
        table = [f"| | {' | '.join(it.name for it in plans)} tracks |", "|---|" + "---|" * len(plans)]
        table += [f"| {name} | {' | '.join(it[name] for it in needs)} |" for name in needs[0]]
        return [table, self.disk_table(plans), self.cost_table(), self.limit_table()]

    def disk_table(self, plans: list[Plan]) -> list[str]:
        lines = [
            f"| topic | bytes a track | kept | {' | '.join(it.name for it in plans)} tracks |",
            "|---|---|---|" + "---|" * len(plans),
        ]
        totals = [0.0] * len(plans)
        for topic in sorted(self.retention, key=lambda it: -self.topic_bytes(it)):
            if self.topic_bytes(topic) < 1 or topic in BY_TIME:
                continue
            disks = [self.topic_disk(topic, it.tracks, it.rate) for it in plans]
            totals = [total + disk for total, disk in zip(totals, disks, strict=True)]
            lines.append(
                f"| `{topic}` | {self.topic_bytes(topic):,.0f} | {self.retention[topic].text} | "
                f"{' | '.join(size(it) for it in disks)} |"
            )
        replicas = self.options.replicas
        lines.append(f"| all, {replicas} replicas | | | {' | '.join(size(it * replicas) for it in totals)} |")
        return lines

    def cost_table(self) -> list[str]:
        options = self.options
        tracks = 1000 * 3600 / options.seconds
        lines = ["| 1,000 hours of audio | core hours | cost |", "|---|---|---|"]
        total = 0.0
        for kind in ("extractor", "inference", "broker", "api"):
            hours = tracks * self.core_seconds(kind) / 3600 / options.utilisation
            hours *= options.replicas if kind == "broker" else APIS if kind == "api" else 1
            total += hours
            lines.append(f"| {kind} | {hours:.2f} | {hours * options.core_hour_price:.2f} |")
        lines.append(f"| all | {total:.2f} | {total * options.core_hour_price:.2f} |")
        return lines

    def limit_table(self) -> list[str]:
        state = self.state
        lag = ACCEPTABLE_RECOVERY_LAG * MIN_PARTITIONS
        heap = (API_HEAP * HEAP_SHARE - state["heap_bytes_empty"]) / state["heap_bytes_per_track"]
        backlog = (
            self.retention["reprise.mfcc.v1"].partition_bytes * MIN_PARTITIONS / self.topic_bytes("reprise.mfcc.v1")
        )
        threads = MIN_PARTITIONS * self.options.utilisation / self.core_seconds("extractor") * 86400
        rows = [
            ("changes of a store per partition exceed `acceptable.recovery.lag`", lag / (self.clips + 1)),
            ("`mfcc` of 12 partitions is full while inference is down", backlog),
            ("12 extractor threads, one per partition, in a day", threads),
            ("heap of an API, 1 GiB", heap),
            ("start of an API takes 20 minutes", state["index_tracks_per_second"] * 1200),
            ("first start of an API takes a day", state["embeddings_per_second"] * 86400),
            ("an exact search takes 100 ms of a core", 100 / SEARCH_MS_PER_MILLION * 1e6),
            ("disk of an API, 20 GiB", 20 * GIB / self.api_disk(1)),
        ]
        lines = ["| at tracks | what |", "|---|---|"]
        return lines + [f"| {rounded(at)} | {what} |" for what, at in sorted(rows, key=lambda row: row[1])]


def retention() -> dict[str, Retention]:
    """Read the settings of each topic from the table of TOPICS.md."""
    units = {"h": 1.0, "d": 24.0}
    found = {}
    for line in TOPICS.read_text().splitlines():
        cells = [it.strip() for it in line.strip("|").split("|")]
        if len(cells) == 7 and cells[0].startswith("`reprise."):
            time, limit = cells[2].split(), cells[4].split()
            found[cells[0].strip("`")] = Retention(
                "for ever" if time == ["unlimited"] else cells[2],
                math.inf if time == ["unlimited"] else float(time[0]) * units[time[1]],
                float(limit[0]) * GIB if limit[-1] == "GiB" else math.inf,
            )
    if not found:
        raise SystemExit(f"{TOPICS} has no table of topics and their settings.")
    return found


def size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB" if count < 999.5 else f"{count / 1000:.3g} PB"


def bandwidth(per_second: float) -> str:
    return f"{size(per_second)}/s"


def duration(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.2g} {unit}"
    return f"{seconds:.2g} s"


def rounded(count: float) -> str:
    """Return a count with two significant digits."""
    digits = 10 ** max(0, math.floor(math.log10(count)) - 1)
    return f"{round(count / digits) * digits:,}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=240, help="length of a track")
    parser.add_argument("--audio-kbit", type=int, default=256, help="kbit/s of the files")
    parser.add_argument("--replicas", type=int, default=3, help="of each topic")
    parser.add_argument("--utilisation", type=float, default=0.7, help="share of the cores that may be busy")
    parser.add_argument("--core-hour-price", type=float, default=0.05, help="of a core, in your currency")
    parser.add_argument("--measured", type=Path, default=HERE / "sizing.json")
    parser.add_argument("--check", type=Path, metavar="DOCUMENT", help="compare with a document instead of printing")
    options = parser.parse_args()
    tables = Sizing(json.loads(options.measured.read_text()), options).tables()
    if not options.check:
        print("\n\n".join("\n".join(table) for table in tables))
        return 0
    document = options.check.read_text().splitlines()
    missing = [line for table in tables for line in table if line not in document]
    for line in missing:
        print(f"{options.check} lacks: {line}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
