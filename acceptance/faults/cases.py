# /// script
# requires-python = ">=3.11"
# dependencies = ["confluent-kafka==2.16.1"]
# ///
"""Takes files that went wrong, beside ten good clips, through `run`, `extract`, `submit` to `serve`, and `POST /v1/audio`.

    uv run --script acceptance/faults/cases.py CASES_DIR [CLIP...]

CASES_DIR holds the files of the table below, gzipped or not; one that the table does not know fails the script. Beside
them the script makes files with awkward names and a silent, a noisy and a pure one. The clips are tones with noise
unless given. Each way, the ten clips must be done and each other file have its outcome; `serve` must be the same process
afterwards, its resident memory no more than a quarter above that after ten good uploads.
"""

from __future__ import annotations

import argparse
import array
import gzip
import json
import math
import mimetypes
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlparse

from service import (
    AUDIO_FILES,
    DEAD_LETTERS,
    HOME,
    MEBIBYTE,
    PREDICTIONS,
    Report,
    Service,
    await_answers,
    await_http,
    coordinates,
    free_port,
    headers,
    mebibytes,
    read_all,
    reprise,
    request,
    resident,
    tone,
    tones,
    write_wav,
)

RATE = 22050
COMMAND_SECONDS = 300
GROWTH = 1.25


@dataclass(frozen=True)
class Right:
    """What must come of a file: a rejection, or a prediction of so many seconds and with a mark."""

    rejected: bool = False
    seconds: tuple[float, float] = (0.0, math.inf)
    mark: str = ""


CASES = {
    "mp4-stsz-bomb-1450-bytes.m4a": Right(rejected=True),
    "adx-sigfpe-8000-bytes.adx": Right(rejected=True),
    "mp3-with-1.2MB-xml-frame.mp3": Right(seconds=(1.9, 2.2)),
    "flac-after-1.2MB-id3.flac": Right(seconds=(1, 8.2)),
    "mp3-after-1.2MB-zeros.mp3": Right(seconds=(1, 8.2)),
    "caf-tail-chunk-of-1EB.caf": Right(),
    "chained-44k-stereo-then-48k-mono.ogg": Right(mark="truncated"),
    "opus_last_granule_m1.opus": Right(mark="truncated"),
    "truncated-60pc.flac": Right(mark="truncated"),
    "phase_inverted.wav": Right(mark="phase-inverted"),
    "rate-8k.wav": Right(),
    # Made here.
    "silent.wav": Right(mark="silent"),
    "noise.wav": Right(mark="noise"),
    "sine.wav": Right(mark="tone"),
}
LONG = b"n" * 250 + b".wav"
AWKWARD = [b"esc\x1b[31mred.wav", b"line\nbreak.wav", b"caf\xe8.wav", b"caf\xe0.wav", LONG]
# A folder is searched for audio files by extension; a file of another is passed over there, and done when given by name.
SEARCHED = (".mp3", ".flac", ".wav", ".m4a", ".ogg", ".opus")


@dataclass
class Outcome:
    """A prediction, or the words of the rejection."""

    prediction: dict[str, Any] | None = None
    reason: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("clips", type=Path, nargs="*")
    options = parser.parse_args()
    report = Report()
    reprise("--version")  # builds, if need be, before anything waits for it
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        folder = work / "input"
        good = make_inputs(folder, options.cases, options.clips)
        by_run(report, work, folder, good)
        by_extract(report, work, folder, good)
        port, api_port = free_port(), free_port()
        place = ["--port", str(port), "--api-port", str(api_port), "--data-dir", str(work / "data")]
        with Service(work, "serve", *place, "--allowed-root", str(folder)) as serve:
            await_http(serve, api_port, "/v1/status")
            by_service(report, serve, f"127.0.0.1:{port}", api_port, folder, good)
    return report.finish()


