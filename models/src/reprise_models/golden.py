"""Inputs given by a formula, and what the model says of them: holds every other runtime to the same answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from reprise_models.data import FloatArray
from reprise_models.network import CLIP_FRAMES, COEFFICIENTS

TOLERANCE = 1e-4
FORMULA = (
    "mfcc[k][t] = (float) (level(k) + swing / (1 + k) * ((((3*k + 5*step + 7) * t) mod 97) / 48.0 - 1)) "
    "for k in 0..19 and t in 0..n_frames-1, in float64 and rounded once; "
    "level(0) = -200, level(1) = 100, else 0; frames from n_frames to 1291 are `padding`"
)
# n_frames, swing, step, padding: a whole clip, an MP3's, shorter ones, one of a second, one that never moves.
CASES: tuple[tuple[int, float, int, float], ...] = (
    (1292, 120.0, 0, 0.0),
    (1291, 60.0, 1, 1e6),
    (700, 200.0, 2, -1e6),
    (431, 90.0, 3, 0.0),
    (44, 150.0, 4, 12345.0),
    (1292, 0.0, 0, 0.0),
)


def mfcc(n_frames: int, swing: float, step: int, padding: float) -> FloatArray:
    """One clip [20, 1292] by FORMULA."""
    k = np.arange(COEFFICIENTS, dtype=np.int64)[:, None]
    t = np.arange(CLIP_FRAMES, dtype=np.int64)[None, :]
    level = np.where(k == 0, -200.0, np.where(k == 1, 100.0, 0.0))
    sawtooth = ((3 * k + 5 * step + 7) * t % 97) / 48.0 - 1.0
    clip = (level + swing / (1.0 + k) * sawtooth).astype(np.float32)
    clip[:, n_frames:] = padding
    return clip


def golden(model: Path) -> dict[str, Any]:
    """The golden file's content for `model`, an ONNX file, computed by ONNX Runtime on the CPU."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    properties = session.get_modelmeta().custom_metadata_map
    cases = []
    for n_frames, swing, step, padding in CASES:
        features, genre = session.run(
            ["features", "genre"],
            {
                "mfcc": mfcc(n_frames, swing, step, padding)[None],
                "n_frames": np.array([n_frames], dtype=np.int64),
            },
        )
        cases.append(
            {
                "n_frames": n_frames,
                "swing": swing,
                "step": step,
                "padding": padding,
                "features": [float(v) for v in features[0]],
                "genre": [float(v) for v in genre[0]],
            }
        )
    return {
        "model": f"{properties['reprise.model.name']}@{properties['reprise.model.version']}",
        "made_by": f"reprise-export, ONNX Runtime {onnxruntime.__version__}, CPUExecutionProvider",
        "formula": FORMULA,
        "tolerance": TOLERANCE,
        "tolerance_of": "absolute, of each feature over its range (max - min in reprise.features) and of each genre",
        "cases": cases,
    }
