"""The ways of the four users through the site, in every language that it speaks."""

import re

import pytest
from playwright.sync_api import Download, Page, expect

from tests.end_to_end.browser.conftest import Opener
from tests.end_to_end.browser.places import ACTION, QUESTION

BASE = "https://w3id.org/govplan/"
# What the headings on the way are called.
WORDS = {
    "nl": {
        "citizens": "Burgers",
        "powers": "Bevoegdheden",
        "mobility": "mobiliteit",
        "action": "Samen met de gewesten een nationale MaaS",
    },
    "fr": {
        "citizens": "Citoyens",
        "powers": "Compétences",
        "mobility": "mobilité",
        "action": "Élaborer avec les régions une",
    },
    "de": {
        "citizens": "Bürgerinnen",
        "powers": "Zuständigkeiten",
        "mobility": "Mobilität",
        "action": "Gemeinsam mit den Regionen eine nationale MaaS",
    },
    "en": {
        "citizens": "Citizens",
        "powers": "Powers",
        "mobility": "mobility",
        "action": "Develop a national MaaS",
    },
}


def in_languages(first: str) -> pytest.MarkDecorator:
    """Go a way in every language; all but the first are left to `make soak`."""
    return pytest.mark.parametrize(
        "language", [pytest.param(each, marks=[] if each == first else [pytest.mark.soak]) for each in WORDS]
    )


@pytest.fixture(name="start")
def _start(open_page: Opener, language: str) -> Page:
    """The home page as the browser of a reader of that language asks for it."""
    page = open_page(viewport={"width": 1280, "height": 900}, locale=language)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    return page


def _saved(download: Download) -> str:
    return download.path().read_text(encoding="utf-8")


@in_languages("nl")
def test_researcher(start: Page, language: str) -> None:
    """From the gallery to a question, an answer for a group of one's own, its table as a file, and what to cite."""
    page, words = start, WORDS[language]
    page.locator("nav.main a[href='/queries/']").click()
    page.locator("#f-tag").select_option("groups")
    page.locator("form.filter button").click()
    page.locator(f".gallery h2 a[href^='{QUESTION}']").click()
    group = page.locator("#p-group")
    option = group.locator("option", has_text=re.compile(f"^{words['citizens']}"))
    group.select_option(value=option.get_attribute("value"))
    page.locator("form.parameters button").click()

    assert group.locator("option:checked").inner_text().startswith(words["citizens"])
    rows = page.locator("main table tbody tr").count()
    assert 0 < rows
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert rows == len(_saved(downloading.value).strip().splitlines()) - 1
    permanent = page.locator("a", has=page.locator("code", has_text="/queries/")).get_attribute("href")
    assert permanent is not None
    page.goto(permanent)
    expect(page.locator("main table tbody tr")).to_have_count(rows)
    # Each row leads to an action, and its footnotes to the passage and the document.
    page.locator("main table tbody a[href*='/id/action/']").first.click()
    page.locator("sup a.ref").first.click()
    expect(page.locator(".notes li").first).to_be_in_viewport()
    page.locator(".notes li a").first.click()
    expect(page.locator("input.iri")).to_have_value(re.compile(f"^{BASE}id/(unit|passage)/"))


@in_languages("fr")
def test_completeness(start: Page, language: str) -> None:
    """A question whose answer could be taken for more says how complete it is, above the answer."""
    start.goto(QUESTION)
    note = start.locator("main aside.note")

    assert 40 < len(note.inner_text())
    assert note.bounding_box()["y"] < start.locator("#answer").bounding_box()["y"]  # type: ignore[index]


@in_languages("de")
def test_steward(start: Page, language: str) -> None:
    """From a thing to its formats, the dumps, the links to registers, and an identifier to copy."""
    page = start
    page.goto(ACTION)
    iri = page.locator("input.iri")
    expect(iri).to_have_value(BASE + ACTION[1:].removesuffix(".html"))
    iri.click()
    page.keyboard.press("Control+A")
    assert iri.input_value() == page.evaluate("getSelection().toString()")
    for extension in ("ttl", "nt", "rdf", "jsonld", "trig", "nq"):
        link = page.locator(f"section.tools a[href*='.{extension}']").get_attribute("href")
        assert link is not None
        answer = page.request.get(link)
        assert answer.ok
        assert "be-ai-convergence-034" in answer.text()
    page.locator("nav.main a[href='/dumps/']").click()
    expect(page.locator("main table tbody tr").filter(has_text="N-Quads")).to_be_visible()
    page.locator("footer a[href='/links']").click()
    assert 10 < page.locator("main table tbody tr").count()
    page.locator("main a[href^='/lookup']").first.click()
    page.locator("#id").fill("32024R1689")
    page.locator("main form button").click()
    expect(page.locator("main table tbody tr").first).to_contain_text("2024/1689")
    assert page.request.get("/reconcile").json()["identifierSpace"].startswith(BASE)


@in_languages("fr")
def test_policy_officer(start: Page, language: str) -> None:
    """From home to the powers, from a mark to the claims with grounds and sources; search as one types."""
    page, words = start, WORDS[language]
    page.locator(".doors a[href$='/powers']").click()
    expect(page.locator("h1")).to_have_text(words["powers"])
    row = page.locator("table.matrix tr", has=page.locator("a[href*='be-ai-convergence-034']")).first
    row.locator("a.mark.powers").first.click()
    claims = page.locator("h3:target + ul")
    expect(claims).to_be_in_viewport()
    # A claim names who speaks, and its source.
    expect(claims.locator("a[href*='/id/passage/'], a[href*='/id/unit/']").first).to_be_visible()
    page.locator("a.mark.derived").first.click()
    expect(page.locator("main article")).to_be_visible()
    page.locator("#site-search").press_sequentially(words["mobility"])
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    assert any(words["mobility"][:5].casefold() in each.casefold() for each in options.all_inner_texts())
    page.goto("/search")
    page.locator("#q").press_sequentially("maas")
    expect(page.locator("#results a[href*='/id/action/']", has_text=words["action"])).to_be_visible()
    expect(page).to_have_url(re.compile(r"q=maas"))


@in_languages("en")
def test_author(start: Page, language: str) -> None:
    """A shape says what it checks and how to mend it; codebook, vocabulary, problems and outline lead on."""
    page = start
    page.goto("/shape/Action-addresseeGroup.html")
    expect(page.locator("main dd a[href*='addresseeGroup'], main dd a[href*='/ns#']").first).to_be_visible()
    page.goto("/ns")
    expect(page.locator("#Action")).to_contain_text("gp:Action")
    page.locator("main a[href='/codebook']").click()
    page.locator("nav.contents a").first.click()
    expect(page.locator("section:target table.codes")).to_be_visible()
    page.locator("footer a[href='/errors/']").click()
    page.locator("dl.problems a").first.click()
    expect(page.locator("main h1")).not_to_be_empty()
    page.goto("/plan")
    page.locator("nav.contents a").nth(5).click()
    expect(page.locator("section:target")).to_contain_text(WORDS[language]["action"])
    page.locator("section:target a", has_text=WORDS[language]["action"]).click()
    expect(page.locator("h1")).to_contain_text(WORDS[language]["action"])
