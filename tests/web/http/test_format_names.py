"""What clients call formats in the parameters `format`, `output` and `results`."""

from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

SELECT = "SELECT ?s { ?s ?p ?o } LIMIT 1"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1"
RESULTS = {
    "application/sparql-results+json": [
        "json",  # SPARQLWrapper, Jena, Virtuoso, R
        "JSON",
        "srj",  # RDF4J
        "SPARQL/JSON",
        "application/json",
        "application/sparql-results json",  # a + that was not encoded
        "application/sparql-results+json; charset=utf-8",
        "auto",  # Virtuoso: the choice of the server
        "*/*",
    ],
    "application/sparql-results+xml": [
        "xml",
        "XML",
        "srx",
        "sparql",  # Jena
        "SPARQL/XML",
        "text/xml",
        "application/xml",
        "application/sparql-results+xml",
    ],
    "text/csv": ["csv", "CSV", "text/csv", "SPARQL/CSV", " csv "],
    "text/tab-separated-values": ["tsv", "text/tab-separated-values", "SPARQL/TSV", "text", "text/tsv"],
}
STATEMENTS = {
    "text/turtle": [
        "turtle",  # SPARQLWrapper, rdflib, Jena
        "ttl",
        "TTL",
        "n3",
        "N3",
        "longturtle",  # rdflib
        "text/turtle",
        "text/n3",
        "text/rdf+n3",  # RDF4J, Virtuoso
        "application/turtle",  # SPARQLWrapper
        "application/x-turtle",
        "Turtle Syntax",  # Protégé
        "auto",
    ],
    "application/n-triples": [
        "nt",
        "ntriples",
        "N-Triples",  # RDF4J
        "n-triples",
        "nt11",  # rdflib
        "NTRIPLES",
        "text/plain",  # Virtuoso
        "text",  # Jena
    ],
    "application/rdf+xml": [
        "xml",  # SPARQLWrapper by default
        "rdf",
        "rdf+xml",
        "rdf xml",
        "RDF/XML",
        "rdfxml",
        "RDF/XML-ABBREV",  # Jena
        "pretty-xml",  # rdflib
        "application/rdf+xml",
        "application/xml",
        "RDF/XML Syntax",
    ],
    "application/ld+json": [
        "json",
        "json-ld",  # SPARQLWrapper, rdflib, Jena
        "jsonld",  # Virtuoso
        "JSON-LD",
        "ld+json",
        "application/x-json+ld",  # Virtuoso
        "application/ld+json,application/x-json+ld",  # SPARQLWrapper
        "application/json",
    ],
    "application/trig": ["trig", "TriG", "application/trig", "application/x-trig"],
    "application/n-quads": ["nq", "nquads", "N-Quads", "n-quads", "text/x-nquads", "application/n-quads"],
}


def _cases(names: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, media_type) for media_type, several in names.items() for name in several]


def _media_type(client: FlaskClient, query: str, *pairs: tuple[str, str]) -> str:
    answer = client.get(f"/sparql?{urlencode([('query', query), *pairs])}")
    assert 200 == answer.status_code, answer.text
    assert answer.mimetype
    return answer.mimetype


@pytest.mark.parametrize("parameter", ["format", "output", "results"])
@pytest.mark.parametrize(("name", "media_type"), _cases(RESULTS))
def test_results(client: FlaskClient, parameter: str, name: str, media_type: str) -> None:
    """The answer of a SELECT comes in the format of this name, and json and xml are those of results."""
    assert media_type == _media_type(client, SELECT, (parameter, name))


@pytest.mark.parametrize("parameter", ["format", "output", "results"])
@pytest.mark.parametrize(("name", "media_type"), _cases(STATEMENTS))
def test_statements(client: FlaskClient, parameter: str, name: str, media_type: str) -> None:
    """The answer of a CONSTRUCT comes in the format of this name, and json and xml are those of statements."""
    assert media_type == _media_type(client, CONSTRUCT, (parameter, name))


@pytest.mark.parametrize("form", [SELECT, "ASK {}", CONSTRUCT, "DESCRIBE <http://x/>"])
@pytest.mark.parametrize("name", ["xml", "json"])
def test_all_three_at_once(client: FlaskClient, form: str, name: str) -> None:
    """SPARQLWrapper sends a name in all three parameters, whatever the form of the query."""
    found = _media_type(client, form, *((parameter, name) for parameter in ("format", "output", "results")))

    assert found.endswith(name)


def test_twice(client: FlaskClient) -> None:
    """A format may be named twice, in a short form and by media types; a name that means nothing does not count."""
    pairs = (("format", "tsv"), ("format", "text/tab-separated-values"), ("output", "spreadsheet"))

    assert "text/tab-separated-values" == _media_type(client, SELECT, *pairs)


def test_unknown_name_without_accept(client: FlaskClient) -> None:
    """Without an Accept header a name that means nothing is refused, with those that mean something."""
    answer = client.get("/sparql", query_string={"query": SELECT, "output": "thrift"})

    assert 406 == answer.status_code
    assert ["json", "xml", "csv", "tsv", "html"] == answer.get_json(force=True)["offered"]


@pytest.mark.parametrize("name", ["xml", "json", "n3", "RDF/XML", "json-ld", "ntriples"])
def test_documents(client: FlaskClient, name: str) -> None:
    """Names mean the same at the IRI of a thing and in the description of the service."""
    for path in ("/ns", "/sparql", "/query/plan-in-numbers"):
        [media_type] = [found for found, names in STATEMENTS.items() if name in names]
        assert media_type == client.get(path, query_string={"format": name}).mimetype
