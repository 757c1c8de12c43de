"""Folds grouped by artist, and exclusion of possible tracks of the same artists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reprise_models.data import IntArray, Tracks

# FMA numbers the tracks of an album consecutively, and unlabelled tracks have no artist: a track this close to a test
# track may be by the same artist.
NEIGHBOURHOOD_IDS = 15


def artist_folds(artists: Sequence[str], folds: int, seed: int) -> IntArray:
    """Return the fold (0 to folds-1) of each track: one per artist, with about equal sizes."""
    counts = Counter(artists)
    if len(counts) < folds:
        raise ValueError(f"{len(counts)} artists cannot fill {folds} folds")
    names = sorted(counts)
    np.random.default_rng(seed).shuffle(names)
    names.sort(key=lambda name: -counts[name])  # stable: equal artists stay shuffled
    sizes = [0] * folds
    fold_of: dict[str, int] = {}
    for name in names:
        smallest = sizes.index(min(sizes))
        fold_of[name] = smallest
        sizes[smallest] += counts[name]
    return np.array([fold_of[artist] for artist in artists], dtype=np.int64)


def apart_from(ids: IntArray, test_ids: IntArray, distance: int = NEIGHBOURHOOD_IDS) -> npt.NDArray[np.bool_]:
    """Return a mask [N] of the ids farther than `distance` from every one of `test_ids`."""
    ordered = np.sort(test_ids)
    right = np.searchsorted(ordered, ids)
    below = ordered[np.clip(right - 1, 0, len(ordered) - 1)]
    above = ordered[np.clip(right, 0, len(ordered) - 1)]
    apart: npt.NDArray[np.bool_] = np.minimum(np.abs(ids - below), np.abs(ids - above)) > distance
    return apart


def block_folds(ids: IntArray, folds: int, seed: int, block: int = 100) -> IntArray:
    """Return the fold of each track without artists: one per block of neighbouring ids, with about equal sizes."""
    blocks = np.empty(len(ids), dtype=np.int64)
    blocks[np.argsort(ids, kind="stable")] = np.arange(len(ids)) // block
    count = int(blocks.max()) + 1
    if count < folds:
        raise ValueError(f"{count} blocks cannot fill {folds} folds")
    fold_of_block = np.arange(count) % folds
    np.random.default_rng(seed).shuffle(fold_of_block)
    fold_of: IntArray = fold_of_block[blocks]
    return fold_of


@dataclass(frozen=True)
class Fold:
    """One fold: the test rows, the labelled training rows and the unlabelled training rows of the Tracks."""

    test: IntArray
    labelled: IntArray
    extra: IntArray


def without(tracks: Tracks, artists: Set[str], ids: IntArray) -> Fold:
    """Return a fold that tests these ids and excludes from training these artists and unlabelled neighbours of the ids.

    The artists of the tested tracks are excluded too, in case they are spelt differently.
    """
    test = np.flatnonzero(np.isin(tracks.ids, ids))
    tested = {*artists, *(tracks.artists[row] for row in test)} - {None}
    is_other_artist = np.array([artist not in tested for artist in tracks.artists])
    unlabelled = tracks.unlabelled
    apart = apart_from(tracks.ids[unlabelled], ids)
    labelled = tracks.labelled
    return Fold(test, labelled[is_other_artist[labelled]], unlabelled[is_other_artist[unlabelled] & apart])


def folds_by_artist(tracks: Tracks, folds: int, seed: int) -> list[Fold]:
    """Return folds of the labelled tracks, grouped by artist."""
    labelled = tracks.labelled
    fold_of = artist_folds([str(tracks.artists[row]) for row in labelled], folds, seed)
    tests = [labelled[fold_of == fold] for fold in range(folds)]
    return [without(tracks, {str(tracks.artists[row]) for row in test}, tracks.ids[test]) for test in tests]
