# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "confluent-kafka==2.16.1",
#     "numpy==2.4.6",
#     "scikit-learn==1.9.1",
#     "scipy==1.17.1",
#     "soundfile==0.14.0",
# ]
# ///
"""Tries the evaluation on real clips and Echo Nest's table, and fails where it does not hold.

    uv run benchmarks/evaluation/evaluation.py CLIPS echonest.csv

CLIPS is a folder of audio files named by track id, echonest.csv the table as FMA publishes it. Needs
Prometheus on the PATH (Debian: prometheus).

1. The clips are predicted and the whole table is loaded, before them, between them and after them, on
   a new cluster each time: the figures at the end must be equal to the last digit, and equal to those
   that scikit-learn and scipy compute from the predictions and the table.
2. The clips, the same clips again, and the clips low-passed, sped up, silenced and clipped, each with
   a day of its own: the figures of the day and the alerts of deploy/prometheus, their waiting times cut
   short. The same clips must fire none, each of the others must fire drift.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from confluent_kafka import Consumer, Producer, TopicPartition
from scipy import signal, stats
from sklearn import metrics

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy" / "clients"))
from processes import HOME, free_port, listening, process, reprise, service, wait_for  # noqa: E402

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
DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINIMUM = 30
# Without the lag of truth, which is another each time the table is loaded.
EVALUATED = re.compile(r"reprise_(quality|drift|input|truth_coverage|evaluation_(?!refused))[a-z0-9_]*\{")
DRIFT_ALERTS = {"RepriseFeatureDrift", "RepriseInputDrift"}
Gauges = dict[str, float]


@dataclass(frozen=True)
class Audio:
    """A file, and the day that its event is said to be of."""

    file: Path
    track_id: str
    day: int


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("Usage: evaluation.py CLIPS echonest.csv", file=sys.stderr)
        return 2
    clips = sorted(Path(arguments[0]).resolve().iterdir())
    table = Path(arguments[1]).resolve()
    reprise("--version")  # builds, if need be, before anything waits for it
    with tempfile.TemporaryDirectory() as folder:
        faults = orders(Path(folder), clips, table)
        faults += shifts(Path(folder), clips)
    for fault in faults:
        print("FAULT:", fault, file=sys.stderr)
    return 1 if faults else 0


# 1. Orders


def orders(folder: Path, clips: list[Path], table: Path) -> list[str]:
    faults: list[str] = []
    audio = [Audio(clip, str(int(clip.stem)), 0) for clip in clips]
    truth = read_truth(table)
    half = len(audio) // 2
    first: Gauges = {}
    for order in ("before", "between", "after"):
        with Cluster(folder / order, [clips[0].parent]) as cluster:
            if order == "before":
                load(cluster, table)
            cluster.submit(audio[:half])
            if order == "between":
                load(cluster, table)
            cluster.submit(audio[half:])
            if order == "after":
                cluster.await_predictions(len(audio))
                load(cluster, table)
            predictions = cluster.await_predictions(len(audio))
            pairs = sum(track_id in truth for track_id in predictions)
            gauges = cluster.settled(predictions=len(predictions), pairs=pairs)
        print(f"truth {order} the predictions: {len(predictions)} tracks, {pairs} with truth, {len(gauges)} gauges")
        if not first:
            first = gauges
            faults += offline(gauges, predictions, truth)
        elif gauges != first:
            different = sorted(k for k in gauges.keys() | first.keys() if gauges.get(k) != first.get(k))
            faults.append(f"truth {order}: {len(different)} gauges differ, for example {different[0]}")
    if not faults:
        print("figures equal in the three orders, to the last digit")
    return faults


def load(cluster: Cluster, table: Path) -> None:
    reprise("truth", "load", "--bootstrap-servers", cluster.broker, str(table))


def read_truth(table: Path) -> dict[str, dict[str, float]]:
    """By track id; rounded to the millionths that the service counts in."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    columns = {name: rows[2].index(name) for name in FEATURES}
    return {row[0]: {name: round(float(row[at]), 6) for name, at in columns.items()} for row in rows[4:]}


