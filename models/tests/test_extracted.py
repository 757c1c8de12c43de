from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
import synthetic_fma

from reprise_models import extracted, gtzan
from reprise_models.clip import picked_frames

FEATURES = (0.5, 0.25, 0.75, 0.0, 0.125, 0.0625, 120.5, 1.0)


@pytest.fixture
def fma_folder(tmp_path: Path) -> Path:
    """Return a folder with tracks 2, 5 and 10, the first two labelled, named as `./reprise extract` does."""
    metadata = tmp_path / "fma_metadata"
    lines = [
        synthetic_fma.track(2, "Hip-Hop", "AWOL"),
        synthetic_fma.track(5, "Rock", "Kurt"),
        synthetic_fma.track(10, "Folk", "Ann"),
    ]
    synthetic_fma.write_tracks(
        metadata, [*lines, synthetic_fma.track(11, ""), synthetic_fma.track(99134), synthetic_fma.track(98565)]
    )
    synthetic_fma.write_echonest(
        metadata, [synthetic_fma.echonest(i, [i * value for value in FEATURES]) for i in (2, 5, 77)]
    )
    for track_id in (2, 5, 10):
        synthetic_fma.write_clip(tmp_path / "mfcc", f"000/{track_id:06d}", seed=track_id)
    (tmp_path / "mfcc" / "contract.txt").write_text("some-contract 0123abcd\n")
    return tmp_path


def test_reads_frames_labels_genres_and_artists(fma_folder: Path) -> None:
    tracks = extracted.load_fma(fma_folder)
    assert tracks.ids.tolist() == [2, 5, 10]
    assert tracks.genre_names == ("Folk", "Hip-Hop", "Rock")
    assert tracks.genres.tolist() == [1, 2, 0]
    assert tracks.artists == ("AWOL", "Kurt", "Ann")
    np.testing.assert_array_equal(tracks.labels[:2], np.outer([2, 5], FEATURES).astype(np.float32))
    assert (tracks.labelled.tolist(), tracks.unlabelled.tolist()) == ([0, 1], [2])
    clip = np.load(fma_folder / "mfcc" / "000" / "000005.0.npy")
    # Of 1,291 frames floor((c + 1) * 1291 / 250), the last of which is one beyond the end.
    np.testing.assert_array_equal(tracks.frames[1][:, :3], clip[:, [5, 10, 15]])
    np.testing.assert_array_equal(tracks.frames[1][:, -1], clip[:, 1290])


def test_reads_files_named_by_number(fma_folder: Path) -> None:
    for path in sorted((fma_folder / "mfcc" / "000").iterdir()):
        path.rename(fma_folder / "mfcc" / path.name.lstrip("0"))
    assert extracted.load_fma(fma_folder).ids.tolist() == [2, 5, 10]


def test_reads_files_named_by_path(fma_folder: Path) -> None:
    below = fma_folder / "mfcc" / "music" / "fma_small"
    below.mkdir(parents=True)
    for path in sorted((fma_folder / "mfcc" / "000").iterdir()):
        path.rename(below / path.name.replace(".0.npy", ".mp3.0.npy"))
    assert extracted.load_fma(fma_folder).ids.tolist() == [2, 5, 10]


def test_the_frames_are_the_networks_input() -> None:
    mfcc = np.arange(20 * 1292, dtype=np.float32).reshape(20, 1292)
    np.testing.assert_array_equal(extracted.pick(mfcc), mfcc[:, picked_frames().numpy()])
    np.testing.assert_array_equal(extracted.opening(mfcc), mfcc[:, 4:130])
    assert extracted.opening(mfcc).shape == (20, 126)


