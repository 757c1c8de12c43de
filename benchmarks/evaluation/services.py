"""Clusters, evaluations and Prometheus as child processes, and readers of their metrics."""

from __future__ import annotations

import json
import math
import re
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "acceptance" / "clients"))
from consumers import consumer
from processes import HOME, free_port, listening, process, reprise, service, wait_for
from roundtrip import FEATURES

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINIMUM = 30
# Without the lag of truth, which depends on when the table is loaded.
EVALUATED = re.compile(r"reprise_(quality|drift|input|truth_coverage|evaluation_(?!refused))[a-z0-9_]*\{")
DRIFT_ALERTS = {"RepriseFeatureDrift", "RepriseInputDrift"}
Gauges = dict[str, float]


@dataclass(frozen=True)
class Audio:
    """A file, and the day of its event time."""

    file: Path
    track_id: str
    day: int


class Cluster:
    """A broker, an extractor and an inference service on one folder."""

    def __init__(self, folder: Path, roots: list[Path]) -> None:
        self.folder = folder
        self.roots = roots
        port = free_port()
        self.broker = f"127.0.0.1:{port}"
        self.broker_port = port
        self.http_port = free_port()
        self.stack = ExitStack()

    def __enter__(self) -> Cluster:
        self.folder.mkdir()
        enter = self.stack.enter_context
        enter(service(self.folder, "broker", "--port", str(self.broker_port)))
        wait_for("the broker", lambda: listening(self.broker_port))
        reprise("topics", "create", "--bootstrap-servers", self.broker, "--partitions", "4")
        common = ["--bootstrap-servers", self.broker, "--data-dir", str(self.folder)]
        allowed = ",".join(str(root) for root in self.roots)
        enter(service(self.folder, "extractor", *common, "--http-port", "0", "--allowed-root", allowed))
        own = ["--http-port", str(self.http_port), "--evaluation-minimum", str(MINIMUM), "--threads", "2"]
        enter(service(self.folder, "inference", *common, *own))
        wait_for("the inference service", lambda: get(self.http_port, "/health/ready") == "ok\n")
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def submit(self, audio: list[Audio]) -> None:
        producer = Producer({"bootstrap.servers": self.broker})
        for item in audio:
            event = json.dumps({"uri": item.file.as_uri()})
            at = DAY + timedelta(days=item.day)
            producer.produce("reprise.audio-files.v1", event, item.track_id, headers={"ce_time": at.isoformat()})
        if producer.flush(60) > 0:
            raise SystemExit("Kafka did not accept all events within 60 s.")

    def await_predictions(self, count: int) -> dict[str, Any]:
        """Wait for `count` tracks; return the predictions by track id."""
        predictions = consumer(self.broker, "reprise.predictions.v1")
        found: dict[str, Any] = {}

        def enough() -> bool:
            message = predictions.poll(0.2)
            while message is not None:
                if message.error() is None:
                    found[message.key().decode()] = json.loads(message.value())
                message = predictions.poll(0.2)
            return len(found) >= count

        try:
            wait_for(f"{count} predictions", enough, 300)
        except SystemExit:
            raise SystemExit(f"Timed out waiting for {count} predictions: found {len(found)}.") from None
        predictions.close()
        return found

    def settled(self, predictions: int, pairs: int) -> Gauges:
        """Return the gauges once they count these predictions and pairs and were constant for three seconds."""
        last: list[Gauges] = [{}]

        def is_settled() -> bool:
            now = evaluated(self.http_port)
            same = now == last[0]
            last[0] = now
            done = all(
                any(
                    k.startswith(f'reprise_{name}{{feature="{f}"') and 'window="all"' in k and v == count
                    for k, v in now.items()
                )
                for name, count in (("evaluation_predictions", predictions), ("quality_pairs", pairs))
                for f in FEATURES
            )
            time.sleep(3)
            return done and same

        wait_for("the metrics", is_settled)
        return last[0]


