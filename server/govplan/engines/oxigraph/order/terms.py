"""Terms as strings in the documented order (docs/order.md): kind and value, and then how the value is spelled.

Strings sort by code point, as the engine sorts them. Spelling is for terms of equal value, as 1 and 1.0.
"""

import os

import pyoxigraph as ox

from govplan.engines.oxigraph.order import kinds, numbers, times

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_SCHEMA = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_SCHEMA}string"
_TAGGED = {f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}" for name in ("langString", "dirLangString")}
_BOOLEANS = {"false": "0", "0": "0", "true": "1", "1": "1"}
# Less than whatever may follow a text that begins in the same way: in a text each NUL has a mark behind it.
_END, _MARKED = "\0\0", "\0\1"
# Two IRIs that no query knows. Among the terms given, UNBOUND stands for none, and those after REST are spelled only.
UNBOUND, REST = (f"urn:{os.urandom(8).hex()}:{name}" for name in ("unbound", "rest"))
_REST = kinds.IRI + REST


def value(*terms: Term) -> str:
    """Return one string of the values of terms: equal where all of them are equal, else in their order."""
    if len(terms) == 1:
        return _parts(terms[0])[0]
    return _END.join([_escaped(_parts(term)[0]) for term in terms])


def whole(*terms: Term) -> str:
    """Return one string of terms: their values up to REST, and then the spelling of all."""
    if len(terms) == 1:
        first, second = _parts(terms[0])
        return f"{first}\0{second}" if second else first
    values, spellings, rest = [], [], False
    for term in terms:
        first, second = _parts(term)
        if first == _REST:
            rest = True
            continue
        spellings.append(_escaped(second))
        if not rest:
            values.append(_escaped(first))
    return _END.join([*values, *spellings])


def _parts(term: Term) -> tuple[str, str]:
    """Return the strings of a value and of its spelling, "" where no other term has the same value."""
    match term:
        case ox.NamedNode():
            iri = term.value
            return "" if iri == UNBOUND else kinds.IRI + iri, ""
        case ox.Literal():
            return _literal(term)
        case ox.BlankNode():
            return kinds.BLANK + term.value, ""
        case _:
            return _triple(term)


def _triple(term: ox.Triple) -> tuple[str, str]:
    """Return the strings of a triple term, in which only the object can be another one."""
    parts = []
    inner: Term = term
    while isinstance(inner, ox.Triple):
        parts += [kinds.TRIPLE, value(inner.subject), _END, value(inner.predicate), _END]
        inner = inner.object
    last, spelling = _parts(inner)
    return "".join([*parts, last]), spelling


def _literal(term: ox.Literal) -> tuple[str, str]:
    text, datatype = term.value, term.datatype.value
    if datatype == _STRING:
        return kinds.TEXT + _escaped(text), ""
    if datatype in _TAGGED:
        direction = "" if term.direction is None else f"--{term.direction.value}"
        return f"{kinds.TEXT}{_escaped(text)}{_END}{term.language}{direction}", ""
    if datatype.startswith(_SCHEMA):
        found = _valued(datatype[len(_SCHEMA) :], text)
        if found is not None:
            return found
    return f"{kinds.OTHER}{_escaped(text)}{_END}{datatype}", ""


def _valued(kind: str, text: str) -> tuple[str, str] | None:
    """Return the strings of a literal of XML Schema, None if it is ill-typed or its type has no order of its own."""
    if kind in numbers.KINDS:
        return numbers.number(kind, text)
    if kind in times.KINDS:
        return times.moment_or_span(kind, text)
    if kind == "boolean" and text in _BOOLEANS:
        return kinds.BOOLEAN + _BOOLEANS[text], text
    return None


def _escaped(text: str) -> str:
    return text.replace("\0", _MARKED) if "\0" in text else text
