# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Send mutated files of at least 40 formats to one extractor, and check that each affects only itself.

    uv run --script acceptance/faults/mutate.py --seed 1 --count 50000 --threads 2 --save found

Needs the `ffmpeg` command (Debian: apt-get install -y ffmpeg) to generate the files. Each event is a mutation that
depends only on the seed and its number: flipped bytes, a truncated end, repeated or deleted chunks, 32-bit fields
overwritten with lengths, two formats spliced. Every 50th event is an unmodified file. Asserted:

- the extractor is the same process from the first event to the last;
- each event has one committed terminal record, and one dead letter if that is `failed`;
- each unmodified file is complete;
- no file takes longer than --max-decode-time and 5 s, by the append times of the terminal records.

Files that killed a decoder, or exhausted its time or memory, are counted, and saved with --save.
"""

from __future__ import annotations

import argparse
import collections
import mimetypes
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import Message
from service import (
    AUDIO_FILES,
    DEAD_LETTERS,
    DECODER_FAILURES,
    MFCC,
    Cluster,
    Reader,
    Report,
    Service,
    headers,
    mebibytes,
    producer,
    reading,
    resident,
    terminal,
    tone,
)

FORMATS = {
    "adx": "-c:a adpcm_adx",
    "aac": "-c:a aac -b:a 32k",
    "aac.mkv": "-c:a aac -b:a 32k",
    "aac.ts": "-c:a aac -b:a 32k -f mpegts",
    "ac3.mp4": "-ar 32000 -c:a ac3 -b:a 32k",
    "ac3": "-ar 32000 -c:a ac3 -b:a 32k",
    "aiff": "-t 1.1 -ar 8000 -c:a pcm_s16be",
    "alac.caf": "-ar 8000 -c:a alac",
    "alac.m4a": "-ar 8000 -c:a alac",
    "alaw.wav": "-ar 8000 -c:a pcm_alaw",
    "ast": "-t 1.1 -ar 8000",
    "asf": "-c:a wmav1 -b:a 32k",
    "au": "-ar 8000 -c:a pcm_mulaw",
    "avi": "-c:a libmp3lame -b:a 32k",
    "caf": "-t 1.1 -ar 8000 -c:a pcm_s16be",
    "dts": "-ar 32000 -t 1.1 -strict -2 -c:a dca -b:a 96k",
    "eac3": "-ar 32000 -c:a eac3 -b:a 32k",
    "f32.wav": "-t 1.1 -ar 4000 -c:a pcm_f32le",
    "flac": "-ar 8000 -c:a flac",
    "flac.mka": "-ar 8000 -c:a flac",
    "flac.ogg": "-ar 8000 -c:a flac",
    "flv": "-c:a libmp3lame -b:a 32k",
    "g722": "-ar 16000 -c:a g722",
    "gsm": "-ar 8000 -c:a libgsm",
    "ima.wav": "-c:a adpcm_ima_wav",
    "ircam": "-t 1.1 -ar 8000 -f ircam",
    "latm.loas": "-c:a aac -b:a 32k -f latm",
    "m4a": "-c:a aac -b:a 32k",
    "mka": "-c:a libvorbis",
    "mov": "-c:a aac -b:a 32k",
    "mp2": "-c:a mp2 -b:a 32k",
    "mp3.wav": "-c:a libmp3lame -b:a 32k",
    "mp3": "-c:a libmp3lame -b:a 32k",
    "plain.mp3": "-c:a libmp3lame -b:a 32k -id3v2_version 0 -write_xing 0",
    "mpg": "-c:a mp2 -b:a 32k -f mpeg",
    "ms.wav": "-c:a adpcm_ms",
    "nut": "-c:a libmp3lame -b:a 32k",
    "opus.mp4": "-c:a libopus -b:a 24k -strict -2",
    "ogg": "-c:a libvorbis",
    "opus": "-c:a libopus -b:a 24k",
    "pcm.mov": "-t 1.1 -ar 8000 -c:a pcm_s16le",
    "rm": "-ar 44100 -c:a ac3 -b:a 32k",
    "sbc": "-ar 16000 -c:a sbc -b:a 64k",
    "sox": "-t 1.1 -ar 4000 -f sox",
    "spx": "-ar 8000 -c:a libspeex",
    "ts": "-c:a mp2 -b:a 32k -f mpegts",
    "tta": "-ar 8000",
    "vorbis.webm": "-c:a libvorbis",
    "voc": "-ar 8000 -c:a pcm_u8",
    "w64": "-t 1.1 -ar 8000",
    "wav": "-ar 8000 -c:a pcm_u8",
    "webm": "-c:a libopus -b:a 24k",
    "wma": "-c:a wmav2 -b:a 32k",
    "wv": "-ar 8000",
}
MIN_FORMATS = 40
LENGTHS = (0, 1, 0x7FFF, 0xFFFF, 0x10000, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 85_000_000)
UNMODIFIED_EVERY = 50
IN_FLIGHT = 2000
GRACE_SECONDS = 5
STALL_SECONDS = 120
MAX_SECONDS = 7200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--max-decode-time", type=int, default=10, metavar="SECONDS")
    parser.add_argument("--save", type=Path, metavar="DIR", help="folder for the files that killed a decoder")
    options = parser.parse_args()
    if shutil.which("ffmpeg") is None:
        print("ffmpeg is missing: install it with apt-get install -y ffmpeg", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        originals = make_originals(folder)
        sizes = [len(it) for it in originals.values()]
        print(f"{len(originals)} formats of {min(sizes)} to {max(sizes)} bytes: {' '.join(originals)}", flush=True)
        # As many partitions as threads: each thread has one, whose terminal records show the time of each file.
        options_of_extractor = ("--threads", str(options.threads), "--max-decode-time", f"{options.max_decode_time}s")
        with Cluster(folder / "cluster", options.threads, extractor=options_of_extractor) as cluster:
            cluster.start_extractor()
            return Run(cluster, originals, options).run()


def make_originals(folder: Path) -> dict[str, bytes]:
    source = tone(folder / "source.wav", 1, 2.0)
    files: dict[str, bytes] = {}
    for name, options in FORMATS.items():
        file = folder / f"original.{name}"
        command = ["ffmpeg", "-v", "error", "-y", "-i", str(source), "-ac", "1", *options.split(), str(file)]
        completed = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if completed.returncode == 0 and file.stat().st_size > 0:
            files[name] = file.read_bytes()
        else:
            print(f"this FFmpeg cannot write {name}: {completed.stderr.strip().splitlines()[-1:]}")
    if len(files) < MIN_FORMATS:
        raise SystemExit(f"This FFmpeg writes {len(files)} of the formats; at least {MIN_FORMATS} are needed.")
    return files


def media_type(name: str) -> str:
    guessed = mimetypes.guess_type(name)[0] or ""
    return guessed if guessed.startswith("audio/") else f"audio/x-{name.rpartition('.')[2]}"


def mutation(originals: dict[str, bytes], seed: int, number: int) -> tuple[str, str, bytes]:
    """Return a name that lists the changes, the content type and the bytes.

    The type is generic, that of the format, or that of any other format, with equal probability.
    """
    numbers = random.Random(f"{seed}/{number}")
    original = numbers.choice(list(originals))
    data = bytearray(originals[original])
    done = [original]
    for _ in range(numbers.choice((1, 1, 1, 2, 3))):
        change = numbers.choice((flip, flip, truncate, duplicate, delete, overwrite_length, overwrite_length, splice))
        done.append(change.__name__)
        data = change(data, numbers, originals) or data
    stated = numbers.choice(
        ("application/octet-stream", media_type(original), media_type(numbers.choice(list(originals))))
    )
    return "-".join(done), stated, bytes(data)


Mutation = Callable[[bytearray, random.Random, dict[str, bytes]], bytearray]


def position(data: bytearray, numbers: random.Random) -> int:
    """Return an offset, half of the time in the header, which has most of the fields that a demuxer trusts."""
    return numbers.randrange(min(len(data), 512) if numbers.random() < 0.5 else len(data))


def flip(data: bytearray, numbers: random.Random, _: dict[str, bytes]) -> bytearray:
    for _n in range(numbers.choice((1, 2, 8, 64))):
        data[position(data, numbers)] ^= numbers.randrange(1, 256)
    return data


def truncate(data: bytearray, numbers: random.Random, _: dict[str, bytes]) -> bytearray:
    return data[: max(1, position(data, numbers))]


def duplicate(data: bytearray, numbers: random.Random, _: dict[str, bytes]) -> bytearray:
    start = position(data, numbers)
    return data[:start] + data[start : start + numbers.randrange(1, 2048)] * numbers.choice((2, 3, 10)) + data[start:]


def delete(data: bytearray, numbers: random.Random, _: dict[str, bytes]) -> bytearray:
    start = position(data, numbers)
    return data[:start] + data[start + numbers.randrange(1, 2048) :]


def overwrite_length(data: bytearray, numbers: random.Random, _: dict[str, bytes]) -> bytearray:
    if len(data) >= 4:
        value = numbers.choice((*LENGTHS, numbers.randrange(1 << 32), len(data) * 2))
        struct.pack_into(numbers.choice("<>") + "I", data, min(position(data, numbers), len(data) - 4), value)
    return data


def splice(data: bytearray, numbers: random.Random, originals: dict[str, bytes]) -> bytearray:
    other = numbers.choice(list(originals.values()))
    return data[: position(data, numbers)] + other[numbers.randrange(len(other)) :]


@dataclass
class Outcome:
    sent_ms: int = 0
    source: int = 0
    reasons: list[str] = field(default_factory=list)
    dead_letters: list[str] = field(default_factory=list)


class Run:
    """A run that sends events, at most IN_FLIGHT ahead of their outcomes, and records all outcomes."""

    def __init__(self, cluster: Cluster, originals: dict[str, bytes], options: argparse.Namespace) -> None:
        self.cluster = cluster
        self.originals = originals
        self.options = options
        self.producer = producer(cluster.address)
        self.outcomes: dict[str, Outcome] = {}
        self.ended = 0
        # By partition of the events: the append time of its last terminal record, in ms.
        self.last_ms: dict[int, int] = {}
        self.took: list[tuple[float, str]] = []
        self.residents: list[int] = []
        self.decoders: dict[int, int] = {}

    def run(self) -> int:
        report = Report()
        extractor = self.cluster.extractor
        pid, started = extractor.pid, time.monotonic()
        address = self.cluster.address
        with reading(address, MFCC) as mfcc, reading(address, DEAD_LETTERS) as dead_letters:
            for name, data in self.originals.items():
                self.send(f"original {name}", media_type(name), data)
            self.await_all(mfcc, dead_letters, extractor)
            complete = [name for name in self.originals if self.outcomes[f"original {name}"].reasons == [""]]
            others = {
                name: self.outcomes[f"original {name}"].reasons for name in self.originals if name not in complete
            }
            print(f"{len(complete)} formats are complete unmodified; others: {others}", flush=True)
            report.check("most formats are complete unmodified", len(complete) >= MIN_FORMATS * 3 // 4, others)
            for number in range(self.options.count):
                if number % UNMODIFIED_EVERY == 0:
                    name = complete[number // UNMODIFIED_EVERY % len(complete)]
                    self.send(f"unmodified {number} {name}", media_type(name), self.originals[name])
                self.send(f"mutation {number}", *mutation(self.originals, self.options.seed, number)[1:])
                if len(self.outcomes) % 100 == 0:
                    self.collect(mfcc, dead_letters)
                    if len(self.outcomes) - self.ended > IN_FLIGHT:
                        self.await_all(mfcc, dead_letters, extractor, IN_FLIGHT // 2)
                if number % 1000 == 999:
                    self.sample(number + 1, extractor, started)
            self.await_all(mfcc, dead_letters, extractor)
            # A second terminal record or a dead letter may follow the last event's first.
            time.sleep(2)
            self.collect(mfcc, dead_letters)
        self.sample(self.options.count, extractor, started)
        report.check(f"the extractor is still the process {pid}", extractor.alive() and extractor.pid == pid)
        self.check(report)
        return report.finish()

    def send(self, key: str, kind: str, data: bytes) -> None:
        outcome = self.outcomes[key] = Outcome()

        def delivered(error: object, message: Message) -> None:
            if error is not None:
                raise SystemExit(f"Kafka did not accept an event: {error}")
            outcome.sent_ms, outcome.source = message.timestamp()[1], message.partition()

        while True:
            try:
                self.producer.produce(AUDIO_FILES, data, key, headers={"content-type": kind}, callback=delivered)
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def await_all(self, mfcc: Reader, dead_letters: Reader, extractor: Service, left: int = 0) -> None:
        self.producer.flush(60)
        since, before = time.monotonic(), self.ended
        while len(self.outcomes) - self.ended > left:
            self.collect(mfcc, dead_letters, 0.5)
            if self.ended > before:
                since, before = time.monotonic(), self.ended
            if not extractor.alive():
                raise SystemExit(f"FAILED: the extractor exited:\n{extractor.tail()}")
            if time.monotonic() - since > STALL_SECONDS:
                waiting = [key for key, it in self.outcomes.items() if not it.reasons]
                raise SystemExit(f"FAILED: no terminal record for {STALL_SECONDS} s; first missing: {waiting[:5]}")

    def collect(self, mfcc: Reader, dead_letters: Reader, seconds: float = 0.0) -> None:
        self.producer.poll(0)
        for message in mfcc.poll(seconds):
            ended = terminal(message.value())
            if ended is None:
                continue
            key = message.key().decode()
            outcome = self.outcomes[key]
            self.ended += not outcome.reasons
            outcome.reasons.append(ended.reason)
            partition = int(ended.extraction.split("-")[-2])
            now = message.timestamp()[1]
            began = max(self.last_ms.get(partition, 0), outcome.sent_ms)
            self.last_ms[partition] = now
            self.took.append(((now - began) / 1000, key))
        for message in dead_letters.poll(0):
            self.outcomes[message.key().decode()].dead_letters.append(headers(message)["reprise_reason"])

    def sample(self, number: int, extractor: Service, started: float) -> None:
        if not extractor.alive():
            raise SystemExit(f"FAILED: the extractor exited:\n{extractor.tail()}")
        self.residents.append(extractor.resident())
        for pid in extractor.decoders():
            self.decoders[pid] = max(self.decoders.get(pid, 0), resident(pid))
        rate = self.ended / (time.monotonic() - started)
        if time.monotonic() - started > MAX_SECONDS:
            raise SystemExit(f"FAILED: {number} files took more than {MAX_SECONDS} s")
        print(
            f"{number} sent, {self.ended} ended, {rate:.0f} a second; "
            f"extractor {mebibytes(self.residents[-1])}, decoders {len(self.decoders)} so far",
            flush=True,
        )

    def check(self, report: Report) -> None:
        outcomes = self.outcomes
        wrong = {key: it.reasons for key, it in outcomes.items() if len(it.reasons) != 1}
        report.check(f"each of {len(outcomes)} events has one terminal record", not wrong, list(wrong.items())[:5])
        wrong = {
            key: it.dead_letters for key, it in outcomes.items() if it.dead_letters != [r for r in it.reasons if r]
        }
        report.check("each rejected event has one dead letter, others none", not wrong, list(wrong.items())[:5])
        unmodified = {key: it.reasons for key, it in outcomes.items() if key.startswith("unmodified")}
        lost = {key: it for key, it in unmodified.items() if it != [""]}
        report.check(f"each of {len(unmodified)} unmodified files is complete", not lost, list(lost.items())[:5])
        longest = sorted(self.took)[-5:]
        limit = self.options.max_decode_time + GRACE_SECONDS
        report.check(f"no file takes more than {limit} s", longest[-1][0] <= limit, longest)
        seconds = [it for it, _ in self.took]
        print(f"time of a file: median {statistics.median(seconds):.3f} s, longest {max(seconds):.1f} s")
        print(
            f"resident memory: extractor {mebibytes(self.residents[0])} at first, max. "
            f"{mebibytes(max(self.residents))}, {mebibytes(self.residents[-1])} at the end; decoders max. "
            f"{mebibytes(max(self.decoders.values(), default=0))}"
        )
        reasons = collections.Counter(it.reasons[0] for it in outcomes.values() if it.reasons)
        for reason, count in reasons.most_common():
            print(f"{count:8} {reason or 'complete'}")
        offenders = [key for key, it in outcomes.items() if it.reasons and it.reasons[0] in DECODER_FAILURES]
        print(f"{len(offenders)} files killed a decoder: {offenders[:20]}")
        if self.options.save:
            self.save(offenders)

    def save(self, offenders: list[str]) -> None:
        self.options.save.mkdir(parents=True, exist_ok=True)
        for key in offenders:
            kind, number = key.split()[:2]
            if kind == "mutation":
                name, stated, data = mutation(self.originals, self.options.seed, int(number))
                reason = self.outcomes[key].reasons[0]
                (
                    self.options.save / f"{reason}-{self.options.seed}-{number}-{stated.replace('/', '_')}-{name}"
                ).write_bytes(data)
        print(f"saved in {self.options.save}")


if __name__ == "__main__":
    raise SystemExit(main())
