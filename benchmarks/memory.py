"""Measure peak resident memory of the extractor on a minute and on ten hours of the same MP3.

    python3 benchmarks/memory.py SONG.mp3

Starts a broker, and an extractor for each file; both files are SONG.mp3 repeated.
Linux only: the peak is VmHWM of /proc/PID/status.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
COMPLETED = 'reprise_events_total{outcome="completed"}'
SECONDS = "reprise_decoded_audio_seconds_total"


def main(song: Path) -> None:
    subprocess.run([HOME / "reprise", "--version"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        broker = f"127.0.0.1:{port}"
        log = (folder / "log").open("wb")
        server = start(log, "broker", "--port", str(port), "--data-dir", str(folder))
        try:
            wait(lambda: listening(port))
            servers = ("--bootstrap-servers", broker)
            run("topics", "create", *servers, "--partitions", "1")
            for label, repeats in (("1 minute", 2), ("10 hours", 1200)):
                audio = folder / f"{repeats}.mp3"
                with audio.open("wb") as out:
                    for _ in range(repeats):
                        out.write(song.read_bytes())
                measure(folder, servers, audio, label)
        finally:
            server.terminate()
            server.wait()


def measure(folder: Path, servers: tuple[str, str], audio: Path, label: str) -> None:
    port = free_port()
    common = ("--data-dir", str(folder / label), "--http-port", str(port), "--threads", "1")
    log = (folder / f"{label}.log").open("wb")
    extractor = start(log, "extractor", *servers, *common, "--allowed-root", str(folder))
    try:
        run("submit", *servers, str(audio))
        began = time.monotonic()
        wait(lambda: metric(port, COMPLETED) >= 1)
        status = Path(f"/proc/{extractor.pid}/status").read_text()
        peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024
        seconds = metric(port, SECONDS)
        took = time.monotonic() - began
        print(f"{label}: {seconds:.0f} s of audio in {took:.0f} s, peak {peak:.0f} MiB", flush=True)
    finally:
        extractor.terminate()
        extractor.wait()


def start(log, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen([HOME / "reprise", *arguments], stdout=log, stderr=log)


def run(*arguments: str) -> None:
    subprocess.run([HOME / "reprise", *arguments], check=True, stdout=subprocess.DEVNULL)


def metric(port: int, name: str) -> float:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
            for line in response.read().decode().splitlines():
                if line.startswith(name + " "):
                    return float(line.split()[-1])
    except (urllib.error.URLError, OSError):
        pass  # not up yet
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait(condition) -> None:
    deadline = time.monotonic() + 600
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("Timed out after 600 s; see the logs.")
        time.sleep(0.2)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
