"""Uncertainty of a prediction: the standard deviation of its error in the feature's unit.

For the seven spectral features it is a function of the predicted value: errors are small near the ends of the range and
large in between. For tempo it is a function of the confidence, since octave errors dominate. Both are fitted to
out-of-fold predictions, by networks trained without the tracks' artists.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from reprise_models.data import FloatArray, IntArray
from reprise_models.features import FEATURES, NAMES, TEMPO

KNOTS = 7
_WINDOW = 0.3  # share of the tracks, nearest to a knot in rank, in its mean square
COVERAGES = (0.5, 0.8, 0.9)  # of the intervals that check the calibration
_MIN_GAP = 1e-3  # between knots, relative to the range: predictions may accumulate at its ends


class Uncertainty(nn.Module):
    """Piecewise linear curves from features [B, 8] and tempo's confidence [B] to standard deviations [B, 8].

    Buffers: `at` [8, KNOTS] ascending positions, `deviation` [8, KNOTS]; constant beyond the outermost knots.
    """

    def __init__(self) -> None:
        super().__init__()
        self.at: Tensor
        self.deviation: Tensor
        self.register_buffer("at", torch.linspace(0, 1, KNOTS).repeat(len(FEATURES), 1))
        self.register_buffer("deviation", torch.ones(len(FEATURES), KNOTS))

    def forward(self, features: Tensor, tempo_confidence: Tensor) -> Tensor:
        x = torch.cat([features[:, :TEMPO], tempo_confidence.unsqueeze(1), features[:, TEMPO + 1 :]], dim=1)
        # The fraction of each segment below x, 0 to 1, times the rise over that segment.
        fraction = ((x.unsqueeze(2) - self.at[:, :-1]) / (self.at[:, 1:] - self.at[:, :-1])).clamp(0, 1)
        rise = self.deviation[:, 1:] - self.deviation[:, :-1]
        result: Tensor = self.deviation[:, 0] + (fraction * rise).sum(dim=2)
        return result


def fit(predictions: FloatArray, confidence: FloatArray, labels: FloatArray) -> Uncertainty:
    """Fit the curves to the errors of N tracks: predictions and labels [N, 8], natural units, tempo confidence [N]."""
    curves = Uncertainty()
    for column, feature in enumerate(FEATURES):
        x = confidence if column == TEMPO else predictions[:, column]
        span = 1.0 if column == TEMPO else feature.maximum - feature.minimum
        order = np.argsort(x, kind="stable")
        squares = (predictions[order, column].astype(np.float64) - labels[order, column]) ** 2
        ranks = np.linspace(0, len(x) - 1, KNOTS)
        half = max(1, round(len(x) * _WINDOW / 2))
        windows = [slice(max(0, round(rank) - half), round(rank) + half + 1) for rank in ranks]
        at = np.array([x[order[window]].mean() for window in windows])
        at = np.maximum.accumulate(at + np.arange(KNOTS) * _MIN_GAP * span)
        curves.at[column] = torch.from_numpy(at)
        curves.deviation[column] = torch.from_numpy(np.sqrt([squares[window].mean() for window in windows]))
    return curves


def check(predictions: FloatArray, confidence: FloatArray, labels: FloatArray, fold_of: IntArray) -> dict[str, Any]:
    """Return the calibration of each feature, with each fold checked by curves fitted to the other folds.

    `rms_z`: root mean square of error over uncertainty, one if calibrated; `rms_z_by_third` the same for the
    tracks with low, middle and high uncertainty. `coverage`: share of labels within the central normal
    interval of each of `COVERAGES`. `deviation`: mean uncertainty.
    """
    stated = np.empty_like(predictions)
    for fold in np.unique(fold_of):
        test = fold_of == fold
        curves = fit(predictions[~test], confidence[~test], labels[~test])
        stated[test] = curves(torch.from_numpy(predictions[test]), torch.from_numpy(confidence[test])).numpy()
    z = (labels - predictions) / stated
    return {name: _calibration(z[:, column], stated[:, column]) for column, name in enumerate(NAMES)}


def _calibration(z: FloatArray, stated: FloatArray) -> dict[str, Any]:
    thirds = np.array_split(np.argsort(stated, kind="stable"), 3)
    bounds = {coverage: NormalDist().inv_cdf(0.5 + coverage / 2) for coverage in COVERAGES}
    return {
        "deviation": float(stated.mean()),
        "rms_z": _rms(z),
        "rms_z_by_third": [_rms(z[third]) for third in thirds],
        "coverage": {f"{coverage:g}": float((np.abs(z) <= bound).mean()) for coverage, bound in bounds.items()},
    }


def _rms(z: FloatArray) -> float:
    return float(np.sqrt((z.astype(np.float64) ** 2).mean()))
