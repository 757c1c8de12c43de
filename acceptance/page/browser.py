"""Chromium, with its requests, its console and violations of the Content-Security-Policy recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Page, Request, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

CHROMIUM = Path("/usr/bin/chromium")
TIMEOUT_MILLISECONDS = 60_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The browser's own message about a rejection that is checked here.
EXPECTED_MESSAGE = "Failed to load resource: the server responded with a status of 422"
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation',
  (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class CheckFailed(Exception):
    """A check failed; the message says which, in one sentence."""


class Visit:
    """The page in a separate browser context."""

    def __init__(self, page: Page, url: str, screenshots: Path | None) -> None:
        self.page = page
        self.url = url
        self.requests: list[Request] = []
        page.on("request", lambda request: self.requests.append(request))
        self._screenshots = screenshots

    def info(self, line: str) -> None:
        print(line, flush=True)

    def require(self, condition: object, sentence: str) -> None:
        if not condition:
            raise CheckFailed(sentence)

    def wait(self, what: str, script: str, argument: Any = None) -> None:
        """Wait until the script's function returns true in the page."""
        try:
            self.page.wait_for_function(script, arg=argument, timeout=TIMEOUT_MILLISECONDS)
        except PlaywrightTimeout as e:
            raise CheckFailed(f"Timed out waiting for {what}.") from e

    def wait_for(self, what: str, selector: str) -> None:
        try:
            self.page.wait_for_selector(selector, timeout=TIMEOUT_MILLISECONDS)
        except PlaywrightTimeout as e:
            raise CheckFailed(f"Timed out waiting for {what}.") from e

    def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in self.page.locator(selector).all_text_contents()]

    def text(self, selector: str) -> str:
        return " ".join(self.texts(selector))

    def screenshot(self, name: str) -> None:
        if self._screenshots is not None:
            self._screenshots.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self._screenshots / f"{name}.png", full_page=True)

    def check_accessibility(self, scheme: str) -> None:
        results = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": RULES}})
        for violation in results.response["violations"]:
            where = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
            found = f"{violation['id']} ({violation['help']})"
            raise CheckFailed(f"Accessibility, {scheme}: axe finds {found} at {where}.")
        passes = len(results.response["passes"])
        self.info(f"accessibility, {scheme}: axe finds nothing; {passes} rules of WCAG 2.2 A and AA apply")


class Browser:
    def __init__(self, chromium: Chromium, url: str, screenshots: Path | None) -> None:
        self._chromium = chromium
        self._url = url
        self._screenshots = screenshots

    @contextmanager
    def visit(self, scheme: str, width: int = 1440, height: int = 900, failing: bool = False) -> Iterator[Visit]:
        """Open the page; at the end check the console and that all requests went to its own server.

        failing: whether requests fail on purpose, so that the console may contain errors.
        """
        context = self._chromium.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        errors: list[str] = []
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: errors.extend(console_errors(message)))
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MILLISECONDS)
        visit = Visit(page, self._url, self._screenshots)
        response = page.goto(self._url + "/")
        policy = response.headers.get("content-security-policy", "") if response else ""
        visit.require("default-src 'self'" in policy, f"The page's Content-Security-Policy is '{policy}'.")
        yield visit
        violations = page.evaluate("window.violations")
        visit.require(not violations, f"The page violates its Content-Security-Policy: {violations[:3]}.")
        urls = [request.url for request in visit.requests]
        foreign = [url for url in urls if not url.startswith(self._url + "/")]
        visit.require(not foreign, f"The page sends requests to other servers: {foreign[:3]}.")
        visit.require(failing or not errors, f"The console has errors: {errors[:3]}.")
        console = "" if failing else ", no console errors"
        where = f"{scheme}, {width} px"
        visit.info(f"{where}: {len(urls)} requests, all to its own server, no policy violations{console}")
        context.close()


def console_errors(message: ConsoleMessage) -> list[str]:
    is_ignored = message.type not in ("error", "warning") or message.text.startswith(EXPECTED_MESSAGE)
    return [] if is_ignored else [message.text]


@contextmanager
def browsing(url: str, screenshots: Path | None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Chromium's sandbox does not work for root, for example in containers.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Browser(started, url, screenshots)
        started.close()
