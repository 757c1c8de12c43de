"""The error of the training arrays against librosa on the same clips, and its effect on predictions.

The arrays were recovered from coarser images of the spectrum, so they have an error that serving does not.
Needs the dependency group `audio` (librosa) and the real clips; training does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from reprise_models.clip import CLIP_FRAMES, COEFFICIENTS, picked_frames
from reprise_models.data import FloatArray, Tracks
from reprise_models.evaluate import predict, tempo_of_openings
from reprise_models.features import NAMES, SPECTRAL
from reprise_models.inputs import INPUTS, inputs_of
from reprise_models.network import EchoNestCnn

SAMPLE_RATE_HZ = 22050
_FMA_FRAMES = CLIP_FRAMES - 1  # of an MP3 of 29.98 s
_DECODER_START_FRAMES = 4  # decoders disagree about the first frames of an MP3


def librosa_mfcc(path: Path) -> FloatArray:
    """Return coefficients [20, frames] of the file's first 30 s, computed by the contract's reference."""
    import librosa  # imported here, since only this command needs the group `audio`

    samples, _ = librosa.load(path, sr=SAMPLE_RATE_HZ)
    mfcc: FloatArray = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE_HZ, n_mfcc=COEFFICIENTS)
    return mfcc[:, :CLIP_FRAMES].astype(np.float32)


def measure(model: EchoNestCnn, tracks: Tracks, clips: list[Path]) -> dict[str, Any]:
    """Compare clips named `<track id>.mp3` with the arrays of the same tracks.

    `coefficients`: bias (array - librosa), standard deviation of the error, and ratio of the standard
    deviations (array / librosa), per coefficient, of the `frame_clips` with 1,291 frames, for which the array's
    frames and the network's are the same; for longer clips they differ by up to one, and timing would count as error.
    `inputs`: of each, bias (array - librosa) and standard deviation over clips of the difference between the mean of
    the array's 250 frames, used by the reference, and that of every frame, published by the service;
    `tracks_std` is the standard deviation over the tracks, for scale.
    `features`: per feature, mean and largest absolute difference of the predictions from array and clip, natural units.
    """
    row_of = {int(track_id): row for row, track_id in enumerate(tracks.ids)}
    picked = picked_frames().numpy()
    arrays, references, predictions, input_pairs = [], [], [], []
    for clip in clips:
        row = row_of.get(int(clip.stem))
        if row is None:
            continue
        mfcc = librosa_mfcc(clip)
        n = mfcc.shape[1]
        if n < _FMA_FRAMES:
            continue  # the array's frames of a shorter clip are closer together
        if n == _FMA_FRAMES:
            usable = (picked >= _DECODER_START_FRAMES) & (picked < n)
            arrays.append(tracks.frames[row][:, usable])
            references.append(mfcc[:, picked[usable]])
        input_pairs.append((inputs_of(tracks.frames[[row]])[0], inputs_of(mfcc[None])[0]))
        predictions.append((_predict_clip(model, _padded(mfcc), n), _predict_array(model, tracks, row)))
    if not arrays:
        raise ValueError(f"no clip of {_FMA_FRAMES} frames belongs to a track of the arrays")
    array, exact = np.concatenate(arrays, axis=1), np.concatenate(references, axis=1)
    error = array - exact
    difference = np.abs(np.array([a - b for a, b in predictions]))
    input_error = np.array([a - b for a, b in input_pairs])
    tracks_std = inputs_of(tracks.frames).std(axis=0, ddof=1)
    return {
        "clips": len(predictions),
        "frame_clips": len(arrays),
        "coefficients": {
            "bias": [float(v) for v in error.mean(axis=1)],
            "error_std": [float(v) for v in error.std(axis=1)],
            "std_ratio": [float(v) for v in array.std(axis=1) / exact.std(axis=1)],
        },
        "inputs": {
            of.name: {
                "bias": float(input_error[:, i].mean()),
                "error_std": float(input_error[:, i].std()),
                "tracks_std": float(tracks_std[i]),
            }
            for i, of in enumerate(INPUTS)
        },
        "features": {
            name: {"mean": float(difference[:, i].mean()), "max": float(difference[:, i].max())}
            for i, name in enumerate(NAMES)
            if i in SPECTRAL  # the arrays are too short for tempo
        },
        "mean_difference": float(np.mean([difference[:, i].mean() for i in SPECTRAL])),
    }


def _padded(mfcc: FloatArray) -> FloatArray:
    return np.pad(mfcc, ((0, 0), (0, CLIP_FRAMES - mfcc.shape[1])))


def _predict_clip(model: EchoNestCnn, mfcc: FloatArray, n_frames: int) -> FloatArray:
    with torch.no_grad():
        prediction: FloatArray = model(torch.from_numpy(mfcc[None]), torch.tensor([n_frames]))[0][0].numpy()
    return prediction


def _predict_array(model: EchoNestCnn, tracks: Tracks, row: int) -> FloatArray:
    frames, openings = tracks.frames[[row]], tracks.openings[[row]]
    tempo, _ = tempo_of_openings(openings)
    prediction: FloatArray = predict(model, frames, openings, tempo)[0][0]
    return prediction
