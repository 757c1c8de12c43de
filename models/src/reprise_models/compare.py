"""The models that do not ship, for the card's table: what the project began by asking.

Is a CNN right for this regression; is a genre classifier first and a regression after better than one network with
two heads; does the whole clip say more than three seconds of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from sklearn.svm import SVC

from reprise_models import teachers
from reprise_models.clip import OPENING_FRAMES
from reprise_models.data import FloatArray, IntArray, Tracks
from reprise_models.evaluate import Fold, tempo_of_openings, with_tempo
from reprise_models.network import CLIP_STATISTICS
from reprise_models.prepared import Prepared
from reprise_models.runlog import RunLog
from reprise_models.splits import apart_from, block_folds
from reprise_models.train import Recipe, answers, fit_convolutional, fit_perceptron, frames_of

LEARNING_CURVE = (0.25, 0.5, 0.75, 1.0)  # shares of the training artists
_NO_EXTRA = {"extra_batch": 0}


def run_fold(
    tracks: Tracks, statistics: FloatArray, fold: Fold, recipe: Recipe, seed: int, log: RunLog, device: str
) -> dict[str, FloatArray]:
    """Predictions [N, 8] in natural units of the fold's test tracks, by name of the model."""
    prepared = Prepared.of(tracks, statistics, fold.labelled, fold.extra)
    tempo, _ = tempo_of_openings(tracks.openings[fold.test])

    def convolutional(name: str, settings: Recipe, frames: torch.Tensor | None = None) -> Callable[[], Any]:
        return lambda: fit_convolutional(prepared, None, settings, seed, log.of(name), device, frames=frames)

    heard = frames_of(prepared, device)
    openings = torch.from_numpy(prepared.openings).to(device)
    three_seconds = replace(recipe, crop_frames=(90, OPENING_FRAMES), short_crop_share=0.0)
    values = {
        "cnn, labels alone": answers(convolutional("labels-alone", replace(recipe, genre_weight=0.0, **_NO_EXTRA))(), heard)[0],
        "cnn, joint genre head": answers(convolutional("joint-genre", recipe)(), heard)[0],
        "cnn, joint genre head, first 3 s": answers(convolutional("first-3-s", three_seconds, openings)(), openings)[0],
        "svr, statistics of the first 3 s": _svr(prepared, prepared.statistics[:, CLIP_STATISTICS:]),
    }
    genre_first = convolutional("genre-first", replace(recipe, value_weight=0.0))()
    _, posterior, embedding = answers(genre_first, heard)
    logs = np.log(posterior + 1e-6)
    scaled = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    values["genre cnn first, svr on its posterior"] = _svr(prepared, scaled)
    values["genre cnn first, svr on its embedding"] = _svr(prepared, _standardised(embedding))
    both = np.concatenate([prepared.statistics, scaled], axis=1)
    values["genre cnn first, svr on posterior and statistics"] = _svr(prepared, both)
    return {name: with_tempo(prepared.natural_units(v[fold.test]), tempo) for name, v in values.items()}


def learning_curve(tracks: Tracks, statistics: FloatArray, fold: Fold, seed: int) -> list[FloatArray]:
    """Predictions [N, 8] of the teacher, an SVR with trees, from each share of the training artists."""
    artists = sorted({str(tracks.artists[row]) for row in fold.labelled})
    np.random.default_rng(seed).shuffle(artists)
    tempo, _ = tempo_of_openings(tracks.openings[fold.test])
    curve = []
    for share in LEARNING_CURVE:
        chosen = set(artists[: max(1, round(len(artists) * share))])
        rows = np.array([row for row in fold.labelled if tracks.artists[row] in chosen], dtype=np.int64)
        prepared = Prepared.of(tracks, statistics, rows, fold.extra)
        x, values = prepared.statistics, prepared.values
        said = teachers.mixture(teachers.svr(x, rows, values), teachers.extra_trees(x, rows, values, seed))
        curve.append(with_tempo(prepared.natural_units(said[fold.test]), tempo))
    return curve


def genre_fold(
    tracks: Tracks, statistics: FloatArray, fold: int, folds: int, recipe: Recipe, seed: int, log: RunLog, device: str
) -> dict[str, float]:
    """Shares of right genres of one fold's blocks of neighbouring ids, by name of the model.

    The network is of the form that ships with one branch of each kind, trained without a teacher.
    """
    in_fold = block_folds(tracks.ids, folds, seed) == fold
    test = np.flatnonzero(in_fold)
    kept = ~in_fold & apart_from(tracks.ids, tracks.ids[test])
    labelled = np.intersect1d(np.flatnonzero(kept), tracks.labelled)
    extra = np.intersect1d(np.flatnonzero(kept), tracks.unlabelled)
    prepared = Prepared.of(tracks, statistics, labelled, extra)
    cnn = fit_convolutional(prepared, None, recipe, seed, log.of("cnn"), device)
    perceptron = fit_perceptron(prepared, None, recipe, seed, log.of("perceptron"), device)
    by_cnn = answers(cnn, frames_of(prepared, device)[test])[1]
    by_perceptron = answers(perceptron, torch.from_numpy(prepared.statistics[test]).to(device))[1]
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
