"""A panic of the engine: a cause of its own, which is the query's, remembered for it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox
import pytest

from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.panics import Panics, said_panic
from govplan.engines.oxigraph.worker import Spool, _reply
from govplan.errors import EngineFailed, QueryError
from govplan.sparql.port import Request
from govplan.sparql.scan import scan

QUERY = Request("SELECT * { ?s ?p ?o } ORDER BY DESC(?o)", "text/csv")
# What a worker no longer asks the engine: to sort terms of several kinds by its own order.
NATIVE = """
import random, sys
import pyoxigraph as ox

chosen = random.Random(int(sys.argv[1]))
kinds = (
    lambda n: ox.Literal(n),
    lambda n: ox.Literal(f"word {n}"),
    lambda n: ox.Literal(f"word {n}", language="en"),
    lambda n: ox.Literal(f"{1000 + n}-01-01", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    lambda n: ox.NamedNode(f"http://example.org/{n}"),
)
store, of = ox.Store(), ox.NamedNode("http://example.org/of")
for number in range(2000):
    value = kinds[number % len(kinds)](chosen.randrange(1000))
    store.add(ox.Quad(ox.NamedNode(f"http://example.org/s{number}"), of, value))
store.query(sys.argv[2])
"""


def test_words_of_a_panic() -> None:
    """What a process says that the engine ends is told from what it says at its limits."""
    runs = (
        subprocess.run(
            [sys.executable, "-c", NATIVE, str(seed), QUERY.query], capture_output=True, text=True, check=False
        )
        for seed in range(20)
    )
    ended = next(run for run in runs if run.returncode != 0)

    assert said_panic(ended.stderr)
    assert not said_panic("memory allocation of 8 bytes failed")
    assert not said_panic("thread 'main' has overflowed its stack")


def test_remembered() -> None:
    """A query that made the engine panic is known from then on, over the same dataset."""
    panics = Panics()
    assert not panics.known(QUERY)
    panics.remember(QUERY)
    panics.remember(QUERY)

    assert panics.known(replace(QUERY, media_type="text/turtle", max_rows=3))
    assert not panics.known(replace(QUERY, query=f"{QUERY.query} "))
    assert not panics.known(replace(QUERY, default_graphs=("http://x/",)))
    assert not panics.known(replace(QUERY, named_graphs=("http://x/",)))


def test_forgotten() -> None:
    """So many are remembered; the one that was met longest ago is forgotten first."""
    panics = Panics(2)
    first, second, third = (replace(QUERY, query=text) for text in ("1", "2", "3"))
    panics.remember(first)
    panics.remember(second)
    assert panics.known(first)
    panics.remember(third)

    assert [True, False, True] == [panics.known(each) for each in (first, second, third)]


class _Panicking:
    """A store of an engine that was built to unwind."""

    def __init__(self, problem: BaseException) -> None:
        self._problem = problem

    def query(self, *_: object, **__: object) -> None:
        raise self._problem


def _asked(problem: BaseException, folder: Path) -> frames.Frame:
    head: dict[str, Any] = dict.fromkeys(("max_rows", "partial_link", "row_cap"))
    head |= {"media_type": "text/csv", "default_graphs": [], "named_graphs": [], "found": scan("SELECT ?s {}")}
    frame = frames.Frame(frames.REQUEST, head, b"SELECT ?s {}")
    return _reply(cast(ox.Store, _Panicking(problem)), frame, {}, Spool(1000, 1000, str(folder)))


def test_panic_that_is_an_exception(tmp_path: Path) -> None:
    """Where a panic is an exception of Python, the client gets a named error that is his, and the worker retires."""
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    reply = _asked(panic("user-provided comparison function"), tmp_path)

    assert isinstance(frames.raised(reply), EngineFailed)
    assert isinstance(frames.raised(reply), QueryError)
    assert True is reply.head["retire"]


def test_any_other_exception(tmp_path: Path) -> None:
    """Whatever else is raised is not taken for a panic."""
    with pytest.raises(SystemExit):
        _asked(SystemExit(3), tmp_path)
