"""Fit of the tempo estimator's constants on clips with Echo Nest's tempi, and its cross-validation.

A conditional logit: the posterior over the grid of tempi is a softmax, linear in the fitted constants, and its
probability within 4 % of the label is maximised. Two stages: weights and prior on the many clips of 3 s, then the
gain for longer clips on windows of the few whole clips.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS
from reprise_models.data import FloatArray, IntArray
from reprise_models.splits import artist_folds
from reprise_models.tempo import (
    MULTIPLES,
    TempoConstants,
    TempoEstimator,
    combs,
    doublings,
    log_normal_prior,
    tempo_grid,
    within_tolerance,
)

Mask = npt.NDArray[np.bool_]

SHORT_FILE = "fma_small_mfcc_3s.npz"
SHORT_LABELS_FILE = "fma_small_labels.csv"
_SHORT_SCALE = 25.0  # the file holds 25 times the coefficient, as int16
_DECODER_START_FRAMES = 4  # decoders disagree about the first frames of an MP3
_WINDOWS_FRAMES = (126, 257, 514, 1287)  # 3, 6, 12 and 30 s: on which the gain is fitted
_PENALTY = 1e-4  # on squared weights
_GAINS = np.arange(0, 0.51, 0.01)
_BATCH = 128


@dataclass(frozen=True)
class TempoClips:
    """Clips with a tempo; row i of every field is the same clip.

    mfcc: [N, 20, 1292], padding beyond n_frames. n_frames: [N]. tempo: [N] BPM. artists: N names.
    """

    mfcc: FloatArray
    n_frames: IntArray
    tempo: FloatArray
    artists: tuple[str, ...]

    def by(self, artist: str) -> Mask:
        return np.array([name == artist for name in self.artists])

    def select(self, mask: Mask) -> TempoClips:
        artists = tuple(name for name, kept in zip(self.artists, mask, strict=True) if kept)
        return TempoClips(self.mfcc[mask], self.n_frames[mask], self.tempo[mask], artists)


def load_short(folder: Path) -> TempoClips:
    """Read the labelled clips of 3 s, without the first frames, on which decoders disagree."""
    labels = read_labels(folder / SHORT_LABELS_FILE)
    with np.load(folder / SHORT_FILE) as arrays:
        row_of = {int(track_id): row for row, track_id in enumerate(arrays["ids"])}
        ids = sorted(track_id for track_id in labels if track_id in row_of)
        frames = arrays["mfcc_x25"][[row_of[track_id] for track_id in ids]][:, _DECODER_START_FRAMES:]
    clips = [frame.T.astype(np.float32) / _SHORT_SCALE for frame in frames]
    return _padded(clips, [labels[track_id] for track_id in ids])


def load_clips(folder: Path, labels_file: Path) -> TempoClips:
    """Read the labelled clips `<track id>.<clip>.npy` [20, frames] that `reprise extract` wrote."""
    labels = read_labels(labels_file)
    files = [file for file in sorted(folder.glob("*.npy")) if _track_id(file) in labels]
    if not files:
        raise ValueError(f"no clip in {folder} has a label in {labels_file}")
    return _padded([np.load(file) for file in files], [labels[_track_id(file)] for file in files])


def read_labels(path: Path) -> dict[int, tuple[float, str]]:
    """Read tempo in BPM and artist by track id."""
    with path.open(newline="", encoding="utf-8") as lines:
        return {int(r["track_id"]): (float(r["tempo"]), r["artist_name"]) for r in csv.DictReader(lines)}


def fit(short: TempoClips, whole: TempoClips | None = None) -> TempoConstants:
    """Fit the constants by maximum likelihood; without whole clips, the length gain is zero."""
    constants = _fit_weights(short)
    return constants if whole is None else _fit_length_gain(constants, whole)


def cross_validate(clips: TempoClips, folds: int = 5, seed: int = 1) -> FloatArray:
    """Return [3, N] tempo, alternate and confidence of each clip, by constants fitted without its artist."""
    fold_of = artist_folds(clips.artists, folds, seed)
    result = np.zeros((3, len(clips.tempo)), dtype=np.float32)
    for fold in range(folds):
        test = fold_of == fold
        result[:, test] = estimate(TempoEstimator(fit(clips.select(~test))), clips.select(test))
    return result


def estimate(estimator: TempoEstimator, clips: TempoClips) -> FloatArray:
    """Return [3, N] tempo, alternate and confidence of the clips."""
    estimator.eval()
    results = []
    with torch.no_grad():
        for start in range(0, len(clips.tempo), _BATCH):
            results.append(torch.stack(estimator(*_batch(clips, start))).numpy())
    return np.concatenate(results, axis=1)


def _fit_weights(clips: TempoClips) -> TempoConstants:
    """Fit weights and prior by L-BFGS in float64, from zero weights and a wide prior; deterministic, one optimum."""
    evidence = torch.einsum("nl,mlg->nmg", _autocorrelation(clips).double(), combs())
    octaves = torch.log2(tempo_grid().double() / 120)
    quadratic = torch.stack([octaves, octaves**2])
    log_near = _log_near(clips)

    weights = torch.zeros(len(MULTIPLES), dtype=torch.float64, requires_grad=True)
    prior = torch.tensor([0.0, -1.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, prior], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimiser.zero_grad()
        logits = torch.einsum("m,nmg->ng", weights, evidence) + prior @ quadratic
        loss = _loss(logits, log_near) + _PENALTY * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    slope, curvature = prior.tolist()
    return TempoConstants(
        weights=tuple(weights.tolist()),
        length_gain=0.0,
        prior_bpm=120 * 2 ** (-slope / (2 * curvature)),
        prior_octaves=math.sqrt(-1 / (2 * curvature)),
    )


def _fit_length_gain(constants: TempoConstants, whole: TempoClips) -> TempoConstants:
    """Fit the gain by grid search on the mean loss over lengths and windows."""
    estimator = TempoEstimator(constants)
    parts = []
    for frames in _WINDOWS_FRAMES:
        windows = _windows(whole, frames)
        logits = _autocorrelation(windows) @ estimator.comb
        parts.append((logits, doublings(torch.tensor([frames])), _log_near(windows)))
    prior = log_normal_prior(constants.prior_bpm, constants.prior_octaves)
    losses = [
        sum(float(_loss(logits * (1 + gain * doubled) + prior, near)) for logits, doubled, near in parts)
        for gain in _GAINS
    ]
    return replace(constants, length_gain=float(_GAINS[int(np.argmin(losses))]))


def _loss(logits: Tensor, log_near: Tensor) -> Tensor:
    """Return the mean negative log-probability within 4 % of the label; labels off the grid are excluded."""
    on_grid = ~torch.isinf(log_near).all(dim=1)
    logits, log_near = logits[on_grid], log_near[on_grid]
    return (torch.logsumexp(logits, dim=1) - torch.logsumexp(logits + log_near, dim=1)).mean()


def _log_near(clips: TempoClips) -> Tensor:
    return torch.log(within_tolerance(torch.from_numpy(clips.tempo)))


def _autocorrelation(clips: TempoClips) -> Tensor:
    estimator = TempoEstimator()
    with torch.no_grad():
        return torch.cat(
            [estimator.autocorrelation(*_batch(clips, start)) for start in range(0, len(clips.tempo), _BATCH)]
        )


def _windows(clips: TempoClips, frames: int) -> TempoClips:
    """Cut all clips into consecutive windows after the first frames; clips that are too short yield none."""
    cut, labels = [], []
    for row, n in enumerate(clips.n_frames):
        for start in range(_DECODER_START_FRAMES, int(n) - frames + 1, frames):
            cut.append(clips.mfcc[row][:, start : start + frames])
            labels.append((float(clips.tempo[row]), clips.artists[row]))
    return _padded(cut, labels)


def _batch(clips: TempoClips, start: int) -> tuple[Tensor, Tensor]:
    end = start + _BATCH
    return torch.from_numpy(clips.mfcc[start:end]), torch.from_numpy(clips.n_frames[start:end])


def _padded(clips: Sequence[FloatArray], labels: Sequence[tuple[float, str]]) -> TempoClips:
    mfcc = np.zeros((len(clips), COEFFICIENTS, CLIP_FRAMES), dtype=np.float32)
    for row, clip in enumerate(clips):
        mfcc[row, :, : clip.shape[1]] = clip[:, :CLIP_FRAMES]
    return TempoClips(
        mfcc,
        np.array([min(clip.shape[1], CLIP_FRAMES) for clip in clips], dtype=np.int64),
        np.array([tempo for tempo, _ in labels], dtype=np.float32),
        tuple(artist for _, artist in labels),
    )


def _track_id(file: Path) -> int:
    return int(file.name.split(".")[0])
