"""What holds on every page: the language switch, the keyboard alone, and the site without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.browser.conftest import Opener
from tests.end_to_end.browser.places import ACTION, CHARTED, KINDS, QUESTION, every_kind

LANGUAGES = ("nl", "fr", "de", "en")


@pytest.mark.parametrize(
    "path", ["/plan/be-ai-convergence/powers", f"{QUESTION}?group=group%3Asmes", ACTION, "/search?q=mobil"]
)
def test_language_switch(page: Page, path: str) -> None:
    """The switch keeps the page and what was asked of it, and the links that follow keep the language."""
    page.goto(path)
    for language in LANGUAGES:
        page.locator(f"nav.languages a[hreflang={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert path.partition("?")[0] == page.evaluate("location.pathname")
        assert path.partition("?")[2] in page.url
    page.locator("nav.languages a[hreflang=fr]").click()
    page.locator("nav.main a").nth(2).click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("h1")).to_have_text("Compétences")


def test_keyboard(page: Page) -> None:
    """The first stop skips to the content, every stop can be seen, and no stop holds the keyboard."""
    page.goto("/plan")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    page.goto("/powers")
    stops = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        style, place = page.evaluate(
            """() => {
              const at = document.activeElement, box = at.getBoundingClientRect();
              const place = `${at.tagName} ${at.textContent.trim()} ${box.x} ${scrollY + box.y}`;
              return [getComputedStyle(at).outlineStyle, place];
            }"""
        )
        assert style != "none", place
        stops.add(place)
    assert 40 == len(stops)


def test_suggestions_by_keyboard(page: Page) -> None:
    """Typing brings suggestions; the arrows choose one, Escape closes them, Enter goes there."""
    page.goto("/")
    box = page.locator("#site-search")
    box.press_sequentially("mobil")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    box.press("Escape")
    expect(options.first).to_be_hidden()
    box.press_sequentially("ity")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/(id|auth)/"))


@every_kind
def test_reading_without_javascript(open_page: Opener, kind: str) -> None:
    """Every page has its heading and content without JavaScript."""
    page = open_page(java_script_enabled=False, locale="en")
    page.goto(KINDS[kind])

    assert page.locator("main h1").inner_text()
    assert 100 < len(page.locator("main").inner_text())


def test_asking_without_javascript(open_page: Opener) -> None:
    """A search, a question with its form, and a query are answered without JavaScript."""
    page = open_page(java_script_enabled=False, locale="en")
    page.goto("/")
    page.locator("#site-search").fill("mobility")
    page.locator("#site-search").press("Enter")
    expect(page.locator(".hits a").first).to_be_visible()
    page.goto(QUESTION)
    page.get_by_label("Target group", exact=True).select_option(label="Citizens")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("main tbody tr").first).to_be_visible()
    assert "group=" in page.url
    page.goto("/sparql")
    page.locator("textarea").fill("SELECT ?p WHERE { ?p a <https://w3id.org/govplan/ns#Plan> }")
    page.locator("form.query button[type=submit]").click()
    expect(page.locator("main tbody tr")).to_have_count(1)


def test_form_with_a_bad_value(page: Page) -> None:
    """A value that cannot be used keeps its place in the form, with the reason beside it."""
    answer = page.goto(f"{QUESTION}?group=zzz&lang=en")
    field = page.get_by_label("Target group", exact=True)

    assert answer is not None
    assert 400 == answer.status
    expect(field).to_have_value("zzz")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("Choose a value of the list, or write a whole IRI.")
    expect(page.get_by_role("alert")).to_be_visible()


def test_chart(open_page: Opener) -> None:
    """A chart is drawn at every width and in both colours, has a name, and its table stands below it."""
    for width in (1280, 390):
        for colours in ("light", "dark"):
            page = open_page(viewport={"width": width, "height": 900}, color_scheme=colours, locale="en")
            page.goto(CHARTED)
            chart = page.get_by_role("img", name=re.compile("^Chart: "))
            expect(chart).to_be_visible()
            expect(chart).to_have_js_property("complete", True)
            assert 200 < chart.evaluate("image => image.naturalWidth")
            assert 20 < page.locator("main table tbody tr").count()


def test_picture_on_a_phone(open_page: Opener) -> None:
    """Where the picture has no room, its objectives stand one below the other with whom they name."""
    page = open_page(viewport={"width": 390, "height": 844}, locale="en")
    page.goto("/picture")
    cards = page.locator(".narrow .card")

    expect(page.locator(".network")).to_be_hidden()
    expect(cards).to_have_count(10)
    expect(cards.nth(2)).to_contain_text("Cyber security")
    expect(cards.nth(2)).to_contain_text("Centre for Cyber Security Belgium")
