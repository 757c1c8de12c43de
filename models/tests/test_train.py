from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import LOGS
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import Tensor, nn

from reprise_models.data import FloatArray, Tracks
from reprise_models.features import FEATURES, SPECTRAL
from reprise_models.network import CLIPPED_AT, EchoNestCnn
from reprise_models.pilot import pilot
from reprise_models.prepared import Prepared, statistics_of
from reprise_models.runlog import RunLog
from reprise_models.train import (
    Recipe,
    Targets,
    Validation,
    augment,
    fit_convolutional,
    fit_perceptron,
    frames_of,
    run_branch,
)

TINY = replace(Recipe(), epochs=2, stop_after=2, labelled_batch=32, extra_batch=16)
Fit = Callable[[Prepared, FloatArray | None, Recipe, int, RunLog], nn.Module]
BRANCHES: dict[str, Fit] = {"convolutional": fit_convolutional, "perceptron": fit_perceptron}


@pytest.fixture(scope="module")
def prepared(tracks: Tracks, statistics: FloatArray) -> Prepared:
    return Prepared.of(tracks, statistics, tracks.labelled[:128], tracks.unlabelled[:40])


@pytest.fixture(scope="module")
def teacher(prepared: Prepared) -> FloatArray:
    return np.random.default_rng(1).normal(0, 0.5, prepared.values.shape).astype(np.float32)


