"""The host that a request is for: named once, and a host (RFC 9112 section 3.2)."""

import asyncio
import json
from dataclasses import replace

import pytest

from govplan.config import Settings
from govplan.web import App
from tests.web.served import Asked, Connection, Fields, Served

ASK = "query=ASK%7B%7D"


@pytest.fixture(name="served")
def _served(app: App, settings: Settings, loop: asyncio.AbstractEventLoop) -> Served:
    """A server that keeps what it answers."""
    return Served(app, replace(settings, cache_bytes=1 << 20), loop)


def _ask(
    served: Served, *hosts: str, path: str = "/sparql", version: str = "1.1", authority: str | None = None
) -> Connection:
    lines = [("host", host) for host in hosts]
    asked = Asked(path, ASK, headers=Fields(lines), http_version=version, authority=authority)
    return served.ask(asked, Connection())


@pytest.mark.parametrize("path", ["/sparql", "/live", "/static/govplan.css", "/nowhere"])
@pytest.mark.parametrize(
    "hosts",
    [
        (),
        ("",),
        ("a.example", "a.example"),
        ("a.example", "b.example"),
        ("a b",),
        ("a.example/b",),
        ("user@a.example",),
        ("a.example:80x",),
        ("[::1",),
        ("x> } DROP ALL #",),
        ("dépenses.example",),
    ],
)
def test_no_host(served: Served, hosts: tuple[str, ...], path: str) -> None:
    """A request that names no host, or several, is refused, whatever is kept; and nothing of it is repeated."""
    assert _ask(served, "a.example", path=path).status in (200, 404)
    connection = _ask(served, *hosts, path=path)
    problem = json.loads(connection.body)

    assert (400, 400) == (connection.status, problem["status"])
    assert "Host" in problem["detail"]
    assert "*" == dict(connection.headers)["Access-Control-Allow-Origin"]
    assert not any(host in str(connection.headers) for host in hosts if host)


@pytest.mark.parametrize(
    "host", ["a.example", "a.example:8000", "127.0.0.1", "[2001:db8::1]:80", "govplan_app:8000", "a%20b", "localhost:"]
)
def test_host(served: Served, host: str) -> None:
    """Whatever is the name or the address of a host is one."""
    assert 200 == _ask(served, host).status


def test_without_the_header(served: Served) -> None:
    """HTTP/1.0 has no such header, and HTTP/2 says it in another place."""
    assert 200 == _ask(served, version="1.0").status
    assert 200 == _ask(served, version="2", authority="a.example").status
    assert 400 == _ask(served, "a b", version="1.0").status
