"""The documented order once more, written another way: terms as tuples of numbers, fractions and texts."""

import math
import re
import struct
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

XSD = "http://www.w3.org/2001/XMLSchema#"
_EPOCH = datetime(1, 1, 1)
_BOUNDARIES = {math.inf: 3, -math.inf: 1}
_NUMBERS = {
    "integer": re.compile(r"[+-]?[0-9]+"),
    "decimal": re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)"),
    "double": re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?|[+-]?INF|NaN", re.IGNORECASE),
}
_ZONE = "(Z|[+-][0-9]{2}:[0-9]{2})?"
# How far a text of each type reaches, and what makes a whole moment of it.
_DATES = {
    "gYear": (re.compile(f"([0-9]{{4}}){_ZONE}"), "-01-01T00:00:00"),
    "gYearMonth": (re.compile(f"([0-9]{{4}}-[0-9]{{2}}){_ZONE}"), "-01T00:00:00"),
    "date": (re.compile(f"([0-9]{{4}}(?:-[0-9]{{2}}){{2}}){_ZONE}"), "T00:00:00"),
    "dateTime": (re.compile(f"([0-9]{{4}}(?:-[0-9]{{2}}){{2}}T[0-9:.]+){_ZONE}"), ""),
}


def literal(text: str, datatype: str = "string") -> ox.Literal:
    """Return a literal of a datatype of XML Schema."""
    return ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


def place(term: Term | None) -> tuple[object, ...]:
    """Return a tuple that sorts as the value of a term does; equal for terms of equal value."""
    match term:
        case None:
            return (0,)
        case ox.BlankNode():
            return (1, term.value)
        case ox.NamedNode():
            return (2, term.value)
        case ox.Triple():
            return (9, place(term.subject), place(term.predicate), place(term.object))
    name = term.datatype.value.removeprefix(XSD)
    if name == "string" or term.language:
        return (4, term.value, term.language or "", str(term.direction or ""))
    found = _number(name, term.value) or _boolean(name, term.value) or _date(name, term.value)
    return found or (7, term.value, term.datatype.value)


def _number(name: str, text: str) -> tuple[object, ...] | None:
    pattern = _NUMBERS.get("double" if name == "float" else name)
    if pattern is None or not pattern.fullmatch(text):
        return None
    if name in ("integer", "decimal"):
        return (3, 2, Fraction(text))
    number = float(text)
    if name == "float" and math.isfinite(number):
        number = struct.unpack("f", struct.pack("f", number))[0]
    if math.isnan(number):
        return (3, 0)
    return (3, _BOUNDARIES[number]) if math.isinf(number) else (3, 2, Fraction(number))


def _boolean(name: str, text: str) -> tuple[object, ...] | None:
    return (5, text == "true") if name == "boolean" and text in ("true", "false") else None


def _date(name: str, text: str) -> tuple[object, ...] | None:
    """Only of the years that Python has."""
    if name not in _DATES:
        return None
    pattern, rest = _DATES[name]
    match = pattern.fullmatch(text)
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match[1] + rest)
    except ValueError:
        return None
    zone = match[2] or "Z"
    ahead = 0 if zone == "Z" else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[4:6]))
    return (6, moment - _EPOCH - timedelta(minutes=ahead), list(_DATES).index(name))


def shuffled(terms: Sequence[Term]) -> list[Term]:
    """Return terms in another order, always the same one."""
    return Random(len(terms)).sample(terms, len(terms))


def follow(rows: Sequence[Sequence[Term | None]], directions: Sequence[int]) -> bool:
    """Tell whether rows of sort keys follow each other; a direction is 1 or -1."""
    for earlier, later in pairwise(rows):
        for one, other, direction in zip(earlier, later, directions, strict=True):
            first, second = place(one), place(other)
            if first != second:
                if (first < second) != (direction > 0):
                    return False
                break
    return True
