"""Figures of a prediction against its labels, and five-fold cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from reprise_models.data import FloatArray, IntArray, Tracks
from reprise_models.features import NAMES, TEMPO
from reprise_models.network import PICKED_FRAMES, EchoNestCnn
from reprise_models.splits import apart_from, artist_folds
from reprise_models.train import Recipe, fit

Figures = dict[str, dict[str, float]]

# Picked frames of the first 30, 10 and 5 seconds, to show what a shorter clip costs.
CLIP_SECONDS: dict[str, int] = {"30": PICKED_FRAMES, "10": 83, "5": 42}


@dataclass(frozen=True)
class FoldResult:
    """What one fold's network said of its test tracks; `rows` are rows of the Tracks.

    predictions: [N, 8] in natural units, by seconds heard.
    constant: [N, 8] the training labels' means.
    genre_accuracy: share of test tracks whose likeliest genre is the right one.
    """

    rows: IntArray
    predictions: dict[str, FloatArray]
    constant: FloatArray
    genre_accuracy: float


def figures(labels: FloatArray, predictions: FloatArray) -> Figures:
    """R², MAE, RMSE and Pearson's r per feature; both arrays [N, 8] in natural units.

    Pearson's r of a constant is undefined and left out.
    """
    result: Figures = {}
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
    return result


def over_folds(folds: Sequence[Figures]) -> Figures:
    """Mean of each figure over the folds, and as `<figure>_std` its sample standard deviation."""
    result: Figures = {}
    for name in NAMES:
        result[name] = {}
        for key in folds[0][name]:
            values = np.array([fold[name][key] for fold in folds])
            result[name][key] = float(values.mean())
            result[name][f"{key}_std"] = float(values.std(ddof=1))
    return result


def mean_r2_without_tempo(of: Figures) -> float:
    """The one number that models are compared by; tempo is not to be had from such frames."""
    return float(np.mean([of[name]["r2"] for column, name in enumerate(NAMES) if column != TEMPO]))


def predict(model: EchoNestCnn, frames: FloatArray, batch: int = 256) -> tuple[FloatArray, FloatArray]:
    """Features [N, 8] in natural units and genre logits [N, G] of picked frames [N, 20, T], all valid."""
    features, logits = [], []
    with torch.no_grad():
        for start in range(0, len(frames), batch):
            x = torch.from_numpy(frames[start : start + batch])
            standardised, genre, _ = model.predict(x, torch.ones(len(x), x.shape[2]))
            features.append(model.natural_units(standardised).numpy())
            logits.append(genre.numpy())
    return np.concatenate(features), np.concatenate(logits)


def run_fold(tracks: Tracks, fold_of: IntArray, fold: int, recipe: Recipe, seed: int) -> FoldResult:
    """Trains without the fold's artists (nor the unlabelled neighbours of their tracks) and predicts them."""
    labelled, unlabelled = tracks.labelled, tracks.unlabelled
    test, training = labelled[fold_of == fold], labelled[fold_of != fold]
    genre_only = unlabelled[apart_from(tracks.ids[unlabelled], tracks.ids[test])]
    model = fit(tracks, training, genre_only, recipe, seed)
    predictions = {s: predict(model, tracks.frames[test][:, :, :n])[0] for s, n in CLIP_SECONDS.items()}
    _, logits = predict(model, tracks.frames[test])
    accuracy = float((logits.argmax(axis=1) == tracks.genres[test]).mean())
    constant = np.repeat(tracks.labels[training].mean(axis=0, keepdims=True), len(test), axis=0)
    return FoldResult(test, predictions, constant, accuracy)


def cross_validate(tracks: Tracks, folds: int, recipe: Recipe, seed: int, pool: Executor) -> list[Future[FoldResult]]:
    """Starts all folds in `pool`; how many it runs at a time changes no figure."""
    artists = [artist for artist in tracks.artists if artist is not None]
    fold_of = artist_folds(artists, folds, seed)
    return [pool.submit(run_fold, tracks, fold_of, fold, recipe, seed) for fold in range(folds)]


def summary(tracks: Tracks, results: Sequence[FoldResult]) -> dict[str, Any]:
    """The cross-validation as it is kept in JSON: figures over folds, by fold, and of the constant predictor."""
    by_fold = [figures(tracks.labels[r.rows], r.predictions["30"]) for r in results]
    model = over_folds(by_fold)
    means = np.array([mean_r2_without_tempo(fold) for fold in by_fold])
    by_seconds = {
        seconds: float(
            np.mean([mean_r2_without_tempo(figures(tracks.labels[r.rows], r.predictions[seconds])) for r in results])
        )
        for seconds in CLIP_SECONDS
    }
    rows, predictions = out_of_fold(results)
    accuracy = np.array([r.genre_accuracy for r in results])
    return {
        "folds": len(results),
        "grouped_by": "artist",
        "tracks": int(sum(len(r.rows) for r in results)),
        "features": model,
        "mean_r2_without_tempo": float(means.mean()),
        "mean_r2_without_tempo_std": float(means.std(ddof=1)),
        "mean_r2_without_tempo_pooled": mean_r2_without_tempo(figures(tracks.labels[rows], predictions)),
        "mean_r2_without_tempo_by_seconds": by_seconds,
        "genre_accuracy": float(accuracy.mean()),
        "genre_accuracy_std": float(accuracy.std(ddof=1)),
        "constant_predictor": over_folds([figures(tracks.labels[r.rows], r.constant) for r in results]),
        "by_fold": by_fold,
    }


def out_of_fold(results: Sequence[FoldResult]) -> tuple[IntArray, FloatArray]:
    """Rows and predictions [N, 8] of all folds together, each track by the network that had not seen its artist."""
    rows = np.concatenate([r.rows for r in results])
    return rows, np.concatenate([r.predictions["30"] for r in results])
