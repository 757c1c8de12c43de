"""Instances that are started, stopped, killed and scaled while files go through."""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "acceptance" / "faults"))
from confluent_kafka import KafkaException
from scaling.availability import watching
from scaling.instances import API, EXTRACTOR, INFERENCE, PARTITIONS, Deployment, Instance
from scaling.load import Load, loading, track
from service import Report, wait_until

# Longer than a restart; the chart's is 45 s.
STATIC_SESSION_SECONDS = 30
# As docs/OPERATIONS.md says of a kill.
RESUMED_SECONDS = 20
DRAIN_SECONDS = 240
# Tracks that an API is asked for meanwhile.
SAMPLE = 24


@dataclass(frozen=True)
class Pause:
    """What a disturbance cost: seconds without any output, longest and median wait of an event, rebalances."""

    name: str
    gap: float
    longest_wait: float
    median_wait: float
    # Of the group's members that were not touched.
    rebalances: float
    # Longest time that the other API did not answer for some track, where an API was disturbed.
    unanswered: float | None = None


@dataclass(frozen=True)
class Step:
    """A disturbance, the service whose group it concerns, and for how long events are sent from its beginning."""

    name: str
    kind: str
    act: Callable[[], None]
    seconds: float
    touched: tuple[str, ...] = ()
    # Whether it is part of the short scenario.
    short: bool = False


def static(name: str) -> tuple[str, ...]:
    """Return the client settings of a static member."""
    return (
        "-K",
        f"group.instance.id={name}",
        "-K",
        f"session.timeout.ms={STATIC_SESSION_SECONDS * 1000}",
    )


