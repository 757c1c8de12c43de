"""Keyboard operation, drag and drop, narrow screens."""

from __future__ import annotations

from browser import Visit

MAX_TABS = 20
PHONE_WIDTH, MIN_WIDTH = 360, 320
FOCUSED = "document.activeElement.id"
DROP_SCRIPT = """
() => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(3000).fill(7)], 'dropped.bin'));
  for (const type of ['dragover', 'drop']) {
    const options = { dataTransfer: files, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent(type, options));
  }
}
"""
OVERFLOWING = """
() => [...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .filter((element) => !element.closest('.scrolls, .visually-hidden'))
  .slice(0, 3).map((element) => element.outerHTML.slice(0, 80))
"""


def keyboard(visit: Visit, track_id: str) -> None:
    """Open a track by Tab to the search field, its id, an arrow and Enter."""
    page = visit.page
    page.goto(f"{visit.url}/#/")
    page.reload()
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    visit.require(first == "skip", f"The first Tab goes to {first or 'nowhere'}, not to the skip link.")
    for _ in range(MAX_TABS):
        if page.evaluate(FOCUSED) == "search":
            break
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        visit.require(
            outline != "none",
            f"Focus is not visible on {page.evaluate('document.activeElement.outerHTML')[:80]}.",
        )
    visit.require(page.evaluate(FOCUSED) == "search", f"{MAX_TABS} Tabs do not reach the search field.")
    page.keyboard.type(track_id)
    visit.wait(
        "the list of tracks",
        "id => document.querySelector('#search-list:not([hidden]) li')?.dataset.id === id",
        track_id,
    )
    page.keyboard.press("ArrowDown")
    selected = page.evaluate("document.activeElement.getAttribute('aria-activedescendant')")
    visit.require(selected, "The arrow key selects nothing in the list of tracks.")
    page.keyboard.press("Enter")
    visit.wait(
        "the selected track",
        "id => document.querySelector('#track-heading').textContent === id",
        track_id,
    )
    visit.wait("focus on its heading", f"() => {FOCUSED} === 'track-heading'")
    visit.info("keyboard: Tab, the id, an arrow and Enter open a track, and focus moves to its heading")


def dropped(visit: Visit) -> None:
    """Check that a dropped file is uploaded like a selected one."""
    visit.page.evaluate(DROP_SCRIPT)
    done = "() => document.querySelector('.upload.done')?.textContent.includes('dropped.bin')"
    visit.wait("the dropped file's outcome", done)
    visit.require(
        "Failed" in visit.text(".upload.done:has-text('dropped.bin')"),
        "Bytes that are not audio were accepted.",
    )
    visit.info("drop: a dropped file was uploaded, and its outcome is shown")


def no_horizontal_scroll(visit: Visit) -> None:
    """Check the width of a phone and the width that WCAG 1.4.10 requires."""
    for width in (PHONE_WIDTH, MIN_WIDTH):
        visit.page.set_viewport_size({"width": width, "height": 780})
        found = visit.page.evaluate("document.documentElement.scrollWidth")
        visit.require(
            found <= width,
            f"At {width} px the page is {found} px wide: {visit.page.evaluate(OVERFLOWING)}",
        )
    visit.page.set_viewport_size({"width": PHONE_WIDTH, "height": 780})
    visit.info(f"phone: no horizontal scrolling at {PHONE_WIDTH} px or {MIN_WIDTH} px")
