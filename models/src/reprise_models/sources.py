"""Sources of training tracks: the ready arrays, or an FMA folder whose audio the product extracted."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from reprise_models import data, extracted, features_csv, fma
from reprise_models.data import FloatArray, Tracks

_ARRAYS = (data.MFCC_FILE, data.OPENING_FILE, data.LABELS_FILE, data.GENRES_FILE)
_FMA = tuple(f"{fma.METADATA}/{name}" for name in (fma.TRACKS_FILE, fma.ECHONEST_FILE))


def load(folder: Path) -> Tracks:
    """Read the tracks in `folder` from the source that it contains.

    Raises FileNotFoundError that names missing files, and ValueError with a one-sentence message if a file is invalid.
    """
    return data.load(folder) if _contains_arrays(folder) else extracted.load_fma(folder)


def checksums(folder: Path, tracks: Tracks) -> dict[str, str]:
    """Return the SHA-256 by name of the files that `load` read, and for extracted clips of their arrays."""
    arrays = _contains_arrays(folder)
    sums = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in (_ARRAYS if arrays else _FMA)}
    if not arrays:
        sums[extracted.MFCC_FOLDER] = extracted.checksum(tracks)
    return sums


def contract(folder: Path) -> dict[str, str] | None:
    """Return name and SHA-256 of the MFCC contract of extracted clips; None for the ready arrays, which name none."""
    if _contains_arrays(folder):
        return None
    name, sha256 = extracted.contract(folder / extracted.MFCC_FOLDER)
    return {"name": name, "sha256": sha256}


def fma_statistics(folder: Path, tracks: Tracks) -> FloatArray | None:
    """Return MFCC statistics [N, 140] from FMA's `features.csv`; None if `folder` does not contain it.

    Raises ValueError if a track is missing from it.
    """
    metadata = folder / fma.METADATA
    if not (metadata / features_csv.FEATURES_FILE).is_file():
        return None
    read = features_csv.read(metadata, set(tracks.ids.tolist()))
    row_of = {int(track_id): row for row, track_id in enumerate(read.ids)}
    known = [int(i) in row_of and bool(np.isfinite(read.values[row_of[int(i)]]).all()) for i in tracks.ids]
    if not all(known):
        first = int(tracks.ids[known.index(False)])
        raise ValueError(f"{metadata / features_csv.FEATURES_FILE} has no statistics of track {first}")
    return read.values[[row_of[int(i)] for i in tracks.ids]]


def _contains_arrays(folder: Path) -> bool:
    present = [name for name in _ARRAYS if (folder / name).is_file()]
    if not present and not (folder / fma.METADATA).is_dir():
        raise FileNotFoundError(
            f"{folder} contains neither the ready arrays ({', '.join(_ARRAYS)}) nor an FMA folder ({', '.join(_FMA)}"
            f" and {extracted.MFCC_FOLDER}); see `reprise-fetch --help`"
        )
    missing = [name for name in _ARRAYS if name not in present]
    if present and missing:
        raise FileNotFoundError(f"{folder} contains {present[0]} but not {' nor '.join(missing)}")
    return bool(present)
