"""An album dropped on the page: several files at once, one of them too large for a record."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from browser import Visit
from server import Api

from steps.track import FEATURES

MAX_CONCURRENT = 2
RECORD_BYTES = 16 << 20
TIMEOUT_SECONDS = 60
# So that the progress can be seen, and the upload be cancelled.
BYTES_PER_SECOND = 20 << 20
SLOW_BYTES_PER_SECOND = 1 << 20
# Playwright gives files to an input only; the page gets them as a drop.
DROP = """
() => {
  const files = new DataTransfer();
  for (const file of document.querySelector('#dropped-by-test').files) files.items.add(file);
  for (const type of ['dragover', 'drop']) {
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
  }
}
"""
ADD_INPUT = """
() => {
  const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true, id: 'dropped-by-test' });
  input.setAttribute('aria-label', 'Files that the test drops');
  document.body.append(input);
}
"""
# Samples every frame: the share sent of the large file, the bars shown at once, and the states of the large file.
WATCH = """
(name) => {
  const seen = window.seen = { shares: new Set(), most: 0, states: new Set() };
  const sample = () => {
    const bars = [...document.querySelectorAll('.upload progress')];
    const queued = [...document.querySelectorAll('.upload .state')]
      .filter((state) => state.textContent.startsWith('Queued')).length;
    seen.most = Math.max(seen.most, document.querySelectorAll('.upload:not(.done)').length - queued);
    for (const bar of bars) if (bar.getAttribute('aria-label').endsWith(name)) seen.shares.add(bar.value / bar.max);
    for (const upload of document.querySelectorAll('.upload')) {
      if (upload.querySelector('.id').textContent === name) {
        seen.states.add(upload.querySelector('.state').firstChild.textContent);
      }
    }
    requestAnimationFrame(sample);
  };
  sample();
}
"""
SEEN = "() => ({ shares: [...window.seen.shares], most: window.seen.most, states: [...window.seen.states] })"


def dropped(visit: Visit, api: Api, files: list[Path], rejected: Path, spool: Path | None) -> None:
    """Drop an album whose first file is too large for a record, and a file that is no audio."""
    large = files[0]
    visit.require(large.stat().st_size > 2 * RECORD_BYTES, f"{large.name} has only {large.stat().st_size} bytes.")
    before = visit.page.locator(".upload.done").count()
    with throttled(visit, BYTES_PER_SECOND):
        visit.page.evaluate(WATCH, large.name)
        drop(visit, [*files, rejected])
        visit.wait(
            "the album to be done",
            "count => document.querySelectorAll('.upload.done').length >= count",
            min(before + len(files) + 1, 12 + len(files) + 1),
        )
    seen = visit.page.evaluate(SEEN)
    shares = [share for share in seen["shares"] if 0 < share < 1]
    visit.require(len(shares) >= 3, f"The progress of {large.name} was {sorted(seen['shares'])}.")
    visit.require({"Sending.", "Extracting."} <= set(seen["states"]), f"{large.name} was {seen['states']}.")
    visit.require(seen["most"] == MAX_CONCURRENT, f"{seen['most']} files were sent at once.")
    for file in files:
        row = visit.page.locator(".upload", has_text=file.name).first
        link = row.locator(".state a").get_attribute("href")
        visit.require(link, f"The row of {file.name} is: {row.inner_text()}")
        track_id = unquote(str(link).partition("#/track/")[2])
        features = api.track(track_id)["prediction"]["features"]
        visit.require(set(FEATURES) == set(features), f"The features of {file.name} are {features}.")
    failure = visit.page.locator(".upload", has_text=rejected.name).first.inner_text()
    visit.require("unknown-format" in failure, f"The row of {rejected.name} is: {failure}")
    require_empty(visit, spool)
    size = large.stat().st_size / (1 << 20)
    visit.info(
        f"album: {len(files)} FLAC files dropped at once, the largest of {size:.0f} MiB, are predicted, two at a time;"
        f" progress in {len(shares)} steps; {rejected.name} has its own error; the spool is"
        f" {'empty' if spool else 'not looked at'}"
    )


def cancelled(visit: Visit, file: Path, spool: Path | None) -> None:
    """Cancel an upload while it is being sent."""
    with throttled(visit, SLOW_BYTES_PER_SECOND):
        drop(visit, [file])
        visit.wait("some of the file to be sent", "() => document.querySelector('.upload progress')?.value > 0")
        visit.check_accessibility("while a file is being sent")
        row = visit.page.locator(".upload").first
        row.get_by_role("button", name=re.compile("^Cancel")).click()
    visit.wait(
        "the upload to end", "() => document.querySelector('.upload .state').textContent.startsWith('Cancelled')"
    )
    focused = visit.page.evaluate("document.activeElement.textContent")
    visit.require(focused == "Try again", f"After cancelling, the focus is on '{focused}'.")
    require_empty(visit, spool)
    visit.info(f"cancel: {file.name} was cancelled while it was being sent, and left nothing")


def drop(visit: Visit, files: list[Path]) -> None:
    visit.page.evaluate(ADD_INPUT)
    visit.page.set_input_files("#dropped-by-test", files)
    visit.page.evaluate(DROP)
    visit.page.evaluate("document.querySelector('#dropped-by-test').remove()")


def require_empty(visit: Visit, spool: Path | None) -> None:
    """Wait until the extractor has deleted what the API has put into the spool."""
    if spool is None:
        return
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while left := [file.name for file in spool.iterdir()]:
        visit.require(time.monotonic() < deadline, f"The spool still has {left}.")
        time.sleep(0.1)


@contextmanager
def throttled(visit: Visit, bytes_per_second: int) -> Iterator[None]:
    """Limit what the page sends."""
    session = visit.page.context.new_cdp_session(visit.page)

    def limit(throughput: int) -> None:
        conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": throughput}
        session.send("Network.emulateNetworkConditions", conditions)

    limit(bytes_per_second)
    yield
    limit(-1)
    session.detach()
