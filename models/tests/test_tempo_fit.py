from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from conftest import run_command

from reprise_models import tempo_cli, tempo_fit
from reprise_models.artefacts import TEMPO, measured
from reprise_models.clip import FRAMES_PER_SECOND
from reprise_models.tempo import TempoEstimator
from reprise_models.tempo_evaluation import describe, measure, metrics, wilson, within

SHORT_FRAMES = 130
ARTISTS = 6


def _clip(bpm: float, frames: int, rng: np.random.Generator) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return [20, frames] with a level that rises at each beat and decays, and noise on every coefficient."""
    beat = 60 * FRAMES_PER_SECOND / bpm
    since = np.mod(np.arange(frames) + rng.random() * beat, beat)
    mfcc = rng.normal(0, 2, (20, frames))
    mfcc[0] += 100 * np.exp(-since / 4)
    return mfcc.astype(np.float32)


def _write_labels(path: Path, tempi: dict[int, float]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["track_id", "tempo", "artist_name"])
        writer.writerows([track_id, bpm, f"Artist {track_id % ARTISTS}"] for track_id, bpm in tempi.items())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 60 labelled clips of 3 s, 12 labelled whole clips, and an unlabelled one of each."""
    folder = tmp_path_factory.mktemp("tempo")
    rng = np.random.default_rng(1)
    tempi = {i: float(rng.uniform(75, 150)) for i in range(3, 63)}
    _write_labels(folder / tempo_fit.SHORT_LABELS_FILE, tempi)
    short = [_clip(bpm, SHORT_FRAMES, rng).T for bpm in (*tempi.values(), 100)]
    np.savez(folder / tempo_fit.SHORT_FILE, ids=[*tempi, 999], mfcc_x25=np.round(np.array(short) * 25).astype(np.int16))
    whole = {i: float(rng.uniform(75, 150)) for i in range(100, 112)}
    _write_labels(folder / "labels.csv", whole)
    (folder / "clips").mkdir()
    for i, bpm in (*whole.items(), (998, 90.0)):
        np.save(folder / "clips" / f"{i:06d}.0.npy", _clip(bpm, 1291, rng))
    return folder


def test_reads_the_labelled_clips(folder: Path) -> None:
    short = tempo_fit.load_short(folder)
    assert short.mfcc.shape == (60, 20, 1292)
    assert set(short.n_frames.tolist()) == {126}
    assert len(tempo_fit.load_clips(folder / "clips", folder / "labels.csv").tempo) == 12


def test_a_folder_without_labelled_clips_is_an_error(folder: Path) -> None:
    with pytest.raises(ValueError, match="no clip"):
        tempo_fit.load_clips(folder, folder / "labels.csv")


def test_fitted_constants_generalise_and_are_reproducible(folder: Path) -> None:
    short = tempo_fit.load_short(folder)
    whole = tempo_fit.load_clips(folder / "clips", folder / "labels.csv")
    constants = tempo_fit.fit(short, whole)
    assert constants == tempo_fit.fit(short, whole)
    assert 75 < constants.prior_bpm < 150
    assert within(tempo_fit.estimate(TempoEstimator(constants), whole)[0], whole.tempo).all()
    assert within(tempo_fit.cross_validate(short)[0], short.tempo).mean() > 0.9


def test_commands_print_and_write_their_metrics(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--clips", folder / "clips", "--labels", folder / "labels.csv", "--data", folder)
    run_command(tempo_cli.measure_tempo, *arguments, "--model", tmp_path)
    printed = capsys.readouterr().out
    written = measured(tmp_path)[TEMPO]
    assert list(written) == [
        "3 s, five folds by artist",
        "whole clips, their artist left out",
        "whole clips, the constants that ship",
    ]
    assert [of["clips"] for of in written.values()] == [60, 12, 12]
    assert written["whole clips, their artist left out"]["right"] == 1
    assert printed.strip().endswith(describe(measure(folder / "clips", folder / "labels.csv")))
    run_command(tempo_cli.fit_tempo, *arguments)
    assert capsys.readouterr().out.count("TempoConstants(") == 2


def test_metrics_of_a_known_case() -> None:
    tempo = np.array([100, 100, 100, 100, 100], dtype=np.float32)
    estimate = np.array([100, 103.9, 104.1, 200, 50], dtype=np.float32)
    alternate = np.array([200, 200, 200, 100, 25], dtype=np.float32)
    confidence = np.array([1.0, 0.9, 0.1, 0.6, 0.6], dtype=np.float32)
    of = metrics(tempo, estimate, alternate, confidence)
    assert of["right"] == pytest.approx(0.4)
    assert of["right_or_octave"] == pytest.approx(0.8)
    assert (of["alternate_right_of_wrong"], of["wrong"]) == (1, 3)
    assert of["mae"] == pytest.approx((0 + 3.9 + 4.1 + 100 + 50) / 5, rel=1e-5)
    assert of["brier"] == pytest.approx((0 + 0.01 + 0.01 + 0.36 + 0.36) / 5, rel=1e-5)
    assert [(part["clips"], part["right"]) for part in of["calibration"]] == [(1, 0), (2, 0), (2, 1)]


def test_wilson_interval() -> None:
    # Five of ten: a worked example of the formula.
    low, high = wilson(5, 10)
    assert low == pytest.approx(0.2366, abs=1e-4)
    assert high == pytest.approx(0.7634, abs=1e-4)
    assert wilson(0, 7)[0] == pytest.approx(0, abs=1e-12)
