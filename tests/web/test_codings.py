"""Content codings by negotiation: what a client takes, and bytes that decode to the same answer."""

import hashlib
import random
import string
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask

from govplan.manifest import Manifest
from govplan.store.codings import CODINGS
from govplan.web import Cache
from govplan.web.cache import WHOLE
from govplan.web.negotiation import codings
from tests.web.layers import DECODE, get, pieces, plain

QUESTION = "/queries/facts-with-text-units.json"
EVERY = ("zstd", "br", "gzip", "identity")


@pytest.fixture(scope="module", name="front")
def _front(app: Flask, manifest: Manifest) -> Cache:
    return Cache(app, lambda: manifest.id, 4_000_000)


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        (None, ("identity",)),
        ("", ("identity",)),
        ("gzip", ("gzip", "identity")),
        ("x-gzip", ("gzip", "identity")),
        ("GZip;Q=0.5", ("gzip", "identity")),
        ("gzip, deflate, br, zstd", EVERY),
        ("gzip;q=1.0, br;q=0.9", ("gzip", "br", "identity")),
        ("gzip;q=0.5, identity;q=0.8", ("identity", "gzip")),
        ("gzip;q=0", ("identity",)),
        ("compress, deflate", ("identity",)),
        ("*", EVERY),
        ("br;q=0, *;q=0.1", ("zstd", "gzip", "identity")),
        ("*;q=0.5, gzip;q=0.1", ("zstd", "br", "identity", "gzip")),
        ("identity;q=0, gzip", ("gzip",)),
        ("identity;q=0, *", ("zstd", "br", "gzip")),
        ("*;q=0, gzip", ("gzip",)),
        ("*;q=0, identity", ("identity",)),
        ("*;q=0", ()),
        ("identity;q=0", ()),
        ("gzip;q=2, br;q=x", ("identity",)),  # a quality that is none: not named (as by Werkzeug)
        (" , gzip , ,", ("gzip", "identity")),
        ("gzip, " + "x" * 500, ("gzip", "identity")),
    ],
)
def test_what_a_client_takes(header: str | None, taken: tuple[str, ...]) -> None:
    """Accept-Encoding leads to the codings a client takes, best first (RFC 9110 section 12.5.3)."""
    assert taken == codings(header)


def test_any_header() -> None:
    """Whatever a client sends, the codings are ours, each once, by falling quality, and none that has quality 0."""
    chance = random.Random(9110)
    names = [*EVERY, "*", "x-gzip", "deflate", "GZIP", ""]
    for _ in range(5_000):
        wanted = {name: chance.choice([None, 0, 0.0, 0.001, 0.5, 0.999, 1]) for name in chance.sample(names[:5], 3)}
        tidy = ", ".join(name if q is None else f"{name};q={q}" for name, q in wanted.items())
        taken = codings(tidy)
        quality = {name: 1.0 if q is None else float(q) for name, q in wanted.items()}
        rest = quality.get("*", 0.0)
        full = {name: quality.get(name, rest) for name in EVERY}
        if "identity" not in wanted and "*" not in wanted:
            full["identity"] = 0.0001
        assert {name for name, q in full.items() if q > 0} == set(taken), tidy
        assert all(full[one] >= full[next_] for one, next_ in pairwise(taken)), tidy

        wild = "".join(chance.choice(string.printable + "é\x00") for _ in range(chance.randrange(40)))
        wild += chance.choice(names) + chance.choice([";q=0", ";q", ";q=;", ',"', ";x=1;q=0.5", "\\", ""])
        found = codings(wild)
        assert len(found) == len(set(found))
        assert set(found) <= set(EVERY)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("sizes", [(), (0,), (1,), (10, 0, 70_000), (3_000_000,)])
def test_pieces(coding: str, sizes: tuple[int, ...]) -> None:
    """Whatever the pieces, what is written decodes to them."""
    assert b"x" * sum(sizes) == DECODE[coding](b"".join(CODINGS[coding].encoded(pieces(*sizes))))


@pytest.mark.parametrize("coding", CODINGS)
def test_files(coding: str) -> None:
    """A packed file decodes to what it was made of, and is the same each time."""
    data = b"<http://x/s> <http://x/p> <http://x/o> .\n" * 1000

    assert data == DECODE[coding](CODINGS[coding].pack(data))
    assert CODINGS[coding].pack(data) == CODINGS[coding].pack(data)