def offline(gauges: Gauges, predictions: dict[str, Any], truth: dict[str, dict[str, float]]) -> list[str]:
    """Compares the gauges over all time with scikit-learn and scipy; gives what differs."""
    known = [track_id for track_id in predictions if track_id in truth]
    model = "@".join(predictions[known[0]]["model"][key] for key in ("name", "version"))
    reference = json.loads((HOME / "models" / model.replace("@", "/") / "reference.json").read_text())
    faults = []
    worst = 0.0
    checked = 0
    for feature in FEATURES:
        t = np.array([truth[i][feature] for i in known])
        p = np.array([predictions[i]["features"][feature] for i in known])
        constant = np.array([predictions[i]["baseline"][feature] for i in known])
        every = np.array([prediction["features"][feature] for prediction in predictions.values()])
        expected = {
            "quality_pairs": len(known),
            "quality_mae": metrics.mean_absolute_error(t, p),
            "quality_rmse": metrics.root_mean_squared_error(t, p),
            "quality_bias": float((p - t).mean()),
            "quality_r2": metrics.r2_score(t, p),
            "quality_pearson": stats.pearsonr(t, p).statistic,
            "quality_baseline_mae": metrics.mean_absolute_error(t, constant),
            "quality_baseline_rmse": metrics.root_mean_squared_error(t, constant),
            "truth_coverage_ratio": len(known) / len(predictions),
            "evaluation_predictions": len(predictions),
        }
        for name, value in expected.items():
            actual = gauges.get(series(f"reprise_{name}", feature=feature, model_version=model))
            checked += 1
            if actual is None:
                faults.append(f"{name} of {feature} is not exported")
            else:
                worst = max(worst, abs(actual - value) / max(1.0, abs(value)))
        for method, value in drift(every, feature, reference).items():
            labels = {"feature": feature, "method": method, "model_version": model, "reference": "training"}
            actual = gauges.get(series("reprise_drift_score", **labels))
            checked += 1
            if actual is None:
                faults.append(f"{method} of {feature} is not exported")
            else:
                worst = max(worst, abs(actual - value) / max(1.0, abs(value)))
    print(f"{checked} figures against scikit-learn and scipy: largest relative difference {worst:.1e}")
    if worst > 1e-9:
        faults.append(f"a figure differs by {worst:.1e} from the one computed offline")
    return faults


def drift(values: np.ndarray, feature: str, reference: dict[str, Any]) -> dict[str, float]:
    """Against the reference inside the model, on the middles of the bins."""
    bins = int(reference["bins"])
    low, high = (30.0, 300.0) if feature == "tempo" else (0.0, 1.0)
    counts = np.zeros(bins)
    for at, count in reference["features"][feature]["predictions"]["counts"]:
        counts[at] = count
    binned = np.clip(np.floor((values - low) / (high - low) * bins), 0, bins - 1).astype(int)
    width = (high - low) / bins
    middles = low + (np.arange(bins) + 0.5) * width
    old = np.repeat(middles, counts.astype(int))
    new = middles[binned]
    return {
        "ks": stats.ks_2samp(old, new).statistic,
        "wasserstein": stats.wasserstein_distance(old, new) / max(float(old.std()), width),
    }


def series(name: str, **labels: str) -> str:
    """Of the serving model, over all time."""
    every = dict(sorted({**labels, "role": "serving", "window": "all"}.items()))
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in every.items()) + "}"


# 2. Shifts


def low_pass(samples: np.ndarray, rate: int) -> np.ndarray:
    """As a voice line would."""
    return signal.sosfilt(signal.butter(8, 3_400, fs=rate, output="sos"), samples, axis=0)


def speed_up(samples: np.ndarray, rate: int) -> np.ndarray:
    """As 44,100 Hz played as 48,000 Hz would, and a little more."""
    return signal.resample_poly(samples, 4, 5, axis=0)


def silence(samples: np.ndarray, rate: int) -> np.ndarray:
    return np.zeros_like(samples)


def clip(samples: np.ndarray, rate: int) -> np.ndarray:
    return np.clip(20 * samples, -1, 1)


SHIFTS = {"low-passed": low_pass, "sped up": speed_up, "silenced": silence, "clipped": clip}


def shifts(folder: Path, clips: list[Path]) -> list[str]:
    audio = [Audio(file, f"{file.stem}{suffix}", day) for day, suffix in enumerate(("", " again")) for file in clips]
    for name, shift in SHIFTS.items():
        target = folder / name
        target.mkdir()
        for file in clips:
            samples, rate = soundfile.read(file, dtype="float32")
            shifted = target / f"{file.stem}.wav"
            soundfile.write(shifted, shift(samples, rate), rate, subtype="PCM_16")
            audio.append(Audio(shifted, f"{file.stem} {name}", 2))
    roots = sorted({item.file.parent for item in audio})
    with Cluster(folder / "shifts", roots) as cluster:
        cluster.submit(audio)
        predictions = cluster.await_predictions(len(audio))
        return alerts(folder, cluster, audio, predictions)


def alerts(folder: Path, cluster: Cluster, audio: list[Audio], predictions: dict[str, Any]) -> list[str]:
    """Gives each shift's predictions to an evaluation of its own, all watched by one Prometheus."""
    faults = []
    with ExitStack() as stack:
        instances = {name: stack.enter_context(Evaluation(folder, cluster, name)) for name in SHIFTS}
        prometheus = stack.enter_context(Prometheus(folder, {n: i.port for n, i in instances.items()}))
        by_day = [[predictions[item.track_id] for item in audio if item.day == day] for day in range(2)]
        for instance in instances.values():
            instance.replay(by_day[0] + by_day[1], day=1)
        before = prometheus.settled()
        for name, instance in instances.items():
            print(f"same clips again: {largest(instance.gauges())}, alerts {sorted(before[name]) or 'none'}")
            if before[name]:
                faults.append(f"the same clips again fire {sorted(before[name])}")
        for name, instance in instances.items():
            instance.replay([predictions[i.track_id] for i in audio if i.track_id.endswith(f" {name}")], day=2)
        after = prometheus.settled()
        for name, instance in instances.items():
            print(f"{name}: {largest(instance.gauges())}, alerts {sorted(after[name]) or 'none'}")
            if not after[name]:
                faults.append(f"{name}: no drift alert fires")
    return faults


