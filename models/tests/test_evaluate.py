from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import GENRES

from reprise_models.clip import OPENING_FRAMES
from reprise_models.data import FloatArray, Tracks
from reprise_models.evaluate import (
    CLIP_SECONDS,
    HISTOGRAM_CELLS,
    SHIPPED,
    FoldResult,
    mean_r2_without_tempo,
    metrics,
    over_folds,
    pool_folds,
    predict,
    run_fold,
    summarise_folds,
    summary,
    tempo_of_openings,
    with_tempo,
)
from reprise_models.features import FEATURES, NAMES, TEMPO
from reprise_models.network import EchoNestCnn
from reprise_models.reference import BINS, distribution
from reprise_models.runlog import RunLog
from reprise_models.splits import Fold, folds_by_artist
from reprise_models.tempo import TempoEstimator
from reprise_models.train import Recipe

TINY = replace(Recipe(), epochs=1, stop_after=1, labelled_batch=32, extra_batch=8, convolutional=1, perceptrons=1)


def _columns(values: list[float]) -> FloatArray:
    return np.repeat(np.array(values, dtype=np.float32)[:, None], len(NAMES), axis=1)


def test_metrics_of_a_hand_computed_case() -> None:
    of = metrics(_columns([1.0, 2.0, 3.0, 4.0]), _columns([2.0, 2.0, 3.0, 3.0]))["energy"]
    assert of["r2"] == pytest.approx(1 - 2 / 5)
    assert of["mae"] == pytest.approx(0.5)
    assert of["rmse"] == pytest.approx(np.sqrt(0.5))
    assert of["pearson"] == pytest.approx(2 / np.sqrt(5))


def test_a_constant_has_no_correlation() -> None:
    of = metrics(_columns([1.0, 2.0]), _columns([1.5, 1.5]))["energy"]
    assert of["r2"] == pytest.approx(0)
    assert "pearson" not in of


def test_tempo_is_counted_within_4_percent_and_with_its_double_and_half() -> None:
    labels = _columns([100, 100, 100, 100, 100, 60])
    predictions = _columns([103.9, 96.1, 104.1, 199, 51, 180])  # right, right, not quite, double, half, triple
    of = metrics(labels, predictions)
    assert of["tempo"]["within_4_percent"] == pytest.approx(2 / 6)
    assert of["tempo"]["within_4_percent_or_octave"] == pytest.approx(4 / 6)
    assert not any("within_4_percent" in of[name] for name in NAMES if name != "tempo")


def test_folds_are_averaged_and_their_spread_given() -> None:
    perfect = metrics(_columns([0.5, 1.0]), _columns([0.5, 1.0]))
    poor = metrics(_columns([0.5, 1.0]), _columns([0.5, 0.6]))
    of = over_folds([perfect, poor])["valence"]
    low = poor["valence"]["r2"]
    assert of["r2"] == pytest.approx((1 + low) / 2)
    assert of["r2_std"] == pytest.approx((1 - low) / np.sqrt(2))
    assert mean_r2_without_tempo(perfect) == pytest.approx(1)


def test_mean_r2_excludes_tempo() -> None:
    labels = _columns([0.5, 1.0])
    predictions = labels.copy()
    predictions[:, TEMPO] = 9
    assert mean_r2_without_tempo(metrics(labels, predictions)) == pytest.approx(1)
    predictions = labels.copy()
    predictions[:, 0] = 0.75
    assert mean_r2_without_tempo(metrics(labels, predictions)) == pytest.approx(6 / 7)


