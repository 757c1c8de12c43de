"""The commands for training, export and measurements. Run them in the folder `models`; see README.md."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import ParamSpec, TypeVar
from zipfile import BadZipFile

import torch

from reprise_models import artefacts, data, sources, teachers, uncertainty
from reprise_models.card import card
from reprise_models.compare import Comparison
from reprise_models.end_to_end import end_to_end
from reprise_models.evaluate import pool_folds, run_fold, summary, train_on_all
from reprise_models.export import export, metadata
from reprise_models.features import NAMES
from reprise_models.golden import golden
from reprise_models.latency import milliseconds_per_clip
from reprise_models.page import page
from reprise_models.pilot import pilot
from reprise_models.prepared import statistics_of
from reprise_models.reference import inputs, reference
from reprise_models.splits import folds_by_artist
from reprise_models.train import Recipe, total_epochs
from reprise_models.work import Work

P = ParamSpec("P")
R = TypeVar("R")

MODEL_FOLDER = Path("echonest-cnn/0.2.0")
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
    _training_options(parser)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs, help="maximum number of epochs")
    parser.add_argument("--patience", type=int, default=8, help="epochs without improvement before training stops")
    parser.add_argument("--compare", action="store_true", help="also train the models of the card's comparison")
    options = parser.parse_args()

    start = time.perf_counter()
    tracks, seed = _load(options.data), options.seed
    statistics = statistics_of(tracks)
    fma_statistics = _read(sources.fma_statistics, options.data, tracks) if options.compare else None
    recipe = dataclasses.replace(Recipe(), epochs=options.epochs, stop_after=options.epochs)
    with _work(options) as work:
        found = work.submit("pilot", recipe.epochs, pilot, tracks, statistics, recipe, seed, options.patience).result()
        recipe = dataclasses.replace(recipe, stop_after=found["best_pass"])
        folds = folds_by_artist(tracks, options.folds, seed)
        fold_futures = [
            work.submit(f"fold-{i}", total_epochs(recipe), run_fold, tracks, statistics, fold, recipe, seed)
            for i, fold in enumerate(folds)
        ]
        final = work.submit("final", total_epochs(recipe), train_on_all, tracks, statistics, recipe, seed)
        compared = (
            Comparison(work, tracks, statistics, fma_statistics, folds, recipe, seed) if options.compare else None
        )
        results = [future.result() for future in fold_futures]
        model = final.result()
        comparison = None if compared is None else compared.result()
    validation, pooled = summary(tracks, results), pool_folds(results)
    labels = tracks.labels[pooled.rows]
    model.uncertainty.load_state_dict(uncertainty.fit(pooled.predictions, pooled.confidence, labels).state_dict())
    run = artefacts.Run(
        model,
        {
            "made_with": {
                "python": platform.python_version(),
                **{module: version(module) for module in ("torch", "numpy", "scikit-learn")},
            },
            "seed": options.seed,
            "recipe": recipe.as_json(),
            "data": {
                "labelled_tracks": len(tracks.labelled),
                "genre_only_tracks": len(tracks.unlabelled),
                "artists": len({tracks.artists[row] for row in tracks.labelled}),
                "contract": sources.contract(options.data),
                "sha256": sources.checksums(options.data, tracks),
            },
            "genres": list(tracks.genre_names),
            "teacher_trees_share": teachers.TREES_SHARE,
            "pilot": found,
            "cross_validation": validation,
            "comparison": comparison,
        },
        reference(labels, pooled.predictions, tracks),
    )
    artefacts.save(options.model, run)
    for name in NAMES:
        print(f"{name:18} R2 {validation['features'][name]['r2']:.3f}")
    print(
        f"mean R2 without tempo {validation['mean_r2_without_tempo']:.4f} over folds,"
        f" {validation['mean_r2_without_tempo_pooled']:.4f} pooled"
    )
    print(f"{options.model}: trained in {time.perf_counter() - start:.0f} s")


def _training_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=_count, default=1, help="networks trained concurrently; does not change results")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto uses CUDA if available")
    parser.add_argument("--logs", type=Path, default=Path("runs"), help="folder for TensorBoard's event files")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _work(options: argparse.Namespace) -> Work:
    device = options.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    started = time.strftime("%Y%m%d-%H%M%S")
    return Work(options.jobs, options.logs / f"{options.model.name}-{started}", device)


def export_model() -> None:
    parser = _parser("Writes model.onnx, its golden file and its card from a training run.")
    parser.add_argument("--contract", type=Path, default=CONTRACT, help="the MFCC contract's file")
    options = parser.parse_args()

    folder: Path = options.model.resolve()
    run = artefacts.load(folder)
    properties = metadata(folder.parent.name, folder.name, options.contract, run)
    text = card(properties, run.training, artefacts.measured(folder))
    onnx_file = folder / artefacts.MODEL
    export(run.model, {**properties, "reprise.card": text}, onnx_file)
    artefacts.write_json(folder / artefacts.GOLDEN, golden(run.model, f"{folder.parent.name}@{folder.name}"))
    (folder / artefacts.CARD).write_text(text, encoding="utf-8")
    named = f"{folder.parent.name} {folder.name}"
    (folder / artefacts.PAGE).write_text(page(named, text, run.training), encoding="utf-8")
    size = onnx_file.stat().st_size
    print(f"{onnx_file}: {size} bytes, sha256 {hashlib.sha256(onnx_file.read_bytes()).hexdigest()}")


def measure_reference() -> None:
    parser = _parser(
        "Recomputes the inputs of reference.json from the training data; the rest of the file needs a training run.",
        needs_data=True,
    )
    options = parser.parse_args()
    tracks = _load(options.data)
    trained_on = artefacts.read_json(options.model / artefacts.TRAINING)["data"]["sha256"]
    if sources.checksums(options.data, tracks) != trained_on:
        sys.exit(f"{options.data} is not what {options.model} was trained on: checksums differ from its training.json")
    content = artefacts.read_json(options.model / artefacts.REFERENCE) | {"inputs": inputs(tracks)}
    artefacts.write_reference(options.model, content)
    for name, of in content["inputs"].items():
        print(f"{name:8} of {of['tracks']} tracks: mean {of['mean']:.2f}, standard deviation {of['stddev']:.2f}")


def measure_end_to_end() -> None:
    parser = _parser(
        "Trains without the artists of the labelled clips, then predicts these with the product.", needs_data=True
    )
    _training_options(parser)
    parser.add_argument("--contract", type=Path, default=CONTRACT, help="the MFCC contract's file")
    parser.add_argument("--reprise", type=Path, default=Path("../reprise"), help="the product's command")
    options = parser.parse_args()
    tracks = _load(options.data)
    with _work(options) as work:
        measured = end_to_end(
            work, tracks, options.data, artefacts.load(options.model), options.contract, options.reprise, options.seed
        )
    artefacts.write_json(options.model / artefacts.END_TO_END, measured)
    for source in ("product", "arrays"):
        r2 = measured[source]["mean_r2_without_tempo"]
        within = measured[source]["features"]["tempo"]["within_4_percent"]
        print(
            f"{source}: {measured[source]['clips']} clips, mean R2 without tempo {r2:.3f},"
            f" tempo within 4 % {within:.3f}"
        )


def measure_parity() -> None:
    parser = _parser("Compares the training arrays with librosa on the real clips; needs group audio.", needs_data=True)
    options = parser.parse_args()
    from reprise_models.parity import measure

    clips = sorted((options.data / "audio").glob("*.mp3"))
    measured = measure(artefacts.load(options.model).model, data.load(options.data), clips)
    artefacts.write_json(options.model / artefacts.PARITY, measured)
    print(f"{measured['clips']} clips, mean difference {measured['mean_difference']:.4f} without tempo")
    for name, of in measured["inputs"].items():
        print(f"{name:8} array - clip {of['bias']:+.3f}, standard deviation {of['error_std']:.3f}")


def measure_latency() -> None:
    parser = _parser("Prints the time per clip of ONNX Runtime on one CPU thread.")
    parser.add_argument("--runs", type=int, default=50)
    options = parser.parse_args()
    measured = {}
    for batch in (1, 32):
        milliseconds = milliseconds_per_clip(options.model / artefacts.MODEL, batch, options.runs)
        measured[str(batch)] = milliseconds
        print(f"batch {batch:2}: {milliseconds:.3f} ms per clip (median of {options.runs} runs, one thread)")
    artefacts.write_json(options.model / artefacts.LATENCY, measured)


def _load(folder: Path) -> data.Tracks:
    """Read the tracks in `folder`."""
    return _read(sources.load, folder)


def _read(read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `read`; exit with a one-sentence message if it fails."""
    try:
        return read(*args, **kwargs)
    except KeyError as e:
        sys.exit(f"{args[0]}: a file has no {e}; see README.md for the required contents")
    except (OSError, ValueError, BadZipFile) as e:
        sys.exit(f"{args[0]}: {e}" if isinstance(e, BadZipFile) else str(e))
