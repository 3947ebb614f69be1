"""Every request ends with its time, whatever it asks for: the same error everywhere, and no work after it."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govplan import deadline
from govplan.config import Settings
from govplan.deadline import ENVIRON, Deadline
from govplan.errors import QueryTimedOut
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.readmodel.labels import rows
from govplan.reconciliation.entities import Catalogue
from govplan.reconciliation.matching import Matcher
from govplan.sparql import Store
from govplan.web import create_app
from govplan.web.routes import batches
from govplan.web.site import EXTENSION, Site, site
from tests.patience import HOUR, Counted, left

BASE = "https://w3id.org/govplan/"
LEVEL = {"pid": "gp:levelOfPower", "v": "Federal"}
SEVERAL = {f"q{number}": {"query": f"Federal Public Service {number}"} for number in range(100)}
COLUMNS = {"ids": [f"{BASE}id/action/be-ai-convergence-{number:03}" for number in range(1, 58)]}
Ask = Callable[[FlaskClient, Deadline | None], TestResponse]


def _get(path: str, **asked: str) -> Ask:
    return lambda client, given: client.get(path, query_string=asked, environ_overrides={ENVIRON: given})


def _post(**fields: Any) -> Ask:
    data = {name: json.dumps(value) for name, value in fields.items()}
    return lambda client, given: client.post("/reconcile", data=data, environ_overrides={ENVIRON: given})


def _send(path: str, document: Any) -> Ask:
    return lambda client, given: client.post(path, json=document, environ_overrides={ENVIRON: given})


_NAME = {"conditions": [{"matchType": "name", "propertyValue": ["Smals", "a/b/c/d", "Federal Public Service"]}]}
_NONE = {"conditions": [{"matchType": "id", "propertyValue": "nobody", "matchQuantifier": "none"}]}
PATHS: dict[str, Ask] = {
    "query": _get("/sparql", query="ASK { ?s ?p ?o }"),
    "query as a page": _get("/sparql", query="SELECT * { ?s ?p ?o } LIMIT 9", format="html"),
    "batch": _post(queries=SEVERAL),
    "batch of kinds": _post(
        queries={"q": {"query": "Smals", "type": ["action", "objective"], "type_strict": "should"}}
    ),
    "batch of properties": _post(queries={"q": {"properties": [LEVEL]}}),
    "draft": _send("/reconcile/draft/match", {"queries": [_NAME, _NONE]}),
    "extension": _post(extend={**COLUMNS, "properties": [{"id": "rdfs:label"}]}),
    "draft of an extension": _send("/reconcile/draft/extend", {**COLUMNS, "properties": [{"id": "rdfs:label"}]}),
    "suggested entities": _get("/reconcile/suggest/entity", prefix="a"),
    "suggested kinds": _get("/reconcile/draft/suggest/type", prefix="a"),
    "suggested properties": _get("/reconcile/suggest/property", prefix="a"),
    "proposed properties": _get("/reconcile/extend/propose", type="Action"),
    "preview": _get("/reconcile/preview", id=f"{BASE}id/organisation/smals"),
    "search": _get("/search", q="artificial intelligence"),
    "search as a page": _get("/search", q="artificial intelligence", format="html"),
    "corrected search": _get("/search", q="artifical inteligence"),
    "values": _get("/suggest", q="a", type="gp:Action"),
    "gallery": _get("/queries/", q="power"),
    "question as a page": _get("/queries/actions-with-budget", format="html"),
    "codebook": _get("/codebook"),
    "links": _get("/links", format="html"),
    "look-up": _get("/lookup", id="0671516647"),
    "powers": _get("/plan/be-ai-convergence/powers"),
    "thing": _get("/id/organisation/smals.html"),
    "vocabulary": _get("/ns.html"),
    "error": _get("/errors/time-limit"),
}


@pytest.fixture(scope="module", name="client")
def _client(settings: Settings, manifest: Manifest, release: Path, store: Store) -> FlaskClient:
    """A client of the application without its layers, which may give a request a deadline."""
    return create_app(settings, manifest, release, store, load_questions(settings)).test_client()


@pytest.mark.parametrize("given", [Deadline(0.0), left()], ids=["over", "left"])
@pytest.mark.parametrize("ask", PATHS.values(), ids=PATHS)
def test_over(client: FlaskClient, ask: Ask, given: Deadline) -> None:
    """What begins after its time, or after its client has left, ends with the error of the time limit."""
    answer = ask(client, given)

    assert 504 == answer.status_code
    if "html" not in answer.content_type:
        problem = answer.get_json(force=True)
        assert ("time-limit", given.limit, "query_seconds") == (
            problem["type"].rpartition("/")[2],
            problem["limit"],
            problem["setting"],
        )


@pytest.mark.parametrize("ask", PATHS.values(), ids=PATHS)
def test_in_time(client: FlaskClient, ask: Ask) -> None:
    """The same is answered in time, and nothing of its deadline is left behind."""
    assert 200 == ask(client, None).status_code
    assert deadline.current() is None


@pytest.mark.parametrize("name", ["batch", "draft", "extension", "suggested entities", "search", "codebook", "thing"])
def test_work_stops(client: FlaskClient, name: str) -> None:
    """Work stops at the check at which its client has left: nothing is looked at any more, nor is it given out."""
    PATHS[name](client, None)  # what is computed once for a release is there
    whole = Counted()
    assert 200 == PATHS[name](client, whole).status_code
    halfway = Counted(last=whole.asked // 2 + 1)

    assert 504 == PATHS[name](client, halfway).status_code
    assert halfway.last == halfway.asked


def test_checks_come_often(client: FlaskClient) -> None:
    """A batch is checked for each of its queries, and more than once in each."""
    counted = Counted()
    PATHS["batch"](client, counted)

    assert counted.asked > 3 * len(SEVERAL)


def test_limit_is_a_setting(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """Where the server gives no deadline, a request has the time of a query from its arrival on."""
    hurried = create_app(replace(settings, query_seconds=1e-9), manifest, release, store, {}).test_client()
    refused = PATHS["batch"](hurried, None)

    problem = refused.get_json(force=True)

    assert (504, 1e-9) == (refused.status_code, problem["limit"])
    assert "smaller batches" in problem["hint"]


def test_queries_share_the_time_of_their_request(app: Flask) -> None:
    """A page that asks several queries gives each the time that is left; it is the request that runs out of it."""
    bomb = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with app.test_request_context("/"), deadline.within(Deadline(0.2)), pytest.raises(QueryTimedOut) as caught:
        rows(site(), bomb)
    assert "The request was ended after 0.2 seconds." == caught.value.what


def test_nobody_waits_for_ever_for_the_matcher(
    settings: Settings, manifest: Manifest, release: Path, store: Store
) -> None:
    """Who waits while another request makes the matcher stops with its time, and the matcher is made all the same."""
    app = create_app(settings, manifest, release, store, {})
    with app.extensions[EXTENSION].matching:
        assert 504 == PATHS["batch"](app.test_client(), Counted(last=2)).status_code
    with app.test_request_context("/"), deadline.within(left()):
        made = batches.matcher()
        assert made is batches.matcher()


def test_matcher_is_made_once(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """Who waited for the matcher takes the one that was made meanwhile."""
    app = create_app(settings, manifest, release, store, {})
    waits = threading.Event()

    class Waiting(Deadline):
        def check(self) -> None:
            waits.set()

    def wait() -> Matcher:
        with app.test_request_context("/"), deadline.within(Waiting(HOUR)):
            return batches.matcher()

    with ThreadPoolExecutor(1) as threads:
        site: Site = app.extensions[EXTENSION]
        with site.matching:
            waiting = threads.submit(wait)
            assert waits.wait(60)
            made = site.matcher = Matcher(Catalogue({}, {}, {}, {}, {}))
        assert made is waiting.result(60)


def test_deadline_is_over_with_its_request(app: Flask) -> None:
    """A request inside the work of another, as a build makes them, gives it back its own deadline."""
    mine = Deadline(HOUR)
    with deadline.within(mine):
        with app.test_request_context("/codebook"):
            assert mine is deadline.current()
        assert 200 == app.test_client().get("/live").status_code
        assert mine is deadline.current()


@pytest.fixture(name="page")
def _page(app: Flask) -> Callable[[int], str]:
    template = app.jinja_env.from_string("{% for each in range(many) %}<i>{{ each }}</i>{% endfor %}")
    return lambda many: template.render(many=many)


def test_page_ends_with_its_time(page: Callable[[int], str]) -> None:
    """A long page is not written to its end when its client has left."""
    with deadline.within(Counted()) as whole:
        assert 70_000 < len(page(10_000))
    with deadline.within(Counted(last=3)) as gone, pytest.raises(QueryTimedOut):
        page(10_000)

    assert 3 == gone.asked < whole.asked