def test_folds_are_summarised_and_pooled(tracks: Tracks) -> None:
    """Offset each fold by a different constant, which affects the R² of folds and the pooled R² differently."""
    folds = np.array_split(tracks.labelled, 3)
    predictions = [tracks.labels[rows] + np.float32(shift) for rows, shift in zip(folds, (0, 0.1, 0.3), strict=True)]
    of = summarise_folds(list(zip(folds, predictions, strict=True)), tracks)
    by_fold = [mean_r2_without_tempo(metrics(tracks.labels[r], p)) for r, p in zip(folds, predictions, strict=True)]
    pooled = metrics(tracks.labels[np.concatenate(folds)], np.concatenate(predictions))
    assert of["mean_r2_without_tempo_by_fold"] == pytest.approx(by_fold)
    assert of["mean_r2_without_tempo"] == pytest.approx(np.mean(by_fold))
    assert of["mean_r2_without_tempo_std"] == pytest.approx(np.std(by_fold, ddof=1))
    assert of["pooled"] == pooled
    assert of["mean_r2_without_tempo_pooled"] == pytest.approx(mean_r2_without_tempo(pooled))
    assert of["features"]["energy"]["mae"] == pytest.approx((0 + 0.1 + 0.3) / 3, rel=1e-4)


def test_tempo_of_openings_is_the_estimators_of_a_clip_of_3_s(tracks: Tracks) -> None:
    tempo, confidence = tempo_of_openings(tracks.openings[:300])
    clip = torch.nn.functional.pad(torch.from_numpy(tracks.openings[299:300]), (0, 1166), value=float("nan"))
    with torch.no_grad():
        expected = TempoEstimator()(clip, torch.tensor([OPENING_FRAMES]))
    assert tempo[299] == pytest.approx(float(expected[0]), rel=1e-5)
    assert confidence[299] == pytest.approx(float(expected[2]), rel=1e-4)
    assert tempo.shape == confidence.shape == (300,)
    np.testing.assert_array_equal(with_tempo(np.zeros((300, 7), np.float32), tempo)[:, TEMPO], tempo)


