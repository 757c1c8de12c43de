# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scikit-learn==1.9.1", "scipy==1.17.1"]
# ///
"""Compare the API's similarity with scikit-learn on Echo Nest's table, and print the tables of docs/SIMILARITY.md.

    uv run benchmarks/similarity/similarity.py echonest.csv

echonest.csv is the table as FMA publishes it. The whole of it is loaded; then, for 200 tracks of each group (the
same ones each time, track 2 among them), each metric, and a linear and a circular tempo, the 1,000 neighbours of
the API are compared with scikit-learn's distances: each distance, that no nearer track is missing, their order, the
number of shared columns, and the number of comparable tracks. Then again with a fifth of the features missing.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import urllib.error
from pathlib import Path
from typing import Any

import comparison
import numpy as np
from expected import METRICS, Space
from neighbours import Check
from table import Group, read, remove_cells

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "api"))
from service import Service, reprise, serving, wait_for

SEED = 20
TRACKS = 200
NEIGHBOURS = 1000
SHOWN = "2"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("Usage: similarity.py echonest.csv", file=sys.stderr)
        return 2
    file = Path(arguments[0]).resolve()
    groups = read(file)
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as service:
        load(service, file, groups)
        failures = [failure for group in groups.values() for failure in check(service, group, TRACKS)]
        response = service.get(f"/v1/tracks/{SHOWN}/similar/comparison?k=10")
        failures += comparison.check(response, groups)
        shown = {m: similar(service, SHOWN, "audio_features", m, "linear", 10)["neighbours"] for m in METRICS}
        failures += check_missing_cells(service, file, Path(name) / "incomplete.csv")
    comparison.print_markdown(response, groups["audio_features"], shown)
    for failure in failures[:20]:
        print("FAILED:", failure, file=sys.stderr)
    return 1 if failures else 0


def load(service: Service, file: Path, groups: dict[str, Group]) -> None:
    began = time.monotonic()
    count = groups["audio_features"].table_size
    reprise("truth", "load", "--bootstrap-servers", service.kafka(), str(file))
    wait_for(f"{count} tracks", lambda: service.get("/v1/status")["truth_tracks"] == count)
    print(f"{count} tracks loaded and indexed in {time.monotonic() - began:.1f} s")


def check_missing_cells(service: Service, file: Path, incomplete: Path) -> list[str]:
    """Replace the table with one that has missing cells, and check again."""
    remove_cells(file, incomplete, SEED)
    groups = [group for name, group in read(incomplete).items() if name in ("audio_features", "social_features")]
    reprise("truth", "load", "--bootstrap-servers", service.kafka(), str(incomplete))

    def indexed(group: Group) -> bool:
        response = similar(service, SHOWN, group.name, METRICS[0], "linear", 1)
        own = SHOWN in np.array(group.ids)[group.complete()]
        return bool(response["coverage"]["complete"] == group.complete().sum() - own)

    wait_for("the table with missing cells", lambda: all(indexed(group) for group in groups))
    return [failure for group in groups for failure in check(service, group, TRACKS // 4)]


def check(service: Service, group: Group, count: int) -> list[str]:
    """Check every metric of a group, with both tempo scales."""
    failures = check_not_found(service, group)
    tracks = sample_tracks(group, count)
    for metric in ("great-circle",) if group.name == "metadata" else METRICS:
        for tempo in ("linear", "circular") if "tempo" in group.columns else ("linear",):
            checked = Check(Space.of(group, metric, tempo), NEIGHBOURS)
            for track_id in tracks:
                checked.compare(track_id, similar(service, track_id, group.name, metric, tempo, NEIGHBOURS))
            squares = f", euclidean_distances {checked.worst_by_squares:.1e}" if checked.has_squares else ""
            print(
                f"{checked.name()}: {checked.tracks} tracks, {checked.distances} distances, "
                f"largest difference {checked.worst:.1e}{squares}",
                flush=True,
            )
            failures += checked.failures
    return failures


def sample_tracks(group: Group, count: int) -> list[str]:
    """Return a seeded sample; it includes SHOWN if that has values in the group."""
    others = sorted(set(group.ids) - {SHOWN})
    own = [SHOWN] if SHOWN in group.ids else []
    return own + random.Random(SEED).sample(others, min(count, len(group.ids)) - len(own))


def check_not_found(service: Service, group: Group) -> list[str]:
    """Check that a track without values in the group is not found."""
    lacking = len(group.ids) - group.complete().sum()
    print(f"{group.name}: {len(group.ids)} of {group.table_size} tracks have values, {lacking} of them incomplete")
    if SHOWN in group.ids:
        return []
    try:
        similar(service, SHOWN, group.name, METRICS[0], "linear", 1)
    except urllib.error.HTTPError as e:
        return [] if e.code == 404 else [f"track {SHOWN} gets {e.code} in {group.name}, expected 404"]
    return [f"track {SHOWN} has neighbours in {group.name}, where it has no values"]


def similar(service: Service, track_id: str, group: str, metric: str, tempo: str, k: int) -> dict[str, Any]:
    return service.get(f"/v1/tracks/{track_id}/similar?group={group}&metric={metric}&tempo={tempo}&k={k}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
