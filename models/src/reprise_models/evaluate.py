"""Metrics of predictions against labels, and cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from reprise_models import uncertainty
from reprise_models.clip import CLIP_FRAMES, OPENING_FRAMES, PICKED_FRAMES
from reprise_models.data import FloatArray, IntArray, Tracks
from reprise_models.features import FEATURES, NAMES, TEMPO, Feature
from reprise_models.network import EchoNestCnn
from reprise_models.prepared import Prepared
from reprise_models.runlog import RunLog
from reprise_models.splits import Fold
from reprise_models.tempo import TempoEstimator
from reprise_models.tempo_evaluation import within
from reprise_models.train import Recipe, train

Metrics = dict[str, dict[str, float]]

# Picked frames of the first 30, 10 and 5 seconds, to measure the quality on shorter clips.
CLIP_SECONDS: dict[str, int] = {"30": PICKED_FRAMES, "10": 83, "5": 42}
SHIPPED = "the network that ships"
HISTOGRAM_CELLS = 24
_BATCH = 256


@dataclass(frozen=True)
class FoldResult:
    """The predictions of one fold's models for its test tracks; `rows` are rows of the Tracks.

    predictions: [N, 8] in natural units, by model; tempo is always the estimator's, from the first 3 s.
    by_seconds: [N, 8] of the shipped network, by seconds of input.
    confidence: [N] of the tempo.
    genre_right: [N] whether the likeliest genre is the right one.
    """

    rows: IntArray
    predictions: dict[str, FloatArray]
    by_seconds: dict[str, FloatArray]
    confidence: FloatArray
    genre_right: FloatArray


def metrics(labels: FloatArray, predictions: FloatArray) -> Metrics:
    """Return R², MAE, RMSE and Pearson's r per feature; both arrays [N, 8] in natural units.

    Tempo also has the shares within 4 % of the label, and of the label, its double or its half.
    Pearson's r of a constant is undefined and omitted.
    """
    result: Metrics = {}
    for column, name in enumerate(NAMES):
        y = labels[:, column].astype(np.float64)
        p = predictions[:, column].astype(np.float64)
        error = p - y
        spread = float(((y - y.mean()) ** 2).sum())
        result[name] = {
            "r2": 1.0 - float((error**2).sum()) / spread,
            "mae": float(np.abs(error).mean()),
            "rmse": float(np.sqrt((error**2).mean())),
        }
        if np.ptp(p) > 0:
            result[name]["pearson"] = float(np.corrcoef(y, p)[0, 1])
    tempo, estimate = labels[:, TEMPO], predictions[:, TEMPO]
    right = within(estimate, tempo)
    result[NAMES[TEMPO]]["within_4_percent"] = float(right.mean())
    octaves = right | within(estimate, tempo, 2.0) | within(estimate, tempo, 0.5)
    result[NAMES[TEMPO]]["within_4_percent_or_octave"] = float(octaves.mean())
    return result


def over_folds(folds: Sequence[Metrics]) -> Metrics:
    """Return the mean of each metric over the folds, and its sample standard deviation as `<metric>_std`."""
    result: Metrics = {}
    for name in NAMES:
        result[name] = {}
        for key in folds[0][name]:
            values = np.array([fold[name][key] for fold in folds])
            result[name][key] = float(values.mean())
            result[name][f"{key}_std"] = float(values.std(ddof=1))
    return result


def mean_r2_without_tempo(of: Metrics) -> float:
    """Return the mean R² of the seven features without tempo, by which models are compared."""
    return float(np.mean([of[name]["r2"] for column, name in enumerate(NAMES) if column != TEMPO]))


def predict(
    model: EchoNestCnn, frames: FloatArray, openings: FloatArray, tempo: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return features [N, 8] in natural units and genre probabilities [N, G].

    Inputs are picked frames [N, 20, T] and openings [N, 20, T'], all valid; tempo [N] is passed through.
    """
    features, genres = [], []
    with torch.no_grad():
        for start in range(0, len(frames), _BATCH):
            x = torch.from_numpy(frames[start : start + _BATCH])
            opening = torch.from_numpy(openings[start : start + _BATCH])
            masks = torch.ones(len(x), x.shape[2]), torch.ones(len(x), opening.shape[2])
            values, genre, _ = model.score_frames(x, masks[0], opening, masks[1])
            natural = model.natural_units(values, torch.from_numpy(tempo[start : start + _BATCH]))
            features.append(natural.numpy())
            genres.append(genre.numpy())
    return np.concatenate(features), np.concatenate(genres)


