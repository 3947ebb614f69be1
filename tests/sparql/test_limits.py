"""The limits of a query: what counts, at each limit and just past it, and that counting takes linear time."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import fields

import pyoxigraph as ox
import pytest

from govplan.config import Settings
from govplan.errors import QueryError, QueryTooComplex
from govplan.settings import SETTINGS
from govplan.sparql.limits import DEFAULTS, UNLIMITED, Limits
from govplan.sparql.scan import scan


def test_defaults_are_those_of_the_settings(settings: Settings) -> None:
    """A scan without settings has the limits that the settings have by default."""
    defaults = {setting.key: setting.type(setting.default) for setting in SETTINGS}

    assert {f"query_{limit.name}": getattr(DEFAULTS, limit.name) for limit in fields(Limits)}.items() <= (
        defaults.items()
    )
    assert DEFAULTS == Limits.of(settings)


def _star(width: int, start: int = 0) -> str:
    return "?s " + " ; ".join(f"<http://x/{n}> ?v{n}" for n in range(start, start + width))


def _many(count: int, piece: str, glue: str = " ") -> str:
    return glue.join(piece.replace("@", str(number)) for number in range(count))


def _nested(call: str, end: str) -> Callable[[int], str]:
    return lambda n: f"SELECT ({call * n}'a'{end * n} AS ?x) {{}}"


# Each writes a query with n of something; the number is the greatest n that passes by default.
SHAPES: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "group": ("depth", 64, lambda n: "ASK " + "{" * n + "}" * n),
    "blank node": ("depth", 63, lambda n: "ASK { ?s " + "?p [ " * n + "?p 1" + " ]" * n + " }"),
    "call": ("depth", 63, _nested("STR(", ")")),
    "prefix operators": ("depth", 62, lambda n: "ASK { FILTER(" + "!" * n + "?a) }"),
    "prefix operators apart": ("depth", 31, lambda n: "ASK { FILTER(" + "! - " * n + "?a) }"),
    "triple terms": ("depth", 63, lambda n: "ASK { ?s ?p " + "<<(" * n + ")>>" * n + " }"),
    "tokens": ("tokens", 19_996, lambda n: "ASK { VALUES ?x { " + "1 " * (n - 3) + "} }"),
    "star": ("patterns", 80, lambda n: f"ASK {{ {_star(n)} }}"),
    "star with a dot": ("patterns", 80, lambda n: f"ASK {{ {_star(n)} . }}"),
    "chain": ("patterns", 80, lambda n: f"ASK {{ {_many(n, '?a@ ?b@ ?c@ .')} }}"),
    "objects": ("patterns", 80, lambda n: f"ASK {{ ?s ?p {_many(n, '?v@', ',')} }}"),
    "triples between filters": ("patterns", 80, lambda n: f"ASK {{ {_many(n, '?a@ ?b ?c FILTER(?a@)')} }}"),
    "path": ("patterns", 80, lambda n: f"ASK {{ ?s {_many(n, 'a', '/')} ?o }}"),
    "path in parentheses": ("patterns", 80, lambda n: f"ASK {{ ?s ({_many(n, 'a', '/')})* ?o }}"),
    "items of a list": ("patterns", 39, lambda n: f"ASK {{ ?s ?p ({_many(n, '?v@')}) }}"),
    "list with a path in it": ("patterns", 38, lambda n: f"ASK {{ ?s ?p ([ a/a 1 ] {_many(n - 1, '?v@')}) }}"),
    "blank nodes": ("patterns", 79, lambda n: f"ASK {{ ?s ?p [ {_star(n).removeprefix('?s ')} ] }}"),
    "reifiers": ("patterns", 79, lambda n: f"ASK {{ ?s ?p ?o {'~' * n} }}"),
    "annotations": ("patterns", 39, lambda n: f"ASK {{ ?s ?p ?o {_many(n, '{| ?p ?v@ |}')} }}"),
    "reified triples": ("patterns", 40, lambda n: f"ASK {{ {_many(n, '<< ?s ?p ?v@ >> ?q ?r .')} }}"),
    "groups": ("patterns", 80, lambda n: f"ASK {{ {_many(n, '{ ?s ?p ?v@ }')} }}"),
    "graphs": ("patterns", 80, lambda n: f"ASK {{ {_many(n, 'GRAPH ?g { ?s ?p ?v@ }')} }}"),
    "optionals": ("patterns", 79, lambda n: f"ASK {{ {_many(n, 'OPTIONAL { ?s ?p ?v@ }')} }}"),
    "unions": ("patterns", 39, lambda n: f"ASK {{ {_many(n, '{ ?s ?p ?v@ } UNION { ?s ?q ?v@ }')} }}"),
    "branches": ("patterns", 79, lambda n: f"ASK {{ {_many(n, '{ ?s ?p ?v@ }', 'UNION')} }}"),
    "values": ("patterns", 80, lambda n: f"ASK {{ {_many(n, 'VALUES ?v { 1 }')} }}"),
    "sub-queries": ("patterns", 79, lambda n: f"ASK {{ {_many(n, '{ SELECT ?s { ?s ?p ?v@ } }')} }}"),
    "wide groups": ("patterns", 15, lambda n: f"ASK {{ {_many(n, '{ SELECT * { ' + _star(40) + ' } }')} }}"),
    "wide branches": ("patterns", 15, lambda n: f"ASK {{ {_many(n, '{ ' + _star(40) + ' }', 'UNION')} }}"),
    "wide EXISTS": ("patterns", 16, lambda n: f"ASK {{ {_many(n, 'FILTER EXISTS { ' + _star(40) + ' }')} }}"),
    "not closed": ("patterns", 80, lambda n: f"ASK {{ {_star(n)}"),
    "and": ("operators", 800, lambda n: f"ASK {{ FILTER({_many(n, '?a', '&&')}) }}"),
    "or": ("operators", 800, lambda n: f"ASK {{ FILTER({_many(n, '?a', '||')}) }}"),
    "sum": ("operators", 800, lambda n: f"ASK {{ FILTER({_many(n, '1', '+')}) }}"),
    "sum without space": ("operators", 800, lambda n: f"ASK {{ FILTER(1{_many(n - 1, '-1', '')}) }}"),
    "alternatives": ("operators", 801, lambda n: f"ASK {{ ?s {_many(n, 'a', '|')} ?o }}"),
    "filters": ("operators", 800, lambda n: f"ASK {{ {_many(n, 'FILTER(?a)')} }}"),
    "calls": ("operators", 800, lambda n: f"ASK {{ {_many(n, 'FILTER <http://x/f>(?a)')} }}"),
    "binds": ("operators", 800, lambda n: f"ASK {{ {_many(n, 'BIND(1 AS ?v@)')} }}"),
    "minus": ("operators", 800, lambda n: f"ASK {{ {_many(n, 'MINUS { ?s ?p ?v@ }')} }}"),
    "columns": ("operators", 800, lambda n: f"SELECT {_many(n, '(1 AS ?v@)')} {{}}"),
    "order": ("operators", 800, lambda n: f"ASK {{}} ORDER BY {_many(n, '(?v@)')}"),
    "described": ("operators", 800, lambda n: f"DESCRIBE {_many(n, '<http://x/@>')}"),
    "described with a pattern": ("operators", 800, lambda n: f"DESCRIBE {_many(n, '?v@')} {{ ?v1 ?p ?o }}"),
    "REGEX": ("reads", 16, _nested("REGEX(", ",'b')")),
    "SUBSTR": ("reads", 16, _nested("SUBSTR(", ",1)")),
    "REPLACE": ("reads", 16, _nested("REPLACE(", ",'a','b')")),
    "not closed SUBSTR": ("reads", 18, lambda n: "SELECT (" + "SUBSTR(" * n),
    "IN": ("reads", 14, lambda n: f"ASK {{ FILTER({'(' * n}?a{' IN (1,2))' * n}) }}"),
    "IN in IN": ("reads", 250, lambda n: f"ASK {{ FILTER((?a IN ({_many(n, '1', ',')})) IN ({_many(n, '1', ',')})) }}"),
    "IN after a call": ("reads", 250, lambda n: f"ASK {{ FILTER(STR({_in(n)}) IN ({_many(n, '1', ',')})) }}"),
    "IN before OR": ("reads", 176, lambda n: f"ASK {{ FILTER(({_in(n)} || {_in(n)}) IN ({_many(n, '1', ',')})) }}"),
}


def _in(count: int) -> str:
    return f"?a IN ({_many(count, '1', ',')})"


@pytest.mark.parametrize("shape", SHAPES)
def test_each_limit(shape: str) -> None:
    """The greatest query of its shape passes and is one for the engine; one more is refused with its limit."""
    name, most, write = SHAPES[shape]
    scan(write(most))
    if not shape.startswith(("not closed", "triple terms", "prefix operators apart", "sum without")):
        _plan(write(most))
    with pytest.raises(QueryTooComplex) as caught:
        scan(write(most + 1))
    error = caught.value

    assert (getattr(DEFAULTS, name), f"query_{name}") == (error.limit, error.setting)
    assert error.observed > error.limit
    assert f"at least {error.observed}" in error.what
    assert error.setting in str(error)


def _plan(query: str) -> None:
    try:
        ox.Store().query(query)
    except RuntimeError as problem:
        assert "custom function" in str(problem)  # noqa: PT017 — it is no part of the syntax


@pytest.mark.parametrize(
    "query",
    [
        "ASK { VALUES ?x { " + "-1 " * 5000 + "} }",
        "ASK { VALUES (?x ?y) { " + "(1 <http://x/#a>) " * 4000 + "} }",
        "ASK { FILTER(?a IN (" + ",".join(["-1"] * 5000) + ")) }",
        "CONSTRUCT { " + "?s ?p ?o ; ?q [] , (1 2) . " * 1000 + "} WHERE { ?s ?p ?o }",
        "CONSTRUCT { " + "?s ?p [ ?q {| ?r 1 |} ] . " * 500 + "} WHERE {}",
        "ASK { FILTER(CONCAT(" + ",".join(["?a"] * 5000) + ") = 'a') }",
        "ASK { " + "FILTER(?a IN (1,2,3)) " * 700 + "}",
        "ASK { FILTER(" + "&&".join(["?a IN (1,2,3)"] * 700) + ") }",
        "ASK { " + " UNION ".join("{ " + _star(10, 10 * n) + " }" for n in range(70)) + " }",
        "SELECT " + " ".join(f"?v{n}" for n in range(5000)) + " { ?s ?p ?o }",
        "ASK { } } ) ]",
    ],
)
def test_what_is_cheap_passes(query: str) -> None:
    """Rows, templates, lists of arguments and groups planned apart are let through by the thousand."""
    assert scan(query).form


@pytest.mark.parametrize("name", [limit.name for limit in fields(Limits)])
def test_limits_can_be_raised(name: str) -> None:
    """Each limit is moved by its own setting and by no other."""
    shape, most, write = next(shape for shape in SHAPES.values() if shape[0] == name)
    raised = Limits(**{name: getattr(UNLIMITED, name)})

    assert scan(write(most + 1), raised).form
    for other, count, larger in SHAPES.values():
        if other != shape and not larger(count + 1).startswith("SELECT (SUBSTR(SUBSTR"):
            with pytest.raises(QueryTooComplex):
                scan(larger(count + 2), raised)


HOSTILE: dict[str, Callable[[int], str]] = {
    "long string": lambda n: "ASK { ?s ?p '''" + "''a" * (n // 3),
    "quotes": lambda n: "ASK {" + "''' " * (n // 4),
    "escapes": lambda n: "ASK { ?s ?p '" + "\\u0041" * (n // 6) + "' }",
    "backslashes": lambda n: "ASK { ?s ?p '" + "\\" * n,
    "half escapes": lambda n: "ASK { ?s ?p <" + "\\u00" * (n // 4),
    "less than": lambda n: "ASK {" + "<" * n,
    "open IRIs": lambda n: "ASK {" + "<a" * (n // 2),
    "one open IRI": lambda n: "ASK {<" + "a" * n,
    "comparisons": lambda n: "ASK {FILTER(?a" + "<?a>?a" * (n // 6),
    "percent": lambda n: "PREFIX a: <a:> ASK {a:" + "%" * n,
    "half percent": lambda n: "PREFIX a: <a:> ASK {a:" + "%4" * (n // 2),
    "dots": lambda n: "PREFIX : <a:> ASK {:a" + "." * n,
    "dotted words": lambda n: "ASK {" + "true." * (n // 5),
    "dotted names": lambda n: "PREFIX : <a:> ASK {" + ":a.b.c.d." * (n // 9),
    "one dotted name": lambda n: "PREFIX service: <a:> ASK {service:" + ".a" * (n // 2),
    "hyphens": lambda n: "ASK {?s ?p 'a'@a" + "-" * n,
    "digits": lambda n: "ASK {" + "1.1e" * (n // 4),
    "blank nodes": lambda n: "ASK {" + "_:a." * (n // 4),
    "space": lambda n: "ASK {}" + " " * n,
    "comment": lambda n: "ASK {}" + "#" * n,
    "comments": lambda n: "#\r" * (n // 2) + "ASK {}",
    "brackets": lambda n: "ASK " + "{" * (n // 2) + "}" * (n // 2),
    "closing brackets": lambda n: "ASK " + ")" * n,
    "bangs": lambda n: "ASK { FILTER(" + "!" * n,
    "error at the end": lambda n: "\r\n" * (n // 2) + "ASK { nowhere",
}


def _seconds(query: str) -> float:
    begun = time.process_time()
    with contextlib.suppress(QueryError):
        scan(query, UNLIMITED)
    return time.process_time() - begun


@pytest.mark.parametrize("shape", HOSTILE)
def test_linear(shape: str) -> None:
    """Eight times the text takes no more than some eight times the time: a scan that went back would take 64 times."""
    write = HOSTILE[shape]
    small, large = (min(_seconds(write(size)) for _ in range(3)) for size in (1 << 12, 1 << 15))

    # What takes less than this cannot be told from the clock's own grain.
    assert large < 24 * max(small, 0.0005)
