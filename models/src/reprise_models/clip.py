"""The clip of the MFCC contract, and the frames of it that are the network's input."""

from __future__ import annotations

import torch
from torch import Tensor

COEFFICIENTS = 20
CLIP_FRAMES = 1292  # of 30 s at 22,050 Hz, hop 512
FRAMES_PER_SECOND = 22050 / 512
PICKED_FRAMES = 250  # every fifth or sixth frame, about 120 ms apart
OPENING = slice(4, 130)  # every frame of the first 3 s, without the first four, on which decoders disagree
OPENING_FRAMES = OPENING.stop - OPENING.start


def picked_frames() -> Tensor:
    """Return [250] indices of the input frames: floor((c+1) * 1291 / 250), the spacing of the training arrays.

    1291 is the number of frames of FMA's clips (MP3s of 29.98 s), and the spacing is that of the
    training arrays for any clip length: a shorter clip has fewer frames, not closer ones.
    """
    return (torch.arange(PICKED_FRAMES) + 1) * (CLIP_FRAMES - 1) // PICKED_FRAMES
