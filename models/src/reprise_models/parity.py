"""How far the training arrays are from what librosa gives for the same clips, and what that does to the answers.

The arrays were recovered from coarser images of the spectrum, so they carry an error that serving does not.
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
    """[20, frames] coefficients of the file's first 30 s as the contract's reference computes them."""
    import librosa  # here, since only this command needs the group `audio`

    samples, _ = librosa.load(path, sr=SAMPLE_RATE_HZ)
    mfcc: FloatArray = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE_HZ, n_mfcc=COEFFICIENTS)
    return mfcc[:, :CLIP_FRAMES].astype(np.float32)


def measure(model: EchoNestCnn, tracks: Tracks, clips: list[Path]) -> dict[str, Any]:
    """Compares clips named `<track id>.mp3` with the arrays of the same tracks.

    `coefficients`: bias (array - librosa), standard deviation of the error, and ratio of the standard
    deviations (array / librosa), per coefficient, of the `frame_clips` whose 1,291 frames make the array's frames
    and the network's the same; of a longer clip they differ by up to one, and timing would count as error.
    `inputs`: of each, bias (array - librosa) and standard deviation over clips of the difference between the mean of
    the array's 250 frames, which the reference is made of, and that of every frame, which the service gives;
    `tracks_std` is the standard deviation over the tracks, for scale.
    `features`: per feature, mean and largest absolute difference of the answers from array and clip, natural units.
    """
    row_of = {int(track_id): row for row, track_id in enumerate(tracks.ids)}
    picked = picked_frames().numpy()
    arrays, references, answers, heard = [], [], [], []
    for clip in clips:
        row = row_of.get(int(clip.stem))
        if row is None:
            continue
        mfcc = librosa_mfcc(clip)
        n = mfcc.shape[1]
        if n < _FMA_FRAMES:
            continue  # the array's frames of a shorter clip are nearer together
        if n == _FMA_FRAMES:
            usable = (picked >= _DECODER_START_FRAMES) & (picked < n)
            arrays.append(tracks.frames[row][:, usable])
            references.append(mfcc[:, picked[usable]])
        heard.append((inputs_of(tracks.frames[[row]])[0], inputs_of(mfcc[None])[0]))
        answers.append((_answer(model, _padded(mfcc), n), _answer_picked(model, tracks, row)))
    if not arrays:
        raise ValueError(f"no clip of {_FMA_FRAMES} frames belongs to a track of the arrays")
    array, exact = np.concatenate(arrays, axis=1), np.concatenate(references, axis=1)
    error = array - exact
    difference = np.abs(np.array([a - b for a, b in answers]))
    input_error = np.array([a - b for a, b in heard])
    tracks_std = inputs_of(tracks.frames).std(axis=0, ddof=1)
    return {
        "clips": len(answers),
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
            if i in SPECTRAL  # the arrays hold too little for tempo
        },
        "mean_difference": float(np.mean([difference[:, i].mean() for i in SPECTRAL])),
    }


def _padded(mfcc: FloatArray) -> FloatArray:
    return np.pad(mfcc, ((0, 0), (0, CLIP_FRAMES - mfcc.shape[1])))


def _answer(model: EchoNestCnn, mfcc: FloatArray, n_frames: int) -> FloatArray:
    with torch.no_grad():
        answer: FloatArray = model(torch.from_numpy(mfcc[None]), torch.tensor([n_frames]))[0][0].numpy()
    return answer


def _answer_picked(model: EchoNestCnn, tracks: Tracks, row: int) -> FloatArray:
    frames, openings = tracks.frames[[row]], tracks.openings[[row]]
    tempo, _ = tempo_of_openings(openings)
    answer: FloatArray = predict(model, frames, openings, tempo)[0][0]
    return answer
