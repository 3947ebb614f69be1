"""Content codings by negotiation: what a client takes, and bytes that decode to the same answer."""

import asyncio
import hashlib
import random
import string
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import pytest

from govplan.config import Settings
from govplan.content_codings import CODINGS
from govplan.web import App
from govplan.web.http.cache import WHOLE
from govplan.web.http.environ import Environ
from govplan.web.http.files import FileBody
from govplan.web.http.negotiation import codings
from govplan.web.http.reply import Body, Headers, Reply
from tests.web.layers import DECODE, Layer, get, pieces, plain
from tests.web.served import Served

QUESTION = "/queries/facts-with-text-units.json"
EVERY = ("zstd", "br", "gzip", "identity")


@pytest.fixture(scope="module", name="front")
def _front(app: App, settings: Settings, loop: asyncio.AbstractEventLoop) -> Iterator[Served]:
    with closing(Served(app, replace(settings, cache_bytes=4_000_000), loop)) as served:
        yield served


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
def test_same_answer_in_each(front: Served, method: str, path: str) -> None:
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


def test_small_answers_go_as_they_are(front: Served) -> None:
    """What is small is not compressed, unless the client takes nothing else."""
    small = get(front, "/sparql?query=ASK%7B%7D", Accept_Encoding="gzip")
    forced = get(front, "/sparql?query=ASK%7B%7D", Accept_Encoding="gzip, identity;q=0")

    assert "Content-Encoding" not in small.headers
    assert "gzip" == forced.headers["Content-Encoding"]
    assert small.data == plain(forced)
    assert small.headers["ETag"] != forced.headers["ETag"]


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "identity;q=0, compress"])
@pytest.mark.parametrize("path", [QUESTION, "/", "/dumps/be-ai-convergence.ttl", "/nowhere"])
def test_no_coding_is_taken(front: Served, path: str, header: str) -> None:
    """Who takes an answer in no coding at all is told which there are."""
    answer = get(front, path, Accept_Encoding=header)

    assert 406 == answer.status_code
    assert [*CODINGS, "identity"] == answer.get_json(force=True)["offered"]


class Told:
    """What answers as it is told to: for faults and sizes that the application does not have."""

    def __init__(self, status: int, headers: dict[str, str] | Headers, body: Body) -> None:
        self.body = body
        self._status = status
        self._headers = list(headers.items()) if isinstance(headers, dict) else headers

    async def __call__(self, environ: Environ) -> Reply:
        return Reply(self._status, self._headers, self.body)

    @property
    def closed(self) -> bool:
        """Whether nothing is open any more."""
        return isinstance(self.body, bytes) or self.body.file.closed


LARGE = WHOLE + 1
CSV = {"Content-Type": "text/csv; charset=utf-8", "Cache-Control": "public, max-age=300", "ETag": '"tag"'}
BODIES = pytest.mark.parametrize("in_file", [False, True], ids=["in memory", "in a file"])


def _body(size: int, in_file: bool = False) -> Body:
    content = b"x" * size
    return FileBody.held("test", content) if in_file else content


@BODIES
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", *DECODE])
def test_large_answer(method: str, coding: str, in_file: bool) -> None:
    """A large answer is not kept; it goes through as it is, or compressed in pieces, whole and with exact length."""
    told = Told(200, {**CSV, "Content-Length": str(LARGE)}, _body(LARGE, in_file))
    layer = Layer(told)
    answer = get(layer, "/", method, Accept_Encoding=coding)

    assert ('"tag"' if coding == "identity" else f'"tag-{coding}"') == answer.headers["ETag"]
    if method == "GET":
        assert LARGE == len(plain(answer))
        assert str(len(answer.data)) == answer.headers["Content-Length"]
    elif coding == "identity":
        assert str(LARGE) == answer.headers["Content-Length"]
    # As it is, it is handed on open, and closed by who sends it.
    assert told.closed or coding == "identity"
    assert 0 == len(layer.cache.entries)


@BODIES
@pytest.mark.parametrize("declared", [9, 11, LARGE])
@pytest.mark.parametrize("more", [{}, {"Cache-Control": "no-store"}])
@pytest.mark.parametrize("coding", ["identity", "gzip, identity;q=0"])
def test_length_that_is_wrong(declared: int, more: dict[str, str], coding: str, in_file: bool) -> None:
    """An answer that is not as long as it says is never sent as a whole one."""
    told = Told(200, {**CSV, "Content-Length": str(declared), **more}, _body(10, in_file))
    with pytest.raises(RuntimeError, match=f"declared {declared} bytes and wrote 10"):
        get(Layer(told), "/", Accept_Encoding=coding)

    assert told.closed


