"""Fetching from a hostile server: whole, in time, small enough and from a public address, or an error."""

import socket
import threading

import pytest

from govplan.errors import SourceRefused, SourceUnavailable
from govplan.fetching.addresses import Network
from govplan.fetching.download import Fetched, fetch, probe
from tests.hostile import ALLOWED, LOOPBACK, TRIPLE, Hostile


def _fetch(url: str, *, seconds: float = 20, max_bytes: int = 1000, network: Network = LOOPBACK) -> Fetched:
    return fetch(url, accept="text/turtle", seconds=seconds, max_bytes=max_bytes, network=network)


@pytest.mark.parametrize("path", ["/good", "/chunked", "/to-good"])
def test_whole_answer(hostile: Hostile, path: str) -> None:
    """A whole answer is returned, by length or in chunks, after a redirect too."""
    assert (TRIPLE, "application/n-triples") == (
        _fetch(hostile.url(path)).body,
        _fetch(hostile.url(path)).media_type,
    )


def test_asks_for_no_encoding(hostile: Hostile) -> None:
    """The request asks for the plain bytes and says who asks."""
    _fetch(hostile.url("/good"))

    assert "Accept-Encoding: identity\r\n" in hostile.requests[0]
    assert "User-Agent: govplan/" in hostile.requests[0]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/cut-short", "cut short"),
        ("/no-length", "how long"),
        ("/no-number", "how long"),
        ("/too-large", "at most 1000"),
        ("/too-large-chunked", "more than 1000 bytes"),
        ("/bomb", "gzip"),
        ("/partial", "206"),
        ("/range", "Content-Range"),
        ("/max-rows", "X-SPARQL-MaxRows"),
        ("/anytime", "X-SQL-State"),
        ("/broken", "500"),
        ("/gone", "404"),
        ("/to-file", "files are not read"),
        ("/to-nowhere", "without saying where"),
        ("/round", "more than 5 times"),
    ],
)
def test_not_taken(hostile: Hostile, path: str, why: str) -> None:
    """What is partial, encoded, too large, no success or leads nowhere is refused, with the reason."""
    with pytest.raises(SourceRefused, match=why):
        _fetch(hostile.url(path))


@pytest.mark.parametrize("path", ["/closes", "/noise", "/chunked-cut"])
def test_broken_off(hostile: Hostile, path: str) -> None:
    """An exchange that breaks off, or is no HTTP, is an error that may be tried again."""
    with pytest.raises(SourceUnavailable, match="broke off"):
        _fetch(hostile.url(path))


@pytest.mark.parametrize("path", ["/drip-body", "/drip-head", "/silent"])
def test_slow(hostile: Hostile, path: str) -> None:
    """A server that says nothing, or little at a time in head or body, is left when the time is over."""
    with pytest.raises(SourceUnavailable, match=r"within 0\.5 seconds"):
        _fetch(hostile.url(path), seconds=0.5, max_bytes=10_000_000)


def test_slow_handshake(hostile: Hostile) -> None:
    """The time counts for the handshake of TLS too, in which this server says nothing."""
    with pytest.raises(SourceUnavailable, match=r"within 0\.5 seconds"):
        _fetch(hostile.url("/good").replace("http:", "https:"), seconds=0.5)


def test_down() -> None:
    """A port that nobody listens on is an error."""
    with socket.create_server(("127.0.0.1", 0)) as probe_socket:
        port = probe_socket.getsockname()[1]

    with pytest.raises(SourceUnavailable, match="does not answer"):
        _fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("path", ["/to-private", "/to-metadata"])
def test_redirect_into_the_network_of_the_operator(hostile: Hostile, path: str) -> None:
    """A redirect to a private address is refused before anything is sent there."""
    with pytest.raises(SourceRefused, match="not an address of the public internet"):
        _fetch(hostile.url(path))


def test_loopback_is_refused_without_the_allowance(hostile: Hostile) -> None:
    """Without the parameter of tests, this server cannot be reached at all."""
    with pytest.raises(SourceRefused, match=r"127\.0\.0\.1"):
        fetch(hostile.url("/good"), accept="text/turtle", seconds=20, max_bytes=1000)

    assert [] == hostile.requests


def test_the_judged_address_is_the_one_spoken_to(hostile: Hostile) -> None:
    """A name is resolved once for each hop, and that very address is connected to under that name."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    _fetch(hostile.url("/good", "rebinds.example"), network=Network(resolve, allowed=ALLOWED))

    assert ["rebinds.example"] == asked
    assert f"Host: rebinds.example:{hostile.port}\r\n" in hostile.requests[0]


@pytest.mark.parametrize("url", ["ftp://x.example/", "http://user@x.example/", "http:///x", "http://x.example/ä", "x"])
def test_addresses_that_cannot_be_fetched(url: str) -> None:
    """Only plain http and https addresses are fetched."""
    with pytest.raises(SourceRefused):
        _fetch(url)


@pytest.mark.parametrize(("path", "status"), [("/good", 200), ("/gone", 404), ("/to-good", 200), ("/no-head", 405)])
def test_probe(hostile: Hostile, path: str, status: int) -> None:
    """A probe tells the final status and reads nothing."""
    assert status == probe(hostile.url(path), seconds=20, network=LOOPBACK)


def test_probe_without_head(hostile: Hostile) -> None:
    """A server that knows no HEAD is asked by GET."""
    probe(hostile.url("/no-head"), seconds=20, network=LOOPBACK)

    assert ["HEAD", "GET"] == [request.split(" ")[0] for request in hostile.requests]


def test_no_thread_is_left(hostile: Hostile) -> None:
    """The timers of finished exchanges are gone."""
    before = set(threading.enumerate())
    _fetch(hostile.url("/good"))
    # Other tests of this process may have timers of their own, such as that of a chart process at rest.
    timers = [each for each in set(threading.enumerate()) - before if isinstance(each, threading.Timer)]
    for timer in timers:
        timer.join(10)

    assert not any(timer.is_alive() for timer in timers)
