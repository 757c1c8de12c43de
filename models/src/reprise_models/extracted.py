"""Training arrays from the product's own coefficients: `./reprise extract AUDIO --out DIR/mfcc`.

Training and serving then use the same decoder, resampler and coefficients.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reprise_models import fma, gtzan
from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS, OPENING, OPENING_FRAMES, PICKED_FRAMES, picked_frames
from reprise_models.data import FloatArray, Tracks
from reprise_models.features import NAMES

MFCC_FOLDER = "mfcc"
CONTRACT_FILE = "contract.txt"  # that `./reprise extract` writes next to the clips
# 29.7 s. FMA's clips are MP3s of 29.98 s; picked frames beyond a clip's end are replaced by its last frame.
MINIMUM_FRAMES = 1280
_FIRST_CLIP = ".0.npy"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Label:
    """The metadata of a track; `features` [8] in natural units."""

    genre: str
    features: npt.NDArray[np.float64] | None = None
    artist: str | None = None


def load_fma(folder: Path) -> Tracks:
    """Read the tracks of an FMA folder that have a first clip in `mfcc`, with genre, labels and artist.

    folder: contains `fma_metadata` and `mfcc`, the output of `./reprise extract fma_small --out mfcc`, whose files may
        be named by path (`000/000002.mp3.0.npy`) or by number (`2.0.npy`).
    FMA's bad clips, clips under 29.7 s and tracks without a top-level genre are excluded; a warning counts them.
    Raises FileNotFoundError or ValueError with a one-sentence message.
    """
    tracks = fma.read_tracks(folder / fma.METADATA)
    echonest = fma.read_echonest(folder / fma.METADATA)
    row_of = {int(track_id): row for row, track_id in enumerate(echonest.ids)}
    clips: dict[int, Path] = {}
    for name, path in first_clips(folder / MFCC_FOLDER).items():
        track_id = _track_id(name, path)
        if track_id in clips:
            raise ValueError(f"{path} and {clips[track_id]} are the same track; extract into one folder once")
        if track_id not in tracks:
            raise ValueError(f"{path}: track {track_id} is not in {fma.TRACKS_FILE}; is it FMA's?")
        clips[track_id] = path
    labels = {}
    for track_id in clips:
        genre, row = tracks[track_id].genre, row_of.get(track_id)
        if genre is None or track_id in fma.BAD_CLIPS:
            continue
        labels[track_id] = _Label(genre, None if row is None else echonest.features[row], tracks[track_id].artist)
    _warn(len(clips) - len(labels), "without a top-level genre or known to be bad")
    return _tracks(labels, clips, sorted({label.genre for label in labels.values()}))


def load_gtzan(folder: Path) -> tuple[Tracks, list[gtzan.Excerpt]]:
    """Read GTZAN's excerpts that have a first clip in `mfcc`, and the excerpt of each row.

    folder: contains `genres_original` or `genres`, and `mfcc`, the output of `./reprise extract` over the former.
    There are no labels and no artists. The id is 100 times the genre's index plus the excerpt's number.
    Raises FileNotFoundError or ValueError with a one-sentence message.
    """
    excerpts = {e.name: e for e in gtzan.read_excerpts(folder)}
    ids = {name: gtzan.GENRES.index(e.genre) * gtzan.EXCERPTS_PER_GENRE + e.number for name, e in excerpts.items()}
    clips = {ids[_stem(name)]: path for name, path in first_clips(folder / MFCC_FOLDER).items() if _stem(name) in ids}
    by_id = {ids[name]: excerpt for name, excerpt in excerpts.items()}
    tracks = _tracks({i: _Label(by_id[i].genre) for i in clips}, clips, gtzan.GENRES)
    return tracks, [by_id[int(i)] for i in tracks.ids]


def first_clips(folder: Path) -> dict[str, Path]:
    """Return the first clip of each track in an output folder of `./reprise extract`, sorted by track id."""
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder} is missing; write it with `./reprise extract AUDIO_FOLDER --out {folder}`, which resumes after"
            " an interruption"
        )
    clips = sorted(folder.rglob("*" + _FIRST_CLIP))
    if not clips:
        raise ValueError(
            f"{folder} contains no clips such as 000/000002.mp3{_FIRST_CLIP}; run `./reprise extract` into it"
        )
    return {path.relative_to(folder).as_posix().removesuffix(_FIRST_CLIP): path for path in clips}


def read_clip(path: Path) -> FloatArray:
    """Return the memory-mapped coefficients [20, frames] of one clip, 1 to 1,292 frames."""
    try:
        mfcc: FloatArray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as e:
        raise ValueError(f"{path} is not a .npy file ({e}); delete it and run `./reprise extract` again") from e
    if mfcc.dtype != np.float32 or mfcc.ndim != 2 or mfcc.shape[0] != COEFFICIENTS:
        raise ValueError(f"{path} contains {mfcc.dtype} {mfcc.shape}, expected float32 ({COEFFICIENTS}, frames)")
    if not 1 <= mfcc.shape[1] <= CLIP_FRAMES:
        raise ValueError(f"{path} contains {mfcc.shape[1]} frames, expected 1 to {CLIP_FRAMES}")
    return mfcc


def pick(mfcc: FloatArray) -> FloatArray:
    """Return the network's input frames [20, 250] of a clip [20, frames] of at least `MINIMUM_FRAMES`."""
    return mfcc[:, np.minimum(picked_frames().numpy(), mfcc.shape[1] - 1)]


