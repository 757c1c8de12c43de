"""Instances of the API as processes on free ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from processes import free_port, reprise, service, wait_for

TOKEN = "a-test-token"
ALLOWED_ORIGIN = "https://music.example.org"


@dataclass(frozen=True)
class Instance:
    url: str
    broker: str


@contextmanager
def serving(folder: Path) -> Iterator[Instance]:
    """Run `reprise serve`: broker, extractor, inference service and API."""
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    broker, api = free_port(), free_port()
    ports = ["--port", str(broker), "--api-port", str(api)]
    with service(folder, "serve", *ports, "--data-dir", str(folder / "serve")):
        instance = Instance(f"http://127.0.0.1:{api}", f"127.0.0.1:{broker}")
        wait_for("the API", lambda: _responds(instance))
        yield instance


@contextmanager
def guarded(folder: Path, peer: Instance, tracks: Iterable[str]) -> Iterator[Instance]:
    """Run `reprise api` on the same topics, with a token, an allowed origin and at most one event reader.

    Waits until it has read the tracks.
    """
    api = free_port()
    token = folder / "token"
    token.write_text(TOKEN + "\n")
    guards = ["--bearer-token-file", str(token), "--cors-origin", ALLOWED_ORIGIN, "--max-event-readers", "1"]
    common = ["--bootstrap-servers", peer.broker, "--data-dir", str(folder / "api")]
    ports = ["--api-port", str(api), "--http-port", "0"]
    with service(folder, "api", *guards, *common, *ports, "--application-id", "guarded"):
        instance = Instance(f"http://127.0.0.1:{api}", peer.broker)
        for track in tracks:
            path = f"/v1/audio-features/{track}"
            wait_for(f"track {track}", lambda path=path: _responds(instance, path, 200))
        yield instance


def _responds(instance: Instance, path: str = "/v1/tracks/unknown", status: int = 404) -> bool:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        response = requests.get(instance.url + path, headers=headers, timeout=10)
    except requests.RequestException:
        return False
    return response.status_code == status
