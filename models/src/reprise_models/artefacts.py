"""The files of a training run: weights, settings and metrics, from which a model is exported in seconds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from reprise_models.network import EchoNestCnn

CHECKPOINT = "checkpoint.pt"
TRAINING = "training.json"
REFERENCE = "reference.json"
MODEL = "model.onnx"
GOLDEN = "golden.json"
CARD = "MODEL_CARD.md"
PARITY = "parity.json"
TEMPO = "tempo.json"
END_TO_END = "end-to-end.json"
LATENCY = "latency.json"
MEASURED = (PARITY, TEMPO, END_TO_END, LATENCY)
PAGE = "MODEL_CARD.html"


@dataclass(frozen=True)
class Run:
    """A trained network in eval mode, the settings and metrics of its training, and its reference distributions."""

    model: EchoNestCnn
    training: dict[str, Any]
    reference: dict[str, Any]


def save(folder: Path, run: Run) -> None:
    """Write the weights and buffers, the settings and metrics of the training, and the reference distributions.

    Measurements of earlier weights in the folder are deleted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in MEASURED:
        (folder / name).unlink(missing_ok=True)
    torch.save(run.model.state_dict(), folder / CHECKPOINT)
    write_json(folder / TRAINING, run.training)
    write_reference(folder, run.reference)


def load(folder: Path) -> Run:
    """Read a run that `save` wrote."""
    training = read_json(folder / TRAINING)
    recipe = training["recipe"]
    model = EchoNestCnn(len(training["genres"]), recipe["convolutional"], recipe["perceptrons"])
    model.load_state_dict(torch.load(folder / CHECKPOINT, weights_only=True))
    return Run(model.eval(), training, read_json(folder / REFERENCE))


def write_reference(folder: Path, reference: dict[str, Any]) -> None:
    """Write the reference distributions on one line; a histogram of a thousand bins is not meant for people."""
    (folder / REFERENCE).write_text(compact(reference) + "\n", encoding="utf-8")


def measured(folder: Path) -> dict[str, Any]:
    """Return the measurements of the model in `folder` by file name; those that were not made are missing."""
    files = (folder / name for name in MEASURED)
    return {file.name: read_json(file) for file in files if file.exists()}


def compact(content: object) -> str:
    """Return JSON on one line, with numbers rounded as in every file of a model."""
    return json.dumps(_rounded(content), separators=(",", ":"), ensure_ascii=False)


def read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(_rounded(content), indent=1, ensure_ascii=False)
    # A list of numbers on one line, not on as many lines as there are numbers.
    text = re.sub(r"\[[\s\d.,eE+-]+\]", lambda numbers: re.sub(r"\s+", " ", numbers[0]), text)
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(content: object) -> object:
    """Round every number to seven significant digits, the precision of float32; more would be noise in a diff."""
    if isinstance(content, float):
        return float(f"{content:.7g}")
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    return content
