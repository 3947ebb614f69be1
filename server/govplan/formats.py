"""Every format govplan writes: one table for content negotiation, dumps, `export` and `query`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from govplan.errors import FormatUnknown

Kind = Literal["bindings", "graph", "dataset"]
Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
# Virtuoso's `auto` and a range that admits everything name no format.
_NO_NAMES = ("", "auto", "*/*")
_MARKS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write an answer.

    `aliases` are media types that clients send for the same thing, `names` are short names of libraries and servers,
    in lower case and without marks: `ntriples` stands for N-Triples, n-triples and n_triples.
    """

    extension: str
    label: str
    media_type: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header; text types name their character encoding."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


# Names in use by SPARQLWrapper, rdflib, Jena, RDF4J, Virtuoso, YASGUI, Comunica, R and Protégé; `json`, `xml` and
# `text` mean that form of each kind of answer.
BINDINGS = (
    Format(
        "json",
        "SPARQL JSON",
        "application/sparql-results+json",
        "bindings",
        ("application/json", "text/json", "application/x-sparqlstar-results+json"),
        ("srj", "sparqljson", "sparqlresultsjson"),
    ),
    Format(
        "xml",
        "SPARQL XML",
        "application/sparql-results+xml",
        "bindings",
        ("application/xml", "text/xml"),
        ("srx", "sparql", "sparqlxml", "sparqlresultsxml"),
    ),
    Format("csv", "CSV", "text/csv", "bindings", (), ("sparqlcsv", "sparqlresultscsv")),
    Format(
        "tsv",
        "TSV",
        "text/tab-separated-values",
        "bindings",
        ("text/tsv",),
        ("text", "sparqltsv", "sparqlresultstsv", "tabseparatedvalues"),
    ),
)
GRAPHS = (
    Format(
        "ttl",
        "Turtle",
        "text/turtle",
        "graph",
        (
            "application/turtle",
            "application/x-turtle",
            "text/n3",
            "text/rdf+n3",
            "application/n3",
            "application/rdf+n3",
            "text/x-turtlestar",
            "application/x-turtlestar",
            "application/x-nice-turtle",
        ),
        ("turtle", "longturtle", "turtlestar", "turtlesyntax", "ttls", "n3", "rdfn3", "notation3"),
    ),
    Format(
        "nt",
        "N-Triples",
        "application/n-triples",
        "graph",
        ("text/plain", "text/ntriples", "application/ntriples"),
        ("ntriples", "ntriple", "nt11", "text"),
    ),
    Format(
        "rdf",
        "RDF/XML",
        "application/rdf+xml",
        "graph",
        ("application/xml", "text/xml"),
        ("xml", "rdfxml", "rdfxmlabbrev", "rdfxmlplain", "rdfxmlpretty", "rdfxmlsyntax", "prettyxml", "owl"),
    ),
    Format(
        "jsonld",
        "JSON-LD",
        "application/ld+json",
        "dataset",
        ("application/json", "text/json", "application/x-json+ld", "application/x-ld+json"),
        ("json", "jsonld10", "jsonld11", "ldjson"),
    ),
    Format(
        "trig", "TriG", "application/trig", "dataset", ("application/x-trig", "application/x-trigstar"), ("trigstar",)
    ),
    Format(
        "nq",
        "N-Quads",
        "application/n-quads",
        "dataset",
        ("text/x-nquads", "text/nquads", "application/x-nquads", "application/nquads"),
        ("nquads", "nquad"),
    ),
)


def for_form(form: Form) -> tuple[Format, ...]:
    """Return the formats an answer of this query form can take, the default first (SPARQL 1.1 Protocol 2.1.6)."""
    return BINDINGS if form in ("SELECT", "ASK") else GRAPHS


def named(asked: str, offered: Sequence[Format]) -> Format:
    """Return the format of this name or media type. Raises FormatUnknown with the list of those offered."""
    found = understood(asked, offered)
    if found is None:
        raise FormatUnknown(asked, [fmt.extension for fmt in offered])
    return found


def understood(asked: str, offered: Sequence[Format]) -> Format | None:
    """Return the first format offered that is named here, None if there is none.

    `asked` is an extension, a media type or a name that some client uses, in any case, or several after commas.
    """
    return next((fmt for name in _names(asked) if (fmt := _of_name(name, offered)) is not None), None)


def names_nothing(asked: str) -> bool:
    """Tell whether this leaves the choice to the server."""
    return all(name in _NO_NAMES for name in _names(asked))


def _names(asked: str) -> list[str]:
    """Split names and media types, without their parameters; a `+` that was not encoded has arrived as a space."""
    return [part.partition(";")[0].strip().replace(" ", "+").lower() for part in asked.split(",")]


def _of_name(name: str, offered: Sequence[Format]) -> Format | None:
    for fmt in offered:
        if name in (fmt.extension, fmt.media_type):
            return fmt
    for fmt in offered:
        if name in fmt.aliases:
            return fmt
    plain = _MARKS.sub("", name)
    return next((fmt for fmt in offered if plain == fmt.extension or plain in fmt.names), None) if plain else None
