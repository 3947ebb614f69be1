"""Numbers in one spelling, whatever engine wrote them."""

import pytest

from govplan.citing.lexer import XSD
from govplan.citing.numbers import canonical
from govplan.citing.triples import canonical_lines


@pytest.mark.parametrize(
    ("datatype", "spellings"),
    [
        ("integer", ["1", "+1", "01", "0001"]),
        ("integer", ["0", "-0", "+00"]),
        ("integer", ["-12", "-012"]),
        ("decimal", ["1", "1.0", "1.", "+01.00"]),
        ("decimal", ["0.5", ".5", "0.50", "00.500"]),
        ("decimal", ["0", "0.0", "-0.0", ".0"]),
        ("decimal", ["-0.5", "-.50"]),
        ("double", ["1", "1.0", "1E0", "1.0e+0", "10e-1"]),
        ("float", ["0.5", "5e-1"]),
        ("boolean", ["true", "1"]),
        ("boolean", ["false", "0"]),
    ],
)
def test_one_value(datatype: str, spellings: list[str]) -> None:
    """All spellings of one value become one, in rows and in graphs."""
    assert 1 == len({canonical(each, XSD + datatype) for each in spellings})
    lines = [f'<http://a/> <http://b/> "{each}"^^<{XSD}{datatype}> .\n'.encode() for each in spellings]
    assert 1 == len(canonical_lines(lines))


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        ("integer", ""),
        ("integer", "+"),
        ("integer", "1.0"),
        ("integer", "x"),
        ("integer", "٣"),
        ("decimal", "."),
        ("decimal", "1e0"),
        ("decimal", "1,5"),
        ("double", "NaN"),
        ("double", "INF"),
        ("double", "infinity"),
        ("double", "1_0"),
        ("double", "9" * 5000),
        ("boolean", "yes"),
        ("string", "01"),
        ("date", "2026-01-01"),
    ],
)
def test_stays(datatype: str, value: str) -> None:
    """What is no value of its type, and what is no number, stays as it is."""
    assert value == canonical(value, XSD + datatype)


def test_digits_count() -> None:
    """No digit of a long number is lost."""
    assert "9" * 5000 == canonical("+" + "9" * 5000, XSD + "integer")
    assert canonical("0." + "3" * 40, XSD + "decimal") != canonical("0." + "3" * 39, XSD + "decimal")
