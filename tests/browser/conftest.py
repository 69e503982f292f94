"""One browser and one published cycle for all journeys; each visit ends with its watch asked."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import browsing, served
from tests.browser.browsing import DESK, LOCALES, PHONE, Visit, Watch
from tests.browser.relay import Relay
from tests.support.commands import Server, made_once

SCREENS = {"phone": PHONE, "desk": DESK}
_PICTURES = os.environ.get("ZHITIAN_SCREENSHOTS")
_KEPT = os.environ.get("ZHITIAN_BROWSER_FOLDER")
"""Where the published cycle is kept from one run of the tests to the next, to write tests by."""

Visiting = Callable[..., Visit]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium; where it is missing the tests are skipped, or fail where they must not be."""
    if browsing.chromium() is None:
        reason = "Chromium is not installed: `make browser` says how"
        if browsing.REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    with browsing.launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def published(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the store, made once for all test processes where there is a browser."""
    if _KEPT:
        Path(_KEPT).mkdir(parents=True, exist_ok=True)
        return made_once(Path(_KEPT), "browser", served.make)
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return made_once(shared, "browser", served.make)


@pytest.fixture(scope="package")
def service(published: Path) -> Iterator[Server]:
    """`zhitian serve`, six hours after the start of the simulated run."""
    with served.server(published) as server:
        yield server


@pytest.fixture(scope="package")
def late_service(published: Path) -> Iterator[Server]:
    """The same three days later, when the run has expired."""
    with served.server(published, served.EXPIRED) as server:
        yield server


@pytest.fixture
def visiting(chromium: Browser) -> Iterator[Visiting]:
    """Open visits, and require of each that it stayed at home and complained of nothing.

    Takes the `Server` or a `Relay` before it, then `screen` (phone, desk), `lang`, and options of
    Playwright's context.
    """
    visits: list[Visit] = []

    def visit(
        server: Server | Relay, *, screen: str = "phone", lang: str = "zh", **options: Any
    ) -> Visit:
        given = {**SCREENS[screen], "locale": LOCALES[lang], **options}
        context = chromium.new_context(timezone_id="Asia/Shanghai", **given)
        context.set_default_timeout(browsing.PATIENCE_MS)
        watch = Watch(origin=server.url)
        watch.over(context)
        visits.append(Visit(page=context.new_page(), watch=watch, origin=server.url))
        return visits[-1]

    yield visit
    for made in visits:
        made.context.close()
    for made in visits:
        assert made.watch.foreign() == []
        assert made.watch.wrong() == []


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots are kept: `ZHITIAN_SCREENSHOTS`, else pytest's folder of the test."""
    folder = Path(_PICTURES) if _PICTURES else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder
