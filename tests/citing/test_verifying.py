"""Verifying what was cited, here and on another endpoint, which may be wrong, broken, or not there."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from govplan.citing.endpoint import Endpoint, in_our_order
from govplan.citing.keys import Cited
from govplan.citing.records import Record
from govplan.citing.verifying import Item, Outcome, verified
from govplan.errors import AnswerTooLarge, ConfigError, StoreUnavailable
from govplan.formats import BINDINGS
from govplan.sparql import Answer, Request, Store
from tests.conftest import ROOT

TEXT = "SELECT ?s { ?s a <https://w3id.org/govplan/ns#Action> } ORDER BY ?s"
JSON = BINDINGS[0].media_type
SECONDS, MOST = 60.0, 1 << 26


@pytest.fixture(name="here")
def _here(store: Store) -> Callable[[str, str, tuple[str, ...], tuple[str, ...]], Answer]:
    return lambda text, kind, default, named: store.answer(Request(text, kind, default, named))


@contextmanager
def _server(respond: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[str]:
    """Run an endpoint that answers every POST as `respond` does, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            respond(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sparql"
        server.shutdown()
        thread.join()


def _sent(handler: BaseHTTPRequestHandler, body: bytes, kind: str = JSON, status: int = 200, length: int = 0) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(length or len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _one(item: Item, here: Any, there: Any = None) -> Outcome:
    (found,) = verified([item], here, there)
    return found


def test_recorded(here: Any) -> None:
    """A record is compared with the answer of now: by its bytes, by what it says, or it is told to differ."""
    cited = Cited.of_query(TEXT)
    first = Record(cited.digest, cited.written(), TEXT, "0123456789ab", "ab" * 32, "", 0)
    found = _one(Item.of_record(first), here)
    assert (cited.digest, "differs") == (found.name, found.result)
    with pytest.raises(StopIteration):
        next(verified([Item("x", TEXT)], here))


def test_endpoint(here: Any, address: str) -> None:
    """Every question says the same on a server in another process."""
    there = Endpoint(f"{address}/sparql", SECONDS, MOST).answer
    items = [Item(path.stem, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "queries").glob("*.rq"))[:8]]
    items.append(Item("graph", "CONSTRUCT WHERE { ?s a <https://w3id.org/govplan/ns#Plan> }"))
    graph = "https://w3id.org/govplan/graph/data/catalogue"
    items.append(Item("graphs", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", (graph,), (graph,)))
    items.append(Item("chance", "SELECT (RAND() AS ?x) {}"))
    found = {outcome.name: outcome.result for outcome in verified(items, here, there)}
    assert len(items) == len(found)
    # The order in which lists are joined is an engine's own.
    joined = {item.name for item in items if "GROUP_CONCAT" in item.text} | {"chance"}
    assert {name for name, result in found.items() if result not in ("bytes", "content")} == joined
    assert {"unverifiable"} == {found[name] for name in joined}


def test_another_engine(here: Any) -> None:
    """An engine that writes the same rows otherwise says the same; one that leaves a row out does not."""
    unordered = TEXT.partition(" ORDER BY")[0]

    def answered(rows: Callable[[list[Any]], list[Any]]) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
        document = json.loads(here(unordered, JSON, (), ()).body)
        document["results"]["bindings"] = rows(document["results"]["bindings"])
        return lambda handler, _: _sent(handler, json.dumps(document, indent=1).encode())

    for rows, result in (
        (lambda rows: rows[::-1], "content"),
        (lambda rows: rows[1:], "differs"),
        (lambda rows: [*rows, rows[0]], "differs"),
    ):
        with _server(answered(rows)) as url:
            assert result == _one(Item("x", unordered), here, Endpoint(url, SECONDS, MOST).answer).result


@pytest.mark.parametrize(
    "respond",
    [
        lambda handler, _: _sent(handler, b"no", status=500),
        lambda handler, _: _sent(handler, b"", status=302),
        lambda handler, _: _sent(handler, b"<html>", kind="text/html"),
        lambda handler, _: _sent(handler, b'{"head":{},"boolean":true}', length=1000),
        lambda handler, _: _sent(handler, b'{"head":{"vars":["s"]},"results":{"bindings":[The operation was cancelled'),
        lambda handler, _: handler.wfile.write(b"nonsense\r\n\r\n"),
        lambda handler, _: None,
    ],
)
def test_broken_endpoint(here: Any, respond: Callable[[BaseHTTPRequestHandler, bytes], None]) -> None:
    """What is no complete answer is a failure, never a difference or an agreement."""
    with _server(respond) as url:
        found = _one(Item("x", TEXT), here, Endpoint(url, SECONDS, MOST).answer)
    assert "failed" == found.result
    assert found.problem


def test_too_large() -> None:
    """An answer that is longer than what is read is an error."""
    with _server(lambda handler, _: _sent(handler, b"x" * 100)) as url, pytest.raises(AnswerTooLarge):
        Endpoint(url, SECONDS, 99).answer(TEXT, JSON)


@pytest.mark.parametrize("url", ["", "localhost", "ftp://localhost/", "file:///etc/passwd", "http:///x"])
def test_no_address(url: str) -> None:
    """An endpoint has an address of http(s)."""
    with pytest.raises(ConfigError):
        Endpoint(url, SECONDS, MOST)


def test_nobody_there() -> None:
    """An endpoint that is not there is told."""
    with _server(lambda handler, _: None) as url:
        pass
    with pytest.raises(StoreUnavailable):
        Endpoint(url, SECONDS, MOST).answer(TEXT, JSON)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b'{"head":{},"boolean":true}', b'{"head":{},"boolean":true}'),
        (b'{"boolean":true,"head":{}}', b'{"head": {"vars": []}, "boolean": true}'),
        (
            b'{"results":{"distinct":false,"bindings":[]},"head":{"link":[],"vars":["s"]}}',
            b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}',
        ),
        (
            b'{"results":{"bindings":[{"s":{"type":"triple","value":{}}}]},"head":{}}',
            b'{"head": {"vars": []}, "results": {"bindings": [{"s": {"type": "triple", "value": {}}}]}}',
        ),
    ],
)
def test_order_of_members(written: bytes, read: bytes) -> None:
    """JSON results are read in whatever order an engine writes their members."""
    assert read == in_our_order(written)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"head":1}',
        b'{"head":{}}',
        b"\xff",
        b"[" * 100_000,
        b'{"head":{},"results":{"bindings":[1]}}',
        b'{"head":{},"results":{"bindings":[{"s":1}]}}',
        b'{"head":{},"results":{"bindings":[{"s":{"type":"uri"}}]}}',
        b'{"head":{},"results":{"bindings":[{"s":{"type":"uri","value":1}}]}}',
    ],
)
def test_no_results(body: bytes) -> None:
    """What is anything but complete results is an error."""
    with pytest.raises(StoreUnavailable):
        in_our_order(body)