def tempo_of_openings(openings: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return tempo in BPM and its confidence, each [N], from the first 3 s, the only part at full rate."""
    estimator = TempoEstimator().eval()
    tempo, confidence = [], []
    with torch.no_grad():
        for start in range(0, len(openings), _BATCH):
            part = torch.from_numpy(openings[start : start + _BATCH])
            padded = torch.nn.functional.pad(part, (0, CLIP_FRAMES - OPENING_FRAMES))
            estimate, _, probability = estimator(padded, torch.full((len(part),), OPENING_FRAMES))
            tempo.append(estimate.numpy())
            confidence.append(probability.numpy())
    return np.concatenate(tempo), np.concatenate(confidence)


def with_tempo(spectral: FloatArray, tempo: FloatArray) -> FloatArray:
    """Return [N, 8], features without tempo [N, 7] and tempo [N] combined."""
    combined: FloatArray = np.insert(spectral, TEMPO, tempo, axis=1)
    return combined


def run_fold(
    log: RunLog, device: str, tracks: Tracks, statistics: FloatArray, fold: Fold, recipe: Recipe, seed: int
) -> FoldResult:
    """Train without the fold's artists and predict their tracks."""
    prepared = Prepared.of(tracks, statistics, fold.labelled, fold.extra)
    trained = train(log, device, prepared, recipe, seed)
    test = fold.test
    tempo, confidence = tempo_of_openings(tracks.openings[test])
    predictions = {
        name: with_tempo(prepared.natural_units(values[test]), tempo) for name, values in trained.predictions.items()
    }
    constant = np.repeat(tracks.labels[fold.labelled].mean(axis=0, keepdims=True), len(test), axis=0)
    by_seconds = {
        seconds: predict(trained.model, tracks.frames[test][:, :, :frames], tracks.openings[test], tempo)
        for seconds, frames in CLIP_SECONDS.items()
    }
    whole, genre = by_seconds["30"]
    return FoldResult(
        test,
        {"constant": constant, **predictions, SHIPPED: whole},
        {seconds: outputs[0] for seconds, outputs in by_seconds.items()},
        confidence,
        (genre.argmax(axis=1) == tracks.genres[test]).astype(np.float32),
    )


def train_on_all(
    log: RunLog, device: str, tracks: Tracks, statistics: FloatArray, recipe: Recipe, seed: int
) -> EchoNestCnn:
    """Train the shipped network on every track."""
    prepared = Prepared.of(tracks, statistics, tracks.labelled, tracks.unlabelled)
    return train(log, device, prepared, recipe, seed).model


def summary(tracks: Tracks, results: Sequence[FoldResult]) -> dict[str, Any]:
    """Return the cross-validation as stored in JSON: metrics over folds, by fold, and of the other models."""
    by_seconds = {
        seconds: _mean_of(
            [mean_r2_without_tempo(metrics(tracks.labels[r.rows], r.by_seconds[seconds])) for r in results]
        )
        for seconds in CLIP_SECONDS
    }
    models = {
        name: summarise_folds([(r.rows, r.predictions[name]) for r in results], tracks)
        for name in results[0].predictions
    }
    shipped = models.pop(SHIPPED)
    pooled = pool_folds(results)
    fold_of = np.concatenate([np.full(len(r.rows), i) for i, r in enumerate(results)])
    accuracy = np.array([r.genre_right.mean() for r in results])
    return {
        "folds": len(results),
        "grouped_by": "artist",
        "tracks": len(pooled.rows),
        **shipped,
        "mean_r2_without_tempo_by_seconds": by_seconds,
        "genre_accuracy": float(accuracy.mean()),
        "genre_accuracy_std": float(accuracy.std(ddof=1)),
        "calibration": uncertainty.check(pooled.predictions, pooled.confidence, tracks.labels[pooled.rows], fold_of),
        "predicted_against_true": _histograms(tracks.labels[pooled.rows], pooled.predictions),
        "by_genre": _by_genre(tracks, pooled),
        "other_models": models,
    }


def _histograms(labels: FloatArray, predictions: FloatArray) -> dict[str, list[list[int]]]:
    """Return, per feature, track counts [HISTOGRAM_CELLS, HISTOGRAM_CELLS] by label (rows) and prediction (columns)."""
    result = {}
    for column, feature in enumerate(FEATURES):
        span = histogram_span(feature)
        counts, _, _ = np.histogram2d(
            np.clip(labels[:, column], *span),
            np.clip(predictions[:, column], *span),
            bins=HISTOGRAM_CELLS,
            range=[span, span],
        )
        result[feature.name] = counts.astype(int).tolist()
    return result


def histogram_span(feature: Feature) -> tuple[float, float]:
    """Return the range of a feature's histogram; tempi outside are counted in the outermost cells."""
    return (40.0, 220.0) if feature is FEATURES[TEMPO] else (feature.minimum, feature.maximum)


def _by_genre(tracks: Tracks, pooled: OutOfFold) -> dict[str, dict[str, Any]]:
    """Return, per genre, the number of labelled tracks and the mean absolute error and bias of each feature."""
    result: dict[str, dict[str, Any]] = {}
    for genre, name in enumerate(tracks.genre_names):
        of_genre = tracks.genres[pooled.rows] == genre
        if of_genre.any():
            error = (pooled.predictions - tracks.labels[pooled.rows])[of_genre].astype(np.float64)
            result[name] = {
                "tracks": int(of_genre.sum()),
                "mae": dict(zip(NAMES, np.abs(error).mean(axis=0).tolist(), strict=True)),
                "bias": dict(zip(NAMES, error.mean(axis=0).tolist(), strict=True)),
            }
    return result


def summarise_folds(folds: Sequence[tuple[IntArray, FloatArray]], tracks: Tracks) -> dict[str, Any]:
    """Return a model's metrics from each fold's rows and predictions [N, 8]: means over folds, pooled, and by fold."""
    by_fold = [metrics(tracks.labels[rows], predictions) for rows, predictions in folds]
    means = np.array([mean_r2_without_tempo(fold) for fold in by_fold])
    rows = np.concatenate([rows for rows, _ in folds])
    pooled = metrics(tracks.labels[rows], np.concatenate([predictions for _, predictions in folds]))
    return {
        "features": over_folds(by_fold),
        "pooled": pooled,
        "mean_r2_without_tempo": float(means.mean()),
        "mean_r2_without_tempo_std": float(means.std(ddof=1)),
        "mean_r2_without_tempo_pooled": mean_r2_without_tempo(pooled),
        "mean_r2_without_tempo_by_fold": means.tolist(),
    }


@dataclass(frozen=True)
class OutOfFold:
    """The predictions of all folds, each track by the network trained without its artist; fields as in FoldResult."""

    rows: IntArray
    predictions: FloatArray
    confidence: FloatArray


def pool_folds(results: Sequence[FoldResult]) -> OutOfFold:
    return OutOfFold(
        np.concatenate([r.rows for r in results]),
        np.concatenate([r.predictions[SHIPPED] for r in results]),
        np.concatenate([r.confidence for r in results]),
    )


def _mean_of(values: Sequence[float]) -> float:
    return float(np.mean(values))
