"""The query editor in a browser: it runs, completes, explains an error, shares, and asks nobody else."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.browser.conftest import Checker, Opener

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
ACTIONS = "PREFIX gp: <https://w3id.org/govplan/ns#>\nSELECT ?action WHERE { ?action a gp:Action }\nORDER BY ?action\n"
MANY = "SELECT * WHERE { ?thing ?property ?value } LIMIT 120"
LANGUAGES = ("nl", "fr", "de", "en")


def _open(page: Page, query: str | None = None, **more: str) -> None:
    given = {**({"query": query, "format": "html"} if query else {}), **more}
    page.goto("/sparql" + (f"?{urlencode(given)}" if given else ""))
    page.locator("form.query[data-ready]").wait_for()


def _write(page: Page, text: str) -> None:
    """Replace the text of the editor in one go: after a further key the list of suggestions sleeps for a frame."""
    page.get_by_role("textbox", name="SPARQL").focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def _text(page: Page) -> str:
    return str(page.locator("textarea#query").input_value())


def test_run(page: Page) -> None:
    """A query that is written runs below the editor, and its rows are shown."""
    _open(page)
    _write(page, COUNT)
    page.keyboard.press("Control+Enter")

    expect(page.locator("#outcome tbody tr")).to_have_count(1)
    expect(page.locator("#outcome caption")).to_contain_text("1 row")
    expect(page.locator("form.query [role=status]")).to_contain_text("1 row")
    assert [COUNT] == parse_qs(urlsplit(page.url).query)["query"]


def test_keeps_the_page(page: Page) -> None:
    """The button runs the query without leaving the page; the answer can be downloaded whole."""
    _open(page, ACTIONS)
    _write(page, COUNT)
    page.evaluate("window.here = true")
    page.get_by_role("button", name="Run the query").click()
    expect(page.locator("#outcome caption")).to_contain_text("1 row")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()

    assert page.evaluate("window.here")
    assert "answer.csv" == download.value.suggested_filename
    assert download.value.path().read_text(encoding="utf-8").startswith("n\n")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("SELECT * { ?x a gp:Obj", "gp:Objective"),
        ("SELECT * { ?x gp:underObj", "gp:underObjective"),
        ("SELECT * { ?x ?y instrument:fu", "instrument:"),
    ],
)
def test_completion(page: Page, typed: str, offered: str) -> None:
    """While a name is typed the editor offers our classes, properties and codes, and declares their prefix."""
    _open(page)
    _write(page, typed)
    option = page.locator(".CodeMirror-hint").first
    expect(option).to_contain_text(offered)
    chosen = option.locator("code").inner_text()
    page.keyboard.press("Tab")

    expect(page.locator(".CodeMirror-hint")).to_have_count(0)
    assert chosen in _text(page)
    assert f"PREFIX {chosen.partition(':')[0]}:" in _text(page)


def test_completion_by_label(open_page: Opener) -> None:
    """A term is also found by its label in the reader's language."""
    page = open_page(locale="nl-BE")
    _open(page)
    _write(page, "SELECT * { ?x a gp:doelst")

    expect(page.locator(".CodeMirror-hint", has_text="gp:Objective").first).to_contain_text("klasse")


def test_syntax_error(browser: Browser, address: str) -> None:
    """An error is shown with line and column, and marked in the text, which stays; a change takes the mark away."""
    # A browser notes every answer of 400 in its console, so this page is not watched.
    with browser.new_context(base_url=address, locale="en") as context:
        page = context.new_page()
        _open(page)
        wrong = "SELECT *\nWHERE { ?s ?p oops }"
        _write(page, wrong)
        page.keyboard.press("Control+Enter")

        expect(page.locator("#outcome .problem")).to_contain_text("line 2, column 15")
        expect(page.locator(".yasqe .fault")).to_have_text("oops")
        assert wrong == _text(page)
        page.keyboard.type("?o")
        expect(page.locator(".yasqe .fault")).to_have_count(0)


def test_limit(browser: Browser, address: str) -> None:
    """A query that goes too far is shown with the limit and its setting."""
    with browser.new_context(base_url=address, locale="en") as context:
        page = context.new_page()
        _open(page, "ASK { FILTER(" + "&&".join(["true"] * 900) + ") }")

        expect(page.locator("#outcome .problem")).to_contain_text("query_operators")
        expect(page.locator("#outcome .problem")).to_contain_text("800")


