"""Accept headers: which format of those offered is chosen (RFC 9110 section 12.5.1)."""

import pytest

from govplan.formats import BINDINGS, GRAPHS, Format
from govplan.web.http.negotiation import HTML, JSON, PROBLEM, best

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JENA = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.9, text/tab-separated-values;q=0.7, "
    "text/csv;q=0.5, application/json;q=0.2, application/xml;q=0.2, */*;q=0.1"
)


@pytest.mark.parametrize(
    ("accept", "offered", "extension"),
    [
        ("", BINDINGS, "json"),  # no header: the default
        ("*/*", BINDINGS, "json"),  # everything: the default
        ("*", BINDINGS, "json"),  # old Java clients write it so
        ("text/csv", BINDINGS, "csv"),
        ("TEXT/CSV", BINDINGS, "csv"),  # media types know no case
        ("text/csv; charset=utf-8", BINDINGS, "csv"),  # other parameters than q do not count
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.6", BINDINGS, "xml"),  # the higher quality
        ("text/csv, */*", BINDINGS, "csv"),  # of equals the one named
        ("text/*, */*", BINDINGS, "csv"),  # a family is more exact than everything
        ("text/*", BINDINGS, "csv"),
        ("text/csv, text/tab-separated-values", BINDINGS, "csv"),  # of equals the one offered first
        ("text/tab-separated-values, text/csv", BINDINGS, "csv"),
        ("application/json", BINDINGS, "json"),  # an alias
        ("application/xml", BINDINGS, "xml"),
        ("text/xml", BINDINGS, "xml"),
        ("text/csv;q=0.4, application/json;q=0.3", BINDINGS, "csv"),  # an alias has its own quality
        ("application/sparql-results+json;q=0, */*", BINDINGS, "xml"),  # refused, though a wildcard admits it
        ("application/sparql-results+json;q=0, application/json", BINDINGS, None),  # refused, though an alias admits it
        ("application/*;q=0, */*;q=0.1", BINDINGS, "csv"),  # a refused family
        ("*/*;q=0", BINDINGS, None),
        ("text/csv;q=0", BINDINGS, None),  # a refusal alone accepts nothing
        ("image/png", BINDINGS, None),
        ("image/png, */*;q=0.1", BINDINGS, "json"),
        ("text/turtle", BINDINGS, None),
        ("nonsense", BINDINGS, None),
        (BROWSER, BINDINGS, "json"),  # a browser's application/xml means XHTML
        (JENA, BINDINGS, "json"),
        ("", GRAPHS, "ttl"),
        (BROWSER, GRAPHS, "ttl"),
        ("application/ld+json", GRAPHS, "jsonld"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', GRAPHS, "jsonld"),
        ("application/n-quads, application/trig;q=0.95, application/rdf+xml;q=0.8", GRAPHS, "nq"),
        ("text/plain", GRAPHS, "nt"),
        ("application/rdf+xml, text/turtle;q=0.9", GRAPHS, "rdf"),
        (BROWSER, (PROBLEM, HTML), "html"),
        ("*/*", (PROBLEM, HTML), "problem"),
        ("application/json", (PROBLEM, HTML), "problem"),
        ("application/json, text/html;q=0.9", (PROBLEM, HTML), "problem"),
        ("", (HTML, JSON), "html"),
        ("application/json", (HTML, JSON), "json"),
    ],
)
def test_accept(accept: str, offered: tuple[Format, ...], extension: str | None) -> None:
    """The format chosen is the best for the client, never one that it refused."""
    found = best(accept, offered)

    assert extension == (found and found.extension)
