# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Run several instances of each service on one machine: equal output, rebalance pauses, tracks per second.

    uv run --script benchmarks/scale.py [--clips FOLDER] [--files 588] [--rounds 3] [--out sizing.json]
    uv run --script benchmarks/scale.py --short

1. The files go through one extractor, one inference service and one API, undisturbed: the reference.
2. The same files go through a deployment that grows to three extractors, two inference services and two APIs over 12
   partitions, and whose instances are started, stopped, restarted, killed (SIGKILL) and scaled down meanwhile.
   Asserted: every committed record equals the reference, byte for byte, and none is there twice; no partition stays
   without an owner; every instance gets its share; an event waits 20 s at most, except with --short; a static member
   restarts without a rebalance; both APIs answer for every track. Printed: for each disturbance the longest time
   without output and the longest wait of an event, medians over the rounds.
3. Tracks per second with 1, 2 and 3 extractors of one stream thread each, with two inference services and without,
   medians over the rounds, and the processor time that a track takes, which bounds them.
4. Bytes that a track takes on each topic, in state and in the API's heap, and how long an API with --tracks tracks does
   not answer when an instance is started or killed, with and without replicas.

Inference services have one stream thread. Without --clips the clips are generated, which needs the ffmpeg command.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "acceptance" / "faults"))
import sizing
from scaling import disturbances, sizes, throughput
from scaling.availability import track_path
from scaling.instances import API, EXTRACTOR, INFERENCE, Deployment
from scaling.load import OUTPUTS, committed, loading, track
from service import Report, request, tones, wait_until

CLIPS = 98
TIMEOUT_SECONDS = 900


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, help="folder of audio files; otherwise they are generated")
    parser.add_argument("--files", type=int, default=588, help="events of a round; clips are repeated under other ids")
    parser.add_argument("--rounds", type=int, default=3, help="of the disturbances and of each number of extractors")
    parser.add_argument("--tracks", type=int, default=60_000, help="in the API whose state is measured")
    parser.add_argument("--short", action="store_true", help="a few disturbances of 96 generated tones")
    parser.add_argument("--extractors", type=int, nargs="+", default=(1, 2, 3), help="numbers of them to compare")
    parser.add_argument("-K", dest="settings", action="append", default=[], help="Kafka setting of inference services")
    parser.add_argument("--only", choices=("disturbances", "throughput", "sizes"))
    parser.add_argument("--out", type=Path, help="file for the measured constants, which sizing.py reads")
    options = parser.parse_args()
    report = Report()
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the start", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.short:
            options.only, options.rounds, options.files = "disturbances", 1, 96
            clips = tones(folder / "clips", 24)
        else:
            clips = sorted(options.clips.resolve().iterdir()) if options.clips else generate(folder / "clips")
        measured: dict[str, object] = {}
        if options.only in (None, "disturbances"):
            measured["disturbances"] = disturb(report, folder, clips, options)
        if options.only in (None, "throughput"):
            measured["throughput"] = compare_throughput(folder, clips, options)
        if options.only in (None, "sizes"):
            measured["sizes"] = measure_sizes(folder, clips, options)
        if options.out:
            # A run of one part keeps what the others have measured.
            before = json.loads(options.out.read_text()) if options.out.exists() else {}
            options.out.write_text(json.dumps(rounded(before | measured), indent=2) + "\n")
    return report.finish()


def rounded(value: Any) -> Any:  # noqa: ANN401
    """Round every number to a tenth."""
    if isinstance(value, dict):
        return {name: rounded(it) for name, it in value.items()}
    if isinstance(value, list):
        return [rounded(it) for it in value]
    return round(value, 1) if isinstance(value, float) else value


def generate(folder: Path) -> list[Path]:
    """Write clips of 30 s, each of its own chord, tremolo and noise."""
    folder.mkdir()
    clips = []
    for number in range(CLIPS):
        base = 110 * 2 ** (number / 24)
        chord = "+".join(f"sin(2*PI*{base * step:.3f}*t)" for step in (1, 1.26, 1.5))
        sound = f"aevalsrc=0.2*({chord})*(0.6+0.4*sin({2 + number / 7:.3f}*t))+0.05*(random({number})-0.5):s=44100:d=30"
        clips.append(folder / f"clip-{number:02}.mp3")
        command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", sound, "-b:a", "256k", str(clips[-1])]
        subprocess.run(command, check=True)
    return clips


def disturb(report: Report, folder: Path, clips: list[Path], options: argparse.Namespace) -> dict[str, object]:
    with Deployment(folder / "reference", clips[0].parent) as deployment:
        expected = reference(deployment, clips, options.files)
    report.equal("reference: predictions", len(expected[OUTPUTS[2]]), options.files)
    rounds = []
    for number in range(1, options.rounds + 1):
        print(f"round {number} of disturbances, load average {os.getloadavg()[0]:.1f}", flush=True)
        with Deployment(folder / f"disturbed-{number}", clips[0].parent) as deployment:
            scenario = disturbances.Scenario(deployment, clips, options.files, options.short)
            scenario.run()
            found = committed(deployment.cluster.address)
            for topic in OUTPUTS:
                report.check(
                    f"{topic}: {len(expected[topic])} records, equal to those of the undisturbed run",
                    found[topic] == expected[topic],
                    difference(found[topic], expected[topic]),
                )
            scenario.check(report)
            check_api(report, deployment, clips, options.files)
            rounds.append(scenario.pauses)
    measured = {
        "rounds": options.rounds,
        "files": options.files,
        "pauses": [disturbances.summary(pauses) for pauses in zip(*rounds, strict=True)],
    }
    print("\n".join(sizing.pause_table(rounded(measured))))
    return measured


