"""Comparison of the API's neighbours with scikit-learn's distances."""

from __future__ import annotations

from typing import Any

import numpy as np
from expected import Space
from numpy.typing import NDArray
from table import Floats

TOLERANCE = 1e-6
RELATIVE_TOLERANCE = 1e-9
Rows = NDArray[np.intp]


class Check:
    """The comparison of one group, metric and tempo scale."""

    def __init__(self, space: Space, k: int) -> None:
        self.space = space
        self.k = k
        self.ids = np.array(space.group.ids)
        self.rows = {track_id: row for row, track_id in enumerate(space.group.ids)}
        self.tracks = 0
        self.distances = 0
        self.worst = 0.0
        self.worst_by_squares = 0.0
        self.has_squares = False
        self.failures: list[str] = []

    def compare(self, track_id: str, similar: dict[str, Any]) -> None:
        """Compare a response of GET /v1/tracks/{id}/similar."""
        row = self.rows[track_id]
        expected = self.space.distances(row)
        found = similar["neighbours"]
        rows = np.array([self.rows[neighbour["track_id"]] for neighbour in found], dtype=np.intp)
        actual = np.array([neighbour["distance"] for neighbour in found])
        failures = self._values(found, rows, actual, expected, row)
        failures += self._nearest(rows, actual, expected) + self._coverage(similar["coverage"], expected, row)
        self.failures += [f"{self.name()}, track {track_id}: {failure}" for failure in failures]
        self.tracks += 1
        self.distances += len(found)

    def name(self) -> str:
        return f"{self.space.group.name} {self.space.metric} {self.space.tempo}"

    def _values(self, found: list[dict[str, Any]], rows: Rows, actual: Floats, expected: Floats, row: int) -> list[str]:
        failures = []
        wrong = np.abs(actual - expected[rows])
        if self.space.metric.endswith("cosine"):
            similarities = np.array([neighbour["similarity"] for neighbour in found])
            wrong = np.maximum(wrong, np.abs(similarities - (1 - expected[rows])))
        self.worst = max(self.worst, float(wrong.max()))
        # A millionth of a kilometre is a millimetre.
        allowed = TOLERANCE + RELATIVE_TOLERANCE * expected[rows] if self.space.metric == "great-circle" else TOLERANCE
        if not (wrong <= allowed).all():
            failures.append(f"a distance differs by {wrong.max():.1e}")
        if [neighbour["shared"] for neighbour in found] != list(self.space.shared(row)[rows]):
            failures.append("the number of shared columns differs")
        by_squares = self.space.by_squares(row)
        if by_squares is not None:
            self.has_squares = True
            difference = np.abs(actual - by_squares[0][rows])
            self.worst_by_squares = max(self.worst_by_squares, float(difference.max()))
            if not (difference <= TOLERANCE + by_squares[1][rows]).all():
                failures.append(f"euclidean_distances differ by {difference.max():.1e}")
        return failures

    def _nearest(self, rows: Rows, actual: Floats, expected: Floats) -> list[str]:
        failures = []
        compared = np.flatnonzero(~np.isnan(expected))
        excluded = compared[~np.isin(compared, rows)]
        if len(rows) != min(self.k, len(compared)) or len(set(rows)) != len(rows):
            failures.append(f"there are {len(rows)} neighbours")
        if len(excluded) and expected[excluded].min() < expected[rows].max() - RELATIVE_TOLERANCE:
            failures.append(f"{self.ids[excluded[expected[excluded].argmin()]]} is nearer and missing")
        ids = self.ids[rows]
        if list(zip(actual, ids, strict=True)) != sorted(zip(actual, ids, strict=True)):
            failures.append("the neighbours are not ordered by distance and track id")
        last = self.space.coordinates[rows[-1]]
        equal = excluded[(self.space.coordinates[excluded] == last).all(axis=1)]
        if len(equal) and min(self.ids[equal]) < ids[-1]:
            failures.append(f"{min(self.ids[equal])} is as near as {ids[-1]}, sorts before it and is missing")
        return failures

    def _coverage(self, coverage: dict[str, int], expected: Floats, row: int) -> list[str]:
        compared = ~np.isnan(expected)
        counts = {
            "tracks": self.space.group.table_size - 1,
            "compared": int(compared.sum()),
            "complete": int((self.space.group.complete() & compared).sum()),
        }
        return [] if coverage == counts else [f"the coverage is {coverage}, expected {counts}"]
