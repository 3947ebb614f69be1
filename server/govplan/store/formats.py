"""Every format govplan writes: one table for content negotiation, dumps, `export` and `query`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from govplan.errors import FormatUnknown

Kind = Literal["bindings", "graph", "dataset"]
Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an answer; `aliases` are media types and names that clients send for the same thing."""

    extension: str
    label: str
    media_type: str
    kind: Kind
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header; text types name their character encoding."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


BINDINGS = (
    Format("json", "SPARQL JSON", "application/sparql-results+json", "bindings", ("application/json",)),
    Format("xml", "SPARQL XML", "application/sparql-results+xml", "bindings", ("application/xml", "text/xml")),
    Format("csv", "CSV", "text/csv", "bindings"),
    Format("tsv", "TSV", "text/tab-separated-values", "bindings"),
)
GRAPHS = (
    Format("ttl", "Turtle", "text/turtle", "graph", ("application/x-turtle", "turtle", "n3")),
    Format("nt", "N-Triples", "application/n-triples", "graph", ("text/plain",)),
    Format("rdf", "RDF/XML", "application/rdf+xml", "graph", ("application/xml", "text/xml", "rdf+xml")),
    Format("jsonld", "JSON-LD", "application/ld+json", "dataset", ("application/json", "json-ld")),
    Format("trig", "TriG", "application/trig", "dataset"),
    Format("nq", "N-Quads", "application/n-quads", "dataset"),
)


def for_form(form: Form) -> tuple[Format, ...]:
    """Return the formats an answer of this query form can take, the default first (SPARQL 1.1 Protocol 2.1.6)."""
    return BINDINGS if form in ("SELECT", "ASK") else GRAPHS


def named(asked: str, offered: Sequence[Format]) -> Format:
    """Return the format of this extension or media type. Raises FormatUnknown with the list of those offered."""
    for fmt in offered:
        if asked in (fmt.extension, fmt.media_type):
            return fmt
    for fmt in offered:
        if asked in fmt.aliases:
            return fmt
    raise FormatUnknown(asked, [fmt.extension for fmt in offered])
