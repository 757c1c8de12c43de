# /// script
# requires-python = ">=3.11"
# ///
"""Compute what a catalogue needs from the figures that scale.py has measured, and print the tables of SCALING.md.

    python3 benchmarks/sizing.py [--seconds 240] [--replicas 3] [--core-hour-price 0.05] ...
    python3 benchmarks/sizing.py --write docs/SCALING.md
    python3 benchmarks/sizing.py --check docs/SCALING.md

Inputs are sizing.json beside this script, as `scale.py --out` writes it, and the retention of each topic from
docs/TOPICS.md. --write replaces the passages between markers in the document, which has all measured figures in them;
--check fails if that would change it.
"""

from __future__ import annotations

import argparse
import difflib
import json
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TOPICS = HERE.parent / "docs" / "TOPICS.md"
CLIP_SECONDS = 30
SONG_CLIPS = 8
GIB = 1 << 30
# Tracks, and the hours in which they are to be extracted; None: one instance of each service and one broker, all on
# one machine of two cores.
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
PASSAGE = re.compile(r"(<!-- sizing\.py: (\S+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
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
    # The evaluation and the catalogue.
    "reprise.predictions.v1": 2,
    "reprise.truth.v1": 2,
}
# Read by the index of each API besides.
INDEXED = ("reprise.predictions.v1", "reprise.truth.v1")


@dataclass(frozen=True)
class Retention:
    """How long a topic keeps its records: hours, and bytes of each partition; infinite where there is no limit."""

    text: str
    hours: float = math.inf
    partition_bytes: float = math.inf


