"""Identifiers in every usual spelling → one key, so that `BE0308.357.159` and its IRI are the same thing.

Enterprise numbers: Crossroads Bank for Enterprises, ten digits of which the last two are 97 minus the remainder of the
first eight divided by 97. ROR: https://ror.readme.io/docs/ror-identifier-pattern.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

_ENTERPRISE = re.compile(r"(?:BE)?[\s.:-]*([01]?\d{3})[\s./-]?(\d{3})[\s./-]?(\d{3})", re.IGNORECASE)
_WIKIDATA = re.compile(r"(?:wd:|wikidata:)?(Q[1-9]\d*)", re.IGNORECASE)
_ROR = re.compile(r"(?:ror:)?(0[a-hj-km-np-tv-z0-9]{6}\d{2})", re.IGNORECASE)
_WEB = re.compile(r"https?://(?:www\.)?(.+?)/?", re.IGNORECASE)
_IRI = re.compile(r"<?(?:[A-Za-z][A-Za-z0-9+.-]*+:|//|www\.)\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"<?(?<![\w+.-])[A-Za-z][\w+.-]*+://\S+")
_PREFIXED = re.compile(r"([A-Za-z][\w-]*):([^\s/][^\s]*)")
_HOSTS = (
    (re.compile(r"wikidata\.org/(?:entity|wiki)/(Q[1-9]\d*)", re.IGNORECASE), "wikidata"),
    (re.compile(r"ror\.org/(0\w{8})", re.IGNORECASE), "ror"),
    (re.compile(r"org\.belgif\.be/id/(?:CbeRegisteredEntity|cbeRegisteredEntity)/(\d{9,10})", re.IGNORECASE), "cbe"),
    (re.compile(r"kbopub\.economie\.fgov\.be/.*[?&](?:ondernemingsnummer|nummer)=0?(\d{9})\b", re.IGNORECASE), "cbe"),
)
SCHEMES = {
    "cbe": "enterprise number",
    "wikidata": "Wikidata id",
    "ror": "ROR id",
    "iri": "IRI",
    "code": "number or code",
}


def is_enterprise_number(digits: str) -> bool:
    """Tell whether ten digits bear the check number of the Crossroads Bank for Enterprises."""
    return len(digits) == 10 and digits.isdigit() and 97 - int(digits[:8]) % 97 == int(digits[8:])


def enterprise_number(text: str) -> str | None:
    """Return the ten digits of an enterprise number in any usual spelling, None for anything else."""
    found = _ENTERPRISE.fullmatch(text.strip())
    digits = "".join(found.groups()).zfill(10) if found else ""
    return digits if is_enterprise_number(digits) else None


def is_iri(text: str) -> bool:
    """Tell whether a text is an IRI, whole or shortened by a prefix: something to compare as an identifier only."""
    return _IRI.fullmatch(text.strip()) is not None


def without_iris(text: str) -> str:
    """Return a text without the addresses in it, whose words name nothing."""
    return _ADDRESS.sub(" ", text)


def keys(text: str, prefixes: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the keys (`scheme:value`, schemes as in SCHEMES) that a text may mean as an identifier.

    `prefixes` are the labels by which an IRI may be shortened, as in `organisation:belspo`.
    """
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    if number := enterprise_number(text):
        yield f"cbe:{number}"
    for scheme, pattern in (("wikidata", _WIKIDATA), ("ror", _ROR)):
        if found := pattern.fullmatch(text):
            yield f"{scheme}:{_cased(scheme, found[1])}"
    if web := _WEB.fullmatch(text):
        yield from _of_web(unquote(web[1]))
    elif (found := _PREFIXED.fullmatch(text)) and prefixes and (namespace := prefixes.get(found[1])):
        yield from keys(namespace + found[2])
    if text and len(text) <= 64 and "://" not in text:
        yield f"code:{text.casefold().rstrip('.')}"


def shown(key: str) -> str:
    """Return a key in words, such as `enterprise number 0308357159`."""
    scheme, _, value = key.partition(":")
    return f"{SCHEMES[scheme]} {value}"


def _of_web(address: str) -> Iterator[str]:
    for pattern, scheme in _HOSTS:
        if found := pattern.fullmatch(address):
            value = found[1].zfill(10) if scheme == "cbe" else _cased(scheme, found[1])
            yield f"{scheme}:{value}"
            return
    yield f"iri:{address}"


def _cased(scheme: str, value: str) -> str:
    return value.upper() if scheme == "wikidata" else value.lower()
