from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from conftest import GENRE_ONLY, GENRES, LABELLED

from reprise_models import data
from reprise_models.features import NAMES


def test_reads_what_the_files_hold(data_folder: Path) -> None:
    tracks = data.load(data_folder)
    with np.load(data_folder / data.MFCC_FILE) as arrays:
        row = int(np.flatnonzero(arrays["ids"] == tracks.ids[5])[0])
        expected = arrays["mfcc_x4"][row].T / 4.0
    np.testing.assert_array_equal(tracks.frames[5], expected)
    assert (np.diff(tracks.ids) > 0).all()
    assert tracks.genre_names == GENRES
    assert [tracks.genre_names[g] for g in tracks.genres] == [GENRES[i % len(GENRES)] for i in tracks.ids]


def test_labels_and_artists_go_with_their_track(data_folder: Path) -> None:
    tracks = data.load(data_folder)
    assert (len(tracks.labelled), len(tracks.unlabelled)) == (LABELLED, GENRE_ONLY)
    with (data_folder / data.LABELS_FILE).open(newline="") as file:
        for fields in csv.DictReader(file):
            row = int(np.flatnonzero(tracks.ids == int(fields["track_id"]))[0])
            assert tracks.artists[row] == fields["artist_name"]
            np.testing.assert_allclose(tracks.labels[row], [float(fields[name]) for name in NAMES], rtol=1e-6)
    assert all(tracks.artists[row] is None for row in tracks.unlabelled)


def test_refuses_labels_without_mfccs(data_folder: Path, tmp_path: Path) -> None:
    for name in (data.MFCC_FILE, data.GENRES_FILE, data.LABELS_FILE):
        (tmp_path / name).write_bytes((data_folder / name).read_bytes())
    with (tmp_path / data.LABELS_FILE).open("a", newline="") as file:
        csv.writer(file).writerow([999_999, *[0.5] * 8, "Nobody", "Nothing", "Rock", "None"])
    with pytest.raises(ValueError, match="999999"):
        data.load(tmp_path)


def test_refuses_arrays_of_another_shape(data_folder: Path) -> None:
    tracks = data.load(data_folder)
    with pytest.raises(ValueError, match="expected"):
        data.Tracks(
            tracks.ids, tracks.frames[:, :, :249], tracks.genres, tracks.genre_names, tracks.labels, tracks.artists
        )
