"""Numbers as strings that sort by value, exactly: no number is rounded to compare it with another.

A string is a sign, the decimal exponent in one character (seldom more), and the digits; below zero all of it reversed.
"""

import math
import re
import struct
from collections.abc import Callable
from string import ascii_lowercase

from govplan.engines.oxigraph.order import kinds

_INTEGER = re.compile(r"([+-]?)(0*+)([0-9]*+)")
_DECIMAL = re.compile(r"([+-]?)(?=\.?[0-9])(0*+)([0-9]*+)(\.([0-9]*+))?+")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+")
_SPECIAL = {"NaN": kinds.NAN, "INF": kinds.HIGHEST, "+INF": kinds.HIGHEST, "-INF": kinds.LOWEST}
_REVERSED = str.maketrans("0123456789", "9876543210")
# Greater than any digit: a negative number with more digits is less.
_END = "~"
# Exponents within reach are one character, on either side of the middle; in those beyond, 13 digits follow.
_MIDDLE, _REACH, _WIDE = ord("@"), 24, 10**12
_DERIVED = """
byte int long negativeInteger nonNegativeInteger nonPositiveInteger positiveInteger short unsignedByte unsignedInt
unsignedLong unsignedShort
"""


def number(kind: str, text: str) -> tuple[str, str] | None:
    """Return the strings of the value and of the spelling of a number, None if the text is no number.

    `kind` is one of KINDS. Types derived from integer are not held to their bounds, as the engine takes them for it.
    """
    code, read = _READERS[kind]
    found = read(text)
    if found is None:
        return None
    value, usual = found
    # One spelling of each value is told by its datatype alone.
    return value, code if usual else code + text


def _integer(text: str) -> tuple[str, bool] | None:
    match = _INTEGER.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return None
    sign, zeros, digits = match.groups()
    usual = text == "0" or (sign != "+" and not zeros)
    return _written(sign == "-", digits, len(digits)), usual


def _decimal(text: str) -> tuple[str, bool] | None:
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    sign, zeros, whole, point, part = match.groups("")
    digits = (whole + part).lstrip("0")
    usual = sign != "+" and zeros == ("" if whole else "0") and (part[-1:] not in ("", "0") if point else True)
    value = _written(sign == "-", digits, len(whole) or len(digits) - len(part))
    return value, usual and (bool(digits) or text == "0")


def _double(text: str) -> tuple[str, bool] | None:
    if text in _SPECIAL:
        return _SPECIAL[text], text != "+INF"
    return (_binary(float(text)), False) if _DOUBLE.fullmatch(text) else None


def _float(text: str) -> tuple[str, bool] | None:
    """A number of single precision is not the double of the same spelling."""
    if not _DOUBLE.fullmatch(text):
        return _double(text)
    # In the machine's own form, "f" makes an infinite number of one that is too large.
    return _binary(struct.unpack("f", struct.pack("f", float(text)))[0]), False


def _binary(number: float) -> str:
    """Return the string of a binary number: each has an end in decimals, too."""
    if math.isinf(number):
        return kinds.HIGHEST if number > 0 else kinds.LOWEST
    top, bottom = abs(number).as_integer_ratio()
    places = bottom.bit_length() - 1
    digits = str(top * 5**places)
    return _written(number < 0, digits if top else "", len(digits) - places)


def _written(negative: bool, digits: str, exponent: int) -> str:
    """Return the string of 0.DIGITS times 10 to the exponent; the first digit is not 0, and none at all are zero."""
    digits = digits.rstrip("0")
    if not digits:
        return kinds.ZERO
    if negative:
        return f"{kinds.NEGATIVE}{_character(-exponent)}{digits.translate(_REVERSED)}{_END}"
    return f"{kinds.POSITIVE}{_character(exponent)}{digits}"


def _character(exponent: int) -> str:
    if -_REACH < exponent < _REACH:
        return chr(_MIDDLE + exponent)
    return f"{chr(_MIDDLE + (_REACH if exponent > 0 else -_REACH))}{_WIDE + exponent:013d}"


# What XML Schema calls the datatypes.
KINDS = frozenset(["decimal", "double", "float", "integer", *_DERIVED.split()])
_OTHERS = {"decimal": _decimal, "double": _double, "float": _float}
# Datatype → a letter that sorts as its name, and what reads it.
_READERS: dict[str, tuple[str, Callable[[str], tuple[str, bool] | None]]] = {
    kind: (letter, _OTHERS.get(kind, _integer)) for letter, kind in zip(ascii_lowercase, sorted(KINDS), strict=False)
}
