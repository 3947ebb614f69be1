"""What the cache keeps of one address, however many headers its answers vary on."""

import pytest

from govplan.web.entries import Entries, Entry, Key, bare, encodable, quoted
from govplan.web.reply import Reply

KEY: Key = ("release", "http://x", "/", "")
LIMIT = 1_000_000


def _entry(body: bytes, tag: str | None = None) -> Entry:
    headers = [("Content-Type", "text/csv")]
    return Entry.of(Reply(200, headers if tag is None else [*headers, ("ETag", f'"{tag}"')], body), body)


def _environ(language: str) -> dict[str, str]:
    return {"HTTP_ACCEPT_LANGUAGE": language}


def test_one_entry_for_equal_answers() -> None:
    """Equal answers to different requests are kept once."""
    entries = Entries(LIMIT)
    kept = [entries.keep(KEY, _environ(language), {"accept-language"}, _entry(b"x" * 1000)) for language in "ab"]

    assert kept[0] is kept[1] is entries.find(KEY, _environ("a")) is entries.find(KEY, _environ("b"))
    assert entries.find(KEY, _environ("c")) is None
    assert entries.size < 8000


def test_headers_are_learnt() -> None:
    """Once an answer varies on one more header, what was found without it is not given any more, and still known."""
    entries = Entries(LIMIT)
    entries.keep(KEY, {}, set(), _entry(b"a", "a"))
    entries.keep(KEY, _environ("nl"), {"accept-language"}, _entry(b"b", "b"))

    assert entries.find(KEY, {}) is None
    assert {"a", "b"} == entries.tags(KEY)
    assert entries.tagged(KEY, "a") is not None
    assert entries.tagged(KEY, None) is None
    assert entries.tagged(("release", "http://x", "/other", ""), "a") is None


@pytest.mark.parametrize("same", [True, False])
def test_header_without_end(same: bool) -> None:
    """Ever other headers fill no memory, whether they lead to one answer, which stays, or each to another."""
    entries = Entries(LIMIT)
    for number in range(1000):
        body = b"x" if same else str(number).encode()
        entries.keep(KEY, _environ(str(number)), {"accept-language"}, _entry(body))

    assert entries.find(KEY, _environ("999")) is not None
    assert len(entries.tags(KEY)) <= (1 if same else 64)
    assert entries.size < 200_000


def test_form_of_what_is_forgotten() -> None:
    """A new form of an answer that is kept no longer is given, and weighs nothing."""
    entries = Entries(LIMIT)
    entry = _entry(b"x" * 2000)
    form = entries.add(KEY, entry, "gzip", entry.encode("gzip"))

    assert form is entry.forms["gzip"]
    assert form is entries.add(KEY, entry, "gzip", entry.encode("gzip"))
    assert 0 == entries.size


def test_weight() -> None:
    """What is kept weighs what its forms do and some more; a large body lies in a file, and weighs as much."""
    entries = Entries(10_000_000)
    entry = entries.keep(KEY, {}, set(), _entry(b"x" * 500_000))
    assert not isinstance(entry.forms["identity"].body, bytes)
    assert 500_000 < entries.size < 510_000
    entries.add(KEY, entry, "br", entry.encode("br"))

    assert 500_000 < entries.size < 520_000
    assert b"x" * 500_000 == entry.forms["identity"].read()


@pytest.mark.parametrize(
    ("media_type", "size", "worth"),
    [
        ("text/html", 5000, True),
        ("text/html", 500, False),
        ("application/sparql-results+json", 5000, True),
        ("image/svg+xml", 5000, True),
        ("image/png", 5000, False),
        ("application/gzip", 5000, False),
    ],
)
def test_what_is_worth_compressing(media_type: str, size: int, worth: bool) -> None:
    """Texts of some size are worth compressing."""
    assert worth is encodable(media_type, size)


@pytest.mark.parametrize(
    ("tag", "coding", "quote"), [("a", "identity", '"a"'), ("a", "br", '"a-br"'), ("a-b", "gzip", '"a-b-gzip"')]
)
def test_tags(tag: str, coding: str, quote: str) -> None:
    """Each form has a tag of its own, from which that of the answer is read."""
    assert quote == quoted(tag, coding)
    assert tag == bare(quote[1:-1])
