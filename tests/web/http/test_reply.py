"""What the application answered: its headers read once, and no body that is longer or shorter than they say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response
from werkzeug.datastructures import ContentRange

from govplan.web.http.files import FileBody
from govplan.web.http.reply import Headers, Reply


def _reply(*headers: tuple[str, str], status: int = 200, body: bytes = b"") -> Reply:
    return Reply(status, list(headers), body)


def test_what_headers_say() -> None:
    """What headers say of keeping and coding an answer is there by itself, in lower case."""
    reply = _reply(
        ("Content-Type", "Text/HTML; charset=utf-8"),
        ("Cache-Control", "Public, max-age=300"),
        ("Vary", "Accept"),
        ("vary", " Accept-Language,, Host "),
        ("ETag", '"tag"'),
        ("Content-Length", "4"),
        body=b"body",
    )

    assert ("text/html", "tag", 4) == (reply.media_type, reply.tag, reply.size)
    assert {"public", "max-age"} == reply.control
    assert {"accept", "accept-language", "host"} == reply.vary
    assert (False, False) == (reply.cookie, reply.final)


def test_what_headers_do_not_say() -> None:
    """Where headers say nothing, nothing is assumed."""
    reply = _reply()

    assert ("", None, 0) == (reply.media_type, reply.tag, reply.size)
    assert set() == reply.vary


@pytest.mark.parametrize("tag", ['W/"tag"', "tag", ""])
def test_weak_tags(tag: str) -> None:
    """A weak validator, or none, is no strong one."""
    assert _reply(("ETag", tag)).tag is None


@pytest.mark.parametrize(
    ("status", "headers"),
    [(206, []), (200, [("Content-Encoding", "br")]), (200, [("Cache-Control", "no-transform, public")])],
)
def test_final(status: int, headers: Headers) -> None:
    """A part, and what has a coding or must stay as it is, is in the form in which it is sent."""
    assert _reply(*headers, status=status).final


def test_cookie() -> None:
    """An answer that sets a cookie says so."""
    assert _reply(("Set-Cookie", "a=b")).cookie


@pytest.mark.parametrize("in_file", [False, True])
def test_whole(in_file: bool) -> None:
    """The whole body is read once, and then closed."""
    body = FileBody.held("test", b"body") if in_file else b"body"
    reply = Reply(200, [], body)

    assert b"body" == reply.whole()
    assert isinstance(body, bytes) or body.file.closed
    reply.close()


def test_of_a_response() -> None:
    """A response of Flask is read piece by piece to its end, and then closed."""
    closed: list[str] = []

    def pieces() -> Iterator[str]:
        yield "é"
        yield "a"

    response = Response(pieces(), status=201, headers={"X-Release": "release"})
    response.call_on_close(lambda: closed.append("closed"))
    reply = Reply.of(response)

    assert (201, "éa".encode()) == (reply.status, reply.body)
    assert "release" == dict(reply.headers)["X-Release"]
    assert ["closed"] == closed


def test_response_that_breaks_off() -> None:
    """A response that fails in the middle is a fault, and closed."""
    closed: list[str] = []

    def pieces() -> Iterator[bytes]:
        yield b"a"
        raise ZeroDivisionError

    response = Response(pieces())
    response.call_on_close(lambda: closed.append("closed"))
    with pytest.raises(ZeroDivisionError):
        Reply.of(response)

    assert ["closed"] == closed


def test_response_in_a_file(tmp_path: Path) -> None:
    """A response whose body is a part of a file is not read: it is sent from there."""
    (tmp_path / "file").write_bytes(b"0123456789")
    body = FileBody((tmp_path / "file").open("rb"), 2, 3)
    response = Response(body, status=206, direct_passthrough=True)
    response.content_length = 3
    response.content_range = ContentRange("bytes", 2, 5, 10)
    reply = Reply.of(response)

    assert body is reply.body
    assert (3, b"234", True) == (reply.size, body.read(), reply.final)


def test_reference() -> None:
    """An address in a header is one that may stand there, whatever script it is in."""
    reply = Reply.of(Response(status=303, headers={"Location": "/queries/dépenses"}))

    assert "/queries/d%C3%A9penses" == dict(reply.headers)["Location"]


def test_unchanged() -> None:
    """That something is unchanged is said without what describes a body (RFC 9110 section 15.4.5)."""
    reply = Reply.of(Response(status=304, content_type="text/csv", headers={"ETag": '"tag"', "Vary": "Accept"}))

    assert {"ETag", "Vary"} == {name for name, _ in reply.headers}
