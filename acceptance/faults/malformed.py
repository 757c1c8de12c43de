# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Send malformed events of ten kinds to one `reprise serve`, and check that its memory stays flat.

    uv run --script acceptance/faults/malformed.py --count 30000

Each event must become one dead letter, with a reason that is expected for its kind. Resident memory of the process,
without its decoders, may grow by the tolerance (10 % and 16 MiB) from the 5,000th event to the last.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from confluent_kafka import Message, Producer
from service import (
    AUDIO_FILES,
    DEAD_LETTERS,
    MEBIBYTE,
    Report,
    Service,
    await_http,
    coordinates,
    free_port,
    headers,
    mebibytes,
    producer,
    reading,
    reprise,
    wait_until,
)

WARM = 5000
TOLERANCE = 0.1
ALLOWANCE = 16 * MEBIBYTE
IN_FLIGHT = 1000
SECONDS_PER_THOUSAND = 120

# Key, value and content type of an event.
Event = tuple[bytes | None, bytes | None, str | None]


def json_event(text: str) -> Event:
    return b"track", text.encode(), None


KINDS: dict[str, tuple[set[str], Callable[[random.Random, Path], Event]]] = {
    "no JSON": ({"bad-event"}, lambda r, _: json_event("{" + "x" * r.randrange(500))),
    "neither uri nor content": (
        {"bad-event"},
        lambda r, _: json_event(json.dumps({f"field {r.random()}": r.random()})),
    ),
    "broken base64": ({"bad-event"}, lambda r, _: json_event('{"content": "' + "*" * (1 + r.randrange(200)) + '"}')),
    "other content type": ({"bad-event"}, lambda r, _: (b"track", r.randbytes(200), f"image/{r.randrange(99)}")),
    "no value": ({"empty-event"}, lambda *_: (b"track", None, None)),
    "key of other bytes": ({"bad-key"}, lambda r, _: (b"\xff\xfe" + r.randbytes(9), b'{"uri": "file:///a"}', None)),
    "key of 300 bytes": ({"bad-key"}, lambda *_: (b"k" * 300, b'{"uri": "file:///a"}', None)),
    "unsupported scheme": ({"bad-uri"}, lambda r, _: json_event(json.dumps({"uri": f"ftp://host/{r.random()}"}))),
    "file outside the roots": (
        {"source-not-allowed"},
        lambda r, _: json_event(json.dumps({"uri": f"file:///{r.random()}"})),
    ),
    "noise for audio": (
        {"unknown-format", "decode-failed", "too-short", "too-corrupt", "no-audio-stream"},
        lambda r, _: (b"track", r.randbytes(1 + r.randrange(20_000)), "audio/mpeg"),
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30_000)
    options = parser.parse_args()
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        allowed = folder / "allowed"
        allowed.mkdir()
        port, api_port = free_port(), free_port()
        common = ["--port", str(port), "--api-port", str(api_port), "--data-dir", str(folder / "data")]
        with Service(folder, "serve", *common, "--allowed-root", str(allowed)) as serve:
            await_http(serve, api_port, "/v1/status")
            return run(serve, f"127.0.0.1:{port}", allowed, options)


def run(serve: Service, address: str, allowed: Path, options: argparse.Namespace) -> int:
    report = Report()
    numbers = random.Random(options.seed)
    sender = producer(address)
    sent: dict[str, str] = {}
    found: dict[str, list[str]] = collections.defaultdict(list)
    pid, started, warm = serve.pid, time.monotonic(), 0
    count = 0
    with reading(address, DEAD_LETTERS) as dead_letters:

        def collect(seconds: float = 0.2) -> None:
            for dead_letter in dead_letters.poll(seconds):
                found[coordinates(dead_letter)].append(headers(dead_letter)["reprise_reason"])

        def all_but(left: int) -> Callable[[], bool]:
            def enough() -> bool:
                sender.poll(0)
                collect()
                return len(found) >= count - left

            return enough

        while count < options.count:
            kind = list(KINDS)[count % len(KINDS)]
            send(sender, sent, kind, KINDS[kind][1](numbers, allowed))
            count += 1
            if count % 500 == 0:
                sender.flush(60)
                wait_until("dead letters", all_but(IN_FLIGHT), SECONDS_PER_THOUSAND, serve)
            if count in (WARM, options.count):
                sender.flush(60)
                wait_until("dead letters", all_but(0), SECONDS_PER_THOUSAND, serve)
                warm = warm or serve.resident()
            if count % 1000 == 0:
                rate = len(found) / (time.monotonic() - started)
                print(f"{count} sent, {rate:.0f} outcomes a second, serve {mebibytes(serve.resident())}", flush=True)
        end = serve.resident()
        time.sleep(2)
        collect(1)
    missing = [kind for at, kind in sent.items() if len(found.get(at, [])) != 1]
    report.check(f"each of {len(sent)} events has one dead letter", not missing, collections.Counter(missing))
    wrong = collections.Counter((k, *found[at]) for at, k in sent.items() if not set(found[at]) <= KINDS[k][0])
    report.check("each has the reason of its kind", not wrong, wrong)
    report.check("no dead letter belongs to any other record", found.keys() <= sent.keys(), found.keys() - sent.keys())
    report.check(f"the process {pid} is still running", serve.alive() and serve.pid == pid)
    limit = warm * (1 + TOLERANCE) + ALLOWANCE
    memory = f"{mebibytes(warm)} after {min(WARM, count)}, {mebibytes(end)} after {count}"
    report.check(f"resident memory is flat: {memory}", end <= limit, f"more than {mebibytes(limit)}")
    for reason, times in collections.Counter(it for reasons in found.values() for it in reasons).most_common():
        print(f"{times:8} {reason}")
    return report.finish()


def send(sender: Producer, sent: dict[str, str], kind: str, event: Event) -> None:
    key, value, content_type = event

    def delivered(error: object, message: Message) -> None:
        if error is not None:
            raise SystemExit(f"Kafka did not accept an event: {error}")
        sent[f"{message.topic()}-{message.partition()}-{message.offset()}"] = kind

    headers_of_event = {"content-type": content_type} if content_type else {}
    sender.produce(AUDIO_FILES, value, key, headers=headers_of_event, callback=delivered)
    sender.poll(0)


if __name__ == "__main__":
    raise SystemExit(main())
