"""What the tests of the layer in front of the application share: counting what reaches the store, and decoding."""

import asyncio
import threading
import zlib
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import brotli
import zstandard
from werkzeug.test import Client, TestResponse

from govplan.sparql import Answer, Request, Store
from govplan.web.http.cache import Cache, Origin
from govplan.web.http.entries import Edition, Entries
from tests.loops import run

DECODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: zlib.decompress(data, zlib.MAX_WBITS | 16),
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


class CountedStore:
    """The real store, with a count of what it was asked; `before` runs before each answer, in a thread."""

    def __init__(self, store: Store) -> None:
        self.asked: list[Request] = []
        self.before: Callable[[int], None] = lambda number: None
        self._store = store
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        return self._store.waiting

    def answer(self, request: Request) -> Answer:
        self.before(self._count(request))
        return self._store.answer(request)

    async def respond(self, request: Request) -> Answer:
        await asyncio.to_thread(self.before, self._count(request))
        return await self._store.respond(request)

    def _count(self, request: Request) -> int:
        with self._lock:
            self.asked.append(request)
            return len(self.asked)

    def close(self) -> None:
        self._store.close()


class Layer:
    """A cache before something else than the application; WSGI clients may ask it."""

    def __init__(self, origin: Origin, limit: int = 100_000_000) -> None:
        self.cache = Cache(lambda environ: Edition("release"), Entries(limit))
        self._origin = origin

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        message = run(self.cache.answer(environ, self._origin))
        start_response(f"{message.status} {HTTPStatus(message.status).phrase.upper()}", message.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return [message.body if isinstance(message.body, bytes) else message.body.read()]


def get(application: Any, path: str, method: str = "GET", query: Any = None, **headers: str) -> TestResponse:
    """Send one request as it is, without anything a client adds by itself; names in headers have _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(application).open(path, method=method, query_string=query, headers=named, buffered=True)


def plain(answer: TestResponse) -> bytes:
    """Return the body of an answer, decoded."""
    coding = answer.headers.get("Content-Encoding")
    return DECODE[coding](answer.data) if coding else answer.data


def pieces(*sizes: int) -> Iterable[bytes]:
    """Yield texts of these sizes."""
    return (b"x" * size for size in sizes)