def test_predictions_are_those_of_each_track_in_any_batch(tracks: Tracks) -> None:
    torch.manual_seed(1)
    model = EchoNestCnn(len(GENRES), 1, 1).eval()
    tempo = np.linspace(50, 200, len(tracks.ids), dtype=np.float32)
    features, genre = predict(model, tracks.frames, tracks.openings, tempo)
    np.testing.assert_array_equal(features[:, TEMPO], tempo)
    for row in (0, 255, 256, len(tracks.ids) - 1):
        alone = predict(model, tracks.frames[[row]], tracks.openings[[row]], tempo[[row]])
        np.testing.assert_allclose(features[[row]], alone[0], rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(genre[[row]], alone[1], atol=1e-4)


@pytest.fixture(scope="module")
def folds(tracks: Tracks) -> list[Fold]:
    return folds_by_artist(tracks, 2, 1)


@pytest.fixture(scope="module")
def results(tracks: Tracks, statistics: FloatArray, folds: list[Fold]) -> list[FoldResult]:
    return [run_fold(RunLog(), "cpu", tracks, statistics, fold, TINY, 1) for fold in folds]


def test_a_fold_predicts_its_own_tracks_and_no_other(
    tracks: Tracks, folds: list[Fold], results: list[FoldResult]
) -> None:
    pooled = pool_folds(results)
    assert sorted(pooled.rows.tolist()) == tracks.labelled.tolist()
    assert pooled.predictions.shape == (len(tracks.labelled), len(NAMES))
    for fold, result in zip(folds, results, strict=True):
        np.testing.assert_array_equal(result.rows, fold.test)
        constant = result.predictions["constant"]
        np.testing.assert_allclose(constant[0], tracks.labels[fold.labelled].mean(axis=0), rtol=1e-5)
        tempo, confidence = tempo_of_openings(tracks.openings[fold.test])
        np.testing.assert_array_equal(result.confidence, confidence)
        for name, predictions in result.predictions.items():
            assert predictions.shape == (len(fold.test), len(NAMES)), name
            assert name == "constant" or np.array_equal(predictions[:, TEMPO], tempo), name
            for column, feature in enumerate(FEATURES):
                assert predictions[:, column].min() >= feature.minimum
                assert predictions[:, column].max() <= feature.maximum
        assert result.by_seconds.keys() == CLIP_SECONDS.keys()
        np.testing.assert_array_equal(result.by_seconds["30"], result.predictions[SHIPPED])
        assert (result.by_seconds["5"] != result.by_seconds["30"]).any()
        assert set(result.genre_right.tolist()) <= {0.0, 1.0}


def test_a_fold_does_not_see_the_labels_it_is_tested_on(
    tracks: Tracks, statistics: FloatArray, folds: list[Fold], results: list[FoldResult]
) -> None:
    labels = tracks.labels.copy()
    labels[folds[0].test] = 1 - labels[folds[0].test]
    again = run_fold(RunLog(), "cpu", replace(tracks, labels=labels), statistics, folds[0], TINY, 1)
    for name, predictions in results[0].predictions.items():
        np.testing.assert_array_equal(predictions, again.predictions[name])


def test_the_summary_has_the_content_of_card_and_metadata(tracks: Tracks, results: list[FoldResult]) -> None:
    of = summary(tracks, results)
    n = len(tracks.labelled)
    assert (of["folds"], of["grouped_by"], of["tracks"]) == (2, "artist", n)
    assert of["features"].keys() == of["pooled"].keys() == of["calibration"].keys() == set(NAMES)
    assert {"r2", "r2_std", "mae", "rmse", "pearson"} <= of["features"]["energy"].keys()
    assert of["mean_r2_without_tempo_by_seconds"].keys() == CLIP_SECONDS.keys()
    assert of["mean_r2_without_tempo_by_seconds"]["30"] == pytest.approx(of["mean_r2_without_tempo"])
    assert of["genre_accuracy"] == pytest.approx(np.mean([r.genre_right.mean() for r in results]))
    assert of["other_models"].keys() == results[0].predictions.keys() - {SHIPPED}
    assert of["other_models"]["constant"]["mean_r2_without_tempo"] <= 0
    assert all(model.keys() <= of.keys() for model in of["other_models"].values())


def test_histograms_count_every_track_once(tracks: Tracks, results: list[FoldResult]) -> None:
    pooled, of = pool_folds(results), summary(tracks, results)["predicted_against_true"]
    labels = tracks.labels[pooled.rows]
    for column, name in enumerate(NAMES):
        counts = np.array(of[name])
        assert counts.shape == (HISTOGRAM_CELLS, HISTOGRAM_CELLS)
        assert counts.sum() == len(labels)
        if column != TEMPO:
            low = (labels[:, column] < 0.5).sum()  # an edge of the cells
            assert counts[: HISTOGRAM_CELLS // 2].sum() == low
            assert counts[:, : HISTOGRAM_CELLS // 2].sum() == (pooled.predictions[:, column] < 0.5).sum()


def test_genres_of_the_summary_are_of_all_tracks(tracks: Tracks, results: list[FoldResult]) -> None:
    pooled, of = pool_folds(results), summary(tracks, results)["by_genre"]
    error = pooled.predictions - tracks.labels[pooled.rows]
    assert list(of) == list(GENRES)
    counts = np.array([of[name]["tracks"] for name in GENRES])
    assert counts.sum() == len(error)
    for column, name in enumerate(NAMES):
        bias = np.array([of[genre]["bias"][name] for genre in GENRES])
        mae = np.array([of[genre]["mae"][name] for genre in GENRES])
        assert (bias * counts).sum() / len(error) == pytest.approx(error[:, column].mean(), rel=1e-3, abs=1e-5)
        assert (mae * counts).sum() / len(error) == pytest.approx(np.abs(error[:, column]).mean(), rel=1e-3)


def test_distribution_counts_every_track_once() -> None:
    values = np.array([0.0, 0.0, 0.5, 0.9985, 1.0], dtype=np.float32)
    of = distribution(values, FEATURES[0])
    assert of["counts"] == [[0, 2], [512, 1], [BINS - 2, 1], [BINS - 1, 1]]
    assert of["tracks"] == 5
    assert len(of["deciles"]) == 9
    assert of["deciles"][4] == pytest.approx(0.5)
