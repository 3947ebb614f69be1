"""The table of the SPARQL 1.1 Protocol: request → status and media type."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
JSON = "application/sparql-results+json"
PROBLEM = "application/problem+json"
ASK = "ASK {}"
SELECT = "SELECT ?s { ?s ?p ?o } LIMIT 1"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1"


def _get(**parameters: str) -> dict[str, Any]:
    return {"method": "GET", "query_string": urlencode(parameters)}


def _form(*pairs: tuple[str, str], content_type: str = FORM) -> dict[str, Any]:
    return {"method": "POST", "data": urlencode(pairs), "content_type": content_type}


def _direct(body: str | bytes, content_type: str = DIRECT, **more: Any) -> dict[str, Any]:
    return {"method": "POST", "data": body, "content_type": content_type, **more}


@pytest.mark.parametrize(
    ("request_", "accept", "status", "media_type"),
    [
        # 2.1.1 by GET, 2.1.2 by a form, 2.1.3 as it is
        (_get(query=ASK), None, 200, JSON),
        (_form(("query", ASK)), None, 200, JSON),
        (_direct(ASK), None, 200, JSON),
        (_direct(ASK, DIRECT + "; charset=UTF-8"), None, 200, JSON),
        (_form(("query", ASK), content_type=FORM + ";charset=utf-8"), None, 200, JSON),
        # every form of query, in a format that fits it
        (_get(query=SELECT), "text/csv", 200, "text/csv"),
        (_get(query=SELECT), "application/xml", 200, "application/sparql-results+xml"),
        (_get(query=SELECT), "application/json", 200, JSON),
        (_get(query=CONSTRUCT), None, 200, "text/turtle"),
        (_get(query=CONSTRUCT), "application/ld+json", 200, "application/ld+json"),
        (_get(query="DESCRIBE <http://x/>"), "application/n-triples", 200, "application/n-triples"),
        # the parameter format wins over Accept; its + may arrive as a space
        (_get(query=SELECT, format="csv"), JSON, 200, "text/csv"),
        (_get(query=SELECT, format=JSON), "text/csv", 200, JSON),
        ({"method": "GET", "query_string": "query=ASK{}&format=" + JSON}, None, 200, JSON),
        (_form(("query", SELECT), ("format", "tsv")), None, 200, "text/tab-separated-values"),
        (_get(query=SELECT, format="html"), None, 200, "text/html"),
        (_get(query=SELECT, format="ttl"), None, 406, PROBLEM),
        (_get(query=SELECT, format="pdf"), None, 406, PROBLEM),
        (_get(query=SELECT), "text/turtle", 406, PROBLEM),
        (_get(query=CONSTRUCT), "text/csv", 406, PROBLEM),
        # a name that means nothing for this kind of answer counts as absent where there is an Accept header
        (_get(query=SELECT, format="pdf"), "text/csv", 200, "text/csv"),
        (_get(query=SELECT, output="ttl"), "*/*", 200, JSON),
        (_get(query=CONSTRUCT, results="thrift"), "application/n-triples", 200, "application/n-triples"),
        (_get(query=SELECT, format="pdf"), "text/turtle", 406, PROBLEM),
        # one parameter names one format, whatever the others name
        (_get(query=SELECT, format="csv", output="json", results="xml"), None, 200, "text/csv"),
        (_get(query=SELECT, format="pdf", output="tsv"), None, 200, "text/tab-separated-values"),
        ({"method": "GET", "query_string": f"query={ASK}&format=csv&format=json"}, None, 400, PROBLEM),
        ({"method": "GET", "query_string": f"query={ASK}&format=csv&format=text/csv"}, None, 200, "text/csv"),
        # a page, where nothing else is acceptable
        (_get(query=SELECT), "text/html", 200, "text/html"),
        (_get(query=CONSTRUCT), "text/html, application/xhtml+xml", 200, "text/html"),
        (_get(query=ASK), "text/html;q=0.9", 200, "text/html"),
        (_get(query="nonsense"), "text/html", 400, "text/html"),
        (_get(query=SELECT), "text/html, application/sparql-results+json;q=0.1", 200, JSON),
        # graphs: absolute IRIs, any number of them
        (_get(query=ASK, **{"default-graph-uri": "http://x/g"}), None, 200, JSON),
        (_form(("query", ASK), ("named-graph-uri", "http://x/g"), ("named-graph-uri", "urn:x")), None, 200, JSON),
        (_direct(ASK, query_string="default-graph-uri=http%3A%2F%2Fx%2Fg"), None, 200, JSON),
        (_get(query=ASK, **{"default-graph-uri": "graph/1"}), None, 400, PROBLEM),
        (_get(query=ASK, **{"default-graph-uri": "#x"}), None, 400, PROBLEM),
        (_get(query=ASK, **{"named-graph-uri": "http://x/ y"}), None, 400, PROBLEM),
        # parameters that the protocol does not know are no error; those of an update are
        (_get(query=ASK, timeout="5"), None, 200, JSON),
        (_get(query=ASK, update="DROP ALL"), None, 400, PROBLEM),
        (_form(("update", "DROP ALL")), None, 400, PROBLEM),
        (_get(query=ASK, **{"using-graph-uri": "http://x/g"}), None, 400, PROBLEM),
        (_get(query=ASK, **{"using-named-graph-uri": "http://x/g"}), None, 400, PROBLEM),
        # exactly one query
        ({"method": "GET", "query_string": "query=ASK{}&query=ASK{}"}, None, 400, PROBLEM),
        (_form(("query", ASK), ("query", ASK)), None, 400, PROBLEM),
        (_direct(ASK, query_string="query=ASK{}"), None, 400, PROBLEM),
        (_form(("format", "csv")), None, 400, PROBLEM),
        (_get(query=""), None, 400, PROBLEM),
        (_direct(""), None, 400, PROBLEM),
        # what is no query
        (_get(query="SELECT ?s { ?s ?p"), None, 400, PROBLEM),
        (_get(query="SELECT (nosuch(1) AS ?x) {}"), None, 400, PROBLEM),
        (_get(query="DROP ALL"), None, 400, PROBLEM),
        (_get(query="ASK { SERVICE <http://127.0.0.1:9/> {} }"), None, 400, PROBLEM),
        # bodies of another type, coding or character encoding
        (_direct(ASK, "text/plain"), None, 415, PROBLEM),
        (_direct(ASK, "application/sparql-update"), None, 415, PROBLEM),
        (_direct(ASK, "multipart/form-data; boundary=x"), None, 415, PROBLEM),
        ({"method": "POST", "data": ASK}, None, 415, PROBLEM),
        (_direct(ASK, headers={"Content-Encoding": "gzip"}), None, 415, PROBLEM),
        (_direct(ASK, headers={"Content-Encoding": "identity"}), None, 200, JSON),
        (_direct(ASK, DIRECT + "; charset=iso-8859-1"), None, 400, PROBLEM),
        (_direct(b'ASK { BIND("\xe9" AS ?x) }'), None, 400, PROBLEM),
        ({"method": "POST", "data": b"query=ASK%7B%7D%E9", "content_type": FORM}, None, 400, PROBLEM),
        ({"method": "GET", "query_string": "query=ASK%7B%7D%E9"}, None, 400, PROBLEM),
        # the Graph Store protocol is another one
        (_get(graph="http://x/g"), None, 400, PROBLEM),
        ({"method": "GET", "query_string": "default"}, "text/turtle", 400, PROBLEM),
        ({"method": "HEAD", "query_string": "default="}, None, 400, PROBLEM),
        (_direct("<a:b> <a:b> 1 .", "text/turtle", query_string="graph=http%3A%2F%2Fx%2Fg"), None, 400, PROBLEM),
        (_get(query=ASK, graph="http://x/g"), None, 200, JSON),
        (_form(("query", ASK), ("graph", "http://x/g")), None, 200, JSON),
        # other methods
        ({"method": "PATCH", "data": ASK}, None, 405, PROBLEM),
        ({"method": "PUT", "data": ASK}, None, 405, PROBLEM),
        ({"method": "DELETE"}, None, 405, PROBLEM),
        ({"method": "HEAD", "query_string": "query=ASK{}"}, None, 200, JSON),
        # no query: the service describes itself
        (_get(), None, 200, "text/turtle"),
        (_get(), "application/rdf+xml", 200, "application/rdf+xml"),
        (_get(), "application/n-triples", 200, "application/n-triples"),
        (_get(), "application/ld+json", 200, "application/ld+json"),
        (_get(), "text/html,*/*;q=0.8", 200, "text/html"),
        (_get(), "image/png", 406, PROBLEM),
        # a browser gets the default format of an answer, and its errors as a page
        (_get(query=SELECT), "text/html,application/xml;q=0.9,*/*;q=0.8", 200, JSON),
        (_get(query="nonsense"), "text/html,application/xml;q=0.9,*/*;q=0.8", 400, "text/html"),
    ],
)
@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_protocol(
    client: FlaskClient, path: str, request_: dict[str, Any], accept: str | None, status: int, media_type: str
) -> None:
    """Each request of the protocol has its status and media type, with and without a slash at the end."""
    headers = {**request_.get("headers", {}), **({"Accept": accept} if accept else {})}
    answer = client.open(path, **{**request_, "headers": headers})

    assert (status, media_type) == (answer.status_code, answer.mimetype), answer.text
    assert "*" == answer.headers["Access-Control-Allow-Origin"]
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("method", "query", "word"),
    [
        ("GET", "graph=http%3A%2F%2Fx%2Fg", "CONSTRUCT"),
        ("GET", "default", "/graph/"),
        ("PUT", "graph=http%3A%2F%2Fx%2Fg", "never change"),
        ("DELETE", "default", "queries"),
        ("PATCH", "graph=http%3A%2F%2Fx%2Fg", "GET"),
    ],
)
def test_graph_store_client(client: FlaskClient, method: str, query: str, word: str) -> None:
    """A client of the Graph Store protocol is told what there is instead."""
    answer = client.open("/sparql", method=method, query_string=query)
    problem = answer.get_json(force=True)

    assert 400 <= answer.status_code < 500
    assert word in problem["hint"] + problem.get("detail", "")


@pytest.mark.parametrize(
    "name",
    [
        "default-graph-uri",
        "named-graph-uri",
        "format",
        "output",
        "results",
        "timeout",
        "max-rows",
        "lang",
        "using-graph-uri",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_empty_parameter(client: FlaskClient, name: str, method: str) -> None:
    """An empty parameter is an absent one, also beside a full one."""
    pairs = [(name, ""), ("query", SELECT), ("format", "csv"), (name, "")]
    sent = {"query_string": pairs} if method == "GET" else {"data": urlencode(pairs), "content_type": FORM}
    answer = client.open("/sparql", method=method, **sent)

    assert (200, "text/csv") == (answer.status_code, answer.mimetype), answer.text


@pytest.mark.parametrize("timeout", ["0", "0.0", "00", ""])
def test_no_limit_of_its_own(client: FlaskClient, timeout: str) -> None:
    """A time limit of 0 is none: that of the server stays."""
    assert 200 == client.get("/sparql", query_string={"query": SELECT, "timeout": timeout}).status_code


@pytest.mark.parametrize("timeout", ["-1", "1s", "1e3", "٣", "1.", "inf", "99999999"])
def test_no_time(client: FlaskClient, timeout: str) -> None:
    """What is no number of seconds is refused."""
    assert 400 == client.get("/sparql", query_string={"query": SELECT, "timeout": timeout}).status_code


@pytest.mark.parametrize(
    "address",
    [
        "/search?q=&type=&limit=&format=",
        "/search?q=AI&format=json&limit=",
        "/search?q=AI&lang=",
        "/suggest?type=gp:Action&q=&lang=",
        "/queries/?q=&audience=&tag=&format=",
        "/queries/plan-in-numbers?lang=&format=&max-rows=&page=&sort=",
        "/queries/plan-in-numbers.csv?max-rows=&max-rows=",
        "/dumps/?format=",
        "/links?format=&lang=",
        "/ns?format=",
        "/reconcile/suggest/entity?prefix=",
        "/sparql?timeout=&lang=",
    ],
)
def test_empty_parameters_elsewhere(client: FlaskClient, address: str) -> None:
    """An address with empty parameters answers as it does without them."""
    kept = "&".join(pair for pair in address.partition("?")[2].split("&") if pair.partition("=")[2])
    bare, full = (client.get(each) for each in (f"{address.partition('?')[0]}?{kept}", address))

    assert (bare.status_code, bare.mimetype) == (full.status_code, full.mimetype)
    assert 200 == full.status_code
    if full.mimetype != "text/html":
        assert bare.data == full.data
