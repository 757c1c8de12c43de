from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import GENRE_ONLY, GENRES, LABELLED

from reprise_models import data
from reprise_models.data import Tracks
from reprise_models.features import NAMES


def test_reads_the_files(data_folder: Path, tracks: Tracks) -> None:
    with np.load(data_folder / data.MFCC_FILE) as arrays:
        row = int(np.flatnonzero(arrays["ids"] == tracks.ids[5])[0])
        np.testing.assert_array_equal(tracks.frames[5], arrays["mfcc_x4"][row].T / 4.0)
    with np.load(data_folder / data.OPENING_FILE) as arrays:
        row = int(np.flatnonzero(arrays["ids"] == tracks.ids[5])[0])
        np.testing.assert_array_equal(tracks.openings[5], arrays["mfcc_x25"][row, 4:130].T / np.float32(25))
    assert (np.diff(tracks.ids) > 0).all()
    assert tracks.genre_names == GENRES
    assert [tracks.genre_names[g] for g in tracks.genres] == [GENRES[i % len(GENRES)] for i in tracks.ids]


def test_labels_and_artists_belong_to_their_track(data_folder: Path, tracks: Tracks) -> None:
    assert (len(tracks.labelled), len(tracks.unlabelled)) == (LABELLED, GENRE_ONLY)
    with (data_folder / data.LABELS_FILE).open(newline="") as file:
        for fields in csv.DictReader(file):
            row = int(np.flatnonzero(tracks.ids == int(fields["track_id"]))[0])
            assert tracks.artists[row] == fields["artist_name"]
            np.testing.assert_allclose(tracks.labels[row], [float(fields[name]) for name in NAMES], rtol=1e-6)
    assert all(tracks.artists[row] is None for row in tracks.unlabelled)


@pytest.fixture
def copied(data_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(data_folder, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_rejects_labels_without_mfccs(copied: Path) -> None:
    with (copied / data.LABELS_FILE).open("a", newline="") as file:
        csv.writer(file).writerow([999_999, *[0.5] * 8, "Unknown", "Nothing", "Rock", "None"])
    with pytest.raises(ValueError, match="999999"):
        data.load(copied)


def test_rejects_tracks_without_an_opening(copied: Path) -> None:
    with np.load(copied / data.OPENING_FILE) as arrays:
        ids, openings = arrays["ids"], arrays["mfcc_x25"]
    np.savez(copied / data.OPENING_FILE, ids=ids[1:], mfcc_x25=openings[1:])
    with pytest.raises(ValueError, match=rf"1 tracks have no opening, the first is {ids[0]}$"):
        data.load(copied)


def test_rejects_arrays_of_another_shape(tracks: Tracks) -> None:
    with pytest.raises(ValueError, match=r"frames are .* expected"):
        replace(tracks, frames=tracks.frames[:, :, :249])
    with pytest.raises(ValueError, match=r"openings are .* expected"):
        replace(tracks, openings=tracks.openings[:, :, :125])
    with pytest.raises(ValueError, match="disagree"):
        replace(tracks, artists=tracks.artists[1:])


def test_rejects_values_that_are_not_finite(tracks: Tracks) -> None:
    openings = tracks.openings.copy()
    openings[3, 2, 1] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        replace(tracks, openings=openings)
