"""The page's connection: while it is hidden, during an outage of the server, and without a token."""

from __future__ import annotations

import json

from browser import Visit
from playwright.sync_api import Route

TOKEN = "a test token"
SETTLING_MILLISECONDS, HIDDEN_MILLISECONDS = 1_000, 5_000
HIDE = """
(hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}
"""


def hidden(visit: Visit) -> None:
    """Check that a hidden page sends no requests and then resumes the stream."""
    visit.page.evaluate(HIDE, True)
    visit.page.wait_for_timeout(SETTLING_MILLISECONDS)
    before = len(visit.requests)
    visit.page.wait_for_timeout(HIDDEN_MILLISECONDS)
    urls = [request.url for request in visit.requests[before:]]
    visit.require(not urls, f"The hidden page sends requests: {urls[:3]}.")
    visit.page.evaluate(HIDE, False)
    live = "() => document.querySelector('#stream-state').textContent === 'live'"
    visit.wait("the stream to be live again", live)
    streams = [request for request in visit.requests[before:] if request.url.endswith("/v1/events")]
    visit.require(
        streams and "last-event-id" in streams[0].headers,
        "The page does not send Last-Event-ID.",
    )
    visit.info("hidden: no requests; visible again, the stream resumes after the last event")


def server_outage(visit: Visit) -> None:
    """Make the server unreachable and reachable again."""
    visit.page.route("**/v1/**", lambda route: route.abort())
    visit.wait_for("the message that the server is unreachable", "#disconnected:not([hidden])")
    visit.page.unroute("**/v1/**")
    visit.wait("the page to recover", "() => document.querySelector('#disconnected').hidden")
    visit.info("server unreachable: the page says so, and recovers")


def token(visit: Visit) -> None:
    """Check that the page asks for a token, sends it, and keeps it for the tab only."""

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
        "the totals after the token",
        "() => document.querySelector('#totals').textContent.includes('predicted')",
    )
    stored = visit.page.evaluate("[Object.values(sessionStorage), Object.values(localStorage), document.cookie]")
    visit.require(stored == [[TOKEN], [], ""], f"The token is stored in {stored}, expected sessionStorage only.")
    visit.page.unroute("**/v1/**")
    visit.info("token: requested, rejected when wrong, accepted when right, stored for this tab only")