def make_inputs(folder: Path, cases: Path, clips: list[Path]) -> list[str]:
    """Puts everything into one folder; returns the names of the ten good clips."""
    folder.mkdir()
    for file in sorted(cases.iterdir()):
        if file.suffix == ".md":
            continue
        data = file.read_bytes()
        name = file.name
        if file.suffix == ".gz":
            name, data = file.stem, gzip.decompress(data)
        if name not in CASES:
            raise SystemExit(f"It is not known what should come of {file}; add it to the table.")
        (folder / name).write_bytes(data)
    numbers = random.Random(1)
    write_wav(folder / "silent.wav", array.array("h", bytes(2 * 3 * RATE)))
    write_wav(folder / "noise.wav", array.array("h", (numbers.randint(-9000, 9000) for _ in range(3 * RATE))))
    sine = (int(9000 * math.sin(2 * math.pi * 440 * t / RATE)) for t in range(3 * RATE))
    write_wav(folder / "sine.wav", array.array("h", sine))
    for seed, name in enumerate(AWKWARD):
        tone(Path(os.fsdecode(os.path.join(os.fsencode(folder), name))), 100 + seed)  # noqa: PTH118
    if not clips:
        return [it.name for it in tones(folder, 10)]
    if len(clips) < 10:
        raise SystemExit(f"Ten clips are needed; {len(clips)} were given.")
    return [Path(shutil.copy(clip, folder / f"good {i}{clip.suffix}")).name for i, clip in enumerate(clips[:10])]


def known(folder: Path) -> Iterator[tuple[str, Right]]:
    return ((name, right) for name, right in CASES.items() if (folder / name).exists())


