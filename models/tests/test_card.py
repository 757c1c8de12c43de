"""The card and its page, of a network trained on synthetic data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import run_command

from reprise_models import artefacts, cli
from reprise_models.card import card
from reprise_models.features import NAMES
from reprise_models.page import page
from reprise_models.tempo_evaluation import metrics


@pytest.fixture(scope="module")
def properties(trained: Path, contract: Path) -> dict[str, str]:
    del trained
    return {
        "reprise.model.name": "tiny",
        "reprise.model.version": "1.2.3",
        "reprise.contract.name": contract.stem,
        "reprise.contract.sha256": "0" * 64,
        "reprise.training_data": json.dumps({"text": "Synthetic.", "licence": "None."}),
    }


def test_states_the_metrics_of_the_training(trained: Path, properties: dict[str, str]) -> None:
    training = artefacts.load(trained).training
    text = card(properties, training, {})
    validation = training["cross_validation"]
    assert f"**{validation['mean_r2_without_tempo']:.3f}** (mean over" in text
    for name in NAMES:
        of = validation["features"][name]
        assert f"| {name} | {of['r2']:.3f} ± {of['r2_std']:.3f} |" in text
        assert f"{validation['calibration'][name]['rms_z']:.2f}" in text
    for model in validation["other_models"]:
        assert f"| {model} |" in text
    assert "Not measured in this run (`reprise-tempo`)" in text
    assert "Not measured in this run (`reprise-end-to-end`)" in text


def test_states_other_measurements(trained: Path, properties: dict[str, str]) -> None:
    training = artefacts.load(trained).training
    tempo = np.array([100.0, 120.0, 60.0], dtype=np.float32)
    estimate = np.array([101.0, 60.0, 90.0], dtype=np.float32)
    of = metrics(tempo, estimate, 2 * estimate, np.array([0.9, 0.5, 0.2], dtype=np.float32))
    measured: dict[str, dict[str, Any]] = {
        artefacts.LATENCY: {"1": 1.25, "32": 0.75},
        artefacts.TEMPO: {"whole clips, their artist left out": of},
        artefacts.PARITY: {
            "clips": 3,
            "frame_clips": 2,
            "coefficients": {"bias": [0.1], "error_std": [2.0], "std_ratio": [0.9]},
            "inputs": {"mfcc_1": {"bias": -0.125, "error_std": 1.5, "tracks_std": 38.25}},
            "features": {"energy": {"mean": 0.01, "max": 0.05}},
        },
    }
    text = card(properties, training, measured)
    assert "batch 1: 1.25 ms, batch 32: 0.75 ms" in text
    assert "| energy | 0.010 | 0.050 |" in text
    assert "| mfcc_1 | -0.12 | 1.50 | 38.2 |" in text
    assert "right within 4 % for 33% of 3 whole clips, for 67% when its double or half counts" in text
    assert re.search(r"\| whole clips, their artist left out \| 3 \| 0\.333 .* \| 1 of 2 \|", text)


def test_the_page_is_self_contained(trained: Path, properties: dict[str, str]) -> None:
    training = artefacts.load(trained).training
    html = page("tiny 1.2.3", card(properties, training, {}), training)
    assert html.count("data:image/png;base64,iVBOR") == 4
    assert "<table>" in html
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert page("tiny 1.2.3", card(properties, training, {}), training) == html


def test_measurements_in_the_folder_reach_the_card(trained: Path, contract: Path) -> None:
    artefacts.write_json(trained / artefacts.LATENCY, {"1": 1.25, "32": 0.75})
    try:
        run_command(cli.export_model, "--model", trained, "--contract", contract)
        assert "batch 1: 1.25 ms" in (trained / artefacts.CARD).read_text()
    finally:
        (trained / artefacts.LATENCY).unlink()
        run_command(cli.export_model, "--model", trained, "--contract", contract)
    assert "batch 1: 1.25 ms" not in (trained / artefacts.CARD).read_text()
