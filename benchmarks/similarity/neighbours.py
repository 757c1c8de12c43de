"""Holds the API's neighbours to scikit-learn's distances."""

from __future__ import annotations

from typing import Any

import numpy as np
from expected import Space
from numpy.typing import NDArray
from table import Floats

MOST_WRONG = 1e-6
NEARER = 1e-9
Rows = NDArray[np.intp]


class Check:
    """What was compared of one group, metric and tempo."""

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
        self.faults: list[str] = []

    def answer(self, track_id: str, similar: dict[str, Any]) -> None:
        """Compares an answer of GET /v1/tracks/{id}/similar."""
        row = self.rows[track_id]
        expected = self.space.distances(row)
        found = similar["neighbours"]
        rows = np.array([self.rows[neighbour["track_id"]] for neighbour in found], dtype=np.intp)
        actual = np.array([neighbour["distance"] for neighbour in found])
        faults = self._values(found, rows, actual, expected, row)
        faults += self._nearest(rows, actual, expected) + self._coverage(similar["coverage"], expected, row)
        self.faults += [f"{self.name()}, track {track_id}: {fault}" for fault in faults]
        self.tracks += 1
        self.distances += len(found)

    def name(self) -> str:
        return f"{self.space.group.name} {self.space.metric} {self.space.tempo}"

    def _values(self, found: list[dict[str, Any]], rows: Rows, actual: Floats, expected: Floats, row: int) -> list[str]:
        faults = []
        wrong = np.abs(actual - expected[rows])
        if self.space.metric.endswith("cosine"):
            similarities = np.array([neighbour["similarity"] for neighbour in found])
            wrong = np.maximum(wrong, np.abs(similarities - (1 - expected[rows])))
        self.worst = max(self.worst, float(wrong.max()))
        # Of kilometres a millionth is a millimetre.
        allowed = MOST_WRONG + NEARER * expected[rows] if self.space.metric == "great-circle" else MOST_WRONG
        if not (wrong <= allowed).all():
            faults.append(f"a distance differs by {wrong.max():.1e}")
        if [neighbour["shared"] for neighbour in found] != list(self.space.shared(row)[rows]):
            faults.append("the number of shared columns differs")
        by_squares = self.space.by_squares(row)
        if by_squares is not None:
            self.has_squares = True
            difference = np.abs(actual - by_squares[0][rows])
            self.worst_by_squares = max(self.worst_by_squares, float(difference.max()))
            if not (difference <= MOST_WRONG + by_squares[1][rows]).all():
                faults.append(f"euclidean_distances differ by {difference.max():.1e}")
        return faults

    def _nearest(self, rows: Rows, actual: Floats, expected: Floats) -> list[str]:
        faults = []
        compared = np.flatnonzero(~np.isnan(expected))
        left_out = compared[~np.isin(compared, rows)]
        if len(rows) != min(self.k, len(compared)) or len(set(rows)) != len(rows):
            faults.append(f"there are {len(rows)} neighbours")
        if len(left_out) and expected[left_out].min() < expected[rows].max() - NEARER:
            faults.append(f"{self.ids[left_out[expected[left_out].argmin()]]} is nearer and left out")
        ids = self.ids[rows]
        if list(zip(actual, ids, strict=True)) != sorted(zip(actual, ids, strict=True)):
            faults.append("the neighbours are not ordered by distance and track id")
        last = self.space.coordinates[rows[-1]]
        equal = left_out[(self.space.coordinates[left_out] == last).all(axis=1)]
        if len(equal) and min(self.ids[equal]) < ids[-1]:
            faults.append(f"{min(self.ids[equal])} is as near as {ids[-1]}, comes before it and is left out")
        return faults

    def _coverage(self, coverage: dict[str, int], expected: Floats, row: int) -> list[str]:
        compared = ~np.isnan(expected)
        counts = {
            "tracks": self.space.group.table_size - 1,
            "compared": int(compared.sum()),
            "complete": int((self.space.group.complete() & compared).sum()),
        }
        return [] if coverage == counts else [f"the coverage is {coverage}, not {counts}"]
