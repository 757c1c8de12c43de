"""FMA's echonest.csv as one matrix per group of columns."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
GROUPS = ("audio_features", "social_features", "temporal_features", "ranks", "metadata")
COORDINATES = ["artist_latitude", "artist_longitude"]


@dataclass(frozen=True)
class Group:
    """The tracks that have values in a group: values [tracks, columns], NaN where missing."""

    name: str
    columns: list[str]
    ids: list[str]
    values: Floats
    # Tracks of the whole table, with or without this group.
    table_size: int

    def row(self, track_id: str) -> int:
        return self.ids.index(track_id)

    def complete(self) -> Mask:
        """Return a mask of the tracks without missing columns."""
        return np.asarray(~np.isnan(self.values).any(axis=1))

    def circular(self) -> Floats:
        """Return the values with tempo replaced by a point on a circle of diameter 1, a turn per octave, at the end."""
        tempo = self.columns.index("tempo")
        angle = 2 * np.pi * np.log2(self.values[:, tempo])
        return np.column_stack([np.delete(self.values, tempo, axis=1), np.cos(angle) / 2, np.sin(angle) / 2])


def remove_cells(path: Path, into: Path, seed: int) -> None:
    """Copy the file without a fifth of the cells of audio_features and social_features."""
    rng = random.Random(seed)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    affected = [i for i, group in enumerate(rows[1]) if group in ("audio_features", "social_features")]
    for row in rows[4:]:
        for i in affected:
            if rng.random() < 0.2:
                row[i] = ""
    with into.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def read(path: Path) -> dict[str, Group]:
    """Return the groups of the file by name."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    groups, columns, body = rows[1], rows[2], rows[4:]
    ids = [str(int(row[0])) for row in body]
    found = {}
    for name in GROUPS:
        at = [
            i for i, group in enumerate(groups) if group == name and (name != "metadata" or columns[i] in COORDINATES)
        ]
        if not at:
            continue
        values = np.array([[float(row[i]) if row[i] else np.nan for i in at] for row in body])
        if name == "metadata":
            values[np.isnan(values).any(axis=1)] = np.nan  # one coordinate is not a location
        known = np.flatnonzero(~np.isnan(values).all(axis=1))
        found[name] = Group(name, [columns[i] for i in at], [ids[i] for i in known], values[known], len(ids))
    return found
