from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import synthetic_fma

from reprise_models import fma
from reprise_models.features import NAMES
from reprise_models.fma import Split, Subset

FEATURES = (0.4166752327, 0.6758939853, 0.6344762684, 0.0106280683, 0.1776465712, 0.1593100648, 165.922, 0.576660988)


def test_reads_tracks_as_published(tmp_path: Path) -> None:
    assert sum(map(len, synthetic_fma.TRACKS_COLUMNS.values())) == 52
    lines = [
        synthetic_fma.track(2, "Hip-Hop", "AWOL"),
        synthetic_fma.track(137, "", "Airway, The", "validation", "large"),
        synthetic_fma.track(155320, "Rock", "Spowder", "test", "medium"),
    ]
    synthetic_fma.write_tracks(tmp_path, lines)
    tracks = fma.read_tracks(tmp_path)
    assert tracks[2] == fma.Track(2, "Título 2", 1, "AWOL", "Hip-Hop", Split.TRAINING, Subset.SMALL)
    assert (tracks[137].genre, tracks[137].artist, tracks[137].split) == (None, "Airway, The", Split.VALIDATION)
    assert list(fma.read_tracks(tmp_path, Subset.SMALL)) == [2]
    assert list(fma.read_tracks(tmp_path, Subset.MEDIUM)) == [2, 155320]
    assert list(fma.read_tracks(tmp_path, Subset.FULL)) == [2, 137, 155320]


def test_reads_every_group_of_echonest(tmp_path: Path) -> None:
    synthetic_fma.write_echonest(
        tmp_path, [synthetic_fma.echonest(2, FEATURES), synthetic_fma.echonest(3, FEATURES[::-1])]
    )
    table = fma.read_echonest(tmp_path)
    assert table.ids.tolist() == [2, 3]
    np.testing.assert_array_equal(table.features, [FEATURES, FEATURES[::-1]])
    assert {name: group.values.shape for name, group in table.groups.items()} == {
        "ranks": (2, 5),
        "social_features": (2, 5),
        "temporal_features": (2, 224),
    }
    assert np.isnan(table.groups["ranks"].values).all()
    assert table.groups["temporal_features"].names[223] == "223"
    assert table.groups["temporal_features"].values[1, 223] == pytest.approx(3.223)
    assert table.metadata["artist_location"] == ("Georgia, US", "Georgia, US")


def test_reads_echonest_in_another_order_and_without_temporal_features(tmp_path: Path) -> None:
    columns = {"audio_features": NAMES[::-1]}
    synthetic_fma.write_echonest(tmp_path, [synthetic_fma.echonest(2, FEATURES[::-1], columns)], columns)
    table = fma.read_echonest(tmp_path)
    np.testing.assert_array_equal(table.features, [FEATURES])
    assert (table.groups, table.metadata) == ({}, {})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("165.922", "fast", r"echonest\.csv, line 5: column echonest/audio_features/tempo of track 2 is 'fast'"),
        ("165.922", "", r"column echonest/audio_features/tempo of track 2 is '', expected a finite number"),
        ("valence", "joy", "no column echonest/audio_features/valence"),
        ("track_id", "id", "expected 3 header lines"),
        ("\n2,", "\ntwo,", "line 5: 'two' is not a track id"),
        (",Release", "", "line 5: 249 fields instead of 250"),
        ("\n2,", "\n3,", "line 6: track 3 occurs twice"),
        ('"Georgia', '"Georgia"x', "after line 5: .*expected after"),
    ],
)
def test_errors_name_line_and_column(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = synthetic_fma.write_echonest(
        tmp_path, [synthetic_fma.echonest(2, FEATURES), synthetic_fma.echonest(3, FEATURES)]
    )
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ValueError, match=message) as error:
        fma.read_echonest(tmp_path)
    assert str(error.value).endswith("download it again with `reprise-fetch fma-metadata`")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            synthetic_fma.track(2, split="train"),
            "column set/split of track 2 is 'train', expected training, validation",
        ),
        (synthetic_fma.track(2, subset="tiny"), "column set/subset of track 2 is 'tiny'"),
    ],
)
def test_rejects_an_unknown_split_or_subset(tmp_path: Path, line: list[str], message: str) -> None:
    synthetic_fma.write_tracks(tmp_path, [line])
    # A biography of several lines is one field: the reported line is the last one of the row.
    with pytest.raises(ValueError, match=r"tracks\.csv, line 7: " + message):
        fma.read_tracks(tmp_path)


def test_error_for_a_missing_table_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"tracks\.csv is missing; download it again with `reprise-fetch"):
        fma.read_tracks(tmp_path)


def test_rejects_binary_content(tmp_path: Path) -> None:
    (tmp_path / "tracks.csv").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(ValueError, match=r"tracks\.csv, after line 0: .*utf-8"):
        fma.read_tracks(tmp_path)


def test_finds_audio_where_fma_puts_it() -> None:
    assert fma.audio_path(Path("fma_small"), 2) == Path("fma_small/000/000002.mp3")
    assert fma.audio_path(Path("fma_large"), 155320) == Path("fma_large/155/155320.mp3")


def test_knows_the_bad_clips() -> None:
    # The six of fma_small in https://github.com/mdeff/fma/issues/8, and the 21 of the whole.
    assert {98565, 98567, 98569} <= fma.SHORT_CLIPS
    assert {99134, 108925, 133297} <= fma.CLIPS_WITHOUT_AUDIO
    assert len(fma.SHORT_CLIPS | fma.CLIPS_WITHOUT_AUDIO) == 21
    assert len(fma.BAD_CLIPS) == 22
