"""GTZAN's folders: 100 excerpts of 30 s in each of 10 genres, without artists or labels.

Tzanetakis, Cook: Musical genre classification of audio signals, IEEE Trans. Speech Audio Process. 10(5), 2002.
Its flaws are catalogued by Sturm: The GTZAN dataset: Its contents, its faults, their effects on evaluation, and
its future use, arXiv:1306.1461: 50 exact repetitions, 22 excerpts of the same recordings, 13 versions of the same
music, mislabelings, distortions, and long runs by one artist (35 of Reggae are Bob Marley).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
EXCERPTS_PER_GENRE = 100
FOLDERS = ("genres_original", "genres")  # of the common copy in WAV, and of the author's archive in AU
# In the WAV copy this file has no audio; in the author's archive jazz.00054.au is intact.
BROKEN_FILES = frozenset({"jazz.00054.wav"})
_BLOCK = 10
_NAME = re.compile(r"(?P<genre>[a-z]+)\.(?P<number>\d{5})\.(wav|au)")


class Split(StrEnum):
    """The fault-filtered split: without repetitions, and with every artist in one part."""

    TRAINING = "training"
    VALIDATION = "validation"
    TEST = "test"


# Kereliuk, Sturm, Larsen: Deep Learning and Music Adversaries, IEEE Trans. Multimedia 17(11), 2015,
# arXiv:1507.04761: 443, 197 and 290 excerpts. The other 70 repeat one of these, or have other flaws in Sturm's list.
_FILTERED: Mapping[Split, Mapping[str, str]] = {
    Split.TRAINING: {
        "blues": "29-49 73-97",
        "classical": "30-33 43-48 50-67 80-99",
        "country": "19-26 28-29 65-99",
        "disco": "5 15-20 22-37 39-45 47 49 53-54 56-57 59 61 70 73-74 89",
        "hiphop": "2-25 28-29 31-38 41-42 55-61 77-80",
        "jazz": "0-1 11-24 41 47-72",
        "metal": "2-3 5 21 24 35 46-57 59-66 69 71-72 79-80 84 86 89-99",
        "pop": "2-9 11-12 16-20 23-29 31-36 38-42 44 46 49-50 80 97-99",
        "reggae": "0-2 4 6 9 11-12 14-32 42-45 49-51 54-60 63 69",
        "rock": "0-9 16-26 57-70 91-99",
    },
    Split.VALIDATION: {
        "blues": "0-11 50-60",
        "classical": "0-10 68-76",
        "country": "0-7 9-18 27 41-42 45 49",
        "disco": "0 2-4 6-14 46 48 52 67-68 72 75 90 95",
        "hiphop": "81-98",
        "jazz": "2-10 25-32",
        "metal": "0-1 6-11 16-20 36-37 68 76-77 81-82",
        "pop": "10 53 55 58-62 81 83-86",
        "reggae": "61-62 70 72 74 76-78 85 92-99",
        "rock": "38 49-56 71-85",
    },
    Split.TEST: {
        "blues": "12-28 61-72 98-99",
        "classical": "11-29 34-41 49 77-79",
        "country": "30-40 43-44 46-48 50-51 53-64",
        "disco": "1 21 58 62-66 69 76-88 91-94 96-97 99",
        "hiphop": "0 26-27 30 40 43-45 51-54 62-75 99",
        "jazz": "73-99",
        "metal": "12-15 22-23 25-33 38-39 67 70 73-75 78 83 85 87-88",
        "pop": "0-1 13-14 43 63-66 69-79 82 88-96",
        "reggae": "34-40 46-48 52-53 64-68 71 79 82-84 87-90",
        "rock": "10-15 27-37 39-48 86-90",
    },
}


@dataclass(frozen=True)
class Excerpt:
    """A file of GTZAN. `number` is 0 to 99 in its genre; `split` is None for the 70 that the split excludes."""

    genre: str
    number: int
    path: Path
    split: Split | None

    @property
    def name(self) -> str:
        """Return the excerpt's name, such as `blues.00007`."""
        return f"{self.genre}.{self.number:05d}"

    @property
    def group(self) -> str:
        """Return the group that must be in one fold: ten neighbouring numbers.

        GTZAN has no artists, but excerpts of one artist are mostly consecutive. This is an approximation, since runs
        may be longer and artists may recur: prefer `split`.
        """
        return f"{self.genre}.{self.number // _BLOCK}"


def filtered_split(genre: str, number: int) -> Split | None:
    """Return the part of the fault-filtered split that contains the excerpt, or None."""
    return _SPLIT_OF.get((genre, number))


def read_excerpts(folder: Path) -> list[Excerpt]:
    """Return the excerpts in a folder with `genres_original` or `genres`, by genre and number, without broken files.

    Raises ValueError with a one-sentence message if there are none, if a genre is missing or a file is in two formats.
    """
    root = next((folder / name for name in FOLDERS if (folder / name).is_dir()), None)
    if root is None:
        raise ValueError(f"{folder} has neither a folder {FOLDERS[0]} nor {FOLDERS[1]}: it is not GTZAN as published")
    excerpts: dict[str, Excerpt] = {}
    for genre in GENRES:
        if not (root / genre).is_dir():
            raise ValueError(f"{root} has no folder {genre}; unpack GTZAN again")
        for path in sorted((root / genre).iterdir()):
            match = _NAME.fullmatch(path.name)
            if match is None or path.name in BROKEN_FILES:
                continue  # the archive also contains Marsyas' lists, such as bextract_single.mf
            number = int(match["number"])
            if match["genre"] != genre or number >= EXCERPTS_PER_GENRE:
                raise ValueError(f"{path} is not a file of GTZAN; move it elsewhere")
            excerpt = Excerpt(genre, number, path, filtered_split(genre, number))
            if excerpt.name in excerpts:
                raise ValueError(f"{path} and {excerpts[excerpt.name].path.name} are the same excerpt; keep one")
            excerpts[excerpt.name] = excerpt
    if not excerpts:
        raise ValueError(f"{root} contains no excerpts such as blues/blues.00000.wav; unpack GTZAN again")
    return list(excerpts.values())


def _numbers(ranges: str) -> list[int]:
    numbers: list[int] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers


_SPLIT_OF = {
    (genre, number): split
    for split, genres in _FILTERED.items()
    for genre, ranges in genres.items()
    for number in _numbers(ranges)
}
