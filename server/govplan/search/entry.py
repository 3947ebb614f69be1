"""What is indexed: one thing and its texts."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["label", "name", "note", "code"]
# label: what we call it; name: titles and other names it has; note: definitions and descriptions; code: notations.
ROLES: tuple[Role, ...] = ("label", "name", "note", "code")


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a thing; `lang` is a language tag, empty for codes and texts without one."""

    role: Role
    lang: str
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: its IRI, the IRI of its class, the scheme it is a code of (or empty), and its texts.

    `weight` multiplies its rank: 1 for what people look for, less for what stands behind it.
    """

    iri: str
    type: str
    scheme: str
    texts: tuple[Text, ...]
    weight: float = 1.0
