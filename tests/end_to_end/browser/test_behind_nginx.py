"""A browser behind nginx, below a prefix and with https: pages load all their files, and the editor runs."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.browser.conftest import WAIT, Watch
from tests.end_to_end.nginx import PREFIX, Site

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture(name="here")
def _here(browser: Browser, site: Site) -> Iterator[Page]:
    """An empty page; in the end it did no wrong thing, and all that it asked for was below the prefix and there."""
    context = browser.new_context(ignore_https_errors=True, locale="en")
    page = context.new_page()
    page.set_default_timeout(WAIT)
    watch = Watch(page, site.url)
    wrong: list[str] = []

    def look(status: int, url: str) -> None:
        if status >= 400 or not urlsplit(url).path.startswith(f"{PREFIX}/"):
            wrong.append(f"{status} {url}")

    page.on("response", lambda answer: look(answer.status, answer.url))
    yield page
    context.close()
    assert [] == watch.seen + wrong


def test_pages(here: Page, site: Site) -> None:
    """From the home page on, links, search and languages stay below the prefix."""
    here.goto(f"{site.url}/")
    here.get_by_role("link", name="Read the plan").click()
    expect(here).to_have_url(f"{site.url}/plan/be-ai-convergence")
    here.get_by_role("link", name="FR Français").click()
    expect(here.locator("html")).to_have_attribute("lang", "fr")
    here.goto(f"{site.url}/queries/instrument-groups-by-objective")
    picture = here.locator("picture img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0


def test_suggestions(here: Page, site: Site) -> None:
    """The search suggests things, and leads to their pages."""
    here.goto(f"{site.url}/")
    here.locator("header form.search input[name=q]").press_sequentially("mobil")
    first = here.locator("form.search [role=option]").first
    expect(first).to_be_visible()
    first.click()
    expect(here.locator("h1")).to_be_visible()
    assert here.url.startswith((f"{site.url}/id/", f"{site.url}/auth/"))


def test_editor(here: Page, site: Site) -> None:
    """The editor loads its files, completes from its own server, and runs a query."""
    with here.expect_response(lambda answer: urlsplit(answer.url).path == f"{PREFIX}/sparql/terms"):
        here.goto(f"{site.url}/sparql")
    here.locator("form.query[data-ready]").wait_for()
    here.get_by_role("textbox", name="SPARQL").focus()
    here.keyboard.press("Control+A")
    here.keyboard.press("Delete")
    here.keyboard.insert_text(COUNT)
    here.keyboard.press("Control+Enter")

    expect(here.locator("#outcome caption")).to_contain_text("1 row")
    assert here.url.startswith(f"{site.url}/sparql?")
