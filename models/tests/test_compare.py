from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import GENRES

from reprise_models import artefacts, teachers
from reprise_models.compare import LEARNING_CURVE, _learning_curve, genre_fold
from reprise_models.data import FloatArray, Tracks
from reprise_models.features import NAMES
from reprise_models.prepared import Prepared, statistics_of
from reprise_models.runlog import RunLog
from reprise_models.splits import NEIGHBOURHOOD_IDS, Fold
from reprise_models.train import Recipe, fit_perceptron

TINY = replace(Recipe(), epochs=12, stop_after=12, labelled_batch=32, extra_batch=8, averaging=0.8)


def test_a_comparison_has_metrics_of_every_model(trained: Path) -> None:
    training = artefacts.read_json(trained / artefacts.TRAINING)
    comparison = training["comparison"]
    assert comparison["models"].keys() == {
        "CNN, labels alone",
        "CNN, joint genre head",
        "CNN, joint genre head, first 3 s",
        "SVM on statistics of the first 3 s",
        "genre CNN first, SVM on its posterior",
        "genre CNN first, SVM on its embedding",
        "genre CNN first, SVM on posterior and statistics",
        "ridge on FMA's features.csv",
        "SVM on FMA's features.csv",
        "trees on FMA's features.csv",
        *LEARNING_CURVE,
    }
    assert not comparison["models"].keys() & training["cross_validation"]["other_models"].keys()
    for of in comparison["models"].values():
        assert of["features"].keys() == of["pooled"].keys() == set(NAMES)
        assert len(of["mean_r2_without_tempo_by_fold"]) == training["cross_validation"]["folds"]
    assert comparison["genre_accuracy_by_blocks"].keys() == {
        "cnn",
        "perceptron on statistics",
        "cnn and perceptron, the form that ships",
        "svm on statistics",
        "most frequent genre",
    }
    for of in comparison["genre_accuracy_by_blocks"].values():
        assert 0 <= of["mean"] <= 1


def test_each_model_predicts_differently(trained: Path) -> None:
    training = artefacts.read_json(trained / artefacts.TRAINING)
    models = {**training["comparison"]["models"], **training["cross_validation"]["other_models"]}
    assert len({of["mean_r2_without_tempo_pooled"] for of in models.values()}) == len(models)


@pytest.fixture(scope="module")
def separable(tracks: Tracks) -> Tracks:
    """Return tracks whose genre determines their level."""
    level = 60 * (tracks.genres - 1).astype(np.float32)[:, None, None]
    return replace(tracks, frames=tracks.frames + level, openings=tracks.openings + level)


def test_separable_genres_are_learnt(separable: Tracks) -> None:
    of = genre_fold(RunLog(), "cpu", separable, statistics_of(separable), 0, 2, TINY, 1)
    most_frequent = of.pop("most frequent genre")
    assert 1 / len(GENRES) - 0.15 < most_frequent < 0.5
    assert all(share > 0.7 for share in of.values()), of


def test_a_genre_fold_excludes_neighbours_of_its_test_tracks(
    tracks: Tracks, statistics: FloatArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Prepared] = []

    def no_teacher(prepared: Prepared, teacher: Any, *rest: Any, **others: Any) -> Any:  # noqa: ANN401
        assert teacher is None
        seen.append(prepared)
        return fit_perceptron(prepared, teacher, *rest, **others)

    monkeypatch.setattr("reprise_models.compare.fit_perceptron", no_teacher)
    near = replace(tracks, ids=tracks.ids // 8)  # two apart
    for fold in range(2):
        genre_fold(RunLog(), "cpu", near, statistics, fold, 2, replace(TINY, epochs=1, stop_after=1), 1)
    trained_on = [np.concatenate([p.labelled, p.extra]) for p in seen]
    assert not np.intersect1d(trained_on[0], trained_on[1]).size
    assert 0 < len(near.ids) - sum(map(len, trained_on)) <= 8 * NEIGHBOURHOOD_IDS
    a, b = (near.ids[rows] for rows in trained_on)
    assert np.abs(a[:, None] - b).min() > NEIGHBOURHOOD_IDS


def test_the_learning_curve_takes_shares_of_the_artists(
    tracks: Tracks, statistics: FloatArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    artists_used: list[set[str | None]] = []

    def constant(x: FloatArray, rows: np.ndarray, values: FloatArray, *_: object) -> FloatArray:
        artists_used.append({tracks.artists[row] for row in rows})
        return np.zeros((len(x), values.shape[1]), dtype=np.float32)

    monkeypatch.setattr(teachers, "teacher", constant)
    fold = Fold(tracks.labelled[:0], tracks.labelled, tracks.unlabelled)
    curve = _learning_curve(tracks, statistics, fold, 1)
    assert list(curve) == list(LEARNING_CURVE)
    assert [len(artists) for artists in artists_used] == [5, 10, 15]  # of twenty
    assert artists_used[0] < artists_used[1] < artists_used[2]
