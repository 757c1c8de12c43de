from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import GENRE_ONLY, LABELLED, run_command

from reprise_models import artefacts, cli, data
from reprise_models.data import Tracks
from reprise_models.inputs import INPUTS, inputs_of
from reprise_models.reference import BINS, inputs


def test_names_and_order_are_those_of_the_published_statistics() -> None:
    proto = (Path(__file__).parents[2] / "contract/src/main/proto/reprise/v1/prediction.proto").read_text()
    fields = proto.split("message InputStatistics {")[1].split("}")[0]
    assert [of.name for of in INPUTS] == [line.split()[2] for line in fields.splitlines() if "optional" in line]


def test_inputs_are_means_over_time_and_loudness_the_mean_level_of_the_bands() -> None:
    level = -37.5  # dB, in each of 128 bands: their orthonormal DCT-II is zero beyond coefficient 0
    clips = np.zeros((2, 20, 4), np.float32)
    clips[:, 0] = level * 128 / np.sqrt(128)
    clips[1, 1:6] = np.arange(5)[:, None] * 10 + np.array([1, 2, 3, 6])
    np.testing.assert_allclose(inputs_of(clips), [[level, 0, 0, 0, 0], [level, 3, 13, 23, 33]], rtol=1e-6)


def test_the_reference_is_of_all_tracks(tracks: Tracks) -> None:
    of = inputs(tracks)
    assert list(of) == [o.name for o in INPUTS]
    values = tracks.frames[:, 3].mean(axis=1, dtype=np.float64)
    assert of["mfcc_3"]["tracks"] == LABELLED + GENRE_ONLY
    assert (of["mfcc_3"]["min"], of["mfcc_3"]["max"]) == (-300, 300)
    assert of["mfcc_3"]["mean"] == pytest.approx(values.mean())
    counts = np.histogram(values, bins=BINS, range=(-300, 300))[0]
    assert of["mfcc_3"]["counts"] == [[b, c] for b, c in enumerate(counts) if c]


def test_values_out_of_range_are_in_the_first_and_the_last_bin(tracks: Tracks) -> None:
    frames = tracks.frames.copy()
    frames[:1, 0], frames[1:, 0] = -1e4, 1e4
    of = inputs(Tracks(**{**vars(tracks), "frames": frames}))
    assert of["loudness"]["counts"] == [[0, 1], [BINS - 1, LABELLED + GENRE_ONLY - 1]]


def test_the_command_changes_the_inputs_and_nothing_else(trained: Path, data_folder: Path, tmp_path: Path) -> None:
    for name in (artefacts.TRAINING, artefacts.REFERENCE):
        shutil.copy(trained / name, tmp_path)
    before = (trained / artefacts.REFERENCE).read_text()
    content = json.loads(before)
    del content["inputs"]
    artefacts.write_reference(tmp_path, content)
    run_command(cli.measure_reference, "--data", data_folder, "--model", tmp_path)
    assert (tmp_path / artefacts.REFERENCE).read_text() == before


def test_the_command_rejects_other_data(trained: Path, data_folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "data"
    shutil.copytree(data_folder, other)
    with (other / data.GENRES_FILE).open("a") as file:
        file.write("\n")
    with pytest.raises(SystemExit, match=r"not what .* was trained on"):
        run_command(cli.measure_reference, "--data", other, "--model", trained)
