"""Reprise's services as processes that can be killed and restarted, and readers of their topics."""

from __future__ import annotations

import array
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaException, Message, Producer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))
from consumers import consumer
from processes import HOME, Response, free_port, listening, reprise, request

AUDIO_FILES = "reprise.audio-files.v1"
MFCC = "reprise.mfcc.v1"
PREDICTIONS = "reprise.predictions.v1"
DEAD_LETTERS = "reprise.dead-letters.v1"
START_SECONDS = 90
# The rejections that mean that a decoder process was lost.
DECODER_FAILURES = ("decoder-crashed", "decoder-out-of-memory", "decode-timeout")
DECODER = b"dev.reprise.extractor.pool.DecoderMain"
MEBIBYTE = 1 << 20

__all__ = ["HOME", "Response", "free_port", "listening", "reprise", "request"]


class Report:
    """Printed results of the checks, with a count of failures."""

    def __init__(self) -> None:
        self.failures = 0

    def check(self, what: str, passed: bool, found: object = "") -> None:
        if passed:
            print("ok:", what, flush=True)
        else:
            self.failures += 1
            print(f"FAILED: {what}; found {found}", flush=True)

    def equal(self, what: str, found: object, expected: object) -> None:
        self.check(what, found == expected, f"{found!r}, expected {expected!r}")

    def finish(self) -> int:
        print(f"{self.failures} checks failed" if self.failures else "all checks passed", flush=True)
        return 1 if self.failures else 0


