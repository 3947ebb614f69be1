"""Values of data and requests: what each is taken for, and that no text whatever raises."""

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govplan import values
from govplan.namespaces import STANDARD
from tests.strategies import TERMS, TEXTS, limited

XSD = STANDARD["xsd"]
DIGITS = "9" * 5000


def _literal(text: str, datatype: str) -> dict[str, Any]:
    return {"type": "literal", "value": text, "datatype": XSD + datatype}


@pytest.mark.parametrize(
    ("text", "least", "most", "number"),
    [
        ("7", 1, 9, 7),
        ("007", 1, 9, 7),
        ("0" * 9 + "7", 1, 9, 7),
        ("0" * 5000 + "7", 1, 9, None),
        ("-7", -9, 9, -7),
        ("+7", -9, 9, 7),
        ("+7", 0, 9, None),
        ("-0", 0, 9, None),
        ("10", 1, 9, None),
        ("0", 1, 9, None),
        (DIGITS, 1, values.MOST_WHOLE, None),
        ("٧", 1, 9, None),
        ("²", 1, 9, None),
        ("7.0", 1, 9, None),
        ("7e0", 1, 9, None),
        (" 7", 1, 9, None),
        ("7\n", 1, 9, None),
        ("1_0", 1, 99, None),
        ("", 0, 9, None),
        ("NaN", 0, 9, None),
    ],
)
def test_whole(text: str, least: int, most: int, number: int | None) -> None:
    """A whole number is written in ASCII digits and lies within its bounds."""
    assert number == values.whole(text, least, most)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)),
        ("0001-01-01", date(1, 1, 1)),
        ("0000-01-01", None),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("-2026-01-01", None),
        ("12026-01-01", None),
        ("20261124", None),
        ("2026-W48-2", None),
        ("٢٠٢٦-١١-٢٤", None),
        ("2026-11-24Z", None),
        ("2026-11-24\n", None),
    ],
)
def test_day(text: str, day: date | None) -> None:
    """A day is one of the calendar, from the year 1 on."""
    assert day == values.day(text)


@pytest.mark.parametrize(
    ("term", "number"),
    [
        (None, None),
        (_literal("5", "integer"), 5),
        (_literal("5", "nonNegativeInteger"), 5),
        (_literal("12345678901234567890123", "integer"), 12345678901234567890123),
        (_literal("0.1", "decimal"), Decimal("0.1")),
        (_literal("1e400", "double"), math.inf),
        (_literal("-INF", "float"), -math.inf),
        (_literal("abc", "integer"), None),
        (_literal("5.0", "integer"), None),
        (_literal("1e5", "decimal"), None),
        (_literal("INF", "decimal"), None),
        (_literal("inf", "double"), None),
        (_literal("١٢", "integer"), None),
        (_literal("", "double"), None),
        (_literal("1e" + DIGITS, "double"), None),
        (_literal(DIGITS, "integer"), None),
        ({"type": "literal", "value": "5"}, None),
        ({"type": "uri", "value": "5"}, None),
    ],
)
def test_number(term: dict[str, Any] | None, number: float | Decimal | None) -> None:
    """A number is a well-typed literal of a numeric datatype that somebody can read."""
    assert number == values.number(term)


def test_not_a_number() -> None:
    """NaN is a number of its type that is not finite."""
    assert math.isnan(values.number(_literal("NaN", "double")) or 0)
    assert values.finite(_literal("NaN", "double")) is None
    assert values.finite(_literal("9" * 400, "integer")) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1E5", 100000),
        ("-1e-20", Decimal("-1e-20")),
        ("1e21", None),
        ("1e308", None),
        ("1E999999999", None),
        ("0e999", 0),
        ("INF", None),
        ("abc", None),
        (DIGITS, None),
        ("0." + "1" * 30, None),
    ],
)
def test_written(text: str, number: float | Decimal | None) -> None:
    """A number is written out where that takes few digits and loses none."""
    assert number == values.written(text)


def test_order() -> None:
    """Numbers come by value before NaN and before texts, whose own numbers count as numbers."""
    rows = ["1.10", "b", "1.9", "a2", "a10", "A1", "1.9" + "9" * 5000, "²"]
    numbers: list[tuple[str, float | Decimal]] = [
        ("INF", math.inf),
        ("NaN", math.nan),
        ("10", Decimal(10)),
        ("9.5", 9.5),
        ("-INF", -math.inf),
    ]
    sorted_ = sorted([*((text, None) for text in rows), *numbers], key=lambda pair: values.order(*pair))

    assert ["-INF", "9.5", "10", "INF", "NaN"] == [text for text, _ in sorted_[:5]]
    assert ["1.9", "1.10", "1.9" + "9" * 5000, "A1", "a2", "a10", "b", "²"] == [text for text, _ in sorted_[5:]]


def test_text_of_a_triple_term() -> None:
    """A triple term is written as N-Triples writes one, and not deeper than anybody reads."""
    term: dict[str, Any] = {"type": "literal", "value": "o", "xml:lang": "en"}
    for _ in range(9):
        subject, predicate = {"type": "bnode", "value": "s"}, {"type": "uri", "value": "urn:p"}
        term = {"type": "triple", "value": {"subject": subject, "predicate": predicate, "object": term}}

    assert '<<( _:s <urn:p> "o"@en )>>' == values.text({"type": "triple", "value": _innermost(term)})
    assert "<<( _:s <urn:p> " * 4 + "<<( … )>>" + " )>>" * 4 == values.text(term)


def _innermost(term: dict[str, Any]) -> Any:
    inner = term["value"]["object"]
    return _innermost(inner) if inner["type"] == "triple" else term["value"]


@limited
@given(TERMS)
def test_no_term_raises(term: dict[str, Any]) -> None:
    """Any term of SPARQL JSON results has a text, and a number or none."""
    assert isinstance(values.text(term), str)
    assert values.finite(term) is None or math.isfinite(values.finite(term) or 0)
    assert values.count(term) is None or values.number(term) is not None
    assert values.order(values.text(term), values.number(term)) is not None


@limited
@given(st.lists(TERMS, max_size=6))
def test_order_is_total(terms: list[dict[str, Any]]) -> None:
    """Any terms sort the same, whatever order they come in."""
    keys = [values.order(values.text(term), values.number(term)) for term in terms]

    backwards = list(reversed(keys))
    assert sorted(keys) == sorted(backwards)


@limited
@given(TEXTS)
def test_no_text_raises(text: str) -> None:
    """Any text is a whole number, a day, a number to be written, or none."""
    assert values.whole(text, -5, 5) is None or text.isascii()
    assert values.day(text) is None or text == str(values.day(text))
    assert values.written(text) is None or text.isascii()
    assert len(values.shortened(text, 5)) <= 5
