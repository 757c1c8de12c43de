# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "openapi-spec-validator==0.9.0",
#   "requests==2.34.2",
#   "schemathesis==4.32.5",
#   "spotipy==2.26.0",
# ]
# ///
"""Test Reprise's HTTP API with valid and invalid requests.

Starts `reprise serve`, uploads generated tones, loads a synthetic truth table, and validates the
responses against openapi.yaml: with spotipy, a client of Spotify's API with only the address
changed, with a reader of the event stream, and with schemathesis, which generates valid and invalid
requests. Then starts a second instance with a token and an allowed origin, and tries to bypass both.

Prints a line for each check. Exits 0 if all pass, else 1.

    uv run acceptance/clients/api.py
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from checks import access, events, fuzzing, openapi, spotify, uploads
from checks.instance import guarded, serving
from checks.report import Report
from checks.tracks import IDS, load_truth, upload


def main() -> int:
    report = Report()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        instance = stack.enter_context(serving(folder))
        load_truth(instance, folder)
        events.check(report, instance, lambda: upload(instance))
        openapi.check(report, instance)
        spotify.check(report, instance)
        uploads.check(report, instance)
        fuzzing.check(report, instance, folder)
        access.check_open(report, instance)
        with guarded(folder, instance, IDS) as other:
            access.check_guarded(report, other)
    return report.finish()


if __name__ == "__main__":
    raise SystemExit(main())