class Service:
    """A `./reprise` command as a child process; the output of all its runs is appended to one file."""

    def __init__(
        self, folder: Path, *arguments: str, name: str = "", environment: dict[str, str] | None = None
    ) -> None:
        self.name = name or arguments[0]
        self.command = [str(HOME / "reprise"), *arguments]
        self.log = folder / f"{self.name}.log"
        self.environment = {**os.environ, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Service:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=self.environment
            )

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.alive():
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(30)

    def stop(self) -> None:
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            if self.process is not None:
                self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def resident(self) -> int:
        """Return resident memory in bytes, without that of the decoders; 0 if the process is gone."""
        return resident(self.pid)

    def descriptors(self) -> int:
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))  # noqa: PTH208
        except OSError:
            return 0

    def decoders(self) -> list[int]:
        """Return the process ids of its decoders."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == self.pid and DECODER in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tail(self) -> str:
        return "\n".join(self.output().splitlines()[-8:])


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def mebibytes(size: float) -> str:
    return f"{size / MEBIBYTE:.0f} MiB"


def wait_until(what: str, condition: Callable[[], bool], seconds: float, *services: Service) -> None:
    """Wait for a condition; exit the script on timeout or if one of the services exits."""
    deadline = time.monotonic() + seconds
    while not condition():
        for service in services:
            if not service.alive():
                raise SystemExit(f"{service.name} exited while waiting for {what}:\n{service.tail()}")
        if time.monotonic() > deadline:
            logs = "\n".join(f"{service.name}: {service.tail()}" for service in services)
            raise SystemExit(f"Timed out after {seconds:.0f} s waiting for {what}.\n{logs}")
        time.sleep(0.1)


def await_http(service: Service, port: int, path: str = "/health/ready") -> None:
    wait_until(f"{service.name} at port {port}", lambda: status(port, path) == 200, START_SECONDS, service)


def status(port: int, path: str) -> int:
    return request(port, path, timeout=5).status


def metric(port: int, name: str, **labels: str) -> float:
    """Return the sum over the series of that name with these labels."""
    total = 0.0
    for line in request(port, "/metrics", timeout=10).body.decode().splitlines():
        matched = re.match(rf"{name}(?:\{{(.*)\}})? (\S+)$", line)
        if matched and all(f'{k}="{v}"' in (matched[1] or "") for k, v in labels.items()):
            total += float(matched[2])
    return total


class Cluster:
    """A broker, an extractor and an inference service on one folder; only the broker is started on entry."""

    def __init__(
        self, folder: Path, partitions: int = 4, extractor: tuple[str, ...] = (), inference: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.partitions = partitions
        self.port, self.extractor_port, self.inference_port = free_port(), free_port(), free_port()
        self.address = f"127.0.0.1:{self.port}"
        common = ["--bootstrap-servers", self.address, "--data-dir", str(folder)]
        self.broker = Service(folder, "broker", "--port", str(self.port), "--data-dir", str(folder))
        self.extractor = Service(folder, "extractor", *common, "--http-port", str(self.extractor_port), *extractor)
        self.inference = Service(folder, "inference", *common, "--http-port", str(self.inference_port), *inference)

    def __enter__(self) -> Cluster:
        folder = self.folder
        folder.mkdir(parents=True, exist_ok=True)
        reprise("--version")  # builds the product if necessary, before the timeouts begin
        try:
            self.start_broker()
            reprise("topics", "create", "--bootstrap-servers", self.address, "--partitions", str(self.partitions))
        except BaseException:
            self.broker.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for service in (self.inference, self.extractor, self.broker):
            service.stop()

    def start_broker(self) -> None:
        self.broker.start()
        wait_until("the broker", lambda: listening(self.port), START_SECONDS, self.broker)

    def start_extractor(self) -> None:
        self.extractor.start()
        await_http(self.extractor, self.extractor_port)

    def start_inference(self) -> None:
        self.inference.start()
        await_http(self.inference, self.inference_port)

    @property
    def services(self) -> tuple[Service, Service, Service]:
        return self.broker, self.extractor, self.inference


def producer(address: str, **settings: object) -> Producer:
    """Return an idempotent producer without delivery timeout."""
    return Producer(
        {
            "bootstrap.servers": address,
            "enable.idempotence": True,
            "message.max.bytes": 16_000_000,
            "message.timeout.ms": 0,
            "reconnect.backoff.max.ms": 1000,
            "logger": _silent,
            **settings,
        }
    )


class Reader:
    """A consumer of the committed records of a topic, from its beginning."""

    def __init__(self, address: str, topic: str) -> None:
        self.topic = topic
        settings = {
            # Records must not be skipped or read twice silently.
            "auto.offset.reset": "error",
            "reconnect.backoff.max.ms": 1000,
            "fetch.message.max.bytes": 16 * MEBIBYTE,
            "logger": _silent,
        }
        self.consumer = consumer(address, topic, **settings)

    def poll(self, seconds: float = 0.0) -> Iterator[Message]:
        """Yield the available records, after waiting up to `seconds` for the first."""
        for message in self.consumer.consume(500, seconds):
            if message.error() is None:
                yield message

    def close(self) -> None:
        self.consumer.close()


@contextmanager
def reading(address: str, topic: str) -> Iterator[Reader]:
    reader = Reader(address, topic)
    try:
        yield reader
    finally:
        reader.close()


def watermarks(address: str, topic: str) -> list[tuple[int, int]]:
    """Return the first and the end offset of each partition."""
    with reading(address, topic) as reader:
        partitions = reader.consumer.assignment()
        return [reader.consumer.get_watermark_offsets(it, 30) for it in sorted(partitions, key=lambda p: p.partition)]


def read_all(address: str, topic: str, seconds: float = 60) -> list[Message]:
    """Return all committed records up to the current end of a topic."""
    ends = dict(enumerate(end for _, end in watermarks(address, topic)))
    found: list[Message] = []
    deadline = time.monotonic() + seconds
    with reading(address, topic) as reader:
        while True:
            found += reader.poll(0.3)
            positions = reader.consumer.position(reader.consumer.assignment())
            if all(it.offset >= ends[it.partition] or ends[it.partition] == 0 for it in positions):
                return found
            if time.monotonic() > deadline:
                raise SystemExit(f"{topic} was not read to its end within {seconds:.0f} s: {positions} of {ends}")


def exists(address: str, topic: str) -> bool:
    try:
        consumer = Consumer({"bootstrap.servers": address, "group.id": "acceptance", "logger": _silent})
        found = topic in consumer.list_topics(timeout=5).topics
        consumer.close()
        return found
    except KafkaException:
        return False


class _SilentLogger:
    """A logger that discards librdkafka's messages about brokers that are killed on purpose."""

    def log(self, *_: object) -> None:
        pass


_silent = _SilentLogger()


def headers(message: Message) -> dict[str, str]:
    return {name: (value or b"").decode(errors="replace") for name, value in message.headers() or []}


