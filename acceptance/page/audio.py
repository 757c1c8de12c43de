"""Files to upload: synthetic audio and random bytes."""

from __future__ import annotations

import math
import random
import wave
from array import array
from pathlib import Path

RATE = 22_050
NOISE_BYTES = 50_000


def tones(file: Path, seconds: int) -> Path:
    """Write two tones, one of which decays twice a second, with a little noise; deterministic."""
    noise_source = random.Random(1)
    samples = array("h")
    for t in range(seconds * RATE):
        low = math.sin(2 * math.pi * 220 * t / RATE)
        high = math.sin(2 * math.pi * 660 * t / RATE) * math.exp(-8 * (t % (RATE // 2)) / RATE)
        samples.append(int(9_000 * low + 9_000 * high + noise_source.uniform(-500, 500)))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file


def noise(file: Path) -> Path:
    """Write random bytes, which are in no audio format."""
    file.write_bytes(random.Random(2).randbytes(NOISE_BYTES))
    return file
