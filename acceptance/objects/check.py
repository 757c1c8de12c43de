# /// script
# requires-python = ">=3.11"
# dependencies = ["boto3==1.43.104", "confluent-kafka==2.16.1", "moto[server]==5.2.5"]
# ///
"""Extract objects of a real S3 server by bucket notifications and by URI, and withdraw one.

Starts moto's server, a broker, the services and the API, uploads the clips, and sends the notifications that AWS
(every second one in a CloudEvent) and MinIO would send. Then it deletes objects, provokes failures, and uploads a file
that is too large for a record, with a bucket as the spool. Prints a line for each check. Exits 0 if all hold, else 1.

    uv run acceptance/objects/check.py                  # generated tones
    uv run acceptance/objects/check.py --clips FOLDER   # your own files, named by numbers or not
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import store as object_store
from confluent_kafka import Message, Producer
from consumers import consumer
from notifications import TEST_EVENT, aws, minio
from processes import TIMEOUT_SECONDS, becomes_true, free_port, listening, reprise, request, service, wait_for
from tones import tone, tones

AUDIO_FILES = "reprise.audio-files.v1"
PREDICTIONS = "reprise.predictions.v1"
DEAD_LETTERS = "reprise.dead-letters.v1"
BUCKET, VERSIONS, SPOOL = "music", "versions", "spool"
SPOOL_PREFIX = "uploads/"
BY_URI = 10
ANY_PARTITION = -1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, help="folder of audio files")
    options = parser.parse_args()
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clips = sorted(f for f in options.clips.rglob("*") if f.is_file()) if options.clips else tones(folder)
        if len(clips) < BY_URI:
            parser.error(f"at least {BY_URI} clips are needed")
        store = stack.enter_context(object_store.running())
        return Check(stack, folder, store, clips).run()


class Check:
    """The running services, and what has been read of their topics."""

    def __init__(self, stack: ExitStack, folder: Path, store: object_store.Store, clips: list[Path]) -> None:
        self.folder = folder
        self.store = store
        self.clips = clips
        self.failures = 0
        os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
        broker_port, self.api_port = free_port(), free_port()
        self.broker = f"127.0.0.1:{broker_port}"
        stack.enter_context(service(folder, "broker", "--port", str(broker_port)))
        wait_for("the broker", lambda: listening(broker_port))
        reprise("topics", "create", "--bootstrap-servers", self.broker, "--partitions", "4")
        common = ["--bootstrap-servers", self.broker, "--data-dir", str(folder), "--http-port", "0"]
        objects = ["--s3-endpoint", store.endpoint, "--s3-path-style", "--spool", f"s3://{SPOOL}/{SPOOL_PREFIX}"]
        self.extractor = ["extractor", *common, "--threads", "2", *objects]
        self.extractor += ["--allowed-bucket", f"{BUCKET},{VERSIONS},missing-bucket"]
        stack.enter_context(service(folder, "inference", *common))
        self.use(store.access_key, store.secret_key)
        stack.enter_context(service(folder, "api", *common, *objects, "--api-port", str(self.api_port)))
        wait_for("the API", lambda: listening(self.api_port))
        self.producer = Producer({"bootstrap.servers": self.broker})
        self.predictions = Reader(self.broker, PREDICTIONS)
        self.dead_letters = Reader(self.broker, DEAD_LETTERS)

    def run(self) -> int:
        self.upload()
        with self.extracting(self.store.access_key, self.store.secret_key):
            self.by_notification()
            self.by_uri()
            self.deletions()
            self.versions()
            self.failures_of_objects()
            self.spooled_upload()
            self.broken_off_upload()
        with self.extracting("AKIAUNKNOWN", "wrong"):
            self.wrong_credentials()
        print("all checks passed" if not self.failures else f"{self.failures} checks failed")
        return 1 if self.failures else 0

    def extracting(self, access_key: str, secret_key: str) -> AbstractContextManager[None]:
        self.use(access_key, secret_key)
        return service(self.folder, *self.extractor)

    @staticmethod
    def use(access_key: str, secret_key: str) -> None:
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = access_key, secret_key

    def upload(self) -> None:
        for bucket in (BUCKET, VERSIONS, SPOOL):
            self.store.s3.create_bucket(Bucket=bucket)
        self.store.s3.put_bucket_versioning(Bucket=VERSIONS, VersioningConfiguration={"Status": "Enabled"})
        for clip in self.clips:
            self.store.s3.put_object(Bucket=BUCKET, Key=key(clip), Body=clip.read_bytes())

    def by_notification(self) -> None:
        self.send(TEST_EVENT)
        for i, clip in enumerate(self.clips):
            if i % 2:
                self.send(minio("ObjectCreated:Put", BUCKET, key(clip)), f"{BUCKET}/{key(clip)}")
            elif i % 4:
                self.send(aws("ObjectCreated:Put", BUCKET, key(clip)))
            else:
                data = json.loads(aws("ObjectCreated:Put", BUCKET, key(clip)))
                event = {"specversion": "1.0", "id": str(i), "source": "/s3", "type": "created", "data": data}
                self.send(json.dumps(event), content_type="application/cloudevents+json")
        expected = {track(clip) for clip in self.clips}
        found = self.predictions.until(lambda latest: expected <= set(latest))
        self.report(
            f"{len(self.clips)} objects by notification: {len(expected & set(found))} predictions",
            expected == set(found) and all(found.values()),
        )

    def by_uri(self) -> None:
        """Through the API, under ids of the client's own."""
        ids = {f"uri-{i}": clip for i, clip in enumerate(self.clips[:BY_URI])}
        for track_id, clip in ids.items():
            uri = f"s3://{BUCKET}/{urllib.parse.quote(key(clip))}"
            body, headers = json.dumps({"uri": uri}).encode(), {"Content-Type": "application/json"}
            status = request(self.api_port, f"/v1/audio?track_id={track_id}", body, headers).status
            if status not in (200, 201, 202):
                self.report(f"the API answers {status} to {uri}", False)
        found = self.predictions.until(lambda latest: set(ids) <= set(latest))
        same = sum(
            found[track_id]["features"] == found[track(clip)]["features"]
            for track_id, clip in ids.items()
            if found.get(track_id) and found.get(track(clip))
        )
        self.report(f"{BY_URI} by URI: {same} predictions equal to those by notification", same == BY_URI)

    def deletions(self) -> None:
        deleted = self.clips[0]
        self.store.s3.delete_object(Bucket=BUCKET, Key=key(deleted))
        self.send(minio("ObjectRemoved:Delete", BUCKET, key(deleted)), f"{BUCKET}/{key(deleted)}")
        found = self.predictions.until(lambda latest: latest.get(track(deleted), 1) is None)
        path = f"/v1/tracks/{urllib.parse.quote(track(deleted), safe='')}"
        gone = becomes_true(lambda: "prediction" not in request(self.api_port, path).json())
        withdrawn = found[track(deleted)] is None
        others = sum(1 for clip in self.clips[1:] if found[track(clip)])
        self.report(
            f"1 deleted: {'withdrawn' if withdrawn else 'still predicted'}"
            f" ({'no longer' if gone else 'still'} in the API; {others} others stay)",
            withdrawn and gone and others == len(self.clips) - 1,
        )

    def versions(self) -> None:
        first, second = (
            self.store.s3.put_object(Bucket=VERSIONS, Key="a.wav", Body=clip.read_bytes())["VersionId"]
            for clip in self.clips[:2]
        )
        track_id = f"{VERSIONS}/a.wav"
        self.send(aws("ObjectCreated:Put", VERSIONS, "a.wav", first), partition=0)
        found = self.predictions.until(lambda latest: track_id in latest)
        same = found[track_id]["features"] == found["uri-0"]["features"]
        self.report("a notification of an old version reads that version", same)
        self.store.s3.delete_object(Bucket=VERSIONS, Key="a.wav", VersionId=first)
        self.send(aws("LifecycleExpiration:Delete", VERSIONS, "a.wav", first), partition=0)
        # What follows it on the partition shows that it has been processed.
        self.send(json.dumps({"uri": f"s3://{VERSIONS}/a.wav"}), "fence", partition=0)
        self.predictions.until(lambda latest: "fence" in latest)
        self.store.s3.delete_object(Bucket=VERSIONS, Key="a.wav", VersionId=second)
        self.send(aws("ObjectRemoved:Delete", VERSIONS, "a.wav", second), partition=0)
        self.predictions.until(lambda latest: latest[track_id] is None)
        values = [record.value() for record in self.predictions.records if record.key().decode() == track_id]
        self.report(
            f"2 versions deleted, the old one first: withdrawn {values.count(None)} time",
            values.count(None) == 1 and values[-1] is None,
        )

    def failures_of_objects(self) -> None:
        self.send(aws("ObjectCreated:Put", "missing-bucket", "a.mp3"))
        self.rejected("missing bucket", "missing-bucket/a.mp3", "source-not-found")
        self.send(aws("ObjectCreated:Put", BUCKET, "missing.mp3"))
        self.rejected("missing key", f"{BUCKET}/missing.mp3", "source-not-found")
        self.send(aws("ObjectCreated:Put", "other", "a.mp3"))
        self.rejected("bucket not allowed", "other/a.mp3", "source-not-allowed")
        long = tone(440, seconds=400)
        self.store.s3.put_object(Bucket=BUCKET, Key="changing.wav", Body=long)
        self.store.before_second_range(
            f"/{BUCKET}/changing.wav",
            lambda: self.store.s3.put_object(Bucket=BUCKET, Key="changing.wav", Body=long[:-2]) and None,
        )
        self.send(aws("ObjectCreated:Put", BUCKET, "changing.wav"))
        self.rejected("key that changes while read", f"{BUCKET}/changing.wav", "source-changed")

    def spooled_upload(self) -> None:
        """Through the API, in a bucket that is not among the allowed ones."""
        audio = tone(330, seconds=600)
        response = request(self.api_port, "/v1/audio", audio, {"Content-Type": "audio/wav", "Prefer": "wait=60"})
        features = response.json().get("prediction", {}).get("features", {})
        stored = self.in_spool()
        deleted = becomes_true(lambda: not self.in_spool())
        self.report(
            f"an upload of {len(audio) >> 20} MiB through a bucket: {response.status}, {len(features)} features;"
            f" {'deleted' if deleted else f'left: {stored}'}",
            response.status == 200 and len(features) == 8 and deleted,
        )

    def broken_off_upload(self) -> None:
        head = f"Host: localhost\r\nContent-Type: audio/wav\r\nContent-Length: {64 << 20}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.api_port)) as connection:
            connection.sendall(b"POST /v1/audio HTTP/1.1\r\n" + head.encode() + bytes(20 << 20))
            begun = becomes_true(lambda: bool(self.in_spool()))
        gone = becomes_true(lambda: not self.in_spool())
        self.report(
            f"an upload that breaks off: {'begun' if begun else 'never begun'}, parts {'aborted' if gone else 'left'}",
            begun and gone,
        )

    def in_spool(self) -> list[str]:
        """Return the keys of complete and of unfinished uploads."""
        objects = self.store.s3.list_objects_v2(Bucket=SPOOL).get("Contents", [])
        unfinished = self.store.s3.list_multipart_uploads(Bucket=SPOOL).get("Uploads", [])
        return [found["Key"] for found in [*objects, *unfinished]]

    def wrong_credentials(self) -> None:
        clip = self.clips[1]
        self.send(aws("ObjectCreated:Put", BUCKET, key(clip)))
        self.rejected("wrong credentials", track(clip), "source-unreadable", "refuses the credentials")

    def rejected(self, what: str, track_id: str, reason: str, message: str = "") -> None:
        letters: list[Message] = []

        def arrived(_: object) -> bool:
            letters[:] = [letter for letter in self.dead_letters.records if object_track(letter) == track_id]
            return bool(letters)

        self.dead_letters.until(arrived)
        headers = {name: value.decode() for name, value in letters[-1].headers()} if letters else {}
        actual, text = headers.get("reprise_reason", "none"), headers.get("__streams.errors.message", "")
        self.report(f"{what}: {actual}: {text}", actual == reason and message in text)

    def send(
        self, value: str, record_key: str | None = None, content_type: str = "", partition: int = ANY_PARTITION
    ) -> None:
        headers = {"content-type": content_type} if content_type else {}
        self.producer.produce(AUDIO_FILES, value, record_key, partition=partition, headers=headers)
        self.producer.flush(TIMEOUT_SECONDS)

    def report(self, what: str, holds: bool) -> None:
        self.failures += not holds
        print(what if holds else f"FAILED: {what}", flush=True)


class Reader:
    """Reads a topic from its beginning, committed records only."""

    def __init__(self, broker: str, topic: str) -> None:
        self.records: list[Message] = []
        self._consumer = consumer(broker, topic)

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read until the condition holds of the latest value of each key, and return those values."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not condition(self.latest()) and time.monotonic() < deadline:
            messages = self._consumer.consume(100, 0.5)
            self.records += [message for message in messages if message.error() is None]
        return self.latest()

    def latest(self) -> dict[str, Any]:
        return {
            record.key().decode(): json.loads(record.value()) if record.value() else None
            for record in self.records
            if record.key()
        }


def object_track(letter: Message) -> str:
    """Return the path rule's track id of the object in a rejected notification."""
    value = json.loads(letter.value())
    s3 = value["Records"][0]["s3"]
    return f"{s3['bucket']['name']}/{urllib.parse.unquote_plus(s3['object']['key'])}"


def key(clip: Path) -> str:
    return f"clips/{clip.name}"


def track(clip: Path) -> str:
    return f"{BUCKET}/{key(clip)}"


if __name__ == "__main__":
    raise SystemExit(main())
