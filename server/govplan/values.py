"""Values of data and of requests as Python values: every conversion of a text that nobody checked is here.

None of them raises: what is not what it should be is None. `int`, `float`, `Decimal` and `date.fromisoformat` each
raise for something that a client may write, read digits of every script, or take long for a long text.
"""

import math
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from govplan.namespaces import STANDARD

# One term of SPARQL 1.2 JSON results (section 3.2.2); the value of a triple term is a mapping of three terms.
Term = Mapping[str, Any]
Number = Decimal | float
Order = tuple[int, Number, tuple[tuple[int, int, str], ...], str]

_XSD = STANDARD["xsd"]
_INTEGERS = frozenset(
    _XSD + name
    for name in (
        "integer",
        "nonPositiveInteger",
        "negativeInteger",
        "long",
        "int",
        "short",
        "byte",
        "nonNegativeInteger",
        "unsignedLong",
        "unsignedInt",
        "unsignedShort",
        "unsignedByte",
        "positiveInteger",
    )
)
_DECIMALS = frozenset({_XSD + "decimal"})
_FLOATS = frozenset({_XSD + "double", _XSD + "float"})
NUMERIC = _INTEGERS | _DECIMALS | _FLOATS
# XML Schema 1.1 Part 2, sections 3.3.3, 3.3.5 and 3.4.13: digits are those of ASCII.
_DIGITS = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_LEXICAL = (
    (_INTEGERS, re.compile("[+-]?[0-9]+"), Decimal),
    (_DECIMALS, re.compile(_DIGITS), Decimal),
    (_FLOATS, re.compile(rf"{_DIGITS}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"), float),
)
# A longer lexical form is a text: nobody reads or draws such a number, and its digits cost time.
_LONGEST = 400
_WRITTEN = re.compile(rf"{_DIGITS}(?:[eE][+-]?[0-9]{{1,3}})?")
_MOST_DIGITS, _MOST_ZEROS = 25, 20
MOST_WHOLE = 10**18 - 1
_WHOLE = re.compile(r"([+-]?)0{0,9}([0-9]{1,18})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DEEPEST = 4
_RUN = re.compile(r"([0-9]+)")


def whole(text: str, least: int, most: int) -> int | None:
    """Return a whole number written in ASCII digits, None for anything else and outside these bounds.

    Both bounds lie between -MOST_WHOLE and MOST_WHOLE; a sign is taken where the number may be negative.
    """
    found = _WHOLE.fullmatch(text)
    if found is None or (found[1] and least >= 0):
        return None
    number = int(found[1] + found[2])
    return number if least <= number <= most else None


def day(text: str) -> date | None:
    """Return the day that an xsd:date without a time zone names, None for anything else and before the year 1."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:  # a thirteenth month, the thirtieth of February, the year 0
        return None


def number(term: Term | None) -> Number | None:
    """Return the value of a numeric literal: exact for integers and decimals, maybe infinite or NaN for others.

    None for what is no numeric literal, ill-typed ("abc"^^xsd:integer), or longer than 400 characters.
    """
    datatype, text = (term or {}).get("datatype"), (term or {}).get("value")
    if datatype not in NUMERIC or not isinstance(text, str) or len(text) > _LONGEST:
        return None
    of_type, lexical = next((value, lexical) for datatypes, lexical, value in _LEXICAL if datatype in datatypes)
    return of_type(text) if lexical.fullmatch(text) else None


def finite(term: Term | None) -> float | None:
    """Return the value of a numeric literal as a float, None where `number` is, and for what no float holds."""
    value = number(term)
    return None if value is None or not math.isfinite(float(value)) else float(value)


def count(term: Term | None) -> int | None:
    """Return the value of a literal that counts something: a whole number from 0, None for anything else."""
    text = (term or {}).get("value")
    return whole(text, 0, MOST_WHOLE) if isinstance(text, str) and number(term) is not None else None


def written(text: str) -> Decimal | None:
    """Return a number that can be written out in digits without loss, None for others and for what is no number."""
    if len(text) > _LONGEST or not _WRITTEN.fullmatch(text):
        return None
    value = Decimal(text)
    short = len(value.as_tuple().digits) <= _MOST_DIGITS and abs(value.adjusted()) <= _MOST_ZEROS
    return value if short or not value else None


def order(text: str, value: Number | None) -> Order:
    """Return a key that puts numbers by value before texts; `value` is None for a text.

    NaN comes after every other number. Numbers in a text count as numbers: action 1.10 comes after action 1.9.
    """
    if value is None:
        parts = _RUN.split(text.casefold())
        return 2, 0.0, tuple(_part(part, digits=place % 2 == 1) for place, part in enumerate(parts) if part), text
    if math.isnan(value):
        return 1, 0.0, (), text
    return 0, value, (), text


def _part(part: str, *, digits: bool) -> tuple[int, int, str]:
    """Compare runs of digits by their length and then digit by digit, which is by value, however long they are."""
    if not digits:
        return 1, 0, part
    stripped = part.lstrip("0")
    return 0, len(stripped), stripped


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; one that is cut ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def text(term: Term) -> str:
    """Return a term as a text: an IRI and a literal as they are, a triple term as N-Triples 1.2 writes one.

    Triple terms in triple terms are written to a depth of four.
    """
    return _text(term, _DEEPEST)


def _text(term: Term, depth: int) -> str:
    value = term["value"]
    if isinstance(value, str):
        return f"_:{value}" if term.get("type") == "bnode" else value
    if not depth:
        return "<<( … )>>"
    parts = (value[name] for name in ("subject", "predicate", "object"))
    return f"<<( {' '.join(_quoted(part, depth - 1) for part in parts)} )>>"


def _quoted(term: Term, depth: int) -> str:
    plain = _text(term, depth)
    if term["type"] == "uri":
        return f"<{plain}>"
    if term["type"] != "literal":
        return plain
    if "xml:lang" in term:
        return f'"{plain}"@{term["xml:lang"]}'
    return f'"{plain}"^^<{term["datatype"]}>' if "datatype" in term else f'"{plain}"'
