"""Errors: one form for machines, one page for people, nothing about the inside of the server."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import create_app
from govplan.web.http.problems import PROBLEMS
from tests.conftest import LIMITS

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
WRONG = [
    "/sparql?query=SELECT",
    "/nowhere",
    "/queries/nowhere",
    "/dumps/nowhere",
    "/errors/nowhere",
    "/sparql?query=DROP+ALL",
]


@pytest.mark.parametrize("address", WRONG)
def test_problem_form(client: FlaskClient, address: str) -> None:
    """Each error is application/problem+json with type, title, status and detail, and is not kept by a cache."""
    answer = client.get(address)
    problem = answer.get_json(force=True)

    assert "application/problem+json" == answer.mimetype
    assert answer.status_code == problem["status"]
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert "no-store" == answer.headers["Cache-Control"]
    assert "*" == answer.headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("address", WRONG)
def test_type_dereferences(client: FlaskClient, settings: Settings, address: str) -> None:
    """The type of a problem lies below the base, and the same path here explains it."""
    answer = client.get(address)
    kind = answer.get_json(force=True)["type"]
    path = "/" + kind.removeprefix(settings.base)

    assert kind.startswith(settings.base)
    assert f'<http://localhost{path}>; rel="help"' == answer.headers["Link"]
    page = client.get(path)
    assert (200, "text/html") == (page.status_code, page.mimetype)


@pytest.mark.parametrize("address", WRONG)
def test_page_for_browsers(client: FlaskClient, address: str) -> None:
    """A browser gets the same words as a page, with the policy of pages."""
    problem = client.get(address).get_json(force=True)
    page = client.get(address, headers=BROWSER)

    assert (problem["status"], "text/html") == (page.status_code, page.mimetype)
    assert problem["title"] in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "no-store" == page.headers["Cache-Control"]


def test_position_of_a_syntax_error(client: FlaskClient) -> None:
    """A wrong query is answered with line, column, the line itself and a hint."""
    problem = client.get("/sparql", query_string={"query": "SELECT ?s {\n  ?s ?p\n}"}).get_json(force=True)

    assert (3, 1, "}") == (problem["line"], problem["column"], problem["excerpt"])
    assert "hint" in problem


@pytest.mark.parametrize(
    ("address", "headers", "offered"),
    [
        ("/sparql?query=ASK{}", {"Accept": "image/png"}, "application/sparql-results+json"),
        ("/sparql?query=ASK{}&format=pdf", {}, "csv"),
        ("/queries/plan-in-number", {}, "plan-in-numbers"),
        ("/dumps/all.zip", {}, "be-ai-convergence.ttl"),
        ("/errors/nothing", {}, "query-malformed"),
    ],
)
def test_offered(client: FlaskClient, address: str, headers: dict[str, str], offered: str) -> None:
    """What cannot be had is answered with what can."""
    assert offered in client.get(address, headers=headers).get_json(force=True)["offered"]


def test_accepted_bodies(client: FlaskClient) -> None:
    """A body of another type is answered with the types that are read."""
    problem = client.post("/sparql", data="ASK {}", content_type="text/plain").get_json(force=True)

    assert ["application/x-www-form-urlencoded", "application/sparql-query"] == problem["offered"]


def test_accepted_coding(client: FlaskClient) -> None:
    """A body in a content coding is answered with the one that is read (RFC 9110 section 15.5.16)."""
    headers = {"Content-Encoding": "gzip"}
    answer = client.post("/sparql", data=b"x", content_type="application/sparql-query", headers=headers)

    assert "identity" == answer.headers["Accept-Encoding"]


def test_every_type_has_a_page(client: FlaskClient) -> None:
    """Every problem type is listed and has a page in words."""
    listing = client.get("/errors/").text

    for slug, problem in PROBLEMS.items():
        path = f"/errors/{slug}"
        assert f'href="{path}"' in listing
        assert problem.title in client.get(path).text


def test_fault_of_the_server(
    settings: Settings, manifest: Manifest, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected fault is answered without a word about the inside, and is logged with its trace."""
    app = create_app(settings, manifest, tmp_path, store, {})
    app.add_url_rule("/faulty", view_func=lambda: (tmp_path / "missing").read_text())
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/faulty")

    assert (500, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert str(tmp_path) not in answer.text
    assert "Traceback" not in answer.text
    assert "FileNotFoundError" in caplog.text
    assert "*" == answer.headers["Access-Control-Allow-Origin"]


@pytest.fixture(name="torn")
def _torn(settings: Settings, manifest: Manifest, tmp_path: Path) -> Iterator[Flask]:
    """An application whose store lost the content of its files after it was opened."""
    folder = tmp_path / "store"
    store = ox.Store(str(folder))
    store.bulk_load(
        b"".join(b"<http://x/%d> <http://x/p> <http://x/o> .\n" % n for n in range(5000)), ox.RdfFormat.N_QUADS
    )
    store.optimize()
    store.flush()
    del store
    opened = EmbeddedStore.alone(tmp_path, {}, LIMITS)
    for table in folder.glob("*.sst"):
        with table.open("r+b") as file:
            file.truncate(10)
    yield create_app(settings, manifest, tmp_path, opened, {})
    opened.close()


def test_torn_store(torn: Flask) -> None:
    """A store that cannot be read is a passing fault of the server, with the time to try again and without a path."""
    answer = torn.test_client().get("/sparql", query_string={"query": "SELECT ?s { ?s ?p ?o }"})

    assert (503, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert answer.headers["Retry-After"].isdigit()
    assert ".sst" not in answer.text
    assert 503 == torn.test_client().get("/ready").status_code


def test_page_of_a_torn_store(torn: Flask) -> None:
    """The page of an error needs nothing of the store."""
    query = {"query": "SELECT ?s { ?s ?p ?o }", "format": "html"}
    answer = torn.test_client().get("/sparql", query_string=query, headers=BROWSER)

    assert (503, "text/html") == (answer.status_code, answer.mimetype)


def test_problem_is_utf8_json(client: FlaskClient) -> None:
    """What a problem quotes from a request keeps its letters."""
    answer = client.get("/queries/dépenses")

    assert "dépenses" in json.loads(answer.data.decode())["detail"]


def test_redirect_is_no_error(client: FlaskClient) -> None:
    """An address without its last slash leads to the one with it."""
    answer = client.get("/queries")

    assert 308 == answer.status_code
    assert "/queries/" == urlsplit(answer.headers["Location"]).path