@pytest.mark.parametrize("path", [QUESTION, "/", "/static/govplan.css", "/errors/", "/nowhere?" + "x" * 2000])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_same_answer_in_each(front: Cache, method: str, path: str) -> None:
    """Answers, pages, style sheets and errors come in each coding with exact length and decode to the same bytes."""
    whole = get(front, path, Accept="text/html" if path != QUESTION else "*/*")
    tags = {whole.headers.get("ETag")}
    for coding in DECODE:
        answer = get(front, path, method, Accept="text/html" if path != QUESTION else "*/*", Accept_Encoding=coding)
        assert whole.status_code == answer.status_code
        assert coding == answer.headers["Content-Encoding"]
        assert "Accept-Encoding" in answer.headers["Vary"]
        if method == "GET":
            assert whole.data == plain(answer)
            assert str(len(answer.data)) == answer.headers["Content-Length"]
        assert int(answer.headers["Content-Length"]) < len(whole.data) / 1.5
        tags.add(answer.headers.get("ETag"))

    assert (4 if whole.status_code == 200 else 1) == len(tags)


def test_small_answers_go_as_they_are(front: Cache) -> None:
    """What is small is not compressed, unless the client takes nothing else."""
    small = get(front, "/sparql?query=ASK%7B%7D", Accept_Encoding="gzip")
    forced = get(front, "/sparql?query=ASK%7B%7D", Accept_Encoding="gzip, identity;q=0")

    assert "Content-Encoding" not in small.headers
    assert "gzip" == forced.headers["Content-Encoding"]
    assert small.data == plain(forced)
    assert small.headers["ETag"] != forced.headers["ETag"]


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "identity;q=0, compress"])
@pytest.mark.parametrize("path", [QUESTION, "/", "/dumps/be-ai-convergence.ttl", "/nowhere"])
def test_no_coding_is_taken(front: Cache, path: str, header: str) -> None:
    """Who takes an answer in no coding at all is told which there are."""
    answer = get(front, path, Accept_Encoding=header)

    assert 406 == answer.status_code
    assert [*CODINGS, "identity"] == answer.get_json(force=True)["offered"]


class Told:
    """An application that says what it is told to: for faults and sizes that the real one does not have."""

    def __init__(self, status: str, headers: dict[str, str], body: Iterable[bytes]) -> None:
        self.closed = 0
        self._said = status, list(headers.items())
        self._body = iter(body)

    def __call__(self, environ: object, start_response: Any) -> "Told":
        start_response(*self._said)
        return self

    def __iter__(self) -> "Told":
        return self

    def __next__(self) -> bytes:
        return next(self._body)

    def close(self) -> None:
        self.closed += 1


LARGE = WHOLE + 1
CSV = {"Content-Type": "text/csv; charset=utf-8", "Cache-Control": "public, max-age=300", "ETag": '"tag"'}


def _layer(application: Any) -> Cache:
    return Cache(application, lambda: "release", 100_000_000)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", *DECODE])
def test_large_answer(method: str, coding: str) -> None:
    """A large answer is not kept; it goes through in pieces, or compressed in pieces, whole and with exact length."""
    told = Told("200 OK", {**CSV, "Content-Length": str(LARGE)}, pieces(1_000_000, LARGE - 1_000_000))
    layer = _layer(told)
    answer = get(layer, "/", method, Accept_Encoding=coding)

    assert ('"tag"' if coding == "identity" else f'"tag-{coding}"') == answer.headers["ETag"]
    if method == "GET":
        assert LARGE == len(plain(answer))
        assert str(len(answer.data)) == answer.headers["Content-Length"]
    elif coding == "identity":
        assert str(LARGE) == answer.headers["Content-Length"]
    assert 1 == told.closed
    assert 0 == len(layer.entries)


@pytest.mark.parametrize("declared", [9, 11, LARGE])
@pytest.mark.parametrize("more", [{}, {"Cache-Control": "no-store"}])
@pytest.mark.parametrize("coding", ["identity", "gzip, identity;q=0"])
def test_length_that_is_wrong(declared: int, more: dict[str, str], coding: str) -> None:
    """An answer that is not as long as it says is never sent as a whole one."""
    told = Told("200 OK", {**CSV, "Content-Length": str(declared), **more}, pieces(10))
    with pytest.raises(RuntimeError, match=f"declared {declared} bytes and wrote 10"):
        get(_layer(told), "/", Accept_Encoding=coding)

    assert 1 == told.closed


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_length_that_is_not_said(coding: str) -> None:
    """An answer in pieces without a length gets one: nothing is ever sent chunked."""
    told = Told("200 OK", CSV, pieces(1000, 1000))
    answer = get(_layer(told), "/", Accept_Encoding=coding)

    assert str(len(answer.data)) == answer.headers["Content-Length"]
    assert 2000 == len(plain(answer))
    assert 1 == told.closed


