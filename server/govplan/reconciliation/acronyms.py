"""Which things a word is short for: a name of one word that they bear, or the initials of a longer one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govplan.reconciliation.entities import Entity
from govplan.reconciliation.normal import Normaliser, initials

_MOST = 8  # words of a text in which a short one is looked for
_SHORTEST = 3  # letters; two stand for too much
_STATED = 96.0  # a name of one word, beside words of the same thing's other names
_MADE = 90.0  # initials, beside such words
_ALONE = 85.0  # initials of a whole name and nothing else: a person should look
_TAIL = 75.0  # initials of the last words of a name and nothing else


@dataclass(frozen=True, slots=True)
class Short:
    """One thing that a text means by a word that is short for its name: score 0–100, and why in words."""

    iri: str
    score: float
    reason: str


class Acronyms:
    """The short words of some entities (word → IRIs) and all words of their names (IRI → words)."""

    def __init__(self, entities: Iterable[Entity], normaliser: Normaliser) -> None:
        """Take them from the names of the entities."""
        self._normaliser = normaliser
        self._stated: dict[str, set[str]] = defaultdict(set)
        self._made: dict[str, set[str]] = defaultdict(set)
        self._tails: dict[str, set[str]] = defaultdict(set)
        self._words: dict[str, set[str]] = defaultdict(set)
        for entity in entities:
            for name in entity.names:
                self._add(entity.iri, name.text)

    def _add(self, iri: str, name: str) -> None:
        for form in (self._normaliser.normal(name), *self._normaliser.parts(name)):
            self._words[iri].update(form.words)
            if len(form.words) == 1:
                self._stated[form.joined].add(iri)
        letters = initials(name)
        if len(letters) >= _SHORTEST:
            self._made[letters].add(iri)
        # `Regional department of Economy, Science and Innovation` is known as ESI.
        for start in range(1, len(letters) - _SHORTEST + 1):
            self._tails[letters[start:]].add(iri)

    def by_initials(self, word: str) -> frozenset[str]:
        """Return the IRIs of what bears a name with these initials."""
        return frozenset(self._made.get(word, ()))

    def meant(self, words: tuple[str, ...]) -> Iterator[Short]:
        """Yield what the initials are of, or what one of several words is short for.

        In the latter case all the other words stand in names of the same thing.
        """
        joined = "".join(words)
        for iri in self._made.get(joined, ()):
            yield Short(iri, _ALONE, "has these initials")
        for iri in self._tails.get(joined, ()):
            yield Short(iri, _TAIL, "has a name that ends in these initials")
        if len(words) <= _MOST:
            yield from self._beside(words)

    def _beside(self, words: tuple[str, ...]) -> Iterator[Short]:
        for place, word in enumerate(words):
            others = {*words[:place], *words[place + 1 :]}
            if not others:
                return
            telling = others - self._normaliser.rules.gloss
            for iri in self._stated.get(word, ()):
                if telling <= self._words[iri]:
                    yield Short(iri, _STATED, f"is called “{word}”, and the other words stand in its names")
            for iri in self._made.get(word, set()) | self._tails.get(word, set()):
                if telling and telling <= self._words[iri]:
                    yield Short(iri, _MADE, f"has the initials “{word}”, and the other words stand in its names")