def opening(mfcc: FloatArray) -> FloatArray:
    """Return frames 5 to 130 [20, 126], the first 3 s, of a clip [20, frames]."""
    return mfcc[:, OPENING]


def contract(folder: Path) -> tuple[str, str]:
    """Return name and SHA-256 of the MFCC contract of the clips in `folder`, such as `mfcc`."""
    try:
        name, sha256 = (folder / CONTRACT_FILE).read_text(encoding="utf-8").split()
    except (FileNotFoundError, ValueError) as e:
        raise ValueError(f"{folder / CONTRACT_FILE} does not name the contract: run `./reprise extract` again") from e
    return name, sha256


def checksum(tracks: Tracks) -> str:
    """Return the SHA-256 of ids and frames, which replaces checksums of thousands of files."""
    digest = hashlib.sha256(np.ascontiguousarray(tracks.ids).data)
    digest.update(np.ascontiguousarray(tracks.frames).data)
    digest.update(np.ascontiguousarray(tracks.openings).data)
    return digest.hexdigest()


def _tracks(labels: dict[int, _Label], clips: dict[int, Path], genre_names: Iterable[str]) -> Tracks:
    names = tuple(genre_names)
    ids: list[int] = []
    frames = np.empty((len(labels), COEFFICIENTS, PICKED_FRAMES), np.float32)
    openings = np.empty((len(labels), COEFFICIENTS, OPENING_FRAMES), np.float32)
    short = 0
    for track_id in sorted(labels):
        mfcc = read_clip(clips[track_id])
        if mfcc.shape[1] < MINIMUM_FRAMES:
            short += 1
            continue
        frames[len(ids)] = pick(mfcc)
        openings[len(ids)] = opening(mfcc)
        ids.append(track_id)
    _warn(short, "under 29.7 s")
    if not ids:
        raise ValueError("no clip can be used: all are short, bad or without a genre")
    of = [labels[track_id] for track_id in ids]
    unknown = np.full(len(NAMES), np.nan)
    return Tracks(
        ids=np.array(ids, dtype=np.int64),
        frames=frames[: len(ids)],
        openings=openings[: len(ids)],
        genres=np.array([names.index(label.genre) for label in of], dtype=np.int64),
        genre_names=names,
        labels=np.array([unknown if label.features is None else label.features for label in of], dtype=np.float32),
        artists=tuple(label.artist for label in of),
    )


def _track_id(name: str, path: Path) -> int:
    stem = _stem(name)
    if not re.fullmatch(r"\d+", stem):
        raise ValueError(f"{path} is not named by an FMA track id, such as 000002{_FIRST_CLIP}")
    return int(stem)


def _stem(name: str) -> str:
    """Return the audio file's name without folders and extension, which a track id may have."""
    return re.sub(r"\.(mp3|wav|au)$", "", name.rpartition("/")[2])


def _warn(count: int, what: str) -> None:
    if count:
        _log.warning("%d clips excluded: %s.", count, what)
