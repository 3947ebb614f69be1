"""Queries that sort, on the engine itself: whatever the form of ORDER BY, the rows follow the reference."""

import itertools
import random
from collections.abc import Callable

import pyoxigraph as ox
import pytest

from govplan.errors import OrderUnclear, QueryMalformed
from tests.engines.oxigraph.order.conftest import VALUES, Sorted
from tests.engines.oxigraph.order.reference import follow, literal, place

ALL = "{ ?s :g ?g OPTIONAL { ?s :v ?v } }"
# Sort keys as expressions, each with its direction; and as they are written, where that is not all there is to it.
SHAPES = [
    ([("?v", 1)], "?v"),
    ([("?v", 1), ("?s", 1)], "?v ?s"),
    ([("?v", 1), ("?s", 1)], "?v?s"),
    ([("?v", 1), ("?s", 1)], "$v(?s)"),
    ([("?v", -1), ("?s", 1)], "DESC(?v) ?s"),
    ([("?v", -1), ("?s", -1)], "desc(?v)Desc ( ?s )"),
    ([("?v", 1), ("?s", -1)], "aSc(?v)#DESC(\n DESC#(\n(?s)"),
    ([("?g", 1), ("?v", -1), ("?s", 1)], "?g DESC(?v) ?s"),
    ([("?g", -1), ("?v", 1), ("?s", 1)], "DESC(?g) ?v ?s"),
    ([("?g", 1), ("?v", -1), ("xsd:integer(?v)", 1), ("?v+?g", 1)], "?g DESC(?v) xsd:integer(?v) (?v+?g)"),
    ([("STR(?v)", 1), ("?s", 1)], "STR(?v) ?s"),
    ([("isLiteral(?v)", 1), ("LANG(?v)", -1), ("?v", 1)], "isLiteral(?v) DESC(LANG(?v)) ?v"),
    ([("DATATYPE(?v)", -1), ("?v", 1)], "DESC(DATATYPE(?v))?v"),
    ([('COALESCE(?v,"ORDER BY ?g")', 1), ("?s", 1)], 'COALESCE(?v,"ORDER BY ?g") ?s'),
    ([("IF(?g<2,?v,?s)", -1), ("?s", 1)], "DESC(IF(?g<2,?v,?s)) ?s"),
    ([("?g<2&&?g>0", 1), ("?v", 1)], "(?g<2&&?g>0) ?v"),
    ([("?g<2||?v<3", 1), ("?v", 1)], "(?g<2||?v<3) ?v"),
    ([("?v<9&&9>?g", 1), ("?v", 1)], "(?v<9&&9>?g)?v"),
    ([("EXISTS { ?s :v ?any FILTER(?any<5) }", 1), ("?v", 1)], "EXISTS { ?s :v ?any FILTER(?any<5) } ?v"),
    ([("NOT EXISTS { ?s :v ?any }", 1), ("?v", -1)], "NOT EXISTS{?s :v ?any}DESC(?v)"),
    ([("?nowhere", 1), ("?v", 1)], "?nowhere ?v"),
    ([("1/0", 1), ("?v", -1)], "(1/0) DESC(?v)"),
    ([("<http://www.w3.org/2001/XMLSchema#decimal>(?v)", 1), ("?v", 1)], "xsd:decimal(?v) ?v"),
    ([("xsd:string(?v)", -1), ("?v", 1)], "DESC(<http://www.w3.org/2001/XMLSchema#string>(?v)) ?v"),
    ([("?v+1", 1), ("?v", 1)], "(?v + 1) ?v"),
    ([("-?v", 1), ("?v", 1)], "(-?v) ?v"),
    ([("STRLEN(STR(?v))", 1), ("SUBSTR(STR(?v),1,1)", -1), ("?v", 1)], "STRLEN(STR(?v)) DESC(SUBSTR(STR(?v),1,1)) ?v"),
    ([("REGEX(STR(?v),'^[<min(>]')", 1), ("?v", 1)], "REGEX(STR(?v),'^[<min(>]') ?v"),
    ([("?v IN(<http://x/a>,<http://x/b>)", 1), ("?v", 1)], "(?v IN(<http://x/a>,<http://x/b>)) ?v"),
    ([("TRIPLE(?s,:g,?v)", 1)], "TRIPLE(?s,:g,?v)"),
    ([("?s", 1)], "?s VALUES ?g { 1 2 3 }"),
]


