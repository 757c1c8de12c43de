"""Compute the golden MFCC of librosa that the extractor's tests compare with.

    uv venv && uv pip install -r requirements.txt && uv run python make_goldens.py

writes goldens/*.npy (float32, [20, frames], one file per clip) and goldens/provenance.json. The
signals are formulas, not files: GoldenSignals.java has the same ones, and provenance.json contains a
few samples of each, so that the tests fail if the two differ.
"""

from __future__ import annotations

import json
import platform
import tempfile
from pathlib import Path

import librosa
import numpy as np
import scipy
import soundfile
import soxr

RATE = 22_050
CLIP = 661_500
SHORTEST_LAST = 220_500
SEED = 20_241_127
HERE = Path(__file__).parent / "goldens"

# name, signal, rate in Hz, channels, samples. At 22,050 Hz nothing is resampled.
CASES = [
    ("sweep", "sweep", RATE, 1, 3 * RATE),
    ("noise", "noise", RATE, 1, 2 * RATE + 511),
    ("clicks", "clicks", RATE, 1, 40_001),
    ("chord", "chord", RATE, 1, 3 * RATE + 513),
    ("fade", "fade", RATE, 1, 2 * RATE),
    ("silence", "silence", RATE, 1, RATE + 1),
    ("one_second", "chord", RATE, 1, RATE),
    ("multiple_of_hop", "noise", RATE, 1, 50 * 512),
    ("two_clips", "mix", RATE, 1, CLIP + SHORTEST_LAST),
    ("stereo_22", "chord", RATE, 2, 2 * RATE),
    ("sweep_44", "sweep", 44_100, 1, 2 * 44_100),
    ("chord_44_stereo", "chord", 44_100, 2, 100_003),
    ("noise_44_stereo", "noise", 44_100, 2, 66_151),
    ("clicks_44", "clicks", 44_100, 1, 66_150),
    ("sweep_48_stereo", "sweep", 48_000, 2, 100_001),
    ("chord_48", "chord", 48_000, 1, 96_000),
    ("noise_48", "noise", 48_000, 1, 72_011),
    ("mix_48_stereo", "mix", 48_000, 2, 120_000),
    ("mix_8", "mix", 8_000, 1, 24_000),
    ("mix_16_stereo", "mix", 16_000, 2, 48_000),
]


def noise(i: np.ndarray, channel: int) -> np.ndarray:
    """White noise in [-0.25, 0.25): splitmix64 of the sample's index."""
    with np.errstate(over="ignore"):
        z = (i.astype(np.uint64) * np.uint64(2) + np.uint64(channel) + np.uint64(SEED)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(11)).astype(np.float64) * 2.0**-53 - 0.5) * 0.5


def sweep(t: np.ndarray, seconds: float, top_hz: float, channel: int) -> np.ndarray:
    """Sine from 30 Hz (channel 1: 45 Hz) to top_hz, each octave as long as the next."""
    low = 30.0 * (1 + 0.5 * channel)
    octaves = np.log(top_hz / low)
    return 0.5 * np.sin(2 * np.pi * low * seconds / octaves * (np.exp(t / seconds * octaves) - 1))


def chord(t: np.ndarray, channel: int) -> np.ndarray:
    """Eight harmonics of 220 Hz (channel 1: 330 Hz), struck twice a second: 20 ms up, then decaying.

    An abrupt first sample would show soxr's own start-up error at 48 kHz (2e-4 of full scale), which no
    other resampler has.
    """
    base = 220.0 * (1 + 0.5 * channel)
    tone = sum(np.sin(2 * np.pi * base * k * t) / k for k in range(1, 9))
    since = np.fmod(t, 0.5)
    return 0.3 * tone * np.minimum(1, since / 0.02) * np.exp(-6 * since)


def signal(name: str, rate: int, channel: int, samples: int) -> np.ndarray:
    i = np.arange(samples)
    t = i / rate
    if name == "sweep":
        x = sweep(t, samples / rate, 0.48 * rate, channel)
    elif name == "noise":
        x = noise(i, channel)
    elif name == "clicks":
        x = np.where(i % 4410 == 100, 0.9, 0.0)
    elif name == "chord":
        x = chord(t, channel)
    elif name == "fade":
        x = 0.9 * np.sin(2 * np.pi * 1000 * t) * 10 ** (-6 * t * rate / samples)
    elif name == "silence":
        x = np.zeros(samples)
    elif name == "mix":
        x = chord(t, channel) + 0.02 * noise(i, channel)
    else:
        raise ValueError(name)
    return x.astype(np.float32)


def clips(y: np.ndarray) -> list[np.ndarray]:
    pieces = [y[k : k + CLIP] for k in range(0, len(y), CLIP)]
    return [p for k, p in enumerate(pieces) if k == 0 or len(p) >= SHORTEST_LAST]


def main() -> None:
    HERE.mkdir(exist_ok=True)
    cases = []
    for name, kind, rate, channels, samples in CASES:
        x = np.stack([signal(kind, rate, c, samples) for c in range(channels)], axis=1)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.wav"
            soundfile.write(file, x, rate, subtype="FLOAT")
            y, _ = librosa.load(file, sr=RATE)
        count = 0
        for count, clip in enumerate(clips(y), start=1):
            mfcc = librosa.feature.mfcc(y=clip, sr=RATE, n_mfcc=20)
            np.save(HERE / f"{name}.{count - 1}.npy", np.ascontiguousarray(mfcc, dtype="<f4"))
        picks = [0, 1, samples // 3, samples // 2, samples - 1]
        cases.append(
            {
                "name": name,
                "signal": kind,
                "rate_hz": rate,
                "channels": channels,
                "samples": samples,
                "clips": count,
                "picks": picks,
                "values": [[float(v) for v in x[p]] for p in picks],
            }
        )
    versions = {
        "python": platform.python_version(),
        "librosa": librosa.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "soxr": soxr.__version__,
        "soundfile": soundfile.__version__,
    }
    provenance = {
        "command": "python make_goldens.py",
        "seed": SEED,
        "versions": versions,
        "reference": "librosa.feature.mfcc(y=clip, sr=22050, n_mfcc=20) of librosa.load(wav, sr=22050)",
        "cases": cases,
    }
    (HERE / "provenance.json").write_text(json.dumps(provenance, indent=1) + "\n")


if __name__ == "__main__":
    main()
