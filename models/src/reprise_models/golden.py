"""Golden inputs and outputs of the model, against which every other runtime is tested."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS
from reprise_models.data import FloatArray
from reprise_models.network import OUTPUTS, EchoNestCnn

TOLERANCE = 1e-4
FORMULA = (
    "mfcc[k][t] = (float) (level(k) + swing / (1 + k) * ((((3*k + 5*step + 7) * t) mod 97) / 48.0 - 1)) "
    "for k in 0..19 and t in 0..n_frames-1, in float64 and rounded once; "
    "level(0) = -200, level(1) = 100, else 0; frames from n_frames to 1291 are `padding`"
)
# n_frames, swing, step, padding: a whole clip, the length of FMA's MP3s, shorter clips, a second, a constant clip,
# three frames.
CASES: tuple[tuple[int, float, int, float], ...] = (
    (1292, 120.0, 0, 0.0),
    (1291, 60.0, 1, 1e6),
    (700, 200.0, 2, -1e6),
    (431, 90.0, 3, 0.0),
    (44, 150.0, 4, 12345.0),
    (1292, 0.0, 0, 0.0),
    (3, 150.0, 5, -7.0),
)


def mfcc(n_frames: int, swing: float, step: int, padding: float) -> FloatArray:
    """Return one clip [20, 1292] by FORMULA."""
    k = np.arange(COEFFICIENTS, dtype=np.int64)[:, None]
    t = np.arange(CLIP_FRAMES, dtype=np.int64)[None, :]
    level = np.where(k == 0, -200.0, np.where(k == 1, 100.0, 0.0))
    sawtooth = ((3 * k + 5 * step + 7) * t % 97) / 48.0 - 1.0
    clip = (level + swing / (1.0 + k) * sawtooth).astype(np.float32)
    clip[:, n_frames:] = padding
    return clip


def golden(model: EchoNestCnn, named: str) -> dict[str, Any]:
    """Return the golden file: PyTorch's outputs of the model `named` NAME@VERSION."""
    cases = []
    for n_frames, swing, step, padding in CASES:
        clip = torch.from_numpy(mfcc(n_frames, swing, step, padding))
        with torch.no_grad():
            outputs = model(clip.unsqueeze(0), torch.tensor([n_frames]))
        expected = {name: values.flatten().tolist() for name, values in zip(OUTPUTS, outputs, strict=True)}
        cases.append({"n_frames": n_frames, "swing": swing, "step": step, "padding": padding, **expected})
    return {
        "model": named,
        "made_by": f"reprise-export, PyTorch {torch.__version__}, CPU",
        "formula": FORMULA,
        "tolerance": TOLERANCE,
        "tolerance_of": (
            "absolute, of each feature, its uncertainty and tempo_alternate over the feature's range "
            "(max - min in reprise.features), of tempo_confidence, each genre and each value of the embedding as they "
            "are"
        ),
        "cases": cases,
    }
