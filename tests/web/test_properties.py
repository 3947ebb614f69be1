"""Whatever anybody sends and whatever the data hold, no address answers with a fault of the server.

Routes are those that the application has: a new one is tried without a word here.
"""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from govplan.formats import BINDINGS
from govplan.sparql import Answer
from govplan.web.render.automatic_chart import sketch
from govplan.web.render.charts import CHART_ROWS
from govplan.web.render.paging import view
from govplan.web.render.tables import labelled, shown
from govplan.web.site import EXTENSION
from tests.conftest import ROOT
from tests.strategies import DIGITS, TERMS, TEXTS, limited
from tests.web.odd import BASE

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# Every parameter that any view reads.
_READ = re.compile(r"""(?:args\.get|args\.getlist|_one_of|_whole|_single|_iris)\((?:pairs, )?["']([\w-]+)["']""")
PARAMETERS = sorted(
    {
        *(name for path in (ROOT / "server/govplan/web").glob("*.py") for name in _READ.findall(path.read_text())),
        "page", "sort", "format", "theme", "size", "max-rows", "timeout", "query", "lang", "queries", "extend", "id",
    }
)  # fmt: skip
# What stands in an address so that there is something to answer.
NAMES = (
    "objectives-with-action-counts", "statements-with-sources.excel.csv", "plan-in-numbers.png", "actions-for-group",
    "action/be-ai-convergence-001", "action/be-ai-convergence-001.html", "status/planned.ttl",
    "data/plans/be-ai-convergence/plan.nq",
    "Action-label", "ns", "1.0.0", "html", "jsonld", "entity", "type", "property", "internal", "govplan.css",
)  # fmt: skip
QUERIES = (
    "SELECT * { ?s a ?o } LIMIT 120",
    "SELECT ?o (COUNT(*) AS ?n) { ?s a ?o } GROUP BY ?o LIMIT 30",
    "ASK {}",
    "DESCRIBE <https://w3id.org/govplan/id/action/be-ai-convergence-001>",
    "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 5",
    'SELECT * { VALUES (?a ?b) { ("INF"^^<http://www.w3.org/2001/XMLSchema#double> "x") (UNDEF 5) } }',
)
HEADERS = {
    "Accept": ("*/*", BROWSER, "text/html;q=1e400", "a/b;q=" + DIGITS, ";;;", "image/svg+xml", "x" * 3000, "*/*;q=nan"),
    "Accept-Language": (
        *("nl", "zz", "en;q=nan", "de;q=1e999", "x-" + "a" * 900, ";q", "nl;q=-1", "fr-BE, de;q=" + DIGITS),
    ),
    "Accept-Encoding": ("*;q=0", "gzip;q=nan", "br;q=" + DIGITS, "identity;q=0", "," * 900, "x-gzip, zstd"),
    "Range": ("bytes=0-" + DIGITS, f"bytes={DIGITS}-", "bytes=-" + DIGITS, "bytes=5-1", "lines=1-2", "bytes=0-0,1-1"),
    "If-None-Match": ("*", '"', 'W/"x', "," * 500, '"' + "x" * 3000 + '"'),
    "If-Range": ("x", '"', "Wed, 99 Foo 99999 99:99:99 GMT"),
    "If-Modified-Since": ("Wed, 99 Foo 99999 99:99:99 GMT", DIGITS),
    "X-Forwarded-For": ("8.8.8.8:99999", "[", "junk, ,", "[::1]:80", DIGITS, "fe80::1%eth0"),
    "X-Forwarded-Proto": ("x", "http,", "javascript"),
    "Host": ("[", "[::1", "a b", "..", "a/../b", "%00", "localhost:abc", "x" * 400, "é", "a:b:c"),
    "Cookie": ("a=b;" * 300, "=", "session=x"),
    "Cache-Control": ("no-store", "max-age=" + DIGITS, "max-age=x"),
    "Content-Type": ("text/html; charset=zz", "x", "application/json", "application/x-www-form-urlencoded"),
    "Content-Encoding": ("gzip", "x"),
}  # fmt: skip
_FREE = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30)


