"""Instances of the API, each a process of its own on free ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from processes import free_port, reprise, service, wait_for

TOKEN = "a-token-for-friends"
FRIEND = "https://music.example.org"


@dataclass(frozen=True)
class Instance:
    url: str
    broker: str


@contextmanager
def serving(folder: Path) -> Iterator[Instance]:
    """`reprise serve`: broker, extractor, inference service and API."""
    reprise("--version")  # builds, if need be, before anything waits for it
    broker, api = free_port(), free_port()
    ports = ["--port", str(broker), "--api-port", str(api)]
    with service(folder, "serve", *ports, "--data-dir", str(folder / "serve")):
        instance = Instance(f"http://127.0.0.1:{api}", f"127.0.0.1:{broker}")
        wait_for("the API", lambda: _answers(instance))
        yield instance


@contextmanager
def guarded(folder: Path, beside: Instance, tracks: Iterable[str]) -> Iterator[Instance]:
    """`reprise api` over the same topics, with a token, a friendly origin and room for one reader.

    Begins once it knows the tracks.
    """
    api = free_port()
    guards = ["--bearer-token", TOKEN, "--cors-origin", FRIEND, "--max-event-readers", "1"]
    place = ["--bootstrap-servers", beside.broker, "--data-dir", str(folder / "api")]
    ports = ["--api-port", str(api), "--http-port", "0"]
    with service(folder, "api", *guards, *place, *ports, "--application-id", "guarded"):
        instance = Instance(f"http://127.0.0.1:{api}", beside.broker)
        for track in tracks:
            path = f"/v1/audio-features/{track}"
            wait_for(f"{track} to be known", lambda path=path: _answers(instance, path, 200))
        yield instance


def _answers(instance: Instance, path: str = "/v1/tracks/nobody", status: int = 404) -> bool:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        answer = requests.get(instance.url + path, headers=headers, timeout=10)
    except requests.RequestException:
        return False
    return answer.status_code == status