@dataclass(frozen=True)
class Plan:
    """A catalogue, the hours in which it is extracted, replicas of each topic, and instances of the API."""

    name: str
    tracks: int
    hours: float
    replicas: int
    apis: int

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

    def plan(self, name: str, tracks: int, hours: float | None) -> Plan:
        if hours is not None:
            return Plan(name, tracks, hours, self.options.replicas, APIS)
        seconds = tracks * self.all_core_seconds() / CORES_PER_INSTANCE / self.options.utilisation
        return Plan(name, tracks, seconds / 3600, replicas=1, apis=1)

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

    def consumed(self, apis: int) -> float:
        topics = self.measured["sizes"]["topics"]
        repartitioned = sum(self.topic_bytes(it) for it in topics if it.endswith("-repartition"))
        indexed = apis * sum(self.topic_bytes(it) for it in INDEXED)
        return repartitioned + indexed + sum(self.topic_bytes(topic) * count for topic, count in CONSUMERS.items())

    def api_heap(self, tracks: int) -> float:
        return (self.state["heap_bytes_empty"] + tracks * self.state["heap_bytes_per_track"]) / HEAP_SHARE

    def api_disk(self, tracks: int, apis: int) -> float:
        """Return the bytes of one API: its share of the catalogue, and all embeddings."""
        share = (self.state["catalogue_bytes_per_track"] + self.clip_state() * (self.clips - 1)) / apis
        return tracks * (share + self.state["embedding_bytes_per_track"])

    def clip_state(self) -> float:
        """Return the bytes of a further clip in the catalogue, as in its changelog."""
        return float(self.measured["sizes"]["topics"]["reprise-api-clips-changelog"]["clip"])

    def needs(self, plan: Plan) -> dict[str, str]:
        """Return what a plan needs, by name."""
        options, rate = self.options, plan.rate
        extractors = math.ceil(self.extractor_threads(rate) / EXTRACTOR_THREADS)
        replication = rate * self.produced() * (plan.replicas - 1)
        return {
            "hours": f"{plan.hours:,.1f}" if plan.hours < 10 else f"{plan.hours:,.0f}",
            "tracks per second": f"{rate:.1f}",
            "partitions": f"{self.partitions(rate)}",
            f"extractors of {EXTRACTOR_THREADS} threads": f"{extractors}",
            f"inference services of {INFERENCE_THREADS} threads, 2 cores each": f"{self.inference_instances(rate)}",
            "replicas of each topic": f"{plan.replicas}",
            "cores of brokers": f"{math.ceil(self.cores('broker', rate) * plan.replicas)}",
            "APIs": f"{plan.apis}",
            "heap of each API": size(max(API_HEAP, self.api_heap(plan.tracks))),
            "disk of each API": size(self.api_disk(plan.tracks, plan.apis)),
            "start of an API: index": duration(plan.tracks / self.state["index_tracks_per_second"]),
            "first start of an API: embeddings": duration(plan.tracks / self.state["embeddings_per_second"]),
            f"audio read, {options.audio_kbit} kbit/s": bandwidth(rate * options.seconds * options.audio_kbit * 125),
            "network into the brokers": bandwidth(rate * self.produced()),
            "network between brokers": bandwidth(replication) if replication else "none",
            "network out of the brokers": bandwidth(rate * self.consumed(plan.apis)),
        }

    def passages(self) -> dict[str, list[str]]:
        """Return the lines of each passage of the document, by the name in its marker."""
        plans = [self.plan(*it) for it in CATALOGUES]
        return {
            "needs": self.needs_table(plans),
            "constants": self.constants_table(),
            "disk": self.disk_table(plans),
            "cost": self.cost_table(),
            "limits": self.limit_table(),
            "throughput": [*caption(self.measured["throughput"]), *throughput_table(self.measured["throughput"])],
            "rebalances": [*caption(self.measured["disturbances"]), *pause_table(self.measured["disturbances"])],
            "replicas": self.replicas_table(),
        }

    def needs_table(self, plans: list[Plan]) -> list[str]:
        needs = [self.needs(it) for it in plans]
        table = [f"| | {' | '.join(it.name for it in plans)} tracks |", "|---|" + "---|" * len(plans)]
        return table + [f"| {name} | {' | '.join(it[name] for it in needs)} |" for name in needs[0]]

    def constants_table(self) -> list[str]:
        state, processor = self.state, self.measured["throughput"]["processor_ms"]
        api = state["catalogue_processor_ms_per_track"]
        lines = ["| constant | extractor | inference | broker | API | all |", "|---|---|---|---|---|---|"]
        for name, length in (("30 s", "clip"), (f"{SONG_CLIPS} clips", "song")):
            cells = [*(processor[kind][length] for kind in ("extractor", "inference", "broker")), api]
            lines.append(
                f"| processor time of a track of {name} | "
                f"{' | '.join(f'{it:.3g} ms' for it in cells)} | {sum(cells):,.0f} ms |"
            )
        lines += ["", "| constant of an API | value |", "|---|---|"]
        rows = {
            "heap without tracks": size(state["heap_bytes_empty"]),
            "heap of a track": f"{state['heap_bytes_per_track']:,.0f} bytes",
            "catalogue of a track of one clip, on disk": f"{state['catalogue_bytes_per_track']:,.0f} bytes",
            "catalogue of a further clip, on disk": f"{self.clip_state():,.0f} bytes",
            "embedding of a track, on disk": f"{state['embedding_bytes_per_track']:,.0f} bytes",
            "tracks that it reads per second at a start": f"{state['index_tracks_per_second']:,.0f}",
            "time to index an embedding": f"{1000 / state['embeddings_per_second']:.1f} ms",
        }
        return lines + [f"| {name} | {value} |" for name, value in rows.items()]

    def replicas_table(self) -> list[str]:
        state = self.state
        warm_up = (
            f"{state['pause_start_warm_up_seconds']:.1f} s; it has its share after {state['warm_up_seconds']:.0f} s"
        )
        rows = {
            "start a second one": f"{state['pause_start_seconds']:.1f} s",
            "the same, with warm-up replicas": warm_up,
            "kill one of two (SIGKILL)": f"{state['pause_kill_seconds']:.1f} s",
            "the same, with `num.standby.replicas=1`": f"{state['pause_kill_standby_seconds']:.1f} s",
        }
        tracks = self.measured["sizes"]["tracks"]
        lines = [f"| API with {tracks:,} tracks | a track is not answered for, at most |", "|---|---|"]
        return lines + [f"| {name} | {value} |" for name, value in rows.items()]

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
            totals = [total + disk * it.replicas for total, disk, it in zip(totals, disks, plans, strict=True)]
            lines.append(
                f"| `{topic}` | {self.topic_bytes(topic):,.0f} | {self.retention[topic].text} | "
                f"{' | '.join(size(it) for it in disks)} |"
            )
        lines.append(f"| all, with all replicas | | | {' | '.join(size(it) for it in totals)} |")
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
            ("disk of an API, 20 GiB", 20 * GIB / self.api_disk(1, APIS)),
        ]
        lines = ["| at tracks | what |", "|---|---|"]
        return lines + [f"| {rounded(at)} | {what} |" for what, at in sorted(rows, key=lambda row: row[1])]


