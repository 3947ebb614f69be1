"""Which terms can be published: IRIs that every format and reader takes, and literals that the store keeps as written.

A literal outside the lexical space of its datatype is wrong everywhere. One inside it may still be in a form that is
not taken here, for one of these reasons:

* the store keeps typed values, not their spelling, so another spelling would be validated but never served;
* the store cannot calculate with it: whole numbers of more than 64 bits, decimals of more than 18 places;
* programs that read the answers (Python, spreadsheets) know only the years 0001 to 9999;
* a civil date has no time zone: one with a zone cannot be ordered beside one without (XSD 1.1, section 3.3.9.1).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from govplan.content.datatypes import RDF, XSD, unknown_datatype, why_not_in
from govplan.content.problem import Severity
from govplan.content.project import SourceFile
from govplan.rdfxml import property_name
from govplan.text import Doubt, named, unseen_in_value

_SCHEMES = ("http://", "https://", "urn:", "mailto:")
_STRING = XSD + "string"
_CIVIL = ("date", "gYear", "gYearMonth", "gMonth", "gDay", "gMonthDay")
_WITH_YEAR = ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth")
_ZONE = re.compile(r"(Z|[+-]\d\d:\d\d)\Z")
# What the store calculates with. Of others it keeps the text; of these too, where it cannot read them.
_READ = ("integer", "decimal", "dateTime", "time", "duration", "dayTimeDuration", "yearMonthDuration")
# What it reads as one of them, so that one it keeps unchanged was not read.
_READ_AS_OTHER = (
    "long",
    "unsignedLong",
    "nonNegativeInteger",
    "positiveInteger",
    "nonPositiveInteger",
    "negativeInteger",
)
_TYPE = RDF + "type"
_NODE = ox.NamedNode("urn:x")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a term and how to mend it; `character` is what nobody sees in it, if that is the matter."""

    what: str
    mend: str
    severity: Severity = "violation"
    character: str | None = None


class TermRules:
    """The rules for single terms; a term that stands in many statements is judged once."""

    def __init__(self) -> None:
        self._store = ox.Store()
        self._literals: dict[ox.Literal, tuple[Fault, ...]] = {}
        self._iris: dict[str, tuple[Fault, ...]] = {}
        self._elements: set[str] = set()

    def faults(self, file: SourceFile) -> Iterator[tuple[ox.Quad, Fault]]:
        """Yield each statement of a file with a term that must not be published, and what is wrong with it."""
        for quad in file.quads:
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            found = self._of_iri(predicate) + self._of_element(predicate)
            if isinstance(subject, ox.NamedNode):
                found += self._of_iri(subject.value)
            if isinstance(value, ox.Literal):
                found += self._of_literal(value)
            elif isinstance(value, ox.NamedNode):
                found += self._of_iri(value.value)
                if predicate == _TYPE:
                    found += self._of_element(value.value)
            for fault in found:
                yield quad, fault

    def _of_iri(self, iri: str) -> tuple[Fault, ...]:
        if iri not in self._iris:
            self._iris[iri] = tuple(_faults_of_iri(iri))
        return self._iris[iri]

    def _of_element(self, iri: str) -> tuple[Fault, ...]:
        """RDF/XML writes predicates and classes as names of elements (RDF 1.1 XML Syntax, sections 2.2 and 2.13)."""
        if iri in self._elements:
            return ()
        if property_name(iri) is not None:
            self._elements.add(iri)
            return ()
        what = f"The predicate or class <{iri}> does not end in a name, without which RDF/XML cannot be written"
        return (Fault(what, "choose an IRI whose last part begins with a letter"),)

    def _of_literal(self, literal: ox.Literal) -> tuple[Fault, ...]:
        if literal not in self._literals:
            self._literals[literal] = tuple(self._faults_of_literal(literal))
        return self._literals[literal]

    def _faults_of_literal(self, literal: ox.Literal) -> Iterator[Fault]:
        text = literal.value
        if found := unseen_in_value(text):
            yield from _hidden(*found, literal)
        if literal.language is not None:
            return
        datatype = literal.datatype.value
        if datatype == _STRING:
            return
        if unknown := unknown_datatype(datatype):
            yield Fault(*unknown)
        elif why := why_not_in(datatype, text):
            yield Fault(
                f"{text!r} is not in the lexical space of {_short(datatype)} ({why})",
                "write the value in that form, or correct the datatype",
            )
        elif form := self._not_taken(literal):
            why, mend = form
            yield Fault(f"{text!r} is a valid {_short(datatype)}, but in a form that is not taken here ({why})", mend)

    def _not_taken(self, literal: ox.Literal) -> tuple[str, str] | None:
        """Return why a valid literal is not taken all the same, and how to mend it."""
        kind = literal.datatype.value.removeprefix(XSD)
        text = literal.value
        if kind in _CIVIL and (zone := _ZONE.search(text)):
            return "it has a time zone", f'write "{text[: zone.start()]}"'
        if kind in _WITH_YEAR and not re.match(r"(?!0000)\d{4}(?!\d)", text):
            return "its year is not one of 0001 to 9999", "say it in words, in a text"
        self._store.add(ox.Quad(_NODE, _NODE, literal))
        kept = next(self._store.quads_for_pattern(None, None, None, None)).object
        read = kind not in _READ_AS_OTHER
        if kind in _READ:
            read = bool(self._store.query(f"ASK {{ ?s ?p ?o FILTER(<{XSD}{kind}>(STR(?o)) = ?o) }}"))
        self._store.clear()
        if kept != literal:
            return f"it would be served as {kept}", f"write {kept}"
        if not read:
            return "it has more digits than the store calculates with", "round it, or write it as a text"
        return None


def _faults_of_iri(iri: str) -> Iterator[Fault]:
    if not iri.startswith(_SCHEMES):
        yield Fault(f"The IRI <{iri}> has a scheme that is not published", "use http, https, urn or mailto")
    if found := unseen_in_value(iri):
        shown = iri.replace(found[0], f"[{named(found[0])}]")
        yield Fault(f"The IRI <{shown}> holds a character that cannot be told by looking", "delete the character")


def _hidden(character: str, doubt: Doubt, literal: ox.Literal) -> Iterator[Fault]:
    if doubt == "harmful":
        what = f"The text holds {named(character)}, which no reader sees and no text needs"
        yield Fault(what, "delete the character, or write what was meant", character=character)
    elif doubt == "embedding":
        what = f"The text holds {named(character)}, which turns the direction of what follows"
        yield Fault(what, "delete it, or set the words apart by U+2067 or U+2066 and U+2069", "warning", character)
    elif literal.language is None:
        what = f"The value holds {named(character)}, which nobody can tell by looking, and is in no language"
        mend = "delete it or write a space; if the value is a text, write its language tag"
        yield Fault(what, mend, "warning", character)


def _short(datatype: str) -> str:
    return f"xsd:{datatype.removeprefix(XSD)}" if datatype.startswith(XSD) else f"rdf:{datatype.removeprefix(RDF)}"