def reference(deployment: Deployment, clips: list[Path], files: int) -> dict[str, list[str]]:
    for kind in (EXTRACTOR, INFERENCE, API):
        deployment.add(kind, 1)
    for instance in list(deployment.instances.values()):
        instance.await_ready()
    with loading(deployment.cluster.address, clips) as load:
        begin = time.monotonic()
        load.send(files)
        wait_until(f"{files} files", load.done, TIMEOUT_SECONDS, *deployment.services())
        print(f"{files} files undisturbed: {time.monotonic() - begin:.1f} s", flush=True)
    return committed(deployment.cluster.address)


def difference(found: list[str], expected: list[str]) -> str:
    missing, other = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    return f"{len(found)} records; missing {missing[:3]}, other {other[:3]}"


def check_api(report: Report, deployment: Deployment, clips: list[Path], files: int) -> None:
    """Ask both APIs for every track: each owns some, and forwards requests for the others."""
    first, second = deployment.running(API)
    report.equal("APIs: partitions of each", sorted(deployment.shares(API).values()), [6, 6])
    wait_until("the last track", lambda: request(first.api_port, path(clips, files - 1)).status == 200, 60, first)
    tracks = [path(clips, index) for index in range(files)]
    answers = [[request(it.api_port, at) for at in tracks] for it in (first, second)]
    for instance, responses in zip((first, second), answers, strict=True):
        ok = sum(it.status == 200 for it in responses)
        report.equal(f"{instance.name}: tracks that it answers for", ok, files)
    different = [at for at, a, b in zip(tracks, *answers, strict=True) if a.body != b.body]
    report.check("both APIs answer alike", not different, different[:3])


def path(clips: list[Path], index: int) -> str:
    return track_path(track(clips, index))


def compare_throughput(folder: Path, clips: list[Path], options: argparse.Namespace) -> dict[str, object]:
    settings = tuple(itertools.chain.from_iterable(("-K", it) for it in options.settings))
    runs: dict[tuple[int, int], list[throughput.Throughput]] = defaultdict(list)
    for _ in range(options.rounds):
        for scorers, extractors in itertools.product((2, 0), options.extractors):
            measured = throughput.measure(clips, options.files, extractors, scorers, settings)
            runs[scorers, extractors].append(measured)
            print(f"  {scorers} inference services, {throughput.describe(measured)}", flush=True)
    measured = {
        "rounds": options.rounds,
        "files": options.files,
        "runs": [throughput.summary(scorers, found) for (scorers, _), found in runs.items()],
    }
    print("\n".join(sizing.throughput_table(rounded(measured))))
    songs = sizes.songs(clips, folder / "songs")
    long = throughput.measure(songs, options.files // sizes.SONG_CLIPS, 2, 2, settings, len(songs))
    print(f"songs of {sizes.SONG_CLIPS} clips: {throughput.describe(long)}", flush=True)
    every = [it for (scorers, _), found in runs.items() if scorers for it in found]
    return measured | {
        "processor_ms": {
            kind: {
                "clip": statistics.median(it.processor[kind] for it in every) * 1000,
                "song": long.processor[kind] * 1000,
            }
            for kind in long.processor
        },
    }


def measure_sizes(folder: Path, clips: list[Path], options: argparse.Namespace) -> dict[str, object]:
    """Measure tracks of one clip and of eight, and solve for the bytes of a track and of a clip."""
    short, counts, predictions, clip_predictions = sizes.measure_topics(clips, options.files)
    songs = sizes.songs(clips, folder / "songs-sized")
    long, long_counts, *_ = sizes.measure_topics(songs, 4 * len(songs))
    short_clips, long_clips = (it["clips"] / it["tracks"] for it in (counts, long_counts))
    topics = {}
    for topic in short:
        clip = (long[topic] - short[topic]) / (long_clips - short_clips)
        topics[topic] = {"track": short[topic] - clip * short_clips, "clip": clip}
        print(f"{topic}: {short[topic]:.0f} bytes a track of one clip, {long[topic]:.0f} of {long_clips:.1f}")
    state = sizes.measure_state(predictions, clip_predictions, options.tracks)
    state |= sizes.measure_embeddings(predictions, clip_predictions, options.tracks // 10)
    for name, value in state.items():
        print(f"{name}: {value:.3f}")
    return {"tracks": options.tracks, "topics": topics, "state": state}


if __name__ == "__main__":
    raise SystemExit(main())
