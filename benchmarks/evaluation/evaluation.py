# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "confluent-kafka==2.16.1",
#     "numpy==2.4.6",
#     "scikit-learn==1.9.1",
#     "scipy==1.17.1",
#     "soundfile==0.14.0",
# ]
# ///
"""Tries the evaluation on real clips and Echo Nest's table, and fails where it does not hold.

    uv run benchmarks/evaluation/evaluation.py CLIPS echonest.csv

CLIPS is a folder of audio files named by track id, echonest.csv the table as FMA publishes it. Needs
Prometheus on the PATH (Debian: prometheus).

1. The clips are predicted and the whole table is loaded, before them, between them and after them, on
   a new cluster each time: the figures at the end must be equal to the last digit, and equal to those
   that scikit-learn and scipy compute from the predictions and the table.
2. The clips, the same clips again, and the clips low-passed, sped up, silenced and clipped, each with
   a day of its own: the figures of the day and the alerts of deploy/prometheus, their waiting times cut
   short. The same clips must fire none, each of the others must fire drift.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from orders import orders
from services import reprise
from shifts import shifts


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("Usage: evaluation.py CLIPS echonest.csv", file=sys.stderr)
        return 2
    clips = sorted(Path(arguments[0]).resolve().iterdir())
    table = Path(arguments[1]).resolve()
    reprise("--version")  # builds, if need be, before anything waits for it
    with tempfile.TemporaryDirectory() as folder:
        faults = orders(Path(folder), clips, table)
        faults += shifts(Path(folder), clips)
    for fault in faults:
        print("FAULT:", fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
