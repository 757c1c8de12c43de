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
"""Test the evaluation on real clips and Echo Nest's table.

    uv run benchmarks/evaluation/evaluation.py CLIPS echonest.csv

CLIPS is a folder of audio files named by track id, echonest.csv the table as FMA publishes it. Needs
Prometheus on the PATH (Debian: prometheus).

1. The clips are predicted, and the whole table is loaded before, between and after them, on a new
   cluster each time: the final metrics must be equal to the last digit, and equal to those that
   scikit-learn and scipy compute from the predictions and the table.
2. The clips, the same clips again, and the clips low-passed, sped up, silenced and clipped are evaluated,
   each on a separate day, with the alerts of deploy/prometheus, whose `for` is shortened. The same clips
   must not fire an alert; each of the others must fire a drift alert.
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
    reprise("--version")  # builds the product if necessary, before the timeouts begin
    with tempfile.TemporaryDirectory() as folder:
        failures = orders(Path(folder), clips, table)
        failures += shifts(Path(folder), clips)
    for failure in failures:
        print("FAILED:", failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
