"""Request bodies: whole or not at all, in time and within bounds, before the application sees the request."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.exceptions import RequestEntityTooLarge

from govplan.config import Settings
from govplan.errors import ClientOverBudget
from govplan.web import App
from govplan.web.http.bodies import Bodies
from govplan.web.http.environ import FAULT, Environ
from govplan.web.http.errors import Refused
from tests.loops import LONG, on_a_loop, turn
from tests.web.served import Asked, Connection, Fields, Serve, Served

LIMIT, REST = 10, 1000


def _announced(length: object) -> Environ:
    return {"CONTENT_LENGTH": str(length)}


def _chunked() -> Environ:
    return {"HTTP_TRANSFER_ENCODING": "chunked"}


def _bodies(*, seconds: float = LONG, places: int = 3) -> Bodies:
    return Bodies(limit=LIMIT, seconds=seconds, places=places, rest=REST)


def _came(environ: Environ) -> bytes:
    """Return the body as the application reads it; nothing was wrong with it."""
    assert FAULT not in environ
    assert "HTTP_TRANSFER_ENCODING" not in environ
    body: bytes = environ["wsgi.input"].read()
    assert len(body) == int(environ.get("CONTENT_LENGTH", 0))
    return body


def _refused(environ: Environ) -> Refused:
    problem = environ[FAULT]
    assert isinstance(problem, Refused)
    return problem


class Endless:
    """A connection whose client sends without end, in pieces of this size."""

    def __init__(self, size: int) -> None:
        self.sent = 0
        self._size = size

    async def __call__(self) -> bytes:
        raise AssertionError("an endless body is never whole")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.sent += self._size
            yield b"x" * self._size


class Leaving:
    """A connection whose client goes away in the middle of a body."""

    async def __call__(self) -> bytes:
        raise ConnectionError("gone")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"x"
        raise ConnectionError("gone")


class WithEmptyEnd(Connection):
    """A connection over which an empty piece is the end of a body."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in super().__aiter__():
            yield piece
        yield b""
        raise AssertionError("this is read past its end")


@on_a_loop
async def test_without_a_body() -> None:
    """A request without a body has an empty one, and nothing is read from its connection."""
    environ: Environ = {}
    await _bodies().read(environ, Endless(1))

    assert b"" == _came(environ)


@pytest.mark.parametrize("pieces", [(), (b"abc",), (b"a", b"b"), (b"x" * LIMIT,)])
@pytest.mark.parametrize("kind", [Connection, WithEmptyEnd])
@pytest.mark.parametrize("chunked", [True, False])
@on_a_loop
async def test_whole_body(pieces: tuple[bytes, ...], kind: type[Connection], chunked: bool) -> None:
    """A body of any size up to the limit is there as it was sent, announced or in chunks."""
    if not chunked and kind is WithEmptyEnd:
        return
    whole = b"".join(pieces)
    environ = _chunked() if chunked else _announced(len(whole))
    await _bodies().read(environ, kind(*pieces))

    assert whole == _came(environ)


@pytest.mark.parametrize("length", [LIMIT + 1, LIMIT * 2, REST])
@on_a_loop
async def test_announced_too_long(length: int) -> None:
    """A body that is announced as too long is read to its end and forgotten: only then does its client listen."""
    environ = _announced(length)
    connection = Connection(b"x" * LIMIT, b"x" * (length - LIMIT))
    await _bodies().read(environ, connection)

    assert isinstance(environ[FAULT], RequestEntityTooLarge)
    assert (b"", "0") == (environ["wsgi.input"].read(), environ["CONTENT_LENGTH"])
    assert connection._pieces.empty()


@pytest.mark.parametrize("length", [REST + 1, 10**17, 10**30, "-1"])
@on_a_loop
async def test_announced_far_too_long(length: object) -> None:
    """A body that nobody would wait for is refused before a byte of it is read."""
    environ, endless = _announced(length), Endless(1)
    await _bodies().read(environ, endless)

    assert isinstance(environ[FAULT], RequestEntityTooLarge)
    assert 0 == endless.sent


