"""Generated audio for end-to-end test scripts."""

from __future__ import annotations

import io
import math
import wave
from array import array
from pathlib import Path

RATE = 22_050


def tones(folder: Path) -> list[Path]:
    """Write twelve WAV files of 3 to 14 s, each a tone of a different pitch."""
    files = [folder / f"tone {i:02}.wav" for i in range(12)]
    for i, file in enumerate(files):
        file.write_bytes(tone(110 * (i + 1), seconds=i + 3))
    return files


def tone(hertz: int, seconds: int) -> bytes:
    """Return a WAV file."""
    second = array("h", (int(9000 * math.sin(2 * math.pi * hertz * t / RATE)) for t in range(RATE)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(second.tobytes() * seconds)
    return out.getvalue()
