"""Bytes that a track takes: on each topic, in the services' state, in the API's heap."""

from __future__ import annotations

import base64
import json
import math
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "acceptance" / "faults"))
from scaling.availability import Availability, track_path, watching
from scaling.instances import API, EXTRACTOR, INFERENCE, Deployment, Instance
from scaling.load import CLIP_PREDICTIONS, loading, track
from service import PREDICTIONS, producer, read_all, request, wait_until

TRUTH = "reprise.truth.v1"
SONG_CLIPS = 8
TIMEOUT_SECONDS = 900
# Records of one size whatever the number of tracks.
BOUNDED = ("__consumer_offsets", "__transaction_state", "__cluster_metadata")


def topic_bytes(deployment: Deployment) -> Counter[str]:
    """Return the bytes of each topic's log segments, transaction markers included."""
    found: Counter[str] = Counter()
    for segment in (deployment.cluster.folder / "broker").glob("*/*.log"):
        found[segment.parent.name.rpartition("-")[0]] += segment.stat().st_size
    for name in BOUNDED:
        found.pop(name, None)
    return found


def songs(clips: list[Path], folder: Path) -> list[Path]:
    """Write songs of as many seconds as eight clips have together; MP3 frames can follow each other."""
    folder.mkdir()
    files = []
    for number in range(len(clips) // SONG_CLIPS):
        files.append(folder / f"song-{number:02}.mp3")
        parts = clips[number * SONG_CLIPS : (number + 1) * SONG_CLIPS]
        files[-1].write_bytes(b"".join(it.read_bytes() for it in parts))
    return files


def measure_topics(files: list[Path], count: int) -> tuple[dict[str, float], dict[str, int], list[Any], list[Any]]:
    """Extract and score files, each with truth; return bytes a track by topic, clips, predictions, clip predictions."""
    with (
        tempfile.TemporaryDirectory() as name,
        Deployment(Path(name) / "cluster", files[0].parent) as deployment,
        loading(deployment.cluster.address, files) as load,
    ):
        for kind in (EXTRACTOR, INFERENCE, API):
            deployment.add(kind, 1).await_ready()
        begin = topic_bytes(deployment)
        send_truth(deployment, [track(files, index) for index in range(count)])
        load.send(count)
        wait_until(f"{count} files", load.done, TIMEOUT_SECONDS, *deployment.services())
        last = track_path(track(files, count - 1))
        api = deployment.running(API)[0]
        wait_until("the API", lambda: request(api.api_port, last).status == 200, 60, api)
        predictions = [json.loads(it.value()) for it in read_all(deployment.cluster.address, PREDICTIONS)]
        clips = [json.loads(it.value()) for it in read_all(deployment.cluster.address, CLIP_PREDICTIONS)]
        # The services send what is left when they stop.
        for kind in (EXTRACTOR, INFERENCE, API):
            deployment.running(kind)[0].stop()
        sizes = topic_bytes(deployment)
        per_track = {topic: (size - begin[topic]) / count for topic, size in sorted(sizes.items())}
        return per_track, {"clips": len(clips), "tracks": count}, predictions, clips


def send_truth(deployment: Deployment, tracks: list[str]) -> None:
    numbers = random.Random(1)
    names = ("acousticness", "danceability", "energy", "instrumentalness", "liveness", "speechiness", "valence")
    sender = producer(deployment.cluster.address)
    for name in tracks:
        features = {it: round(numbers.random(), 6) for it in names} | {"tempo": round(numbers.uniform(60, 180), 3)}
        sender.produce(TRUTH, json.dumps({"audio_features": features}), name)
        sender.poll(0)
    sender.flush(60)


class Catalogue:
    """Predictions of many tracks, made from a few real ones, that an API reads without extraction."""

    def __init__(self, deployment: Deployment, predictions: list[Any], clips: list[Any]) -> None:
        self.deployment = deployment
        self.predictions = predictions
        self.clips = {it["extraction_id"]: it for it in clips}
        self.numbers = random.Random(2)

    def send(self, count: int, embeddings: bool) -> list[str]:
        """Send prediction and clip prediction of new tracks, and return their ids."""
        sender = producer(self.deployment.cluster.address, **{"linger.ms": 50, "compression.type": "lz4"})
        tracks = []
        for number in range(count):
            prediction = dict(self.predictions[number % len(self.predictions)])
            clip = dict(self.clips[prediction["extraction_id"]])
            name = f"{prediction['track_id']}-{number}"
            if embeddings:
                prediction["embedding"] = self.perturb(prediction["embedding"])
            else:
                prediction.pop("embedding", None)
            extraction = f"reprise.audio-files.v1-0-{number}"
            for topic, record in ((CLIP_PREDICTIONS, clip), (PREDICTIONS, prediction)):
                record |= {"track_id": name, "extraction_id": extraction}
                while True:
                    try:
                        sender.produce(topic, json.dumps(record), name)
                        break
                    except BufferError:
                        sender.poll(0.1)
            sender.poll(0)
            tracks.append(name)
        sender.flush(120)
        return tracks

    def perturb(self, embedding: str) -> str:
        data = base64.b64decode(embedding)
        values = struct.unpack(f"<{len(data) // 4}f", data)
        return base64.b64encode(
            struct.pack(f"<{len(values)}f", *(it + self.numbers.gauss(0, 0.05) for it in values))
        ).decode()


def state_bytes(folder: Path) -> int:
    return sum(it.stat().st_size for it in folder.rglob("*") if it.is_file())


def live_heap(instance: Instance) -> int:
    """Return the bytes of heap that are in use after a full collection."""
    jcmd = shutil.which("jcmd")
    if jcmd is None:
        raise SystemExit("jcmd of the JDK is needed to measure the heap.")
    subprocess.run([jcmd, str(instance.pid), "GC.run"], check=True, stdout=subprocess.DEVNULL)
    heap = subprocess.run([jcmd, str(instance.pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
    return 1024 * sum(int(used) for used in re.findall(r"generation\s+total \d+K, used (\d+)K", heap))


def restore_lag(instance: Instance) -> float:
    """Return the most records of a partition that standby replicas of the instance have yet to read."""
    for line in request(instance.port, "/metrics").body.decode().splitlines():
        if line.startswith("kafka_consumer_fetch_manager_records_lag_max{") and "restore-consumer" in line:
            value = float(line.rsplit(" ", 1)[1])
            return 0.0 if math.isnan(value) else value
    return math.inf


def measure_state(predictions: list[Any], clips: list[Any], count: int) -> dict[str, float]:
    """Let an API read the predictions of many tracks without embeddings; return bytes a track and tracks a second."""
    with tempfile.TemporaryDirectory() as name, Deployment(Path(name) / "cluster", Path(name)) as deployment:
        api = deployment.add(API, 1)
        api.await_ready()
        empty = live_heap(api)
        api.stop()
        found: dict[str, float] = {}
        catalogue = Catalogue(deployment, predictions, clips)
        tracks = catalogue.send(count, embeddings=False)
        begin = time.monotonic()
        start_again(api)
        found["index_tracks_per_second"] = count / (time.monotonic() - begin)
        await_tracks(api, tracks)
        found["catalogue_tracks_per_second"] = count / (time.monotonic() - begin)
        found["catalogue_processor_ms_per_track"] = api.processor_seconds() / count * 1000
        found["heap_bytes_per_track"] = (live_heap(api) - empty) / count
        found["heap_bytes_empty"] = empty
        print(f"  {count} tracks are read: {found}", flush=True)
        api.stop()
        pauses(deployment, api, tracks[:: max(1, count // 24)], found)
        return found


def start_again(instance: Instance) -> None:
    instance.start()
    instance.await_ready()


def await_tracks(api: Instance, tracks: list[str]) -> None:
    """Wait until the API answers for a sample of tracks, the last among them."""
    left = [*tracks[:: max(1, len(tracks) // 200)], *tracks[-200:]]

    def answered() -> bool:
        while left and request(api.api_port, track_path(left[-1])).status == 200:
            left.pop()
        return not left

    wait_until("the catalogue", answered, TIMEOUT_SECONDS, api)


def pauses(deployment: Deployment, first: Instance, sample: list[str], found: dict[str, float]) -> None:
    """Start and kill instances of an API that has many tracks, with and without replicas."""
    start_again(first)
    await_tracks(first, sample)
    with watching(first, sample) as seen:
        second = deployment.add(API, 2)
        second.await_ready()
        deployment.await_balanced([API])
        await_answers(seen, second)
    found["pause_start_seconds"] = max(seen.longest.values())
    found["pause_kill_seconds"] = kill(first, second, sample)
    print(f"  without replicas: {found}", flush=True)

    # Both again, each with a replica of the other's tracks.
    second.stop()
    for instance in (first, second):
        instance.command += ["-K", "num.standby.replicas=1"]
        start_again(instance)
    deployment.await_balanced([API])
    for instance in (first, second):
        wait_until("standby replicas", lambda it=instance: restore_lag(it) == 0, TIMEOUT_SECONDS, instance)  # type: ignore[misc]
    found["pause_kill_standby_seconds"] = kill(first, second, sample)

    # One with all tracks, and one that warms up first.
    # As if the state were large. A lag of 0 is never reached: the ends of transactions count.
    warm_up = ["acceptable.recovery.lag=100"]
    second.stop()
    for instance in (first, second):
        del instance.command[-2:]
        for setting in warm_up:
            instance.command += ["-K", setting]
    shutil.rmtree(second.data)
    start_again(first)
    await_tracks(first, sample)
    with watching(first, sample) as seen:
        begin = time.monotonic()
        start_again(second)
        deployment.await_balanced([API], 600)
        found["warm_up_seconds"] = time.monotonic() - begin
        await_answers(seen, second)
    found["pause_start_warm_up_seconds"] = max(seen.longest.values())


def kill(victim: Instance, other: Instance, sample: list[str]) -> float:
    """Kill an API; return for how long the other one did not answer for a track of the sample, at most."""
    await_tracks(other, sample)
    with watching(other, sample) as seen:
        victim.kill()
        await_answers(seen, other)
        return max(seen.longest.values())


def await_answers(seen: Availability, *services: Instance) -> None:
    moment = time.monotonic()
    wait_until("every track of the sample", lambda: seen.all_answered_since(moment), TIMEOUT_SECONDS, *services)


def measure_embeddings(predictions: list[Any], clips: list[Any], count: int) -> dict[str, float]:
    """Let an API read predictions with embeddings; return bytes of the index and vectors a second."""
    with tempfile.TemporaryDirectory() as name, Deployment(Path(name) / "cluster", Path(name)) as deployment:
        tracks = Catalogue(deployment, predictions, clips).send(count, embeddings=True)
        api = deployment.add(API, 1)
        begin = time.monotonic()
        api.await_ready()
        seconds = time.monotonic() - begin
        processor = api.processor_seconds()
        await_tracks(api, tracks)
        api.stop()
        return {
            "embeddings_per_second": count / seconds,
            "embedding_processor_ms": processor / count * 1000,
            "embedding_bytes_per_track": state_bytes(api.data / "api" / "embeddings") / count,
            "catalogue_bytes_per_track": state_bytes(api.data / "api" / "streams") / count,
        }
