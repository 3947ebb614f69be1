"""What the tests of the layer in front of the application share: counting what reaches the store, and decoding."""

import threading
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import brotli
import zstandard
from werkzeug.test import Client, TestResponse

from govplan.store import Answer, Request, Store

DECODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: zlib.decompress(data, zlib.MAX_WBITS | 16),
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


class CountedStore:
    """The real store, with a count of what it was asked; `before` runs before each answer."""

    def __init__(self, store: Store) -> None:
        self.asked: list[Request] = []
        self.before: Callable[[int], None] = lambda number: None
        self._store = store
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.asked.append(request)
            number = len(self.asked)
        self.before(number)
        return self._store.answer(request)

    def close(self) -> None:
        self._store.close()


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
