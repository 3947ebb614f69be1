"""The scan of a query text: what it finds, what it refuses, and what it lets through."""

from pathlib import Path

import pytest

from govplan import deadline
from govplan.deadline import Deadline
from govplan.errors import QueryMalformed, QueryRefused, QueryTimedOut
from govplan.sparql.scan import query_form, scan
from govplan.sparql.tokens import WORDS
from tests.conftest import ROOT
from tests.patience import HOUR, Counted, left

OWN = [path for folder in ("queries", "shapes") for path in sorted((ROOT / folder).glob("**/*.rq"))]
PREFIXES = (
    "PREFIX : <http://x/> PREFIX a: <http://x/> PREFIX ex: <http://x/> PREFIX service: <http://x/> "
    "PREFIX filter: <http://x/> PREFIX from: <http://x/> PREFIX insert: <http://x/> "
)


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("ask{}", "ASK"),
        ("PREFIX select: <http://x/> CONSTRUCT WHERE { ?s select:ask ?o }", "CONSTRUCT"),
        ("# SELECT\nDESCRIBE <http://x/SELECT>", "DESCRIBE"),
        ("BASE <http://x/#ask> SELECT ?s { ?s ?p 'ASK' }", "SELECT"),
        ("VERSION '1.2' ASK {}", "ASK"),
    ],
)
def test_form(query: str, form: str) -> None:
    """The form is the first query keyword outside prologue names, IRIs, strings and comments."""
    assert form == scan(query).form
    assert form == query_form(query)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_own_queries_pass(path: Path) -> None:
    """Every question and every rule of this repository is within the default limits."""
    assert scan(path.read_text(encoding="utf-8").replace("$this", "?this")).form in ("SELECT", "ASK", "CONSTRUCT")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x/> {} }",
        "SELECT * { service silent ?x {} }",
        "SELECT * { #\nSeRvIcE#\n<http://x/> {} }",
        "SELECT * { # a comment ends at a carriage return\rSERVICE <http://x/> {} }",
        "SELECT * {SERVICE<http://x/>{}}",
        "SELECT * { SERVICE\r\n\tSILENT # {\n ?x {} }",
        "ASK { { SELECT * { SERVICE <http://x/>{} } } }",
        "ASK { FILTER EXISTS { SERVICE ?x {} } }",
        "ASK { ?s ?p ?o LATERAL { SERVICE ?o {} } }",
        "SELECT ?a { ?a ?b ?c } ORDER BY EXISTS { SERVICE ?x {} }",
        "SELECT (EXISTS { SERVICE ?x {} } AS ?y) {}",
        "PREFIX service: <http://x/> ASK { SERVICE service:x {} }",
        "ASK { <http://a\\u0041#> ?p ?o . SERVICE <http://x/> {} }",
        "ASK { ?a ?b '\\'' . SERVICE <http://x/> {} }",
        "ASK { ?a ?b '''''' . SERVICE <http://x/> {} }",
        "ASK { ?a ?b ''''' ''' . SERVICE <http://x/> {} }",
        'ASK { ?a ?b """a"b""" . SERVICE <http://x/> {} }',
        "ASK { ?a ?b ?c FILTER(?a<?b) SERVICE <http://x/> {} }",
        "ASK { ?a a:b\\# . SERVICE <http://x/> {} }",
        "ASK { ?a ?b 1SERVICE <http://x/> {} }",
        "ASK { ?a ?b 1.e3SERVICE <http://x/> {} }",
        "ASK { ?a ?b ()SERVICE <http://x/> {} }",
        # What the standard calls an IRI is to Oxigraph a comparison with the start of a comment or a string after it.
        "ASK { ?a ?p ?b FILTER(?a<?b)SERVICE#>\n<http://x/>{} }",
        "ASK { ?a ?p ?b FILTER(?a<'>')SERVICE<http://x/>{} FILTER('x'='y') }",
        "ASK { FILTER(EXISTS{}<'>')SERVICE<http://x/>{} FILTER('x'='y') }",
        "ASK { FILTER(?a<<http://x/#'>)SERVICE<http://x/>{} }",
        # Oxigraph takes no notice of the ends of words and names.
        "ASK { service:b {} }",
        "ASK { ?a ?b ?c service:b {} }",
        "ASK { ?a ?b ?c ; service:b {} }",
        "ASK { ?a a:b/a:c|^a ?c service:b {} }",
        "ASK { ?a ?b a:b.c.SERVICE <http://x/> {} }",
        "ASK { ?a ?b a:b.c.SERVICE:b {} }",
        "ASK { ?a ?b 'x'^^a:b.c.SERVICE:b {} }",
        # No space to the engine, but to others.
        "ASK { SERVICE\u00a0<http://x/> {} }",
        "ASK { SERVICE\f<http://x/> {} }",
        "ASK { SERVICE\0<http://x/> {} }",
        "\ufeffASK { SERVICE <http://x/> {} }",
        # An engine that decodes first finds the end of the string.
        "ASK { ?a ?b '\\u0027 . SERVICE <http://x/> {} # ' }",
    ],
)
def test_service_is_refused(query: str) -> None:
    """SERVICE is refused in every disguise."""
    with pytest.raises(QueryRefused, match="SERVICE") as caught:
        scan(PREFIXES + query)
    assert "service" == caught.value.feature


