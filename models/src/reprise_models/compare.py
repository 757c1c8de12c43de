"""The models that are not shipped, for the card's comparison.

They answer the project's initial questions: whether a CNN suits this regression, whether a genre classifier followed by
a regression is better than one network with two heads, and whether the whole clip is better than three seconds of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from sklearn.svm import SVC
from torch import Tensor

from reprise_models import teachers
from reprise_models.clip import OPENING_FRAMES
from reprise_models.data import FloatArray, Tracks
from reprise_models.evaluate import summarise_folds, tempo_of_openings, with_tempo
from reprise_models.network import CLIP_STATISTICS
from reprise_models.prepared import Prepared
from reprise_models.runlog import RunLog
from reprise_models.splits import Fold, apart_from, block_folds
from reprise_models.train import Recipe, fit_convolutional, fit_perceptron, frames_of, run_branch
from reprise_models.work import Work

# Shares of the training artists. 100 % is the teacher itself, a model of the cross-validation.
LEARNING_CURVE = {f"teacher, {share:.0%} of the artists": share for share in (0.25, 0.5, 0.75)}


class Comparison:
    """The concurrent trainings of the compared models on all folds."""

    def __init__(
        self,
        work: Work,
        tracks: Tracks,
        statistics: FloatArray,
        fma_statistics: FloatArray | None,
        folds: list[Fold],
        recipe: Recipe,
        seed: int,
    ) -> None:
        """Start the trainings.

        fma_statistics: [N, 140] of FMA's own `features.csv`, for baselines; None if unavailable.
        """
        self._tracks = tracks
        self._folds = folds
        stop = recipe.stop_after
        self._models = [
            work.submit(f"compared-{i}", 4 * stop, run_fold, tracks, statistics, fma_statistics, fold, recipe, seed)
            for i, fold in enumerate(folds)
        ]
        self._genres = [
            work.submit(f"genre-{i}", 2 * stop, genre_fold, tracks, statistics, i, len(folds), recipe, seed)
            for i in range(len(folds))
        ]

    def result(self) -> dict[str, Any]:
        """Wait for the trainings; return metrics and genre accuracy by model, with the teacher's learning curve."""
        rows = [fold.test for fold in self._folds]
        models = [future.result() for future in self._models]
        genres = [future.result() for future in self._genres]
        return {
            "models": {
                name: summarise_folds(list(zip(rows, [fold[name] for fold in models], strict=True)), self._tracks)
                for name in models[0]
            },
            "genre_accuracy_by_blocks": {name: _mean_and_spread([fold[name] for fold in genres]) for name in genres[0]},
        }


def run_fold(
    log: RunLog,
    device: str,
    tracks: Tracks,
    statistics: FloatArray,
    fma_statistics: FloatArray | None,
    fold: Fold,
    recipe: Recipe,
    seed: int,
) -> dict[str, FloatArray]:
    """Train the models of a fold; return predictions [N, 8] in natural units of its test tracks, by model."""
    prepared = Prepared.of(tracks, statistics, fold.labelled, fold.extra)
    tempo, _ = tempo_of_openings(tracks.openings[fold.test])
    values = _convolutional(log, device, prepared, recipe, seed)
    values["SVM on statistics of the first 3 s"] = _svr(prepared, prepared.statistics[:, CLIP_STATISTICS:])
    if fma_statistics is not None:
        values |= _on_fma_statistics(prepared, fma_statistics, seed)
    predictions = {name: prepared.natural_units(v[fold.test]) for name, v in values.items()}
    predictions |= _learning_curve(tracks, statistics, fold, seed)
    return {name: with_tempo(spectral, tempo) for name, spectral in predictions.items()}


def _convolutional(log: RunLog, device: str, prepared: Prepared, recipe: Recipe, seed: int) -> dict[str, FloatArray]:
    """Return standardised predictions [N, 7] of CNNs without a teacher, and of SVMs stacked on a genre CNN."""
    picked, openings = frames_of(prepared, device), torch.from_numpy(prepared.openings).to(device)

    def fit(name: str, settings: Recipe, frames: Tensor) -> tuple[FloatArray, FloatArray, FloatArray]:
        branch = fit_convolutional(prepared, None, settings, seed, log.of(name), device, frames=frames)
        return run_branch(branch, frames)

    labels_alone = replace(recipe, genre_weight=0.0, extra_batch=0)
    three_seconds = replace(recipe, crop_frames=(90, OPENING_FRAMES), short_crop_share=0.0)
    values = {
        "CNN, labels alone": fit("labels-alone", labels_alone, picked)[0],
        "CNN, joint genre head": fit("joint-genre", recipe, picked)[0],
        "CNN, joint genre head, first 3 s": fit("first-3-s", three_seconds, openings)[0],
    }
    _, posterior, embedding = fit("genre-first", replace(recipe, value_weight=0.0), picked)
    logits = _standardised(np.log(posterior + 1e-6))
    both = np.concatenate([prepared.statistics, logits], axis=1)
    return values | {
        "genre CNN first, SVM on its posterior": _svr(prepared, logits),
        "genre CNN first, SVM on its embedding": _svr(prepared, _standardised(embedding)),
        "genre CNN first, SVM on posterior and statistics": _svr(prepared, both),
    }


