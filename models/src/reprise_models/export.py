"""Export to ONNX, with everything that serving needs in the metadata."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from reprise_models.artefacts import Run, compact
from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS
from reprise_models.features import FEATURES, TEMPO
from reprise_models.network import OUTPUTS, EchoNestCnn

# The exporter warns about torchvision operators that it cannot register; none is used here.
logging.getLogger("torch.onnx").setLevel(logging.ERROR)

OPSET = 18
TOLERANCE = 1e-5  # between PyTorch and ONNX Runtime, relative to the range of each output
TRAINING_DATA = {
    "text": (
        "FMA dataset (Defferrard, Benzi, Vandergheynst, Bresson: FMA: A Dataset for Music Analysis, ISMIR 2017): "
        "Echo Nest audio features and genres published with it, and MFCCs of the 30 s clips of fma_small."
    ),
    "licence": (
        "Metadata CC BY 4.0; audio under a Creative Commons licence of each track's own, mostly non-commercial. "
        "The weights were trained from the Echo Nest values published with FMA."
    ),
}


def metadata(name: str, version: str, contract: Path, run: Run) -> dict[str, str]:
    """Return the metadata properties that README.md lists. `contract` is the MFCC contract's file."""
    content = contract.read_bytes()
    validation = run.training["cross_validation"]
    kept = ("r2", "r2_std", "mae", "rmse", "pearson")
    metrics = {feature.name: {key: validation["features"][feature.name][key] for key in kept} for feature in FEATURES}
    structured: dict[str, object] = {
        "reprise.features": [feature.as_json() for feature in FEATURES],
        "reprise.genres": run.training["genres"],
        "reprise.cross_validation": {
            "folds": validation["folds"],
            "grouped_by": validation["grouped_by"],
            "tracks": validation["tracks"],
            "features": metrics,
            "mean_r2_without_tempo": validation["mean_r2_without_tempo"],
            "mean_r2_without_tempo_std": validation["mean_r2_without_tempo_std"],
            "mean_r2_without_tempo_pooled": validation["mean_r2_without_tempo_pooled"],
            "genre_accuracy": validation["genre_accuracy"],
        },
        "reprise.calibration": validation["calibration"],
        "reprise.reference": run.reference,
        "reprise.training_data": TRAINING_DATA,
    }
    return {
        "reprise.model.name": name,
        "reprise.model.version": version,
        "reprise.contract.name": str(json.loads(content)["name"]),
        "reprise.contract.sha256": hashlib.sha256(content).hexdigest(),
        **{key: compact(value) for key, value in structured.items()},
    }


def export(model: EchoNestCnn, properties: dict[str, str], path: Path) -> None:
    """Write `path`, unless ONNX's checker or the comparison with PyTorch fails."""
    model.eval()
    mfcc = torch.zeros(2, COEFFICIENTS, CLIP_FRAMES)
    n_frames = torch.tensor([CLIP_FRAMES, 100])
    program = torch.onnx.export(
        model,
        (mfcc, n_frames),
        dynamo=True,
        opset_version=OPSET,
        input_names=["mfcc", "n_frames"],
        output_names=list(OUTPUTS),
        # One name: the exporter infers that both axes are the batch, and warns about a second name.
        dynamic_shapes={"mfcc": {0: "batch"}, "n_frames": {0: torch.export.Dim.DYNAMIC}},
        verbose=False,
    )
    if program is None:
        raise RuntimeError("the exporter returned nothing")
    proto = program.model_proto
    _remove_source_locations(proto)
    onnx.helper.set_model_props(proto, properties)
    onnx.checker.check_model(proto, full_check=True)
    difference = compare(model, proto.SerializeToString())
    if not difference <= TOLERANCE:
        raise RuntimeError(f"ONNX Runtime differs from PyTorch by {difference:.2e}, more than {TOLERANCE:.0e}")
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(proto, path)


def compare(model: EchoNestCnn, content: bytes) -> float:
    """Return the largest difference between PyTorch and ONNX Runtime, relative to each output's range."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    ranges = np.array([feature.maximum - feature.minimum for feature in FEATURES])
    rng = np.random.default_rng(0)
    differences = []
    for lengths in ([1292], [1291, 44], [700, 431, 1, 1292, 5, 1290, 250, 99]):
        mfcc = rng.normal(0, 60, (len(lengths), COEFFICIENTS, CLIP_FRAMES)).astype(np.float32)
        n_frames = np.array(lengths, dtype=np.int64)
        for clip, real in zip(mfcc, lengths, strict=True):
            clip[:, real:] = np.nan  # padding may be any value
        with torch.no_grad():
            expected = [t.numpy() for t in model(torch.from_numpy(mfcc), torch.from_numpy(n_frames))]
        actual = session.run(list(OUTPUTS), {"mfcc": mfcc, "n_frames": n_frames})
        # The embedding has no fixed range: its difference is relative to its largest value.
        tempo = ranges[TEMPO]
        scales = (ranges, ranges, tempo, 1.0, 1.0, max(1.0, float(np.abs(expected[-1]).max())))
        for e, a, scale in zip(expected, actual, scales, strict=True):
            differences.append((np.abs(e - a) / scale).max())
    return float(np.max(differences))  # NaN if one is, unlike max()


def _remove_source_locations(proto: onnx.ModelProto) -> None:
    """Remove the exporter's source locations: they contain paths of this machine."""
    proto.doc_string = ""
    proto.graph.doc_string = ""
    for node in proto.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in (*proto.graph.input, *proto.graph.output, *proto.graph.value_info, *proto.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]
    del proto.graph.metadata_props[:]
