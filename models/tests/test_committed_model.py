"""The contract of the shipped model with the inference service.

The same tests run on a tiny model trained in this test run, so that a failure on one alone is due to the model.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from reprise_models import artefacts, cli
from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS
from reprise_models.data import FloatArray
from reprise_models.export import TOLERANCE, compare
from reprise_models.features import FEATURES, NAMES, TEMPO
from reprise_models.golden import CASES, golden, mfcc
from reprise_models.inputs import INPUTS
from reprise_models.network import OUTPUTS
from reprise_models.reference import BINS

PROJECT = Path(__file__).parents[1]
RANGES = np.array([feature.maximum - feature.minimum for feature in FEATURES])
# The scales of the tolerance, as golden.json's `tolerance_of` defines them.
SCALES: dict[str, Any] = {"features": RANGES, "uncertainty": RANGES, "tempo_alternate": RANGES[TEMPO]}


@dataclass(frozen=True)
class Model:
    """A model's folder, and the contract's file that it was exported with."""

    folder: Path
    contract: Path
    session: onnxruntime.InferenceSession

    @property
    def properties(self) -> dict[str, str]:
        content: dict[str, str] = self.session.get_modelmeta().custom_metadata_map
        return content

    @property
    def training(self) -> dict[str, Any]:
        return artefacts.read_json(self.folder / artefacts.TRAINING)

    def score(self, clips: FloatArray, n_frames: list[int]) -> dict[str, FloatArray]:
        outputs = self.session.run(list(OUTPUTS), {"mfcc": clips, "n_frames": np.array(n_frames, dtype=np.int64)})
        return dict(zip(OUTPUTS, outputs, strict=True))


def newest(versions: Path) -> Path:
    """Return the folder of the highest version."""
    return max(versions.glob("[0-9]*.[0-9]*.[0-9]*"), key=lambda folder: [int(part) for part in folder.name.split(".")])


def _model(folder: Path, contract: Path) -> Model:
    return Model(
        folder, contract, onnxruntime.InferenceSession(folder / artefacts.MODEL, providers=["CPUExecutionProvider"])
    )


@pytest.fixture(scope="module")
def shipped() -> Model:
    return _model(newest(PROJECT / cli.MODEL_FOLDER.parent), PROJECT / cli.CONTRACT)


@pytest.fixture(scope="module", params=["shipped", "tiny"])
def model(request: pytest.FixtureRequest) -> Model:
    if request.param == "shipped":
        of: Model = request.getfixturevalue("shipped")
        return of
    return _model(request.getfixturevalue("trained"), request.getfixturevalue("contract"))


def test_the_newest_version_is_the_highest_number(tmp_path: Path) -> None:
    for name in ("0.9.1", "0.10.0", "0.2.0", "notes"):
        (tmp_path / name).mkdir()
    assert newest(tmp_path).name == "0.10.0"


def test_the_commands_default_to_the_shipped_model(shipped: Model) -> None:
    assert shipped.folder == PROJECT / cli.MODEL_FOLDER


def test_shipped_model_was_cross_validated_in_five_folds_and_beats_the_constant(shipped: Model) -> None:
    validation = json.loads(shipped.properties["reprise.cross_validation"])
    assert (validation["folds"], validation["tracks"]) == (5, 1127)
    assert validation["mean_r2_without_tempo"] > 0.3


def test_uncertainty_of_the_shipped_model_is_calibrated(shipped: Model) -> None:
    for name, of in json.loads(shipped.properties["reprise.calibration"]).items():
        assert of["rms_z"] == pytest.approx(1, abs=0.15), name


def test_shipped_model_was_compared(shipped: Model) -> None:
    assert shipped.training["comparison"] is not None


def test_signature(model: Model) -> None:
    inputs = {i.name: (i.type, i.shape[1:], isinstance(i.shape[0], str)) for i in model.session.get_inputs()}
    assert inputs == {
        "mfcc": ("tensor(float)", [COEFFICIENTS, CLIP_FRAMES], True),
        "n_frames": ("tensor(int64)", [], True),
    }
    outputs = {o.name: (o.type, isinstance(o.shape[0], str)) for o in model.session.get_outputs()}
    assert outputs == dict.fromkeys(OUTPUTS, ("tensor(float)", True))


def test_file_is_small_and_has_no_paths_of_the_machine(model: Model) -> None:
    content = (model.folder / artefacts.MODEL).read_bytes()
    assert len(content) < 10_000_000
    proto = onnx.load_from_string(content)
    onnx.checker.check_model(proto, full_check=True)
    del proto.metadata_props[:]  # the card in the metadata names modules
    graph = proto.SerializeToString()
    assert b"site-packages" not in graph
    assert b".py" not in graph


def test_contract_is_that_of_this_checkout(model: Model) -> None:
    content = model.contract.read_bytes()
    assert model.properties["reprise.contract.name"] == json.loads(content)["name"]
    assert model.properties["reprise.contract.sha256"] == hashlib.sha256(content).hexdigest()


def test_metadata(model: Model) -> None:
    properties = model.properties
    assert properties["reprise.model.name"] == model.folder.parent.name
    assert properties["reprise.model.version"] == model.folder.name
    assert json.loads(properties["reprise.features"]) == [feature.as_json() for feature in FEATURES]
    assert json.loads(properties["reprise.genres"]) == model.training["genres"]
    validation = json.loads(properties["reprise.cross_validation"])
    for name in NAMES:
        assert set(validation["features"][name]) == {"r2", "r2_std", "mae", "rmse", "pearson"}
    trained = model.training["cross_validation"]
    assert validation["mean_r2_without_tempo"] == trained["mean_r2_without_tempo"]
    assert json.loads(properties["reprise.calibration"]) == trained["calibration"]
    reference = json.loads(properties["reprise.reference"])
    assert reference["bins"] == BINS
    for name in NAMES:
        for kind in ("labels", "predictions"):
            of = reference["features"][name][kind]
            assert of["deciles"] == sorted(of["deciles"])
            assert len(of["deciles"]) == 9
            assert sum(count for _, count in of["counts"]) == of["tracks"] == validation["tracks"]
    trained_on = model.training["data"]
    assert list(reference["inputs"]) == [expected.name for expected in INPUTS]
    for expected in INPUTS:
        of = reference["inputs"][expected.name]
        assert (of["min"], of["max"]) == (expected.minimum, expected.maximum)
        assert of["deciles"] == sorted(of["deciles"])
        assert len(of["deciles"]) == 9
        assert of["tracks"] == trained_on["labelled_tracks"] + trained_on["genre_only_tracks"]
        assert sum(count for _, count in of["counts"]) == of["tracks"]
        # Histogram and mean are computed from the same values, and the range contains them.
        middle = [expected.minimum + (b + 0.5) * (expected.maximum - expected.minimum) / BINS for b, _ in of["counts"]]
        mean = np.average(middle, weights=[count for _, count in of["counts"]])
        assert mean == pytest.approx(of["mean"], abs=(expected.maximum - expected.minimum) / BINS)
    assert set(json.loads(properties["reprise.training_data"])) == {"text", "licence"}


@pytest.mark.parametrize("scale", [0.0, 1.0, 50.0, 1e4])
def test_values_are_finite_and_in_range(model: Model, scale: float) -> None:
    clips = np.random.default_rng(2).standard_normal((9, COEFFICIENTS, CLIP_FRAMES), dtype=np.float32)
    of = model.score(clips * np.float32(scale), [1292, 1291, 1290, 700, 431, 44, 5, 2, 1])
    assert of["features"].shape == of["uncertainty"].shape == (9, 8)
    assert of["genre"].shape == (9, len(json.loads(model.properties["reprise.genres"])))
    assert of["embedding"].shape == (9, 192)
    assert of["tempo_alternate"].shape == of["tempo_confidence"].shape == (9,)
    assert all(np.isfinite(values).all() for values in of.values())
    for column, feature in enumerate(FEATURES):
        assert (of["features"][:, column] >= feature.minimum).all()
        assert (of["features"][:, column] <= feature.maximum).all()
    assert (of["uncertainty"] > 0).all()
    assert (of["uncertainty"] < RANGES).all()
    assert ((of["tempo_confidence"] >= 0) & (of["tempo_confidence"] <= 1)).all()
    np.testing.assert_allclose(of["genre"].sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("n_frames", [1291, 700, 431, 44, 3])
@pytest.mark.parametrize("padding", [0.0, -1e9, math.nan, math.inf])
def test_padding_changes_no_bit(model: Model, n_frames: int, padding: float) -> None:
    clip = np.random.default_rng(3).normal(0, 50, (1, COEFFICIENTS, CLIP_FRAMES)).astype(np.float32)
    padded = clip.copy()
    padded[:, :, n_frames:] = padding
    clean, dirty = model.score(clip, [n_frames]), model.score(padded, [n_frames])
    for name in OUTPUTS:
        np.testing.assert_array_equal(clean[name], dirty[name], err_msg=name)


def test_equals_its_checkpoint(model: Model) -> None:
    content = (model.folder / artefacts.MODEL).read_bytes()
    assert compare(artefacts.load(model.folder).model, content) <= TOLERANCE


def test_card_is_in_the_metadata_and_states_the_mean_r2(model: Model) -> None:
    text = (model.folder / artefacts.CARD).read_text(encoding="utf-8")
    assert text == model.properties["reprise.card"]
    assert text.splitlines()[0] == f"# {model.folder.parent.name} {model.folder.name}"
    assert f"{model.training['cross_validation']['mean_r2_without_tempo']:.3f}" in text


@pytest.mark.parametrize("case", range(len(CASES)))
def test_golden_outputs_are_those_of_onnx_runtime(model: Model, case: int) -> None:
    written = artefacts.read_json(model.folder / artefacts.GOLDEN)
    of = written["cases"][case]
    n_frames, swing, step, padding = (of[key] for key in ("n_frames", "swing", "step", "padding"))
    assert (n_frames, swing, step, padding) == CASES[case]
    outputs = model.score(mfcc(n_frames, swing, step, padding)[None], [n_frames])
    assert written["tolerance"] == 1e-4
    for name in OUTPUTS:
        difference = np.abs(outputs[name].reshape(-1) - np.array(of[name])) / SCALES.get(name, 1.0)
        assert difference.max() <= written["tolerance"], name


def test_golden_file_is_from_the_checkpoint(model: Model) -> None:
    written = artefacts.read_json(model.folder / artefacts.GOLDEN)
    computed = golden(artefacts.load(model.folder).model, f"{model.folder.parent.name}@{model.folder.name}")
    for key in ("model", "formula", "tolerance", "tolerance_of"):
        assert written[key] == computed[key]
    assert len(written["cases"]) == len(CASES)
    assert all(case.keys() == {"n_frames", "swing", "step", "padding", *OUTPUTS} for case in written["cases"])


def test_golden_inputs_are_those_of_the_formula() -> None:
    n_frames, swing, step, padding = CASES[1]
    clip = mfcc(n_frames, swing, step, padding)
    for k, t, level in ((0, 7, -200.0), (1, 500, 100.0), (3, 1000, 0.0)):
        sawtooth = (((3 * k + 5 * step + 7) * t) % 97) / 48.0 - 1
        assert clip[k, t] == np.float32(level + swing / (1 + k) * sawtooth)
    assert (clip[:, n_frames:] == padding).all()
