"""Tracks standardised by the training rows, as input of regressions and branches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from reprise_models import teachers
from reprise_models.data import FloatArray, IntArray, Tracks
from reprise_models.features import SPECTRAL
from reprise_models.network import CLIPPED_AT, EchoNestCnn, clip_statistics, statistics_groups

_BATCH = 256


def statistics_of(tracks: Tracks) -> FloatArray:
    """Return statistics [N, STATISTICS] of whole clips."""
    parts = []
    for start in range(0, len(tracks.ids), _BATCH):
        frames = torch.from_numpy(tracks.frames[start : start + _BATCH])
        openings = torch.from_numpy(tracks.openings[start : start + _BATCH])
        masks = torch.ones(len(frames), frames.shape[2]), torch.ones(len(openings), openings.shape[2])
        parts.append(clip_statistics(frames, masks[0], openings, masks[1]).numpy())
    return np.concatenate(parts)


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation, of the same shape."""

    mean: FloatArray
    deviation: FloatArray

    @staticmethod
    def of(values: FloatArray, axis: int | tuple[int, ...]) -> Scale:
        deviation = np.maximum(values.std(axis=axis, dtype=np.float64), 1e-6)
        return Scale(values.mean(axis=axis, dtype=np.float64).astype(np.float32), deviation.astype(np.float32))

    def __call__(self, values: FloatArray) -> FloatArray:
        scaled: FloatArray = (values - self.mean) / self.deviation
        return scaled


@dataclass(frozen=True)
class Prepared:
    """Tracks standardised by the training rows; row i of every field is the same track.

    frames: [N, 20, 250] and openings: [N, 20, 126], by coefficient. statistics: [N, STATISTICS], clipped.
    values: [N, 7] labels without tempo, NaN if missing. genres: [N] indices.
    labelled, extra: the training rows, with and without labels.
    """

    frames: FloatArray
    openings: FloatArray
    statistics: FloatArray
    values: FloatArray
    genres: IntArray
    genre_count: int
    labelled: IntArray
    extra: IntArray
    mfcc_scale: Scale
    statistics_scale: Scale
    label_scale: Scale

    @staticmethod
    def of(tracks: Tracks, statistics: FloatArray, labelled: IntArray, extra: IntArray) -> Prepared:
        rows = np.concatenate([labelled, extra])
        mfcc = Scale.of(tracks.frames[rows], (0, 2))
        by_coefficient = Scale(mfcc.mean[:, None], mfcc.deviation[:, None])
        stats = Scale.of(statistics[rows], 0)
        spectral = tracks.labels[:, list(SPECTRAL)]
        label = Scale.of(spectral[labelled], 0)
        return Prepared(
            frames=by_coefficient(tracks.frames),
            openings=by_coefficient(tracks.openings),
            statistics=np.clip(stats(statistics), -CLIPPED_AT, CLIPPED_AT).astype(np.float32),
            values=label(spectral),
            genres=tracks.genres,
            genre_count=len(tracks.genre_names),
            labelled=labelled,
            extra=extra,
            mfcc_scale=mfcc,
            statistics_scale=stats,
            label_scale=label,
        )

    def teacher(self, seed: int) -> FloatArray:
        """Return the teacher's predictions [N, 7]."""
        groups = [np.array(group) for group in statistics_groups()]
        return teachers.teacher(self.statistics, self.labelled, self.values, groups, seed)

    def copy_scales_to(self, model: EchoNestCnn) -> None:
        """Copy means and standard deviations to the model's buffers."""
        for mean, deviation, scale in (
            (model.mfcc_mean, model.mfcc_scale, self.mfcc_scale),
            (model.statistics_mean, model.statistics_scale, self.statistics_scale),
            (model.label_mean, model.label_scale, self.label_scale),
        ):
            mean.copy_(_tensor(scale.mean))
            deviation.copy_(_tensor(scale.deviation))

    def natural_units(self, values: FloatArray) -> FloatArray:
        """Convert [M, 7] values to their units, clipped to 0 to 1, the range of every feature but tempo."""
        natural: FloatArray = np.clip(values * self.label_scale.deviation + self.label_scale.mean, 0, 1)
        return natural


def _tensor(values: FloatArray) -> Tensor:
    return torch.from_numpy(values)
