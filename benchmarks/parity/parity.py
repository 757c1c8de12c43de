"""Compare the extractor's MFCCs with librosa's on a folder of real audio.

    ./reprise extract AUDIO --root AUDIO --out NPY
    ./mvnw -q -pl benchmarks -am verify -DskipTests -Pparity -Daudio=AUDIO -Ddecoded=WAV
    uv run --python 3.11 --with librosa==0.11.0 benchmarks/parity/parity.py AUDIO NPY WAV

The second command writes the samples that FFmpeg decodes as float WAV. librosa reads those, so that the
first differences reflect the resampler and the coefficients, not the decoders. The differences with
librosa's own MP3 decoder are printed separately, and then the speed of each on one thread.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from pathlib import Path

import librosa
import numpy as np

RATE = 22_050
CLIP = 661_500
START_FRAMES = 4


def reference(file: Path) -> np.ndarray:
    """Return librosa's coefficients of the first clip, [20, frames]."""
    y, _ = librosa.load(file, sr=RATE)
    return librosa.feature.mfcc(y=y[:CLIP], sr=RATE, n_mfcc=20)


def clip_file(folder: Path, stem: str) -> Path:
    """Return the file with the extractor's coefficients of the first clip."""
    found = sorted(folder.glob(f"{stem}*.npy"))
    if not found:
        raise SystemExit(f"No .npy file for {stem} in {folder}: run ./reprise extract first.")
    return found[0]


def row(name: str, differences: list[np.ndarray]) -> str:
    d = np.concatenate([x.ravel() for x in differences])
    return f"{name:44} {len(differences):5} {np.median(d):9.4f} {np.quantile(d, 0.99):9.4f} {d.max():9.4f}"


def main(audio: Path, npy: Path, wav: Path) -> None:
    groups: dict[str, list[np.ndarray]] = defaultdict(list)
    worst: list[tuple[float, str]] = []
    librosa_seconds = 0.0
    audio_seconds = 0.0
    files = sorted(p for p in audio.iterdir() if p.is_file())
    reference(files[0])  # compiles numba's functions
    for file in files:
        ours = np.load(clip_file(npy, file.stem))
        decoded = wav / f"{file.name}.wav"
        theirs = reference(decoded)
        if ours.shape != theirs.shape:
            print(f"{file.name}: {ours.shape[1]} frames, librosa has {theirs.shape[1]}")
            continue
        difference = np.abs(ours - theirs)
        native_rate = librosa.get_samplerate(decoded)
        groups["FFmpeg's samples, all files"].append(difference)
        groups[f"FFmpeg's samples, {native_rate} Hz"].append(difference)
        worst.append((float(difference.max()), file.name))
        start = time.process_time()
        own = reference(file)
        librosa_seconds += time.process_time() - start
        frames = min(own.shape[1], ours.shape[1])
        audio_seconds += librosa.get_duration(path=decoded)
        own_difference = np.abs(ours[:, :frames] - own[:, :frames])
        groups["librosa's own decoder, without both ends"].append(own_difference[:, START_FRAMES:-START_FRAMES])
        groups["librosa's own decoder, first four frames"].append(own_difference[:, :START_FRAMES])
    print(f"{'absolute difference of':44} files    median   99 %      maximum")
    for name, differences in sorted(groups.items()):
        print(row(name, differences))
    print("largest:", ", ".join(f"{name} {value:.4f}" for value, name in sorted(worst, reverse=True)[:5]))
    theirs_per_second = librosa_seconds / audio_seconds
    ours_per_second = float((wav / "seconds_per_second.txt").read_text())
    print(f"librosa.load + mfcc: {1 / theirs_per_second:.0f} s of audio per core-second")
    print(f"the extractor:       {1 / ours_per_second:.0f} s of audio per core-second")
    print(f"the extractor is {theirs_per_second / ours_per_second:.1f} times faster")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
