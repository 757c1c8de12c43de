"""The page for whoever has no mouse, or no wide screen."""

from __future__ import annotations

from browser import Visit

MOST_TABS = 20
PHONE, NARROWEST = 360, 320
FOCUSED = "document.activeElement.id"
DROP = """
() => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(3000).fill(7)], 'dropped.bin'));
  for (const type of ['dragover', 'drop']) {
    const how = { dataTransfer: files, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent(type, how));
  }
}
"""
WIDE = """
() => [...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .filter((element) => !element.closest('.scrolls, .unseen'))
  .slice(0, 3).map((element) => element.outerHTML.slice(0, 80))
"""


def keyboard(visit: Visit, track_id: str) -> None:
    """Tab to the field, type, choose with the arrow, Enter."""
    page = visit.page
    page.goto(f"{visit.url}/#/")
    page.reload()
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    visit.require(
        first == "skip", f"The first Tab goes to {first or 'nowhere'}, not to the skip link."
    )
    for _ in range(MOST_TABS):
        if page.evaluate(FOCUSED) == "search":
            break
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        visit.require(
            outline != "none",
            f"Focus is not to be seen on {page.evaluate('document.activeElement.outerHTML')[:80]}.",
        )
    visit.require(
        page.evaluate(FOCUSED) == "search", f"{MOST_TABS} Tabs do not reach the search field."
    )
    page.keyboard.type(track_id)
    visit.wait(
        "the list of tracks",
        "id => document.querySelector('#search-list:not([hidden]) li')?.dataset.id === id",
        track_id,
    )
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.getAttribute('aria-activedescendant')")
    visit.require(chosen, "The arrow chooses nothing in the list of tracks.")
    page.keyboard.press("Enter")
    visit.wait(
        "the chosen track",
        "id => document.querySelector('#track-heading').textContent === id",
        track_id,
    )
    visit.wait("focus on its heading", f"() => {FOCUSED} === 'track-heading'")
    visit.say(
        "keyboard: Tab, the id, an arrow and Enter open a track, and focus goes to its heading"
    )


def dropped(visit: Visit) -> None:
    """A file that is dropped goes the same way as one that is chosen."""
    visit.page.evaluate(DROP)
    done = "() => document.querySelector('.upload.done')?.textContent.includes('dropped.bin')"
    visit.wait("the dropped file's outcome", done)
    visit.require(
        "Failed" in visit.text(".upload.done:has-text('dropped.bin')"),
        "Sevens were taken for audio.",
    )
    visit.say("drop: a dropped file was sent, and its outcome said")


def no_sideways(visit: Visit) -> None:
    """On a phone, and at the width that WCAG 1.4.10 asks for."""
    for width in (PHONE, NARROWEST):
        visit.page.set_viewport_size({"width": width, "height": 780})
        found = visit.page.evaluate("document.documentElement.scrollWidth")
        visit.require(
            found <= width,
            f"At {width} px the page is {found} px wide: {visit.page.evaluate(WIDE)}",
        )
    visit.page.set_viewport_size({"width": PHONE, "height": 780})
    visit.say(f"phone: nothing is wider than {PHONE} px, nor than {NARROWEST} px")
