"""Any number of instances of each service on one broker, as processes."""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from confluent_kafka.admin import AdminClient

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "acceptance" / "faults"))
from service import (
    AUDIO_FILES,
    MFCC,
    PREDICTIONS,
    Cluster,
    Service,
    await_http,
    free_port,
    request,
    wait_until,
)

PARTITIONS = 12
EXTRACTOR, INFERENCE, API = "extractor", "inference", "api"
# The topic whose partitions are a service's share of the work.
INPUTS = {EXTRACTOR: AUDIO_FILES, INFERENCE: MFCC, API: PREDICTIONS}
TICKS = os.sysconf("SC_CLK_TCK")


class Instance(Service):
    """One instance of a service with one stream thread, its own data directory and its own ports."""

    def __init__(self, cluster: Cluster, kind: str, number: int, *more: str) -> None:
        self.kind = kind
        self.cluster = cluster
        self.port = free_port()
        self.api_port = free_port()
        name = f"{kind}-{number}"
        self.data = cluster.folder / name
        arguments = ["--bootstrap-servers", cluster.address, "--data-dir", str(self.data)]
        arguments += ["--http-port", str(self.port)]
        arguments += ["--api-port", str(self.api_port)] if kind == API else ["--threads", "1"]
        super().__init__(cluster.folder, kind, *arguments, *more, name=name)
        self.clients: set[str] = set()

    def await_ready(self) -> None:
        """Wait until the service is ready, and record the ids of its Kafka clients."""
        await_http(self, self.port)
        metrics = request(self.port, "/metrics").body.decode()
        self.clients = set(re.findall(r'client_id="([^"]+)"', metrics))

    def rebalances(self) -> float:
        """Return how many rebalances its main stream thread has been through since its start."""
        total = 0.0
        for line in request(self.port, "/metrics").body.decode().splitlines():
            if line.startswith("kafka_consumer_coordinator_rebalance_total{") and self.group() + "-" in line:
                total = max(total, float(line.rsplit(" ", 1)[1]))
        return total

    def group(self) -> str:
        return f"reprise-{self.kind}"

    def processor_seconds(self) -> float:
        """Return the processor time of the process and of its decoders, current and past."""
        return processor_seconds(self.pid) + sum(processor_seconds(pid) for pid in self.decoders())


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(it) for it in fields[11:15]) / TICKS


def machine_seconds() -> float:
    """Return the processor time that all processes of the machine have used."""
    fields = [int(it) for it in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    # User, nice, system, interrupts; neither idle nor waiting for the disk.
    return (sum(fields[:3]) + fields[5] + fields[6]) / TICKS


class Deployment(ExitStack):
    """Instances of the services on one cluster. Those that run are ended on exit, before the broker."""

    def __init__(self, folder: Path, audio: Path) -> None:
        super().__init__()
        self.audio = audio
        self.cluster = self.enter_context(Cluster(folder, partitions=PARTITIONS))
        # A log level of 0: brokers are stopped on purpose.
        self.admin = AdminClient({"bootstrap.servers": self.cluster.address, "log_level": 0})
        self.instances: dict[str, Instance] = {}

    def add(self, kind: str, number: int, *more: str) -> Instance:
        """Start an instance; `await_ready` waits for it."""
        if kind == EXTRACTOR:
            more = ("--allowed-root", str(self.audio), *more)
        instance = self.enter_context(Instance(self.cluster, kind, number, *more))
        self.instances[instance.name] = instance
        return instance

    def running(self, kind: str) -> list[Instance]:
        return [it for it in self.instances.values() if it.kind == kind and it.alive()]

    def services(self) -> list[Service]:
        return [self.cluster.broker, *(it for it in self.instances.values() if it.alive())]

    def owners(self, kind: str) -> dict[int, str]:
        """Return the instance that each partition of the service's input is assigned to."""
        group = f"reprise-{kind}"
        names = {client: it.name for it in self.running(kind) for client in it.clients}
        found: dict[int, str] = {}
        for member in self.admin.describe_consumer_groups([group])[group].result().members:
            for partition in member.assignment.topic_partitions if member.assignment else ():
                if partition.topic == INPUTS[kind]:
                    # The group keeps the client id of a static member's first start. Threads are numbered.
                    static = (member.group_instance_id or "").rpartition("-")[0]
                    found[partition.partition] = static or names.get(member.client_id, member.client_id)
        return found

    def shares(self, kind: str) -> dict[str, int]:
        """Return how many partitions each instance has."""
        counts: dict[str, int] = defaultdict(int)
        for owner in self.owners(kind).values():
            counts[owner] += 1
        return dict(counts)

    def is_balanced(self, kind: str) -> bool:
        """Return whether every partition is assigned, and no running instance has one more than another needs."""
        running = [it.name for it in self.running(kind)]
        shares = self.shares(kind)
        low, rest = divmod(PARTITIONS, len(running))
        return sorted(shares) == sorted(running) and all(
            low <= count <= low + (1 if rest else 0) for count in shares.values()
        )

    def await_balanced(self, kinds: Iterable[str], seconds: float = 120) -> None:
        for kind in kinds:
            wait_until(
                f"{PARTITIONS} partitions spread over {len(self.running(kind))} of {kind} ({self.shares(kind)})",
                lambda kind=kind: self.is_balanced(kind),  # type: ignore[misc]
                seconds,
                *self.services(),
            )
