"""Fits the network to labelled tracks, with the genre of all tracks as a second task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from reprise_models.data import IntArray, Tracks
from reprise_models.features import FEATURES, LIVENESS, TEMPO
from reprise_models.network import COEFFICIENTS, PICKED_FRAMES, EchoNestCnn


@dataclass(frozen=True)
class Recipe:
    """Settings of the training, recorded beside the figures they led to. Times are in picked frames (120 ms)."""

    passes: int = 30  # over the labelled tracks
    labelled_batch: int = 64
    genre_batch: int = 96  # unlabelled tracks added to each batch
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    genre_weight: float = 0.1
    genre_smoothing: float = 0.05
    tempo_weight: float = 0.3  # hardly to be read from such frames: it must not drown the others
    liveness_weight: float = 0.7
    crop_frames: tuple[int, int] = (125, 180)
    short_crop_frames: tuple[int, int] = (25, 125)
    short_crop_share: float = 0.15  # of batches, so that clips of a few seconds work
    offset_deviation: float = 0.1  # of coefficient k: this over (1 + k), in standard deviations
    noise_deviation: float = 0.1
    masked_frames: int = 20
    masked_coefficients: int = 3
    mixing: float = 0.4  # both parameters of the beta distribution that pairs of tracks are mixed by


def seed_everything(seed: int) -> None:
    """Makes what follows repeatable on one machine: seeds, one thread, deterministic kernels."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def fit(tracks: Tracks, labelled: IntArray, genre_only: IntArray, recipe: Recipe, seed: int) -> EchoNestCnn:
    """Trains on the rows `labelled`, and on the genre of `genre_only` too; returns the network in eval mode."""
    if len(labelled) < recipe.labelled_batch:
        raise ValueError(f"{len(labelled)} labelled tracks do not fill a batch of {recipe.labelled_batch}")
    seed_everything(seed)
    rng = np.random.default_rng(seed)
    model = EchoNestCnn(len(tracks.genre_names))
    _set_scales(model, tracks, labelled, np.concatenate([labelled, genre_only]))
    weights = torch.ones(len(FEATURES))
    weights[TEMPO] = recipe.tempo_weight
    weights[LIVENESS] = recipe.liveness_weight
    genre_loss = nn.CrossEntropyLoss(label_smoothing=recipe.genre_smoothing)
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = recipe.passes * (len(labelled) // recipe.labelled_batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=recipe.learning_rate, total_steps=steps)
    labels = torch.from_numpy(tracks.labels)
    genre_shares = nn.functional.one_hot(torch.from_numpy(tracks.genres), len(tracks.genre_names)).float()

    model.to(memory_format=torch.channels_last)  # 1.6 times as fast on a CPU
    model.train()
    labelled_batches = _batches(labelled, recipe.labelled_batch, rng)
    genre_batches = _batches(genre_only, min(recipe.genre_batch, len(genre_only)), rng)
    for _ in range(steps):
        with_labels = next(labelled_batches)
        rows = np.concatenate([with_labels, next(genre_batches)])
        mixture = Mixture.draw(len(with_labels), len(rows), recipe.mixing, rng)
        x = mixture.of(augment(model.standardise(torch.from_numpy(tracks.frames[rows])), recipe, rng))
        values, logits, _ = model.predict_standardised(x, torch.ones(len(rows), x.shape[2]))
        target = mixture.of((labels[rows] - model.label_mean) / model.label_scale)[: len(with_labels)]
        loss = (weights * (values[: len(with_labels)] - target) ** 2).mean()
        loss = loss + recipe.genre_weight * genre_loss(logits, mixture.of(genre_shares[rows]))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
    return model.to(memory_format=torch.contiguous_format).eval()


@dataclass(frozen=True)
class Mixture:
    """Which rows of a batch are mixed, and how (mixup: Zhang et al., ICLR 2018).

    share: [B] of the row itself, a half to one; partner: [B] the row that the rest comes from.
    """

    share: Tensor
    partner: Tensor

    @staticmethod
    def draw(labelled: int, rows: int, mixing: float, rng: np.random.Generator) -> Mixture:
        """Partners rows with labels among themselves, for a mean of a label and none is none."""
        share = rng.beta(mixing, mixing, size=rows)
        partner = np.concatenate([rng.permutation(labelled), labelled + rng.permutation(rows - labelled)])
        return Mixture(torch.from_numpy(np.maximum(share, 1 - share).astype(np.float32)), torch.from_numpy(partner))

    def of(self, values: Tensor) -> Tensor:
        """Mixes values [B, ...] of the rows."""
        share = self.share.view(-1, *[1] * (values.ndim - 1))
        return share * values + (1 - share) * values[self.partner]


def augment(x: Tensor, recipe: Recipe, rng: np.random.Generator) -> Tensor:
    """Crops and disturbs standardised frames [B, 20, 250]; returns [B, 20, T] of its own, T one for the batch.

    A crop hides where in the clip it was; the offsets stand for recording level and equalisation, the noise
    for the arrays' own error.
    """
    batch = x.shape[0]
    low, high = recipe.short_crop_frames if rng.random() < recipe.short_crop_share else recipe.crop_frames
    length = int(rng.integers(low, high + 1))
    starts = rng.integers(0, PICKED_FRAMES - length + 1, size=batch)
    y = torch.stack([x[i, :, start : start + length] for i, start in enumerate(starts)])
    spread = recipe.offset_deviation / (1.0 + np.arange(COEFFICIENTS))
    offsets = rng.standard_normal((batch, COEFFICIENTS, 1)) * spread[:, None]
    noise = rng.standard_normal(y.shape, dtype=np.float32) * recipe.noise_deviation
    y = y + torch.from_numpy(offsets.astype(np.float32)) + torch.from_numpy(noise)
    for i in range(batch):
        _mask_run(y[i], 1, recipe.masked_frames, rng)
        _mask_run(y[i], 0, recipe.masked_coefficients, rng)
    return y


def _mask_run(y: Tensor, axis: int, longest: int, rng: np.random.Generator) -> None:
    """Sets a run of up to `longest` along `axis` to zero, the mean, in place."""
    size = min(int(rng.integers(0, longest + 1)), y.shape[axis])
    start = int(rng.integers(0, y.shape[axis] - size + 1))
    y.narrow(axis, start, size).zero_()


def _batches(rows: IntArray, size: int, rng: np.random.Generator) -> Iterator[IntArray]:
    """Batches of `size` rows without end, each pass in a new order; a remainder is dropped."""
    if size == 0:
        while True:
            yield rows
    while True:
        order = rng.permutation(rows)
        for start in range(0, len(order) - size + 1, size):
            yield order[start : start + size]


def _set_scales(model: EchoNestCnn, tracks: Tracks, labelled: IntArray, rows: IntArray) -> None:
    """Sets the standardisation from the training rows alone."""
    frames = tracks.frames[rows]
    labels = tracks.labels[labelled]
    model.mfcc_mean.copy_(torch.from_numpy(frames.mean(axis=(0, 2), dtype=np.float64)))
    model.mfcc_scale.copy_(torch.from_numpy(frames.std(axis=(0, 2), dtype=np.float64)))
    model.label_mean.copy_(torch.from_numpy(labels.mean(axis=0, dtype=np.float64)))
    model.label_scale.copy_(torch.from_numpy(labels.std(axis=0, dtype=np.float64)))
