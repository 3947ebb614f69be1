"""Which terms can be published: plain IRIs, and literals that fit their datatype and that the store keeps."""

import datetime
import re
from collections.abc import Iterator

import pyoxigraph as ox

from govplan.content.project import SourceFile
from govplan.namespaces import STANDARD

_XSD = STANDARD["xsd"]
_SCHEMES = ("http://", "https://", "urn:", "mailto:")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LEXICAL = {
    "boolean": re.compile(r"true|false"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "dateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
    "decimal": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    "gYear": re.compile(r"\d{4}"),
    "gYearMonth": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
    "integer": re.compile(r"[+-]?\d+"),
}
Fault = tuple[ox.Quad, str, str]


def faulty_terms(file: SourceFile) -> Iterator[Fault]:
    """Yield each statement with a term that must not be published, what is wrong with it and how to mend it."""
    store = ox.Store()
    for quad in file.quads:
        if isinstance(quad.object, ox.Literal):
            yield from _faults_of_literal(quad, quad.object, store)
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode) and not term.value.startswith(_SCHEMES):
                yield (
                    quad,
                    f"The IRI <{term.value}> has a scheme that is not published",
                    "use http, https, urn or mailto",
                )


def _faults_of_literal(quad: ox.Quad, literal: ox.Literal, store: ox.Store) -> Iterator[Fault]:
    if _UNPRINTABLE.search(literal.value):
        yield quad, "The text holds a control character, which XML answers cannot carry", "delete the character"
    kind = literal.datatype.value.removeprefix(_XSD)
    if literal.language is not None or kind == "string":
        return
    if kind in _LEXICAL and not _is_valid(kind, literal.value):
        yield (
            quad,
            f"{literal.value!r} is not an xsd:{kind}",
            f"write a value that xsd:{kind} knows, or correct the datatype",
        )
        return
    # Oxigraph keeps typed values, not their spelling; a spelling it changes would be validated but never served.
    store.add(quad)
    kept = next(store.quads_for_pattern(None, None, None, None)).object
    store.clear()
    if kept != literal:
        yield quad, f"The value {literal} would be served as {kept}", f"write {kept}"


def _is_valid(kind: str, text: str) -> bool:
    if not _LEXICAL[kind].fullmatch(text):
        return False
    if kind in ("date", "dateTime"):
        try:
            datetime.date.fromisoformat(text[:10])
        except ValueError:
            return False
    return True
