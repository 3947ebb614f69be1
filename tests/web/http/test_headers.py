"""Header fields that cannot be read: refused, or left out where they mean nothing, before anything reads them."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from wsgiref.types import WSGIApplication

import pytest

from govplan.config import Settings
from govplan.web import App
from govplan.web.http.headers import LONGEST, readable
from tests.web.layers import get
from tests.web.served import Served

ERRORS = "https://w3id.org/govplan/errors/"
ASK = {"query": "ASK {}"}
DUMP = "/dumps/be-ai-convergence.nq"
STATIC = "/static/govplan.css"
FAR = "Mon, 01 Nov 99999999999999 08:49:37 GMT"


@pytest.fixture(scope="module", name="front")
def _front(app: App, settings: Settings, loop: asyncio.AbstractEventLoop) -> Iterator[WSGIApplication]:
    """The application behind all layers."""
    with closing(Served(app, settings, loop)) as served:
        yield served


_LONG: dict[str, str] = {
    "Accept": "a/b," * 2000,
    "Accept_Encoding": "gzip;q=0.5," * 500,
    "Accept_Language": "nl-BE," * 1000,
    "Cache_Control": "max-age=0," * 500,
    "Content_Type": 'a/b; x="' + "y" * LONGEST,
    "If_Match": '"x",' * 2000,
    "If_None_Match": '"x,' * 2000,
    "Range": "bytes=" + "0-0," * 2000,
    "X_Anything": "x" * (LONGEST + 1),
}


@pytest.mark.parametrize("name", _LONG)
@pytest.mark.parametrize("path", ["/sparql", DUMP, "/codebook", STATIC])
def test_long_field_is_refused(front: WSGIApplication, name: str, path: str) -> None:
    """A field that is too long is refused by name, and no answer that is kept is given instead."""
    assert 200 == get(front, path, query=ASK).status_code
    refused = get(front, path, query=ASK, **{name: _LONG[name]})

    assert (431, f"{ERRORS}header-too-long") == (refused.status_code, refused.get_json(force=True)["type"])
    assert name.replace("_", "-") in refused.get_json(force=True)["detail"]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/id/" + "a/" * LONGEST, ""),
        ("/plan" + "/" * LONGEST, ""),
        ("/queries/" + "é" * LONGEST, ""),
        ("/search", "a&" * 1000),
        ("/", "&" * 1000),
        ("/sparql", "query=ASK{}" + "&x=%ff" * 1000),
    ],
)
def test_long_address_is_refused(front: WSGIApplication, path: str, query: str, accept: str) -> None:
    """A path that is too long, or a query string of too many fields, is refused, and is not repeated in the answer."""
    refused = get(front, path, query=query, Accept=accept)

    assert 414 == refused.status_code
    assert len(refused.data) < 20_000


def test_as_many_fields_as_allowed(front: WSGIApplication) -> None:
    """Exactly so many are read, and a path of just the greatest length is looked for."""
    assert 200 == get(front, "/codebook", query="&".join(["a=b"] * 1000)).status_code
    assert 404 == get(front, "/" + "a" * (LONGEST - 1)).status_code


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "Referer", "User_Agent"])
def test_fields_that_nobody_reads(front: WSGIApplication, name: str) -> None:
    """A field that is not read here may have any length: other programs of the same host may have set it."""
    assert 200 == get(front, "/codebook", **{name: "x=y; " * 5000}).status_code


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Accept", "application/json{}", 200),
        ("Accept", "text/csv,{}application/json", 200),
        ("Accept", "text/csv{}; q=1", 200),
        ("Accept", "a{}b", 406),
        ("Accept_Encoding", "br{};q=1", 200),
        ("If_None_Match", '"a"{}', 200),
    ],
)
@pytest.mark.parametrize("space", [" " * 60_000, "\t" * 60_000, " \t" * 30_000])
def test_space_is_worth_one(front: WSGIApplication, name: str, value: str, status: int, space: str) -> None:
    """White space of any length means what one space means."""
    short = get(front, "/sparql", query=ASK, **{name: value.format(" ")})
    long = get(front, "/sparql", query=ASK, **{name: value.format(space)})

    assert (status, short.status_code, short.data) == (short.status_code, long.status_code, long.data)


@pytest.mark.parametrize("path", [STATIC, DUMP, "/sparql?query=ASK%7B%7D"])
@pytest.mark.parametrize("name", ["If_Modified_Since", "If_Unmodified_Since", "If_Range"])
@pytest.mark.parametrize("value", [FAR, FAR.replace("Nov", "Foo"), "9" * 3000, "", "yesterday", "1 1 1 1 1"])
def test_dates_that_are_none(front: WSGIApplication, path: str, name: str, value: str) -> None:
    """A date that is none is as if it were not there (RFC 9110 section 13.1.3), whatever Python thinks of it."""
    more: dict[str, Any] = {"Range": "bytes=0-3"} if name == "If_Range" else {}

    assert get(front, path, **more, **{name: value}).status_code in (200, 206)


def test_what_can_be_read_is_left() -> None:
    """What can be read stays as it was sent."""
    fields = {"HTTP_IF_MODIFIED_SINCE": "Mon, 01 Jan 1990 00:00:00 GMT", "HTTP_ACCEPT": "a/b,  c/d"}
    address = {"PATH_INFO": "/a//b  c", "QUERY_STRING": "query=" + "%20" * 100_000}
    environ = {**fields, **address, "wsgi.version": (1, 0)}

    assert readable(environ)
    assert {**fields, **address, "wsgi.version": (1, 0)} == environ
