# /// script
# requires-python = "==3.11.*"
# dependencies = ["numpy==2.4.6", "scikit-learn==1.9.1", "scipy==1.17.1"]
# ///
"""Compute the expected values of the drift and quality tests with scipy and scikit-learn, on seeded data.

    uv run --script make_goldens.py

writes drift.json and quality.json next to this script; the same versions give the same bytes.

drift.json. A histogram has 1,024 equal bins from `minimum` to `maximum`; the bin of v is
floor((v - minimum) / (maximum - minimum) * 1024) in float64, clamped to 0 to 1023. Histograms are sparse, pairs
[bin, count]. `binned` is computed from the histograms, with each value at the centre of its bin; its tolerance is
relative 1e-9, and absolute 1e-7 for the Jensen-Shannon distance, the square root of what may be a rounding error. `raw`
is computed from the values before binning, clamped to the range; its tolerances, of about one bin, are included (see
`raw`). `current_values` and `reference_values` are included for samples of at most 300.

quality.json. `predictions`, `truth` and `baseline` are multiples of 1e-6. Undefined metrics are null, such as R² of a
single track; tempo has three more metrics. The tolerance is relative 1e-9.
"""

from __future__ import annotations

import json
import math
import platform
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
import sklearn
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr
from scipy.stats import ks_2samp, pearsonr, wasserstein_distance
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

Values = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SEED = 20_241_201
BINS = 1024
GROUPS = 10
FLOOR = 1e-4
MAX_VALUES = 300
UNIT = (0.0, 1.0)
TEMPO = (30.0, 300.0)
LOUDNESS = (-100.0, 20.0)
MFCC = (-300.0, 300.0)
HERE = Path(__file__).parent


def histogram(values: Values, low: float, high: float) -> Counts:
    """Return [1024] counts."""
    bins = np.clip(np.floor((values - low) / (high - low) * BINS), 0, BINS - 1).astype(np.int64)
    return np.bincount(bins, minlength=BINS)


