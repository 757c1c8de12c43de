"""Chromium, watched: its requests, its console, and whether the page keeps to its policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import ConsoleMessage, Page, Request, sync_playwright
from playwright.sync_api import TimeoutError as Late

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MILLISECONDS = 60_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What the browser itself says of a refusal that is checked here.
EXPECTED = "Failed to load resource: the server responded with a status of 422"
WATCH = """
window.breaches = [];
document.addEventListener('securitypolicyviolation',
  (event) => window.breaches.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class Failed(Exception):
    """Something does not hold; the message is one sentence for people."""


class Visit:
    """The page in a browser of its own."""

    def __init__(self, page: Page, url: str, screenshots: Path | None) -> None:
        self.page = page
        self.url = url
        self.requests: list[Request] = []
        page.on("request", lambda request: self.requests.append(request))
        self._screenshots = screenshots

    def say(self, line: str) -> None:
        print(line, flush=True)

    def require(self, condition: object, sentence: str) -> None:
        if not condition:
            raise Failed(sentence)

    def wait(self, what: str, script: str, argument: Any = None) -> None:
        """Waits until the script's function is true in the page."""
        try:
            self.page.wait_for_function(script, arg=argument, timeout=PATIENCE_MILLISECONDS)
        except Late as e:
            raise Failed(f"Waited in vain for {what}.") from e

    def wait_for(self, what: str, selector: str) -> None:
        try:
            self.page.wait_for_selector(selector, timeout=PATIENCE_MILLISECONDS)
        except Late as e:
            raise Failed(f"Waited in vain for {what}.") from e

    def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in self.page.locator(selector).all_text_contents()]

    def text(self, selector: str) -> str:
        return " ".join(self.texts(selector))

    def screenshot(self, name: str) -> None:
        if self._screenshots is not None:
            self._screenshots.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self._screenshots / f"{name}.png", full_page=True)

    def accessible(self, scheme: str) -> None:
        results = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": RULES}})
        for violation in results.response["violations"]:
            where = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
            found = f"{violation['id']} ({violation['help']})"
            raise Failed(f"Accessibility, {scheme}: axe finds {found} at {where}.")
        passes = len(results.response["passes"])
        self.say(
            f"accessibility, {scheme}: axe finds nothing; {passes} rules of WCAG 2.2 A and AA apply"
        )


class Browser:
    def __init__(self, chromium: Chromium, url: str, screenshots: Path | None) -> None:
        self._chromium = chromium
        self._url = url
        self._screenshots = screenshots

    @contextmanager
    def visit(
        self, scheme: str, width: int = 1440, height: int = 900, failing: bool = False
    ) -> Iterator[Visit]:
        """Opens the page, and checks at the end that it kept to itself.

        failing: requests will fail on purpose, and the console may say so.
        """
        context = self._chromium.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        faults: list[str] = []
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("console", lambda message: faults.extend(noteworthy(message)))
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        visit = Visit(page, self._url, self._screenshots)
        answer = page.goto(self._url + "/")
        policy = answer.headers.get("content-security-policy", "") if answer else ""
        visit.require(
            "default-src 'self'" in policy, f"The page's Content-Security-Policy is '{policy}'."
        )
        yield visit
        breaches = page.evaluate("window.breaches")
        visit.require(not breaches, f"The page breaks its policy: {breaches[:3]}.")
        urls = [request.url for request in visit.requests]
        elsewhere = [url for url in urls if not url.startswith(self._url + "/")]
        visit.require(not elsewhere, f"The page asks others: {elsewhere[:3]}.")
        visit.require(failing or not faults, f"The console has errors: {faults[:3]}.")
        console = "" if failing else ", console quiet"
        where = f"{scheme}, {width} px"
        visit.say(f"{where}: {len(urls)} requests, all to its own server, policy kept{console}")
        context.close()


def noteworthy(message: ConsoleMessage) -> list[str]:
    quiet = message.type not in ("error", "warning") or message.text.startswith(EXPECTED)
    return [] if quiet else [message.text]


@contextmanager
def browsing(url: str, screenshots: Path | None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Chromium's sandbox does not work for root, in containers for instance.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Browser(started, url, screenshots)
        started.close()
