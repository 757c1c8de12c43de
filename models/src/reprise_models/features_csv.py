"""FMA's `features.csv`: statistics of the MFCCs of all 106,574 tracks, for baselines only.

They cover whole tracks at each file's own sample rate, most of them 44.1 kHz
(`features.py` of https://github.com/mdeff/fma loads with `sr=None`), by the librosa of 2017: they are not
comparable with the product's coefficients, which are computed from clips at 22.05 kHz. Never an input of the network.
"""

from __future__ import annotations

from array import array
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reprise_models.tables import Table

FEATURES_FILE = "features.csv"
STATISTICS = ("kurtosis", "max", "mean", "median", "min", "skew", "std")  # in the order of the file
COEFFICIENTS = 20


@dataclass(frozen=True)
class MfccStatistics:
    """MFCC statistics of FMA's tracks; row i of both fields is the same track, in the order of the file.

    ids:    [N] track ids.
    values: [N, 140] float32; column s * 20 + c is statistic `STATISTICS[s]` of coefficient c. all NaN
            for tracks that FMA's authors could not decode.
    """

    ids: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]


def read(metadata: Path, ids: Container[int] | None = None) -> MfccStatistics:
    """Read the 140 MFCC columns, of 518, of `features.csv` in the folder `metadata`, row by row.

    ids: the tracks to read; all if None, which takes 60 MB and a minute or two.
    Raises FileNotFoundError or ValueError with a one-sentence message that names file, line and column.
    """
    table = Table(metadata / FEATURES_FILE, levels=3)
    columns = [table.index("mfcc", s, f"{c + 1:02d}") for s in STATISTICS for c in range(COEFFICIENTS)]
    kept, values = array("q"), array("f")
    for row in table.rows():
        if ids is None or row.track_id in ids:
            kept.append(row.track_id)
            values.extend(table.number(row, column) for column in columns)
    return MfccStatistics(
        np.frombuffer(kept, dtype=np.int64), np.frombuffer(values, dtype=np.float32).reshape(-1, len(columns))
    )
