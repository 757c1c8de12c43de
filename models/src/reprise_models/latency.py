"""Time per clip of ONNX Runtime on one CPU thread."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np
import onnxruntime

from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS

WARM_UP_RUNS = 3


def milliseconds_per_clip(model: Path, batch: int, runs: int) -> float:
    """Return the median time of a batch of whole clips over `runs` runs, divided by the batch size."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    mfcc = np.random.default_rng(0).normal(0, 30, (batch, COEFFICIENTS, CLIP_FRAMES)).astype(np.float32)
    feed = {"mfcc": mfcc, "n_frames": np.full(batch, CLIP_FRAMES, dtype=np.int64)}
    seconds = []
    for run in range(WARM_UP_RUNS + runs):
        start = time.perf_counter()
        session.run(None, feed)
        if run >= WARM_UP_RUNS:
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) / batch * 1e3
