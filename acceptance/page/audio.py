"""Files to upload: synthetic audio and random bytes. FLAC needs the command ffmpeg."""

from __future__ import annotations

import math
import random
import subprocess
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


def flac(file: Path, seconds: int) -> Path:
    """Write pink noise, which FLAC hardly compresses: 14 MiB a minute."""
    source = f"anoisesrc=duration={seconds}:color=pink:sample_rate=44100:amplitude=0.5:seed={{}}"
    inputs = [argument for seed in (1, 2) for argument in ("-f", "lavfi", "-i", source.format(seed))]
    command = ["ffmpeg", "-v", "error", *inputs, "-filter_complex", "[0][1]amerge", "-c:a", "flac", str(file)]
    subprocess.run(command, check=True)
    return file


def noise(file: Path) -> Path:
    """Write random bytes, which are in no audio format."""
    file.write_bytes(random.Random(2).randbytes(NOISE_BYTES))
    return file
