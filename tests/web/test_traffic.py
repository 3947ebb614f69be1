"""What is counted and logged of requests: families of routes, never what a client made up; networks, never people."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from govplan import metrics
from govplan.web.app import App
from govplan.web.http.files import FileBody
from govplan.web.http.reply import Message
from govplan.web.traffic import Traffic, network

QUESTION = "plan-in-numbers"
Note = Callable[..., None]


@pytest.fixture(name="note")
def _note(app: Flask) -> Note:
    """Note one answer by its path, status, method and headers."""
    assert isinstance(app, App)
    traffic = Traffic.of(app, QUESTION.__eq__, log=False)

    def note(path: str, status: int = 200, method: str = "GET", **headers: str) -> None:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        traffic.note(_environ(path, method), Message(status, named), 0.001)

    return note


def _environ(path: str, method: str = "GET", client: str = "192.0.2.17") -> dict[str, Any]:
    return {"PATH_INFO": path, "REQUEST_METHOD": method, "REMOTE_ADDR": client, "QUERY_STRING": "name=somebody"}


def _count(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(f"govplan_{name}_total", labels) or 0


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("/", "home"),
        ("/ns", "ns"),
        ("/ns.ttl", "ns"),
        ("/id/plan/be-ai-convergence.ttl", "id"),
        ("/sparql", "sparql"),
        ("/sparql/terms", "sparql"),
        ("/queries/", "queries"),
        ("/codebook.csv", "codebook"),
        ("/openapi.json", "openapi"),
        ("/static/govplan.css", "static"),
        ("/sparqlx", "other"),
        ("/wp-login.php", "other"),
        ("/\xff", "other"),
        ("", "home"),
        ("//", "home"),
    ],
)
def test_families(note: Note, path: str, family: str) -> None:
    """Each request counts for the first segment of its route; what is none of ours is one family."""
    before = _count("http_requests", family=family, status="404")

    note(path, 404)

    assert before + 1 == _count("http_requests", family=family, status="404")


def test_families_are_those_of_the_routes(app: Flask, note: Note) -> None:
    """No route is counted as another one's, and addresses that clients make up add nothing."""
    for rule in app.url_map.iter_rules():
        note(rule.rule, 418)
    for number in range(100):
        note(f"/made-up-{number}", 418)
    families = {
        sample.labels["family"]
        for metric in metrics.HTTP_REQUESTS.collect()
        for sample in metric.samples
        if sample.labels.get("status") == "418"
    }

    assert {"home", "id", "dumps", "reconcile", "status"} - {"status"} <= families
    assert len(families) <= len({rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}) + 1


@pytest.mark.parametrize(
    ("path", "status", "method", "counted"),
    [
        (f"/queries/{QUESTION}", 200, "GET", 1),
        (f"/queries/{QUESTION}.csv", 200, "GET", 1),
        (f"/queries/{QUESTION}.excel.csv", 304, "GET", 1),
        (f"/queries/{QUESTION}.csv", 200, "HEAD", 0),
        (f"/queries/{QUESTION}", 400, "GET", 0),
        (f"/queries/{QUESTION}.rq", 200, "GET", 0),
        (f"/queries/{QUESTION}.notes", 200, "GET", 0),
        (f"/queries/{QUESTION}.svg", 200, "GET", 0),
        (f"/queries/{QUESTION}-x", 200, "GET", 0),
    ],
)
def test_questions(note: Note, path: str, status: int, method: str, counted: int) -> None:
    """Answers of a question count, whatever their form; its text, its notes and its pictures do not."""
    before = _count("questions", question=QUESTION)

    note(path, status, method)

    assert before + counted == _count("questions", question=QUESTION)
    assert 0 == _count("questions", question=f"{QUESTION}-x")


@pytest.mark.parametrize(
    ("name", "kind", "status", "headers", "counted"),
    [
        ("be-ai-convergence.ttl", "ttl", 200, {}, 1),
        ("be-ai-convergence.ttl.gz", "ttl", 200, {}, 1),
        ("be-ai-convergence.nq.zst", "nq", 200, {}, 1),
        ("SHA256SUMS", "checksums", 200, {}, 1),
        ("be-ai-convergence.nq", "nq", 206, {"Content_Range": "bytes 0-9/100"}, 1),
        ("be-ai-convergence.nq", "nq", 206, {"Content_Range": "bytes 10-99/100"}, 0),
        ("be-ai-convergence.nq", "nq", 304, {}, 0),
        ("none.exe", "exe", 404, {}, 0),
        ("", "", 200, {}, 0),
    ],
)
def test_downloads(note: Note, name: str, kind: str, status: int, headers: dict[str, str], counted: int) -> None:
    """Files count by kind, however they are compressed; a download that is resumed is one."""
    before = _count("downloads", kind=kind)

    note(f"/dumps/{name}", status, **headers)

    assert before + counted == _count("downloads", kind=kind)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("192.0.2.17", "192.0.2.0"),
        ("::ffff:192.0.2.17", "192.0.2.0"),
        ("2001:db8:1:2:3::4", "2001:db8:1::"),
        ("", "-"),
        ("unix:/run/x", "-"),
        ("1.2.3.4\n5", "-"),
    ],
)
def test_networks(address: str, shown: str) -> None:
    """The log names networks."""
    assert shown == network(address)


def test_log(app: Flask, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """A line holds no more than it says: no query, and no line break that a client has sent."""
    assert isinstance(app, App)
    (tmp_path / "file").write_bytes(b"x" * 99)
    traffic = Traffic.of(app, QUESTION.__eq__, log=True)
    with caplog.at_level(logging.INFO, "govplan.access"), (tmp_path / "file").open("rb") as file:
        traffic.note(_environ("/plan"), Message(200, [], b"four"), 0.0123)
        traffic.note(_environ("/a\nb \xe9\x1b"), Message(404, [], b"four"), 0)
        traffic.note(_environ("/plan", "HEAD"), Message(200, [], b"four"), 0)
        traffic.note(_environ("/dumps/", client="2001:db8:1:2::3"), Message(200, [], FileBody(file, 0, 99)), 0)

    assert [
        "192.0.2.0 GET /plan 200 4 12.3",
        "192.0.2.0 GET /a%0Ab%20%E9%1B 404 4 0.0",
        "192.0.2.0 HEAD /plan 200 0 0.0",
        "2001:db8:1:: GET /dumps/ 200 99 0.0",
    ] == [record.getMessage() for record in caplog.records]


def test_no_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """Without the setting there are no lines."""
    assert isinstance(app, App)
    with caplog.at_level(logging.INFO, "govplan.access"):
        Traffic.of(app, QUESTION.__eq__, log=False).note(_environ("/plan"), Message(200, []), 0)

    assert not caplog.records


def test_exposition(note: Note) -> None:
    """Prometheus reads the counts at /metrics."""
    note("/plan")
    note(f"/queries/{QUESTION}")
    note("/dumps/be-ai-convergence.ttl")
    text = metrics.exposition().decode()

    for line in ('http_requests_total{family="plan",status="200"}', 'downloads_total{kind="ttl"}'):
        assert re.search(rf"^govplan_{re.escape(line)} \d", text, re.MULTILINE)
    assert f'govplan_questions_total{{question="{QUESTION}"}}' in text
