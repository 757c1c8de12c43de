"""Compare GET /v1/tracks/{id}/similar/comparison with scikit-learn and scipy, and print it as Markdown."""

from __future__ import annotations

from typing import Any

import numpy as np
from expected import METRICS, Space
from scipy import stats
from table import Floats, Group

TOLERANCE = 1e-9
Name = tuple[str, str]


def check(comparison: dict[str, Any], groups: dict[str, Group]) -> list[str]:
    """Return the differences in scales, overlaps and rank correlations."""
    track_id, k = comparison["track_id"], comparison["k"]
    distances: dict[Name, dict[str, float]] = {}
    for search in comparison["searches"]:
        group = groups[search["group"]]
        expected = rounded(Space.of(group, search["metric"], "linear").distances(group.row(track_id)))
        known = ~np.isnan(expected)
        distances[name(search)] = dict(zip(np.array(group.ids)[known], expected[known], strict=True))
    failures = []
    worst = 0.0
    for agreement in comparison["agreements"]:
        first, second = distances[name(agreement["first"])], distances[name(agreement["second"])]
        both = sorted(first.keys() & second.keys())
        correlation = stats.spearmanr([first[i] for i in both], [second[i] for i in both]).statistic
        overlap = len(nearest(first, k) & nearest(second, k)) / k
        differences = [abs(agreement["overlap"] - overlap), abs(agreement["rank_correlation"] - correlation)]
        worst = max(worst, *differences)
        if agreement["tracks"] != len(both) or max(differences) > TOLERANCE:
            failures.append(
                f"{name(agreement['first'])} and {name(agreement['second'])}: {agreement}, "
                f"expected {overlap}, {correlation}"
            )
    pairs = len(comparison["agreements"])
    print(f"comparison of track {track_id}: {pairs} pairs of searches, largest difference from spearmanr {worst:.1e}")
    return failures + scales(comparison, groups)


def name(search: dict[str, str]) -> Name:
    return search["group"], search["metric"]


def rounded(distances: Floats) -> Floats:
    """Round to 12 digits of the largest, so that equal vectors get equal distances despite rounding errors."""
    return np.round(distances / np.nanmax(distances), 12)


def nearest(distances: dict[str, float], k: int) -> set[str]:
    return set(sorted(distances, key=lambda track_id: (distances[track_id], track_id))[:k])


def scales(comparison: dict[str, Any], groups: dict[str, Group]) -> list[str]:
    failures = []
    for compared in comparison["groups"]:
        group = groups[compared["group"]]
        variances = np.nanvar(group.values, axis=0)
        for column, scale in zip(range(len(group.columns)), compared["features"], strict=True):
            values = group.values[:, column]
            statistics = {
                "minimum": np.nanmin(values),
                "maximum": np.nanmax(values),
                "mean": np.nanmean(values),
                "standard_deviation": np.nanstd(values),
                "share": variances[column] / variances.sum(),
                "tracks": (~np.isnan(values)).sum(),
            }
            failures += [
                f"{group.name}.{scale['feature']}: {key} is {scale[key]}, expected {value}"
                for key, value in statistics.items()
                if abs(scale[key] - value) > TOLERANCE * max(1, abs(value))
            ]
    return failures


def print_markdown(comparison: dict[str, Any], group: Group, neighbours: dict[str, list[dict[str, Any]]]) -> None:
    """Print the neighbours, scales and agreements of audio_features for docs/SIMILARITY.md."""
    print("\n| | " + " | ".join(METRICS) + " |\n|---:|" + "---|" * len(METRICS))
    for i in range(len(neighbours[METRICS[0]])):
        cells = [f"{neighbours[m][i]['track_id']} ({neighbours[m][i]['distance']:.3g})" for m in METRICS]
        print(f"| {i + 1} | " + " | ".join(cells) + " |")
    print("\n| feature | minimum | maximum | mean | standard deviation | share of the squared distance |")
    print("|---|---:|---:|---:|---:|---:|")
    features = next(g for g in comparison["groups"] if g["group"] == group.name)["features"]
    for scale in features:
        cells = [f"{scale[key]:.4g}" for key in ("minimum", "maximum", "mean", "standard_deviation")]
        print(f"| {scale['feature']} | {' | '.join(cells)} | {100 * scale['share']:.3f} % |")
    print("\n| first | second | overlap | rank correlation | tracks |\n|---|---|---:|---:|---:|")
    for agreement in comparison["agreements"]:
        names = [" ".join(name(agreement[which])) for which in ("first", "second")]
        cells = [f"{agreement['overlap']:.1f}", f"{agreement['rank_correlation']:.3f}", str(agreement["tracks"])]
        print("| " + " | ".join(names + cells) + " |")
