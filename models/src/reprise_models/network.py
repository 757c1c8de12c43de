"""The network: from the MFCCs of a clip to features, their uncertainty, the genre and an embedding.

It averages the outputs of two kinds of branches, each with its own heads: convolutions over time, and perceptrons on
statistics of the clip. Tempo comes from `tempo`. The graph includes all preprocessing and postprocessing, so that
serving needs none: selection of frames, standardisation, masking of padding, conversion to natural units.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from reprise_models import statistics
from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS, OPENING, picked_frames
from reprise_models.features import FEATURES, SPECTRAL, TEMPO
from reprise_models.tempo import TempoEstimator
from reprise_models.uncertainty import Uncertainty

EMBEDDING = 96  # of each branch
CLIP_STATISTICS = statistics.size(COEFFICIENTS, correlations=True)
OPENING_STATISTICS = statistics.size(COEFFICIENTS, correlations=False)
STATISTICS = CLIP_STATISTICS + OPENING_STATISTICS
CLIPPED_AT = 3.0  # standard deviations of a statistic, against outliers
_CHANNELS = (64, 96, 128)
_HIDDEN = 256
_DROPOUT = 0.2
_HIDDEN_DROPOUT = 0.3
_STATISTICS_DROPOUT = 0.1
_VARIANCE_FLOOR = 1e-5  # keeps the square root's gradient finite for constant input

OUTPUTS = ("features", "uncertainty", "tempo_alternate", "tempo_confidence", "genre", "embedding")

BranchOutputs = tuple[Tensor, Tensor, Tensor]  # of a branch: values [B, 7], genre logits [B, G], embedding [B, 96]


def statistics_groups() -> list[range]:
    """Return the columns of each kind of statistic of clip and opening."""
    of_opening = statistics.groups(COEFFICIENTS, correlations=False)
    shifted = [range(group.start + CLIP_STATISTICS, group.stop + CLIP_STATISTICS) for group in of_opening]
    return [*statistics.groups(COEFFICIENTS, correlations=True), *shifted]


def clip_statistics(frames: Tensor, valid: Tensor, opening: Tensor, opening_valid: Tensor) -> Tensor:
    """Return statistics [B, STATISTICS] of picked frames [B, 20, T] and the opening [B, 20, T'], with their masks."""
    return torch.cat(
        [
            statistics.statistics(frames, valid, correlations=True),
            statistics.statistics(opening, opening_valid, correlations=False),
        ],
        dim=1,
    )


class MaskedConv(nn.Module):
    """Convolution over time, batch norm and ReLU of [B, C, T], with masked steps set to zero.

    `mask` [B, 1, T] is the mask of the output; None if every step is valid.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm1d(outputs)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        y: Tensor = torch.relu(self.norm(self.conv(x)))
        return y if mask is None else y * mask


class Heads(nn.Module):
    """A dense layer, whose output is the embedding, followed by a head for values and a head for genres."""

    def __init__(self, inputs: int, genres: int) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, EMBEDDING)
        self.dropout = nn.Dropout(_DROPOUT)
        self.values = nn.Linear(EMBEDDING, len(SPECTRAL))
        self.genre = nn.Linear(EMBEDDING, genres)
        nn.init.zeros_(self.values.bias)  # the label means, since the targets are standardised

    def forward(self, x: Tensor) -> BranchOutputs:
        embedding = torch.relu(self.dense(x))
        dropped = self.dropout(embedding)
        return self.values(dropped), self.genre(dropped), embedding


class ConvolutionalBranch(nn.Module):
    """A small CNN over time on standardised frames [B, 20, T], with coefficients as channels."""

    def __init__(self, genres: int) -> None:
        super().__init__()
        first, second, third = _CHANNELS
        self.conv1 = MaskedConv(COEFFICIENTS, first, 5, stride=2)
        self.conv2 = MaskedConv(first, second, 5)
        self.pool = nn.MaxPool1d(2, ceil_mode=True)  # so that the last, odd step is not lost
        self.conv3 = MaskedConv(second, third, 3)
        self.pooled_norm = nn.BatchNorm1d(2 * third)
        self.dropout = nn.Dropout(_DROPOUT)
        self.heads = Heads(2 * third, genres)

    def forward(self, x: Tensor, valid: Tensor | None = None) -> BranchOutputs:
        """Score standardised frames [B, 20, T].

        valid: [B, T], a run of ones followed by zeros; None if every step is valid.
        """
        full = None if valid is None else valid.unsqueeze(1)
        # Strides of two keep the even steps, and a mask is a run from the start.
        half, quarter = (None, None) if full is None else (full[..., ::2], full[..., ::4])
        y = self.conv1(x if full is None else x * full, half)
        y = self.pool(self.conv2(y, half))  # masked steps are zero, the minimum after ReLU
        y = self.conv3(y, quarter)
        outputs: BranchOutputs = self.heads(self.dropout(self.pooled_norm(_mean_and_deviation(y, quarter))))
        return outputs


class StatisticsBranch(nn.Module):
    """A perceptron on standardised and clipped statistics [B, STATISTICS]."""

    def __init__(self, genres: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Dropout(_STATISTICS_DROPOUT),
            nn.Linear(STATISTICS, _HIDDEN),
            nn.BatchNorm1d(_HIDDEN),
            nn.ReLU(),
            nn.Dropout(_HIDDEN_DROPOUT),
        )
        self.heads = Heads(_HIDDEN, genres)

    def forward(self, z: Tensor) -> BranchOutputs:
        outputs: BranchOutputs = self.heads(self.layers(z))
        return outputs


class EchoNestCnn(nn.Module):
    """The exported model. Its branches are trained separately.

    Buffers hold the standardisation: `mfcc_mean`, `mfcc_scale` [20], `statistics_mean`, `statistics_scale`
    [STATISTICS], and for the labels without tempo `label_mean`, `label_scale` [7].
    """

    def __init__(self, genres: int, convolutional: int, perceptrons: int) -> None:
        super().__init__()
        self.convolutional = nn.ModuleList([ConvolutionalBranch(genres) for _ in range(convolutional)])
        self.perceptrons = nn.ModuleList([StatisticsBranch(genres) for _ in range(perceptrons)])
        self.tempo = TempoEstimator()
        self.uncertainty = Uncertainty()

        self.mfcc_mean: Tensor
        self.mfcc_scale: Tensor
        self.statistics_mean: Tensor
        self.statistics_scale: Tensor
        self.label_mean: Tensor
        self.label_scale: Tensor
        self.picked: Tensor
        self.first_needed: Tensor
        self.minimum: Tensor
        self.maximum: Tensor
        self.register_buffer("mfcc_mean", torch.zeros(COEFFICIENTS))
        self.register_buffer("mfcc_scale", torch.ones(COEFFICIENTS))
        self.register_buffer("statistics_mean", torch.zeros(STATISTICS))
        self.register_buffer("statistics_scale", torch.ones(STATISTICS))
        self.register_buffer("label_mean", torch.zeros(len(SPECTRAL)))
        self.register_buffer("label_scale", torch.ones(len(SPECTRAL)))
        self.register_buffer("minimum", torch.tensor([f.minimum for f in FEATURES]), persistent=False)
        self.register_buffer("maximum", torch.tensor([f.maximum for f in FEATURES]), persistent=False)
        picked = picked_frames()
        # The first picked frame is always valid, so that no mean is over zero frames.
        first_needed = torch.cat([torch.zeros(1, dtype=torch.int64), picked[1:]])
        self.register_buffer("picked", picked, persistent=False)
        self.register_buffer("first_needed", first_needed, persistent=False)

    def forward(self, mfcc: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Score whole clips.

        mfcc: [B, 20, 1292] float32, every frame; frames from n_frames on are padding of any value, including NaN.
        n_frames: [B] int64, how many frames are real, 1 to 1292.
        Returns features [B, 8] in natural units; uncertainty [B, 8], the standard deviation of their errors;
        tempo_alternate [B] in BPM and tempo_confidence [B]; genre [B, G] probabilities; embedding [B, 192],
        of the first branch of each kind, concatenated.
        """
        n = n_frames.clamp(1, CLIP_FRAMES).unsqueeze(1)
        # A picked index one beyond the end (1291 of 1291) maps to the last frame; indices further beyond are masked,
        # and read the last real frame, so that padding is never read.
        valid = (self.first_needed <= n).to(mfcc.dtype)
        frames = _take(mfcc, torch.minimum(self.picked, n - 1))
        # For a clip that ends before its fifth frame, the last frame is used.
        wanted = torch.arange(OPENING.start, OPENING.stop, device=mfcc.device)
        opening_valid = (wanted < n.clamp(min=OPENING.start + 1)).to(mfcc.dtype)
        opening = _take(mfcc, torch.minimum(wanted, n - 1))

        values, genre, embedding = self.score_frames(frames, valid, opening, opening_valid)
        tempo, alternate, confidence = self.tempo(mfcc, n_frames)
        features = self.natural_units(values, tempo)
        uncertainty = self.uncertainty(features, confidence)
        return features, uncertainty, alternate, confidence, genre, embedding

    def score_frames(self, frames: Tensor, valid: Tensor, opening: Tensor, opening_valid: Tensor) -> BranchOutputs:
        """Score picked frames [B, 20, T] and an opening [B, 20, T'] with their masks, each a run of ones.

        Returns the features without tempo in standard deviations from the label means [B, 7], genre probabilities
        [B, G] and the embedding. Each kind of branch counts for half.
        """
        x = (frames - self.mfcc_mean[:, None]) / self.mfcc_scale[:, None]
        z = clip_statistics(frames, valid, opening, opening_valid)
        z = ((z - self.statistics_mean) / self.statistics_scale).clamp(-CLIPPED_AT, CLIPPED_AT)
        kinds = ([branch(x, valid) for branch in self.convolutional], [branch(z) for branch in self.perceptrons])
        values = _mean([_mean([a[0] for a in outputs]) for outputs in kinds if outputs])
        genre = _mean([_mean([torch.softmax(a[1], dim=1) for a in outputs]) for outputs in kinds if outputs])
        return values, genre, torch.cat([outputs[0][2] for outputs in kinds if outputs], dim=1)

    def natural_units(self, values: Tensor, tempo: Tensor) -> Tensor:
        """Convert values [B, 7] and tempo [B] in BPM to features [B, 8] in their units, clipped to their ranges."""
        y = values * self.label_scale + self.label_mean
        y = torch.cat([y[:, :TEMPO], tempo.unsqueeze(1), y[:, TEMPO:]], dim=1)
        return torch.minimum(torch.maximum(y, self.minimum), self.maximum)


def _mean(values: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(values)).mean(dim=0)


def _take(mfcc: Tensor, index: Tensor) -> Tensor:
    """Gather the frames [B, 20, T] of mfcc at index [B, T]."""
    return torch.gather(mfcc, 2, index.unsqueeze(1).expand(-1, COEFFICIENTS, -1))


def _mean_and_deviation(y: Tensor, mask: Tensor | None) -> Tensor:
    """Return mean and standard deviation [B, 2C] over the valid steps of [B, C, T]; mask [B, 1, T], None if all are."""
    if mask is None:
        mask = torch.ones_like(y[:1, :1])
    count = mask.sum(dim=2)
    mean = (y * mask).sum(dim=2) / count
    deviation = (y - mean.unsqueeze(2)) * mask
    variance = (deviation * deviation).sum(dim=2) / count
    return torch.cat([mean, torch.sqrt(variance + _VARIANCE_FLOOR)], dim=1)
