"""A set of statements as they are built up, each term as N-Triples writes it, in the order in which they came."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from govplan.namespaces import STANDARD

# Vocabularies of catalogues, which no authored file uses.
_FURTHER = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcatap": "http://data.europa.eu/r5r/",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
    "locn": "http://www.w3.org/ns/locn#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void-ext": "http://ldf.fi/void-ext#",
}
VOCABULARIES: Mapping[str, str] = {**STANDARD, **_FURTHER}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile("[" + re.escape("".join(_ESCAPES)) + r"\x00-\x1f\x7f]")


class Statement(NamedTuple):
    """One statement; its terms are written as N-Triples writes them."""

    subject: str
    predicate: str
    object: str


def expanded(name: str) -> str:
    """Return the IRI of a prefixed name of these vocabularies. Raises KeyError for another prefix."""
    prefix, _, local = name.partition(":")
    return VOCABULARIES[prefix] + local


def node(iri: str) -> str:
    """Return an IRI as a term."""
    return f"<{iri}>"


def named(name: str) -> str:
    """Return a prefixed name as a term. Raises KeyError for another prefix."""
    return node(expanded(name))


def literal(text: str, lang: str | None = None, datatype: str | None = None) -> str:
    """Return a literal as a term; `datatype` is a prefixed name."""
    quoted = '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}", text) + '"'
    if lang:
        return f"{quoted}@{lang}"
    return f"{quoted}^^{named(datatype)}" if datatype else quoted


def texts(by_language: Mapping[str, str]) -> list[str]:
    """Return a text in each of its languages as terms."""
    return [literal(text, lang) for lang, text in by_language.items()]


class Graph:
    """Statements, each once."""

    def __init__(self, statements: Iterable[Statement] = ()) -> None:
        self._statements = dict.fromkeys(statements)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)

    def add(self, subject: str, predicate: str, *objects: str) -> None:
        """State an IRI's values of a property: prefixed name and terms; without values nothing is stated."""
        for each in objects:
            self._statements[Statement(node(subject), named(predicate), each)] = None

    def describe(self, subject: str, kinds: Iterable[str], **values: str | Iterable[str] | None) -> None:
        """State classes and values of an IRI: `dcterms_title` is dcterms:title, and None states nothing."""
        self.add(subject, "rdf:type", *map(named, kinds))
        for key, value in values.items():
            several = () if value is None else (value,) if isinstance(value, str) else value
            self.add(subject, key.replace("_", ":", 1), *several)

    def update(self, statements: Iterable[Statement]) -> None:
        """Add statements that were built elsewhere."""
        self._statements |= dict.fromkeys(statements)

    def objects(self, subject: str, predicate: str) -> list[str]:
        """Return an IRI's values of a property as terms."""
        wanted = (node(subject), named(predicate))
        return [each.object for each in self._statements if each[:2] == wanted]

    def of_kind(self, name: str) -> list[str]:
        """Return the IRIs of the members of a class."""
        wanted = (named("rdf:type"), named(name))
        return [each.subject[1:-1] for each in self._statements if each[1:] == wanted]

    def iris(self) -> set[str]:
        """Return every IRI that stands as a value, but for classes."""
        kind = named("rdf:type")
        return {
            each.object[1:-1] for each in self._statements if each.object.startswith("<") and each.predicate != kind
        }

    def n_triples(self) -> str:
        """Return the statements as N-Triples, a line each."""
        return "".join(f"{' '.join(each)} .\n" for each in self._statements)

    def construct(self) -> str:
        """Return a query whose answer are these statements: the store writes them in whatever format is asked for."""
        return f"CONSTRUCT {{\n{self.n_triples()}}} WHERE {{}}"
