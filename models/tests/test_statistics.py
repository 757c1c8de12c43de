from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from reprise_models.data import FloatArray
from reprise_models.network import CLIP_STATISTICS, STATISTICS, statistics_groups
from reprise_models.statistics import LAGS, QUANTILES, groups, size, statistics

K = 5
T = 60


def _clip(seed: int = 0, steps: int = T) -> FloatArray:
    """Return [K, steps] with different levels and spreads, correlated between rows and over time."""
    noise = np.random.default_rng(seed).normal(0, 10, (K, steps))
    related = noise + 0.5 * np.roll(noise, 1, axis=0) + 0.7 * np.roll(noise, 1, axis=1) + 0.02 * noise**2
    return (related * np.arange(1, K + 1)[:, None] + 20 * np.arange(K)[:, None]).astype(np.float32)


def _statistics(clip: FloatArray, *, correlations: bool = True) -> FloatArray:
    x = torch.from_numpy(clip)[None]
    result: FloatArray = statistics(x, torch.ones(1, clip.shape[1]), correlations=correlations)[0].numpy()
    return result


def _expected(clip: FloatArray) -> FloatArray:
    """Compute the statistics with NumPy."""
    x = clip.astype(np.float64)
    unit = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    step = np.diff(x, axis=1)
    columns = [
        x.mean(axis=1),
        x.std(axis=1),
        *np.quantile(x, QUANTILES, axis=1),
        (unit**3).mean(axis=1),
        step.std(axis=1),
        np.abs(step).mean(axis=1),
        *((unit[:, lag:] * unit[:, :-lag]).sum(axis=1) / x.shape[1] for lag in LAGS),
        np.asarray(np.corrcoef(x))[np.triu_indices(K, 1)],
    ]
    return np.concatenate(columns)


@pytest.mark.parametrize("steps", [17, 60, 250])
def test_statistics_equal_numpys(steps: int) -> None:
    clip = _clip(1, steps)
    np.testing.assert_allclose(_statistics(clip), _expected(clip), rtol=1e-4, atol=1e-4)


def test_without_correlations_the_others_are_the_same() -> None:
    clip = _clip(2)
    assert size(K, correlations=True) - size(K, correlations=False) == K * (K - 1) / 2
    np.testing.assert_array_equal(
        _statistics(clip, correlations=False), _statistics(clip)[: size(K, correlations=False)]
    )


@pytest.mark.parametrize("valid", [1, 2, 3, 4, 16, 17, 18, 59, T])
@pytest.mark.parametrize("filling", [0.0, 1e30, float("nan"), float("-inf")])
def test_a_masked_clip_equals_a_cut_one(valid: int, filling: float) -> None:
    clips = torch.from_numpy(np.stack([_clip(seed) for seed in (3, 4)]))
    mask = (torch.arange(T) < valid).float().expand(2, -1)
    filled = torch.where(mask.bool().unsqueeze(1), clips, filling)
    masked = statistics(filled, mask, correlations=True)
    assert torch.equal(masked, statistics(clips, mask, correlations=True))
    cut = statistics(clips[:, :, :valid], torch.ones(2, valid), correlations=True)
    torch.testing.assert_close(masked, cut, rtol=1e-4, atol=1e-4)
    assert torch.isfinite(masked).all()


def test_clips_of_a_batch_are_independent() -> None:
    clips = torch.from_numpy(np.stack([_clip(seed) for seed in range(3)]))
    mask = (torch.arange(T) < torch.tensor([[T], [7], [31]])).float()
    batched = statistics(clips, mask, correlations=True)
    alone: list[Tensor] = [statistics(clips[i : i + 1], mask[i : i + 1], correlations=True) for i in range(3)]
    torch.testing.assert_close(batched, torch.cat(alone), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("level", [0.0, -1131.37, 1e6])
@pytest.mark.parametrize("steps", [1, 2, T])
def test_a_constant_clip_has_only_a_level(level: float, steps: int) -> None:
    of = _statistics(np.full((K, steps), level, dtype=np.float32)).reshape(-1)
    assert np.isfinite(of).all()
    kinds = of[: size(K, correlations=False)].reshape(-1, K)
    np.testing.assert_allclose(kinds[[0, 2, 3, 4]], level, rtol=1e-6)
    np.testing.assert_allclose(kinds[[1, 6]], 0.01, atol=0.3 if abs(level) > 1e5 else 1e-3)  # the floor's root
    if level != 1e6:  # whose mean is not exact to 0.01 in float32
        np.testing.assert_allclose(np.concatenate([kinds[5], kinds[7:].ravel(), of[K * 13 :]]), 0, atol=1e-3)


@pytest.mark.parametrize("correlations", [True, False])
def test_groups_partition_the_columns(correlations: bool) -> None:
    columns = [column for group in groups(K, correlations=correlations) for column in group]
    assert columns == list(range(size(K, correlations=correlations)))


def test_groups_of_the_network_partition_its_columns() -> None:
    parts = statistics_groups()
    assert [column for group in parts for column in group] == list(range(STATISTICS))
    assert len(parts) == 5  # three of the clip, two of the opening
    assert parts[3].start == CLIP_STATISTICS


def _changed(before: FloatArray, after: FloatArray) -> list[bool]:
    """Return for each group (level and spread, change over time, correlations) whether any changed."""
    difference = np.abs(_statistics(before) - _statistics(after))
    return [bool(difference[group].max() > 1e-3) for group in groups(K, correlations=True)]


def test_a_level_change_affects_the_first_group_only() -> None:
    clip = _clip(5)
    raised = clip.copy()
    raised[2] += 100
    assert _changed(clip, raised) == [True, False, False]
    moved = np.flatnonzero(np.abs(_statistics(clip) - _statistics(raised)) > 1e-3)
    assert moved.tolist() == [kind * K + 2 for kind in (0, 2, 3, 4)]  # mean and quantiles of that coefficient


def test_a_frame_permutation_affects_the_second_group_only() -> None:
    clip = _clip(6)
    assert _changed(clip, clip[:, np.random.default_rng(0).permutation(T)]) == [False, True, False]


def test_a_reversed_coefficient_affects_the_third_group_only() -> None:
    clip = _clip(7)
    backwards = clip.copy()
    backwards[1] = clip[1, ::-1]
    assert _changed(clip, backwards) == [False, False, True]
