# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Send the largest events that the topic accepts to an extractor with many threads.

    uv run --script acceptance/faults/big_events.py --threads 12 --events 72

The events are on the topic before the extractor starts, so that all its threads process one at once. Half of them are
not audio, and become dead letters of the same size. Each must end exactly once, in one process; its heap is the
launcher's default, or that of REPRISE_JAVA_OPTS.
"""

from __future__ import annotations

import argparse
import array
import random
import tempfile
import time
from pathlib import Path

from service import (
    AUDIO_FILES,
    MEBIBYTE,
    MFCC,
    Cluster,
    Report,
    mebibytes,
    producer,
    read_all,
    reading,
    terminal,
    write_wav,
)

# The largest event, less its key and headers.
BYTES = 16 * MEBIBYTE - 4096
PARTITIONS = 12
STALL_SECONDS = 120


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=12)
    parser.add_argument("--events", type=int, default=72)
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        audio = write_wav(folder / "large.wav", noise(BYTES // 2 - 64), 44100).read_bytes()
        threads = ("--threads", str(options.threads)) if options.threads else ()
        with Cluster(folder / "cluster", partitions=PARTITIONS, extractor=threads) as cluster:
            sender = producer(cluster.address, **{"message.max.bytes": 17 * MEBIBYTE, "compression.type": "none"})
            garbage = random.Random(2).randbytes(len(audio))
            for number in range(options.events):
                # Alternates after as many events as partitions, so that all threads process the same kind at once.
                value = garbage if number // PARTITIONS % 2 else audio
                sender.produce(
                    AUDIO_FILES, value, f"large {number}", number % PARTITIONS, headers={"content-type": "audio/wav"}
                )
                sender.flush(60)
            print(f"{options.events} events of {len(audio):,} bytes are on the topic", flush=True)
            extract(report, cluster, options.events)
    return report.finish()


def noise(count: int) -> array.array[int]:
    block = array.array("h", random.Random(1).randbytes(1 << 20))
    samples = block * (count // len(block) + 1)
    return samples[:count]


def extract(report: Report, cluster: Cluster, expected: int) -> None:
    extractor = cluster.extractor
    began = time.monotonic()
    cluster.start_extractor()
    pid, max_resident, ended, since = extractor.pid, 0, set(), time.monotonic()
    with reading(cluster.address, MFCC) as mfcc:
        while len(ended) < expected and extractor.alive():
            for message in mfcc.poll(0.5):
                found = terminal(message.value())
                if found is not None:
                    ended.add(found.extraction)
                    since = time.monotonic()
            max_resident = max(max_resident, extractor.resident())
            if time.monotonic() - since > STALL_SECONDS:
                break
    took = time.monotonic() - began
    print(
        f"{took:.0f} s; {len(extractor.decoders())} decoders; extractor max. {mebibytes(max_resident)} resident",
        flush=True,
    )
    ends = [it for it in (terminal(record.value()) for record in read_all(cluster.address, MFCC)) if it is not None]
    report.equal("extractions that ended", len(ends), expected)
    report.equal("distinct extractions", len({it.extraction for it in ends}), expected)
    report.equal("rejected extractions", sum(not it.complete for it in ends), expected // 2)
    report.check("the extractor is still running", extractor.alive() and extractor.pid == pid, extractor.tail())


if __name__ == "__main__":
    raise SystemExit(main())
