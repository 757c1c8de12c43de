"""Small synthetic data in the formats of the real data, and a network trained on it by the real commands."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self
from unittest import mock

import numpy as np
import pytest
import synthetic_fma

from reprise_models import cli, data, fma
from reprise_models.clip import COEFFICIENTS, OPENING_FRAMES, PICKED_FRAMES
from reprise_models.data import FloatArray, Tracks
from reprise_models.features import NAMES
from reprise_models.prepared import statistics_of
from reprise_models.runlog import RunLog

LABELLED = 300
GENRE_ONLY = 100
ARTISTS = 20
GENRES = ("Folk", "Hip-Hop", "Rock")
ID_STEP = 16  # one more than the neighbourhood that folds exclude
LOGS = "logs"
QUICK = ("--epochs", "1", "--folds", "2", "--device", "cpu")  # options of reprise-train


class InProcessWork:
    """A replacement of `Work` that runs each training at once, in this process."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, _name: str, _epochs: int, train: Callable[..., Any], *arguments: object) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(train(RunLog(), "cpu", *arguments))
        return done


def run_command(command: Callable[[], None], *arguments: str | Path) -> None:
    with mock.patch.object(sys, "argv", ["reprise", *map(str, arguments)]):
        command()


def synthetic_tracks(
    ids: Sequence[int],
    artists: Sequence[str | None],
    labels: FloatArray,
    genres: Sequence[int] | None = None,
    seed: int = 0,
) -> Tracks:
    """Return tracks of noise; rows of `labels` [N, 8] with NaN are unlabelled."""
    rng = np.random.default_rng(seed)
    n = len(ids)
    return Tracks(
        ids=np.array(ids, dtype=np.int64),
        frames=rng.normal(0, 30, (n, COEFFICIENTS, PICKED_FRAMES)).astype(np.float32),
        openings=rng.normal(0, 30, (n, COEFFICIENTS, OPENING_FRAMES)).astype(np.float32),
        genres=np.zeros(n, dtype=np.int64) if genres is None else np.array(genres, dtype=np.int64),
        genre_names=GENRES,
        labels=labels,
        artists=tuple(artists),
    )


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(7)
    tracks = LABELLED + GENRE_ONLY
    ids = rng.permutation(np.arange(tracks) * ID_STEP + 2)
    mfcc = rng.normal(0, 30, (tracks, 250, 20))
    np.savez(folder / data.MFCC_FILE, ids=ids, mfcc_x4=np.round(mfcc * 4).astype(np.int16))
    opening = rng.normal(0, 30, (tracks, 130, 20))
    order = rng.permutation(tracks)  # the files may differ in order
    np.savez(folder / data.OPENING_FILE, ids=ids[order], mfcc_x25=np.round(opening * 25).astype(np.int16)[order])
    with (folder / data.GENRES_FILE).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["track_id", "genre_top", "has_echonest"])
        writer.writerows([i, GENRES[i % len(GENRES)], int(n < LABELLED)] for n, i in enumerate(ids))
    with (folder / data.LABELS_FILE).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["track_id", *NAMES, "artist_name", "release", "genre_top", "title"])
        for n, i in enumerate(ids[:LABELLED]):
            values = [120 + 20 * rng.standard_normal() if name == "tempo" else rng.random() for name in NAMES]
            writer.writerow([i, *values, f"Artist, {n % ARTISTS}", "Release", GENRES[i % len(GENRES)], "Title"])
    synthetic_fma.write_features(folder / fma.METADATA, ([str(i), *_features_csv_line(i)] for i in ids))
    return folder


def _features_csv_line(track_id: int) -> list[str]:
    values = np.random.default_rng(track_id).normal(0, 30, len(synthetic_fma.feature_columns()))
    return [f"{value:.3f}" for value in values]


@pytest.fixture(scope="session")
def tracks(data_folder: Path) -> Tracks:
    return data.load(data_folder)


@pytest.fixture(scope="session")
def statistics(tracks: Tracks) -> FloatArray:
    return statistics_of(tracks)


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contract") / "some-contract.json"
    path.write_text(json.dumps({"name": "some-contract"}))
    return path


@pytest.fixture(scope="session")
def trained(data_folder: Path, contract: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a model that was trained for one epoch, compared and exported; logs are next to it."""
    folder = tmp_path_factory.mktemp("models") / "tiny" / "1.2.3"
    logs = folder.parent / LOGS
    run_command(cli.train, "--data", data_folder, "--model", folder, "--logs", logs, "--compare", *QUICK)
    run_command(cli.export_model, "--model", folder, "--contract", contract)
    return folder
