# /// script
# requires-python = "==3.11.*"
# dependencies = ["numpy==2.4.6", "scikit-learn==1.9.1", "scipy==1.17.1"]
# ///
"""Compute the golden files of the similarity tests: results of scikit-learn and scipy for seeded values.

    uv run --script make_goldens.py

writes tables.json, places.json and ranks.json next to this script; the same versions give the same bytes. All values
are synthetic. A null is a missing value.

tables.json. `values` is [rows][columns]. `scales` has StandardScaler's means, variances and divisors. `distances` is
[metric][rows][rows]: 1 - cosine_similarity, euclidean_distances or nan_euclidean_distances, of the values or of the
values standardised by StandardScaler. A pair that shares fewer than half of the columns that either has is null, and so
is the diagonal. scikit-learn's cosine_similarity accepts no missing values: it is given the columns that both have.

places.json. `degrees` is [rows][latitude, longitude]; `kilometres` is [rows][rows], haversine_distances on a sphere of
radius 6371.0088 km.

ranks.json. spearmanr of `first` and `second`, null if undefined.

The tests' tolerance is 1e-9.
"""

from __future__ import annotations

import json
import math
import platform
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
import sklearn
from scipy.stats import ConstantInputWarning, spearmanr
from sklearn.metrics.pairwise import (
    cosine_similarity,
    euclidean_distances,
    haversine_distances,
    nan_euclidean_distances,
)
from sklearn.preprocessing import StandardScaler

Values = npt.NDArray[np.float64]

SEED = 20_261_125
RADIUS_KM = 6371.0088
COLUMNS = 8
TEMPO = 6
HERE = Path(__file__).parent


def _shared(a: Values, b: Values) -> npt.NDArray[np.bool_]:
    return ~np.isnan(a) & ~np.isnan(b)


def _is_comparable(a: Values, b: Values) -> bool:
    either = ~np.isnan(a) | ~np.isnan(b)
    return bool(_shared(a, b).any() and 2 * _shared(a, b).sum() >= either.sum())


def cosine(values: Values) -> Values:
    """Return [n, n] distances over the columns that both rows have."""
    distances = np.full((len(values), len(values)), np.nan)
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            both = _shared(a, b)
            if both.any():
                distances[i, j] = 1 - cosine_similarity(a[None, both], b[None, both])[0, 0]
    return distances


def euclidean(values: Values) -> Values:
    """Return [n, n] distances; exactly 0 for equal rows, for which scikit-learn has a rounding error."""
    measure = nan_euclidean_distances if np.isnan(values).any() else euclidean_distances
    equal = (values[:, None, :] == values[None, :, :]).all(axis=2)
    return np.where(equal, 0, measure(values))


def table_case(name: str, values: Values) -> dict[str, Any]:
    scaler = StandardScaler().fit(values)
    standardised = scaler.transform(values)
    comparable = np.array([[_is_comparable(a, b) for b in values] for a in values])
    np.fill_diagonal(comparable, val=False)
    distances = {
        "cosine": cosine(values),
        "euclidean": euclidean(values),
        "standardised-cosine": cosine(standardised),
        "standardised-euclidean": euclidean(standardised),
    }
    return {
        "name": name,
        "values": _nullable(values),
        "scales": {
            "mean": scaler.mean_.tolist(),
            "variance": scaler.var_.tolist(),
            "scale": scaler.scale_.tolist(),
            "count": np.broadcast_to(scaler.n_samples_seen_, COLUMNS).tolist(),
        },
        "distances": {metric: _nullable(np.where(comparable, d, np.nan)) for metric, d in distances.items()},
    }


def _nullable(values: Values) -> list[list[float | None]]:
    return [[None if np.isnan(v) else float(v) for v in row] for row in values]


def features(rng: np.random.Generator, rows: int) -> Values:
    values = rng.beta(2, 3, (rows, COLUMNS))
    values[:, TEMPO] = rng.normal(118, 28, rows).clip(40, 240)
    return np.round(values, 6)


def table_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    some_missing, most_missing = features(rng, 16), features(rng, 16)
    some_missing[rng.random(some_missing.shape) < 0.2] = np.nan
    most_missing[rng.random(most_missing.shape) < 0.6] = np.nan
    most_missing[np.isnan(most_missing).all(axis=1), 0] = 0.5
    constant = features(rng, 12)
    constant[:, 2] = 0.1
    constant[3] = constant[7]
    zeros = features(rng, 12)
    zeros[[2, 9]] = 0
    zeros[:, TEMPO] = np.where(zeros[:, TEMPO] > 0, zeros[:, TEMPO], np.nan)
    ranks = np.round(rng.uniform(1, 1_000_000, (12, COLUMNS)))
    signed = np.round(rng.normal(0, 3, (12, COLUMNS)), 6)
    signed[:, TEMPO] = np.abs(signed[:, TEMPO])
    return [
        table_case("complete", features(rng, 16)),
        table_case("some missing", some_missing),
        table_case("most missing", most_missing),
        table_case("constant column and equal rows", constant),
        table_case("rows of zeros", zeros),
        table_case("large", ranks),
        table_case("signed", signed),
    ]


def places(rng: np.random.Generator) -> list[dict[str, Any]]:
    degrees = np.round(np.column_stack([rng.uniform(-90, 90, 25), rng.uniform(-180, 180, 25)]), 5)
    corners = np.array([[90, 0], [-90, 0], [0, 180], [0, -180], [0, 0], [10, 20], [-10, -160], [10, 20.00001]])
    degrees = np.concatenate([degrees, corners.astype(np.float64)])
    kilometres = haversine_distances(np.radians(degrees)) * RADIUS_KM
    return [{"name": "places", "degrees": degrees.tolist(), "kilometres": kilometres.tolist()}]


def rank_case(name: str, first: Values, second: Values) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        statistic = float(spearmanr(first, second).statistic)
    return {
        "name": name,
        "first": first.tolist(),
        "second": second.tolist(),
        "spearman": None if math.isnan(statistic) else statistic,
    }


def rank_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    a = np.round(rng.uniform(0, 2, 60), 6)
    few = rng.choice([0.0, 0.25, 0.5, 1.0], (2, 60))
    return [
        rank_case("related", a, np.round(a + rng.normal(0, 0.5, 60), 6)),
        rank_case("unrelated", a, np.round(rng.uniform(0, 2, 60), 6)),
        rank_case("ties", *few),
        rank_case("same order", a, a**3),
        rank_case("opposite order", a, -a),
        rank_case("constant", a, np.full(60, 0.5)),
        rank_case("three", a[:3], a[3:6]),
    ]


def write(name: str, cases: list[dict[str, Any]]) -> None:
    """Write a golden file, with one line for each field of a case."""
    provenance = {
        "command": "uv run --script make_goldens.py",
        "seed": SEED,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }
    lines = []
    for case in cases:
        fields = (f"   {json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in case.items())
        lines.append("  {\n" + ",\n".join(fields) + "\n  }")
    text = f'{{\n "provenance": {json.dumps(provenance)},\n "cases": [\n' + ",\n".join(lines) + "\n ]\n}\n"
    (HERE / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(cases)} cases, {len(text)} bytes")


def main() -> None:
    write("tables.json", table_cases(np.random.default_rng(SEED)))
    write("places.json", places(np.random.default_rng(SEED + 1)))
    write("ranks.json", rank_cases(np.random.default_rng(SEED + 2)))


if __name__ == "__main__":
    main()
