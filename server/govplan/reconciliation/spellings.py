"""Identifiers in every usual spelling → one key, so that a number with dots and the IRI that holds it are the same.

ROR: https://ror.readme.io/docs/ror-identifier-pattern.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from govplan.identifiers import Form

_WEB = re.compile(r"https?://(?:www\.)?(.+?)/?", re.IGNORECASE)
_IRI = re.compile(r"<?(?:[A-Za-z][A-Za-z0-9+.-]*+:|//|www\.)\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"<?(?<![\w+.-])[A-Za-z][\w+.-]*+://\S+")
_PREFIXED = re.compile(r"([A-Za-z][\w-]*):([^\s/][^\s]*)")
_LABELS = {"iri": "IRI", "code": "number or code"}


def is_iri(text: str) -> bool:
    """Tell whether a text is an IRI, whole or shortened by a prefix: something to compare as an identifier only."""
    return _IRI.fullmatch(text.strip()) is not None


def without_iris(text: str) -> str:
    """Return a text without the addresses in it, whose words name nothing."""
    return _ADDRESS.sub(" ", text)


def keys(text: str, forms: Sequence[Form], prefixes: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the keys (`scheme:value`: the name of a register, `iri` or `code`) that a text may mean as an identifier.

    `prefixes` are the labels by which an IRI may be shortened, as in `organisation:city`.
    """
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    yield from (f"{form.name}:{value}" for form in forms if (value := form.read(text)))
    if web := _WEB.fullmatch(text):
        yield _of_web(f"https://{unquote(web[1])}", forms)
    elif (found := _PREFIXED.fullmatch(text)) and prefixes and (namespace := prefixes.get(found[1])):
        yield from keys(namespace + found[2], forms)
    if text and len(text) <= 64 and "://" not in text:
        yield f"code:{text.casefold().rstrip('.')}"


def shown(key: str, forms: Sequence[Form]) -> str:
    """Return a key in words, such as `Wikidata id Q31`."""
    scheme, _, value = key.partition(":")
    labels = {form.name: form.label for form in forms}
    return f"{labels.get(scheme) or _LABELS[scheme]} {value}"


def _of_web(address: str, forms: Sequence[Form]) -> str:
    found = ((form.name, form.of_address(address)) for form in forms)
    return next((f"{name}:{value}" for name, value in found if value), f"iri:{address.removeprefix('https://')}")