@pytest.mark.parametrize(("keys", "written"), SHAPES, ids=[written for _, written in SHAPES])
def test_shape(mixed: Sorted, keys: list[tuple[str, int]], written: str) -> None:
    """The keys of each row, which the engine shows as columns, follow those of the row before."""
    columns = " ".join(f"({key} AS ?k{number})" for number, (key, _) in enumerate(keys))
    rows = mixed.rows(f"SELECT {columns} {ALL} ORDER BY {written}")

    assert len(VALUES) + 2 == len(rows)
    assert follow(rows, [direction for _, direction in keys])


GROUPED = [
    ("COUNT(?v)", "COUNT(?v)", 1),
    ("MIN(?v)", "MIN(?v)", 1),
    ("MAX(?v)", "DESC(MAX(?v))", -1),
    ("MIN(?v)", "DESC(min(distinct ?v))", -1),
    ("COUNT(?v)+?g", "(COUNT(?v)+?g)", 1),
    ("SAMPLE(?g)", "(SAMPLE(?g))", 1),
    ("?g", "?g", 1),
    ("MAX(STR(?v))", "MAX(STR(?v))?g", 1),
]


@pytest.mark.parametrize(("key", "written", "direction"), GROUPED)
def test_groups(mixed: Sorted, key: str, written: str, direction: int) -> None:
    """Keys may be aggregates."""
    pattern = "{ ?s :g ?g ; :v ?v }"
    rows = mixed.rows(f"SELECT ({key} AS ?k) ?g {pattern} GROUP BY ?g HAVING(COUNT(?v)>1) ORDER BY {written}")

    assert 3 == len(rows)
    assert follow([row[:1] for row in rows], [direction])


@pytest.mark.parametrize("name", ["MIN", "max", "MIN(DISTINCT", "Max ( distinct"])
def test_least_and_greatest(mixed: Sorted, name: str) -> None:
    """MIN and MAX are the first and the last value of all."""
    call = name if "(" in name else f"{name}("
    (row,) = mixed.rows(f"SELECT ({call} ?v) AS ?m) {{ ?s :v ?v }}")
    best = (min if name.upper().startswith("MIN") else max)(map(place, VALUES))

    assert best == place(row[0])


def test_least_of_each_group(mixed: Sorted) -> None:
    """MIN and MAX of a group, in HAVING too, are those of its members."""
    members: dict[str, list[tuple[object, ...]]] = {}
    for group, value in mixed.rows("SELECT ?g ?v { ?s :g ?g ; :v ?v }"):
        assert isinstance(group, ox.Literal)
        members.setdefault(group.value, []).append(place(value))
    rows = mixed.rows("SELECT ?g (MIN(?v) AS ?a) (MAX(?v) AS ?b) { ?s :g ?g ; :v ?v } GROUP BY ?g HAVING(MIN(?v)!=1)")

    assert {group.value: (place(a), place(b)) for group, a, b in rows if isinstance(group, ox.Literal)} == {
        group: (min(values), max(values)) for group, values in members.items()
    }


@pytest.mark.parametrize(
    ("expression", "data"),
    [("?x", ""), ("?x", "UNDEF"), ("?x", "1 UNDEF"), ("?x + 1", "1 'a'"), ("?x + 1", "'a' 1"), ("?x", "1")],
)
def test_no_least(mixed: Sorted, expression: str, data: str) -> None:
    """Of nothing, or with an error among the values, MIN and MAX have no value; as the engine has it."""
    query = f"SELECT (MIN({expression}) AS ?m) (MAX({expression}) AS ?n) {{ VALUES ?x {{ {data} }} }}"
    native = [tuple(solution) for solution in ox.Store().query(query)]  # type: ignore[union-attr]

    assert native == mixed.rows(query)


