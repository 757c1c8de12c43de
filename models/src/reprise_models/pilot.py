"""Early stopping: the best number of epochs, found on artists held out for this purpose."""

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
from reprise_models.train import Recipe, Validation, fit_convolutional, frames_of, run_branch

HELD_OUT = 10  # the reciprocal share of the labelled tracks


@dataclass
class _HeldOutLoss:
    """Mean squared error of the standardised values of the held-out tracks, recorded for every epoch."""

    inputs: torch.Tensor
    values: FloatArray
    by_epoch: list[float] = field(default_factory=list)

    def __call__(self, branch: nn.Module) -> float:
        predictions, _, _ = run_branch(branch, self.inputs)
        loss = float(((predictions - self.values) ** 2).mean())
        self.by_epoch.append(loss)
        return loss


def pilot(
    log: RunLog, device: str, tracks: Tracks, statistics: FloatArray, recipe: Recipe, seed: int, patience: int
) -> dict[str, Any]:
    """Train one convolutional branch until `patience` epochs bring no improvement; return the best epoch.

    The number of epochs is all that the folds use of it, since their test tracks are among the pilot's.
    """
    fold = folds_by_artist(tracks, HELD_OUT, seed)[0]
    prepared = Prepared.of(tracks, statistics, fold.labelled, fold.extra)
    loss = _HeldOutLoss(frames_of(prepared, device)[fold.test], prepared.values[fold.test])
    validation = Validation(loss, patience)
    fit_convolutional(prepared, prepared.teacher(seed), recipe, seed, log, device, validation)
    return {
        "held_out_tracks": len(fold.test),
        "patience": patience,
        "best_pass": int(np.argmin(loss.by_epoch)) + 1,
        "passes": len(loss.by_epoch),
        "held_out_loss": loss.by_epoch,
    }
