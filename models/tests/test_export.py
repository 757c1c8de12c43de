"""The export of a network trained on made-up data."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from conftest import GENRES, run_command

from reprise_models import artefacts, cli
from reprise_models.export import TOLERANCE, compare, export
from reprise_models.features import NAMES
from reprise_models.network import CLIP_FRAMES


def test_answers_as_pytorch_does(trained: Path) -> None:
    model = artefacts.load(trained).model
    assert compare(model, (trained / artefacts.MODEL).read_bytes()) <= TOLERANCE


def test_comparison_notices_another_network(trained: Path) -> None:
    model = artefacts.load(trained).model
    with torch.no_grad():
        model.conv1.norm.bias.add_(0.01)
    assert compare(model, (trained / artefacts.MODEL).read_bytes()) > TOLERANCE


def test_metadata_is_complete(trained: Path, contract: Path) -> None:
    properties = {p.key: p.value for p in onnx.load(trained / artefacts.MODEL).metadata_props}
    assert properties["reprise.model.name"] == "tiny"
    assert properties["reprise.model.version"] == "1.2.3"
    assert properties["reprise.contract.name"] == "some-contract"
    assert properties["reprise.contract.sha256"] == hashlib.sha256(contract.read_bytes()).hexdigest()
    assert json.loads(properties["reprise.genres"]) == list(GENRES)
    validation = json.loads(properties["reprise.cross_validation"])
    assert (validation["folds"], validation["grouped_by"], validation["tracks"]) == (2, "artist", 140)
    assert set(validation["features"]) == set(NAMES)
    reference = json.loads(properties["reprise.reference"])
    for name in NAMES:
        for kind in ("labels", "predictions"):
            assert sum(count for _, count in reference["features"][name][kind]["counts"]) == 140


def test_exporting_again_gives_the_same_file(trained: Path, contract: Path) -> None:
    before = {name: (trained / name).read_bytes() for name in (artefacts.MODEL, artefacts.GOLDEN, artefacts.CARD)}
    run_command(cli.export_model, "--model", trained, "--contract", contract)
    assert before == {name: (trained / name).read_bytes() for name in before}


def test_training_again_gives_the_same_figures_whatever_the_jobs(
    trained: Path, data_folder: Path, tmp_path: Path
) -> None:
    run_command(cli.train, "--data", data_folder, "--model", tmp_path, "--passes", "1", "--folds", "2", "--jobs", "2")
    for name in (artefacts.TRAINING, artefacts.REFERENCE):
        assert (tmp_path / name).read_text() == (trained / name).read_text()
    first, second = artefacts.load(trained).model.state_dict(), artefacts.load(tmp_path).model.state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_a_model_that_differs_is_not_left_behind(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reprise_models.export.compare", lambda *_: float("nan"))
    with pytest.raises(RuntimeError, match="differs"):
        export(artefacts.load(trained).model, {}, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


def test_a_batch_is_scored_as_its_clips_are(trained: Path) -> None:
    session = onnxruntime.InferenceSession(trained / artefacts.MODEL, providers=["CPUExecutionProvider"])
    mfcc = np.random.default_rng(1).normal(0, 50, (5, 20, CLIP_FRAMES)).astype(np.float32)
    n_frames = np.array([1292, 44, 700, 1291, 431], dtype=np.int64)
    together = session.run(["genre"], {"mfcc": mfcc, "n_frames": n_frames})[0]
    for i in range(5):
        alone = session.run(["genre"], {"mfcc": mfcc[i : i + 1], "n_frames": n_frames[i : i + 1]})[0]
        np.testing.assert_allclose(together[i : i + 1], alone, atol=1e-5)


def test_latency_is_measured_per_clip(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(cli.measure_latency, "--model", trained, "--runs", "2")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["batch  1", "batch 32"]
