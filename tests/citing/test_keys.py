"""Keys of citations: one for each request and content, and nothing else is read as one."""

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govplan.citing.keys import LONGEST, Cited, make_key, read_cited, read_key
from govplan.errors import CitationUnknown
from tests.citing.spellings import DIFFERENT, EQUAL, QUERY
from tests.strategies import TEXTS, limited

RELEASE, CONTENT = "0123456789ab", "ab" * 32
QUESTION = Cited.of_question("actions-with-budget", {"plan": "", "lang": "en"})


def test_one_key_for_one_query() -> None:
    """All spellings of a query have one key, another query has another."""
    keys = {str(make_key(RELEASE, CONTENT, Cited.of_query(text))[0]) for text in EQUAL}
    assert 1 == len(keys)
    assert keys.isdisjoint(str(make_key(RELEASE, CONTENT, Cited.of_query(text))[0]) for text in DIFFERENT)


def test_what_else_counts() -> None:
    """Release, content, graphs, question and values are part of the key; the order of graphs is not."""
    asked = [
        QUESTION,
        Cited.of_question("actions-with-budget", {"plan": "x", "lang": "en"}),
        Cited.of_question("actions", {"plan": "", "lang": "en"}),
        Cited.of_query(QUERY),
        Cited.of_query(QUERY, ("http://a/",)),
        Cited.of_query(QUERY, (), ("http://a/",)),
        Cited.of_query(QUERY, ("http://a/", "http://b/")),
    ]
    keys = {
        str(make_key(release, content, cited)[0])
        for release in (RELEASE, RELEASE[::-1])
        for content in (CONTENT, "cd" * 32, "")
        for cited in asked
    }
    assert 2 * 3 * len(asked) == len(keys)
    assert Cited.of_query(QUERY, ("http://b/", "http://a/", "http://b/")) == asked[-1]


@pytest.mark.parametrize("content", [CONTENT, ""])
@pytest.mark.parametrize("cited", [QUESTION, Cited.of_query(QUERY, ("http://a/",), ("http://b/", "http://c/"))])
def test_read_back(cited: Cited, content: str) -> None:
    """A key says what was put into it."""
    key, long = make_key(RELEASE, content, cited)
    assert not long
    assert len(str(key)) <= LONGEST
    read = read_key(str(key))
    assert key == read
    assert cited == read.cited
    if cited.question is None:
        assert (("http://a/",), ("http://b/", "http://c/")) == (cited.default_graphs, cited.named_graphs)
        assert cited.query.startswith("PREFIX ")
    else:
        assert "" == cited.query


def test_too_long() -> None:
    """A request that is too long for a key goes by its hash."""
    cited = Cited.of_query(f"ASK {{ ?s ?p '{'x' * LONGEST}' }}")
    key, long = make_key(RELEASE, CONTENT, cited)
    assert long
    assert key.cited is None
    assert cited.digest == read_key(str(key)).digest
    assert len(str(key)) < 120


def _key(request: object, *, spaces: bool = False) -> str:
    text = request if isinstance(request, str) else json.dumps(request, separators=None if spaces else (",", ":"))
    return f"{RELEASE}..{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"


GOOD = ["queries/actions", [["lang", "en"], ["plan", ""]]]


def test_good() -> None:
    """The request that those below are spoilt from is read."""
    assert read_key(_key(GOOD)).cited is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "x",
        f"{RELEASE}..",
        f"{RELEASE}..~",
        f"{RELEASE}..~{'a' * 42}",
        f"{RELEASE}.{'a' * 42}.{_key(GOOD).rpartition('.')[2]}",
        # the last character of a hash has two bits to spare
        f"{RELEASE}.{'a' * 43}.{_key(GOOD).rpartition('.')[2]}",
        f"{RELEASE}..{_key(GOOD).rpartition('.')[2]}=",
        f"{RELEASE}..A",
        f"{RELEASE.upper()}..{_key(GOOD).rpartition('.')[2]}",
        f"../{RELEASE}..{_key(GOOD).rpartition('.')[2]}",
        _key(GOOD) + "\n",
        _key(GOOD, spaces=True),
        _key("["),
        _key("[" * 1200),
        _key("\x00"),
        _key("null"),
        _key("[[],[]]"),
        _key("{}"),
        _key('["sparql",[["query",{}]]]'),
        _key(["queries/actions"]),
        _key(["queries/actions", {}]),
        _key(["queries/actions", [["plan", ""], ["lang", "en"]]]),
        _key(["queries/actions", [["lang", "en"], ["lang", "nl"]]]),
        _key(["queries/actions", [["lang", "en"], ["lang", "en"]]]),
        _key(["queries/actions", [["lang", 1]]]),
        _key(["queries/actions", [["lang"]]]),
        _key(["queries/actions", [["<b>", "en"]]]),
        _key(["queries/../actions", []]),
        _key(["queries/", []]),
        _key(["http://elsewhere/", []]),
        _key(["dumps/x", []]),
        _key(["sparql", []]),
        _key(["sparql", [["query", "ASK {}"]]]),
        _key(["sparql", [["query", "ASK WHERE { }"], ["timeout", "1"]]]),
        _key(["sparql", [["query", "ASK WHERE { }"], ["query", "ASK WHERE { ?s ?p ?o . }"]]]),
        "x" * (LONGEST + 1),
    ],
)
def test_forged(text: str) -> None:
    """What no key is, or is one in another spelling, is refused."""
    with pytest.raises(CitationUnknown):
        read_key(text)


@limited
@given(st.one_of(TEXTS, TEXTS.map(_key), st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3)).map(_key)))
def test_anything(text: str) -> None:
    """Any text is a key, letter by letter, or is refused as none."""
    with contextlib.suppress(CitationUnknown):
        assert text == str(read_key(text))


def test_half_a_pair() -> None:
    """A request with what is no character is refused."""
    with pytest.raises(CitationUnknown):
        read_cited(b'["queries/a",[["x","\\ud800"]]]')