def largest(gauges: Gauges) -> str:
    """The largest PSI of a feature and of an input against earlier windows."""
    found = []
    for kind, label in (("drift", "feature"), ("input_drift", "input")):
        start = f"reprise_{kind}_score{{"
        scores = {
            match[1]: value
            for name, value in gauges.items()
            if name.startswith(start) and 'method="psi"' in name and 'reference="earlier"' in name
            if (match := re.search(rf'{label}="(\w+)"', name))
        }
        if scores:
            top = max(scores, key=lambda key: scores[key])
            found.append(f"PSI of {top} {scores[top]:.3f}")
    return ", ".join(found)


class Prometheus:
    """The product's rules over the given ports, one job each."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self.port = free_port()
        self.ports = ports
        self.stack = ExitStack()
        self.folder = folder / "prometheus"

    def __enter__(self) -> Prometheus:
        self.folder.mkdir()
        rules = (HOME / "deploy" / "prometheus" / "rules.yml").read_text()
        (self.folder / "rules.yml").write_text(re.sub(r"\bfor: \w+", "for: 1s", rules))
        targets = [
            {"targets": [f"127.0.0.1:{port}"], "labels": {"shift": name}} for name, port in self.ports.items()
        ]
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
        """The drift alerts that fire, by shift, once they have been the same for five seconds."""
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


# The services


class Cluster:
    """A broker, an extractor and an inference service on a folder of their own."""

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
            producer.produce("reprise.audio-files.v1", event, item.track_id, timestamp=int(at.timestamp() * 1000))
        if producer.flush(60) > 0:
            raise SystemExit("The events could not be sent.")

    def await_predictions(self, count: int) -> dict[str, Any]:
        """By track id, once there are so many tracks."""
        consumer = Consumer(
            {"bootstrap.servers": self.broker, "group.id": "evaluation", "isolation.level": "read_committed"}
        )
        topic = "reprise.predictions.v1"
        partitions = consumer.list_topics(topic, 10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
        found: dict[str, Any] = {}

        def enough() -> bool:
            message = consumer.poll(0.2)
            while message is not None:
                if message.error() is None:
                    found[message.key().decode()] = json.loads(message.value())
                message = consumer.poll(0.2)
            return len(found) >= count

        wait_for(f"{count} predictions", enough, 600)
        consumer.close()
        return found

    def settled(self, predictions: int, pairs: int) -> Gauges:
        """The gauges, once they count so many predictions and pairs and have been the same for three seconds."""
        last: list[Gauges] = [{}]

        def is_settled() -> bool:
            now = evaluated(self.http_port)
            same = now == last[0]
            last[0] = now
            done = all(
                any(k.startswith(f'reprise_{name}{{feature="{f}"') and 'window="all"' in k and v == count
                    for k, v in now.items())
                for name, count in (("evaluation_predictions", predictions), ("quality_pairs", pairs))
                for f in FEATURES
            )
            time.sleep(3)
            return done and same

        wait_for("the figures", is_settled)
        return last[0]


class Evaluation:
    """An inference service that evaluates the predictions which it is given, on topics of its own."""

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
        """Sends the predictions, and waits until the latest window is that of a day and has them all."""
        producer = Producer({"bootstrap.servers": self.cluster.broker})
        for prediction in predictions:
            producer.produce(f"{self.prefix}predictions.v1", json.dumps(prediction), prediction["track_id"])
        producer.flush(60)
        start = (DAY + timedelta(days=day)).replace(hour=0).timestamp()
        of_day = sum(prediction["event_time"][:10] == f"{DAY + timedelta(days=day):%Y-%m-%d}" for prediction in predictions)

        def is_there() -> bool:
            gauges = self.gauges()
            starts = [v for k, v in gauges.items() if k.startswith("reprise_evaluation_window_start_seconds")]
            counts = [
                v for k, v in gauges.items()
                if k.startswith("reprise_evaluation_predictions") and 'window="latest"' in k
            ]
            return len(starts) == len(FEATURES) and all(v == start for v in starts) and all(v == of_day for v in counts)

        wait_for(f"the figures of day {day}", is_there)

    def gauges(self) -> Gauges:
        return evaluated(self.port)


def evaluated(port: int) -> Gauges:
    """The evaluation's gauges by series."""
    gauges = {}
    for line in get(port, "/metrics").splitlines():
        if EVALUATED.match(line):
            name, value = line.rsplit(" ", 1)
            gauges[name] = float(value)
    return {name: value for name, value in gauges.items() if not math.isnan(value)}


def get(port: int, path: str) -> str:
    """The body of an answer; nothing while nobody answers well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
