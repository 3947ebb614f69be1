"""Check digits of the registers whose identifiers carry them; the form of identifiers is data (`gp:identifierPattern`).

Enterprise numbers: the last two digits are 97 minus the rest of the first eight by 97. ROR: the last two digits are
98 minus the rest by 97 of the six characters before, read in base 32 and times 100 (ISO 7064).
"""

import re
from collections.abc import Callable, Mapping

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_ENTERPRISE = re.compile(r"(?P<body>\d{8})(?P<check>\d\d)")
_ROR = re.compile(rf"0(?P<body>[{_BASE32}]{{6}})(?P<check>\d\d)")


def enterprise_number(text: str) -> str | None:
    """Return a Belgian enterprise number as ten digits, None if it is none.

    Takes the ways in which people write it: `BE 0671.516.647`, `671.516.647`, `0671516647`.
    """
    digits = re.sub(r"[\s./-]", "", text.strip().upper().removeprefix("BE"))
    if not re.fullmatch(r"\d{9,10}", digits):
        return None
    number = digits.zfill(10)
    return number if number[0] in "01" and _enterprise(number) else None


def _enterprise(number: str) -> bool:
    found = _ENTERPRISE.fullmatch(number)
    return found is not None and 97 - int(found["body"]) % 97 == int(found["check"])


def _ror(key: str) -> bool:
    found = _ROR.fullmatch(key)
    if found is None:
        return False
    value = 0
    for letter in found["body"]:
        value = value * 32 + _BASE32.index(letter)
    return 98 - value * 100 % 97 == int(found["check"])


CHECKS: Mapping[str, Callable[[str], bool]] = {"cbe": _enterprise, "ror": _ror}


def is_of_form(pattern: str, identifier: str) -> bool:
    """Tell whether an identifier has the form that its register states."""
    return re.search(pattern, identifier) is not None


def has_right_digits(register: str, key: str) -> bool:
    """Tell whether the check digits of an identifier are right; `register` is the name of the register.

    `key` is the identifier without what all of the register share. A register without check digits is always right.
    """
    return register not in CHECKS or CHECKS[register](key)
