from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reprise_models import data
from reprise_models.data import FloatArray
from reprise_models.evaluate import figures, mean_r2_without_tempo, out_of_fold, over_folds, run_fold
from reprise_models.features import FEATURES, NAMES
from reprise_models.reference import BINS, distribution
from reprise_models.splits import artist_folds
from reprise_models.train import Recipe


def _columns(values: list[float]) -> FloatArray:
    return np.repeat(np.array(values, dtype=np.float32)[:, None], len(NAMES), axis=1)


def test_figures_of_a_case_worked_by_hand() -> None:
    of = figures(_columns([0.0, 1.0, 2.0, 3.0]), _columns([1.0, 1.0, 2.0, 2.0]))["energy"]
    assert of["r2"] == pytest.approx(1 - 2 / 5)
    assert of["mae"] == pytest.approx(0.5)
    assert of["rmse"] == pytest.approx(np.sqrt(0.5))
    assert of["pearson"] == pytest.approx(2 / np.sqrt(5))


def test_a_constant_has_no_pearson() -> None:
    of = figures(_columns([0.0, 1.0]), _columns([0.5, 0.5]))["tempo"]
    assert of["r2"] == pytest.approx(0)
    assert "pearson" not in of


def test_folds_are_averaged_and_their_spread_given() -> None:
    perfect = figures(_columns([0.0, 1.0]), _columns([0.0, 1.0]))
    poor = figures(_columns([0.0, 1.0]), _columns([0.5, 0.6]))
    of = over_folds([perfect, poor])["valence"]
    low = poor["valence"]["r2"]
    assert of["r2"] == pytest.approx((1 + low) / 2)
    assert of["r2_std"] == pytest.approx((1 - low) / np.sqrt(2))
    assert mean_r2_without_tempo(perfect) == pytest.approx(1)


def test_a_fold_predicts_its_own_tracks_and_no_other(data_folder: Path) -> None:
    tracks = data.load(data_folder)
    fold_of = artist_folds([a for a in tracks.artists if a is not None], 2, 1)
    recipe = replace(Recipe(), passes=1, labelled_batch=32, genre_batch=8)
    results = [run_fold(tracks, fold_of, fold, recipe, 1) for fold in range(2)]
    rows, predictions = out_of_fold(results)
    assert sorted(rows.tolist()) == tracks.labelled.tolist()
    assert predictions.shape == (len(tracks.labelled), len(NAMES))
    trained_on = tracks.labelled[fold_of != 0]
    np.testing.assert_allclose(results[0].constant[0], tracks.labels[trained_on].mean(axis=0), rtol=1e-5)


def test_distribution_counts_every_track_once() -> None:
    values = np.array([0.0, 0.0, 0.5, 0.9985, 1.0], dtype=np.float32)
    of = distribution(values, FEATURES[0])
    assert of["counts"] == [[0, 2], [512, 1], [BINS - 2, 1], [BINS - 1, 1]]
    assert of["tracks"] == 5
    assert len(of["deciles"]) == 9
    assert of["deciles"][4] == pytest.approx(0.5)
