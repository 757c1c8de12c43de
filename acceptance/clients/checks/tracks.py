"""Synthetic tracks and truth."""

from __future__ import annotations

from pathlib import Path

import requests
from processes import reprise
from tones import tone

from checks.instance import Instance

# The first is the id in the examples of openapi.yaml, so that they get 200.
IDS = ("4uLU6hMCjMI75M1A2tKUQC", "1", "2", "3", "4")

COLUMNS = (
    "metadata.artist_latitude",
    "metadata.artist_longitude",
    "ranks.song_currency_rank",
    "social_features.artist_familiarity",
    "audio_features.energy",
    "audio_features.tempo",
    "temporal_features.000",
    "temporal_features.001",
)


def upload(instance: Instance) -> None:
    """Upload a tone for each track, and a text that is not audio."""
    for number, track in enumerate(IDS):
        submit(instance, track, tone(110 * (number + 1), number + 3))
    submit(instance, "noise", b"This is not audio.")


def submit(instance: Instance, track: str, audio: bytes) -> requests.Response:
    """Upload audio and wait for its outcome."""
    return requests.post(
        instance.url + "/v1/audio",
        params={"track_id": track},
        data=audio,
        headers={"Content-Type": "audio/wav", "Prefer": "wait=60"},
        timeout=90,
    )


def load_truth(instance: Instance, folder: Path) -> None:
    """Load a table in the format of FMA's echonest.csv, for the tracks with numeric ids."""
    groups, names = zip(*(column.split(".") for column in COLUMNS), strict=True)
    lines = [("", *["echonest"] * len(COLUMNS)), ("", *groups), ("", *names)]
    lines.append(("track_id", *[""] * len(COLUMNS)))
    for number, track in enumerate(IDS[1:], 1):
        values = (10 * number, 20 * number, number, number / 10, number / 20, 60 + 10 * number)
        lines.append((track, *map(str, values), str(number), str(-number)))
    file = folder / "truth.csv"
    file.write_text("".join(",".join(line) + "\n" for line in lines))
    reprise("truth", "load", "--bootstrap-servers", instance.broker, str(file))
