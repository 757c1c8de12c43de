"""Tracks per second with one, two and three extractors, and the processor time that a track takes."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "acceptance" / "faults"))
from scaling.instances import EXTRACTOR, INFERENCE, Deployment, machine_seconds, processor_seconds
from scaling.load import extraction, loading
from service import wait_until

WARM_UP = 96
TIMEOUT_SECONDS = 900
CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Throughput:
    """One run: tracks per second, processor seconds of a track by service, and how busy the machine was."""

    instances: int
    tracks_per_second: float
    processor: dict[str, float]
    # Shares of the machine's cores.
    busy: float
    others: float

    @property
    def bound(self) -> float:
        """Return the tracks per second at which the services would use every core."""
        return CORES / sum(self.processor.values())


def measure(
    clips: list[Path],
    files: int,
    instances: int,
    scorers: int,
    settings: tuple[str, ...] = (),
    warm_up: int = WARM_UP,
) -> Throughput:
    """Send all events at once to a number of extractors and of inference services (`scorers`), with warm JVMs.

    Without inference services, the rate is that of extraction alone.

    Of the first and last tenth of the files the rate is not measured: not every instance is at work then.
    """
    with (
        tempfile.TemporaryDirectory() as name,
        Deployment(Path(name) / "cluster", clips[0].parent) as deployment,
        loading(deployment.cluster.address, clips, extractions=not scorers) as load,
    ):
        kinds = [EXTRACTOR] * instances + [INFERENCE] * scorers
        more = {EXTRACTOR: (), INFERENCE: settings}
        started = [deployment.add(kind, kinds[: i + 1].count(kind), *more[kind]) for i, kind in enumerate(kinds)]
        for instance in started:
            instance.await_ready()
        deployment.await_balanced((EXTRACTOR, INFERENCE) if scorers else (EXTRACTOR,))
        load.send(warm_up)
        wait_until("the first files", load.done, TIMEOUT_SECONDS, *deployment.services())

        def used() -> dict[str, float]:
            found = {"broker": processor_seconds(deployment.cluster.broker.pid)}
            for instance in started:
                found[instance.kind] = found.get(instance.kind, 0.0) + instance.processor_seconds()
            return found

        before, machine, begin = used(), machine_seconds(), time.monotonic()
        load.send(files)
        wait_until(f"{files} files", load.done, TIMEOUT_SECONDS, *deployment.services())
        seconds = time.monotonic() - begin
        processor = {kind: (after - before[kind]) / files for kind, after in used().items()}
        busy = (machine_seconds() - machine) / seconds / CORES
        ends = sorted(load.outcomes[extraction(index)] for index in range(warm_up, warm_up + files))
        low, high = files // 10, files - files // 10 - 1
        return Throughput(
            instances,
            (high - low) / (ends[high] - ends[low]),
            processor,
            busy,
            busy - sum(processor.values()) * files / seconds / CORES,
        )


def describe(it: Throughput) -> str:
    processor = ", ".join(f"{kind} {seconds * 1000:.0f}" for kind, seconds in it.processor.items())
    return (
        f"{it.instances} extractors: {it.tracks_per_second:.2f} tracks/s; processor ms a track: {processor}; "
        f"machine {it.busy:.0%} busy, {it.others:.0%} by other processes; "
        f"{it.bound:.1f} tracks/s would use all {CORES} cores"
    )


def summary(scorers: int, runs: list[Throughput]) -> dict[str, object]:
    """Return medians over the rounds, and the range of the rate."""
    rates = [it.tracks_per_second for it in runs]
    return {
        "extractors": runs[0].instances,
        "inference": scorers,
        "tracks_per_second": {"median": statistics.median(rates), "lowest": min(rates), "highest": max(rates)},
        "all_cores": statistics.median(it.bound for it in runs),
        "busy_percent": statistics.median(it.busy for it in runs) * 100,
        "others_percent": statistics.median(it.others for it in runs) * 100,
    }