MIXED = ["10", '"5"', "9", "true", "<http://x/a>", "9.0"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o {{ VALUES ?o {{ {0} }} }} ORDER BY ?o",
        "SELECT ?o {{ VALUES ?o {{ {0} }} }} ORDER BY DESC(?o) LIMIT 3",
        "SELECT * {{ VALUES ?o {{ {0} }} }} ORDER BY ?o OFFSET 1",
        "SELECT (MIN(?o) AS ?a) (MAX(DISTINCT ?o) AS ?b) {{ VALUES ?o {{ {0} }} }}",
        "SELECT DISTINCT ?o {{ {{ SELECT ?o {{ VALUES ?o {{ {0} }} }} ORDER BY ?o LIMIT 2 }} }} ORDER BY ?o",
        "CONSTRUCT {{ :s :p ?o }} {{ VALUES ?o {{ {0} }} }} ORDER BY ?o",
        "ASK {{ {{ SELECT (MIN(?o) AS ?m) {{ VALUES ?o {{ {0} }} }} }} FILTER(isIRI(?m)) }} ORDER BY ?m",
    ],
)
def test_any_order_of_the_input(mixed: Sorted, query: str) -> None:
    """The answer is the same to the byte in whatever order the values come in."""
    media_type = {"C": "text/turtle", "A": "application/sparql-results+json"}.get(query[0], "text/csv")
    answers = {mixed.body(query.format(" ".join(data)), media_type) for data in itertools.permutations(MIXED)}

    assert 1 == len(answers)


def test_wrong_before(mixed: Sorted) -> None:
    """The engine by itself gives 10, "5", 9."""
    rows = mixed.rows('SELECT ?o { VALUES ?o { 10 "5" 9 } } ORDER BY ?o')

    assert [(literal("9", "integer"),), (literal("10", "integer"),), (ox.Literal("5"),)] == rows


def test_any_order_of_the_data(mixed: Sorted, again: Callable[[int], Sorted]) -> None:
    """The same data loaded in another order gives the same rows."""
    query = "SELECT ?v (MIN(?o) AS ?a) (MAX(?o) AS ?b) { ?s :v ?v . ?t :v ?o } GROUP BY ?v ORDER BY DESC(?v)"
    answers = {store.body(query, "text/csv") for store in (mixed, again(2), again(3))}

    assert 1 == len(answers)


def test_equal_values_leave_the_next_key_to_decide(mixed: Sorted) -> None:
    """1 and 1.0 are one value, so the second key decides (SPARQL 1.1 section 15.1); spelling comes last."""
    data = "VALUES (?a ?b) { (1 'b') (1.0 'a') (1.0 'c') (1e0 'b') }"
    rows = mixed.rows(f"SELECT ?b (DATATYPE(?a) AS ?t) {{ {data} }} ORDER BY ?a DESC(?b)")

    assert ["c decimal", "b integer", "b double", "a decimal"] == [
        f"{b.value} {t.value.split('#')[1]}"
        for b, t in rows
        if isinstance(b, ox.Literal) and isinstance(t, ox.NamedNode)
    ]


def test_distinct_keeps_the_first(mixed: Sorted) -> None:
    """DISTINCT and REDUCED come after sorting, also by what is not shown."""
    rows = mixed.rows(
        "SELECT DISTINCT ?y { VALUES (?x ?y) { (3 'a') ('x' 'b') (2 'a') (<http://x/> 'c') } } ORDER BY ?x"
    )

    assert ["c", "a", "b"] == [term.value for (term,) in rows if isinstance(term, ox.Literal)]


def test_parts_of_the_whole(mixed: Sorted) -> None:
    """LIMIT and OFFSET cut the one order into pieces that fit."""
    query = f"SELECT ?v ?s {ALL} ORDER BY ?v ?s"
    pieces = [mixed.rows(f"{query} LIMIT 10 OFFSET {offset}") for offset in range(0, len(VALUES) + 10, 10)]

    assert mixed.rows(query) == list(itertools.chain(*pieces))


def test_group_concat_of_sorted_rows(mixed: Sorted) -> None:
    """GROUP_CONCAT takes the rows of a sub-query in their order."""
    inner = "SELECT (STR(?x) AS ?t) { VALUES ?x { 10 '5' 9 true } } ORDER BY ?x"
    (row,) = mixed.rows(f"SELECT (GROUP_CONCAT(?t; SEPARATOR='min(') AS ?c) {{ {inner} }}")

    assert ox.Literal("9min(10min(5min(true") == row[0]


def test_sub_queries_at_every_depth(mixed: Sorted) -> None:
    """A sub-query keeps the first of its own order, however deep it stands."""
    query = "{ SELECT ?o { VALUES ?o { 'a' 3 2 <http://x/> 1 } } ORDER BY DESC(?o) LIMIT 4 }"
    for limit in (3, 2, 1):
        query = f"{{ SELECT ?o {{ {query} }} ORDER BY ?o LIMIT {limit} }}"

    assert [(literal("1", "integer"),)] == mixed.rows(f"SELECT * {query}")


