"""Tempo in beats per minute from the changes of a clip's MFCCs over time.

The stages:

1. mel envelope: the inverse DCT gives a smooth spectral envelope in dB;
2. onset strength envelope: its half-wave rectified, compressed difference in time, summed over bands, minus its local
   mean (D. Ellis, "Beat tracking by dynamic programming", J. New Music Research 36(1), 2007, section 3.1);
3. autocorrelation under a triangular lag window, equivalent to the mean over windows of about 3 s;
4. tempogram: a weighted sum of the autocorrelation at a half, one, one and a half, two, three and four beats
   (the harmonics of G. Percival and G. Tzanetakis, "Streamlined tempo estimation based on autocorrelation and
   cross-correlation with pulses", IEEE/ACM TASLP 22(12), 2014), on a grid of tempi, plus a log-normal prior;
5. its softmax, the probability of each tempo.

Nothing here is trained with the network: `TempoConstants` are maximum likelihood on Echo Nest's tempi (`tempo_fit`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS, FRAMES_PER_SECOND

MEL_BANDS = 128  # of the contract, whose orthonormal DCT-II is inverted
ENVELOPE_BANDS = 20  # as many points as coefficients lose no information
LOCAL_MEAN_FRAMES = 87  # about 2 s, centred
LAGS = 128  # of the autocorrelation, 0 to 127 frames: up to 2.95 s
WINDOW_FRAMES = 125  # of the lag window: 3 s, the length of the clips fitted on
MULTIPLES = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # of the beat, at which the autocorrelation is evidence for a tempo
_GRID_MINIMUM_BPM = 30.0
_GRID_STEPS_PER_OCTAVE = 72  # of 0.97 %
_GRID_SIZE = 240  # up to 299.5 BPM
TOLERANCE = 0.04  # a tempo is right within 4 % (MIREX's "accuracy 1")
_ENERGY_FLOOR = 1e-3  # keeps the autocorrelation of a constant clip finite, and zero


@dataclass(frozen=True)
class TempoConstants:
    """The fitted constants; `reprise-tempo-fit` prints them.

    weights: log-likelihood for an autocorrelation of one, at each of `MULTIPLES` beats.
    length_gain: relative increase of the autocorrelation's weight with each doubling of a clip beyond
        `WINDOW_FRAMES`, since a mean over more windows has less noise.
    prior_bpm, prior_octaves: centre and standard deviation of the log-normal prior.
    """

    weights: tuple[float, ...]
    length_gain: float
    prior_bpm: float
    prior_octaves: float

    def __post_init__(self) -> None:
        if len(self.weights) != len(MULTIPLES):
            raise ValueError(f"{len(self.weights)} weights for {len(MULTIPLES)} multiples")


CONSTANTS = TempoConstants(
    weights=(1.697, 4.911, 0.907, 3.735, 2.274, 2.178),
    length_gain=0.13,
    prior_bpm=107.5,
    prior_octaves=0.437,
)


def tempo_grid() -> Tensor:
    """Return [240] tempi in BPM, 72 per octave, from 30 up.

    Like the other tables, computed in float64 and rounded once: a float32 logarithm differs in its last bit
    between CPUs, and with it the exported file.
    """
    steps = torch.arange(_GRID_SIZE, dtype=torch.float64)
    return (_GRID_MINIMUM_BPM * 2 ** (steps / _GRID_STEPS_PER_OCTAVE)).float()


def within_tolerance(bpm: Tensor) -> Tensor:
    """Return [N, 240], the share of each grid tempo's step that is within 4 % of bpm [N]."""
    octaves = torch.log2(tempo_grid().double() / bpm[:, None].double()).abs()
    inside = (math.log2(1 + TOLERANCE) - octaves) * _GRID_STEPS_PER_OCTAVE + 0.5
    return inside.clamp(0, 1).float()


def log_normal_prior(centre_bpm: float, octaves: float) -> Tensor:
    """Return [240] log-prior of the grid's tempi, up to a constant."""
    return (-0.5 * (torch.log2(tempo_grid().double() / centre_bpm) / octaves) ** 2).float()


