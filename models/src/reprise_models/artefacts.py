"""What a training run leaves behind: the weights and the figures, enough to export again in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from reprise_models.network import EchoNestCnn

CHECKPOINT = "checkpoint.pt"
TRAINING = "training.json"
MODEL = "model.onnx"
GOLDEN = "golden.json"
CARD = "MODEL_CARD.md"
PARITY = "parity.json"


def save(folder: Path, model: EchoNestCnn, training: dict[str, Any]) -> None:
    """Writes the weights and buffers, and `training` (genres, figures, reference, settings) as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), folder / CHECKPOINT)
    write_json(folder / TRAINING, training)


def load(folder: Path) -> tuple[EchoNestCnn, dict[str, Any]]:
    """Reads what `save` wrote; the network comes in eval mode."""
    training = read_json(folder / TRAINING)
    model = EchoNestCnn(len(training["genres"]))
    model.load_state_dict(torch.load(folder / CHECKPOINT, weights_only=True))
    return model.eval(), training


def read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