def test_sorting_inside_a_key(mixed: Sorted) -> None:
    """A key may hold a query that sorts."""
    inner = "EXISTS { { SELECT ?w { VALUES ?w { 10 '5' 9 } } ORDER BY ?w LIMIT 1 } FILTER(?w = ?v) }"
    rows = mixed.rows(f"SELECT ?v {{ VALUES ?v {{ 10 9 }} }} ORDER BY {inner} DESC(?v)")

    assert ["10", "9"] == [term.value for (term,) in rows if isinstance(term, ox.Literal)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s ?p ?o } ORDER BY",
        "SELECT ?s { ?s ?p ?o } ORDER BY ?s +",
        "SELECT ?s { ?s ?p ?o } ORDER BY DESC ?s",
        "SELECT ?s { ?s ?p ?o } ORDER BY (?s, ?o)",
        "SELECT ?s { ?s ?p ?o } ORDER BY (?s",
        "SELECT ?s { ?s ?p ?o } ORDER BY ?s)",
        "SELECT ?s { ?s ?p ?o } ORDER BY ()",
        "SELECT ?s { ?s ?p ?o } ORDER ?s",
        "SELECT ?s { ?s ?p ?o } ORDER BY -?s",
        "SELECT ?s { ?s ?p ?o } ORDER BY 'a'",
        "SELECT ?s { ?s ?p ?o } ORDER BY NOT ?s",
        "SELECT ?s { ?s ?p ?o } ORDER BY NOT",
        "SELECT ?s { ?s ?p ?o ORDER BY ?s }",
        "SELECT (MIN(*) AS ?m) { ?s ?p ?o }",
        "SELECT (MIN(?s, ?o) AS ?m) { ?s ?p ?o }",
        "SELECT (MAX() AS ?m) { ?s ?p ?o }",
        "SELECT (MAX AS ?m) { ?s ?p ?o }",
        "SELECT (MAX(DISTINCT) AS ?m) { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o } ORDER BY MIN(?s)",
        "SELECT ?s (MIN(?o) AS ?s) { ?s ?p ?o }",
    ],
)
def test_what_is_no_query(mixed: Sorted, query: str) -> None:
    """A text that is no query stays none, and the error tells where in the text that was sent."""
    with pytest.raises(QueryMalformed) as caught:
        mixed.body(query)
    assert caught.value.excerpt is not None
    assert query in caught.value.excerpt


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX BYa: <http://www.w3.org/2001/XMLSchema#> PREFIX a: <http://www.w3.org/2001/XMLSchema#> "
        "SELECT ?s { ?s ?p ?o } ORDER BYa:string(?o)",
        "PREFIX DISTINCTa: <http://www.w3.org/2001/XMLSchema#> PREFIX a: <http://www.w3.org/2001/XMLSchema#> "
        "SELECT (MIN(DISTINCTa:string(?o)) AS ?m) { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o } ORDER BY " + f"?{'s' * 60} ?{'o' * 60} " * 6000,
    ],
)
def test_order_that_cannot_be_told(mixed: Sorted, query: str) -> None:
    """Keys that can be read in two ways, or are too many, are refused by name, with what to write instead."""
    with pytest.raises(OrderUnclear) as caught:
        mixed.body(query)
    assert "BIND" in str(caught.value.mend)


def test_keys_inside_keys_are_bounded(mixed: Sorted) -> None:
    """Keys that sort inside keys are answered up to some depth, and then refused: the text would double at each."""
    query = "SELECT ?x { VALUES ?x { 1 'a' } } ORDER BY ?x"
    for _ in range(3):
        query = f"SELECT ?x {{ VALUES ?x {{ 1 'a' }} }} ORDER BY EXISTS {{ {query} }} DESC(?x)"
    assert [(ox.Literal("a"),), (literal("1", "integer"),)] == mixed.rows(query)
    for _ in range(12):
        query = f"SELECT ?x {{ VALUES ?x {{ 1 'a' }} }} ORDER BY EXISTS {{ {query} }} DESC(?x)"
    with pytest.raises(OrderUnclear):
        mixed.body(query)


def test_many_keys(mixed: Sorted) -> None:
    """A thousand keys are one."""
    keys = "".join(random.Random(1).choices(("?v", "?g"), k=1000))

    assert follow([row[:1] for row in mixed.rows(f"SELECT ?v {{ ?s :g ?g ; :v ?v }} ORDER BY ?v {keys} ?s")], [1])
