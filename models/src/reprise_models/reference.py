"""Reference distributions for drift: deciles and a histogram with fixed bins."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from reprise_models.data import FloatArray, Tracks
from reprise_models.features import FEATURES, Feature
from reprise_models.inputs import INPUTS, inputs_of

BINS = 1024


def distribution(values: npt.NDArray[np.floating[Any]], feature: Feature) -> dict[str, Any]:
    """Return the distribution of the values [N] of one feature or input, in its unit.

    `deciles` are the nine inner edges (linear interpolation, as numpy.quantile's default). `counts` is
    sparse: pairs [bin, count], bins in ascending order, without empty bins. The bin of v is
    floor((v - min) / (max - min) * 1024), clamped to 0 to 1023. Arithmetic in float64.
    """
    v = values.astype(np.float64)
    position = (v - feature.minimum) / (feature.maximum - feature.minimum) * BINS
    bins, counts = np.unique(np.clip(np.floor(position), 0, BINS - 1).astype(int), return_counts=True)
    return {
        "tracks": len(v),
        "mean": float(v.mean()),
        "stddev": float(v.std(ddof=1)),
        "deciles": [float(q) for q in np.quantile(v, np.arange(1, 10) / 10)],
        "counts": [[int(b), int(c)] for b, c in zip(bins, counts, strict=True)],
    }


def reference(labels: FloatArray, predictions: FloatArray, tracks: Tracks) -> dict[str, Any]:
    """Return the distributions of labels and out-of-fold predictions, both [N, 8], per feature, and of the inputs."""
    return {
        "bins": BINS,
        "features": {
            feature.name: {
                "labels": distribution(labels[:, column], feature),
                "predictions": distribution(predictions[:, column], feature),
            }
            for column, feature in enumerate(FEATURES)
        },
        "inputs": inputs(tracks),
    }


def inputs(tracks: Tracks) -> dict[str, Any]:
    """Return range and distribution of each input over all training tracks, with or without labels."""
    values = inputs_of(tracks.frames)
    return {
        of.name: {"min": of.minimum, "max": of.maximum, **distribution(values[:, column], of)}
        for column, of in enumerate(INPUTS)
    }