@pytest.mark.parametrize(
    "query",
    [
        "ASK { SERVICEa:b {} }",
        "ASK { SERVICESILENT<http://x/> {} }",
        "ASK { ?s ?p trueSERVICE<http://x/> {} }",
        "ASK { SERV\u0131CE <http://x/> {} }",
        "ASK { \\u0053ERVICE <http://x/> {} }",
        "ASK { VALUES ?x {''' '#\\uD800\n} SERVICE <http://x/> {} #'''\n} }",
        "ASK { VALUES ?x {''' '#\\U0000D800\n} SERVICE <http://x/> {} #'''\n} }",
        "ASK { ?a ?b <http://x/\\u003e . SERVICE <http://x/> {} # > }",
        "ASK { ?a ?b ''''x }",
        "ASK { ?a ?b 'x\n' SERVICE <http://x/> {} }",
        'ASK { ?a ?b "\\q" }',
        "ASK { ?a ?b 'never ends }",
        "SELECT * {} LIMIT10",
        "ASKFROM <http://x/> {}",
        "ASK from:b {}",
        "DESCRIBE * from:b {}",
        "ASK { ?s none:b ?o }",
        "ASK { ?s ?p ?o FILTERa:b(?s) }",
        "ASK { ?a ?b ?c filter:boolean(?a<?b)SERVICE#>\n<http://x/>{} }",
        "ASK { ?a ?b a:b.c.FILTER(?a<?b)SERVICE#>\n<http://x/>{} }",
        "SELECT * {} byte:x",
    ],
)
def test_ambiguous_text_is_malformed(query: str) -> None:
    """Text that is no SPARQL, or that one engine reads as something else than another, never reaches an engine."""
    with pytest.raises(QueryMalformed) as caught:
        scan(PREFIXES + query)
    assert caught.value.line is not None


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?service a <http://x/SERVICE> }",
        "SELECT ?service ?x { ?service ?x $service }",
        "SELECT * { ?s service:service 'SERVICE' }",
        "SELECT * { ?s ?p '''SERVICE <x> {}''' } # SERVICE",
        "SELECT * { ?s :SERVICE _:service }",
        "ASK { ?s insert:load 'DROP' }",
        "SELECT ?load { ?load ?p 'x'@service }",
        "ASK { ?s ?p 'x'@en-service--ltr }",
        "SELECT ?a WHERE { # SERVICE <http://x/> {\n ?a ?b ?c }",
        "ASK { GRAPH service:b {} GRAPH a:b.c.service {} }",
        "ASK { ?s ?p service:x { ?s ?p ?o } }",
        "ASK { ?s ?p ?o , service:x { ?s ?p ?o } }",
        "ASK { 'x'^^a:b a service:x { ?s ?p ?o } }",
        "ASK { ?s a:b/^a:c|(a:b|a)/!a service:x { ?s ?p ?o } }",
        "ASK { ?s ?p [ a service:x ] . { ?s ?p ?o } }",
        "ASK { ?s ?p 'x'^^service:type OPTIONAL { ?s service:x ?o {| service:y ?z |} } }",
        "DESCRIBE service:x ?y { ?y ?p ?o }",
        "DESCRIBE from:x from:y",
        "ASK FROM from:x FROM NAMED service:x { ?s from:x ?o }",
        "ASK { ?s ?p '\\u0027', \"\\\\u0022\", <http://x/\\u00e9> }",
        "ASK { FILTER(?a<?b&&?c>1) FILTER(?a<=?b||?c>=-1) FILTER(?a <?b && ?c> ?d) }",
        "ASK { ?s filter:list (1 <http://x/#a> ?b) ; a:b ('a' <#b> <urn:c>) }",
        "ASK { VALUES (?a ?b) { (<#'> <urn:#>) ('a' <#>) } }",
        "ASK { ?s ?p (?a <#'>) , <#'> }",
        "ASK { FILTER(?a IN (<#'>, <urn:b>) && ?a != <#'>) FILTER a:f(?a, <#'>) }",
        "ASK { FILTER(<<( ?a <#p> <#'> )>> = ?x) << ?a <#p> 1 >> ?q ?r }",
        "SELECT (GROUP_CONCAT(DISTINCT ?a; SEPARATOR=';') AS ?n) {}",
        "SELECT (COUNT(DISTINCT *) AS ?n) (a:f(?a) AS ?m) { ?s ?p ?o } GROUP BY a:f(?s) HAVING (?n > 1)",
        "ASK { ?s !(a:b|^a) ?o ; ^a:b/a:c* ?o . ?s a:b+ 1 ; a:b? -1 . ?s ?p .5 , 1. }",
        "ASK { ?s ?p a:b.c.d , a:%20 , a:\\~x , : , _:b.c ~ ?r }",
        "CONSTRUCT { ?s ?p [ a ?b ] , (1 2) } FROM <http://x/> WHERE { ?s ?p ?o } LIMIT 1 OFFSET 1",
    ],
)
def test_innocent_queries_pass(query: str) -> None:
    """A refused word inside a name, a string, an IRI or a comment is not refused, and neither is what looks odd."""
    assert scan(PREFIXES + query).form in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def test_no_word_hides_another() -> None:
    """No keyword is a term followed by a keyword, so that Oxigraph finds no other words in it."""
    assert [] == [term + word for term in ("A", "TRUE", "FALSE", "UNDEF") for word in WORDS if term + word in WORDS]


