"""Chromium from the system, as a farmer's phone or an office's desk; each visit is watched."""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

REQUIRED = os.environ.get("ZHITIAN_BROWSER") == "required"
"""Whether a missing browser is a failure, as it is where the whole suite must pass."""

_NAMED = os.environ.get("ZHITIAN_CHROMIUM")

ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # nothing but this machine has a name, so that a stray request fails and is seen
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # a map is drawn by the processor where there is no graphics card
    "--enable-unsafe-swiftshader",
)

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}

PATIENCE_MS = 20_000
"""How long a test waits for what must come, on a busy machine."""

_TELL = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`security policy: ${event.violatedDirective} refused ${event.blockedURI}`));
"""
_ANSWERED = (
    "body:not([data-loading]):has(#where-name):has(#glance-body tbody tr)"
    ":has(#advice-cards [data-rule])"
)
_ABSENT = "this part is not there"


def chromium() -> str | None:
    """Path of the browser: `ZHITIAN_CHROMIUM`, else the system's; None where there is none."""
    return _NAMED or shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """A running Chromium that reaches this machine alone.

    Args:
        more: further arguments of its command line.
    """
    path = chromium()
    if path is None:
        raise FileNotFoundError("there is no chromium; see tests/browser/chromium.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, *more], chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Watch:
    """What a visit did besides showing: where it asked, and what went wrong.

    Attributes:
        origin: the only one it may ask.
        requests: addresses of all requests, workers' included.
        complaints: errors of the page, of its policy and of parts that did not come.
        allowed: parts of complaints that the test itself brings about.
    """

    origin: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Begin to watch."""
        context.add_init_script(_TELL)
        context.on("request", lambda request: self.requests.append(request.url))
        # Playwright notes a bound method on its object, which is frozen here
        context.on("console", lambda message: self._said(message))  # noqa: PLW0108
        context.on("weberror", lambda error: self.complaints.append(f"thrown: {error.error}"))

    def allow(self, part: str) -> None:
        """Expect complaints that hold a text, as those of a cut network.

        Args:
            part: of the complaint.
        """
        self.allowed.append(part)

    def foreign(self) -> list[str]:
        """Requests that left the origin."""
        own = urlsplit(self.origin).netloc
        spoken = [url for url in self.requests if url.startswith(("http", "ws"))]
        return [url for url in spoken if urlsplit(url).netloc != own]

    def wrong(self) -> list[str]:
        """Complaints that no test expects."""
        return [one for one in self.complaints if not any(part in one for part in self.allowed)]

    def _said(self, message: Any) -> None:
        where = message.location.get("url", "")
        if message.type == "error" or _ABSENT in message.text:
            self.complaints.append(f"{message.text} ({where})")


@dataclass(frozen=True)
class Visit:
    """One person at one screen.

    Attributes:
        page: Playwright's.
        watch: over its requests and errors.
        origin: of the service.
    """

    page: Page
    watch: Watch
    origin: str

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def open(self, path: str = "/") -> None:
        """Go to an address of the service."""
        self.page.goto(self.origin + path)

    def until(self, function: str, given: object = None) -> None:
        """Wait until a function of the page is true; the policy forbids Playwright's own way.

        Args:
            function: of JavaScript, with one parameter.
            given: that parameter.
        """
        end = time.monotonic() + PATIENCE_MS / 1e3
        while not self.page.evaluate(function, given):
            assert time.monotonic() < end, f"this did not come true: {function}"
            self.page.wait_for_timeout(50)

    def text(self, selector: str) -> str:
        """What an element says, as it is seen."""
        return self.page.locator(selector).inner_text()

    def answered(self) -> None:
        """Wait until place, days and advice are shown."""
        self.page.locator(_ANSWERED).wait_for(state="attached")

    def search(self, text: str) -> None:
        """Type into the search as a person does, and send it."""
        box = self.page.locator("#place")
        box.click()
        box.fill("")
        box.press_sequentially(text)
        with self.page.expect_response("**/v1/forecast?*"):
            self.page.keyboard.press("Enter")
        self.answered()
