"""Reference distributions that drift is measured against: deciles and a histogram of fixed bins."""

from __future__ import annotations

from typing import Any

import numpy as np

from reprise_models.data import FloatArray
from reprise_models.features import FEATURES, Feature

BINS = 1024


def distribution(values: FloatArray, feature: Feature) -> dict[str, Any]:
    """Of the values [N] of one feature, in its unit.

    `deciles` are the nine inner edges (linear interpolation, as numpy.quantile's default). `counts` is
    sparse: pairs [bin, count], bins in ascending order, empty ones left out. The bin of v is
    floor((v - min) / (max - min) * 1024), at most 1023 so that the maximum has one; arithmetic in float64.
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


def reference(labels: FloatArray, predictions: FloatArray) -> dict[str, Any]:
    """Per feature the distributions of labels and of out-of-fold predictions, both [N, 8]."""
    return {
        "bins": BINS,
        "features": {
            feature.name: {
                "labels": distribution(labels[:, column], feature),
                "predictions": distribution(predictions[:, column], feature),
            }
            for column, feature in enumerate(FEATURES)
        },
    }
