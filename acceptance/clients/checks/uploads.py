"""Uploads that are too large for a record, in the ways that clients send them."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import requests
from tones import tone

from checks.instance import Instance
from checks.report import Report

MEBIBYTE = 1 << 20
SECONDS = 480
TIMEOUT_SECONDS = 90


def check(report: Report, instance: Instance) -> None:
    audio = tone(220, SECONDS)
    pieces = (audio[i : i + MEBIBYTE] for i in range(0, len(audio), MEBIBYTE))
    ways = {
        "as it is": {"data": audio, "headers": {"Content-Type": "audio/wav"}},
        "in chunks": {"data": pieces, "headers": {"Content-Type": "video/mp4"}},
        "in a form": {"files": {"file": ("a.wav", audio)}},
    }
    found = {}
    for way, sent in ways.items():
        headers = {"Prefer": "wait=60", **sent.pop("headers", {})}
        url = instance.url + "/v1/audio"
        response = requests.post(url, headers=headers, timeout=TIMEOUT_SECONDS, **sent)  # type: ignore[arg-type]
        report.check(f"{len(audio) // MEBIBYTE} MiB {way} are predicted", response.status_code == 200, response.text)
        found[way] = response.json().get("prediction", {}).get("features")
    report.check("all with the same features", len({str(features) for features in found.values()}) == 1, str(found))
    limit = requests.get(instance.url + "/v1/status", timeout=TIMEOUT_SECONDS).json()["limits"]["upload_bytes"]
    report.check("the limit is 512 MiB", limit == 512 * MEBIBYTE, str(limit))
    status = expect_continue(instance, limit + 1)
    report.check("a larger file is refused before it is sent", " 413 " in status, status)
    status = expect_continue(instance, limit)
    report.check("one of that size may be sent", " 100 " in status, status)


def expect_continue(instance: Instance, size: int) -> str:
    """Announce a body as curl does, and return the first line of the response."""
    address = urlsplit(instance.url)
    with socket.create_connection((str(address.hostname), int(address.port or 80)), TIMEOUT_SECONDS) as connection:
        head = f"POST /v1/audio HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/flac\r\nContent-Length: {size}\r\n"
        connection.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        return connection.recv(200).decode().partition("\r\n")[0]