def _header(name: str) -> st.SearchStrategy[tuple[str, str]]:
    known = HEADERS[name]
    values = st.integers(0, len(known) - 1).map(lambda place: known[place])
    return st.tuples(st.just(name), st.one_of(values, _FREE))


_HEADERS = st.lists(st.sampled_from(sorted(HEADERS)).flatmap(_header), max_size=3)
_PAIRS = st.lists(
    st.tuples(st.sampled_from(PARAMETERS), st.one_of(TEXTS, st.sampled_from(("html", "json", "svg", "1", "all", "a")))),
    max_size=4,
)
_BODIES = st.one_of(
    st.sampled_from((b"", b"{}", b"[", b"null", b"1e999", b"NaN", b"[" * 3000, b"\xff", b"query=ASK{}", b"queries={}")),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(("queries", "query", "properties", "ids", "id", "limit", "q0")), inner),
        ),
        max_leaves=8,
    ).map(lambda document: json.dumps(document).encode()),
)


def _routes(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def _sound(answer: TestResponse) -> None:
    assert answer.status_code < 500 or answer.status_code in (503, 504), answer.text[:500]


@limited
@given(st.data())
def test_any_request(app: Flask, data: st.DataObject) -> None:
    """Every route answers any parameters, path, headers and body with an answer or a refusal."""
    client = app.test_client()
    rule = data.draw(st.integers(0, len(_routes(app)) - 1).map(lambda place: _routes(app)[place]))
    _sound(_asked(client, rule, data))


@pytest.mark.parametrize("path", ["/sparql", "/sparql/chart"])
@limited
@given(st.data())
def test_any_parameter_of_a_query(app: Flask, path: str, data: st.DataObject) -> None:
    """The pages of answers and their charts take any parameter beside a query that is right."""
    pairs = [("query", data.draw(st.sampled_from(QUERIES))), *data.draw(_PAIRS)]
    wanted = [("format", "html")] if path == "/sparql" and data.draw(st.booleans()) else []
    _sound(app.test_client().get(path, query_string=_encoded([*pairs, *wanted]), headers={"Accept": BROWSER}))


@limited
@given(st.data())
def test_any_parameter_of_a_question(app: Flask, data: st.DataObject) -> None:
    """So do the pages of questions, their charts and their files."""
    questions = sorted(app.extensions[EXTENSION].questions.values(), key=lambda question: str(question.name))
    question = data.draw(st.integers(0, len(questions) - 1).map(lambda place: questions[place]))
    own = [(parameter.name, data.draw(TEXTS)) for parameter in question.parameters if data.draw(st.booleans())]
    extension = data.draw(st.sampled_from(("", ".svg", ".png", ".csv", ".excel.csv", ".json", ".notes", ".rq", ".x")))
    address = f"/queries/{question.name}{extension}"
    _sound(
        app.test_client().get(address, query_string=_encoded([*own, *data.draw(_PAIRS)]), headers={"Accept": BROWSER})
    )


@limited
@given(columns=st.integers(1, 4), data=st.data())
def test_any_answer(app: Flask, columns: int, data: st.DataObject) -> None:
    """Any answer of a store is a page that sorts, and has a chart or none."""
    names = [f"c{number}" for number in range(columns)] + ["c0Label"]
    rows = data.draw(st.lists(st.dictionaries(st.sampled_from(names), TERMS), max_size=6))
    document = {"head": {"vars": names}, "results": {"bindings": rows}}
    site = app.extensions[EXTENSION]
    with app.test_request_context("/sparql"):
        answer = shown(site, Answer(json.dumps(document).encode(), BINDINGS[0].media_type))
        figure = sketch(answer, lambda theme, size: f"{theme}-{size}")
        for sort in ("", "c0", "-c0"):
            part = view(labelled(answer), sort, "all")
            page = _rendered(app, part)
            assert len(rows) == page.count("<tr>") - 1
    assert figure is None or len(rows) < CHART_ROWS


@limited
@given(terms=st.lists(TERMS, min_size=2, max_size=4))
def test_any_chart(app: Flask, terms: list[dict[str, Any]]) -> None:
    """Any term that a query can write is drawn in a chart or refused, in both formats that charts have."""
    values = " ".join(f"({number} {_written(term)})" for number, term in enumerate(terms))
    query = f"SELECT ?n ?a {{ VALUES (?n ?a) {{ {values} }} }}"
    answer = app.test_client().get("/sparql/chart", query_string={"query": query})

    _sound(answer)


@limited
@given(st.data())
def test_any_thing(odd_app: Flask, data: st.DataObject) -> None:
    """Every page and document of a release with odd values of everything is answered."""
    site = odd_app.extensions[EXTENSION]
    graphs = [graph.iri.removeprefix(BASE) for graph in site.manifest.graphs]
    paths = [rule.rule for rule in _routes(odd_app) if "<" not in rule.rule and "GET" in (rule.methods or ())]
    actions = [f"id/action/be-ai-convergence-{number:03}" for number in range(1, 58)]
    choice = data.draw(st.sampled_from(("page", "thing", "graph")))
    if choice == "page":
        address = data.draw(st.sampled_from(paths))
    else:
        extension = data.draw(st.sampled_from(("html", "ttl", "nq", "trig", "jsonld", "rdf")))
        address = f"/{data.draw(st.sampled_from(actions if choice == 'thing' else graphs))}.{extension}"
    lang = data.draw(st.sampled_from(("nl", "fr", "de", "en")))
    _sound(odd_app.test_client().get(address, query_string={"lang": lang}, headers={"Accept": BROWSER}))


def _asked(client: FlaskClient, rule: Rule, data: st.DataObject) -> TestResponse:
    path = re.sub(r"<[^>]+>", lambda _: quote(data.draw(st.one_of(st.sampled_from(NAMES), TEXTS)), safe="/"), rule.rule)
    headers = Headers()
    for name, value in data.draw(_HEADERS):
        headers[name] = value
    if data.draw(st.booleans()):
        headers["Accept"] = BROWSER
    environ = {"HTTP_HOST": headers.pop("Host")} if "Host" in headers else {}
    how: dict[str, Any] = {
        "query_string": _encoded(data.draw(_PAIRS)),
        "headers": headers,
        "environ_overrides": environ,
    }
    if "POST" in (rule.methods or ()) and data.draw(st.booleans()):
        return client.post(path, data=data.draw(_BODIES), **how)
    return client.open(path, method="GET" if "GET" in (rule.methods or ()) else "POST", **how)


def _encoded(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote(value)}" for name, value in pairs)


def _rendered(app: Flask, part: Any) -> str:
    source = '{% from "paged.html" import paged with context %}{{ paged(view, "caption", address, []) }}'
    template = app.jinja_env.from_string(source)
    context: dict[str, Any] = {"language": "en"}
    app.update_template_context(context)
    return template.render(view=part, address=lambda page="", sort="": f"?{page}{sort}", **context)


def _written(term: dict[str, Any]) -> str:
    """Return a term as SPARQL writes one, be it wrong."""
    text = json.dumps(str(term["value"])) if isinstance(term["value"], str) else "1"
    match term["type"]:
        case "uri":
            return f"<{term['value']}>"
        case "triple":
            return f"<<( <urn:s> <urn:p> {_written(term['value']['object'])} )>>"
        case "literal" if "xml:lang" in term:
            return f"{text}@{term['xml:lang']}"
        case "literal" if "datatype" in term:
            return f"{text}^^<{term['datatype']}>"
    return text
