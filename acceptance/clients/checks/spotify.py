"""Compatibility with spotipy, an unmodified client of Spotify's API."""

from __future__ import annotations

import warnings
from typing import Any

import requests
import spotipy

from checks.instance import Instance
from checks.report import Report
from checks.tracks import IDS

UNIT_FEATURES = ("acousticness", "danceability", "energy", "instrumentalness")
UNIT_FEATURES += ("liveness", "speechiness", "valence")
TYPES = dict.fromkeys((*UNIT_FEATURES, "tempo"), float)
TYPES |= {"duration_ms": int, **dict.fromkeys(("id", "track_href", "type", "uri"), str)}


def check(report: Report, instance: Instance, token: str = "none") -> None:
    warnings.simplefilter("ignore", DeprecationWarning)  # Spotify has deprecated the endpoint.
    client = spotipy.Spotify(auth=token)
    client.prefix = instance.url + "/v1/"

    one = client.audio_features(IDS[0])
    several = client.audio_features([IDS[0], "unknown", *IDS[1:]])
    report.check("spotipy reads one track", len(one) == 1 and one[0]["id"] == IDS[0], one)
    found = [features and features["id"] for features in several]
    report.equal("spotipy reads several tracks, and None for an unknown one", found, [IDS[0], None, *IDS[1:]])
    known = [features for features in several if features]
    types = [{name: type(value) for name, value in features.items()} for features in known]
    report.check("the fields and types are Spotify's", all(t == TYPES for t in types), types)
    track = requests.get(known[0]["track_href"], timeout=10, headers=_auth(token)).json()
    report.equal("the values are those of the track", known[0], _expected(instance, track))


def _expected(instance: Instance, track: dict[str, Any]) -> dict[str, Any]:
    prediction = track["prediction"]
    track_id = track["track_id"]
    return {
        **prediction["features"],
        "duration_ms": round(prediction["duration_seconds"] * 1000),
        "id": track_id,
        "track_href": f"{instance.url}/v1/tracks/{track_id}",
        "type": "audio_features",
        "uri": f"reprise:track:{track_id}",
    }


def _auth(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