class Scenario:
    """One extractor, inference service and API grow to three, two and two, and are disturbed one after the other."""

    def __init__(self, deployment: Deployment, clips: list[Path], files: int, short: bool = False) -> None:
        self.deployment = deployment
        self.short = short
        self.clips = clips
        self.files = files
        self.pauses: list[Pause] = []
        # Every instance that was seen with a partition, by service and partition.
        self.owners: dict[tuple[str, int], set[str]] = {}
        self.ended = threading.Event()

    def run(self) -> None:
        for kind in (EXTRACTOR, INFERENCE, API):
            self.deployment.add(kind, 1)
        for instance in list(self.deployment.instances.values()):
            instance.await_ready()
        steps = self.steps()
        if self.short:
            steps = [replace(it, seconds=it.seconds / 2) for it in steps if it.short]
        total = sum(it.seconds for it in steps)
        watcher = threading.Thread(target=self.watch, daemon=True)
        watcher.start()
        with loading(self.deployment.cluster.address, self.clips) as load:
            sent = 0.0
            for step in steps:
                sent += self.files * step.seconds / total
                self.disturb(load, step, round(sent) - len(load.sent))
        self.ended.set()
        watcher.join()

    def disturb(self, load: Load, step: Step, count: int) -> None:
        bystanders = [it for it in self.deployment.running(step.kind) if it.name not in step.touched]
        before = {it.name: it.rebalances() for it in bystanders}
        first = len(load.sent)
        begin = time.monotonic()
        sender = threading.Thread(target=load.send, args=(count, step.seconds), daemon=True)
        sender.start()
        unanswered = self.act(load, step)
        sender.join()
        wait_until(f"the outcome of {len(load.sent)} events", load.done, DRAIN_SECONDS, *self.deployment.services())
        self.deployment.await_balanced((EXTRACTOR, INFERENCE, API))
        waits = load.waits(first)
        pause = Pause(
            step.name,
            load.longest_gap(begin),
            max(waits),
            statistics.median(waits),
            max((it.rebalances() - before[it.name] for it in bystanders if it.alive()), default=0.0),
            unanswered,
        )
        self.pauses.append(pause)
        print(f"  {describe(pause)}", flush=True)

    def act(self, load: Load, step: Step) -> float | None:
        """Disturb; return for how long another API did not answer for a track, if the step is about APIs."""
        if step.kind != API:
            step.act()
            return None
        other = next(it for it in self.deployment.running(API) if it.name not in step.touched)
        tracks = [track(self.clips, index) for index in range(max(0, len(load.outcomes) - SAMPLE), len(load.outcomes))]
        with watching(other, tracks) as seen:
            step.act()
            self.deployment.await_balanced([API])
            moment = time.monotonic()
            wait_until("every track of the sample", lambda: seen.all_answered_since(moment), DRAIN_SECONDS, other)
        return max(seen.longest.values())

    def watch(self) -> None:
        """Record the owners of the partitions over time."""
        while not self.ended.wait(0.5):
            for kind in (EXTRACTOR, INFERENCE, API):
                with suppress(KafkaException):
                    for partition, owner in self.deployment.owners(kind).items():
                        self.owners.setdefault((kind, partition), set()).add(owner)

    def instance(self, name: str) -> Instance:
        return self.deployment.instances[name]

    def start(self, kind: str, number: int, *more: str) -> Callable[[], None]:
        return lambda: self.deployment.add(kind, number, *more).await_ready()

    def stop(self, name: str) -> Callable[[], None]:
        return lambda: self.instance(name).stop()

    def start_again(self, name: str) -> None:
        self.instance(name).start()
        self.instance(name).await_ready()

    def restart(self, name: str) -> Callable[[], None]:
        def act() -> None:
            self.instance(name).stop()
            self.start_again(name)

        return act

    def kill(self, name: str) -> Callable[[], None]:
        """Kill an instance; its supervisor starts it again at once."""

        def act() -> None:
            self.instance(name).kill()
            self.start_again(name)

        return act

    def steps(self) -> list[Step]:
        return [
            Step("nothing", EXTRACTOR, lambda: None, 8),
            Step("start extractor 2", EXTRACTOR, self.start(EXTRACTOR, 2), 10, (), True),
            Step("start extractor 3, static", EXTRACTOR, self.start(EXTRACTOR, 3, *static("extractor-3")), 10),
            Step(
                "start inference 2, static", INFERENCE, self.start(INFERENCE, 2, *static("inference-2")), 10, short=True
            ),
            Step("start API 2, static", API, self.start(API, 2, *static("api-2")), 10, (), True),
            Step("nothing, with all instances", EXTRACTOR, lambda: None, 8),
            Step("restart extractor 3, static", EXTRACTOR, self.restart("extractor-3"), 12, ("extractor-3",)),
            Step("restart inference 2, static", INFERENCE, self.restart("inference-2"), 12, ("inference-2",), True),
            Step("restart API 2, static", API, self.restart("api-2"), 12, ("api-2",), True),
            Step("restart extractor 2", EXTRACTOR, self.restart("extractor-2"), 12, ("extractor-2",)),
            Step("restart inference 1", INFERENCE, self.restart("inference-1"), 12, ("inference-1",)),
            Step("kill extractor 2", EXTRACTOR, self.kill("extractor-2"), 14, ("extractor-2",), True),
            Step("kill inference 1", INFERENCE, self.kill("inference-1"), 14, ("inference-1",)),
            Step("kill API 1", API, self.kill("api-1"), 12, ("api-1",)),
            Step("kill extractor 3, static", EXTRACTOR, self.kill("extractor-3"), 12, ("extractor-3",)),
            Step("stop extractor 2", EXTRACTOR, self.stop("extractor-2"), 8, ("extractor-2",), True),
            Step("stop extractor 3, static", EXTRACTOR, self.stop("extractor-3"), 8, ("extractor-3",)),
        ]

    def check(self, report: Report) -> None:
        for kind in (EXTRACTOR, INFERENCE, API):
            names = {it.name for it in self.deployment.instances.values() if it.kind == kind}
            had = {name for (service, _), owners in self.owners.items() if service == kind for name in owners}
            report.check(f"{kind}: each of {len(names)} instances had partitions", names <= had, had)
            assigned = {partition for (service, partition) in self.owners if service == kind}
            report.check(f"{kind}: no partition of {PARTITIONS} was idle", len(assigned) == PARTITIONS, assigned)
        for pause in self.pauses:
            # Not in the short run, for which the machine may be busy; there DRAIN_SECONDS bounds it.
            if not self.short:
                # The partitions of a static member that does not come back wait for its session to end.
                bound = RESUMED_SECONDS + (STATIC_SESSION_SECONDS if pause.name == "stop extractor 3, static" else 0)
                report.check(
                    f"{pause.name}: every event has its outcome within {bound} s",
                    pause.longest_wait <= bound,
                    f"{pause.longest_wait:.1f} s",
                )
            if pause.name.startswith("restart") and pause.name.endswith("static"):
                report.check(f"{pause.name}: no rebalance of the others", pause.rebalances == 0, pause.rebalances)


def describe(pause: Pause) -> str:
    api = "" if pause.unanswered is None else f", a track not answered for {pause.unanswered:.1f} s"
    return (
        f"{pause.name:32} gap {pause.gap:5.1f} s, longest wait {pause.longest_wait:5.1f} s, "
        f"median wait {pause.median_wait:4.1f} s, rebalances {pause.rebalances:.0f}{api}"
    )


def summary(pauses: tuple[Pause, ...]) -> dict[str, object]:
    """Return medians over the rounds, and the longest."""

    def seconds(values: list[float]) -> dict[str, float]:
        return {"median": statistics.median(values), "longest": max(values)}

    unanswered = [it.unanswered for it in pauses if it.unanswered is not None]
    return {
        "name": pauses[0].name,
        "gap": seconds([it.gap for it in pauses]),
        "longest_wait": seconds([it.longest_wait for it in pauses]),
        "median_wait": statistics.median(it.median_wait for it in pauses),
        "rebalances": statistics.median(it.rebalances for it in pauses),
        "unanswered": seconds(unanswered) if unanswered else None,
    }
