"""The longest texts that are read, in every hostile shape: each gets a typed answer, and the server goes on."""

import pytest

from govplan.settings import SETTINGS
from tests.end_to_end.faults.attacks import ATTACKS
from tests.end_to_end.faults.conftest import Starter
from tests.end_to_end.faults.test_attacks import LIGHT, STATUSES, _typed

LONGEST = int(next(setting.default for setting in SETTINGS if setting.key == "query_bytes"))
# How a text of each shape begins, what is repeated in it, what that is closed by as often, and how it ends.
SHAPES = {
    "lists": ("ASK { ?s ?p ", "(", ")", " }"),
    "blank nodes": ("ASK { ", "[ ?p ", " ]", " }"),
    "groups": ("ASK ", "{", "}", ""),
    "calls": ("ASK { FILTER(", "STR(", ")", ") }"),
    "parentheses": ("ASK { FILTER(", "(", ")", ") }"),
    "exists": ("ASK ", "{ FILTER EXISTS ", " }", " {}"),
    "optionals": ("SELECT * { ", "OPTIONAL { ?a ?b ?c ", "} ", "}"),
    "unions": ("SELECT * { ", "{ ?a ?b ?c } UNION ", "", "{} }"),
    "paths": ("SELECT * { ?a ", "(!<x:y>|", ")", " ?b }"),
    "inverses": ("SELECT * { ?a ", "^", "", "<x:y> ?b }"),
    "triple terms": ("ASK { ", "<<( ?s ?p ", " )>>", " ?p ?o }"),
    "reified": ("ASK { ", "<< ", " ?p ?o >>", " ?p ?o }"),
    "not": ("ASK { FILTER(", "!", "", "true) }"),
    "plus": ("ASK { FILTER(", "1+", "", "1) }"),
    "and": ("ASK { FILTER(", "?a&&", "", "?a) }"),
    "patterns": ("SELECT * { ", "?a ?b ?c . ", "", "}"),
    "values": ("SELECT * { VALUES ?x { ", "1 ", "", "} }"),
    "selects": ("SELECT * { ", "{ SELECT * { ", "} } ", "}"),
    "binds": ("SELECT * { ", "BIND(?a AS ?b) ", "", "}"),
    "prefixes": ("", "PREFIX a: <#>\n", "", "ASK {}"),
    "bases": ("", "BASE <a/>\n", "", "ASK {}"),
    "string": ('SELECT ("', "a", "", '" AS ?x) {}'),
    "iri": ("SELECT (<", "a/../", "", "> AS ?x) {}"),
    "name": ("PREFIX a: <#> SELECT (a:", "b", "", " AS ?x) {}"),
    "variables": ("SELECT ", "?a ", "", "{}"),
    "comment": ("ASK {} #", "a", "", ""),
    "colons": ("PREFIX : <#> ASK { ?a ?b ", ":", "", " }"),
    "dots": ("PREFIX a: <#> ASK { ?a ?b a:b", ".b", "", " }"),
    "quotes": ("ASK { ?a ?b ", "'", "", " }"),
    "backslashes": ("ASK { ?a ?b '", "\\\\", "", "' }"),
}


def _text(begin: str, opening: str, closing: str, end: str) -> str:
    times = (LONGEST - len(begin) - len(end)) // len(opening + closing)
    text = begin + opening * times + closing * times + end
    return text + " " * (LONGEST - len(text))


def _lengthened(query: str) -> str:
    """Return a text with a comment that makes it as long as may be."""
    return query + "\n#" + "a" * (LONGEST - len(query.encode()) - 2)


@pytest.mark.soak
def test_every_shape(start: Starter) -> None:
    """A text of the longest length ends typed in every shape; light queries are answered before and after."""
    server = start(query_seconds=5)
    expected = server.get("/sparql", query=LIGHT).body
    texts = {name: _text(*shape) for name, shape in SHAPES.items()}
    texts |= {f"{name}, padded": _lengthened(query) for name, query in ATTACKS.items() if "cartesian" not in name}
    assert {LONGEST} == {len(text.encode()) for text in texts.values()}
    wrong = {}
    for name, text in texts.items():
        reply = server.post(text)
        if not (_typed(reply) and reply.status in STATUSES - {413, 414}):
            wrong[name] = reply.status, reply.body[:200]
        if server.get("/sparql", query=f"{LIGHT} # {name}").body != expected:
            wrong[f"after {name}"] = reply.status, b""

    assert {} == wrong


def test_one_byte_more(start: Starter) -> None:
    """One byte more is too long, by its setting."""
    reply = start().post(_lengthened("ASK {}") + "a")

    assert 413 == reply.status
    assert b"query_bytes" in reply.body


@pytest.mark.parametrize("count", [1500, 1800])
def test_values_of_the_plan(start: Starter, count: int) -> None:
    """A VALUES block of so many IRIs of the plan fits, as a form and as it is."""
    iris = " ".join(f"<https://w3id.org/govplan/id/action/be-ai-convergence-{number:03}>" for number in range(count))
    query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ VALUES ?s {{ {iris} }} ?s ?p ?o }}"
    server = start()

    assert b'"57"' in server.post(query).body
    assert b'"57"' in server.form(query=query).body
