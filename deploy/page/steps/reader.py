"""The page for whoever has no mouse, no wide screen, no token, or no server."""

from __future__ import annotations

import json

from browser import Visit
from playwright.sync_api import Route

MOST_TABS = 20
PHONE, NARROWEST = 360, 320
TOKEN = "let me in"
FOCUSED = "document.activeElement.id"
DROP = """
() => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(3000).fill(7)], 'dropped.bin'));
  for (const type of ['dragover', 'drop']) {
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
  }
}
"""
WIDE = """
() => [...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.scrolls, .unseen'))
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


def absence(visit: Visit) -> None:
    """The server goes, and comes back."""
    visit.page.route("**/v1/**", lambda route: route.abort())
    visit.wait_for("the page to say that the server is gone", "#gone:not([hidden])")
    visit.page.unroute("**/v1/**")
    visit.wait("the page to recover", "() => document.querySelector('#gone').hidden")
    visit.say("server gone: the page says so, and recovers")


def token(visit: Visit) -> None:
    """Asked for when the server wants one, sent with each request, kept for the tab alone."""

    def guard(route: Route) -> None:
        if route.request.headers.get("authorization") == f"Bearer {TOKEN}":
            route.continue_()
            return
        problem = {"title": "Unauthorized", "status": 401, "detail": "A token is needed."}
        route.fulfill(status=401, content_type="application/problem+json", body=json.dumps(problem))

    visit.page.route("**/v1/**", guard)
    visit.page.reload()
    for attempt in ("wrong", TOKEN):
        visit.wait_for("the form for the token", "#token-form:not([hidden])")
        visit.page.fill("#token", attempt)
        visit.page.keyboard.press("Enter")
    visit.wait(
        "figures after the token",
        "() => document.querySelector('#totals').textContent.includes('predicted')",
    )
    kept = visit.page.evaluate(
        "[Object.values(sessionStorage), Object.values(localStorage), document.cookie]"
    )
    visit.require(kept == [[TOKEN], [], ""], f"The token is kept in {kept}.")
    visit.page.unroute("**/v1/**")
    visit.say("token: asked for, refused when wrong, sent when right, kept for this tab alone")