@pytest.mark.parametrize("size", [1, LIMIT, LIMIT + 1, 10 * REST])
@on_a_loop
async def test_too_long_without_notice(size: int) -> None:
    """A body in chunks that is too long is read no further than its client may be expected to send without an end."""
    environ, endless = _chunked(), Endless(size)
    await _bodies().read(environ, endless)

    assert isinstance(environ[FAULT], RequestEntityTooLarge)
    assert LIMIT + REST < endless.sent <= LIMIT + REST + size
    assert "0" == environ["CONTENT_LENGTH"]


@pytest.mark.parametrize("pieces", [(b"x" * (LIMIT + 1),), (b"x" * LIMIT, b"x"), (b"x",) * (LIMIT + 5)])
@on_a_loop
async def test_too_long_in_chunks(pieces: tuple[bytes, ...]) -> None:
    """A body in chunks that is too long is read to its end, too."""
    environ, connection = _chunked(), Connection(*pieces)
    await _bodies().read(environ, connection)

    assert isinstance(environ[FAULT], RequestEntityTooLarge)
    assert b"" == environ["wsgi.input"].read()
    assert connection._pieces.empty()


@pytest.mark.parametrize("environ", [_announced(3), _chunked()], ids=["announced", "chunked"])
@on_a_loop
async def test_too_slow(environ: Environ) -> None:
    """A body that is not whole in time is refused as that, and its connection is not used again."""
    await _bodies(seconds=0.01).read(environ, Connection(b"ab", whole=False))

    assert "body-too-slow" == _refused(environ).slug
    assert (("Connection", "close"),) == _refused(environ).headers
    assert (b"", "0") == (environ["wsgi.input"].read(), environ["CONTENT_LENGTH"])


@on_a_loop
async def test_cut_short() -> None:
    """A body that ends before its announced length is refused, never taken for a shorter one."""
    environ = _announced(5)
    await _bodies().read(environ, Connection(b"abc"))

    assert "request-malformed" == _refused(environ).slug
    assert "3 bytes; its header announced 5" in _refused(environ).what


@pytest.mark.parametrize("environ", [_announced(3), _chunked()], ids=["announced", "chunked"])
@on_a_loop
async def test_client_leaves(environ: Environ) -> None:
    """A client that leaves in the middle of its body ends the reading, which has no place any more."""
    bodies = _bodies(places=1)
    with pytest.raises(ConnectionError):
        await bodies.read(environ, Leaving())
    await bodies.read(after := _announced(3), Connection(b"abc"))

    assert b"abc" == _came(after)
    assert {} == bodies._reading


@on_a_loop
async def test_task_is_cancelled() -> None:
    """A reading that is cancelled is not taken for a slow one."""
    bodies = _bodies()
    reading = asyncio.create_task(bodies.read(environ := _announced(3), Connection(whole=False)))
    await turn()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert FAULT not in environ
    assert {} == bodies._reading


@pytest.mark.parametrize("more", [1, 2, 3])
@on_a_loop
async def test_oldest_give_way(more: int) -> None:
    """Where too many bodies are on their way, those that have been so for longest give way, one for each new one."""
    bodies = _bodies(places=3)
    environs = [_announced(3) for _ in range(3 + more)]
    connections = [Connection(whole=False) for _ in environs]
    readings = [asyncio.create_task(bodies.read(*each)) for each in zip(environs, connections, strict=True)]
    await turn()
    assert 3 == len(bodies._reading)
    for connection in connections:
        connection.bring(b"abc")
        connection.bring(b"")
    await asyncio.gather(*readings)

    assert ["body-too-slow"] * more == [_refused(environ).slug for environ in environs[:more]]
    assert [b"abc"] * 3 == [_came(environ) for environ in environs[more:]]


@pytest.mark.parametrize("environ", [_announced(3), _announced(REST), _chunked()], ids=["short", "long", "chunked"])
@pytest.mark.parametrize("kind", [Connection, WithEmptyEnd])
@on_a_loop
async def test_whoever_is_sent_away(environ: Environ, kind: type[Connection]) -> None:
    """The body of a request that is refused already is read and forgotten, and the reason stays."""
    environ = {**environ, FAULT: ClientOverBudget("x", retry_seconds=1)}
    connection = kind(b"abc")
    await _bodies().read(environ, connection)

    assert isinstance(environ[FAULT], ClientOverBudget)
    assert (b"", "0") == (environ["wsgi.input"].read(), environ["CONTENT_LENGTH"])
    assert connection._pieces.empty()


