from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import synthetic_fma
from conftest import QUICK, InProcessWork, run_command

from reprise_models import cli, data, extracted, features_csv, sources

LABELLED = 140
GENRE_ONLY = 60
ARTISTS = 12
GENRES = ("Folk", "Rock")


@pytest.fixture(scope="module")
def fma_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small folder like the output of `reprise-fetch` and `./reprise extract`."""
    folder = tmp_path_factory.mktemp("fma")
    ids = [2 + 20 * i for i in range(LABELLED + GENRE_ONLY)]
    rng = np.random.default_rng(3)
    lines = [synthetic_fma.track(i, GENRES[n % 2], f"Artist {n % ARTISTS}") for n, i in enumerate(ids)]
    synthetic_fma.write_tracks(folder / "fma_metadata", lines)
    features = [[*rng.random(6), rng.normal(120, 20), rng.random()] for _ in range(LABELLED)]
    echonest = [synthetic_fma.echonest(i, values) for i, values in zip(ids, features, strict=False)]
    synthetic_fma.write_echonest(folder / "fma_metadata", echonest)
    for i in ids:
        synthetic_fma.write_clip(folder / "mfcc", f"{i // 1000:03d}/{i:06d}", seed=i)
    (folder / "mfcc" / "contract.txt").write_text("some-contract 0123abcd\n")
    return folder


def test_recognises_the_ready_arrays(data_folder: Path) -> None:
    tracks = sources.load(data_folder)
    np.testing.assert_array_equal(tracks.frames, data.load(data_folder).frames)
    np.testing.assert_array_equal(tracks.openings, data.load(data_folder).openings)
    assert sorted(sources.checksums(data_folder, tracks)) == sorted(
        [data.MFCC_FILE, data.OPENING_FILE, data.LABELS_FILE, data.GENRES_FILE]
    )
    assert sources.contract(data_folder) is None


def test_recognises_an_fma_folder(fma_folder: Path) -> None:
    tracks = sources.load(fma_folder)
    np.testing.assert_array_equal(tracks.frames, extracted.load_fma(fma_folder).frames)
    assert sorted(sources.checksums(fma_folder, tracks)) == [
        "fma_metadata/echonest.csv",
        "fma_metadata/tracks.csv",
        "mfcc",
    ]
    assert sources.contract(fma_folder) == {"name": "some-contract", "sha256": "0123abcd"}


def test_reads_the_statistics_that_fma_publishes_in_the_order_of_the_tracks(data_folder: Path) -> None:
    tracks = data.load(data_folder)
    values = sources.fma_statistics(data_folder, tracks)
    assert values is not None
    read = features_csv.read(data_folder / "fma_metadata")
    assert read.ids.tolist() != tracks.ids.tolist()
    for row in (0, 7, len(tracks.ids) - 1):
        np.testing.assert_array_equal(values[row], read.values[read.ids == tracks.ids[row]][0])


@pytest.mark.parametrize("problem", ["missing", "empty"])
def test_rejects_statistics_that_lack_a_track(data_folder: Path, tmp_path: Path, problem: str) -> None:
    tracks = data.load(data_folder)
    first, *others = tracks.ids.tolist()
    lines = [[str(i), *["1.5"] * len(synthetic_fma.feature_columns())] for i in others]
    if problem == "empty":
        lines.append([str(first), *[""] * len(synthetic_fma.feature_columns())])
    synthetic_fma.write_features(tmp_path / "fma_metadata", lines)
    with pytest.raises(ValueError, match=rf"features\.csv has no statistics of track {first}$"):
        sources.fma_statistics(tmp_path, tracks)


def test_statistics_that_fma_publishes_may_be_missing(fma_folder: Path) -> None:
    assert sources.fma_statistics(fma_folder, sources.load(fma_folder)) is None


def test_trains_on_an_fma_folder(fma_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "Work", InProcessWork)  # test_export uses the real one
    model = tmp_path / "tiny" / "1.0.0"
    run_command(cli.train, "--data", fma_folder, "--model", model, *QUICK)
    training = json.loads((model / "training.json").read_text())
    assert training["genres"] == list(GENRES)
    assert training["data"]["labelled_tracks"] == LABELLED
    assert training["data"]["genre_only_tracks"] == GENRE_ONLY
    assert training["data"]["artists"] == ARTISTS
    assert training["data"]["contract"] == {"name": "some-contract", "sha256": "0123abcd"}


@pytest.mark.parametrize("problem", ["truncated", "without ids"])
def test_an_invalid_array_ends_the_command_with_one_sentence(data_folder: Path, tmp_path: Path, problem: str) -> None:
    for file in data_folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    arrays = tmp_path / data.MFCC_FILE
    if problem == "truncated":
        arrays.write_bytes(arrays.read_bytes()[:1000])
    else:
        np.savez(arrays, mfcc_x4=np.zeros((1, 250, 20), dtype=np.int16))
    with pytest.raises(SystemExit) as ended:
        run_command(cli.train, "--data", tmp_path, "--model", tmp_path / "tiny" / "1.0.0")
    assert isinstance(ended.value.code, str)
    assert str(tmp_path) in ended.value.code
    assert "\n" not in ended.value.code


def test_errors_name_missing_files(data_folder: Path, fma_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"neither the ready arrays .* nor an FMA folder .*tracks\.csv.* mfcc"):
        sources.load(tmp_path)
    (tmp_path / data.MFCC_FILE).write_bytes((data_folder / data.MFCC_FILE).read_bytes())
    with pytest.raises(
        FileNotFoundError, match=f"but not {data.OPENING_FILE} nor {data.LABELS_FILE} nor {data.GENRES_FILE}"
    ):
        sources.load(tmp_path)
    (tmp_path / data.MFCC_FILE).unlink()
    (tmp_path / "fma_metadata").symlink_to(fma_folder / "fma_metadata")
    with pytest.raises(SystemExit, match=r"mfcc is missing; write it with `\./reprise extract"):
        run_command(cli.train, "--data", tmp_path)
