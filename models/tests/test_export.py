"""The export of a network trained on synthetic data."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from conftest import GENRE_ONLY, GENRES, LABELLED, LOGS, QUICK, run_command

from reprise_models import artefacts, cli
from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS
from reprise_models.data import FloatArray
from reprise_models.export import OPSET, TOLERANCE, compare, export
from reprise_models.features import FEATURES, NAMES
from reprise_models.inputs import INPUTS
from reprise_models.network import OUTPUTS, EchoNestCnn

README = Path(__file__).parents[1] / "README.md"


def _session(folder: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(folder / artefacts.MODEL, providers=["CPUExecutionProvider"])


def _clips(count: int, seed: int) -> FloatArray:
    return np.random.default_rng(seed).normal(0, 50, (count, COEFFICIENTS, CLIP_FRAMES)).astype(np.float32)


def test_equals_pytorch(trained: Path) -> None:
    model = artefacts.load(trained).model
    assert compare(model, (trained / artefacts.MODEL).read_bytes()) <= TOLERANCE


@pytest.mark.parametrize(
    "lengths", [[1292], [1], [1291, 1290], [2, 3, 4, 5, 6, 44, 126, 130, 131, 431, 700], [1000] * 33]
)
@pytest.mark.parametrize("filling", [0.0, float("nan")])
def test_equals_pytorch_for_any_batch_and_length(trained: Path, lengths: list[int], filling: float) -> None:
    model, clips, n_frames = artefacts.load(trained).model, _clips(len(lengths), 1), np.array(lengths, dtype=np.int64)
    clips[np.arange(CLIP_FRAMES) >= n_frames[:, None, None].repeat(COEFFICIENTS, 1)] = filling
    actual = _session(trained).run(list(OUTPUTS), {"mfcc": clips, "n_frames": n_frames})
    with torch.no_grad():
        expected = model(torch.from_numpy(clips), torch.from_numpy(n_frames))
    ranges = np.array([feature.maximum - feature.minimum for feature in FEATURES])
    for name, a, e in zip(OUTPUTS, actual, expected, strict=True):
        scale = {"features": ranges, "uncertainty": ranges, "tempo_alternate": 270.0}.get(name, 1.0)
        np.testing.assert_allclose(a / scale, e.numpy() / scale, rtol=1e-4, atol=1e-4, err_msg=name)


def test_comparison_detects_another_network(trained: Path) -> None:
    content = (trained / artefacts.MODEL).read_bytes()
    for change in ("convolutional.0.heads.values.bias", "perceptrons.2.heads.genre.bias", "uncertainty.deviation"):
        model = artefacts.load(trained).model
        with torch.no_grad():
            model.state_dict()[change].view(-1)[::2] += 0.05  # not all, to which a softmax is invariant
        assert compare(model, content) > TOLERANCE, change


def test_comparison_detects_nan(trained: Path) -> None:
    model = artefacts.load(trained).model
    with torch.no_grad():
        model.label_mean[0] = float("nan")
    assert not compare(model, (trained / artefacts.MODEL).read_bytes()) <= TOLERANCE


def test_another_training_deletes_earlier_measurements(trained: Path, tmp_path: Path) -> None:
    run = artefacts.load(trained)
    artefacts.write_json(tmp_path / artefacts.LATENCY, {"1": 1.25})
    assert artefacts.LATENCY in artefacts.measured(tmp_path)
    artefacts.save(tmp_path, run)
    assert artefacts.measured(tmp_path) == {}


def test_metadata_is_complete(trained: Path, contract: Path) -> None:
    properties = {p.key: p.value for p in onnx.load(trained / artefacts.MODEL).metadata_props}
    documented = {key for line in README.read_text().splitlines() for key in _keys(line)}
    assert len(documented) >= 9
    assert properties.keys() == documented >= {"reprise.card", "reprise.calibration"}
    assert properties["reprise.model.name"] == "tiny"
    assert properties["reprise.model.version"] == "1.2.3"
    assert properties["reprise.contract.name"] == "some-contract"
    assert properties["reprise.contract.sha256"] == hashlib.sha256(contract.read_bytes()).hexdigest()
    assert json.loads(properties["reprise.genres"]) == list(GENRES)
    assert properties["reprise.card"] == (trained / artefacts.CARD).read_text(encoding="utf-8")
    validation = json.loads(properties["reprise.cross_validation"])
    assert (validation["folds"], validation["grouped_by"], validation["tracks"]) == (2, "artist", LABELLED)
    assert set(validation["features"]) == set(NAMES)
    calibration = json.loads(properties["reprise.calibration"])
    assert set(calibration) == set(NAMES)
    assert set(calibration["tempo"]) == {"deviation", "rms_z", "rms_z_by_third", "coverage"}
    reference = json.loads(properties["reprise.reference"])
    for name in NAMES:
        for kind in ("labels", "predictions"):
            assert sum(count for _, count in reference["features"][name][kind]["counts"]) == LABELLED
    assert list(reference["inputs"]) == [of.name for of in INPUTS]
    for distribution in reference["inputs"].values():
        assert sum(count for _, count in distribution["counts"]) == LABELLED + GENRE_ONLY


def _keys(line: str) -> list[str]:
    """Return the keys in the first cell of a row of README's metadata table."""
    return re.findall(r"`(reprise\.[a-z0-9_.]+)`", line.split("|")[1]) if line.startswith("| `reprise.") else []


