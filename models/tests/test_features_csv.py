from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import synthetic_fma

from reprise_models import features_csv


def _line(track_id: int) -> list[str]:
    """Return a row whose values encode track and column."""
    return [str(track_id), *(f"{track_id * 1000 + c:.10e}" for c in range(len(synthetic_fma.feature_columns())))]


def test_takes_the_mfcc_columns_by_their_names(tmp_path: Path) -> None:
    columns = synthetic_fma.feature_columns()
    assert len(columns) == 518
    synthetic_fma.write_features(tmp_path, [_line(2), _line(3)])
    read = features_csv.read(tmp_path)
    assert read.ids.tolist() == [2, 3]
    assert read.values.shape == (2, 140)
    assert read.values.dtype == np.float32
    for s, statistic in enumerate(features_csv.STATISTICS):
        for c in (0, 19):
            where = columns.index(("mfcc", statistic, f"{c + 1:02d}"))
            assert read.values[1, s * 20 + c] == 3000 + where


def test_reads_only_the_requested_tracks_and_keeps_missing_values(tmp_path: Path) -> None:
    failed = ["5", *[""] * 518]
    synthetic_fma.write_features(tmp_path, [_line(2), _line(3), failed])
    read = features_csv.read(tmp_path, ids={3, 5})
    assert read.ids.tolist() == [3, 5]
    assert np.isnan(read.values[1]).all()
    assert np.isfinite(read.values[0]).all()
    assert features_csv.read(tmp_path, ids=()).values.shape == (0, 140)


def test_memory_is_bounded_by_the_result(tmp_path: Path) -> None:
    import tracemalloc

    def lines() -> Iterator[list[str]]:
        line = _line(2)
        for i in range(1500):
            yield [str(i), *line[1:]]

    synthetic_fma.write_features(tmp_path, lines())
    tracemalloc.start()
    try:
        read = features_csv.read(tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(read.ids) == 1500
    assert peak < read.values.nbytes + 2**20  # of 13 MB of text


def test_errors_name_line_and_column(tmp_path: Path) -> None:
    path = synthetic_fma.write_features(tmp_path, [_line(2)])
    where = synthetic_fma.feature_columns().index(("mfcc", "skew", "07"))
    path.write_text(path.read_text().replace(f"{2000 + where:.10e}", "?"))
    with pytest.raises(ValueError, match=r"features\.csv, line 5: column mfcc/skew/07 of track 2 is '\?'"):
        features_csv.read(tmp_path)
