"""Compare decoding in decoder processes with a baseline build of Reprise, and print ratios.

    python3 benchmarks/decoders.py CLIPS BASELINE [--rounds N] [--copies N]

CLIPS is a folder of audio files, BASELINE a checkout of the commit to compare with; both are built first if
necessary. The builds alternate, and each value is the median over the rounds:

- `extract` over all clips, copied under N names each: processor time (children included) and wall time;
- `run` with one clip: wall time from the command to its end;
- this build's decoders: peak resident memory of each, on Linux.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
DECODER = b"dev.reprise.extractor.pool.DecoderMain"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("baseline", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--copies", type=int, default=6)
    options = parser.parse_args()
    builds = {"baseline": options.baseline.resolve(), "this": HERE}
    with tempfile.TemporaryDirectory() as folder:
        clips = copies(options.clips, Path(folder) / "clips", options.copies)
        for build in builds.values():
            reprise(build, "run", str(clips[0]))
        extracted: dict[str, list[tuple[float, float]]] = {name: [] for name in builds}
        started: dict[str, list[float]] = {name: [] for name in builds}
        peaks: dict[int, int] = {}
        for _ in range(options.rounds):
            for name, build in builds.items():
                out = Path(folder) / "out"
                with PeakMemory(peaks):
                    extracted[name].append(reprise(build, "extract", str(clips[0].parent), "--out", str(out)))
                shutil.rmtree(out)
                started[name].append(reprise(build, "run", str(clips[0]))[1])
    print(f"{len(clips)} clips, {options.rounds} rounds, {os.cpu_count()} cores; medians")
    compare("extract, processor seconds", {name: [it[0] for it in times] for name, times in extracted.items()})
    compare("extract, seconds", {name: [it[1] for it in times] for name, times in extracted.items()})
    compare("run of one clip, seconds", started)
    if peaks:
        sizes = sorted(peaks.values())
        print(f"decoders' peak resident memory: {sizes[0] >> 10} to {sizes[-1] >> 10} MiB over {len(sizes)} processes")
    return 0


def compare(what: str, seconds: dict[str, list[float]]) -> None:
    baseline, this = (statistics.median(seconds[name]) for name in ("baseline", "this"))
    print(
        f"{what}: {baseline:.2f} before, {this:.2f} now, ratio {this / baseline:.3f}, difference {this - baseline:+.2f}"
    )


def copies(clips: Path, folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    copied = []
    for clip in sorted(clips.iterdir()):
        for i in range(count):
            copied.append(Path(shutil.copy(clip, folder / f"{i}-{clip.name}")))
    return copied


def reprise(build: Path, *arguments: str) -> tuple[float, float]:
    """Run a command; return its processor seconds and wall-clock seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run([build / "reprise", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return used, time.monotonic() - start


class PeakMemory:
    """Context manager that records the peak resident memory of every decoder process, in kB by pid."""

    def __init__(self, peaks: dict[int, int]) -> None:
        self.peaks = peaks
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    def watch(self) -> None:
        while not self.done.wait(0.2):
            for pid, kilobytes in decoders():
                self.peaks[pid] = max(self.peaks.get(pid, 0), kilobytes)


def decoders() -> Iterator[tuple[int, int]]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # The shell that becomes the decoder has the same command line.
            if DECODER in (process / "cmdline").read_bytes() and (process / "comm").read_text().strip() == "java":
                lines = (process / "status").read_text().splitlines()
                yield int(process.name), int(next(it for it in lines if it.startswith("VmHWM")).split()[1])
        except (OSError, StopIteration):
            continue


if __name__ == "__main__":
    raise SystemExit(main())