def test_graph_is_small_has_the_opset_and_takes_any_batch(trained: Path) -> None:
    proto = onnx.load(trained / artefacts.MODEL)
    assert [opset.version for opset in proto.opset_import if opset.domain == ""] == [OPSET]
    assert (trained / artefacts.MODEL).stat().st_size < 10_000_000
    for value in (*_session(trained).get_inputs(), *_session(trained).get_outputs()):
        assert isinstance(value.shape[0], str), value.name


def test_exporting_again_gives_the_same_file(trained: Path, contract: Path) -> None:
    names = (artefacts.MODEL, artefacts.GOLDEN, artefacts.CARD, artefacts.PAGE)
    before = {name: (trained / name).read_bytes() for name in names}
    run_command(cli.export_model, "--model", trained, "--contract", contract)
    assert before == {name: (trained / name).read_bytes() for name in before}


def test_training_is_reproducible_with_any_number_of_jobs(trained: Path, data_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tiny" / "1.2.3"
    run_command(cli.train, "--data", data_folder, "--model", folder, "--logs", tmp_path / LOGS, "--jobs", "2", *QUICK)
    training, again = (artefacts.read_json(of / artefacts.TRAINING) for of in (trained, folder))
    assert training.pop("comparison") is not None
    assert again.pop("comparison") is None
    assert training == again
    assert (folder / artefacts.REFERENCE).read_text() == (trained / artefacts.REFERENCE).read_text()
    first, second = artefacts.load(trained).model.state_dict(), artefacts.load(folder).model.state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_the_exported_uncertainty_is_fitted_to_the_folds(trained: Path) -> None:
    """For labels that are noise, the uncertainty is about their standard deviation."""
    run = artefacts.load(trained)
    stated = run.model.uncertainty.deviation.mean(dim=1)
    for column, name in enumerate(NAMES):
        rmse = run.training["cross_validation"]["pooled"][name]["rmse"]
        assert float(stated[column]) == pytest.approx(rmse, rel=0.15), name


def test_a_model_that_differs_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reprise_models.export.compare", lambda *_: float("nan"))
    with pytest.raises(RuntimeError, match="differs"):
        export(EchoNestCnn(len(GENRES), 0, 1), {}, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


def test_a_batch_is_scored_like_its_clips(trained: Path) -> None:
    session, mfcc = _session(trained), _clips(5, 2)
    n_frames = np.array([1292, 44, 700, 1291, 431], dtype=np.int64)
    batched = session.run(list(OUTPUTS), {"mfcc": mfcc, "n_frames": n_frames})
    for i in range(5):
        single = session.run(list(OUTPUTS), {"mfcc": mfcc[i : i + 1], "n_frames": n_frames[i : i + 1]})
        for name, a, b in zip(OUTPUTS, batched, single, strict=True):
            np.testing.assert_allclose(a[i : i + 1], b, rtol=1e-4, atol=1e-4, err_msg=name)


def test_latency_is_measured_per_clip_and_written(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(trained / artefacts.MODEL, tmp_path)
    run_command(cli.measure_latency, "--model", tmp_path, "--runs", "2")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["batch  1", "batch 32"]
    assert artefacts.measured(tmp_path)[artefacts.LATENCY].keys() == {"1", "32"}
