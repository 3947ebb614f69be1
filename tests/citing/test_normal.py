"""The normal form of a query: what leaves it as it is, what changes it, and that it asks the same."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govplan import deadline
from govplan.citing.content import content_hash
from govplan.citing.normal import normal_form
from govplan.citing.verifiable import Verdict, judge
from govplan.errors import QueryTimedOut
from govplan.formats import BINDINGS, GRAPHS
from govplan.sparql import Request, Store
from govplan.sparql.limits import DEFAULTS
from govplan.sparql.scan import scan
from tests.citing.spellings import APART, BROKEN, DIFFERENT, EQUAL, PAIRS, QUERY, UNKNOWN
from tests.conftest import ROOT
from tests.patience import Counted
from tests.strategies import limited

FORMATS = {
    form: (BINDINGS[0] if form in ("SELECT", "ASK") else GRAPHS[1]).media_type
    for form in ("SELECT", "ASK", "CONSTRUCT")
}
OWN = sorted(path for folder in ("queries", "profiles", "ontology", "shapes") for path in (ROOT / folder).rglob("*.rq"))


def test_lists_are_long() -> None:
    """There are forty spellings and forty near misses, each once."""
    assert 40 <= len(set(EQUAL))
    assert 40 <= len(set(DIFFERENT))


@pytest.mark.parametrize("spelling", EQUAL)
def test_equal(spelling: str) -> None:
    """Every spelling of a query has the same normal form."""
    scan(spelling, DEFAULTS)
    assert normal_form(QUERY).text == normal_form(spelling).text


@pytest.mark.parametrize("other", DIFFERENT)
def test_different(other: str) -> None:
    """A query that differs in one thing has another normal form."""
    found = normal_form(other)
    assert found.query is not None
    assert normal_form(QUERY).text != found.text


def test_near_misses_differ() -> None:
    """No two near misses have the same normal form."""
    assert len(DIFFERENT) == len({normal_form(each).text for each in DIFFERENT})


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_own_queries(path: Path) -> None:
    """Every query of this repository is understood, and its normal form is that of itself."""
    found = normal_form(path.read_text(encoding="utf-8"))
    assert found.query is not None, found.why
    assert found.text == normal_form(found.text).text


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_pairs(one: str, other: str) -> None:
    """Short forms, order and quotes make no difference, in any part of a query."""
    first, second = normal_form(one), normal_form(other)
    assert first.query is not None, first.why
    assert first.text == second.text


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: str, other: str) -> None:
    """What looks alike and asks something else has another normal form."""
    first, second = normal_form(one), normal_form(other)
    assert first.query is not None, first.why
    assert second.query is not None, second.why
    assert first.text != second.text


@pytest.mark.parametrize("text", [*UNKNOWN, *BROKEN])
def test_unknown(text: str) -> None:
    """What is not understood is cited letter by letter, and the form says why."""
    found = normal_form(text)
    assert found.query is None
    assert text == found.text
    assert found.why


@pytest.mark.parametrize("path", [path for path in OWN if path.parent.name == "queries"], ids=lambda path: path.stem)
def test_same_answer(path: Path, store: Store) -> None:
    """The normal form of a question gives the answer of the question."""
    text = path.read_text(encoding="utf-8")
    found = normal_form(text)
    verdict = judge(text, found)
    assert _content(store, text, verdict) == _content(store, found.text, verdict)


_PREFIXES = {"gp": "https://w3id.org/govplan/ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
_PATTERNS = st.lists(
    st.sampled_from(
        [
            ("?action", "gp:order", "?number"),
            ("?action", "rdfs:label", "?label"),
            ("?objective", "rdfs:label", "?title"),
            ("?action", "gp:underObjective/rdfs:label", "?title"),
        ]
    ),
    max_size=4,
    unique=True,
).map(lambda found: [("?action", "a", "gp:Action"), ("?action", "gp:underObjective", "?objective"), *found])
_FILTERS = st.lists(
    st.sampled_from(['LANG(?label) = "en"', "?number < 12", 'LANG(?title) = "nl"', "!BOUND(?other)"]), unique=True
)
_AFTER = st.lists(
    st.sampled_from(
        [
            "OPTIONAL { ?action gp:leadActor ?lead }",
            "MINUS { ?action gp:order 3 }",
            "OPTIONAL { ?objective gp:order ?place }",
            "{ ?action gp:order ?number } UNION { ?action gp:order ?place }",
            "VALUES ?number { 1 2 3 4 5 }",
        ]
    ),
    max_size=3,
    unique=True,
)


def _spelled(chance: random.Random, patterns: list[tuple[str, str, str]], filters: list[str], after: list[str]) -> str:
    """Write a query in one of its spellings."""

    def blank() -> str:
        return chance.choice([" ", "\n", "\t ", " # FILTER(\n", "\r\n"])

    patterns, filters = chance.sample(patterns, len(patterns)), chance.sample(filters, len(filters))
    pieces = [f"{s}{blank()}{p}{blank()}{o}{blank()}." for s, p, o in patterns]
    for each in filters:
        pieces.insert(chance.randrange(len(pieces) + 1), f"{chance.choice(['FILTER', 'filter'])} ({each})")
    where = chance.choice(["WHERE {", "{", "where{"])
    text = blank().join([f"SELECT DISTINCT ?action ?title {where}", *pieces, *after, "}"])
    for label, namespace in _PREFIXES.items():
        name = f"{label}{chance.randrange(9)}"
        text = f"PREFIX {name}: <{namespace}>\n" + text.replace(f"{label}:", f"{name}:")
    return text


@limited
@given(_PATTERNS, _FILTERS, _AFTER, st.integers(0, 1 << 30))
def test_random_spellings(
    store: Store, patterns: list[tuple[str, str, str]], filters: list[str], after: list[str], seed: int
) -> None:
    """Spellings made at random have one normal form, which gives their answer."""
    chance = random.Random(seed)
    one, other = (_spelled(chance, patterns, filters, after) for _ in range(2))
    found = normal_form(one)
    assert found.query is not None, found.why
    assert found.text == normal_form(other).text
    verdict = judge(one, found)
    assert 1 == len({_content(store, text, verdict) for text in (one, other, found.text)})


def _content(store: Store, text: str, verdict: Verdict) -> str:
    form = scan(text).form
    return content_hash(store.answer(Request(text, FORMATS[form])), form, verdict)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "ASK {" + "?s ?p ?o ." * n + "}",
        lambda n: "ASK {" + "[] ?p [] ." * n + "}",
        lambda n: "ASK {" * 60 + "?s ?p 1" + "}" * n,
        lambda n: "ASK { FILTER(1" + " + 1" * n + ") }",
        lambda n: "ASK { FILTER(" + "(" * n + "1" + ")" * n + ") }",
        lambda n: "ASK { FILTER(" + "!" * n + "1) }",
        lambda n: "ASK { " + "{" * n + "}" * n + "}",
        lambda n: "ASK { ?s " + "(" * n + "<http://a/p>" + ")" * n + " ?o }",
        lambda n: "ASK { VALUES ?x { " + "<http://a/b> " * n + "} }",
        lambda n: "ASK { ?s ?p '" + "<_:b1 " * n + "' }",
        lambda n: "ASK { ?s ?p <http://a" + "/#a" * n + "> , <http://a" + "/#a" * n + "/> }",
    ],
)
def test_work_is_bounded(make: Callable[[int], str]) -> None:
    """A text of any shape is read or given up, in work that grows with its length, and it ends with its time."""
    with deadline.within(Counted()) as shorter:
        normal_form(make(1000))
    with deadline.within(Counted()) as longer:
        assert normal_form(make(3000)).text
    assert longer.asked <= 3 * shorter.asked + 3
    with deadline.within(Counted(last=1)), pytest.raises(QueryTimedOut):
        normal_form("ASK {" + "?s ?p ?o ." * 1000 + "}")
