"""The page while nobody looks, without its server, and without a token."""

from __future__ import annotations

import json

from browser import Visit
from playwright.sync_api import Route

TOKEN = "let me in"
SETTLING_MILLISECONDS, HIDDEN_MILLISECONDS = 1_000, 5_000
HIDE = """
(hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}
"""


def hidden(visit: Visit) -> None:
    """Nothing is asked while nobody looks; then the stream goes on where it was left."""
    visit.page.evaluate(HIDE, True)
    visit.page.wait_for_timeout(SETTLING_MILLISECONDS)
    before = len(visit.requests)
    visit.page.wait_for_timeout(HIDDEN_MILLISECONDS)
    asked = [request.url for request in visit.requests[before:]]
    visit.require(not asked, f"While it is hidden the page asks for {asked[:3]}.")
    visit.page.evaluate(HIDE, False)
    live = "() => document.querySelector('#stream-state').textContent === 'live'"
    visit.wait("the stream to be live again", live)
    streams = [request for request in visit.requests[before:] if request.url.endswith("/v1/events")]
    visit.require(
        streams and "last-event-id" in streams[0].headers,
        "The page does not say which event it saw last.",
    )
    visit.say("hidden: no requests; visible again, the stream resumes after the last event")


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