@pytest.mark.parametrize("kind", BRANCHES)
def test_one_seed_gives_one_branch(kind: str, prepared: Prepared, teacher: FloatArray) -> None:
    fit = BRANCHES[kind]
    first, second, other = (fit(prepared, teacher, TINY, seed, RunLog()).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not torch.equal(first["heads.dense.weight"], other["heads.dense.weight"])


def test_scales_come_from_the_training_rows_alone(tracks: Tracks, statistics: FloatArray) -> None:
    labelled, extra = tracks.labelled[:64], tracks.unlabelled[:20]
    used = np.concatenate([labelled, extra])
    frames, labels, elsewhere = tracks.frames.copy(), tracks.labels.copy(), np.ones(len(tracks.ids), dtype=bool)
    elsewhere[used] = False
    frames[elsewhere] += 1000
    labels[elsewhere] = 7
    other_statistics = np.where(elsewhere[:, None], 99, statistics)
    model = EchoNestCnn(3, 1, 1)
    Prepared.of(replace(tracks, frames=frames, labels=labels), other_statistics, labelled, extra).copy_scales_to(model)
    spectral = tracks.labels[labelled][:, list(SPECTRAL)]
    for buffer, expected in (
        (model.mfcc_mean, tracks.frames[used].mean(axis=(0, 2))),
        (model.mfcc_scale, tracks.frames[used].std(axis=(0, 2))),
        (model.statistics_mean, statistics[used].mean(axis=0)),
        (model.statistics_scale, statistics[used].std(axis=0)),
        (model.label_mean, spectral.mean(axis=0)),
        (model.label_scale, spectral.std(axis=0)),
    ):
        np.testing.assert_allclose(buffer.numpy(), expected, rtol=1e-3, atol=1e-3)


def test_prepared_values_equal_the_networks_standardisation(tracks: Tracks, prepared: Prepared) -> None:
    np.testing.assert_allclose(prepared.statistics[prepared.labelled].mean(), 0, atol=0.05)
    assert np.abs(prepared.statistics).max() <= CLIPPED_AT
    assert np.isnan(prepared.values[tracks.unlabelled]).all()
    natural = prepared.natural_units(prepared.values[tracks.labelled])
    np.testing.assert_allclose(natural, tracks.labels[tracks.labelled][:, list(SPECTRAL)], atol=1e-5)


@pytest.fixture(scope="module")
def learnable(tracks: Tracks) -> Prepared:
    """Return tracks whose labels depend on the level of the first coefficient."""
    level = np.random.default_rng(5).normal(0, 1, len(tracks.ids)).astype(np.float32)
    frames, openings, labels = tracks.frames.copy(), tracks.openings.copy(), tracks.labels.copy()
    frames[:, 0] += 60 * level[:, None]
    openings[:, 0] += 60 * level[:, None]
    low, high = np.array([f.minimum for f in FEATURES]), np.array([f.maximum for f in FEATURES])
    share = 1 / (1 + np.exp(-level[tracks.labelled, None]))
    labels[tracks.labelled] = low + share * (high - low)
    made = replace(tracks, frames=frames, openings=openings, labels=labels)
    return Prepared.of(made, statistics_of(made), tracks.labelled[:240], tracks.unlabelled)


@pytest.mark.parametrize("kind", BRANCHES)
def test_learns_predictable_labels(kind: str, tracks: Tracks, learnable: Prepared) -> None:
    recipe = replace(TINY, epochs=12, stop_after=12, noise_deviation=0.02, offset_deviation=0.02, averaging=0.8)
    branch = BRANCHES[kind](learnable, None, recipe, 1, RunLog())
    inputs = frames_of(learnable, "cpu") if kind == "convolutional" else torch.from_numpy(learnable.statistics)
    test = tracks.labelled[240:]
    error = ((run_branch(branch, inputs[test])[0] - learnable.values[test]) ** 2).mean(axis=0)
    assert (error < 0.5).all(), error  # 1 is the mean baseline


def test_the_teacher_replaces_missing_labels_and_is_mixed_with_others(prepared: Prepared, teacher: FloatArray) -> None:
    targets = Targets.of(prepared, teacher, TINY, "cpu")
    labelled, extra, share = prepared.labelled, prepared.extra, TINY.teacher_share
    np.testing.assert_array_equal(targets.values[extra], teacher[extra])
    mixed = (1 - share) * prepared.values[labelled] + share * teacher[labelled]
    np.testing.assert_allclose(targets.values[labelled], mixed, rtol=1e-5, atol=1e-6)
    assert targets.extra_weight == TINY.teacher_weight


def test_without_a_teacher_labels_are_unchanged_and_unlabelled_tracks_have_no_weight(prepared: Prepared) -> None:
    targets = Targets.of(prepared, None, TINY, "cpu")
    np.testing.assert_array_equal(targets.values[prepared.labelled], prepared.values[prepared.labelled])
    assert torch.isfinite(targets.values).all()
    assert targets.extra_weight == 0


@pytest.mark.parametrize("kind", BRANCHES)
def test_too_few_tracks_are_rejected(kind: str, prepared: Prepared) -> None:
    with pytest.raises(ValueError, match="10 labelled tracks do not fill a batch of 32"):
        BRANCHES[kind](replace(prepared, labelled=prepared.labelled[:10]), None, TINY, 1, RunLog())


def test_augmentation_does_not_change_its_input() -> None:
    x = torch.ones(4, 20, 250)
    crops = [augment(x, Recipe(), np.random.default_rng(seed)) for seed in range(60)]
    assert torch.equal(x, torch.ones(4, 20, 250))
    lengths = {crop.shape[2] for crop in crops}
    assert min(lengths) >= Recipe.short_crop_frames[0]
    assert max(lengths) <= Recipe.crop_frames[1]
    assert all((crop == 0).any() and (crop != 0).any() for crop in crops)


def test_a_clip_shorter_than_the_crop_is_used_whole() -> None:
    recipe = replace(Recipe(), crop_frames=(90, 126), short_crop_share=0.0)
    lengths = {augment(torch.ones(2, 20, 100), recipe, np.random.default_rng(seed)).shape[2] for seed in range(20)}
    assert max(lengths) == 100


@dataclass
class _Losses:
    """A loss that returns the given values in turn, and records the branch's weights at each epoch."""

    by_epoch: Sequence[float]
    seen: list[dict[str, Tensor]] = field(default_factory=list)

    def __call__(self, branch: nn.Module) -> float:
        assert not branch.training
        self.seen.append(copy.deepcopy(branch.state_dict()))
        return self.by_epoch[len(self.seen) - 1]


def _same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return all(torch.equal(a[key], b[key]) for key in a)


@pytest.mark.parametrize(
    ("losses", "patience", "epochs", "best"),
    [
        ((3.0, 2.0, 1.0, 2.0, 2.0, 0.5, 0.4, 0.3), 2, 5, 3),  # improves again, but too late
        ((3.0, 2.0, 2.5, 1.0, 2.0, 2.0, 2.0, 0.1), 3, 7, 4),
        ((1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0), 3, 4, 1),  # equal is not an improvement
        ((8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0), 2, 8, 8),
        ((math.nan, 7.0, math.nan, 9.0, 4.0, 3.0, 2.0, 1.0), 2, 4, 2),
    ],
)
def test_training_stops_early_and_restores_the_best_epoch(
    prepared: Prepared, losses: Sequence[float], patience: int, epochs: int, best: int
) -> None:
    recipe = replace(TINY, epochs=8, stop_after=8, labelled_batch=64, crop_frames=(25, 30))
    loss = _Losses(losses)
    branch = fit_convolutional(prepared, None, recipe, 1, RunLog(), validation=Validation(loss, patience))
    assert len(loss.seen) == epochs
    assert _same(dict(branch.state_dict()), loss.seen[best - 1])
    assert epochs == best or not _same(dict(branch.state_dict()), loss.seen[-1])


def test_stop_after_does_not_change_earlier_epochs(prepared: Prepared) -> None:
    """Check that the schedule spans all epochs, and that validation does not affect training."""
    recipe = replace(TINY, epochs=4, stop_after=4)
    loss = _Losses([4.0, 3.0, 2.0, 1.0])
    fit_convolutional(prepared, None, recipe, 1, RunLog(), validation=Validation(loss, 9))
    stopped = fit_convolutional(prepared, None, replace(recipe, stop_after=2), 1, RunLog())
    assert _same(dict(stopped.state_dict()), loss.seen[1])
    assert not _same(dict(stopped.state_dict()), loss.seen[2])


def test_the_pilot_reports_its_best_epoch(tracks: Tracks, statistics: FloatArray) -> None:
    recipe = replace(TINY, epochs=6, stop_after=6)
    found = pilot(RunLog(), "cpu", tracks, statistics, recipe, 1, 2)
    losses = found["held_out_loss"]
    assert found["best_pass"] == 1 + losses.index(min(losses))
    assert found["passes"] == len(losses) == min(6, found["best_pass"] + 2)
    assert (found["patience"], found["held_out_tracks"]) == (2, len(tracks.labelled) // 10)


def _events(folder: Path) -> EventAccumulator:
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


def test_each_epoch_is_logged_for_tensorboard_and_ticked(prepared: Prepared, tmp_path: Path) -> None:
    ticks = _Ticks()
    loss = _Losses([0.25, 0.125])
    fit_convolutional(
        prepared, None, TINY, 1, RunLog(tmp_path, ticks).of("some-branch"), validation=Validation(loss, 9)
    )
    events = _events(tmp_path / "some-branch")
    assert set(events.Tags()["scalars"]) == {"loss/values", "loss/genre", "loss/validation", "rate"}
    assert [(e.step, e.value) for e in events.Scalars("loss/validation")] == [(1, 0.25), (2, 0.125)]
    assert all(math.isfinite(e.value) and e.value > 0 for e in events.Scalars("loss/values"))
    assert ticks.of == [1, 1]


class _Ticks:
    def __init__(self) -> None:
        self.of: list[int] = []

    def put(self, tick: int) -> None:
        self.of.append(tick)


def test_the_command_logs_every_network(trained: Path) -> None:
    (run,) = (trained.parent / LOGS).iterdir()
    branches = [f"convolutional-{i}" for i in range(Recipe.convolutional)]
    branches += [f"perceptron-{i}" for i in range(Recipe.perceptrons)]
    for network in ("fold-0", "fold-1", "final"):
        assert sorted(path.name for path in (run / network).iterdir()) == branches
    assert "loss/values" in _events(run / "final" / "perceptron-0").Tags()["scalars"]
    assert "loss/validation" in _events(run / "pilot").Tags()["scalars"]


def test_a_recipe_survives_a_round_trip_through_json() -> None:
    recipe = replace(Recipe(), crop_frames=(7, 9), epochs=3)
    assert Recipe.of(json.loads(json.dumps(recipe.as_json()))) == recipe