class TempoEstimator(nn.Module):
    """The estimator; it has no parameters, only buffers computed from the constants."""

    def __init__(self, constants: TempoConstants = CONSTANTS) -> None:
        super().__init__()
        self.inverse_dct: Tensor
        self.comb: Tensor
        self.log_prior: Tensor
        self.near: Tensor
        self.log_grid: Tensor
        self.length_gain = constants.length_gain
        weights = torch.tensor(constants.weights, dtype=torch.float64)
        comb = torch.einsum("m,mlg->lg", weights, combs()).float()
        self.register_buffer("inverse_dct", _inverse_dct(), persistent=False)
        self.register_buffer("comb", comb, persistent=False)
        prior = log_normal_prior(constants.prior_bpm, constants.prior_octaves)
        self.register_buffer("log_prior", prior, persistent=False)
        self.register_buffer("near", within_tolerance(tempo_grid()), persistent=False)
        self.register_buffer("log_grid", torch.log(tempo_grid().double()).float(), persistent=False)

    def forward(self, mfcc: Tensor, n_frames: Tensor, log_prior: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Estimate the tempo of whole clips.

        mfcc: [B, 20, 1292] float32, every frame; frames from n_frames on are padding of any value, including NaN.
        n_frames: [B] int64, how many frames are real, 1 to 1292.
        log_prior: [B, 240] log-prior over `tempo_grid()`, for example of a genre; the log-normal one if None.
        Returns, each [B]: tempo in BPM; alternate in BPM, its double or half, whichever is likelier;
        confidence, the probability that tempo is within 4 % of Echo Nest's.
        """
        likelihood = self.log_likelihood(mfcc, n_frames)
        posterior = torch.softmax(likelihood + (self.log_prior if log_prior is None else log_prior), dim=1)
        return self.estimate(posterior)

    def log_likelihood(self, mfcc: Tensor, n_frames: Tensor) -> Tensor:
        """Return [B, 240] log-likelihood of the grid's tempi, up to a constant; inputs as for `forward`."""
        gain = 1 + self.length_gain * doublings(n_frames).unsqueeze(1)
        return self.autocorrelation(mfcc, n_frames) @ self.comb * gain

    def autocorrelation(self, mfcc: Tensor, n_frames: Tensor) -> Tensor:
        """Return [B, 128] autocorrelation of the onset strength envelope, 1 at lag zero unless the clip is constant."""
        n = n_frames.clamp(1, CLIP_FRAMES).unsqueeze(1)
        onsets, valid = onset_strength(mfcc, n, self.inverse_dct)
        return windowed_autocorrelation(subtract_local_mean(onsets, valid), n - 1)

    def estimate(self, posterior: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return tempo, alternate and confidence, each [B], from probabilities [B, 240] over the grid.

        The tempo is the one with the highest probability within 4 %, shifted to the mean of that probability mass.
        """
        mass = posterior @ self.near.T
        confidence, best = mass.max(dim=1)
        around = posterior * self.near[best]
        # Not a matrix product, which a GPU may round to ten bits, 0.1 % of a tempo.
        tempo = torch.exp((around * self.log_grid).sum(dim=1) / around.sum(dim=1))
        # One octave up and down; tempi off the grid have probability zero.
        octaves = nn.functional.pad(mass, (_GRID_STEPS_PER_OCTAVE, _GRID_STEPS_PER_OCTAVE), value=-1.0)
        half = octaves.gather(1, best.unsqueeze(1)).squeeze(1)
        double = octaves.gather(1, best.unsqueeze(1) + 2 * _GRID_STEPS_PER_OCTAVE).squeeze(1)
        alternate = torch.where(double > half, tempo * 2, tempo / 2)
        # A sum of probabilities may exceed one by a rounding error.
        return tempo, alternate, confidence.clamp(max=1)


def doublings(n_frames: Tensor) -> Tensor:
    """Return log2 of the number of onsets of n_frames [B] over `WINDOW_FRAMES`, [B]; 0 for shorter clips."""
    onsets = (n_frames - 1).clamp(WINDOW_FRAMES, CLIP_FRAMES - 1)
    return torch.log2(onsets.float() / WINDOW_FRAMES)


def onset_strength(mfcc: Tensor, n: Tensor, inverse_dct: Tensor) -> tuple[Tensor, Tensor]:
    """Return the onset strength envelope [B, T-1] of MFCCs [B, 20, T] and its mask, ones followed by zeros.

    n: [B, 1] int64, real frames. An onset is between two real frames, so there are n - 1.
    """
    frame = torch.arange(mfcc.shape[2], device=mfcc.device)
    real = torch.where((frame < n).unsqueeze(1), mfcc, torch.zeros((), dtype=mfcc.dtype))
    # The difference before the product: in low precision, products of small numbers lose less.
    rise = torch.relu(inverse_dct @ (real[:, :, 1:] - real[:, :, :-1]))
    valid = (frame[1:] < n).to(mfcc.dtype)
    return torch.log1p(rise).sum(dim=1) * valid, valid


def subtract_local_mean(onsets: Tensor, valid: Tensor) -> Tensor:
    """Subtract the local mean over about 2 s from onset strengths [B, T]; zero where not `valid` [B, T]."""
    total = _moving_sum(onsets)
    count = _moving_sum(valid)
    return (onsets - total / count.clamp(min=1)) * valid


def _moving_sum(x: Tensor) -> Tensor:
    """Return centred sums [B, T] over `LOCAL_MEAN_FRAMES`, with zeros beyond the ends."""
    half = LOCAL_MEAN_FRAMES // 2
    pooled = nn.functional.avg_pool1d(nn.functional.pad(x, (half, half)).unsqueeze(1), LOCAL_MEAN_FRAMES, stride=1)
    return pooled.squeeze(1) * LOCAL_MEAN_FRAMES


def windowed_autocorrelation(x: Tensor, n: Tensor) -> Tensor:
    """Return [B, 128] autocorrelation of x [B, T], which is zero from n [B, 1] on, relative to that at lag zero.

    The mean over the available pairs, times a triangle over `WINDOW_FRAMES`: the mean over windows of that length.
    """
    # Products of rows of 128 with the same and the next rows contain all pairs less than 128 apart. Their sums by
    # distance are along the diagonals, which rows longer by one turn into columns.
    batch = x.shape[0]
    rows = -(-x.shape[1] // LAGS)
    x = nn.functional.pad(x, (0, (rows + 1) * LAGS - x.shape[1])).reshape(batch, rows + 1, LAGS)
    neighbours = torch.cat([x[:, :-1], x[:, 1:]], dim=2)
    products = (x[:, :-1].transpose(1, 2) @ neighbours).flatten(1)
    skewed = nn.functional.pad(products, (0, LAGS)).reshape(batch, LAGS, 2 * LAGS + 1)
    sums = skewed.sum(dim=1)[:, :LAGS]

    lag = torch.arange(LAGS, device=x.device)
    pairs = (n - lag).clamp(min=1).to(x.dtype)
    window = torch.relu(1 - lag / n.clamp(1, WINDOW_FRAMES).to(x.dtype))
    mean = sums / pairs
    return mean / (mean[:, :1] + _ENERGY_FLOOR) * window


def _inverse_dct() -> Tensor:
    """Return the inverse of the orthonormal DCT-II [20, 20] at points spread over the contract's 128 bands, in dB."""
    points = (torch.arange(ENVELOPE_BANDS, dtype=torch.float64) + 0.5) / ENVELOPE_BANDS
    order = torch.arange(COEFFICIENTS)
    basis = torch.cos(math.pi * points[:, None] * order) * math.sqrt(2 / MEL_BANDS)
    basis[:, 0] /= math.sqrt(2)
    return basis.float()


def combs() -> Tensor:
    """Return weights [6, 128, 240] float64 that interpolate the autocorrelation at `MULTIPLES` of each tempo's beat."""
    lags = torch.arange(LAGS, dtype=torch.float64)
    beat = 60 * FRAMES_PER_SECOND / tempo_grid().double()
    return torch.stack([_interpolation(lags[:, None] - multiple * beat) for multiple in MULTIPLES])


def _interpolation(distance: Tensor) -> Tensor:
    """Return the weight of a sample at a distance in frames: cubic convolution (R. Keys, IEEE TASSP 29(6), 1981)."""
    x = distance.abs()
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
