"""The network: MFCCs of one clip in, the eight features, the genre and an embedding out.

A small two-dimensional CNN over coefficients and time. Everything that serving would otherwise have to
know is inside: which frames are looked at, the standardisation, the mask over padding, natural units.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from reprise_models.features import FEATURES

COEFFICIENTS = 20
CLIP_FRAMES = 1292  # a 30 s clip at 22,050 Hz, hop 512
PICKED_FRAMES = 250  # what the network looks at: every fifth or sixth frame, about 120 ms apart
EMBEDDING = 96
_CHANNELS = (20, 32, 48)
_DROPOUT = 0.2
_VARIANCE_FLOOR = 1e-5  # keeps the square root's gradient finite where nothing moves


def picked_frames() -> Tensor:
    """[250] indices of the frames looked at: floor((c+1) * 1291 / 250), the spacing of the training arrays.

    1291 is the number of frames of FMA's clips (MP3s of 29.98 s), and the spacing stays that of the
    training arrays however long the clip is: a shorter clip has fewer frames, not nearer ones.
    """
    return (torch.arange(PICKED_FRAMES) + 1) * (CLIP_FRAMES - 1) // PICKED_FRAMES


class MaskedConv(nn.Module):
    """Convolution, batch norm and ReLU over [B, C, K, T], with time steps beyond the mask set to zero.

    The strides are those over coefficients and over time. `mask` is [B, 1, 1, T] and belongs to the output.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: tuple[int, int]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        y: Tensor = torch.relu(self.norm(self.conv(x))) * mask
        return y


class EchoNestCnn(nn.Module):
    """The whole model. `forward` is what is exported, `predict` what is trained and evaluated.

    Buffers hold the standardisation: `mfcc_mean`, `mfcc_scale` [20] and `label_mean`, `label_scale` [8].
    """

    def __init__(self, genres: int) -> None:
        super().__init__()
        first, second, third = _CHANNELS
        self.conv1 = MaskedConv(1, first, 5, (1, 2))
        self.conv2 = MaskedConv(first, second, 3, (2, 1))
        self.pool = nn.MaxPool2d((1, 2), ceil_mode=True)  # so that the last, odd step is not lost
        self.conv3 = MaskedConv(second, third, 3, (2, 1))
        self.mix = MaskedConv(third * COEFFICIENTS // 4, EMBEDDING, 1, (1, 1))
        self.pooled_norm = nn.BatchNorm1d(2 * EMBEDDING)
        self.dense = nn.Linear(2 * EMBEDDING, EMBEDDING)
        self.dropout = nn.Dropout(_DROPOUT)
        self.feature_head = nn.Linear(EMBEDDING, len(FEATURES))
        self.genre_head = nn.Linear(EMBEDDING, genres)
        nn.init.zeros_(self.feature_head.bias)  # the label means, since the targets are standardised

        self.mfcc_mean: Tensor
        self.mfcc_scale: Tensor
        self.label_mean: Tensor
        self.label_scale: Tensor
        self.picked: Tensor
        self.first_needed: Tensor
        self.minimum: Tensor
        self.maximum: Tensor
        self.register_buffer("mfcc_mean", torch.zeros(COEFFICIENTS))
        self.register_buffer("mfcc_scale", torch.ones(COEFFICIENTS))
        self.register_buffer("label_mean", torch.zeros(len(FEATURES)))
        self.register_buffer("label_scale", torch.ones(len(FEATURES)))
        self.register_buffer("minimum", torch.tensor([f.minimum for f in FEATURES]), persistent=False)
        self.register_buffer("maximum", torch.tensor([f.maximum for f in FEATURES]), persistent=False)
        picked = picked_frames()
        # The first frame looked at counts however short the clip is, so that no mean is over nothing.
        first_needed = torch.cat([torch.zeros(1, dtype=torch.int64), picked[1:]])
        self.register_buffer("picked", picked, persistent=False)
        self.register_buffer("first_needed", first_needed, persistent=False)

    def forward(self, mfcc: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores whole clips.

        mfcc: [B, 20, 1292] float32, every frame; those from n_frames on may hold anything, NaN included.
        n_frames: [B] int64, how many frames are real, 1 to 1292.
        Returns features [B, 8] in natural units, genre [B, G] probabilities, embedding [B, 96].
        """
        n = n_frames.clamp(1, CLIP_FRAMES).unsqueeze(1)
        # A picked index that runs over by one is the last frame (1291 of 1291); beyond that it is padding,
        # and the last real frame is read in its place, so that padding is never touched.
        valid = (self.first_needed <= n).to(mfcc.dtype)
        index = torch.minimum(self.picked, n - 1)
        frames = torch.gather(mfcc, 2, index.unsqueeze(1).expand(-1, COEFFICIENTS, -1))
        standardised, genre_logits, embedding = self.predict(frames, valid)
        features = self.natural_units(standardised)
        return features, torch.softmax(genre_logits, dim=1), embedding

    def predict(self, frames: Tensor, valid: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores picked frames [B, 20, T] with their mask [B, T], a run of ones followed by zeros.

        Returns the features in standard deviations from the label means [B, 8], genre logits [B, G] and
        the embedding [B, 96].
        """
        return self.predict_standardised(self.standardise(frames), valid)

    def standardise(self, frames: Tensor) -> Tensor:
        """MFCCs [B, 20, T] in deviations from the training mean of each coefficient."""
        return (frames - self.mfcc_mean[:, None]) / self.mfcc_scale[:, None]

    def predict_standardised(self, x: Tensor, valid: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As `predict`, of frames that are standardised already."""
        full = valid[:, None, None, :]
        half = full[..., ::2]  # strides of two keep the even steps, and a mask is a run from the start
        quarter = full[..., ::4]
        y = self.conv1((x * valid.unsqueeze(1)).unsqueeze(1), half)
        y = self.conv2(y, half)
        y = self.pool(y)  # masked steps are zero, which is no more than any value after ReLU
        y = self.conv3(y, quarter)
        y = self.mix(y.flatten(1, 2).unsqueeze(2), quarter).squeeze(2)
        pooled = self.pooled_norm(_mean_and_deviation(y, quarter.squeeze(2)))
        embedding = torch.relu(self.dense(self.dropout(pooled)))
        kept = self.dropout(embedding)
        return self.feature_head(kept), self.genre_head(kept), embedding

    def natural_units(self, standardised: Tensor) -> Tensor:
        """Features [B, 8] in their units, clipped to their ranges."""
        y = standardised * self.label_scale + self.label_mean
        return torch.minimum(torch.maximum(y, self.minimum), self.maximum)


def _mean_and_deviation(y: Tensor, mask: Tensor) -> Tensor:
    """[B, 2C] mean and standard deviation over the valid steps of [B, C, T]; mask is [B, 1, T]."""
    count = mask.sum(dim=2)
    mean = (y * mask).sum(dim=2) / count
    deviation = (y - mean.unsqueeze(2)) * mask
    variance = (deviation * deviation).sum(dim=2) / count
    return torch.cat([mean, torch.sqrt(variance + _VARIANCE_FLOOR)], dim=1)
