"""Teachers: classical regressions on clip statistics, whose predictions label the unlabelled tracks.

They are also the baselines for the networks. Statistics are standardised and clipped (`Prepared`), values are in
standard deviations from the mean of the training labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVR

from reprise_models.data import FloatArray, IntArray

# Found on the folds of seed 1 by a coarse search; neighbouring values differ by less than 0.005 in mean R².
SVR_C = 1.0
SVR_EPSILON = 0.3
SVR_GAMMA = 0.4  # over the number of statistics
KERNEL_C = 1.3
GROUP_GAMMA = 0.6  # over the number of statistics in the group
TREES = 200
TREES_SHARE = 0.3  # of the teacher
RIDGE_ALPHA = 1000.0


def teacher(x: FloatArray, rows: IntArray, values: FloatArray, groups: Sequence[IntArray], seed: int) -> FloatArray:
    """Return predictions [N, F] of the mixture of kernel regression and trees that replaces missing labels.

    x: [N, D]. rows: the rows with known `values` [N, F]. groups: columns of x, as for `kernel_svr`.
    """
    kernel, trees = kernel_svr(x, rows, values, groups), extra_trees(x, rows, values, seed)
    mixed: FloatArray = ((1 - TREES_SHARE) * kernel + TREES_SHARE * trees).astype(np.float32)
    return mixed


def kernel_svr(x: FloatArray, rows: IntArray, values: FloatArray, groups: Sequence[IntArray]) -> FloatArray:
    """Return predictions [N, F] of support vector regressions with a mean of Gaussian kernels.

    Half of it is one kernel over all statistics; the other half is the mean of one kernel per group, for tracks
    that are similar in one respect. The arguments are those of `teacher`.
    """
    of_groups = [_gaussian(x[:, group], rows, GROUP_GAMMA) for group in groups]
    kernel = (_gaussian(x, rows, SVR_GAMMA) + np.mean(of_groups, axis=0)) / 2
    predictions = []
    for column in range(values.shape[1]):
        regression = SVR(kernel="precomputed", C=KERNEL_C, epsilon=SVR_EPSILON)
        predictions.append(regression.fit(kernel[rows], values[rows, column]).predict(kernel))
    return np.stack(predictions, axis=1).astype(np.float32)


def _gaussian(x: FloatArray, rows: IntArray, gamma: float) -> FloatArray:
    """Return the kernel [N, R] between all of x [N, D] and its rows."""
    kernel: FloatArray = rbf_kernel(x, x[rows], gamma / x.shape[1])
    return kernel


def svr(x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    """Return predictions [N, F] of one support vector regression per feature with one Gaussian kernel."""
    return _per_column(lambda: SVR(C=SVR_C, epsilon=SVR_EPSILON, gamma=SVR_GAMMA / x.shape[1]), x, rows, values)


def ridge(x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    """Return predictions [N, F] of ridge regression; the arguments are those of `svr`."""
    return _fit_predict(Ridge(alpha=RIDGE_ALPHA), x, rows, values)


def extra_trees(x: FloatArray, rows: IntArray, values: FloatArray, seed: int) -> FloatArray:
    """Return predictions [N, F] of extremely randomised trees; the arguments are those of `svr`."""
    forest = ExtraTreesRegressor(TREES, min_samples_leaf=3, max_features=0.3, random_state=seed)
    return _fit_predict(forest, x, rows, values)


def _per_column(make: Callable[[], Any], x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    columns = [_fit_predict(make(), x, rows, values[:, column]) for column in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _fit_predict(regression: Any, x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:  # noqa: ANN401
    """Fit on the rows and predict all of x. `Any`, since scikit-learn has no types."""
    predictions: FloatArray = regression.fit(x[rows], values[rows]).predict(x).astype(np.float32)
    return predictions
