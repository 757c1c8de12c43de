"""The input statistics that the inference service publishes for each clip.

They reveal a broken source: silence, a different sample rate, a different encoder.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from reprise_models.features import Feature
from reprise_models.tempo import MEL_BANDS

INPUTS: tuple[Feature, ...] = (
    Feature("loudness", "dB", -100.0, 20.0),
    Feature("mfcc_1", "dB", -300.0, 300.0),
    Feature("mfcc_2", "dB", -300.0, 300.0),
    Feature("mfcc_3", "dB", -300.0, 300.0),
    Feature("mfcc_4", "dB", -300.0, 300.0),
)


def inputs_of(mfcc: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return [N, 5] in the order of `INPUTS` for clips [N, 20, T]: means over time of the first five coefficients.

    Loudness is coefficient 0 divided by the square root of the number of mel bands, the mean level of the bands, since
    the contract's DCT is orthonormal.
    """
    means: npt.NDArray[np.float64] = mfcc[:, : len(INPUTS)].mean(axis=2, dtype=np.float64)
    means[:, 0] /= math.sqrt(MEL_BANDS)
    return means
