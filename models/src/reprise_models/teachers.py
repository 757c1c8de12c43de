"""Teachers: classical regressions on clip statistics, whose answers label the tracks that have no labels.

They also are the baselines that the networks are compared with. Statistics are standardised and clipped
(`Prepared`), values in standard deviations from the training labels' mean.
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
    """[N, F] answers of the mixture of kernel regression and trees that stands for the labels that are missing.

    x: [N, D]. rows: those that `values` [N, F] are known of. groups: columns of x, as of `kernel_svr`.
    """
    kernel, trees = kernel_svr(x, rows, values, groups), extra_trees(x, rows, values, seed)
    mixed: FloatArray = ((1 - TREES_SHARE) * kernel + TREES_SHARE * trees).astype(np.float32)
    return mixed


def kernel_svr(x: FloatArray, rows: IntArray, values: FloatArray, groups: Sequence[IntArray]) -> FloatArray:
    """[N, F] answers of support vector regressions under the mean of Gaussian kernels; arguments as of `teacher`.

    Half is one kernel over all statistics, half the mean of one kernel per group: tracks may be alike in one respect.
    """
    of_groups = [_gaussian(x[:, group], rows, GROUP_GAMMA) for group in groups]
    kernel = (_gaussian(x, rows, SVR_GAMMA) + np.mean(of_groups, axis=0)) / 2
    answers = []
    for column in range(values.shape[1]):
        regression = SVR(kernel="precomputed", C=KERNEL_C, epsilon=SVR_EPSILON)
        answers.append(regression.fit(kernel[rows], values[rows, column]).predict(kernel))
    return np.stack(answers, axis=1).astype(np.float32)


def _gaussian(x: FloatArray, rows: IntArray, gamma: float) -> FloatArray:
    """[N, R] kernel between all of x [N, D] and its rows."""
    kernel: FloatArray = rbf_kernel(x, x[rows], gamma / x.shape[1])
    return kernel


def svr(x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    """[N, F] answers of one support vector regression per feature under one Gaussian kernel; arguments as above."""
    return _each(lambda: SVR(C=SVR_C, epsilon=SVR_EPSILON, gamma=SVR_GAMMA / x.shape[1]), x, rows, values)


def ridge(x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    """[N, F] answers of ridge regression; arguments as of `svr`."""
    return _answer(Ridge(alpha=RIDGE_ALPHA), x, rows, values)


def extra_trees(x: FloatArray, rows: IntArray, values: FloatArray, seed: int) -> FloatArray:
    """[N, F] answers of extremely randomised trees; arguments as of `svr`."""
    forest = ExtraTreesRegressor(TREES, min_samples_leaf=3, max_features=0.3, random_state=seed)
    return _answer(forest, x, rows, values)


def _each(make: Callable[[], Any], x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:
    columns = [_answer(make(), x, rows, values[:, column]) for column in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _answer(regression: Any, x: FloatArray, rows: IntArray, values: FloatArray) -> FloatArray:  # noqa: ANN401
    """Scikit-learn has no types."""
    answers: FloatArray = regression.fit(x[rows], values[rows]).predict(x).astype(np.float32)
    return answers
