"""Identifiers of registers as people and addresses write them, and their check digits.

Which register writes its identifiers how, and which check digits they carry, is known of two registers of the world
here; a profile adds those of its country (`conventions.py`). The form that an identifier must have in the data is data
itself: `gp:identifierPattern`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS = re.compile(r"[0-9]{3,40}")
_ROR = re.compile(rf"0(?P<body>[{_BASE32}]{{6}})(?P<check>\d\d)")
_WEB = re.compile(r"https?://(?:www\.)?(.+?)/?", re.IGNORECASE)


def _mod97(text: str) -> bool:
    """The last two digits are 97 minus the rest of the digits before them by 97."""
    return _DIGITS.fullmatch(text) is not None and 97 - int(text[:-2]) % 97 == int(text[-2:])


def _mod97_base32(text: str) -> bool:
    """The last two digits are 98 minus the rest by 97 of the six before them, in base 32 and times 100 (ISO 7064)."""
    found = _ROR.fullmatch(text)
    if found is None:
        return False
    value = 0
    for letter in found["body"]:
        value = value * 32 + _BASE32.index(letter)
    return 98 - value * 100 % 97 == int(found["check"])


# The name of an algorithm → whether the check digits of a text are right by it.
CHECKS: Mapping[str, Callable[[str], bool]] = {"mod97": _mod97, "mod97-base32": _mod97_base32}


@dataclass(frozen=True, slots=True)
class Form:
    """How the identifiers of one register are written: `name` is that of the register, `label` what people call one.

    `written` and `addresses` (without `https://` and `www.`) find the parts of an identifier, which are its groups
    joined and filled up with zeros to `digits`. `check` is a key of CHECKS, None without check digits.
    """

    name: str
    label: str
    written: re.Pattern[str]
    addresses: tuple[re.Pattern[str], ...] = ()
    digits: int = 0
    check: str | None = None
    upper: bool = False

    def is_right(self, identifier: str) -> bool:
        """Tell whether the check digits of an identifier in its plain form are right, or there are none."""
        return self.check is None or CHECKS[self.check](identifier)

    def read(self, text: str) -> str | None:
        """Return the plain form of an identifier that a person wrote; None if it is none or has wrong check digits."""
        found = self._plain(self.written.fullmatch(text.strip()))
        return found if found is not None and self.is_right(found) else None

    def of_address(self, address: str) -> str | None:
        """Return the identifier in the address of a page or of a thing; None if it is none of this register."""
        web = _WEB.fullmatch(address)
        matches = (pattern.fullmatch(web[1]) for pattern in self.addresses) if web else ()
        return self._plain(next((found for found in matches if found), None))

    def _plain(self, found: re.Match[str] | None) -> str | None:
        if found is None:
            return None
        joined = "".join(found.groups()).zfill(self.digits)
        return joined.upper() if self.upper else joined.lower()


# Registers of the world.
FORMS = (
    Form(
        name="wikidata",
        label="Wikidata id",
        written=re.compile(r"(?:wd:|wikidata:)?(Q[1-9]\d*)", re.IGNORECASE),
        addresses=(re.compile(r"wikidata\.org/(?:entity|wiki)/(Q[1-9]\d*)", re.IGNORECASE),),
        upper=True,
    ),
    Form(
        name="ror",
        label="ROR id",
        written=re.compile(r"(?:ror:)?(0[a-hj-km-np-tv-z0-9]{6}\d{2})", re.IGNORECASE),
        addresses=(re.compile(r"ror\.org/(0\w{8})", re.IGNORECASE),),
        check="mod97-base32",
    ),
)
