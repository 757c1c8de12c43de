"""Small made-up data in the formats of the real ones, and a network trained on it by the real commands."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from reprise_models import cli, data
from reprise_models.features import NAMES

LABELLED = 200
GENRE_ONLY = 60
ARTISTS = 20
GENRES = ("Folk", "Hip-Hop", "Rock")


def run_command(command: Callable[[], None], *arguments: str | Path) -> None:
    with mock.patch.object(sys, "argv", ["reprise", *map(str, arguments)]):
        command()


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(7)
    tracks = LABELLED + GENRE_ONLY
    ids = rng.permutation(np.arange(tracks) * 4 + 2)
    mfcc = rng.normal(0, 30, (tracks, 250, 20))
    np.savez(folder / data.MFCC_FILE, ids=ids, mfcc_x4=np.round(mfcc * 4).astype(np.int16))
    opening = rng.normal(0, 30, (tracks, 130, 20))
    np.savez(folder / data.OPENING_FILE, ids=ids, mfcc_x25=np.round(opening * 25).astype(np.int16))
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
    return folder


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contract") / "some-contract.json"
    path.write_text(json.dumps({"name": "some-contract"}))
    return path


@pytest.fixture(scope="session")
def trained(data_folder: Path, contract: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model of one pass, trained and exported."""
    folder = tmp_path_factory.mktemp("models") / "tiny" / "1.2.3"
    run_command(cli.train, "--data", data_folder, "--model", folder, "--passes", "1", "--folds", "2")
    run_command(cli.export_model, "--model", folder, "--contract", contract)
    return folder
