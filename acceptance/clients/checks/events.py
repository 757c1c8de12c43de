"""The event stream and its resumption."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing

import requests

from checks.instance import Instance
from checks.report import Report
from checks.tracks import IDS

READ_TIMEOUT_SECONDS = 60
Event = dict[str, str]


def check(report: Report, instance: Instance, upload: Callable[[], None]) -> None:
    """Read the events of the uploads, then reconnect and read a part of them again."""
    with closing(_open(instance)) as stream:
        content_type = stream.headers["Content-Type"]
        report.equal("the content type is that of an event stream", content_type, "text/event-stream;charset=utf-8")
        upload()
        events = _take(_events(stream), len(IDS) + 1)
    kinds = [event["event"] for event in events]
    expected = ["prediction"] * len(IDS) + ["dead-letter"]
    report.equal("the stream contains predictions and dead letters", sorted(kinds), sorted(expected))
    data = [json.loads(event["data"]) for event in events]
    report.equal("each event names its track", {d["track_id"] for d in data}, {*IDS, "noise"})
    report.equal("event ids are unique", len({event["id"] for event in events}), len(events))

    with closing(_open(instance, events[1]["id"])) as stream:
        again = _take(_events(stream), len(events) - 2)
    report.equal("a reader with Last-Event-ID resumes after that event", again, events[2:])
    with closing(_open(instance, "0000000000000000-7")) as stream:
        missed, *rest = _take(_events(stream), 1 + len(events))
    report.check("a reader with an unknown Last-Event-ID is notified", missed["event"] == "missed", missed)
    report.check("the notification has a detail", bool(json.loads(missed["data"])["detail"]), missed)
    report.equal("and receives the stored events", rest, events)


def _open(instance: Instance, last: str | None = None) -> requests.Response:
    headers = {} if last is None else {"Last-Event-ID": last}
    url = instance.url + "/v1/events"
    return requests.get(url, headers=headers, stream=True, timeout=READ_TIMEOUT_SECONDS)


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
