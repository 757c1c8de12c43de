"""Measure how many requests and bytes it takes to extract objects from an object store.

    python3 benchmarks/object_ranges.py FILES

Serves FILES as objects of a bucket, starts `./reprise serve` with that bucket, submits their `s3:` URIs one after the
other, and prints for each what was fetched, in requests and as a share of the object.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

HERE = Path(__file__).resolve().parents[1]
TIMEOUT_SECONDS = 180
BUCKET = "bench"


class Store(BaseHTTPRequestHandler):
    """As much of S3 as reading takes: GET with a range, and ETags."""

    protocol_version = "HTTP/1.1"
    objects: ClassVar[dict[str, Path]] = {}
    fetched: ClassVar[list[int]] = []

    def do_GET(self) -> None:
        path = self.objects[urllib.parse.unquote(self.path)]
        size = path.stat().st_size
        first, last = (int(end) for end in re.findall(r"\d+", self.headers["Range"]))
        last = min(last, size - 1)
        with path.open("rb") as file:
            file.seek(first)
            body = file.read(last - first + 1)
        self.fetched.append(len(body))
        self.send_response(206)
        self.send_header("ETag", f'"{hashlib.md5(str(path).encode()).hexdigest()}"')
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def main() -> int:
    files = [Path(argument).resolve() for argument in sys.argv[1:]]
    Store.objects = {f"/{BUCKET}/{file.name}": file for file in files}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        command = [str(HERE / "reprise"), "serve", "--data-dir", folder, "--port", "0", "--api-port", "0"]
        command += ["--threads", "1", "--allowed-bucket", BUCKET, "--s3-path-style", "--s3-anonymous"]
        command += ["--s3-endpoint", f"http://127.0.0.1:{server.server_port}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as service:
            try:
                api = address(service)
                print(f"{'object':24} {'MiB':>7} {'requests':>8} {'fetched':>8}  outcome")
                for file in files:
                    Store.fetched.clear()
                    outcome = submit(api, file.name)
                    size = file.stat().st_size
                    share = sum(Store.fetched) / size
                    print(f"{file.name:24} {size / 2**20:7.1f} {len(Store.fetched):8} {share:8.1%}  {outcome}")
            finally:
                service.terminate()
    return 0


def address(service: subprocess.Popen[str]) -> str:
    """Return the address of the API, which the service prints when it is ready."""
    assert service.stdout is not None
    for line in service.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+/(?!metrics)", line)
        if found and "metrics" not in line:
            threading.Thread(target=service.stdout.read, daemon=True).start()
            return found.group()
    raise SystemExit("./reprise serve did not start.")


def submit(api: str, name: str) -> str:
    """Submit an object, wait for its outcome, and return that."""
    request = urllib.request.Request(
        f"{api}v1/audio?track_id={urllib.parse.quote(name)}",
        data=json.dumps({"uri": f"s3://{BUCKET}/{urllib.parse.quote(name)}"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request):
        pass
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{api}v1/tracks/{urllib.parse.quote(name)}") as response:
                track = json.load(response)
        except urllib.error.HTTPError:
            time.sleep(0.2)
            continue
        if track.get("failure"):
            return str(track["failure"]["reason"])
        if track.get("prediction"):
            return f"{track['prediction']['clip_count']} clips"
        time.sleep(0.2)
    return "timed out"


if __name__ == "__main__":
    sys.exit(main())