class Evaluation:
    """An inference service that evaluates replayed predictions, on separate topics."""

    def __init__(self, folder: Path, cluster: Cluster, name: str) -> None:
        self.folder = folder / f"evaluation {name}"
        self.cluster = cluster
        self.prefix = re.sub(r"\W", "-", name) + "."
        self.port = free_port()
        self.stack = ExitStack()

    def __enter__(self) -> Evaluation:
        self.folder.mkdir()
        to = ["--bootstrap-servers", self.cluster.broker, "--topic-prefix", self.prefix]
        reprise("topics", "create", *to, "--partitions", "1")
        own = ["--data-dir", str(self.folder), "--http-port", str(self.port), "--threads", "1"]
        own += ["--application-id", self.prefix + "inference", "--evaluation-minimum", str(MINIMUM)]
        self.stack.enter_context(service(self.folder, "inference", *to, *own))
        wait_for("an inference service", lambda: get(self.port, "/health/ready") == "ok\n")
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def replay(self, predictions: list[Any], day: int) -> None:
        """Send the predictions, and wait until the latest window is that of the day and contains them all."""
        producer = Producer({"bootstrap.servers": self.cluster.broker})
        for prediction in predictions:
            producer.produce(f"{self.prefix}predictions.v1", json.dumps(prediction), prediction["track_id"])
        producer.flush(60)
        start = (DAY + timedelta(days=day)).replace(hour=0).timestamp()
        date = f"{DAY + timedelta(days=day):%Y-%m-%d}"
        of_day = sum(prediction["event_time"].startswith(date) for prediction in predictions)

        def is_complete() -> bool:
            gauges = self.gauges()
            starts = [v for k, v in gauges.items() if k.startswith("reprise_evaluation_window_start_seconds")]
            counts = [
                v
                for k, v in gauges.items()
                if k.startswith("reprise_evaluation_predictions") and 'window="latest"' in k
            ]
            return len(starts) == len(FEATURES) and all(v == start for v in starts) and all(v == of_day for v in counts)

        wait_for(f"the metrics of day {day}", is_complete)

    def gauges(self) -> Gauges:
        return evaluated(self.port)


def evaluated(port: int) -> Gauges:
    """Return the evaluation's gauges by series."""
    gauges = {}
    for line in get(port, "/metrics").splitlines():
        if EVALUATED.match(line):
            name, value = line.rsplit(" ", 1)
            gauges[name] = float(value)
    return {name: value for name, value in gauges.items() if not math.isnan(value)}


def get(port: int, path: str) -> str:
    """Return the body of a response; empty if the request failed."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return str(response.read().decode())
    except OSError:
        return ""


class Prometheus:
    """Prometheus with the product's rules, scraping the given ports."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self.port = free_port()
        self.ports = ports
        self.stack = ExitStack()
        self.folder = folder / "prometheus"

    def __enter__(self) -> Prometheus:
        self.folder.mkdir()
        rules = (HOME / "deploy" / "prometheus" / "rules.yml").read_text()
        (self.folder / "rules.yml").write_text(re.sub(r"\bfor: \w+", "for: 1s", rules))
        targets = [{"targets": [f"127.0.0.1:{port}"], "labels": {"shift": name}} for name, port in self.ports.items()]
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yml"],
            "scrape_configs": [{"job_name": "reprise-inference", "static_configs": targets}],
        }
        (self.folder / "prometheus.yml").write_text(json.dumps(config))
        command = ["prometheus", f"--config.file={self.folder / 'prometheus.yml'}"]
        command += [f"--web.listen-address=127.0.0.1:{self.port}", f"--storage.tsdb.path={self.folder / 'data'}"]
        self.stack.enter_context(process(command, self.folder / "log"))
        wait_for("Prometheus", lambda: listening(self.port))
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def settled(self) -> dict[str, set[str]]:
        """Return the firing drift alerts by shift, once they were constant for five seconds."""
        last: dict[str, set[str]] = {}
        since = time.monotonic()
        while time.monotonic() - since < 5:
            now: dict[str, set[str]] = {name: set() for name in self.ports}
            for alert in json.loads(get(self.port, "/api/v1/alerts"))["data"]["alerts"]:
                if alert["state"] == "firing" and alert["labels"]["alertname"] in DRIFT_ALERTS:
                    now[alert["labels"]["shift"]].add(alert["labels"]["alertname"])
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.5)
        return last