def coordinates(dead_letter: Message) -> str:
    """Return topic-partition-offset of a dead letter's original record, in the form of an extraction id."""
    by_name = headers(dead_letter)
    return "-".join(by_name[f"__streams.errors.{it}"] for it in ("topic", "partition", "offset"))


@dataclass(frozen=True)
class Terminal:
    """The terminal record of an extraction on the MFCC topic."""

    extraction: str
    reason: str
    clips: int

    @property
    def complete(self) -> bool:
        return self.reason == ""


def terminal(value: bytes) -> Terminal | None:
    """Parse an `MfccRecord`; None if it is a clip."""
    record = fields(value)
    extraction = fields(record[1])[1].decode()
    if 3 in record:
        return Terminal(extraction, "", fields(record[3]).get(1, 0))
    if 4 in record:
        return Terminal(extraction, fields(record[4])[1].decode(), 0)
    return None


def fields(message: bytes) -> dict[int, Any]:
    """Return the last value of each field of a Protobuf message, by field number."""
    found: dict[int, Any] = {}
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = varint()
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            found[number] = varint()
            continue
        size = varint() if kind == 2 else {1: 8, 5: 4}[kind]
        found[number] = message[at : at + size]
        at += size
    return found


def outcomes(address: str) -> dict[str, list[str]]:
    """Return the outcomes of each event by its coordinates: `predicted`, or the reason of a dead letter."""
    found: dict[str, list[str]] = {}
    for message in read_all(address, PREDICTIONS):
        found.setdefault(json.loads(message.value())["extraction_id"], []).append("predicted")
    for message in read_all(address, DEAD_LETTERS):
        found.setdefault(coordinates(message), []).append(headers(message)["reprise_reason"])
    return found


def events(address: str) -> dict[str, str]:
    """Return the key of each audio event by its coordinates."""
    return {
        f"{it.topic()}-{it.partition()}-{it.offset()}": (it.key() or b"").decode(errors="replace")
        for it in read_all(address, AUDIO_FILES)
    }


def check_exactly_once(report: Report, address: str, expected: int) -> None:
    submitted = events(address)
    found = outcomes(address)
    report.equal("events on the topic", len(submitted), expected)
    missing = [key for at, key in submitted.items() if at not in found]
    twice = {submitted.get(at, at): it for at, it in found.items() if len(it) > 1}
    report.check(
        f"each of {len(submitted)} events has an outcome", not missing, f"{len(missing)} missing: {missing[:10]}"
    )
    report.check("no event has two outcomes", not twice, f"{len(twice)}: {list(twice.items())[:5]}")


def await_outcomes(address: str, count: int, seconds: float, *services: Service) -> None:
    """Wait until `count` events have an outcome."""
    seen: set[str] = set()
    with reading(address, PREDICTIONS) as predictions, reading(address, DEAD_LETTERS) as dead_letters:

        def enough() -> bool:
            seen.update(json.loads(it.value())["extraction_id"] for it in predictions.poll(0.2))
            seen.update(coordinates(it) for it in dead_letters.poll(0.2))
            return len(seen) >= count

        wait_until(f"{count} outcomes", enough, seconds, *services)


def tone(file: Path, seed: int, seconds: float = 3.0, rate: int = 22050, noise: float = 0.1) -> Path:
    """Write a WAV file of three slightly detuned partials and noise."""
    numbers = random.Random(seed)
    base = numbers.uniform(110, 880)
    steps = [2 * math.pi * base * it / rate for it in (1, 2.01, 3.02)]
    samples = (
        9000 * sum(math.sin(step * t) for step in steps) / 3 * (0.6 + 0.4 * math.sin(6 * t / rate))
        + 32767 * noise * numbers.uniform(-0.5, 0.5)
        for t in range(int(seconds * rate))
    )
    return write_wav(file, array.array("h", (int(it) for it in samples)), rate)


def write_wav(file: Path, samples: array.array[int], rate: int = 22050) -> Path:
    if sys.byteorder == "big":
        samples.byteswap()
    with file.open("wb") as out, wave.open(out) as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(samples.tobytes())
    return file


def tones(folder: Path, count: int, seconds: float = 3.0) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return [tone(folder / f"good {i:02}.wav", i, seconds) for i in range(count)]
