"""What a search gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govplan.languages import best
from govplan.search.entry import Role


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of the index: its IRI, class, scheme (or empty), weight, and its labels by language."""

    iri: str
    type: str
    scheme: str
    weight: float
    labels: dict[str, str]

    def label(self, wanted: Sequence[str]) -> tuple[str, str]:
        """Return the label, and its language, for a reader of these languages, best first."""
        lang, label = best(self.labels.items(), wanted) or ("", "")
        return label, lang


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, and whether it is what was looked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: its label with its language, and the text that matched with its role and language.

    `role` is None and `match` empty where the thing was found by its address.
    """

    thing: Thing
    label: str
    label_lang: str
    role: Role | None
    match: tuple[Piece, ...]
    match_lang: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: how many things of each class, and the first of them.

    `corrected` says which words stand in for one that is in no text; `partial` that no thing has all the words, so
    that things with some of them are shown.
    """

    counts: Mapping[str, int]
    hits: tuple[Hit, ...]
    corrected: Mapping[str, tuple[str, ...]]
    partial: bool = False

    @property
    def total(self) -> int:
        """How many things were found."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One value to choose: an IRI, its label and the language of the label."""

    iri: str
    label: str
    lang: str
