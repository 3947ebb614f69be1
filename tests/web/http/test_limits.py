"""Limits over HTTP: each problem with its status, its members and the time to come back."""

import asyncio
import io
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import create_app
from tests.conftest import LIMITS
from tests.web.served import Served, alone

TIGHT = replace(
    LIMITS, seconds=60.0, fast_seconds=5.0, memory_bytes=256 << 20, answer_bytes=1_500_000, spool_bytes=10_000
)
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
# Nothing takes memory as fast as sorting by what has no value.
GLUTTON = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?nothing LIMIT 1"
MIDDLE = "SELECT ?s ?p { ?s ?p ?o } LIMIT 2000"
ALL = "SELECT * { ?s ?p ?o . ?s ?q ?x }"


@pytest.fixture(scope="module", name="tight")
def _tight(
    settings: Settings, manifest: Manifest, release: Path, loop: asyncio.AbstractEventLoop
) -> Iterator[FlaskClient]:
    """A client of a server with tight limits, which counts what its clients use."""
    store = EmbeddedStore.alone(release, {}, TIGHT, loop=loop)
    counting = replace(
        settings, budgets="on", proxies=1, client_errors=1000, client_seconds=1000, cache_bytes=0, query_seconds=60.0
    )
    app = create_app(counting, manifest, release, store, {})
    with closing(store), closing(Served(app, counting, loop, group=alone(counting))) as served:
        app.wsgi_app = served  # type: ignore[method-assign]
        yield app.test_client()


@pytest.mark.parametrize(
    ("query", "status", "slug", "setting"),
    [
        (BOMB, 504, "time-limit", "query_seconds"),
        (GLUTTON, 422, "memory-limit", "memory_bytes"),
        (ALL, 422, "answer-too-large", "answer_bytes"),
    ],
)
def test_limit(tight: FlaskClient, query: str, status: int, slug: str, setting: str) -> None:
    """Each limit has its status and type, says itself and its setting, and no cache keeps it."""
    answer = tight.get("/sparql", query_string={"query": query, "timeout": "0.8" if status == 504 else "60"})
    problem = answer.get_json(force=True)

    assert (status, slug) == (answer.status_code, problem["type"].rpartition("/")[2]), problem
    assert setting == problem["setting"]
    assert problem["limit"]
    assert problem["hint"]
    assert "no-store" == answer.headers["Cache-Control"]
    assert "Retry-After" not in answer.headers


def test_spooled_answer(tight: FlaskClient, store: Store) -> None:
    """An answer that was put aside on disk is sent with its exact length, and is the one that memory holds."""
    asked = {"query": MIDDLE, "format": "csv"}
    answer = tight.get("/sparql", query_string=asked, buffered=True)

    assert 200 == answer.status_code
    assert str(len(answer.data)) == answer.headers["Content-Length"]
    assert 10_000 < len(answer.data)
    assert 2001 == answer.data.count(b"\r\n")
    assert b"" == tight.head("/sparql", query_string=asked, buffered=True).data


def test_client_lowers_the_limit(tight: FlaskClient) -> None:
    """The parameter `timeout` lowers the time limit, and the answer says to how much."""
    answer = tight.get("/sparql", query_string={"query": BOMB, "timeout": "0.25"})

    assert (504, 0.25) == (answer.status_code, answer.get_json(force=True)["limit"])


@pytest.mark.parametrize("timeout", ["-1", "1e3", "soon", "1.", "٣", "nan", "9999999"])
def test_timeout_must_be_seconds(tight: FlaskClient, timeout: str) -> None:
    """A time limit that is none is refused with how to write one."""
    answer = tight.get("/sparql", query_string={"query": "ASK {}", "timeout": timeout})

    assert 400 == answer.status_code
    assert "0.5" in answer.get_json(force=True)["hint"]


def test_body_cut_short(client: FlaskClient) -> None:
    """A body that ends before its announced length is refused, never taken for a shorter query."""
    whole = b"ASK { ?s ?p ?o }   "
    answer = client.post(
        "/sparql",
        input_stream=io.BytesIO(whole[:17]),
        content_type="application/sparql-query",
        environ_overrides={"CONTENT_LENGTH": str(len(whole)), "wsgi.input_terminated": True},
    )

    assert 400 == answer.status_code
    assert "announced 19" in answer.get_json(force=True)["detail"]


def test_metrics(client: FlaskClient, manifest: Manifest) -> None:
    """The counts are in Prometheus' text format and know the outcome of a query."""
    client.get("/sparql?query=ASK{}")
    answer = client.get("/metrics")

    assert "text/plain" == answer.mimetype
    assert "no-store" == answer.headers["Cache-Control"]
    assert 'govplan_queries_total{outcome="answer"}' in answer.text
    assert "govplan_workers " in answer.text


def test_live_while_the_store_is_closed(settings: Settings, manifest: Manifest, release: Path) -> None:
    """The front is alive whatever the store does; it is ready only if the store answers."""
    store = EmbeddedStore.alone(release, {}, TIGHT)
    client = create_app(settings, manifest, release, store, {}).test_client()
    store.close()

    assert 200 == client.get("/live").status_code
    ready = client.get("/ready")
    assert (503, "unavailable") == (ready.status_code, ready.get_json()["status"])
    busy = client.get("/sparql?query=ASK{}")
    assert (503, "overloaded") == (busy.status_code, json.loads(busy.text)["type"].rpartition("/")[2])
    assert busy.headers["Retry-After"].isdigit()
