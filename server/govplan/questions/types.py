"""The types of parameters: from what a person types to one escaped SPARQL term, never to text of a query."""

import re
from collections.abc import Callable, Mapping

import pyoxigraph as ox

from govplan.namespaces import STANDARD
from govplan.values import MOST_WHOLE, day, whole

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_LOCAL = re.compile(r"(?P<label>[A-Za-z][\w-]*):(?P<local>[\w.-]+)")
_XSD = STANDARD["xsd"]
Prefixes = Mapping[str, str]


def _language(text: str, _: Prefixes) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("a language tag such as nl, fr, de or en is needed")
    return str(ox.Literal(text.lower()))


def _string(text: str, _: Prefixes) -> str:
    return str(ox.Literal(text))


def _integer(text: str, _: Prefixes) -> str:
    number = whole(text, -MOST_WHOLE, MOST_WHOLE)
    return _refuse("a whole number such as 3 is needed") if number is None else str(number)


def _date(text: str, _: Prefixes) -> str:
    found = day(text)
    if found is None:
        return _refuse("a date such as 2026-11-24 is needed")
    return str(ox.Literal(found.isoformat(), datatype=ox.NamedNode(_XSD + "date")))


def _iri(text: str, prefixes: Prefixes) -> str:
    """Take a whole IRI, or a name with a prefix of the project."""
    short = _LOCAL.fullmatch(text)
    if short and short["label"] in prefixes:
        text = prefixes[short["label"]] + short["local"]
    if not text.startswith(("http://", "https://", "urn:")):
        _refuse("a whole IRI is needed, or a name with a prefix of the project, such as gp:Action")
    return str(ox.NamedNode(text))


def _refuse(why: str) -> str:
    raise ValueError(why)


TYPES: Mapping[str, Callable[[str, Prefixes], str]] = {
    "language": _language,
    "string": _string,
    "integer": _integer,
    "date": _date,
    "iri": _iri,
}