def _on_fma_statistics(prepared: Prepared, fma_statistics: FloatArray, seed: int) -> dict[str, FloatArray]:
    """Return standardised predictions [N, 7] of classical regressions on the statistics that FMA publishes."""
    x, rows, values = _standardised(fma_statistics), prepared.labelled, prepared.values
    return {
        "ridge on FMA's features.csv": teachers.ridge(x, rows, values),
        "SVM on FMA's features.csv": teachers.svr(x, rows, values),
        "trees on FMA's features.csv": teachers.extra_trees(x, rows, values, seed),
    }


def _learning_curve(tracks: Tracks, statistics: FloatArray, fold: Fold, seed: int) -> dict[str, FloatArray]:
    """Return the teacher's predictions [M, 7] for the test tracks, natural units, by share of the training artists."""
    artists = sorted({str(tracks.artists[row]) for row in fold.labelled})
    np.random.default_rng(seed).shuffle(artists)
    curve = {}
    for name, share in LEARNING_CURVE.items():
        chosen = set(artists[: max(1, round(len(artists) * share))])
        rows = np.array([row for row in fold.labelled if tracks.artists[row] in chosen], dtype=np.int64)
        prepared = Prepared.of(tracks, statistics, rows, fold.extra)
        curve[name] = prepared.natural_units(prepared.teacher(seed)[fold.test])
    return curve


def genre_fold(
    log: RunLog, device: str, tracks: Tracks, statistics: FloatArray, fold: int, folds: int, recipe: Recipe, seed: int
) -> dict[str, float]:
    """Return the genre accuracy by model on one fold, grouped in blocks of neighbouring ids.

    The network has the shipped architecture with one branch of each kind, trained without a teacher.
    """
    in_fold = block_folds(tracks.ids, folds, seed) == fold
    test = np.flatnonzero(in_fold)
    kept = ~in_fold & apart_from(tracks.ids, tracks.ids[test])
    labelled = np.intersect1d(np.flatnonzero(kept), tracks.labelled)
    extra = np.intersect1d(np.flatnonzero(kept), tracks.unlabelled)
    prepared = Prepared.of(tracks, statistics, labelled, extra)
    cnn = fit_convolutional(prepared, None, recipe, seed, log.of("cnn"), device)
    perceptron = fit_perceptron(prepared, None, recipe, seed, log.of("perceptron"), device)
    by_cnn = run_branch(cnn, frames_of(prepared, device)[test])[1]
    by_perceptron = run_branch(perceptron, torch.from_numpy(prepared.statistics[test]).to(device))[1]
    rows = np.concatenate([labelled, extra])
    svc = SVC(C=teachers.SVR_C, gamma=teachers.SVR_GAMMA / statistics.shape[1])
    by_svc = svc.fit(prepared.statistics[rows], tracks.genres[rows]).predict(prepared.statistics[test])
    truth = tracks.genres[test]
    return {
        "cnn": float((by_cnn.argmax(axis=1) == truth).mean()),
        "perceptron on statistics": float((by_perceptron.argmax(axis=1) == truth).mean()),
        "cnn and perceptron, the form that ships": float(((by_cnn + by_perceptron).argmax(axis=1) == truth).mean()),
        "svm on statistics": float((by_svc == truth).mean()),
        "most frequent genre": float((np.bincount(tracks.genres[rows]).argmax() == truth).mean()),
    }


def _svr(prepared: Prepared, x: FloatArray) -> FloatArray:
    return teachers.svr(x, prepared.labelled, prepared.values)


def _standardised(x: FloatArray) -> FloatArray:
    scaled: FloatArray = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-6)
    return scaled


def _mean_and_spread(values: list[float]) -> dict[str, float]:
    return {"mean": float(np.mean(values)), "std": float(np.std(values, ddof=1))}
