"""The query editor on a page of another origin, as people have it there: YASGUI asks this endpoint from a browser."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import govplan.web
from tests.end_to_end.browser.conftest import WAIT
from tests.end_to_end.nginx import Site

KIND = "https://w3id.org/govplan/ns#Plan"
PLAN = "https://w3id.org/govplan/id/plan/be-ai-convergence"
SELECT = f"SELECT ?plan WHERE {{ ?plan a <{KIND}> }}"
PAGE = """<!doctype html><meta charset="utf-8"><title>Elsewhere</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="yasgui.min.css"><div id="yasgui"></div><script src="yasgui.min.js"></script>
<script>
  const given = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const editor = new Yasgui(document.getElementById("yasgui"), {
    populateFromUrl: false, requestConfig: given.request, yasqe: { value: given.query },
  });
  editor.getTab().getYasqe().setValue(given.query);
  window.run = () => editor.getTab().query();
</script>"""
Open = Callable[..., Page]


class _Elsewhere(BaseHTTPRequestHandler):
    """A page with YASGUI in it, from the files that the package carries."""

    def do_GET(self) -> None:
        name = self.path.lstrip("/")
        files = {path.name: path for path in (Path(govplan.web.__file__).parent / "static" / "editor").glob("*/*")}
        body = files[name].read_bytes() if name in files else PAGE.encode()
        self.send_response(200)
        kinds = {".js": "text/javascript", ".css": "text/css"}
        self.send_header("Content-Type", kinds.get(Path(name).suffix, "text/html"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module", name="elsewhere")
def _elsewhere() -> Iterator[str]:
    """The address of another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(name="endpoint", params=["direct", "nginx"])
def _endpoint(request: pytest.FixtureRequest) -> str:
    """The endpoint as the server itself has it, and then behind nginx, below a prefix and with https."""
    if request.param == "direct":
        return f"{request.getfixturevalue('address')}/sparql"
    site: Site = request.getfixturevalue("site")
    return f"{site.url}/sparql"


@pytest.fixture(name="open_editor")
def _open_editor(browser: Browser, elsewhere: str, endpoint: str) -> Iterator[Open]:
    """Open that page with a query and settings of its requests."""
    contexts = []

    def open_editor(query: str, **request: Any) -> Page:
        context = browser.new_context(ignore_https_errors=True, locale="en")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        given = {"query": query, "request": {"endpoint": endpoint, **request}}
        page.goto(f"{elsewhere}/#{json.dumps(given)}")
        page.wait_for_function("typeof run === 'function'")
        return page

    yield open_editor
    for context in contexts:
        context.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("headers", [{}, {"queryid": "1"}, {"X-Anything": "a", "Cache-Control": "no-cache"}])
def test_rows(open_editor: Open, method: str, headers: dict[str, str]) -> None:
    """The editor shows the rows, by either method and with any header of its own."""
    page = open_editor(SELECT, method=method, headers=headers)
    page.evaluate("run()")

    expect(page.locator(".yasr_results a.iri")).to_have_attribute("href", PLAN)


@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples", "application/ld+json"])
def test_graph(open_editor: Open, accept: str) -> None:
    """The editor shows a graph in the format that it asks for."""
    page = open_editor(f"CONSTRUCT WHERE {{ ?plan a <{KIND}> }}", method="POST", acceptHeaderGraph=accept)
    with page.expect_response(lambda answer: "/sparql" in answer.url) as heard:
        page.evaluate("run()")

    assert accept == heard.value.headers["content-type"].partition(";")[0]
    expect(page.locator(".yasr_results")).to_contain_text("be-ai-convergence")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?x WHERE { ?x a nosuch:Thing }", "nosuch"),
        ("ASK { SERVICE <http://example.org/> { ?s ?p ?o } }", "SERVICE"),
        (f"{SELECT} #{'x' * 140_000}", "131072"),
    ],
)
def test_says_what_is_wrong(open_editor: Open, query: str, words: str) -> None:
    """The editor can read what is wrong with a query, as it may not do where an error has no CORS headers."""
    page = open_editor(query, method="POST")
    page.evaluate("run().catch(() => null)")

    expect(page.locator(".yasr_results")).to_contain_text(words)
