"""A reader of the event stream, which never ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing

import requests

from asking.instance import Instance
from asking.report import Report
from asking.tracks import IDS

SILENCE_SECONDS = 60
Event = dict[str, str]


def check(report: Report, instance: Instance, upload: Callable[[], None]) -> None:
    """Reads what comes of the uploads, and reads a part of it again."""
    with closing(_open(instance)) as stream:
        kind = stream.headers["Content-Type"]
        report.equal("the stream is of events", kind, "text/event-stream;charset=utf-8")
        upload()
        events = _take(_events(stream), len(IDS) + 1)
    kinds = [event["event"] for event in events]
    expected = ["prediction"] * len(IDS) + ["dead-letter"]
    report.equal("it has predictions and dead letters", sorted(kinds), sorted(expected))
    data = [json.loads(event["data"]) for event in events]
    report.equal("each is of its track", {d["track_id"] for d in data}, {*IDS, "noise"})
    report.equal("each has an id of its own", len({event["id"] for event in events}), len(events))

    with closing(_open(instance, events[1]["id"])) as stream:
        again = _take(_events(stream), len(events) - 2)
    report.equal("a reader that comes back goes on where it was", again, events[2:])
    with closing(_open(instance, "0000000000000000-7")) as stream:
        missed, *rest = _take(_events(stream), 1 + len(events))
    report.check("one that missed events is told", missed["event"] == "missed", missed)
    report.check("in words", bool(json.loads(missed["data"])["detail"]), missed)
    report.equal("and gets what there is", rest, events)


def _open(instance: Instance, last: str | None = None) -> requests.Response:
    headers = {} if last is None else {"Last-Event-ID": last}
    url = instance.url + "/v1/events"
    return requests.get(url, headers=headers, stream=True, timeout=SILENCE_SECONDS)


def _events(stream: requests.Response) -> Iterator[Event]:
    event: Event = {}
    for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
        if line and not line.startswith(":"):
            field, _, value = line.partition(": ")
            event[field] = value
        elif not line and event:
            yield event
            event = {}


def _take(events: Iterator[Event], count: int) -> list[Event]:
    return [next(events) for _ in range(count)]
