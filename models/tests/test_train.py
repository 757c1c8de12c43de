from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from reprise_models import data
from reprise_models.data import Tracks
from reprise_models.features import FEATURES
from reprise_models.network import EchoNestCnn
from reprise_models.train import Mixture, Recipe, augment, fit

TINY = replace(Recipe(), passes=2, labelled_batch=32, genre_batch=16)


@pytest.fixture(scope="module")
def tracks(data_folder: Path) -> Tracks:
    return data.load(data_folder)


def _fit(tracks: Tracks, seed: int) -> EchoNestCnn:
    return fit(tracks, tracks.labelled, tracks.unlabelled, TINY, seed)


def test_one_seed_gives_one_network(tracks: Tracks) -> None:
    first, second, other = (_fit(tracks, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not torch.equal(first["conv1.conv.weight"], other["conv1.conv.weight"])


def test_scales_come_from_the_training_rows_alone(tracks: Tracks) -> None:
    rows, genre_only = tracks.labelled[:64], tracks.unlabelled[:20]
    model = fit(tracks, rows, genre_only, replace(TINY, passes=1), 1)
    used = tracks.frames[np.concatenate([rows, genre_only])]
    np.testing.assert_allclose(model.mfcc_mean.numpy(), used.mean(axis=(0, 2)), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(model.label_mean.numpy(), tracks.labels[rows].mean(axis=0), rtol=1e-5)


def test_learns_what_is_there_to_learn(tracks: Tracks) -> None:
    """Every label follows the first coefficient's mean: a few passes must do better than the constant."""
    rng = np.random.default_rng(5)
    level = rng.normal(0, 1, len(tracks.ids)).astype(np.float32)
    frames = tracks.frames.copy()
    frames[:, 0, :] += 60 * level[:, None]
    labels = tracks.labels.copy()
    low, high = np.array([f.minimum for f in FEATURES]), np.array([f.maximum for f in FEATURES])
    share = 1 / (1 + np.exp(-level[tracks.labelled, None]))
    labels[tracks.labelled] = low + share * (high - low)
    made = Tracks(tracks.ids, frames, tracks.genres, tracks.genre_names, labels, tracks.artists)
    model = fit(made, made.labelled, made.unlabelled, replace(TINY, passes=25), 1)
    with torch.no_grad():
        values, _, _ = model.predict(torch.from_numpy(frames[made.labelled]), torch.ones(len(made.labelled), 250))
    target = (torch.from_numpy(labels[made.labelled]) - model.label_mean) / model.label_scale
    error = ((values - target) ** 2).mean(dim=0)
    assert (error < 0.5).all(), error  # 1 is the constant's


def test_too_few_tracks_are_refused(tracks: Tracks) -> None:
    with pytest.raises(ValueError, match="do not fill a batch"):
        fit(tracks, tracks.labelled[:10], tracks.unlabelled, TINY, 1)


def test_augmented_crops_leave_their_source_alone() -> None:
    x = torch.ones(4, 20, 250)
    lengths = {augment(x, Recipe(), np.random.default_rng(seed)).shape[2] for seed in range(30)}
    assert torch.equal(x, torch.ones(4, 20, 250))
    assert min(lengths) >= Recipe.short_crop_frames[0]
    assert max(lengths) <= Recipe.crop_frames[1]


def test_mixtures_keep_labelled_rows_among_themselves() -> None:
    mixture = Mixture.draw(6, 10, 0.4, np.random.default_rng(1))
    assert sorted(mixture.partner[:6].tolist()) == list(range(6))
    assert sorted(mixture.partner[6:].tolist()) == list(range(6, 10))
    values = torch.arange(20.0).view(10, 2)
    mixed = mixture.of(values)
    for row in range(10):
        share, other = mixture.share[row], values[mixture.partner[row]]
        assert 0.5 <= share <= 1
        torch.testing.assert_close(mixed[row], share * values[row] + (1 - share) * other)