@pytest.mark.parametrize("coding", DECODE)
def test_file_that_is_cut_short(coding: str) -> None:
    """An answer whose file ends too early is a fault, not a shorter answer, and nothing stays open."""
    body = FileBody.held("test", b"x" * LARGE)
    body.file.truncate(LARGE - 1)
    told = Told(200, {**CSV, "Content-Length": str(LARGE)}, body)
    with pytest.raises(RuntimeError, match=f"a body of {LARGE} bytes ends after {LARGE - 1}"):
        get(Layer(told), "/", Accept_Encoding=coding)

    assert told.closed


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_length_that_is_not_said(coding: str) -> None:
    """An answer without a length gets one: nothing is ever sent chunked."""
    answer = get(Layer(Told(200, CSV, _body(2000))), "/", Accept_Encoding=coding)

    assert str(len(answer.data)) == answer.headers["Content-Length"]
    assert 2000 == len(plain(answer))


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (206, {"Content-Range": "bytes 0-1999/9999"}),
        (200, {"Cache-Control": "public, no-transform"}),
        (200, {"Content-Encoding": "br"}),
    ],
)
def test_sent_as_it_is(status: int, more: dict[str, str]) -> None:
    """A part, what must not be transformed and what has a coding already are neither compressed nor kept."""
    layer = Layer(Told(status, {**CSV, **more, "Content-Length": "2000"}, _body(2000)))
    answer = get(layer, "/", Accept_Encoding="gzip")

    assert (status, 2000, '"tag"') == (answer.status_code, len(answer.data), answer.headers["ETag"])
    assert more.get("Content-Encoding") == answer.headers.get("Content-Encoding")
    assert 0 == len(layer.cache.entries)


@pytest.mark.parametrize(
    "more",
    [
        {"Cache-Control": "max-age=300"},
        {"Cache-Control": "public, no-store"},
        {"Set-Cookie": "a=b"},
        {"Vary": "*"},
    ],
)
def test_not_for_everybody(more: dict[str, str]) -> None:
    """What is not said to be for everybody is not kept."""
    layer = Layer(Told(200, {**CSV, "X-Release": "release", **more, "Content-Length": "10"}, _body(10)))

    assert 10 == len(get(layer, "/").data)
    assert 0 == len(layer.cache.entries)


@BODIES
@pytest.mark.parametrize("coding", ["identity", "br", "gzip", "zstd"])
def test_kept_in_a_file(coding: str, in_file: bool) -> None:
    """A kept answer of some size is the same each time, whichever form and file it lies in."""
    size = 1_000_000
    layer = Layer(Told(200, {**CSV, "X-Release": "release"}, _body(size, in_file)))
    answers = [get(layer, "/", Accept_Encoding=coding) for _ in range(3)]

    assert {size} == {len(plain(answer)) for answer in answers}
    assert 1 == len({answer.data for answer in answers})
    assert 2 == layer.cache.entries.hits


@BODIES
def test_answer_without_a_body(in_file: bool) -> None:
    """An answer that has no body by its status is sent as it is, without a length (RFC 9110 section 8.6)."""
    told = Told(204, {"Vary": "Accept"}, _body(0, in_file))
    answer = get(Layer(told), "/", Accept_Encoding="gzip")

    assert (204, b"") == (answer.status_code, answer.data)
    assert {"Content-Length", "Content-Encoding"}.isdisjoint(answer.headers.keys())
    assert told.closed


@pytest.mark.parametrize("more", [{}, {"ETag": 'W/"tag"'}])
def test_validator_of_its_own(more: dict[str, str]) -> None:
    """Who has no strong validator gets one from the bytes; the date is left to the server."""
    said = {**CSV, "Date": "Thu, 01 Jan 1970 00:00:00 GMT", "X-Release": "release", **more, "Content-Length": "10"}
    if not more:
        del said["ETag"]
    answer = get(Layer(Told(200, said, _body(10))), "/")

    assert f'"{hashlib.sha256(b"x" * 10).hexdigest()[:32]}"' == answer.headers["ETag"]
    assert "Date" not in answer.headers


def test_unchanged_without_a_tag() -> None:
    """A 304 that names nothing is passed over: the answer is asked for."""
    asked: list[str | None] = []

    async def origin(environ: Environ) -> Reply:
        asked.append(environ.get("HTTP_IF_NONE_MATCH"))
        return Reply(304 if asked[-1] else 200, [("Content-Length", "0")], b"")

    assert 200 == get(Layer(origin), "/", If_None_Match='"x"').status_code
    assert ['"x"', None] == asked


def test_header_twice() -> None:
    """What is said in two headers of one name counts together."""
    headers = [
        ("Vary", "Accept"),
        ("Vary", "Host, *"),
        ("Cache-Control", "max-age=300"),
        ("Cache-Control", "public"),
        ("X-Release", "release"),
        ("Content-Length", "2"),
    ]
    layer = Layer(Told(200, headers, b"ok"))
    assert b"ok" == get(layer, "/").data
    assert 0 == len(layer.cache.entries)


def test_weak_tag_of_a_large_answer() -> None:
    """A weak validator holds for every coding, so it stays as it is."""
    told = Told(200, {**CSV, "ETag": 'W/"tag"', "Content-Length": str(LARGE)}, _body(LARGE))

    assert 'W/"tag"' == get(Layer(told), "/", Accept_Encoding="zstd").headers["ETag"]
