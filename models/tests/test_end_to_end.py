"""The path from labelled clips to metrics; only the product, a child process, is a fake."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import InProcessWork, run_command

from reprise_models import artefacts, cli, data, end_to_end, tempo_fit
from reprise_models.data import Tracks
from reprise_models.features import NAMES
from reprise_models.prepared import Prepared
from reprise_models.tempo import CONSTANTS
from reprise_models.train import Recipe, Trained, train

UNKNOWN_TRACK = 999_999  # a clip that the training arrays do not have
HELD_OUT = ("Artist, 3", "Artist, 8")

# Predicts each clip's label, in the columns of `./reprise run --format csv`, more than are read.
PRODUCT = """#!{python}
import csv, json, pathlib, sys

arguments = sys.argv[1:]
audio = pathlib.Path(arguments[-1])
option = dict(zip(arguments[1:-1:2], arguments[2:-1:2]))
(audio.parent / "arguments.json").write_text(json.dumps(arguments))
folder = pathlib.Path(option["--model-repository"]) / option["--model"]
(model,) = folder.glob("*/model.onnx")
assert model.stat().st_size > 100_000
columns = ["track_id", *{names!r}, "genre", "clips"]
with (audio.parent / "audio_labels.csv").open() as labels, open(option["--out"], "w", newline="") as out:
    writer = csv.DictWriter(out, columns, extrasaction="ignore")
    writer.writeheader()
    for row in csv.DictReader(labels):
        if (audio / (row["track_id"] + ".mp3")).exists():
            writer.writerow(row | {{"genre": "Rock", "clips": 1}})
"""


@pytest.fixture
def clips(data_folder: Path, tmp_path: Path) -> Path:
    """Return a folder with the training arrays, and empty files and labels for the clips of two artists."""
    folder = tmp_path / "data"
    shutil.copytree(data_folder, folder)
    (folder / end_to_end.AUDIO).mkdir()
    with (folder / data.LABELS_FILE).open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["artist_name"] in HELD_OUT]
    rows.append({**rows[0], "track_id": str(UNKNOWN_TRACK)})
    with (folder / end_to_end.LABELS_FILE).open("w", newline="") as file:
        writer = csv.DictWriter(file, ["artist_name", *reversed(NAMES), "track_id"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    for row in rows:
        (folder / end_to_end.AUDIO / f"{row['track_id']}.mp3").touch()
    return folder


@pytest.fixture
def product(tmp_path: Path) -> Path:
    path = tmp_path / "reprise"
    path.write_text(PRODUCT.format(python=sys.executable, names=list(NAMES)))
    path.chmod(0o755)
    return path


def test_the_product_runs_a_network_trained_without_the_artists(
    clips: Path,
    product: Path,
    trained: Path,
    contract: Path,
    tracks: Tracks,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = tmp_path / "tiny" / "1.2.3"
    shutil.copytree(trained, model)
    training_data: list[Prepared] = []

    def recording_train(log: Any, device: str, prepared: Prepared, recipe: Recipe, seed: int) -> Trained:  # noqa: ANN401
        training_data.append(prepared)
        return train(log, device, prepared, recipe, seed)

    monkeypatch.setattr("reprise_models.end_to_end.train", recording_train)
    monkeypatch.setattr(cli, "Work", InProcessWork)
    options = ("--data", clips, "--contract", contract, "--reprise", product)
    run_command(cli.measure_end_to_end, "--model", model, *options)

    measured = artefacts.measured(model)[artefacts.END_TO_END]
    training_artists = {tracks.artists[row] for row in training_data[0].labelled}
    assert training_artists == {artist for artist in tracks.artists if artist is not None} - set(HELD_OUT)
    known = len(tracks.labelled) * len(HELD_OUT) // 20
    assert measured["artists"] == len(HELD_OUT)
    sources = ("product", "product, clips that the arrays have", "arrays")
    assert [measured[source]["clips"] for source in sources] == [known + 1, known, known]
    for source in sources[:2]:  # the fake product is always right
        assert measured[source]["mean_r2_without_tempo"] == pytest.approx(1)
        assert measured[source]["features"]["tempo"]["within_4_percent"] == 1
    assert measured["arrays"]["mean_r2_without_tempo"] < 0.5  # of labels that are noise
    arguments = json.loads((clips / "arguments.json").read_text())
    assert arguments[0] == "run"
    assert arguments[-1] == str(clips / end_to_end.AUDIO)
    assert {"--format", "csv", "--track-id", "number"} <= set(arguments)
    printed = capsys.readouterr().out.splitlines()
    assert printed[-2].startswith(f"product: {known + 1} clips, mean R2 without tempo 1.000, tempo within 4 % 1.000")


def test_a_clip_without_a_prediction_is_an_error_in_one_sentence(
    clips: Path, product: Path, trained: Path, contract: Path, tracks: Tracks, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clips / end_to_end.AUDIO / f"{UNKNOWN_TRACK}.mp3").unlink()
    shipped = artefacts.load(trained)
    monkeypatch.setattr("reprise_models.end_to_end.train", lambda *_: Trained(shipped.model, {}))
    monkeypatch.setattr(tempo_fit, "fit", lambda *_: CONSTANTS)
    monkeypatch.setattr("reprise_models.end_to_end.export", lambda _model, _properties, path: _write(path))
    work: Any = InProcessWork()
    expected = rf"^the product returned no prediction for 1 of the clips, the first is {UNKNOWN_TRACK}$"
    with pytest.raises(RuntimeError, match=expected):
        end_to_end.end_to_end(work, tracks, clips, shipped, contract, product, 1)


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(np.random.default_rng(0).bytes(200_000))
