"""Generated audio for end-to-end test scripts."""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path


def tones(folder: Path) -> list[Path]:
    """Write twelve WAV files of 3 to 14 s, each a tone of a different pitch."""
    files = []
    for i in range(12):
        file = folder / f"tone {i:02}.wav"
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(22050)
            step = 2 * math.pi * 110 * (i + 1) / 22050
            samples = (int(9000 * math.sin(step * t)) for t in range(22050 * (i + 3)))
            out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
        files.append(file)
    return files
