"""The training arrays: MFCCs of 250 frames per track and of its opening, genres, labels and artists."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reprise_models.clip import COEFFICIENTS, OPENING, OPENING_FRAMES, PICKED_FRAMES
from reprise_models.features import NAMES

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

MFCC_FILE = "fma_small_mfcc_30s.npz"
OPENING_FILE = "fma_small_mfcc_3s.npz"
LABELS_FILE = "fma_small_labels.csv"
GENRES_FILE = "fma_small_genres.csv"
_MFCC_SCALE = 4.0  # the file holds 4 times the coefficient, as int16
_OPENING_SCALE = 25.0  # and this one 25 times


@dataclass(frozen=True)
class Tracks:
    """N tracks in ascending order of id; row i of every field is the same track.

    ids:    [N] track ids.
    frames: [N, 20, 250] MFCCs, frames about 120 ms apart over the whole 30 s clip.
    openings: [N, 20, 126] MFCCs, every frame of the first 3 s but the first four.
    genres: [N] index into `genre_names`.
    labels: [N, 8] Echo Nest values in natural units, all NaN in a row without labels.
    artists: N names, None where unknown; tracks with labels have one.
    """

    ids: IntArray
    frames: FloatArray
    openings: FloatArray
    genres: IntArray
    genre_names: tuple[str, ...]
    labels: FloatArray
    artists: tuple[str | None, ...]

    def __post_init__(self) -> None:
        n = len(self.ids)
        if self.frames.shape != (n, COEFFICIENTS, PICKED_FRAMES):
            raise ValueError(f"frames are {self.frames.shape}, expected ({n}, {COEFFICIENTS}, {PICKED_FRAMES})")
        if self.openings.shape != (n, COEFFICIENTS, OPENING_FRAMES):
            raise ValueError(f"openings are {self.openings.shape}, expected ({n}, {COEFFICIENTS}, {OPENING_FRAMES})")
        if self.labels.shape != (n, len(NAMES)) or len(self.genres) != n or len(self.artists) != n:
            raise ValueError("fields disagree about the number of tracks")
        if not (np.isfinite(self.frames).all() and np.isfinite(self.openings).all()):
            raise ValueError("frames or openings contain a value that is not finite")

    @property
    def labelled(self) -> IntArray:
        """Return the rows with labels."""
        return np.flatnonzero(~np.isnan(self.labels).any(axis=1))

    @property
    def unlabelled(self) -> IntArray:
        """Return the rows with a genre only."""
        return np.flatnonzero(np.isnan(self.labels).any(axis=1))


def load(folder: Path) -> Tracks:
    """Read the four files of `folder`; tracks without a genre are excluded."""
    # Opened here, since NumPy does not close a file that is not an archive.
    with (folder / MFCC_FILE).open("rb") as file, np.load(file) as arrays:
        ids = arrays["ids"].astype(np.int64)
        scaled = arrays["mfcc_x4"]
    genre_of = {int(row["track_id"]): row["genre_top"] for row in _rows(folder / GENRES_FILE)}
    label_rows = {int(row["track_id"]): row for row in _rows(folder / LABELS_FILE)}
    missing = sorted(label_rows.keys() - set(ids.tolist()))
    if missing:
        raise ValueError(f"{len(missing)} labelled tracks have no MFCCs, the first is {missing[0]}")

    order = np.array([i for i in np.argsort(ids) if int(ids[i]) in genre_of], dtype=np.int64)
    ids = ids[order]
    frames = (scaled[order].astype(np.float32) / _MFCC_SCALE).transpose(0, 2, 1)
    openings = _openings(folder / OPENING_FILE, ids)
    names = tuple(sorted(set(genre_of.values())))
    genres = np.array([names.index(genre_of[int(i)]) for i in ids], dtype=np.int64)
    labels = np.full((len(ids), len(NAMES)), np.nan, dtype=np.float32)
    artists: list[str | None] = [None] * len(ids)
    for row, track_id in enumerate(ids.tolist()):
        fields = label_rows.get(track_id)
        if fields is not None:
            labels[row] = [float(fields[name]) for name in NAMES]
            artists[row] = fields["artist_name"]
    return Tracks(ids, np.ascontiguousarray(frames), openings, genres, names, labels, tuple(artists))


def _openings(path: Path, ids: IntArray) -> FloatArray:
    with path.open("rb") as file, np.load(file) as arrays:
        row_of = {int(track_id): row for row, track_id in enumerate(arrays["ids"])}
        scaled = arrays["mfcc_x25"]
    missing = [int(track_id) for track_id in ids if int(track_id) not in row_of]
    if missing:
        raise ValueError(f"{path}: {len(missing)} tracks have no opening, the first is {missing[0]}")
    rows = np.array([row_of[int(track_id)] for track_id in ids], dtype=np.int64)
    openings = scaled[rows, OPENING].astype(np.float32) / _OPENING_SCALE
    return np.ascontiguousarray(openings.transpose(0, 2, 1))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