def command(*arguments: str | Path) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        [str(HOME / "reprise"), *map(os.fspath, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=COMMAND_SECONDS,
    )
    return done.returncode, done.stdout, done.stderr


def check(report: Report, way: str, name: str, right: Right, outcome: Outcome | None) -> None:
    if outcome is None:
        report.check(f"{way}: {name} has an outcome", False, "none")
        return
    prediction = outcome.prediction
    if right.rejected:
        report.check(f"{way}: {name} is rejected ({outcome.reason})", bool(outcome.reason) and not prediction, prediction)
        return
    if prediction is None:
        report.check(f"{way}: {name} is predicted", False, outcome.reason)
        return
    seconds = float(prediction.get("duration_seconds", 0))
    low, high = right.seconds
    report.check(f"{way}: {name} is predicted over {seconds:.1f} s", low <= seconds <= high, f"not {low} to {high}")
    if right.mark:
        marks = prediction.get("marks", [])
        report.check(f"{way}: {name} is marked {right.mark}", right.mark in marks, marks)


def check_all(
    report: Report, way: str, folder: Path, good: list[str], outcomes: dict[str, Outcome], skipped: set[str]
) -> None:
    done = [name for name in good if name in outcomes and outcomes[name].prediction]
    report.equal(f"{way}: good clips predicted", len(done), len(good))
    for name, right in known(folder):
        if name not in skipped:
            check(report, way, name, right, outcomes.get(name))


def by_run(report: Report, work: Path, folder: Path, good: list[str]) -> None:
    """Each file by its name, so that none is passed over."""
    out = work / "run.json"
    code, _, errors = command("run", "--format", "json", "--out", out, *sorted(folder.iterdir(), key=os.fsencode))
    report.equal("run: exit code", code, 1)
    report.check("run: predictions are written", out.exists(), errors.decode(errors="replace")[:500])
    names = by_id(folder, good)
    outcomes = {}
    awkward = []
    for prediction in map(json.loads, out.read_text().splitlines() if out.exists() else []):
        last = prediction["track_id"].rpartition("/")[2]
        if last in names:
            outcomes[names[last]] = Outcome(prediction)
        else:
            awkward.append(prediction["track_id"])
    for name, reason in re.findall(r"/([^/\n]+): ([a-z-]+): ", errors.decode(errors="replace")):
        outcomes.setdefault(name, Outcome(reason=reason))
    check_all(report, "run", folder, good, outcomes, set())
    report.check(f"run: {len(AWKWARD)} awkward names are predicted apart", len(set(awkward)) == len(AWKWARD), awkward)
    check_escaped(report, "run", errors)


def by_id(folder: Path, good: list[str]) -> dict[str, str]:
    """The names of the good and the known files by the end of their tracks' ids, which may or may not have extensions."""
    names = [*good, *(name for name, _ in known(folder))]
    return {name: name for name in names} | {Path(name).stem: name for name in names}


def by_extract(report: Report, work: Path, folder: Path, good: list[str]) -> None:
    """The folder as a whole."""
    out = work / "arrays"
    code, shown, errors = command("extract", folder, "--out", out)
    report.equal("extract: exit code", code, 1)
    names = by_id(folder, good)
    made = [it.name.removesuffix(".0.npy") for it in out.rglob("*.0.npy")]
    done = {names[it] for it in made if it in names}
    awkward = [it for it in made if it not in names]
    report.check(f"extract: {len(good)} good clips done", done >= set(good), errors.decode(errors="replace")[:500])
    for name, right in known(folder):
        if name.endswith(SEARCHED):
            report.check(f"extract: {name} is {'rejected' if right.rejected else 'done'}", (name in done) != right.rejected)
    report.check(f"extract: {len(AWKWARD)} awkward names done apart", len(awkward) == len(AWKWARD), awkward)
    check_escaped(report, "extract", shown + errors)


def check_escaped(report: Report, way: str, shown: bytes) -> None:
    report.check(f"{way}: no control character reaches the terminal", b"\x1b" not in shown, shown[:200])


def by_service(
    report: Report, serve: Service, address: str, api_port: int, folder: Path, good: list[str]
) -> None:
    pid = serve.pid
    for name in good:
        upload(api_port, folder / name, f"warm {name}")
    before = serve.resident()
    by_submit(report, serve, address, folder, good)
    after_submit = serve.resident()
    outcomes = {}
    for name in [*good, *(name for name, _ in known(folder))]:
        outcomes[name] = upload(api_port, folder / name, f"upload {name}")
    check_all(report, "POST", folder, good, outcomes, set())
    end = serve.resident()
    report.check(f"serve is still the process {pid}", serve.alive() and serve.pid == pid)
    figures = f"{mebibytes(before)} after ten uploads, {mebibytes(after_submit)} after submit, {mebibytes(end)} at the end"
    report.check(f"serve's resident memory: {figures}", end <= before * GROWTH + 16 * MEBIBYTE, "too much")
    decoders = [resident(it) for it in serve.decoders()]
    print(f"decoders: {', '.join(map(mebibytes, decoders))}")


def by_submit(report: Report, serve: Service, address: str, folder: Path, good: list[str]) -> None:
    before = len(read_all(address, AUDIO_FILES))
    code, _, errors = command("submit", "--bootstrap-servers", address, folder)
    report.check("submit: exit code", code == 0, errors.decode(errors="replace"))
    events = read_all(address, AUDIO_FILES)
    await_answers(address, len(events), COMMAND_SECONDS, serve)
    names: dict[str, str] = {}
    for event in events:
        uri = json.loads(event.value()).get("uri") if event.value()[:1] == b"{" else None
        if uri is not None:
            path = os.fsdecode(unquote_to_bytes(urlparse(uri).path))
            names[f"{event.topic()}-{event.partition()}-{event.offset()}"] = Path(path).name
    outcomes = {}
    found = []
    for record in read_all(address, PREDICTIONS):
        prediction = json.loads(record.value())
        if prediction["extraction_id"] in names:
            found.append(names[prediction["extraction_id"]])
            outcomes[found[-1]] = Outcome(prediction)
    for letter in read_all(address, DEAD_LETTERS):
        if coordinates(letter) in names:
            found.append(names[coordinates(letter)])
            outcomes[found[-1]] = Outcome(reason=headers(letter)["reprise_reason"])
    report.equal("submit: answers, one an event", len(found), len(events) - before)
    check_all(report, "submit", folder, good, outcomes, {name for name in CASES if not name.endswith(SEARCHED)})
    awkward = [it for it in map(os.fsdecode, AWKWARD) if it in outcomes and outcomes[it].prediction]
    report.check(f"submit: {len(AWKWARD)} awkward names are predicted", len(awkward) == len(AWKWARD), awkward)
    ids = [it.prediction["track_id"] for it in outcomes.values() if it.prediction]
    report.equal("submit: different track ids", len(set(ids)), len(ids))


def upload(api_port: int, file: Path, track_id: str) -> Outcome:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if not kind.startswith("audio/"):
        kind = "application/octet-stream"
    answer = request(
        api_port,
        f"/v1/audio?track_id={quote(track_id)}",
        file.read_bytes(),
        {"Content-Type": kind, "Prefer": "wait=60"},
    )
    if answer.status == 200:
        whole = answer.json()
        return Outcome(whole.get("prediction", whole))
    if answer.status == 422:
        return Outcome(reason=answer.json()["reason"])
    return Outcome(reason=f"status {answer.status}: {answer.body[:200]!r}") if answer.status < 500 else Outcome()


if __name__ == "__main__":
    sys.exit(main())
