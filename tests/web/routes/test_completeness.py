"""Whole, or a preview that says so, or an error: never a cut."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.sparql import Store
from govplan.web import create_app

ROWS = "SELECT ?s ?p ?o { ?s a <https://w3id.org/govplan/ns#Objective> ; ?p ?o } ORDER BY ?s ?p ?o LIMIT 10"
QUESTION = "/queries/actions-with-budget"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
COMPLETENESS = "Result-Completeness"


def test_whole(client: FlaskClient) -> None:
    """An answer that nobody bounded is complete and says so."""
    assert "complete" == client.get("/sparql", query_string={"query": ROWS}).headers[COMPLETENESS]


@pytest.mark.parametrize(
    ("rows", "said"), [("9", 'partial; reason="max-rows"; limit=9'), ("10", "complete"), ("0011", "complete")]
)
def test_preview(client: FlaskClient, rows: str, said: str) -> None:
    """max-rows gives the first rows; the header tells whether there are more."""
    answer = client.get("/sparql", query_string={"query": ROWS, "max-rows": rows})

    assert min(10, int(rows)) == len(answer.get_json()["results"]["bindings"])
    assert said == answer.headers[COMPLETENESS]
    assert COMPLETENESS in answer.headers["Access-Control-Expose-Headers"]


def test_preview_says_so_inside(client: FlaskClient, settings: Settings) -> None:
    """The head of a partial answer links to the page that explains it; a complete one has no link."""
    partial = client.get("/sparql", query_string={"query": ROWS, "max-rows": "2"}).get_json()
    whole = client.get("/sparql", query_string={"query": ROWS, "max-rows": "20"}).get_json()

    assert [f"{settings.base}limits#partial"] == partial["head"]["link"]
    assert "link" not in whole["head"]
    assert 'id="partial"' in client.get("/limits", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("extension", ["", ".json", ".csv", ".tsv", ".xml"])
def test_preview_of_a_question(client: FlaskClient, extension: str) -> None:
    """A named question takes max-rows beside its parameters, in every format."""
    answer = client.get(f"/queries/facts-with-text-units{extension}?max-rows=1&lang=nl")

    assert 200 == answer.status_code
    assert 'partial; reason="max-rows"; limit=1' == answer.headers[COMPLETENESS]


def test_preview_by_post(client: FlaskClient) -> None:
    """A posted query takes max-rows from the form, or from the address beside a query sent as it is."""
    form = client.post("/sparql", data=urlencode({"query": ROWS, "max-rows": 3}), content_type=FORM)
    direct = client.post("/sparql?max-rows=3", data=ROWS, content_type=DIRECT)

    assert [3, 3] == [len(answer.get_json()["results"]["bindings"]) for answer in (form, direct)]


@pytest.mark.parametrize(
    "address",
    [
        "/queries/facts-with-text-units?max-rows=2",
        "/sparql?" + urlencode({"query": ROWS, "max-rows": 2, "format": "html"}),
    ],
)
def test_page_of_a_preview(client: FlaskClient, address: str) -> None:
    """A page of a preview says in words that there are more rows, in the header too, and stays a preview."""
    answer = client.get(address, headers={"Accept": "text/html"})

    assert "These are the first rows only" in answer.text
    assert 'partial; reason="max-rows"; limit=2' == answer.headers[COMPLETENESS]
    assert "max-rows=2" in answer.text or 'name="max-rows" value="2"' in answer.text


@pytest.mark.parametrize("rows", ["0", "-1", "1.5", "many", "1e3", " 5", "+5", "1000000000", "٣", "0" * 5000 + "1"])
@pytest.mark.parametrize(("address", "query"), [("/sparql", {"query": ROWS}), (QUESTION, {})])
def test_not_a_number_of_rows(client: FlaskClient, address: str, query: dict[str, str], rows: str) -> None:
    """What is no number of rows is refused with the value and how to mend it."""
    answer = client.get(address, query_string={**query, "max-rows": rows})
    problem = answer.get_json(force=True)

    assert 400 == answer.status_code
    assert repr(rows)[:40].rstrip("'") in problem["detail"]
    assert "max-rows=1000" in problem["hint"]


def test_empty_field_is_no_preview(client: FlaskClient) -> None:
    """An empty field of a form asks for all rows."""
    assert "complete" == client.get(f"{QUESTION}.csv?max-rows=").headers[COMPLETENESS]


@pytest.mark.parametrize("query", ["ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <http://x/>"])
def test_only_rows_are_previewed(client: FlaskClient, query: str) -> None:
    """max-rows with another form than SELECT is refused, not ignored."""
    answer = client.get("/sparql", query_string={"query": query, "max-rows": "5"})

    assert 400 == answer.status_code
    assert query.split()[0] in answer.get_json(force=True)["detail"]


def test_validator_of_a_preview(client: FlaskClient) -> None:
    """A preview and the whole answer have different validators."""
    tags = {
        client.get("/sparql", query_string={"query": ROWS, **more}).headers["ETag"]
        for more in ({}, {"max-rows": "1"}, {"max-rows": "2"})
    }

    assert 3 == len(tags)


@pytest.fixture(scope="module", name="capped")
def _capped(settings: Settings, manifest: Manifest, release: Path, store: Store) -> Flask:
    """An application whose operator allows 10 rows."""
    return create_app(replace(settings, row_cap=10), manifest, release, store, load_questions(settings))


@pytest.mark.parametrize("more", [{}, {"max-rows": "11"}, {"format": "html"}, {"format": "csv"}])
def test_past_the_cap(capped: Flask, settings: Settings, more: dict[str, str]) -> None:
    """One row past the operator's cap is a problem with limit, observed size, setting and hint; no row is sent."""
    query = ROWS.replace("10", "11")
    answer = capped.test_client().get("/sparql", query_string={"query": query, **more})
    problem = answer.get_json(force=True)

    assert (422, "no-store") == (answer.status_code, answer.headers["Cache-Control"])
    assert f"{settings.base}errors/answer-too-large" == problem["type"]
    assert (10, 11, "row_cap") == tuple(problem[name] for name in ("limit", "observed", "setting"))
    assert "LIMIT" in problem["hint"]
    assert "/dumps/" in problem["hint"]


@pytest.mark.parametrize(("limit", "more"), [("10", {}), ("11", {"max-rows": "10"}), ("99", {"max-rows": "1"})])
def test_within_the_cap(capped: Flask, limit: str, more: dict[str, str]) -> None:
    """As many rows as the cap, or a preview within it, are given."""
    query = ROWS.replace("10", limit)

    assert 200 == capped.test_client().get("/sparql", query_string={"query": query, **more}).status_code


def test_cap_spares_the_home_page(capped: Flask) -> None:
    """The cap is for what clients ask; the pages of this server show what they always show."""
    assert 200 == capped.test_client().get("/").status_code


def test_no_store_keeps_a_volatile_page(
    project: Path, settings: Settings, manifest: Manifest, release: Path, store: Store
) -> None:
    """The page of a question that may answer differently next time is kept by nobody."""
    path = project / "queries" / "actions-with-budget.rq"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("WHERE {", "WHERE {\n  BIND(NOW() AS ?now)", 1), encoding="utf-8")
    questions = load_questions(replace(settings, root=project))
    app = create_app(settings, manifest, release, store, questions)

    assert "no-store" == app.test_client().get(QUESTION, headers={"Accept": "text/html"}).headers["Cache-Control"]
