"""The parameters of a question or note: what a person may choose, and where it stands in the text of the query."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from govplan.questions.header import by_language
from govplan.questions.types import TYPES

# What the address of an answer may say besides the parameters.
RESERVED = frozenset({"format", "page", "release", "size", "sort", "theme"})
# A parameter is a VALUES row of its own line with one term, which is its default; UNDEF means "any".
_ROW = re.compile(r"^(?P<before> *VALUES \?(?P<name>\w+) \{ )(?P<term>.+?)(?P<after> \})$", re.MULTILINE)
_PREFIXED = re.compile(r"([A-Za-z][\w-]*):([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a person may choose.

    `type` is a key of `TYPES`; `among` are the IRIs of the classes or code lists whose members may be chosen, empty
    where nothing is offered; `default` is its plain value, empty where the row says UNDEF, which means any; `start`
    and `end` are the offsets of the term in the text.
    """

    name: str
    type: str
    label: Mapping[str, str]
    among: tuple[str, ...]
    default: str
    start: int
    end: int


class Bindable(Protocol):
    """A query whose parameters can be given values: a question or a note."""

    @property
    def name(self) -> str:
        """Return what people call it by."""

    @property
    def text(self) -> str:
        """Return the SPARQL text."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return what may be chosen."""

    @property
    def names(self) -> Mapping[str, str]:
        """Return the prefixes that a value may be written with: label → namespace."""


def read_parameters(
    declared: object, text: str, languages: tuple[str, ...], names: Mapping[str, str]
) -> tuple[Parameter, ...]:
    """Return the parameters that a header declares. Raises ValueError if header and text disagree."""
    if not isinstance(declared, dict):
        raise ValueError("param must map a name to its type and label.")
    if taken := sorted(set(declared) & RESERVED):
        raise ValueError(f"The address of an answer uses {taken[0]!r} itself; give the parameter another name.")
    rows = {match["name"]: match for match in _ROW.finditer(text)}
    return tuple(_parameter(name, about, rows.get(name), languages, names) for name, about in declared.items())


def _parameter(
    name: str, about: object, row: re.Match[str] | None, languages: tuple[str, ...], names: Mapping[str, str]
) -> Parameter:
    if row is None:
        raise ValueError(f"The parameter {name} has no line 'VALUES ?{name} {{ default }}' in the text.")
    kind = about.get("type") if isinstance(about, dict) else None
    if not isinstance(about, dict) or not isinstance(kind, str) or kind not in TYPES:
        raise ValueError(f"The parameter {name} needs a type: one of {', '.join(TYPES)}.")
    label = by_language(about.get("label"), f"label of {name}", languages)
    among = _among(name, about.get("among", []), names)
    return Parameter(name, kind, label, among, _default(row["term"]), row.start("term"), row.end("term"))


def _among(name: str, value: object, names: Mapping[str, str]) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    found = [_PREFIXED.fullmatch(each) if isinstance(each, str) else None for each in several]
    if not all(match and match[1] in names for match in found):
        raise ValueError(f"The parameter {name} may be among classes or code lists, such as gp:Plan or auth:group.")
    return tuple(names[match[1]] + match[2] for match in found if match)


def _default(term: str) -> str:
    """Return a term of a query as the plain value a person would type: UNDEF is empty, a string loses its quotes."""
    if term == "UNDEF":
        return ""
    return term[1 : term.rindex('"')] if term.startswith('"') else term.strip("<>")