def caption(measured: dict[str, Any]) -> list[str]:
    return [f"Medians of `--rounds {measured['rounds']} --files {measured['files']}`:", ""]


def throughput_table(measured: dict[str, Any]) -> list[str]:
    lines = [
        "| extractors | inference services | tracks per second, median (range) | against one | all cores busy at | "
        "machine busy | by other programs |",
        "|---|---|---|---|---|---|---|",
    ]
    first: dict[int, float] = {}
    for run in measured["runs"]:
        rate = run["tracks_per_second"]
        one = first.setdefault(run["inference"], rate["median"])
        lines.append(
            f"| {run['extractors']} | {run['inference']} | "
            f"{rate['median']:.1f} ({rate['lowest']:.1f} to {rate['highest']:.1f}) | {rate['median'] / one:.2f} | "
            f"{run['all_cores']:.1f} | {run['busy_percent']:.0f}% | {run['others_percent']:.0f}% |"
        )
    return lines


def pause_table(measured: dict[str, Any]) -> list[str]:
    lines = [
        "| disturbance | without any output, at most | longest wait of an event | median wait | "
        "rebalances of the others | track not answered by the other API |",
        "|---|---|---|---|---|---|",
    ]
    for it in measured["pauses"]:
        gap, wait, unanswered = (
            f"{pair['median']:.1f} s ({pair['longest']:.1f})" if pair else ""
            for pair in (it["gap"], it["longest_wait"], it["unanswered"])
        )
        median = f"{it['median_wait']:.1f} s"
        lines.append(f"| {it['name']} | {gap} | {wait} | {median} | {it['rebalances']:.0f} | {unanswered} |")
    return lines


def replace_passages(document: str, passages: dict[str, list[str]]) -> str:
    """Return a document with these passages between its markers."""
    found = [name for _, name, _ in PASSAGE.findall(document)]
    if sorted(found) != sorted(passages):
        raise SystemExit(f"The document has markers of {found}, not of {list(passages)}.")
    return PASSAGE.sub(lambda it: it[1] + "\n".join(passages[it[2]]) + "\n" + it[3], document)


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
    parser.add_argument("--replicas", type=int, default=3, help="of each topic in a cluster")
    parser.add_argument("--utilisation", type=float, default=0.7, help="share of the cores that may be busy")
    parser.add_argument("--core-hour-price", type=float, default=0.05, help="of a core, in your currency")
    parser.add_argument("--measured", type=Path, default=HERE / "sizing.json")
    parser.add_argument("--write", type=Path, metavar="DOCUMENT", help="write into a document instead of printing")
    parser.add_argument("--check", type=Path, metavar="DOCUMENT", help="compare with a document instead of printing")
    options = parser.parse_args()
    passages = Sizing(json.loads(options.measured.read_text()), options).passages()
    file = options.write or options.check
    if not file:
        print("\n\n".join("\n".join(lines) for lines in passages.values()))
        return 0
    document = file.read_text()
    expected = replace_passages(document, passages)
    if options.write:
        file.write_text(expected)
        return 0
    before, after = document.splitlines(), expected.splitlines()
    for line in difflib.unified_diff(before, after, str(file), "sizing.py", lineterm="", n=0):
        print(line, file=sys.stderr)
    return 0 if document == expected else 1


if __name__ == "__main__":
    raise SystemExit(main())
