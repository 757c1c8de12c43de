"""The commands of the tempo estimator."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from reprise_models import tempo_fit
from reprise_models.artefacts import TEMPO, write_json
from reprise_models.data import FloatArray
from reprise_models.tempo import CONSTANTS, TempoEstimator
from reprise_models.tempo_evaluation import describe, measure, metrics
from reprise_models.tempo_fit import TempoClips


def _parser(purpose: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--clips", type=Path, required=True, help="folder of whole clips that `reprise extract` wrote")
    parser.add_argument("--labels", type=Path, required=True, help="CSV with their track_id, tempo and artist_name")
    return parser


def measure_tempo() -> None:
    parser = _parser("Prints the accuracy of the tempo on labelled clips.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training arrays")
    parser.add_argument("--model", type=Path, help="the model's folder, to write the metrics to")
    options = parser.parse_args()

    short = tempo_fit.load_short(options.data)
    whole = tempo_fit.load_clips(options.clips, options.labels)
    measured = {
        "3 s, five folds by artist": metrics(short.tempo, *tempo_fit.cross_validate(short)),
        "whole clips, their artist left out": metrics(whole.tempo, *_held_out(short, whole)),
        "whole clips, the constants that ship": measure(options.clips, options.labels),
    }
    for name, of in measured.items():
        print(name)
        print(describe(of))
    if options.model is not None:
        write_json(options.model / TEMPO, measured)


def fit_tempo() -> None:
    parser = _parser("Fits the constants of the tempo estimator.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training arrays")
    options = parser.parse_args()

    short = tempo_fit.load_short(options.data)
    whole = tempo_fit.load_clips(options.clips, options.labels)
    print("fitted on all clips, and those in tempo.py")
    print(tempo_fit.fit(short, whole))
    print(CONSTANTS)


def _held_out(short: TempoClips, whole: TempoClips) -> FloatArray:
    """Return estimates [3, N] of the whole clips, each by constants fitted without its artist."""
    result = np.zeros((3, len(whole.tempo)), dtype=np.float32)
    for artist in sorted(set(whole.artists)):
        test = whole.by(artist)
        constants = tempo_fit.fit(short.select(~short.by(artist)), whole.select(~test))
        result[:, test] = tempo_fit.estimate(TempoEstimator(constants), whole.select(test))
    return result
