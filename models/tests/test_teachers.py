from __future__ import annotations

import numpy as np
import pytest

from reprise_models import teachers
from reprise_models.data import FloatArray, IntArray

TRACKS = 420
GROUPS = (np.array([0, 1, 2]), np.array([3, 4, 5]))
Known = tuple[FloatArray, IntArray, FloatArray]


def _truth(x: FloatArray) -> FloatArray:
    """Return [N, 2] values that a linear model cannot predict."""
    return np.stack([2 * np.abs(x[:, 0]) - 1.6, np.tanh(2 * x[:, 3] * x[:, 4])], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def x() -> FloatArray:
    return np.random.default_rng(1).standard_normal((TRACKS, 6), dtype=np.float32)


@pytest.fixture(scope="module")
def known(x: FloatArray) -> Known:
    """Return statistics, the labelled rows, and values that are NaN in all other rows."""
    rows = np.random.default_rng(2).permutation(TRACKS)[:340]
    values = np.full((TRACKS, 2), np.nan, dtype=np.float32)
    values[rows] = _truth(x)[rows]
    return x, rows, values


@pytest.fixture(scope="module")
def predicted(known: Known) -> FloatArray:
    return teachers.teacher(*known, GROUPS, 1)


def _error(known: Known, predictions: FloatArray) -> FloatArray:
    """Return [2] mean squared error on unlabelled rows, relative to that of the labels' mean."""
    x, rows, values = known
    unseen = np.setdiff1d(np.arange(TRACKS), rows)
    truth = _truth(x)[unseen]
    share: FloatArray = ((predictions[unseen] - truth) ** 2).mean(axis=0) / (
        (values[rows].mean(axis=0) - truth) ** 2
    ).mean(axis=0)
    return share


def test_the_teacher_learns_nonlinear_values(known: Known, predicted: FloatArray) -> None:
    assert (_error(known, predicted) < 0.6).all()
    assert (_error(known, teachers.ridge(*known)) > 0.9).all()


@pytest.mark.parametrize("name", ["svr", "kernel", "trees"])
def test_its_parts_and_the_plain_svm_learn_them_too(known: Known, name: str) -> None:
    predictions = {
        "svr": lambda: teachers.svr(*known),
        "kernel": lambda: teachers.kernel_svr(*known, GROUPS),
        "trees": lambda: teachers.extra_trees(*known, 1),
    }[name]()
    assert (_error(known, predictions) < 0.97).all()  # 1 is the mean baseline


def test_every_track_gets_a_prediction(known: Known, predicted: FloatArray) -> None:
    for predictions in (predicted, teachers.ridge(*known), teachers.svr(*known)):
        assert predictions.shape == (TRACKS, 2)
        assert predictions.dtype == np.float32
        assert np.isfinite(predictions).all()


def test_one_seed_gives_one_teacher(known: Known, predicted: FloatArray) -> None:
    np.testing.assert_array_equal(predicted, teachers.teacher(*known, GROUPS, 1))
    assert (predicted != teachers.teacher(*known, GROUPS, 2)).any()


def test_the_teacher_is_the_documented_mixture(known: Known, predicted: FloatArray) -> None:
    kernel, trees = teachers.kernel_svr(*known, GROUPS), teachers.extra_trees(*known, 1)
    share = teachers.TREES_SHARE
    np.testing.assert_allclose(predicted, (1 - share) * kernel + share * trees, rtol=1e-5, atol=1e-6)


def test_groups_make_a_difference(known: Known) -> None:
    """Compare with one group of all columns, which is the overall kernel with a different width."""
    grouped, ungrouped = (teachers.kernel_svr(*known, groups) for groups in (GROUPS, (np.arange(6),)))
    assert np.abs(grouped - ungrouped).max() > 0.05