@pytest.mark.parametrize(
    ("status", "more"),
    [
        ("206 PARTIAL CONTENT", {"Content-Range": "bytes 0-1999/9999"}),
        ("200 OK", {"Cache-Control": "public, no-transform"}),
        ("200 OK", {"Content-Encoding": "br"}),
    ],
)
def test_sent_as_it_is(status: str, more: dict[str, str]) -> None:
    """A part, what must not be transformed and what has a coding already are neither compressed nor kept."""
    told = Told(status, {**CSV, **more, "Content-Length": "2000"}, pieces(2000))
    layer = _layer(told)
    answer = get(layer, "/", Accept_Encoding="gzip")

    assert (status, 2000, '"tag"') == (answer.status, len(answer.data), answer.headers["ETag"])
    assert more.get("Content-Encoding") == answer.headers.get("Content-Encoding")
    assert 0 == len(layer.entries)


@pytest.mark.parametrize(
    "more",
    [
        {"Cache-Control": "max-age=300"},
        {"Cache-Control": "public, no-store"},
        {"Set-Cookie": "a=b"},
        {"Vary": "*"},
        {"X-Release": "another"},
    ],
)
def test_not_for_everybody(more: dict[str, str]) -> None:
    """What is not said to be for everybody is not kept."""
    said = {**CSV, "X-Release": "release", **more, "Content-Length": "10"}
    layer = _layer(Told("200 OK", said, pieces(10)))

    assert 10 == len(get(layer, "/").data)
    assert 0 == len(layer.entries)


def test_answer_without_a_body() -> None:
    """An answer that has no body by its status is sent as it is, without a length (RFC 9110 section 8.6)."""
    told = Told("204 NO CONTENT", {"Vary": "Accept"}, pieces())
    answer = get(_layer(told), "/", Accept_Encoding="gzip")

    assert (204, b"") == (answer.status_code, answer.data)
    assert {"Content-Length", "Content-Encoding"}.isdisjoint(answer.headers.keys())
    assert 1 == told.closed


@pytest.mark.parametrize("more", [{}, {"ETag": 'W/"tag"'}])
def test_validator_of_its_own(more: dict[str, str]) -> None:
    """Who has no strong validator gets one from the bytes; the date is left to the server."""
    said = {**CSV, "Date": "Thu, 01 Jan 1970 00:00:00 GMT", "X-Release": "release", **more, "Content-Length": "10"}
    if not more:
        del said["ETag"]
    answer = get(_layer(Told("200 OK", said, pieces(10))), "/")

    assert f'"{hashlib.sha256(b"x" * 10).hexdigest()[:32]}"' == answer.headers["ETag"]
    assert "Date" not in answer.headers


def test_unchanged_without_a_tag() -> None:
    """A 304 that names nothing is passed over: the answer is asked for."""
    asked: list[str | None] = []

    def application(environ: dict[str, str], start_response: Any) -> list[bytes]:
        asked.append(environ.get("HTTP_IF_NONE_MATCH"))
        start_response("304 NOT MODIFIED" if asked[-1] else "200 OK", [("Content-Length", "0")])
        return []

    assert 200 == get(_layer(application), "/", If_None_Match='"x"').status_code
    assert ['"x"', None] == asked


def test_headers_too_late() -> None:
    """An application that returns before it says its headers is a fault, not an empty answer."""
    with pytest.raises(RuntimeError, match="before it said its headers"):
        get(_layer(lambda environ, start_response: []), "/")


def test_headers_said_again() -> None:
    """An application that takes back what it said has its last word; one that hands over a fault has it raised."""

    def again(environ: object, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "9")])
        start_response("500 INTERNAL SERVER ERROR", [("Content-Length", "0")], (None, None, None))
        return []

    def fault(environ: object, start_response: Any) -> list[bytes]:
        start_response("500 INTERNAL SERVER ERROR", [], (ValueError, ValueError("spoilt"), None))
        return []

    assert 500 == get(_layer(again), "/").status_code
    with pytest.raises(ValueError, match="spoilt"):
        get(_layer(fault), "/")


def test_header_twice() -> None:
    """What is said in two headers of one name counts together."""

    def application(environ: object, start_response: Any) -> list[bytes]:
        headers = [
            ("Vary", "Accept"),
            ("Vary", "Host, *"),
            ("Cache-Control", "max-age=300"),
            ("Cache-Control", "public"),
        ]
        start_response("200 OK", [*headers, ("X-Release", "release"), ("Content-Length", "2")])
        return [b"ok"]

    layer = _layer(application)
    assert b"ok" == get(layer, "/").data
    assert 0 == len(layer.entries)


def test_weak_tag_of_a_large_answer() -> None:
    """A weak validator holds for every coding, so it stays as it is."""
    told = Told("200 OK", {**CSV, "ETag": 'W/"tag"', "Content-Length": str(LARGE)}, pieces(LARGE))

    assert 'W/"tag"' == get(_layer(told), "/", Accept_Encoding="zstd").headers["ETag"]
