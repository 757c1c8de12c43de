"""Teachers: classical regressions on clip statistics, whose answers label the tracks that have no labels.

They also are the baselines that the networks are compared with. Statistics are standardised and clipped
(`network.Scales`), values in standard deviations from the training labels' mean.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import Ridge
from sklearn.svm import SVR

from reprise_models.data import FloatArray, IntArray

# Found on the folds of seed 1 by a coarse search; neighbouring values differ by less than 0.005 in mean R².
SVR_C = 1.0
SVR_EPSILON = 0.3
SVR_GAMMA = 0.4  # over the number of statistics
TREES = 200
TREES_SHARE = 0.3  # of the mixture with the SVR
RIDGE_ALPHA = 1000.0


def svr(x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    """[N, F] answers of one support vector regression per feature, fitted to `rows` of x [N, D] and values [N, F]."""
    return _each(lambda: SVR(C=SVR_C, epsilon=SVR_EPSILON, gamma=SVR_GAMMA / x.shape[1]), x, rows, values)


def ridge(x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    """[N, F] answers of ridge regression; arguments as of `svr`."""
    return _answer(Ridge(alpha=RIDGE_ALPHA), x, rows, values)


def extra_trees(x: FloatArray, rows: IntArray, values: FloatArray, seed: int) -> FloatArray:
    """[N, F] answers of extremely randomised trees; arguments as of `svr`."""
    forest = ExtraTreesRegressor(TREES, min_samples_leaf=3, max_features=0.3, random_state=seed)
    return _answer(forest, x, rows, values)


def mixture(svr_answers: FloatArray, trees_answers: FloatArray) -> FloatArray:
    """[N, F] the first round's teacher."""
    mixed: FloatArray = ((1 - TREES_SHARE) * svr_answers + TREES_SHARE * trees_answers).astype(np.float32)
    return mixed


def _each(make: Callable[[], Any], x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    columns = [_answer(make(), x, rows, values[:, column]) for column in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _answer(regression: Any, x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:  # noqa: ANN401
    """Scikit-learn has no types."""
    answers: FloatArray = regression.fit(x[rows], values[rows]).predict(x).astype(np.float32)
    return answers
