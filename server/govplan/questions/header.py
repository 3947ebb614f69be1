"""The `#+` lines above a query: YAML that says in words what it is for."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import yaml

from govplan.languages import FALLBACK
from govplan.namespaces import CORE_LANGUAGES

_MARK = "#+"
# The same loader in C, where PyYAML was built with it: a server reads every header when it starts.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_header(text: str, keys: Collection[str]) -> dict[str, Any]:
    """Return the header of a query. Raises ValueError if there is none or it has another key than these."""
    header = yaml.load("\n".join(line[2:] for line in text.splitlines() if line.startswith(_MARK)), Loader=_LOADER)
    if not isinstance(header, dict):
        raise ValueError("The query has no header of #+ lines.")
    if unknown := sorted(set(header) - set(keys)):
        raise ValueError(f"The header has an unknown key {unknown[0]!r}; known: {', '.join(sorted(keys))}.")
    return header


def by_language(value: object, what: str, languages: tuple[str, ...]) -> Mapping[str, str]:
    """Return a text per language, its white space folded; English where only a language that the core lacks is missing.

    Raises ValueError for a missing language or text.
    """
    if not isinstance(value, dict) or not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise ValueError(f"The header needs {what} by language.")
    needed = [tag for tag in languages if tag in CORE_LANGUAGES or (FALLBACK not in value and tag not in value)]
    if missing := [tag for tag in needed if tag not in value]:
        raise ValueError(f"The header has no {what} in {', '.join(missing)}.")
    return MappingProxyType({tag: " ".join((value.get(tag) or value[FALLBACK]).split()) for tag in languages})
