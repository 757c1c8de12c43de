"""End-to-end quality on real clips: a network trained without their artists, from audio files to predictions.

The same network on the training arrays of the same tracks shows the loss between array and product.
"""

from __future__ import annotations

import csv
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from reprise_models import artefacts, tempo_fit
from reprise_models.data import FloatArray, Tracks
from reprise_models.evaluate import mean_r2_without_tempo, metrics, predict, tempo_of_openings
from reprise_models.export import export, metadata
from reprise_models.features import NAMES
from reprise_models.prepared import Prepared, statistics_of
from reprise_models.splits import without
from reprise_models.tempo import TempoEstimator
from reprise_models.train import Recipe, Trained, total_epochs, train
from reprise_models.work import Work

AUDIO = "audio"
LABELS_FILE = "audio_labels.csv"
_NAME, _VERSION = "held-out", "0.0.1"


def end_to_end(
    work: Work, tracks: Tracks, folder: Path, shipped: artefacts.Run, contract: Path, reprise: Path, seed: int
) -> dict[str, Any]:
    """Return the metrics of the labelled clips in `folder`/audio, from the product and from the arrays.

    shipped: the run whose recipe and uncertainty are used; its weights are not.
    """
    # Read all inputs before the training, so that a missing one fails early.
    labels, short = _labels(folder / LABELS_FILE), tempo_fit.load_short(folder)
    if not reprise.is_file():
        raise FileNotFoundError(f"{reprise} is missing; set --reprise to the product's command")
    artists = {artist for _, artist in labels.values()}
    recipe = Recipe.of(shipped.training["recipe"])
    # Unlabelled neighbours of these artists' tracks may be by them too.
    artist_ids = [int(i) for i, artist in zip(tracks.ids, tracks.artists, strict=True) if artist in artists]
    fold = without(tracks, artists, np.array(sorted({*labels, *artist_ids}), dtype=np.int64))
    prepared = Prepared.of(tracks, statistics_of(tracks), fold.labelled, fold.extra)
    trained: Trained = work.submit("held-out", total_epochs(recipe), train, prepared, recipe, seed).result()
    model = trained.model
    is_training = np.array([artist not in artists for artist in short.artists])
    model.tempo = TempoEstimator(tempo_fit.fit(short.select(is_training)))
    model.uncertainty = shipped.model.uncertainty

    with tempfile.TemporaryDirectory() as scratch:
        repository = Path(scratch) / "models"
        onnx_file = repository / _NAME / _VERSION / artefacts.MODEL
        export(model, metadata(_NAME, _VERSION, contract, replace(shipped, model=model)), onnx_file)
        predicted = _run_product(reprise, repository, folder / AUDIO, Path(scratch) / "predictions.csv")
    missing = sorted(labels.keys() - predicted.keys())
    if missing:
        raise RuntimeError(
            f"the product returned no prediction for {len(missing)} of the clips, the first is {missing[0]}"
        )

    ids = sorted(labels)
    row_of = {int(track_id): row for row, track_id in enumerate(tracks.ids)}
    in_arrays = [track_id for track_id in ids if track_id in row_of]
    rows = np.array([row_of[track_id] for track_id in in_arrays], dtype=np.int64)
    tempo, _ = tempo_of_openings(tracks.openings[rows])
    from_arrays, _ = predict(model, tracks.frames[rows], tracks.openings[rows], tempo)
    return {
        "artists": len(artists),
        "product": _metrics([labels[i][0] for i in ids], np.array([predicted[i] for i in ids], dtype=np.float32)),
        "product, clips that the arrays have": _metrics(
            [labels[i][0] for i in in_arrays], np.array([predicted[i] for i in in_arrays], dtype=np.float32)
        ),
        "arrays": _metrics([labels[i][0] for i in in_arrays], from_arrays),
    }


def _metrics(labels: list[list[float]], predictions: FloatArray) -> dict[str, Any]:
    of = metrics(np.array(labels, dtype=np.float32), predictions)
    return {"clips": len(labels), "mean_r2_without_tempo": mean_r2_without_tempo(of), "features": of}


def _labels(path: Path) -> dict[int, tuple[list[float], str]]:
    """Read the eight values and the artist by track id."""
    with path.open(newline="", encoding="utf-8") as lines:
        return {
            int(row["track_id"]): ([float(row[name]) for name in NAMES], row["artist_name"])
            for row in csv.DictReader(lines)
        }


def _run_product(reprise: Path, repository: Path, audio: Path, out: Path) -> dict[int, list[float]]:
    """Predict the files of a folder with `./reprise run`; return the predictions by the number in the file name."""
    command = [
        str(reprise.resolve()), "run", "--format", "csv", "--out", str(out), "--track-id", "number",
        "--model-repository", str(repository), "--model", _NAME, str(audio),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    with out.open(newline="", encoding="utf-8") as lines:
        return {int(row["track_id"]): [float(row[name]) for name in NAMES] for row in csv.DictReader(lines)}
