"""Holds the model in this folder to what the inference service relies on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from reprise_models import artefacts, cli
from reprise_models.card import card
from reprise_models.data import FloatArray
from reprise_models.export import TOLERANCE, compare
from reprise_models.features import FEATURES, NAMES
from reprise_models.golden import CASES, golden, mfcc
from reprise_models.network import CLIP_FRAMES, COEFFICIENTS
from reprise_models.reference import BINS

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / cli.MODEL_FOLDER
CONTRACT = PROJECT / cli.CONTRACT


@pytest.fixture(scope="module")
def session() -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(FOLDER / artefacts.MODEL, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def properties(session: onnxruntime.InferenceSession) -> dict[str, str]:
    content: dict[str, str] = session.get_modelmeta().custom_metadata_map
    return content


def _score(session: onnxruntime.InferenceSession, clips: FloatArray, n_frames: list[int]) -> list[FloatArray]:
    outputs: list[FloatArray] = session.run(
        ["features", "genre", "embedding"], {"mfcc": clips, "n_frames": np.array(n_frames, dtype=np.int64)}
    )
    return outputs


def test_signature(session: onnxruntime.InferenceSession) -> None:
    inputs = {i.name: (i.type, i.shape[1:], isinstance(i.shape[0], str)) for i in session.get_inputs()}
    assert inputs == {
        "mfcc": ("tensor(float)", [COEFFICIENTS, CLIP_FRAMES], True),
        "n_frames": ("tensor(int64)", [], True),
    }
    outputs = {o.name: (o.type, isinstance(o.shape[0], str)) for o in session.get_outputs()}
    assert outputs == dict.fromkeys(("features", "genre", "embedding"), ("tensor(float)", True))


def test_file_is_small_and_says_nothing_of_the_machine() -> None:
    content = (FOLDER / artefacts.MODEL).read_bytes()
    assert len(content) < 10_000_000
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    assert b"site-packages" not in content
    assert b".py" not in content


def test_contract_is_that_of_this_checkout(properties: dict[str, str]) -> None:
    content = CONTRACT.read_bytes()
    assert properties["reprise.contract.name"] == json.loads(content)["name"]
    assert properties["reprise.contract.sha256"] == hashlib.sha256(content).hexdigest()


def test_metadata(properties: dict[str, str]) -> None:
    assert properties["reprise.model.name"] == FOLDER.parent.name
    assert properties["reprise.model.version"] == FOLDER.name
    assert json.loads(properties["reprise.features"]) == [feature.as_json() for feature in FEATURES]
    validation = json.loads(properties["reprise.cross_validation"])
    assert validation["folds"] == 5
    assert validation["tracks"] == 1127
    for name in NAMES:
        assert set(validation["features"][name]) == {"r2", "r2_std", "mae", "rmse", "pearson"}
    reference = json.loads(properties["reprise.reference"])
    assert reference["bins"] == BINS
    for name in NAMES:
        for kind in ("labels", "predictions"):
            of = reference["features"][name][kind]
            assert of["deciles"] == sorted(of["deciles"])
            assert len(of["deciles"]) == 9
            assert sum(count for _, count in of["counts"]) == of["tracks"] == validation["tracks"]
    assert set(json.loads(properties["reprise.training_data"])) == {"text", "licence"}


def test_is_better_than_the_constant(properties: dict[str, str]) -> None:
    assert json.loads(properties["reprise.cross_validation"])["mean_r2_without_tempo"] > 0.3


@pytest.mark.parametrize("scale", [0.0, 1.0, 50.0, 1e4])
def test_values_are_finite_and_in_range(
    session: onnxruntime.InferenceSession, properties: dict[str, str], scale: float
) -> None:
    clips = np.random.default_rng(2).standard_normal((9, COEFFICIENTS, CLIP_FRAMES), dtype=np.float32)
    clips *= np.float32(scale)
    features, genre, embedding = _score(session, clips, [1292, 1291, 1290, 700, 431, 44, 5, 2, 1])
    assert features.shape == (9, 8)
    assert genre.shape == (9, len(json.loads(properties["reprise.genres"])))
    assert np.isfinite(embedding).all()
    for column, feature in enumerate(FEATURES):
        assert (features[:, column] >= feature.minimum).all()
        assert (features[:, column] <= feature.maximum).all()
    np.testing.assert_allclose(genre.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("n_frames", [1291, 700, 431, 44])
@pytest.mark.parametrize("padding", [0.0, -1e9, float("nan"), float("inf")])
def test_padding_changes_not_a_bit(session: onnxruntime.InferenceSession, n_frames: int, padding: float) -> None:
    clip = np.random.default_rng(3).normal(0, 50, (1, COEFFICIENTS, CLIP_FRAMES)).astype(np.float32)
    padded = clip.copy()
    padded[:, :, n_frames:] = padding
    for a, b in zip(_score(session, clip, [n_frames]), _score(session, padded, [n_frames]), strict=True):
        np.testing.assert_array_equal(a, b)


def test_is_the_checkpoint_beside_it() -> None:
    assert compare(artefacts.load(FOLDER).model, (FOLDER / artefacts.MODEL).read_bytes()) <= TOLERANCE


def test_card_is_generated_from_what_is_here(properties: dict[str, str]) -> None:
    parity = artefacts.read_json(FOLDER / artefacts.PARITY)
    expected = card(properties, artefacts.load(FOLDER).training, parity)
    assert (FOLDER / artefacts.CARD).read_text(encoding="utf-8") == expected


def test_golden_answers() -> None:
    written = artefacts.read_json(FOLDER / artefacts.GOLDEN)
    computed = golden(FOLDER / artefacts.MODEL)
    assert written["formula"] == computed["formula"]
    ranges = np.array([feature.maximum - feature.minimum for feature in FEATURES])
    for old, new in zip(written["cases"], computed["cases"], strict=True):
        difference = np.abs(np.array(old["features"]) - new["features"]) / ranges
        assert difference.max() <= written["tolerance"]
        np.testing.assert_allclose(old["genre"], new["genre"], atol=written["tolerance"])


def test_golden_inputs_are_those_of_the_formula() -> None:
    n_frames, swing, step, padding = CASES[1]
    clip = mfcc(n_frames, swing, step, padding)
    k, t = 3, 1000
    assert clip[k, t] == np.float32(swing / (1 + k) * ((((3 * k + 5 * step + 7) * t) % 97) / 48.0 - 1))
    assert (clip[:, n_frames:] == padding).all()
