"""Real Chromium before a real server: what a person sees and can do. Every page is watched for errors and strangers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Error, Page, Request, expect, sync_playwright

from tests.conftest import missing

HERE = Path(__file__).parent
SYSTEM = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 600
# Milliseconds; other tests use the same machine meanwhile.
WAIT = 30_000
expect.set_options(timeout=WAIT)
# WCAG 2.2 AA is these tags together: each stands for what its version added.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

Opener = Callable[..., Page]
Checker = Callable[..., list[str]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all these tests to one process, so that there is one browser and one server."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session", name="browser")
def _browser() -> Iterator[Browser]:
    """Chromium: the system's, else Playwright's own, else Debian's; the tests are skipped if none can be had."""
    with sync_playwright() as playwright:
        reasons: list[str] = []
        for find in (_of_the_system, _of_playwright, _of_debian):
            try:
                browser = playwright.chromium.launch(executable_path=find(playwright.chromium))
            except (Error, OSError, subprocess.SubprocessError) as problem:
                lines = str(getattr(problem, "stderr", None) or problem).strip().splitlines()
                reasons.append(f"{find.__name__.lstrip('_').replace('_', ' ')}: {lines[0] if lines else problem!r}")
                continue
            yield browser
            browser.close()
            return
        missing(f"no Chromium to be had ({'; '.join(reasons)})")


def _of_the_system(chromium: BrowserType) -> str:
    found = next(filter(None, map(shutil.which, SYSTEM)), None)
    if found is None:
        raise OSError(f"none of {', '.join(SYSTEM)} is installed")
    return found


def _of_playwright(chromium: BrowserType) -> None:
    """Playwright then launches the one it has just brought."""
    _run(sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")


def _of_debian(chromium: BrowserType) -> str:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise OSError("only root can install it, and with apt-get")
    _run(apt, "update")
    _run(apt, "install", "--yes", "--no-install-recommends", "chromium")
    return _of_the_system(chromium)


def _run(*command: str) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environ, check=True, capture_output=True, text=True, timeout=PATIENCE)


class Watch:
    """Notes what a page must never do: complain, break, or ask another host."""

    def __init__(self, page: Page, address: str) -> None:
        self.seen: list[str] = []
        self._host = urlsplit(address).netloc
        self._answers: set[str] = set()
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"page error: {error}"))

    def _request(self, request: Request) -> None:
        if request.is_navigation_request():
            self._answers.add(request.url)
        target = urlsplit(request.url)
        if target.scheme not in {"data", "blob"} and target.netloc != self._host:
            self.seen.append(f"request to another host: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # That a page itself was answered with 4xx is for its test to judge.
        status = message.text.startswith("Failed to load resource") and message.location["url"] in self._answers
        if message.type == "error" and not status:
            self.seen.append(f"console error: {message.text} at {message.location['url']}")


@pytest.fixture(name="open_page")
def _open_page(browser: Browser, address: str) -> Iterator[Opener]:
    """Open pages with options of a browser context (viewport, locale, …); in the end none of them did a wrong thing.

    Paths are relative to the server: `page.goto("/plan")`.
    """
    watched: list[tuple[Page, Watch]] = []

    def open_page(**options: Any) -> Page:
        page = browser.new_context(base_url=address, **options).new_page()
        page.set_default_timeout(WAIT)
        watched.append((page, Watch(page, address)))
        return page

    yield open_page
    for page, _ in watched:
        page.context.close()
    assert [] == [each for _, watch in watched for each in watch.seen]


@pytest.fixture(name="page")
def _page(open_page: Opener) -> Page:
    """An empty page as wide as a desk, in English, with light colours."""
    return open_page(viewport={"width": 1280, "height": 900}, locale="en", color_scheme="light")


@pytest.fixture(scope="session", name="axe")
def _axe() -> Checker:
    """What axe-core finds wrong with a page by WCAG 2.2 AA, or with its colours alone: rule, place and reason."""
    engine = Axe()

    def axe(page: Page, *, colours: bool = False) -> list[str]:
        tags = ["cat.color"] if colours else WCAG
        options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": tags}}
        if colours:
            # Rules of level AAA, which carry the tag of colours as well.
            options["rules"] = {name: {"enabled": False} for name in ("color-contrast-enhanced",)}
        found = engine.run(page, options=options).response["violations"]
        return [f"{each['id']}: {node['target']}: {node['failureSummary']}" for each in found for node in each["nodes"]]

    return axe
