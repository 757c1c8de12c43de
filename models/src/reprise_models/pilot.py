"""Early stopping: how many passes over the labelled tracks are best, found on artists held out for that alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from reprise_models.data import FloatArray, Tracks
from reprise_models.prepared import Prepared
from reprise_models.runlog import RunLog
from reprise_models.splits import folds_by_artist
from reprise_models.train import Recipe, Validation, answers, fit_convolutional, frames_of

HELD_OUT = 10  # one part in so many of the labelled tracks


@dataclass
class _HeldOutLoss:
    """Mean squared error of the standardised values of the tracks held out; remembers every pass's."""

    inputs: torch.Tensor
    values: FloatArray
    by_pass: list[float] = field(default_factory=list)

    def __call__(self, branch: nn.Module) -> float:
        said, _, _ = answers(branch, self.inputs)
        loss = float(((said - self.values) ** 2).mean())
        self.by_pass.append(loss)
        return loss


def pilot(
    log: RunLog, device: str, tracks: Tracks, statistics: FloatArray, recipe: Recipe, seed: int, patience: int
) -> dict[str, Any]:
    """Trains one convolutional branch until `patience` passes bring nothing; says which pass was the best.

    The number it finds is the one thing that the folds take from it, whose test tracks are among the pilot's.
    """
    fold = folds_by_artist(tracks, HELD_OUT, seed)[0]
    prepared = Prepared.of(tracks, statistics, fold.labelled, fold.extra)
    loss = _HeldOutLoss(frames_of(prepared, device)[fold.test], prepared.values[fold.test])
    validation = Validation(loss, patience)
    fit_convolutional(prepared, prepared.teacher(seed), recipe, seed, log, device, validation)
    return {
        "held_out_tracks": len(fold.test),
        "patience": patience,
        "best_pass": int(np.argmin(loss.by_pass)) + 1,
        "passes": len(loss.by_pass),
        "held_out_loss": loss.by_pass,
    }
