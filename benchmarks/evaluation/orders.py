"""Truth before, between and after the predictions: metrics must be equal, and equal to scikit-learn's and scipy's."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from services import FEATURES, HOME, Audio, Cluster, Gauges, reprise
from sklearn import metrics


def orders(folder: Path, clips: list[Path], table: Path) -> list[str]:
    failures: list[str] = []
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
            failures += compare_offline(gauges, predictions, truth)
        elif gauges != first:
            different = sorted(k for k in gauges.keys() | first.keys() if gauges.get(k) != first.get(k))
            failures.append(f"truth {order}: {len(different)} gauges differ, for example {different[0]}")
    if not failures:
        print("metrics equal in the three orders, to the last digit")
    return failures


def load(cluster: Cluster, table: Path) -> None:
    reprise("truth", "load", "--bootstrap-servers", cluster.broker, str(table))


def read_truth(table: Path) -> dict[str, dict[str, float]]:
    """Return the true values by track id, rounded to the service's resolution of 1e-6."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    columns = {name: rows[2].index(name) for name in FEATURES}
    return {row[0]: {name: round(float(row[at]), 6) for name, at in columns.items()} for row in rows[4:]}


def compare_offline(gauges: Gauges, predictions: dict[str, Any], truth: dict[str, dict[str, float]]) -> list[str]:
    """Compare the gauges over all time with scikit-learn and scipy; return the differences."""
    known = [track_id for track_id in predictions if track_id in truth]
    model = "@".join(predictions[known[0]]["model"][key] for key in ("name", "version"))
    reference = json.loads((HOME / "models" / model.replace("@", "/") / "reference.json").read_text())
    failures = []
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
                failures.append(f"{name} of {feature} is not exported")
            else:
                worst = max(worst, abs(actual - value) / max(1.0, abs(value)))
        for method, value in drift(every, feature, reference).items():
            labels = {"feature": feature, "method": method, "model_version": model, "reference": "training"}
            actual = gauges.get(series("reprise_drift_score", **labels))
            checked += 1
            if actual is None:
                failures.append(f"{method} of {feature} is not exported")
            else:
                worst = max(worst, abs(actual - value) / max(1.0, abs(value)))
    print(f"{checked} metrics against scikit-learn and scipy: largest relative difference {worst:.1e}")
    if worst > 1e-9:
        failures.append(f"a metric differs by {worst:.1e} from the offline value")
    return failures


def drift(values: np.ndarray, feature: str, reference: dict[str, Any]) -> dict[str, float]:
    """Return the drift scores against the model's reference, with values at the centres of the bins."""
    bins = int(reference["bins"])
    low, high = (30.0, 300.0) if feature == "tempo" else (0.0, 1.0)
    counts = np.zeros(bins)
    for at, count in reference["features"][feature]["predictions"]["counts"]:
        counts[at] = count
    binned = np.clip(np.floor((values - low) / (high - low) * bins), 0, bins - 1).astype(int)
    width = (high - low) / bins
    centres = low + (np.arange(bins) + 0.5) * width
    old = np.repeat(centres, counts.astype(int))
    new = centres[binned]
    return {
        "ks": stats.ks_2samp(old, new).statistic,
        "wasserstein": stats.wasserstein_distance(old, new) / max(float(old.std()), width),
    }


def series(name: str, **labels: str) -> str:
    """Return the series of the serving model over all time."""
    every = dict(sorted({**labels, "role": "serving", "window": "all"}.items()))
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in every.items()) + "}"
