"""The `#+` lines above a query: YAML that says in words what it is for."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import yaml

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
    """Return a text per language, its white space folded. Raises ValueError for a missing language or text."""
    if not isinstance(value, dict) or not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise ValueError(f"The header needs {what} by language.")
    if missing := [language for language in languages if language not in value]:
        raise ValueError(f"The header has no {what} in {', '.join(missing)}.")
    return MappingProxyType({language: " ".join(value[language].split()) for language in languages})
