"""Statistics of a clip's MFCCs over time, the input of the teachers and the statistics branch.

Training and the exported graph use the same function.
"""

from __future__ import annotations

import torch
from torch import Tensor

QUANTILES = (0.1, 0.5, 0.9)
LAGS = (1, 2, 4, 8, 16)  # of the autocorrelation, in frames of the input
_PER_COEFFICIENT = 5 + len(QUANTILES) + len(LAGS)
_VARIANCE_FLOOR = 1e-4  # of a coefficient in dB²: a constant clip has autocorrelations of zero, not 0/0


def size(coefficients: int, *, correlations: bool) -> int:
    """Return the number of statistics."""
    pairs = coefficients * (coefficients - 1) // 2
    return coefficients * _PER_COEFFICIENT + (pairs if correlations else 0)


def groups(coefficients: int, *, correlations: bool) -> list[range]:
    """Return the columns of each kind of statistic: level and spread, change over time, correlations."""
    level = coefficients * (3 + len(QUANTILES))  # mean, deviation, quantiles, skewness come first
    temporal = coefficients * _PER_COEFFICIENT
    parts = [range(level), range(level, temporal)]
    return [*parts, range(temporal, size(coefficients, correlations=True))] if correlations else parts


def statistics(x: Tensor, valid: Tensor, *, correlations: bool) -> Tensor:
    """Return statistics [B, D] over the valid steps of [B, K, T].

    x: finite where valid. valid: [B, T], a run of at least one 1 followed by zeros.
    correlations: whether to include those between coefficients.
    Per coefficient: mean, standard deviation, quantiles, skewness, standard deviation and mean absolute value
    of the difference between consecutive steps, autocorrelations.
    """
    mask = valid.unsqueeze(1)
    count = valid.sum(dim=1, keepdim=True).unsqueeze(2)
    x = torch.where(mask > 0, x, torch.zeros((), dtype=x.dtype, device=x.device))
    mean = x.sum(dim=2, keepdim=True) / count
    centred = (x - mean) * mask
    deviation = torch.sqrt((centred * centred).sum(dim=2, keepdim=True) / count + _VARIANCE_FLOOR)
    unit = centred / deviation
    skewness = (unit**3).sum(dim=2, keepdim=True) / count

    step = (x[:, :, 1:] - x[:, :, :-1]) * mask[:, :, 1:]
    steps = (count - 1).clamp(min=1)
    step_size = step.abs().sum(dim=2, keepdim=True) / steps
    step_mean = step.sum(dim=2, keepdim=True) / steps
    step_square = (step * step).sum(dim=2, keepdim=True) / steps
    step_deviation = torch.sqrt((step_square - step_mean * step_mean).clamp(min=0) + _VARIANCE_FLOOR)

    # Divided by all steps, so that the few pairs at a long lag of a short clip have little weight.
    lagged = [(unit[:, :, lag:] * unit[:, :, :-lag]).sum(dim=2, keepdim=True) / count for lag in LAGS]
    columns = [mean, deviation, *_quantiles(x, mask, count), skewness, step_deviation, step_size, *lagged]
    of_coefficients = torch.cat(columns, dim=2).transpose(1, 2).flatten(1)
    if not correlations:
        return of_coefficients
    between = unit @ unit.transpose(1, 2) / count
    upper = torch.triu_indices(x.shape[1], x.shape[1], offset=1, device=x.device)
    # One flat index, which is exported as a plain Gather.
    return torch.cat([of_coefficients, between.flatten(1)[:, upper[0] * x.shape[1] + upper[1]]], dim=1)


def _quantiles(x: Tensor, mask: Tensor, count: Tensor) -> list[Tensor]:
    """Return the quantiles, each [B, K, 1], interpolated linearly between the nearest ranks, NumPy's default."""
    beyond = torch.where(mask > 0, x, torch.full((), torch.inf, dtype=x.dtype, device=x.device))
    ordered = torch.sort(beyond, dim=2).values
    result = []
    for quantile in QUANTILES:
        rank = quantile * (count - 1)
        below = torch.floor(rank)
        low, high = (
            ordered.gather(2, index.to(torch.int64).expand(-1, x.shape[1], -1))
            for index in (below, torch.minimum(below + 1, count - 1))
        )
        result.append(low + (rank - below) * (high - low))
    return result
