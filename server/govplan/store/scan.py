"""One linear scan of a query text, before any engine sees it: its form, what is refused, what is too much, `SELECT *`.

It knows the terminals of SPARQL (`tokens`), the brackets they stand in (`brackets`) and little else of its grammar:
keywords inside strings, comments, IRIs, names and variables are not keywords. What is no query at all is left to the
engine, whose error has a position.
"""

import contextlib
import threading
import time

from govplan.errors import Overloaded, QueryMalformed
from govplan.store.formats import Form
from govplan.store.limits import DEFAULTS, UNLIMITED, Limits
from govplan.store.port import Scan
from govplan.store.reader import Reader
from govplan.store.tokens import decoded

# How many long texts may wait to be read, each with its thread.
LONG_PLACES = 64
# Characters of a long text, and how many times as long as its reading took the next one waits.
_LONG = 4000
_REST = 2
_VOLATILE = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}


class _Turns:
    """Lets one thread at a time read a long text, with a rest after each, so that they get a third of the time at most.

    Threads take turns at Python: long texts read side by side are done no earlier, and leave little to short ones.
    """

    def __init__(self) -> None:
        self._queue = threading.Semaphore(LONG_PLACES)
        self._lock = threading.Lock()
        self._rested = time.monotonic()

    def __enter__(self) -> None:
        """Wait for the turn. Raises Overloaded if too many wait: each holds a thread."""
        if not self._queue.acquire(blocking=False):
            raise Overloaded("Too many long queries wait to be read.")
        self._lock.acquire()
        time.sleep(max(0.0, self._rested - time.monotonic()))
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        now = time.monotonic()
        self._rested = now + _REST * (now - self._begun)
        self._lock.release()
        self._queue.release()


_turns = _Turns()


def scan(query: str, limits: Limits = DEFAULTS) -> Scan:
    """Scan a query.

    Raises QueryRefused for SERVICE and every update form, QueryTooComplex beyond a limit, and QueryMalformed if the
    text has no query form, a string without end, an unknown word or prefix, or can be read in two ways. Overloaded if
    many long texts come at once.
    """
    with _turns if len(query) > _LONG else contextlib.nullcontext():
        return _scanned(query, limits)


def _scanned(query: str, limits: Limits) -> Scan:
    reader = Reader(query, limits)
    form = reader.read()
    if "\\" in query and (plain := decoded(query)) != query:
        # An engine may decode before it reads. What is then no query at all is nothing that it runs.
        with contextlib.suppress(QueryMalformed):
            Reader(plain, UNLIMITED).read()
    volatile = not _VOLATILE.isdisjoint(reader.words)
    return Scan(form, reader.star, tuple(reader.variables), "FROM" in reader.words, volatile)


def query_form(query: str, limits: Limits = DEFAULTS) -> Form:
    """Return the form of a query; raises as `scan` does."""
    return scan(query, limits).form
