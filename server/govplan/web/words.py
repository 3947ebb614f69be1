"""Small things said to people: numbers with thin spaces, sizes of files, and names of variables as words."""

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/licenses/(?P<kind>[a-z-]+)/(?P<version>[0-9.]+)/?$")
_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def thousands(number: int) -> str:
    """Return 12345 as 12 345, which reads the same in every language of the project."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def kilobytes(size: int) -> str:
    """Return a number of bytes in kB, at least one."""
    return f"{thousands(max(1, round(size / 1000)))}{_THIN_SPACE}kB"


def spaced(name: str) -> str:
    """Return `actionCount` as `action count`."""
    return _HUMP.sub(" ", name).replace("_", " ").lower()


def licence_name(iri: str) -> str:
    """Return the usual name of a Creative Commons licence, the IRI of any other."""
    found = _CREATIVE_COMMONS.match(iri)
    return f"CC {found['kind'].upper()} {found['version']}" if found else iri
