"""Reads the training arrays: MFCCs of 250 frames a track, genres, labels and artists."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reprise_models.features import NAMES
from reprise_models.network import COEFFICIENTS, PICKED_FRAMES

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

MFCC_FILE = "fma_small_mfcc_30s.npz"
LABELS_FILE = "fma_small_labels.csv"
GENRES_FILE = "fma_small_genres.csv"
_MFCC_SCALE = 4.0  # the file holds 4 times the coefficient, as int16


@dataclass(frozen=True)
class Tracks:
    """Tracks in ascending order of id; N of them, row i of every field the same track.

    ids:    [N] track ids.
    frames: [N, 20, 250] MFCCs, frames about 120 ms apart over the whole 30 s clip.
    genres: [N] index into `genre_names`.
    labels: [N, 8] Echo Nest values in natural units, NaN throughout a row without labels.
    artists: N names, None where there are no labels.
    """

    ids: IntArray
    frames: FloatArray
    genres: IntArray
    genre_names: tuple[str, ...]
    labels: FloatArray
    artists: tuple[str | None, ...]

    def __post_init__(self) -> None:
        n = len(self.ids)
        if self.frames.shape != (n, COEFFICIENTS, PICKED_FRAMES):
            raise ValueError(f"frames are {self.frames.shape}, expected ({n}, {COEFFICIENTS}, {PICKED_FRAMES})")
        if self.labels.shape != (n, len(NAMES)) or len(self.genres) != n or len(self.artists) != n:
            raise ValueError("fields disagree about the number of tracks")
        if not np.isfinite(self.frames).all():
            raise ValueError("frames hold a value that is not finite")

    @property
    def labelled(self) -> IntArray:
        """Rows that have the eight labels."""
        return np.flatnonzero(~np.isnan(self.labels).any(axis=1))

    @property
    def unlabelled(self) -> IntArray:
        """Rows that have a genre only."""
        return np.flatnonzero(np.isnan(self.labels).any(axis=1))


def load(folder: Path) -> Tracks:
    """Reads the three files of `folder`; tracks without a genre are left out."""
    with np.load(folder / MFCC_FILE) as arrays:
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
    names = tuple(sorted(set(genre_of.values())))
    genres = np.array([names.index(genre_of[int(i)]) for i in ids], dtype=np.int64)
    labels = np.full((len(ids), len(NAMES)), np.nan, dtype=np.float32)
    artists: list[str | None] = [None] * len(ids)
    for row, track_id in enumerate(ids.tolist()):
        fields = label_rows.get(track_id)
        if fields is not None:
            labels[row] = [float(fields[name]) for name in NAMES]
            artists[row] = fields["artist_name"]
    return Tracks(ids, np.ascontiguousarray(frames), genres, names, labels, tuple(artists))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
