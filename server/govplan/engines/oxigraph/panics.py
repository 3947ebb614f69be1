"""Queries that made the engine panic: remembered, so that the same one again does not cost a worker again.

Where the engine was built to abort, as pyoxigraph's wheels for Linux are, a panic ends the process; elsewhere it is an
exception in the worker. Either way the same query over the same release ends in the same way.
"""

import hashlib
import threading
from collections import OrderedDict

from govplan.sparql.port import Request

_REMEMBERED = 1000
_WORDS = "panicked at"


class Panics:
    """The queries of one store that made the engine panic: digests of the last thousand. Threads may share it."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        """Remember so many; the one that was met longest ago is forgotten first."""
        self._most = most
        self._lock = threading.Lock()
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def remember(self, request: Request) -> None:
        """Remember the query of a request, over its dataset."""
        digest = _digest(request)
        with self._lock:
            self._digests[digest] = None
            self._digests.move_to_end(digest)
            if len(self._digests) > self._most:
                self._digests.popitem(last=False)

    def known(self, request: Request) -> bool:
        """Tell whether the query of a request, over its dataset, is remembered."""
        if not self._digests:
            return False
        digest = _digest(request)
        with self._lock:
            if digest not in self._digests:
                return False
            self._digests.move_to_end(digest)
            return True


def said_panic(words: str) -> bool:
    """Tell whether the last words of a process that aborted are those of a panic."""
    return _WORDS in words


def _digest(request: Request) -> bytes:
    # No IRI holds a line end, so what a query and a dataset make is made by no others.
    parts = (*request.default_graphs, "", *request.named_graphs, "", request.query)
    return hashlib.sha256("\n".join(parts).encode()).digest()