@pytest.mark.parametrize("expect", ["100-continue", "100-Continue"])
@pytest.mark.parametrize("environ", [_announced(LIMIT + 1), {**_announced(3), FAULT: RequestEntityTooLarge()}])
@on_a_loop
async def test_expects_to_be_told_first(environ: Environ, expect: str) -> None:
    """A client that waits for a word before it sends its body is told at once."""
    endless = Endless(1)
    await _bodies().read({**environ, "HTTP_EXPECT": expect}, endless)

    assert 0 == endless.sent


@pytest.mark.parametrize("environ", [_announced(LIMIT + 1), {**_chunked(), FAULT: RequestEntityTooLarge()}])
@on_a_loop
async def test_refused_and_slow(environ: Environ) -> None:
    """Nobody is waited for longer than a body may take; the reason stays."""
    environ = {**environ}
    await _bodies(seconds=0.01).read(environ, Connection(b"ab", whole=False))

    assert isinstance(environ[FAULT], RequestEntityTooLarge)


@on_a_loop
async def test_refused_without_end() -> None:
    """What a refused client sends without an end is read up to a bound."""
    environ, endless = {**_chunked(), FAULT: ClientOverBudget("x", retry_seconds=1)}, Endless(LIMIT)
    await _bodies().read(environ, endless)

    assert REST < endless.sent <= REST + LIMIT


@on_a_loop
async def test_refused_take_no_places() -> None:
    """Bodies that are forgotten put no other off; past a bound they are not read at all."""
    bodies = _bodies(places=2)
    environs = [{**_announced(3), FAULT: ClientOverBudget("x", retry_seconds=1)} for _ in range(2)]
    connections = [Connection(whole=False) for _ in environs]
    forgotten = [asyncio.create_task(bodies.read(*each)) for each in zip(environs, connections, strict=True)]
    await turn()
    endless = Endless(1)
    await bodies.read({**_announced(3), FAULT: ClientOverBudget("x", retry_seconds=1)}, endless)
    await bodies.read(honest := _announced(3), Connection(b"abc"))
    for connection in connections:
        connection.bring(b"")
    await asyncio.gather(*forgotten)
    await bodies.read({**_announced(3), FAULT: ClientOverBudget("x", retry_seconds=1)}, after := Connection(b"abc"))

    assert 0 == endless.sent
    assert b"abc" == _came(honest)
    assert after._pieces.empty()


@pytest.fixture(name="served")
def _served(app: App, settings: Settings, serve: Serve) -> Served:
    """A server that takes bodies of ten bytes, which may take a moment."""
    return serve(app, replace(settings, cache_bytes=0, body_bytes=LIMIT, body_seconds=0.05))


@pytest.mark.parametrize(
    ("sent", "length", "whole", "status", "slug"),
    [
        (b"ASK {}", "6", True, 200, ""),
        (b"ASK {}", None, True, 200, ""),
        (b"", "11", False, 413, "body-too-large"),
        (b"ASK { ?s ?p ?o }", "16", True, 413, "body-too-large"),
        (b"ASK { ?s ?p ?o }", None, True, 413, "body-too-large"),
        (b"ASK { ?s ?p ?o }", None, False, 413, "body-too-large"),
        (b"ASK", "6", False, 408, "body-too-slow"),
        (b"ASK", None, False, 408, "body-too-slow"),
        (b"ASK", "6", True, 400, "request-malformed"),
    ],
)
def test_problem(served: Served, sent: bytes, length: str | None, whole: bool, status: int, slug: str) -> None:
    """Whatever is wrong with a body is told in the form of all problems."""
    how = ("transfer-encoding", "chunked") if length is None else ("content-length", length)
    headers = Fields([("host", "x"), ("content-type", "application/sparql-query"), how])
    connection = served.ask(Asked("/sparql", method="POST", headers=headers), Connection(sent, whole=whole))

    assert status == connection.status, connection.body
    if slug:
        told: Any = dict(connection.headers)
        assert ("application/problem+json", "no-store") == (told["Content-Type"], told["Cache-Control"])
        assert f"errors/{slug}".encode() in connection.body
        assert (slug == "body-too-slow") == ("Connection" in told)
