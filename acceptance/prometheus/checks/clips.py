"""Synthetic audio: musical sounds, and signals of a broken source."""

from __future__ import annotations

import math
import random
import wave
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

RATE = 22_050
SECONDS = 3


def synthesise_music(i: int) -> Iterator[float]:
    """Yield samples of one of four timbres (sine, sawtooth, plucked, drum) at one of six pitches."""
    pitch, beat = 110 * 1.3 ** (i // 4), RATE // (2 + i // 4)
    noise = random.Random(i)
    for t in range(SECONDS * RATE):
        phase, fade = pitch * t / RATE, math.exp(-6 * (t % beat) / beat)
        match i % 4:
            case 0:
                yield 0.3 * math.sin(2 * math.pi * phase)
            case 1:
                yield 0.4 * (phase % 1 - 0.5)
            case 2:
                yield 0.5 * fade * math.sin(2 * math.pi * phase)
            case _:
                yield 0.3 * fade * noise.gauss(0, 1)


def synthesise_damage(i: int) -> Iterator[float]:
    """Yield samples of near silence, clipped noise or rumble."""
    noise = random.Random(1_000 + i)
    rumble = 0.0
    for _ in range(SECONDS * RATE):
        sample = noise.gauss(0, 1)
        rumble += 0.01 * (sample - rumble)
        match i % 3:
            case 0:
                yield 0.001 * sample
            case 1:
                yield 20 * sample
            case _:
                yield 3 * rumble


def write_wav(file: Path, samples: Iterable[float]) -> Path:
    integers = array("h", (round(32_767 * max(-1.0, min(1.0, sample))) for sample in samples))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(integers.tobytes())
    return file
