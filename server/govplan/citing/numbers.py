"""Numbers and truth values in the one spelling that XML Schema has for each value (XSD 1.1 part 2, section E)."""

import re
from collections.abc import Callable, Mapping

from govplan.citing.lexer import XSD

_DECIMAL = re.compile(r"([+-]?)0*+([0-9]*+)(?:\.([0-9]*+))?+")
# More characters than any number has that an engine computes: such a text stays as it is.
_LONGEST = 400
_DOUBLE = re.compile(r"[+-]?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+")
_WORDS = {"1": "true", "0": "false"}


def canonical(value: str, datatype: str) -> str:
    """Return the lexical form that stands for all of the same value: engines spell one number in several ways.

    What is no value of its datatype, and what has another datatype, stays as it is.
    """
    spell = _SPELLINGS.get(datatype)
    return spell(value) if spell else value


def _decimal(value: str) -> str:
    match = _DECIMAL.fullmatch(value)
    if match is None or not any(character.isdigit() for character in value):
        return value
    sign, whole, part = match.groups()
    rest = (part or "").rstrip("0")
    if not (whole or rest):
        sign = ""
    return f"{'-' if sign == '-' else ''}{whole or '0'}{f'.{rest}' if rest else ''}"


def _double(value: str) -> str:
    if len(value) > _LONGEST or not _DOUBLE.fullmatch(value):
        return value
    return repr(float(value))


def _boolean(value: str) -> str:
    return _WORDS.get(value, value)


_SPELLINGS: Mapping[str, Callable[[str], str]] = {
    f"{XSD}integer": lambda value: value if "." in value else _decimal(value),
    f"{XSD}decimal": _decimal,
    f"{XSD}double": _double,
    f"{XSD}float": _double,
    f"{XSD}boolean": _boolean,
}
