# /// script
# requires-python = ">=3.11"
# dependencies = ["axe-playwright-python==0.1.8", "playwright==1.65.2"]
# ///
"""Test the page in Chromium: uploads, keyboard, phone, light and dark themes, failures.

Starts `./reprise serve` unless --url names a running one, uploads synthetic audio unless --audio
gives a file, and compares the page with the API's responses. Prints a line for each check and stops
at the first failure. Exits 0 if all checks pass, else 1. Needs Debian's packages chromium and ffmpeg.

    uv run acceptance/page/check.py
    uv run acceptance/page/check.py --url http://127.0.0.1:8080 --audio song.mp3 --screenshots shots
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from audio import flac, noise, tones
from browser import CHROMIUM, Browser, CheckFailed, Visit, browsing
from playwright.sync_api import Error
from server import Api, serving
from steps import accessibility, album, connection, dead_letters, neighbours, stream, track

LIGHT, DARK = "light", "dark"


def main() -> int:
    options = arguments()
    if not CHROMIUM.exists():
        print("chromium is missing: install Debian's package chromium.", file=sys.stderr)
        return 1
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            url = options.url or stack.enter_context(serving(folder))
            browser = stack.enter_context(browsing(url, options.screenshots))
            spool = None if options.url else folder / "data" / "spool"
            check(browser, Api(url), folder, options.audio, spool)
        except CheckFailed as e:
            print(f"FAILED: {e}", file=sys.stderr)
            return 1
        except Error as e:
            print(f"FAILED: browser error: {e.message.splitlines()[0]}", file=sys.stderr)
            return 1
    print("all checks passed")
    return 0


def check(browser: Browser, api: Api, folder: Path, audio: Path | None, spool: Path | None) -> None:
    clip = audio or tones(folder / "two tones.wav", seconds=12)
    songs = [flac(folder / "01 long.flac", seconds=180)]
    songs += [flac(folder / f"0{number} short.flac", seconds=12) for number in range(2, 6)]
    several = [tones(folder / "long.wav", seconds=75), noise(folder / "noise.mp3")]
    with browser.visit(LIGHT) as visit:
        track_id = track.upload(visit, api, clip)
        track.features(visit, api, track_id)
        track.curve(visit, api, track_id)
        track.genres(visit, api, track_id)
        stream.metrics(visit)
        stream.latest(visit, track_id)
        stream.drift(visit, api)
        long_id = track.upload_several(visit, api, several)
        dead_letters.rejected(visit, several[1].name)
        track.features(visit, api, long_id)
        track.curve(visit, api, long_id)
        neighbours.nearest(visit, api, long_id)
        neighbours.comparison(visit)
        check_theme(visit, LIGHT)
        accessibility.keyboard(visit, track_id)
        accessibility.dropped(visit)
        connection.hidden(visit)
    with browser.visit(LIGHT) as visit:
        album.dropped(visit, api, songs, noise(folder / "cover.jpg"), spool)
        visit.screenshot("album")
        album.cancelled(visit, songs[0], spool)
    with browser.visit(DARK) as visit:
        track.open_link(visit, long_id)
        neighbours.comparison(visit)
        check_theme(visit, DARK)
    with browser.visit(LIGHT, width=accessibility.PHONE_WIDTH, height=780) as visit:
        track.open_link(visit, long_id)
        stream.drift(visit, api)
        visit.screenshot("phone")
        neighbours.comparison(visit)
        accessibility.no_horizontal_scroll(visit)
        visit.check_accessibility("light, on a phone")
    with browser.visit(LIGHT, failing=True) as visit:
        connection.server_outage(visit)
    with browser.visit(LIGHT, failing=True) as visit:
        connection.token(visit)


def check_theme(visit: Visit, scheme: str) -> None:
    channels = visit.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)")
    is_light = sum(map(int, channels)) > 3 * 128
    visit.require(is_light == (scheme == LIGHT), f"The background in the {scheme} theme is {channels}.")
    visit.screenshot(f"desktop-{scheme}")
    visit.check_accessibility(scheme)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--url", type=lambda text: text.rstrip("/"), help="URL of a running server (default: start one)"
    )
    parser.add_argument("--audio", type=Path, help="file to upload (default: synthetic audio)")
    parser.add_argument("--screenshots", type=Path, help="folder to write screenshots to")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