def shares(counts: Counts, reference: Counts) -> Values:
    """Return the [10] shares of `counts` by tenths of the reference, whose bins are not split.

    A bin is in the tenth that contains the middle of its own share of the reference. Computed in integers, so that it
    does not depend on rounding.
    """
    before = np.cumsum(reference) - reference
    group = np.minimum(GROUPS * (2 * before + reference) // (2 * reference.sum()), GROUPS - 1)
    return np.bincount(group, weights=counts, minlength=GROUPS) / counts.sum()


def psi(reference: Values, current: Values) -> float:
    """Return the population stability index of two lists of shares, the sum of both relative entropies.

    With the floor of Evidently 0.7 (`get_binned_data` in its `stattests/utils.py`): an empty group counts as 1e-4.
    Evidently uses a lower floor if a group that is not empty is smaller still; here the floor is constant.
    """
    r, c = np.where(reference == 0, FLOOR, reference), np.where(current == 0, FLOOR, current)
    return float(rel_entr(c, r).sum() + rel_entr(r, c).sum())


def binned(reference: Counts, current: Counts, low: float, high: float) -> dict[str, float]:
    width = (high - low) / BINS
    centres = low + (np.arange(BINS) + 0.5) * width
    r, c = np.repeat(centres, reference), np.repeat(centres, current)
    ks = _ks(r, c)
    steps = np.abs(np.cumsum(reference) / reference.sum() - np.cumsum(current) / current.sum())
    assert math.isclose(ks, steps.max(), abs_tol=1e-12)
    groups = shares(reference, reference), shares(current, reference)
    return {
        "psi": psi(*groups),
        "ks": ks,
        "wasserstein": float(wasserstein_distance(r, c) / max(r.std(), width)),
        "jensen_shannon": float(jensenshannon(*groups)),
    }


def raw(reference: Values, current: Values, low: float, high: float) -> dict[str, float]:
    """Return the drift measures of values in the range, and the tolerances of those of their histograms.

    Wasserstein: binning moves a value by up to half a bin, and so the distance by up to one bin and the deviation by up
    to half a bin: (width + width / 2 * wasserstein) / deviation of the binned reference.
    Kolmogorov-Smirnov: both are equal at the bins' edges; between them they differ by at most the share of the fullest
    bin in either sample. The statistic of the histograms is never the larger one.
    """
    width = (high - low) / BINS
    counts = [histogram(values, low, high) for values in (reference, current)]
    centres = low + (np.arange(BINS) + 0.5) * width
    wasserstein = float(wasserstein_distance(reference, current) / max(reference.std(), width))
    deviation = max(np.repeat(centres, counts[0]).std(), width)
    return {
        "ks": _ks(reference, current),
        "ks_tolerance": float(max(c.max() / c.sum() for c in counts)),
        "wasserstein": wasserstein,
        "wasserstein_tolerance": float((width + width / 2 * wasserstein) / deviation),
    }


def _ks(a: Values, b: Values) -> float:
    with np.errstate(divide="ignore"):  # in the p-value of two single values, which is not used
        return float(ks_2samp(a, b, method="asymp").statistic)


def drift_case(name: str, bounds: tuple[float, float], reference: Values, current: Values) -> dict[str, Any]:
    low, high = bounds
    reference, current = _rounded(reference), _rounded(current)
    counts = histogram(reference, low, high), histogram(current, low, high)
    of_bins = binned(*counts, low, high)
    of_values = raw(reference.clip(low, high), current.clip(low, high), low, high)
    assert -1e-12 <= of_values["ks"] - of_bins["ks"] <= of_values["ks_tolerance"] + 1e-12, name
    assert abs(of_values["wasserstein"] - of_bins["wasserstein"]) <= of_values["wasserstein_tolerance"] + 1e-12, name
    samples = {"reference_values": reference, "current_values": current}
    return {
        "name": name,
        "minimum": low,
        "maximum": high,
        "reference": _sparse(counts[0]),
        "current": _sparse(counts[1]),
        "binned": of_bins,
        "raw": of_values,
        **{key: values.tolist() for key, values in samples.items() if len(values) <= MAX_VALUES},
    }


def _rounded(values: Values) -> Values:
    return np.round(np.asarray(values, dtype=np.float64), 6) + 0.0  # no -0.0


def _sparse(counts: Counts) -> list[list[int]]:
    return [[int(b), int(counts[b])] for b in np.flatnonzero(counts)]


def drift_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    some = rng.beta(4, 3, 300)
    labels = rng.beta(2, 2, 1127)
    few = np.array([0.0, 0.25, 0.5, 0.5, 1.0])
    edges = np.concatenate([np.arange(0, BINS + 1, 16) / BINS, np.arange(8, BINS, 16) / BINS - 1e-6])
    speech = rng.beta(0.8, 9, 1127)
    beats = np.concatenate([rng.normal(95, 12, 500), rng.normal(128, 9, 627)]).clip(*TEMPO)
    slow_half = np.where(rng.random(250) < 0.3, 0.5, 1.0) * rng.choice(beats, 250)
    loud = rng.normal(-12, 9, 300)
    one_in_20000 = np.concatenate([rng.uniform(0.2, 1, 19_999), [0.05]])
    return [
        drift_case("equal", UNIT, some, some),
        drift_case("same_distribution", UNIT, labels, rng.beta(2, 2, 200)),
        drift_case("shifted", UNIT, some, (some + 0.1).clip(*UNIT)),
        drift_case("scaled", UNIT, some, some * 0.6),
        drift_case("heavy_ties", UNIT, rng.choice(few, 120), rng.choice(few, 80, p=[0.5, 0.1, 0.1, 0.1, 0.2])),
        drift_case("constant_reference", UNIT, np.full(50, 0.4), rng.beta(4, 4, 60)),
        drift_case("constant_current", UNIT, labels, np.full(50, 0.4)),
        drift_case("both_constant_equal", UNIT, np.full(30, 0.7), np.full(20, 0.7)),
        drift_case("both_constant_apart", UNIT, np.full(30, 0.7), np.full(20, 0.2)),
        drift_case("single_value", UNIT, labels, np.array([0.31])),
        drift_case("single_values", UNIT, np.array([0.31]), np.array([0.62])),
        drift_case("disjoint", UNIT, rng.uniform(0, 0.4, 100), rng.uniform(0.6, 1, 90)),
        drift_case("edges_of_bins", UNIT, edges, edges**2),
        drift_case("out_of_range", LOUDNESS, loud, np.concatenate([loud[:100], [-140, -100, 20, 20.5, 400]])),
        drift_case("reference_out_of_range", LOUDNESS, np.append(loud[:90], [-300.0, 90.0, 90.0]), loud[100:160]),
        drift_case("skewed", UNIT, speech, (1.6 * rng.beta(0.8, 9, 200)).clip(*UNIT)),
        drift_case("tempo", TEMPO, beats, slow_half.clip(*TEMPO)),
        drift_case("input", MFCC, rng.normal(111, 38, 7824), rng.normal(90, 50, 150)),
        drift_case("small_against_large", UNIT, rng.beta(2, 5, 20_000), rng.beta(2, 5, 5)),
        drift_case("large_against_small", UNIT, rng.beta(2, 5, 12), rng.beta(2, 5, 300)),
        drift_case("share_below_the_floor", UNIT, rng.uniform(0, 1, 500), one_in_20000),
    ]


def quality_case(
    name: str, predictions: Values, truth: Values, baseline: float, *, tempo: bool = False
) -> dict[str, Any]:
    p, t = _rounded(predictions), _rounded(truth)
    base = np.full(len(t), baseline)
    n = len(t)
    spread = n >= 2 and np.ptp(t) > 0
    expected: dict[str, float | int | None] = {
        "count": n,
        "mae": float(mean_absolute_error(t, p)) if n else None,
        "rmse": float(root_mean_squared_error(t, p)) if n else None,
        "bias": float((p - t).mean()) if n else None,
        "r2": float(r2_score(t, p)) if spread else None,
        "pearson": float(pearsonr(p, t).statistic) if spread and np.ptp(p) > 0 else None,
        "baseline_mae": float(mean_absolute_error(t, base)) if n else None,
        "baseline_rmse": float(root_mean_squared_error(t, base)) if n else None,
    }
    if tempo:
        expected |= octaves(p, t)
    return {
        "name": name,
        "predictions": p.tolist(),
        "truth": t.tolist(),
        "baseline": baseline,
        "expected": expected,
    }


def octaves(p: Values, t: Values) -> dict[str, float]:
    """Return the metrics of tempo. No pair is so close to 4 % that exact and floating-point arithmetic disagree."""
    candidates = np.stack([p, 2 * p, p / 2])
    errors = np.abs(candidates - t)
    right = errors <= 0.04 * t
    micros = np.round(np.stack([p, 2 * p, p / 2, t]) * 2e6).astype(np.int64)  # twice, for the halves
    assert np.array_equal(right, 25 * np.abs(micros[:3] - micros[3]) <= micros[3])
    return {
        "within_4_percent": float(right[0].mean()),
        "within_4_percent_or_octave": float(right.any(axis=0).mean()),
        "octave_mae": float(errors.min(axis=0).mean()),
    }


def quality_cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    truth = rng.beta(2, 2, 30)
    predicted = (0.3 + 0.4 * truth + rng.normal(0, 0.1, 30)).clip(*UNIT)
    few = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    bpm = rng.normal(118, 24, 40).clip(60, 200)
    factor = rng.choice([1.0, 2.0, 0.5, 1.31], 40, p=[0.6, 0.12, 0.18, 0.1])
    many, beats = rng.beta(1, 3, 200), rng.normal(120, 28, 200).clip(*TEMPO)
    empty = np.array([])
    return [
        quality_case("ordinary", predicted, truth, 0.51),
        quality_case("perfect", truth, truth, 0.51),
        quality_case("worse_than_the_mean", 1 - truth, truth, 0.51),
        quality_case("constant_truth", predicted, np.full(30, 0.4), 0.51),
        quality_case("constant_predictions", np.full(30, 0.51), truth, 0.51),
        quality_case("both_constant", np.full(5, 0.2), np.full(5, 0.7), 0.51),
        quality_case("nearly_constant_truth", truth[:20], 0.5 + 1e-4 * np.arange(20), 0.5),
        quality_case("ties", rng.choice(few, 40), rng.choice(few, 40), 0.5),
        quality_case("single_pair", np.array([0.62]), np.array([0.5]), 0.55),
        quality_case("two_pairs", np.array([0.62, 0.31]), np.array([0.5, 0.25]), 0.55),
        quality_case("empty", empty, empty, 0.5),
        quality_case("large", (0.6 * many + rng.normal(0.1, 0.12, 200)).clip(*UNIT), many, 0.25),
        quality_case("bounds_of_the_range", np.array([0, 1, 1, 0, 1e-6]), np.array([0, 1, 0, 1, 1 - 1e-6]), 0.5),
        quality_case("tempo", bpm * factor * (1 + rng.normal(0, 0.015, 40)), bpm, 119.25, tempo=True),
        quality_case("large_tempo", beats + rng.normal(0, 9, 200), beats, 119.25, tempo=True),
        quality_case(
            "bounds_of_4_percent",  # exactly on them, and 1e-6 beyond
            np.array([104, 96, 104.000001, 95.999999, 52, 48, 208, 192, 192.0 - 2e-6, 52.000001, 150, 75, 300, 30]),
            np.array([100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 30, 300]),
            119.25,
            tempo=True,
        ),
        quality_case("single_tempo", np.array([61.5]), np.array([122.0]), 119.25, tempo=True),
    ]


def write(path: Path, cases: list[dict[str, Any]]) -> None:
    """Write one line for each field of a case."""
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
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(cases)} cases, {len(text)} bytes")


def main() -> None:
    write(HERE / "drift.json", drift_cases(np.random.default_rng(SEED)))
    write(HERE / "quality.json", quality_cases(np.random.default_rng(SEED + 1)))


if __name__ == "__main__":
    main()
