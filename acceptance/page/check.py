# /// script
# requires-python = ">=3.11"
# dependencies = ["axe-playwright-python==0.1.8", "playwright==1.65.2"]
# ///
"""Uses the live page as people do: with a file, a keyboard, a phone, in the light and in the dark.

Starts `./reprise serve` unless --url says where one runs, uploads a made-up clip unless --audio
gives another, and compares what the page shows with what the API answers. Prints a line for each
thing that was checked; the first that does not hold is said in one sentence. Exits 0 if all of it
holds, else 1.
Needs Debian's package chromium.

    uv run acceptance/page/check.py
    uv run acceptance/page/check.py --url http://127.0.0.1:8080 --audio song.mp3 --screenshots shots
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from audio import noise, tones
from browser import CHROMIUM, Browser, Failed, Visit, browsing
from playwright.sync_api import Error
from server import Api, serving
from steps import letters, neighbours, reader, stream, track, trouble

LIGHT, DARK = "light", "dark"


def main() -> int:
    # So that whoever ends this ends the server as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended by SIGTERM."))
    options = arguments()
    if not CHROMIUM.exists():
        print("chromium is missing; install Debian's package chromium.", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            url = options.url or stack.enter_context(serving(folder))
            browser = stack.enter_context(browsing(url, options.screenshots))
            check(browser, Api(url), folder, options.audio)
        except Failed as e:
            print(f"FAULT: {e}", file=sys.stderr)
            return 1
        except Error as e:
            print(f"FAULT: The browser gave up: {e.message.splitlines()[0]}", file=sys.stderr)
            return 1
    print("all of it holds")
    return 0


def check(browser: Browser, api: Api, folder: Path, audio: Path | None) -> None:
    clip = audio or tones(folder / "two tones.wav", seconds=12)
    several = [tones(folder / "long.wav", seconds=75), noise(folder / "noise.mp3")]
    with browser.visit(LIGHT) as visit:
        track_id = track.upload(visit, api, clip)
        track.features(visit, api, track_id)
        track.curve(visit, api, track_id)
        track.genres(visit, api, track_id)
        stream.figures(visit)
        stream.latest(visit, track_id)
        stream.drift(visit, api)
        long_id = track.upload_several(visit, api, several)
        letters.rejected(visit, several[1].name)
        track.features(visit, api, long_id)
        track.curve(visit, api, long_id)
        neighbours.nearest(visit, api, long_id)
        neighbours.comparison(visit)
        look(visit, LIGHT)
        reader.keyboard(visit, track_id)
        reader.dropped(visit)
        trouble.hidden(visit)
    with browser.visit(DARK) as visit:
        track.open_link(visit, long_id)
        neighbours.comparison(visit)
        look(visit, DARK)
    with browser.visit(LIGHT, width=reader.PHONE, height=780) as visit:
        track.open_link(visit, long_id)
        stream.drift(visit, api)
        visit.screenshot("phone")
        neighbours.comparison(visit)
        reader.no_sideways(visit)
        visit.accessible("light, on a phone")
    with browser.visit(LIGHT, failing=True) as visit:
        trouble.absence(visit)
    with browser.visit(LIGHT, failing=True) as visit:
        trouble.token(visit)


def look(visit: Visit, scheme: str) -> None:
    channels = visit.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)")
    bright = sum(map(int, channels)) > 3 * 128
    visit.require(bright == (scheme == LIGHT), f"In {scheme} the page's ground is {channels}.")
    visit.screenshot(f"desktop-{scheme}")
    visit.accessible(scheme)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--url", type=lambda text: text.rstrip("/"), help="of a running server; else one is started"
    )
    parser.add_argument("--audio", type=Path, help="file to upload; else one is made up")
    parser.add_argument("--screenshots", type=Path, help="folder for them")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
