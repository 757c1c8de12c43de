"""FMA as published: the tables in `fma_metadata`, the folders of audio, the splits and the clips known to be bad.

Defferrard, Benzi, Vandergheynst, Bresson: FMA: A Dataset For Music Analysis, ISMIR 2017, arXiv:1612.01840;
https://github.com/mdeff/fma.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reprise_models.features import NAMES
from reprise_models.tables import Row, Table

DoubleArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

METADATA = "fma_metadata"
TRACKS_FILE = "tracks.csv"
ECHONEST_FILE = "echonest.csv"

# https://github.com/mdeff/fma/issues/8: 21 tracks are shorter than FMA's site says, and their clips were cut at
# the middle of the stated length. These 15 were cut beyond the end; of fma_small: 99134, 108925 and 133297.
CLIPS_WITHOUT_AUDIO = frozenset(
    {1486, 5574, 65753, 80391, 98558, 98559, 98560, 98571} | {99134, 105247, 108925, 126981, 127336, 133297, 143992}
)
# The same issue: these 6 end early; of fma_small: 98565, 98567 and 98569, under 3 s each.
SHORT_CLIPS = frozenset({98565, 98566, 98567, 98568, 98569, 108924})
# Not in FMA's list: decodes without errors, to silence.
SILENT_CLIPS = frozenset({107535})
BAD_CLIPS = CLIPS_WITHOUT_AUDIO | SHORT_CLIPS | SILENT_CLIPS


class Split(StrEnum):
    """Column set/split. 80, 10 and 10 % of each genre; all tracks of an artist are in one split."""

    TRAINING = "training"
    VALIDATION = "validation"
    TEST = "test"


class Subset(StrEnum):
    """Column set/subset. Each contains those before it; full is large, untrimmed, and not a value of the column."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    FULL = "full"

    def contains(self, other: Subset) -> bool:
        order = list(Subset)
        return order.index(other) <= order.index(self)


@dataclass(frozen=True, slots=True)
class Track:
    """A row of `tracks.csv`. `genre` is the top-level genre, None if FMA lists several or none.

    `subset` is the smallest subset that contains the track.
    """

    id: int
    title: str
    artist_id: int
    artist: str
    genre: str | None
    split: Split
    subset: Subset


@dataclass(frozen=True)
class Group:
    """The numeric columns of one group of `echonest.csv`: `values` [N, len(names)], NaN if empty."""

    names: tuple[str, ...]
    values: DoubleArray


@dataclass(frozen=True)
class Echonest:
    """`echonest.csv`; row i of every field is the same track, in the order of the file.

    ids:      [N] track ids.
    features: [N, 8] the audio features in the order of `features.NAMES`, natural units (tempo in BPM).
    groups:   ranks, social_features and temporal_features (224 columns), if present in the file.
    metadata: artist, release, place: texts by column, N each.
    """

    ids: IntArray
    features: DoubleArray
    groups: Mapping[str, Group]
    metadata: Mapping[str, tuple[str, ...]]


def audio_path(audio: Path, track_id: int) -> Path:
    """Return the path of the track's MP3 in a folder such as `fma_small`: `fma_small/000/000002.mp3`."""
    name = f"{track_id:06d}"
    return audio / name[:3] / f"{name}.mp3"


def read_tracks(metadata: Path, subset: Subset = Subset.LARGE) -> dict[int, Track]:
    """Read the tracks of a subset from `tracks.csv` in the folder `metadata`.

    Raises FileNotFoundError or ValueError with a one-sentence message that names file, line and column.
    """
    table = Table(metadata / TRACKS_FILE, levels=2)
    title, artist, genre = (table.index(*c) for c in (("track", "title"), ("artist", "name"), ("track", "genre_top")))
    artist_id, split, of = (table.index(*c) for c in (("artist", "id"), ("set", "split"), ("set", "subset")))
    tracks = {}
    for row in table.rows():
        smallest = _subset(table, row, of)
        if subset.contains(smallest):
            tracks[row.track_id] = Track(
                row.track_id,
                row.fields[title],
                int(_integer(table, row, artist_id)),
                row.fields[artist],
                row.fields[genre] or None,
                _split(table, row, split),
                smallest,
            )
    return tracks


def read_echonest(metadata: Path) -> Echonest:
    """Read `echonest.csv` in the folder `metadata`, with all groups that it has.

    Raises FileNotFoundError or ValueError with a one-sentence message that names file, line and column.
    """
    table = Table(metadata / ECHONEST_FILE, levels=3)
    wanted = [table.index("echonest", "audio_features", name) for name in NAMES]
    members: dict[str, list[int]] = {}
    for column, (_, group, _) in enumerate(table.columns):
        members.setdefault(group, []).append(column)
    texts = members.pop("metadata", [])
    members.pop("audio_features")

    ids: list[int] = []
    features: list[list[float]] = []
    values_by_group: dict[str, list[DoubleArray]] = {group: [] for group in members}
    text_rows: list[list[str]] = []
    for row in table.rows():
        ids.append(row.track_id)
        features.append([_finite(table, row, column) for column in wanted])
        for group, columns in members.items():
            values_by_group[group].append(np.array([table.number(row, column) for column in columns]))
        text_rows.append([row.fields[column] for column in texts])
    groups = {
        group: Group(tuple(table.columns[c][2] for c in columns), _matrix(values_by_group[group], len(columns)))
        for group, columns in members.items()
    }
    metadata_columns = {table.columns[c][2]: tuple(line[i] for line in text_rows) for i, c in enumerate(texts)}
    return Echonest(np.array(ids, dtype=np.int64), _matrix(features, len(NAMES)), groups, metadata_columns)


def _matrix(rows: list[list[float]] | list[DoubleArray], columns: int) -> DoubleArray:
    return np.array(rows, dtype=np.float64).reshape(-1, columns)


def _finite(table: Table, row: Row, column: int) -> float:
    value = table.number(row, column)
    if not np.isfinite(value):
        raise table.error(row, column, "a finite number")
    return value


def _integer(table: Table, row: Row, column: int) -> float:
    value = table.number(row, column)
    if not value.is_integer():
        raise table.error(row, column, "a whole number")
    return value


def _split(table: Table, row: Row, column: int) -> Split:
    try:
        return Split(row.fields[column])
    except ValueError as e:
        raise table.error(row, column, "training, validation or test") from e


def _subset(table: Table, row: Row, column: int) -> Subset:
    try:
        return Subset(row.fields[column])
    except ValueError as e:
        raise table.error(row, column, "small, medium or large") from e