def test_excludes_bad_short_and_genreless_clips(fma_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    mfcc = fma_folder / "mfcc"
    synthetic_fma.write_clip(mfcc, "000/000011")
    synthetic_fma.write_clip(mfcc, "099/099134")
    synthetic_fma.write_clip(mfcc, "098/098565", frames=110)
    synthetic_fma.write_clip(mfcc, "000/000010", frames=extracted.MINIMUM_FRAMES - 1)
    with caplog.at_level(logging.WARNING):
        assert extracted.load_fma(fma_folder).ids.tolist() == [2, 5]
    assert caplog.messages == [
        "3 clips excluded: without a top-level genre or known to be bad.",
        "1 clips excluded: under 29.7 s.",
    ]


def test_takes_the_first_clip_only(fma_folder: Path) -> None:
    np.save(fma_folder / "mfcc" / "000" / "000002.1.npy", np.zeros((20, 500), np.float32))
    assert extracted.load_fma(fma_folder).ids.tolist() == [2, 5, 10]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("song", r"song\.0\.npy is not named by an FMA track id"),
        ("2", "are the same track"),
        ("000/000003", r"track 3 is not in tracks\.csv"),
    ],
)
def test_rejects_clips_that_are_not_fmas(fma_folder: Path, name: str, message: str) -> None:
    synthetic_fma.write_clip(fma_folder / "mfcc", name)
    with pytest.raises(ValueError, match=message):
        extracted.load_fma(fma_folder)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((20, 1291)), r"contains float64 \(20, 1291\), expected float32 \(20, frames\)"),
        (np.zeros((1291, 20), np.float32), r"contains float32 \(1291, 20\)"),
        (np.zeros((20, 1293), np.float32), "contains 1293 frames, expected 1 to 1292"),
    ],
)
def test_rejects_arrays_of_another_shape(fma_folder: Path, array: np.ndarray, message: str) -> None:
    np.save(fma_folder / "mfcc" / "000" / "000002.0.npy", array)
    with pytest.raises(ValueError, match=message):
        extracted.load_fma(fma_folder)


@pytest.mark.parametrize("size", [0, 50, 5000])
def test_rejects_a_file_cut_short(fma_folder: Path, size: int) -> None:
    path = fma_folder / "mfcc" / "000" / "000002.0.npy"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"000002\.0\.npy is not a \.npy file .* delete it and run"):
        extracted.load_fma(fma_folder)


def test_errors_say_how_to_extract(fma_folder: Path) -> None:
    for path in (fma_folder / "mfcc").rglob("*.npy"):
        path.unlink()
    with pytest.raises(ValueError, match="contains no clips such as"):
        extracted.load_fma(fma_folder)
    (fma_folder / "mfcc").rename(fma_folder / "elsewhere")
    with pytest.raises(FileNotFoundError, match=r"write it with `\./reprise extract AUDIO_FOLDER --out"):
        extracted.load_fma(fma_folder)


def test_rejects_a_folder_without_usable_clips(fma_folder: Path) -> None:
    for track_id in (2, 5, 10):
        synthetic_fma.write_clip(fma_folder / "mfcc", f"000/{track_id:06d}", frames=200)
    with pytest.raises(ValueError, match="no clip can be used"):
        extracted.load_fma(fma_folder)


def test_reads_the_contract(fma_folder: Path) -> None:
    assert extracted.contract(fma_folder / "mfcc") == ("some-contract", "0123abcd")
    for text in ("", "only-a-name"):
        (fma_folder / "mfcc" / "contract.txt").write_text(text)
        with pytest.raises(ValueError, match="does not name the contract"):
            extracted.contract(fma_folder / "mfcc")


def test_the_checksum_is_of_ids_and_frames(fma_folder: Path) -> None:
    before = extracted.checksum(extracted.load_fma(fma_folder))
    assert before == extracted.checksum(extracted.load_fma(fma_folder))
    synthetic_fma.write_clip(fma_folder / "mfcc", "000/000005", seed=99)
    assert before != extracted.checksum(extracted.load_fma(fma_folder))


def test_reads_gtzan(tmp_path: Path) -> None:
    for genre in gtzan.GENRES:
        (tmp_path / "genres" / genre).mkdir(parents=True)
    for name in ("blues.00099", "pop.00003", "pop.00015"):
        (tmp_path / "genres" / name.partition(".")[0] / f"{name}.au").touch()
        synthetic_fma.write_clip(tmp_path / "mfcc", f"{name.partition('.')[0]}/{name}", frames=1292)
    tracks, excerpts = extracted.load_gtzan(tmp_path)
    assert tracks.ids.tolist() == [99, 703, 715]
    assert [tracks.genre_names[g] for g in tracks.genres] == ["blues", "pop", "pop"]
    assert [e.name for e in excerpts] == ["blues.00099", "pop.00003", "pop.00015"]
    assert excerpts[2].split is None
    assert len(tracks.labelled) == 0
