"""The commands; each prints what it did. Run them in the folder `models`, as README.md shows."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from reprise_models import artefacts, data, sources
from reprise_models.card import card
from reprise_models.evaluate import cross_validate, out_of_fold, summary
from reprise_models.export import export, metadata
from reprise_models.features import NAMES
from reprise_models.golden import golden
from reprise_models.latency import milliseconds_per_clip
from reprise_models.reference import reference
from reprise_models.train import Recipe, fit

MODEL_FOLDER = Path("echonest-cnn/0.1.0")
CONTRACT = Path("../contract/src/main/resources/dev/reprise/contract/mfcc-librosa-22050-v1.json")


def _parser(purpose: str, *, needs_data: bool = False) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=purpose, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER, help="the model's folder, <name>/<version>")
    if needs_data:
        help_text = "folder of the ready arrays, or of FMA's tables and the extracted clips"
        parser.add_argument("--data", type=Path, required=True, help=help_text)
    return parser


def train() -> None:
    parser = _parser("Cross-validates the recipe, then trains on every track.", needs_data=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--passes", type=int, default=Recipe.passes, help="over the labelled tracks")
    parser.add_argument("--jobs", type=int, default=1, help="networks trained at a time; changes no figure")
    options = parser.parse_args()

    start = time.perf_counter()
    recipe = dataclasses.replace(Recipe(), passes=options.passes)
    tracks = _load(options.data)
    # Spawned, not forked: a fork of a process that has used torch may hang in its thread pool.
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        folds = cross_validate(tracks, options.folds, recipe, options.seed, pool)
        final = pool.submit(fit, tracks, tracks.labelled, tracks.unlabelled, recipe, options.seed)
        results = [fold.result() for fold in folds]
        model = final.result()
    rows, predictions = out_of_fold(results)
    validation = summary(tracks, results)
    run = artefacts.Run(
        model,
        {
            "made_with": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
            "seed": options.seed,
            "recipe": dataclasses.asdict(recipe),
            "data": {
                "labelled_tracks": len(tracks.labelled),
                "genre_only_tracks": len(tracks.unlabelled),
                "artists": len({artist for artist in tracks.artists if artist is not None}),
                "contract": sources.contract(options.data),
                "sha256": sources.checksums(options.data, tracks),
            },
            "genres": list(tracks.genre_names),
            "cross_validation": validation,
        },
        reference(tracks.labels[rows], predictions),
    )
    artefacts.save(options.model, run)
    for name in NAMES:
        print(f"{name:18} R2 {validation['features'][name]['r2']:.3f}")
    print(f"mean R2 without tempo {validation['mean_r2_without_tempo']:.3f}")
    print(f"{options.model}: trained in {time.perf_counter() - start:.0f} s")


def export_model() -> None:
    parser = _parser("Writes model.onnx, its golden file and its card from a training run.")
    parser.add_argument("--contract", type=Path, default=CONTRACT, help="the MFCC contract's file")
    options = parser.parse_args()

    folder: Path = options.model.resolve()
    run = artefacts.load(folder)
    properties = metadata(folder.parent.name, folder.name, options.contract, run)
    onnx_file = folder / artefacts.MODEL
    export(run.model, properties, onnx_file)
    artefacts.write_json(folder / artefacts.GOLDEN, golden(onnx_file))
    parity_file = folder / artefacts.PARITY
    parity = artefacts.read_json(parity_file) if parity_file.exists() else None
    (folder / artefacts.CARD).write_text(card(properties, run.training, parity), encoding="utf-8")
    size = onnx_file.stat().st_size
    print(f"{onnx_file}: {size} bytes, sha256 {hashlib.sha256(onnx_file.read_bytes()).hexdigest()}")


def measure_parity() -> None:
    parser = _parser("Compares the training arrays with librosa on the real clips; needs group audio.", needs_data=True)
    options = parser.parse_args()
    from reprise_models.parity import measure

    clips = sorted((options.data / "audio").glob("*.mp3"))
    measured = measure(artefacts.load(options.model).model, data.load(options.data), clips)
    artefacts.write_json(options.model / artefacts.PARITY, measured)
    print(f"{measured['clips']} clips, mean difference {measured['mean_over_range']:.4f} of a feature's range")


def measure_latency() -> None:
    parser = _parser("Prints the time per clip of ONNX Runtime on one CPU thread.")
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args()
    for batch in (1, 32):
        milliseconds = milliseconds_per_clip(options.model / artefacts.MODEL, batch, options.runs)
        print(f"batch {batch:2}: {milliseconds:.3f} ms per clip (median of {options.runs} runs, one thread)")


def _load(folder: Path) -> data.Tracks:
    """The tracks in `folder`; ends the command with one sentence where they cannot be had."""
    try:
        return sources.load(folder)
    except (OSError, ValueError) as e:
        sys.exit(str(e))
