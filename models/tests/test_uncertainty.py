from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
import torch

from reprise_models import uncertainty
from reprise_models.data import FloatArray, IntArray
from reprise_models.features import FEATURES, NAMES, TEMPO
from reprise_models.uncertainty import KNOTS, Uncertainty, check, fit

TRACKS = 6000
FOLDS = 5
Synthetic = tuple[FloatArray, FloatArray, FloatArray]


def _deviation(predictions: FloatArray, confidence: FloatArray) -> FloatArray:
    """Return the standard deviation of the synthetic errors: largest in mid-range, for tempo at low confidence."""
    of: FloatArray = 0.05 + 0.6 * predictions * (1 - predictions)
    of[:, TEMPO] = 2 + 40 * (1 - confidence)
    return of


@pytest.fixture(scope="module")
def synthetic() -> Synthetic:
    """Return predictions, confidence and labels of tracks."""
    rng = np.random.default_rng(1)
    predictions = rng.uniform(0.02, 0.98, (TRACKS, len(NAMES))).astype(np.float32)
    predictions[:, TEMPO] = rng.uniform(60, 200, TRACKS)
    confidence = rng.uniform(0.05, 0.95, TRACKS).astype(np.float32)
    noise = rng.standard_normal(predictions.shape, dtype=np.float32)
    return predictions, confidence, predictions + _deviation(predictions, confidence) * noise


@pytest.fixture(scope="module")
def fold_of() -> IntArray:
    return np.random.default_rng(2).integers(0, FOLDS, TRACKS)


def test_recovers_the_deviations_of_the_errors(synthetic: Synthetic) -> None:
    predictions, confidence, _ = synthetic
    stated = fit(*synthetic)(torch.from_numpy(predictions), torch.from_numpy(confidence)).numpy()
    expected = _deviation(predictions, confidence)
    assert (stated > 0).all()
    np.testing.assert_allclose(np.median(stated / expected, axis=0), 1, atol=0.05)
    # A window of three tenths of the tracks smooths the curve.
    assert (np.quantile(np.abs(stated / expected - 1), 0.9, axis=0) < 0.3).all()


def test_reports_calibrated_uncertainty(synthetic: Synthetic, fold_of: IntArray) -> None:
    for name, of in check(*synthetic, fold_of).items():
        assert of["rms_z"] == pytest.approx(1, abs=0.05), name
        assert of["rms_z_by_third"] == pytest.approx([1, 1, 1], abs=0.12), name
        for nominal, share in of["coverage"].items():
            assert share == pytest.approx(float(nominal), abs=0.04), name


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_reports_deviations_off_by_a_factor_of_two(
    synthetic: Synthetic, fold_of: IntArray, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    def wrong(*of: FloatArray) -> Uncertainty:
        curves = fit(*of)
        curves.deviation *= factor
        return curves

    right = check(*synthetic, fold_of)
    monkeypatch.setattr(uncertainty, "fit", wrong)
    found = check(*synthetic, fold_of)
    for name in NAMES:
        assert found[name]["rms_z"] == pytest.approx(right[name]["rms_z"] / factor, rel=1e-3)
        assert found[name]["deviation"] == pytest.approx(right[name]["deviation"] * factor, rel=1e-3)
        bound = factor * NormalDist().inv_cdf(0.75)
        assert found[name]["coverage"]["0.5"] == pytest.approx(2 * NormalDist().cdf(bound) - 1, abs=0.04)


def test_each_fold_is_checked_by_the_errors_of_the_others(synthetic: Synthetic) -> None:
    predictions, confidence, labels = synthetic
    off = labels.copy()
    first = np.arange(TRACKS) < TRACKS // 2
    off[first] = predictions[first] + 4 * (labels - predictions)[first]
    for of in check(predictions, confidence, off, first.astype(np.int64)).values():
        # Four times too large by one half's curve, a quarter by the other's.
        assert of["rms_z"] == pytest.approx(np.sqrt((4**2 + 0.25**2) / 2), rel=0.15)


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_constant_predictions_get_the_root_mean_square_error(level: float) -> None:
    rng = np.random.default_rng(3)
    predictions = np.full((500, len(NAMES)), level, dtype=np.float32)
    labels = (predictions + rng.normal(0, 0.2, predictions.shape)).astype(np.float32)
    confidence = np.full(500, 0.5, dtype=np.float32)
    curves = fit(predictions, confidence, labels)
    assert (curves.at.diff(dim=1) > 0).all()
    stated = curves(torch.from_numpy(predictions), torch.from_numpy(confidence)).numpy()
    assert np.isfinite(stated).all()
    np.testing.assert_allclose(stated, 0.2, atol=0.05)


def test_interpolates_like_numpy_between_knots() -> None:
    rng = np.random.default_rng(4)
    curves = Uncertainty()
    curves.at.copy_(torch.from_numpy(np.sort(rng.random((len(FEATURES), KNOTS)), axis=1)))
    curves.deviation.copy_(torch.from_numpy(rng.uniform(0.1, 2, (len(FEATURES), KNOTS))))
    features = rng.uniform(-0.5, 1.5, (200, len(FEATURES))).astype(np.float32)
    confidence = rng.random(200).astype(np.float32)
    stated = curves(torch.from_numpy(features), torch.from_numpy(confidence)).numpy()
    for column in range(len(FEATURES)):
        x: Any = confidence if column == TEMPO else features[:, column]
        expected = np.interp(x, curves.at[column].numpy(), curves.deviation[column].numpy())
        np.testing.assert_allclose(stated[:, column], expected, rtol=1e-4, atol=1e-4)
