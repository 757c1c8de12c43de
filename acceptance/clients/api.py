# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "openapi-spec-validator==0.9.0",
#   "requests==2.34.2",
#   "schemathesis==4.32.5",
#   "spotipy==2.26.0",
# ]
# ///
"""Asks Reprise's HTTP API what its users ask, and what they should not.

Starts `reprise serve`, uploads generated tones, loads a made-up truth table, and holds what it is
answered to openapi.yaml: with spotipy, a client of Spotify's API that is given another address and
nothing else, with a reader of the event stream, and with schemathesis, which makes up requests,
right and wrong ones. Then starts a second instance with a token and a friendly origin, and tries to
get past both.

Prints a line for each. Exits 0 if all of it holds, else 1.

    uv run acceptance/clients/api.py
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from asking import access, document, events, fuzzing, spotify
from asking.instance import guarded, serving
from asking.report import Report
from asking.tracks import IDS, load_truth, upload


def main() -> int:
    report = Report()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        instance = stack.enter_context(serving(folder))
        load_truth(instance, folder)
        events.check(report, instance, lambda: upload(instance))
        document.check(report, instance)
        spotify.check(report, instance)
        fuzzing.check(report, instance, folder)
        access.check_open(report, instance)
        with guarded(folder, instance, IDS) as other:
            access.check_guarded(report, other)
    return report.finish()


if __name__ == "__main__":
    raise SystemExit(main())