@pytest.mark.parametrize("rows", [0, 400])
def test_share(page: Page, rows: int) -> None:
    """A link brings the query back, also one that is too long for an address."""
    query = ACTIONS + "# é > & +\n" + "# a long comment that says little\n" * rows
    _open(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _write(page, query)
    page.get_by_role("button", name="Copy a link").click()
    expect(page.locator("form.query [role=status]")).to_have_text("The link is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto("/limits")
    page.goto(link)
    page.locator("form.query[data-ready]").wait_for()

    assert ("#query=" in link) == bool(rows)
    assert query == _text(page)


def test_long_query_runs(page: Page) -> None:
    """A query that is too long for an address runs, sorts and pages as any other."""
    _open(page)
    _write(page, MANY + "\n# a long comment that says little" * 400)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome tbody tr")).to_have_count(50)
    page.locator("#outcome .pages").get_by_text("3", exact=True).click()

    expect(page.locator("#outcome tbody tr")).to_have_count(20)


def test_table(page: Page) -> None:
    """The answer sorts and pages in place."""
    _open(page, MANY)
    page.evaluate("window.here = true")
    expect(page.locator("#outcome tbody tr")).to_have_count(50)
    page.locator("#outcome .sort").first.click()
    expect(page.locator("#outcome th[aria-sort=ascending]")).to_have_count(1)
    page.locator("#outcome .pages").get_by_text("3", exact=True).click()
    expect(page.locator("#outcome tbody tr")).to_have_count(20)

    assert page.evaluate("window.here")


def test_chart(page: Page) -> None:
    """An answer that counts is drawn on demand."""
    _open(page, "SELECT ?type (COUNT(*) AS ?n) { ?s a ?type } GROUP BY ?type ORDER BY DESC(?n) LIMIT 8")
    chart = page.locator("#outcome figure img")
    expect(chart).to_be_hidden()
    page.get_by_text("Chart", exact=True).click()
    expect(chart).to_be_visible()
    expect(chart).to_have_js_property("complete", True)

    assert chart.evaluate("image => image.naturalWidth")


def test_example(page: Page) -> None:
    """A question of the project is a text to begin with, without the lines that the page says in words."""
    _open(page)
    before = _text(page)
    page.get_by_label("Begin with a question").select_option(index=2)
    expect(page.locator("textarea#query")).not_to_have_value(before)
    assert "SELECT" in _text(page)
    assert "#+" not in _text(page)
    page.get_by_role("button", name="Run the query").click()

    expect(page.locator("#outcome tbody tr").first).to_be_visible()


def test_from_a_resource(page: Page) -> None:
    """ "Ask about this" on the page of a thing opens the editor with its query and the answer."""
    page.goto("/id/action/be-ai-convergence-019.html")
    page.get_by_role("link", name="Ask about this in SPARQL").click()
    page.locator("form.query[data-ready]").wait_for()

    expect(page.locator(".yasqe")).to_contain_text("be-ai-convergence-019")
    expect(page.locator("#outcome tbody tr").first).to_be_visible()


def test_keyboard(page: Page) -> None:
    """Tab leaves the editor in both directions."""
    _open(page)
    editor = page.get_by_role("textbox", name="SPARQL")
    editor.focus()
    before = _text(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run the query")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(editor).to_be_focused()
    page.keyboard.press("Shift+Tab")

    expect(page.get_by_label("Begin with a question")).to_be_focused()
    assert before == _text(page)


def test_without_javascript(open_page: Opener) -> None:
    """Without JavaScript the form answers, and a wrong query stays in its field beside what is the matter."""
    page = open_page(java_script_enabled=False, locale="en")
    page.goto("/sparql")
    page.get_by_label("SPARQL query").fill("SELECT oops")
    page.get_by_role("button", name="Run the query").click()

    expect(page.locator(".problem")).to_contain_text("line 1, column")
    expect(page.get_by_label("SPARQL query")).to_have_value("SELECT oops")
    page.get_by_label("SPARQL query").fill(COUNT)
    page.get_by_role("button", name="Run the query").click()
    expect(page.locator("#outcome tbody tr")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_accessible(open_page: Opener, axe: Checker, language: str, scheme: str) -> None:
    """The page passes axe-core in every language and in both schemes, with an answer and with suggestions open."""
    page = open_page(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    _open(page, ACTIONS, lang=language)
    assert [] == axe(page)
    _write(page, "SELECT * { ?x a gp:Obj")
    page.locator(".CodeMirror-hint").first.wait_for()

    assert [] == axe(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_width(open_page: Opener, width: int) -> None:
    """Nothing on the page is wider than the screen."""
    page = open_page(viewport={"width": width, "height": 800})
    _open(page, ACTIONS)

    assert width >= page.evaluate("document.documentElement.scrollWidth")


def test_weight(page: Page) -> None:
    """Before the editor's own files the page weighs at most 150 kB; those come compressed, and are kept for a year."""
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda each: sizes.update({each.url: each.sizes()["responseBodySize"]}))
    _open(page)
    page.wait_for_load_state("networkidle")
    editor = {url for url in sizes if "/static/editor/" in url}
    script = page.request.get(next(url for url in editor if url.endswith(".js")))

    assert 2 == len(editor)
    assert 150_000 >= sum(size for url, size in sizes.items() if url not in editor)
    assert 350_000 >= sum(sizes[url] for url in editor)
    assert "max-age=31536000" in script.headers["cache-control"]
    assert script.headers["etag"]
