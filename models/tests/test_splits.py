from __future__ import annotations

import numpy as np
import pytest
from conftest import synthetic_tracks

from reprise_models.data import Tracks
from reprise_models.splits import NEIGHBOURHOOD_IDS, apart_from, artist_folds, block_folds, folds_by_artist, without


def _artists(seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [f"artist {int(a)}" for a in rng.zipf(1.5, 400) % 60]


@pytest.mark.parametrize("seed", range(5))
def test_no_artist_is_in_two_folds(seed: int) -> None:
    artists = _artists(seed)
    folds = artist_folds(artists, 5, seed)
    pairs = set(zip(artists, folds.tolist(), strict=True))
    assert len(pairs) == len(set(artists))
    assert set(folds.tolist()) == set(range(5))


def test_folds_are_about_equal() -> None:
    artists = [f"artist {i % 60}" for i in range(400)]
    sizes = np.bincount(artist_folds(artists, 5, 1))
    assert sizes.max() - sizes.min() <= 7  # the largest artist's tracks


def test_one_seed_gives_one_split() -> None:
    artists = _artists(3)
    np.testing.assert_array_equal(artist_folds(artists, 5, 1), artist_folds(artists, 5, 1))
    assert (artist_folds(artists, 5, 1) != artist_folds(artists, 5, 2)).any()


def test_too_few_artists_are_rejected() -> None:
    with pytest.raises(ValueError, match="2 artists"):
        artist_folds(["a", "b", "a"], 5, 1)


def test_neighbours_of_test_tracks_are_excluded() -> None:
    ids = np.array([1, 84, 85, 100, 115, 116, 184, 185, 216, 500])
    apart = apart_from(ids, np.array([200, 100]))
    assert ids[apart].tolist() == [1, 84, 116, 184, 216, 500]


@pytest.fixture
def few_tracks() -> Tracks:
    """Return labelled 100 and 900 by A, 300 by B, 880 by C; unlabelled 105 and 5000, 4000 by A, 6000 by B."""
    known = {100: "A", 300: "B", 880: "C", 900: "A"}
    ids = [100, 105, 300, 880, 900, 4000, 5000, 6000]
    artists = [known.get(i) or {4000: "A", 6000: "B"}.get(i) for i in ids]
    labels = np.array([[0.5 if i in known else np.nan] * 8 for i in ids], dtype=np.float32)
    return synthetic_tracks(ids, artists, labels)


def _ids(tracks: Tracks, rows: np.ndarray) -> list[int]:
    chosen: list[int] = tracks.ids[rows].tolist()
    return chosen


def test_a_fold_excludes_its_artists_and_unlabelled_neighbours_from_training(few_tracks: Tracks) -> None:
    fold = without(few_tracks, {"A"}, np.array([100, 900]))
    assert _ids(few_tracks, fold.test) == [100, 900]
    assert _ids(few_tracks, fold.labelled) == [300, 880]  # 880 is near 900, but by a known other artist
    assert _ids(few_tracks, fold.extra) == [5000, 6000]  # not 105, near 100, nor 4000, far away but by A


def test_a_test_track_is_not_trained_on_if_its_artist_is_spelt_differently(few_tracks: Tracks) -> None:
    fold = without(few_tracks, {"A, spelt differently"}, np.array([100, 5000, 7777]))
    assert _ids(few_tracks, fold.test) == [100, 5000]
    assert _ids(few_tracks, fold.labelled) == [300, 880]
    assert _ids(few_tracks, fold.extra) == [6000]


def test_folds_by_artist_test_every_labelled_track_once_and_share_no_artist() -> None:
    rng = np.random.default_rng(4)
    names = [f"artist {i}" for i in rng.integers(0, 15, 120)]
    labels = np.where(np.arange(120)[:, None] % 3 == 0, np.nan, 0.5).repeat(8, axis=1).astype(np.float32)
    tracks = synthetic_tracks(range(0, 1200, 10), names, labels)
    folds = folds_by_artist(tracks, 4, 1)
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == tracks.labelled.tolist()
    for fold in folds:
        tested = {names[row] for row in fold.test}
        assert not tested & {names[row] for row in [*fold.labelled, *fold.extra]}
        assert len(fold.test) + len(fold.labelled) == len(tracks.labelled)
        distance = np.abs(tracks.ids[fold.extra][:, None] - tracks.ids[fold.test]).min(initial=10_000)
        assert distance > NEIGHBOURHOOD_IDS


def test_block_folds_share_no_block_of_neighbouring_ids() -> None:
    ids = np.random.default_rng(1).permutation(5000)[:1050]
    fold_of = block_folds(ids, 5, 1, block=50)
    of_sorted = fold_of[np.argsort(ids)]
    for start in range(0, len(ids), 50):
        assert len(set(of_sorted[start : start + 50].tolist())) == 1
    sizes = np.bincount(fold_of)
    assert len(sizes) == 5
    assert sizes.max() - sizes.min() <= 50
    np.testing.assert_array_equal(fold_of, block_folds(ids, 5, 1, block=50))
    assert (fold_of != block_folds(ids, 5, 2, block=50)).any()


def test_too_few_blocks_are_rejected() -> None:
    with pytest.raises(ValueError, match="2 blocks cannot fill 5 folds"):
        block_folds(np.arange(150), 5, 1)
