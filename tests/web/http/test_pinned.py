"""Which release an address names, by its path or by a parameter; what names a wrong one is a fault, never another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govplan.errors import ParameterInvalid, ReleaseUnknown
from govplan.web.http.environ import FAULT
from govplan.web.http.pinned import PINNED, PREFIX, pin, unpin

A, B = "0123456789ab", "ffffffffffff"


def _pinned(path: str, query: str = "", prefix: str = "") -> dict[str, Any]:
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": prefix}
    pin(environ)
    return environ


@pytest.mark.parametrize(
    ("path", "query", "named", "inner", "left"),
    [
        ("/plan", "", "", "/plan", ""),
        ("/sparql", "query=ASK%7B%7D", "", "/sparql", "query=ASK%7B%7D"),
        (f"/release/{A}/", "", A, "/", ""),
        (f"/release/{A}/sparql", "query=x", A, "/sparql", "query=x"),
        (f"/release/{A}/a b\n", "", A, "/a b\n", ""),
        (f"/release/{A}", "", A, f"/release/{A}", ""),
        (f"/release/{A}.ttl", "", A, f"/release/{A}.ttl", ""),
        (f"/release/{A}/release/{A}", "", A, f"/release/{A}", ""),
        ("/sparql", f"release={A}", A, "/sparql", ""),
        ("/sparql", f"query=a+b&release={A}&x", A, "/sparql", "query=a+b&x"),
        ("/sparql", f"rel%65ase={A[:-1]}%62", A, "/sparql", ""),
        (f"/release/{A}/sparql", f"release={A}&release={A}", A, "/sparql", ""),
        ("/release/", "", "", "/release/", ""),
        (f"/release/{A}x/sparql", "", "", f"/release/{A}x/sparql", ""),
        (f"/release/{A.upper()}/sparql", "", "", f"/release/{A.upper()}/sparql", ""),
        (f"/releases/{A}/sparql", "", "", f"/releases/{A}/sparql", ""),
        ("/q", "released=1&my-release=2", "", "/q", "released=1&my-release=2"),
    ],
)
def test_named(path: str, query: str, named: str, inner: str, left: str) -> None:
    """The id is taken out of the path and the query string, and stands before the addresses that an answer names."""
    environ = _pinned(path, query, "/kb")
    assert (named, inner, left) == (environ[PINNED], environ["PATH_INFO"], environ["QUERY_STRING"])
    assert "/kb" == environ[PREFIX]
    assert (f"/kb/release/{named}" if named else "/kb") == environ["SCRIPT_NAME"]
    assert FAULT not in environ


@pytest.mark.parametrize(
    ("path", "query", "fault"),
    [
        ("/sparql", "release=", ReleaseUnknown),
        ("/sparql", "release", ReleaseUnknown),
        ("/sparql", "release=current", ReleaseUnknown),
        ("/sparql", f"release={A}%00", ReleaseUnknown),
        ("/sparql", f"release={A}&release={B}", ParameterInvalid),
        (f"/release/{A}/sparql", f"release={B}", ParameterInvalid),
        (f"/release/{A}/release/{B}", "", ParameterInvalid),
    ],
)
def test_faults(path: str, query: str, fault: type[Exception]) -> None:
    """No id, one of another form, and two of them are faults that the application answers with."""
    environ = _pinned(path, query)
    assert isinstance(environ[FAULT], fault)
    assert "" == environ[PINNED]


def test_once() -> None:
    """An environment is read once, and can be given back to the current release with the problem of the one named."""
    environ = _pinned(f"/release/{A}/plan")
    pin(environ)
    assert "/plan" == environ["PATH_INFO"]
    problem = ReleaseUnknown("x")
    unpin(environ, problem)
    assert ("", "", problem) == (environ[PINNED], environ["SCRIPT_NAME"], environ[FAULT])


@given(st.text(), st.text())
def test_anything(path: str, query: str) -> None:
    """No path and no query string raises."""
    _pinned(f"/release/{A}/{path}", query)
    _pinned(path, f"release={query}")