@pytest.mark.parametrize(
    "word", ["INSERT DATA {}", "DELETE WHERE {}", "LOAD <http://x/>", "clear all", "WITH <http://x/> DELETE {}"]
)
def test_update_is_refused(word: str) -> None:
    """Every update form is refused by name."""
    with pytest.raises(QueryRefused) as caught:
        scan(f"PREFIX a: <http://x/> {word}")
    assert "update" == caught.value.feature


def test_no_query_at_all() -> None:
    """A text without a query form is malformed, not a crash."""
    with pytest.raises(QueryMalformed, match="no query"):
        scan("  # nothing\n")


def test_malformed_has_a_position() -> None:
    """What the scan finds wrong is shown with line, column and the line itself."""
    with pytest.raises(QueryMalformed, match="foaf: is not declared") as caught:
        scan("SELECT ?s {\r\n\t?s foaf:name '\U0001f600' }")
    assert (2, 5, "\t?s foaf:name '\U0001f600' }") == (caught.value.line, caught.value.column, caught.value.excerpt)


@pytest.mark.parametrize(
    ("query", "star"),
    [
        ("SELECT * {}", 7),
        ("SELECT DISTINCT * {}", 16),
        ("SELECT*{}", 6),
        ("SELECT ?x { { SELECT * {} } }", None),
        ("SELECT (COUNT(*) AS ?n) {}", None),
        ("SELECT (COUNT(DISTINCT *) AS ?n) {}", None),
        ("SELECT (1*2 AS ?n) {}", None),
        ("ASK { { SELECT * {} } }", None),
        ("DESCRIBE * {}", None),
    ],
)
def test_star(query: str, star: int | None) -> None:
    """Only the star of the outermost SELECT is found."""
    assert star == scan(query).star


@pytest.mark.parametrize("function", ["NOW()", "rand()", "UUID()", "STRUUID()", "BNODE()"])
def test_volatile(function: str) -> None:
    """A query whose answer may differ between two runs is known as volatile."""
    assert scan(f"SELECT ({function} AS ?x) {{}}").volatile


def test_volatile_after_a_comparison() -> None:
    """A function is found where the text also looks like an IRI."""
    assert scan("ASK { ?a ?b ?c FILTER(?a<now()&&?c>1) }").volatile
    assert not scan("PREFIX now: <http://x/> ASK { ?now now:uuid 'NOW()' }").volatile


def test_dataset() -> None:
    """FROM names a dataset; the word elsewhere does not."""
    assert scan("ASK FROM <http://x/> {}").dataset
    assert not scan("PREFIX from: <http://x/> ASK { ?from from:from 'FROM' } # FROM").dataset


def test_variables() -> None:
    """Variables are listed in the order in which the text mentions them."""
    assert ("z", "a", "b") == scan("SELECT * { ?z ?a ?z FILTER(?z<?b&&?a>1) }").variables


_ENDLESS = {
    "terms": "ASK { VALUES ?x { " + "1 " * 9000 + "} }",
    "words": "ASK { " + "FILTER (?a) " * 200 + "}",
    "comparisons": "ASK { FILTER(?a" + "<?b" * 700 + ") }",
    "escapes": "ASK { ?s ?p '\\u0027 " + "1 " * 9000 + "' }",
}


@pytest.mark.parametrize("query", _ENDLESS.values(), ids=_ENDLESS)
def test_scan_ends_with_its_time(query: str) -> None:
    """A text is not read when the time of its request is over, and reading stops where its client leaves."""
    for over in (Deadline(0.0), left(), Counted(last=1)):
        with deadline.within(over), pytest.raises(QueryTimedOut):
            scan(query)
    with deadline.within(Deadline(HOUR)):
        assert "ASK" == scan(query).form


def test_scan_looks_up_while_it_reads() -> None:
    """The clock is looked at again and again, also in the second reading of a text and after each comparison."""
    looks = []
    for query in _ENDLESS.values():
        with deadline.within(Counted()) as counted:
            scan(query)
        looks.append(counted.asked)

    assert [9, 1, 2, 10] == looks
