from __future__ import annotations

import numpy as np
import pytest

from reprise_models.splits import apart_from, artist_folds


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


def test_too_few_artists_are_refused() -> None:
    with pytest.raises(ValueError, match="2 artists"):
        artist_folds(["a", "b", "a"], 5, 1)


def test_neighbours_of_test_tracks_are_left_out() -> None:
    ids = np.array([1, 84, 85, 100, 115, 116, 184, 185, 216, 500])
    apart = apart_from(ids, np.array([200, 100]))
    assert ids[apart].tolist() == [1, 84, 116, 184, 216, 500]
