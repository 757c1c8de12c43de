"""Small tables in exactly FMA's format, and clips as `./reprise extract` writes them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from reprise_models.features import NAMES


def _words(text: str) -> list[str]:
    return text.split()


# The 52 columns of tracks.csv.
TRACKS_COLUMNS: Mapping[str, Sequence[str]] = {
    "album": _words(
        "comments date_created date_released engineer favorites id information listens producer tags title tracks type"
    ),
    "artist": _words(
        "active_year_begin active_year_end associated_labels bio comments date_created favorites id latitude location"
        " longitude members name related_projects tags website wikipedia_page"
    ),
    "set": ("split", "subset"),
    "track": _words(
        "bit_rate comments composer date_created date_recorded duration favorites genre_top genres genres_all"
        " information interest language_code license listens lyricist number publisher tags title"
    ),
}
# The 249 columns of echonest.csv.
ECHONEST_COLUMNS: Mapping[str, Sequence[str]] = {
    "audio_features": NAMES,
    "metadata": _words("album_date album_name artist_latitude artist_location artist_longitude artist_name release"),
    "ranks": _words(
        "artist_discovery_rank artist_familiarity_rank artist_hotttnesss_rank song_currency_rank song_hotttnesss_rank"
    ),
    "social_features": _words("artist_discovery artist_familiarity artist_hotttnesss song_currency song_hotttnesss"),
    "temporal_features": [f"{i:03d}" for i in range(224)],
}
# The 518 columns of features.csv, in its order.
FEATURE_SIZES = {
    "chroma_cens": 12,
    "chroma_cqt": 12,
    "chroma_stft": 12,
    "mfcc": 20,
    "rmse": 1,
    "spectral_bandwidth": 1,
    "spectral_centroid": 1,
    "spectral_contrast": 7,
    "spectral_rolloff": 1,
    "tonnetz": 6,
    "zcr": 1,
}
STATISTICS = ("kurtosis", "max", "mean", "median", "min", "skew", "std")
BIOGRAPHY = '<p>Born in "Nowhere",\nthey moved.\n\nThen they stayed.</p>'  # several lines, quotes and commas


def track(
    track_id: int, genre: str = "Rock", artist: str = "Unknown", split: str = "training", subset: str = "small"
) -> list[str]:
    """Return a row of tracks.csv."""
    values = {
        ("artist", "bio"): BIOGRAPHY,
        ("artist", "id"): str(track_id // 10 + 1),
        ("artist", "name"): artist,
        ("set", "split"): split,
        ("set", "subset"): subset,
        ("track", "genre_top"): genre,
        ("track", "genres"): "[12, 25]",
        ("track", "title"): f"Título {track_id}",
    }
    names = [(group, name) for group, columns in TRACKS_COLUMNS.items() for name in columns]
    return [str(track_id), *(values.get(name, "") for name in names)]


def write_tracks(metadata: Path, lines: Iterable[Sequence[str]]) -> Path:
    pairs = [(group, name) for group, names in TRACKS_COLUMNS.items() for name in names]
    header = [["", *(p[level] for p in pairs)] for level in (0, 1)]
    return _write(metadata / "tracks.csv", [*header, ["track_id", *[""] * len(pairs)], *lines])


def echonest(track_id: int, features: Sequence[float], columns: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Return a row of echonest.csv."""
    fields = [str(track_id)]
    for group, names in (columns or ECHONEST_COLUMNS).items():
        if group == "audio_features":
            fields += [repr(float(value)) for value in features]
        elif group == "metadata":
            fields += ["", "", "32.6783", "Georgia, US", "-83.223", f"Artist {track_id}", "Release"]
        elif group == "ranks":
            fields += [""] * len(names)
        else:
            fields += [repr(track_id + i / 1000) for i in range(len(names))]
    return fields


def write_echonest(
    metadata: Path, lines: Iterable[Sequence[str]], columns: Mapping[str, Sequence[str]] | None = None
) -> Path:
    triples = [("echonest", group, name) for group, names in (columns or ECHONEST_COLUMNS).items() for name in names]
    header = [["", *(t[level] for t in triples)] for level in (0, 1, 2)]
    return _write(metadata / "echonest.csv", [*header, ["track_id", *[""] * len(triples)], *lines])


def feature_columns() -> list[tuple[str, str, str]]:
    return [(f, s, f"{n + 1:02d}") for f, size in FEATURE_SIZES.items() for s in STATISTICS for n in range(size)]


def write_features(metadata: Path, lines: Iterable[Sequence[str]]) -> Path:
    columns = feature_columns()
    header = [[level, *(c[i] for c in columns)] for i, level in enumerate(("feature", "statistics", "number"))]
    return _write(metadata / "features.csv", [*header, ["track_id", *[""] * len(columns)], *lines])


def write_clip(mfcc: Path, name: str, frames: int = 1291, seed: int = 0) -> np.ndarray:
    """Write `<name>.0.npy`; return its coefficients [20, frames]."""
    values = np.random.default_rng(seed).normal(0, 30, (20, frames)).astype(np.float32)
    path = mfcc / f"{name}.0.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, values)
    return values


def _write(path: Path, lines: Iterable[Sequence[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    return path
