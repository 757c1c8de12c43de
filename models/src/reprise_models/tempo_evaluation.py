"""Accuracy of the tempo and calibration of its confidence.

The measures are MIREX's: accuracy 1 within 4 %, accuracy 2 which allows octave errors (here the double and the half
only). Intervals are Wilson's 95 % intervals. They assume independent clips, which clips by one artist are not quite.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reprise_models import tempo_fit
from reprise_models.data import FloatArray
from reprise_models.tempo import TOLERANCE, TempoEstimator

_CONFIDENCE_EDGES = (0.0, 0.25, 0.5, 0.75, 1.0)
_NORMAL_95 = 1.959964
Right = npt.NDArray[np.bool_]


def within(estimate: FloatArray, tempo: FloatArray, times: float = 1.0) -> Right:
    """Return [N], whether the estimate is within 4 % of `times` times the tempo."""
    right: Right = np.abs(estimate / (tempo * times) - 1) <= TOLERANCE
    return right


def wilson(right: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (E. B. Wilson, J. American Statistical Association 22, 1927)."""
    z2 = _NORMAL_95**2
    share = right / of
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _NORMAL_95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return centre - half, centre + half


def metrics(tempo: FloatArray, estimate: FloatArray, alternate: FloatArray, confidence: FloatArray) -> dict[str, Any]:
    """Return the metrics of N clips, all arrays [N]; shares are of clips, `mae` is in BPM.

    `calibration`: for each range of confidence, the number of clips, their mean confidence and accuracy.
    """
    right = within(estimate, tempo)
    octave = right | within(estimate, tempo, 2.0) | within(estimate, tempo, 0.5)
    wrong = ~right
    bins = np.digitize(confidence, _CONFIDENCE_EDGES[1:-1])
    calibration = [
        {
            "from": _CONFIDENCE_EDGES[i],
            "to": _CONFIDENCE_EDGES[i + 1],
            "clips": int((bins == i).sum()),
            "mean_confidence": float(confidence[bins == i].mean()),
            "right": float(right[bins == i].mean()),
        }
        for i in range(len(_CONFIDENCE_EDGES) - 1)
        if (bins == i).any()
    ]
    return {
        "clips": len(tempo),
        "right": float(right.mean()),
        "right_interval": wilson(int(right.sum()), len(tempo)),
        "right_or_octave": float(octave.mean()),
        "right_or_octave_interval": wilson(int(octave.sum()), len(tempo)),
        "wrong": int(wrong.sum()),
        "alternate_right_of_wrong": int(within(alternate, tempo)[wrong].sum()),
        "mae": float(np.abs(estimate - tempo).mean()),
        "mean_confidence": float(confidence.mean()),
        "brier": float(((confidence - right) ** 2).mean()),
        "calibration": calibration,
    }


def measure(clips: Path, labels: Path) -> dict[str, Any]:
    """Return the metrics of the committed constants on the labelled clips in an output folder of `reprise extract`."""
    labelled = tempo_fit.load_clips(clips, labels)
    return metrics(labelled.tempo, *tempo_fit.estimate(TempoEstimator(), labelled))


def describe(measured: dict[str, Any]) -> str:
    """Format the metrics as text."""
    low, high = measured["right_interval"]
    octave_low, octave_high = measured["right_or_octave_interval"]
    lines = [
        f"{measured['clips']} clips",
        f"within 4 %             {measured['right']:.3f}  (95 % {low:.3f} to {high:.3f})",
        f"or its double or half  {measured['right_or_octave']:.3f}  (95 % {octave_low:.3f} to {octave_high:.3f})",
        f"alternate right        {measured['alternate_right_of_wrong']} of {measured['wrong']} wrong ones",
        f"mean absolute error    {measured['mae']:.1f} BPM",
        f"mean confidence        {measured['mean_confidence']:.3f}, Brier score {measured['brier']:.3f}",
    ]
    lines += [
        f"  confidence {part['from']:.2f} to {part['to']:.2f}: {part['clips']:4} clips, "
        f"mean {part['mean_confidence']:.2f}, right {part['right']:.2f}"
        for part in measured["calibration"]
    ]
    return "\n".join(lines)
