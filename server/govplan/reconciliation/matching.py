"""Which entity a text means: identifiers first, then names; each candidate with a score, its reason and a decision."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import Any

from rapidfuzz import fuzz, process

from govplan import deadline
from govplan.reconciliation.acronyms import Acronyms
from govplan.reconciliation.entities import Catalogue, Entity, Name
from govplan.reconciliation.forms import LONGEST, forms_of
from govplan.reconciliation.likeness import Words
from govplan.reconciliation.normal import Normal
from govplan.reconciliation.spellings import is_iri, keys, shown, without_iris

AUTO_SCORE = 90.0  # from here on a candidate may be called a match
AUTO_MARGIN = 5.0  # if it also leads the next one by this much
FLOOR = 50.0  # below this a candidate is not worth reading
MOST_PARTS = 8  # of a text; one of more is a list, whose parts do not all name one thing
_CERTAIN = 100.0
_REVIEW = 85.0  # most that is given where a person should look: a part of the text, initials, a close match
_BEHIND = 92.0  # most that is given where the kind of service is left out, or what a long name of one goes on with
_BOTH = 98.0  # most that is given where each part of a text names the same thing
_SHORTLIST = 40
_COMPARED = 2000  # names that are compared in one step of the library, which nothing can stop: some milliseconds
_VALUES = 8192  # entities and properties whose values are kept in every form, some hundred bytes each
_CHOICES = 16  # sets of kinds whose names are kept, each a list as long as the release has names


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entity a text may mean: score 0–100 in tenths, whether it is called a match, and why in words.

    `certain` is true for an identifier, `name` is the likeness of the name alone, `met` the share of conditions met.
    """

    entity: Entity
    score: float
    reason: str
    match: bool = False
    certain: bool = False
    name: float = 0.0
    met: float = 1.0


@dataclass(frozen=True, slots=True)
class _Choice:
    """A set of entities to choose from, with their distinct names in one form."""

    entities: frozenset[str]
    names: tuple[Normal, ...]
    joined: tuple[str, ...]
    sorted: tuple[str, ...]


@dataclass(frozen=True)
class Matcher:
    """Finds entities of one release by text. Threads may share it: it never changes."""

    catalogue: Catalogue

    def prepare(self) -> None:
        """Make what every text is compared with, once and for all."""
        _ = self._words, self._acronyms, self._identifiers, self._near

    def match(self, text: str, types: Iterable[str] = (), limit: int = 5) -> list[Candidate]:
        """Return the candidates for a text among the entities of any of these kinds (none: of all), best first.

        At most one is called a match, and a code or a class only where its kind was asked for. Equal scores stand in
        the order of the IRIs.
        """
        kinds = tuple(types)
        return self.decided(self.scored(text, kinds), kinds)[:limit]

    def decided(self, candidates: list[Candidate], types: Collection[str]) -> list[Candidate]:
        """Call the first of ordered candidates a match if its score and its lead over the second are large enough.

        Words of everyday language are names of codes and classes; those are a match only where a kind of them is among
        the `types` that were asked for.
        """
        if not candidates:
            return []
        first, lead = candidates[0], candidates[0].score - (candidates[1].score if len(candidates) > 1 else 0.0)
        # One identifier decides between names; two things with the same identifier do not.
        alone = first.certain and not any(candidate.certain for candidate in candidates[1:])
        may = not first.entity.is_term or not self.catalogue.kinds_of(first.entity).isdisjoint(types)
        return [
            replace(first, match=may and first.score >= AUTO_SCORE and (alone or lead >= AUTO_MARGIN)),
            *candidates[1:],
        ]

    def scored(self, text: str, types: Iterable[str] = ()) -> list[Candidate]:
        """Return every candidate for a text from FLOOR on, best first, none of them decided on.

        An IRI, and a text longer than LONGEST, is looked at as an identifier only, a text of more than MOST_PARTS parts
        only as a whole. A kind that is not there has no entities. Raises QueryTimedOut where the work at hand has a
        deadline.
        """
        asked = frozenset(types)
        known = asked.intersection(self.catalogue.types)
        if asked and not known:
            return []
        choice = self._choice(known)
        found = best_of((*self._by_identifier(text, choice), *self._by_name(text, choice)))
        return ordered(candidate for candidate in found if candidate.score >= FLOOR)

    def meant(self, text: str) -> dict[str, str]:
        """Return the entities that a text names by an identifier or their IRI: IRI → the key that does."""
        found = keys(text, self.catalogue.forms, self.catalogue.prefixes)
        return {iri: key for key in found for iri in self._identifiers.get(key, ())}

    def identified(self, text: str) -> Iterator[Candidate]:
        """Yield the entities that a text names by an identifier or their IRI."""
        for iri, key in self.meant(text).items():
            reason = f"has the {shown(key, self.catalogue.forms)}"
            yield Candidate(self.catalogue.entities[iri], _CERTAIN, reason, certain=True)

    def _by_identifier(self, text: str, choice: _Choice) -> Iterable[Candidate]:
        yield from (candidate for candidate in self.identified(text) if candidate.entity.iri in choice.entities)
        for key in keys(text, self.catalogue.forms, self.catalogue.prefixes):
            for iri in self._near.get(key, ()):
                if iri in choice.entities:
                    entity = self.catalogue.entities[iri]
                    yield Candidate(entity, _REVIEW, f"is close to the {shown(key, self.catalogue.forms)}")

    def _by_name(self, text: str, choice: _Choice) -> Iterable[Candidate]:
        if len(text) > LONGEST or is_iri(text):
            return
        text = without_iris(text)
        # Some letters are eighteen once they are in one form.
        if len((whole := self.catalogue.normaliser.normal(text)).joined) > LONGEST:
            return
        yield from self._alike(whole, choice).values()
        yield from self._by_acronym(whole, choice)
        telling = [part for part in self.catalogue.normaliser.parts(text) if not part.is_gloss]
        if 0 < len(telling) <= MOST_PARTS:
            yield from self._by_parts(telling, choice)

    def _by_acronym(self, whole: Normal, choice: _Choice) -> Iterable[Candidate]:
        for found in self._acronyms.meant(whole.words):
            if found.iri in choice.entities:
                yield Candidate(self.catalogue.entities[found.iri], found.score, found.reason, name=found.score)

    def _by_parts(self, telling: Sequence[Normal], choice: _Choice) -> Iterable[Candidate]:
        """Yield what the parts of a text name; only where all of them name one thing is it more than a suggestion."""
        found = [self._alike(part, choice) for part in telling]
        for iri in set().union(*found):
            agreeing = [self._part_score(part, alike.get(iri), iri) for part, alike in zip(telling, found, strict=True)]
            best = max((alike[iri] for alike in found if iri in alike), key=lambda candidate: candidate.score)
            if min(agreeing) >= AUTO_SCORE and max(agreeing) > 0:
                score = min(_BOTH, *agreeing)
                yield replace(best, score=score, name=score)
            elif telling[0].behind and agreeing[0] == _CERTAIN:
                # A service is known by the first of the matters in its name.
                yield replace(best, score=_BEHIND, name=_BEHIND, reason=f"{best.reason}, which the text goes on from")
            else:
                score = min(_REVIEW, best.score)
                yield replace(best, score=score, name=score, reason=f"{best.reason}, by a part of the text")

    def _part_score(self, part: Normal, candidate: Candidate | None, iri: str) -> float:
        if iri in self._acronyms.by_initials(part.joined):
            return _BOTH
        return 0.0 if candidate is None else candidate.score

    def _alike(self, asked: Normal, choice: _Choice) -> dict[str, Candidate]:
        """Return the best candidate per entity whose name is like the asked one, by IRI."""
        found: dict[str, Candidate] = {}
        for name in deadline.checked(self._shortlist(asked, choice), every=1):
            likeness = round(self._words.likeness(asked, name), 1)
            for entity, said, most in self._named[name]:
                score = min(likeness, most)
                kept = found.get(entity.iri)
                if score >= FLOOR and entity.iri in choice.entities and (kept is None or score > kept.score):
                    found[entity.iri] = Candidate(entity, score, _reason(said, score), name=score)
        return found

    def _shortlist(self, asked: Normal, choice: _Choice) -> list[Normal]:
        """Return the names worth comparing word by word, by two cheap measures."""
        compact = _most_like(asked.joined, choice.joined, fuzz.ratio)
        worded = _most_like(asked.sorted, choice.sorted, fuzz.token_set_ratio)
        return [choice.names[index] for index in sorted({*compact, *worded})]

    @cached_property
    def forms(self) -> Callable[[str, str | None], frozenset[str]]:
        """What `forms_of` returns for an entity and a property; that of those asked for last is kept."""
        return lru_cache(maxsize=_VALUES)(partial(forms_of, self.catalogue))

    @cached_property
    def _choice(self) -> Callable[[frozenset[str]], _Choice]:
        return lru_cache(maxsize=_CHOICES)(self._make_choice)

    def _make_choice(self, types: frozenset[str]) -> _Choice:
        chosen = [entity for type_ in types for entity in self.catalogue.of_type(type_)]
        iris = frozenset(entity.iri for entity in chosen) if types else frozenset(self.catalogue.entities)
        named = deadline.checked(self._named.items())
        names = tuple(name for name, said in named if any(entity.iri in iris for entity, _, _ in said))
        return _Choice(iris, names, tuple(name.joined for name in names), tuple(name.sorted for name in names))

    @cached_property
    def _named(self) -> Mapping[Normal, Sequence[tuple[Entity, Name, float]]]:
        """Every name in one form → who is called so, and the most that this form is worth.

        `Name (ACRONYM)` also gives the name and the acronym, the name of a service what stands behind its kind, and its
        first matter.
        """
        found: dict[Normal, list[tuple[Entity, Name, float]]] = defaultdict(list)
        made = self.catalogue.normaliser
        for entity in self.catalogue.entities.values():
            for name in (*entity.names, *self._numbered(entity)):
                whole, pieces = made.normal(name.text), made.parts(name.text)
                forms = dict.fromkeys(
                    (piece for piece in pieces if name.text.endswith(")") and not piece.is_gloss), _CERTAIN
                )
                forms[whole] = _CERTAIN
                for service in (whole, *(pieces[:1] if whole.behind else ())):
                    forms.setdefault(service, _BEHIND)
                    if service.behind:
                        forms.setdefault(service.behind, _BEHIND)
                for form, most in forms.items():
                    found[form].append((entity, name, most))
        return found

    def _numbered(self, entity: Entity) -> Iterable[Name]:
        """Yield the names that kind and number make, such as `Objective 3`."""
        if not any(notation[0].isdigit() for notation in entity.notations):
            return
        for language, kind in sorted(self.catalogue.labels.get(entity.types[-1], {}).items()):
            for notation in entity.notations:
                yield Name(f"{kind} {notation}", language, "kind and number")

    @cached_property
    def _words(self) -> Words:
        return Words(self._named)

    @cached_property
    def _acronyms(self) -> Acronyms:
        return Acronyms(self._all, self.catalogue.normaliser)

    @cached_property
    def _identifiers(self) -> Mapping[str, Sequence[str]]:
        return self._keyed((entity, (entity.iri, *entity.identifiers, *entity.notations)) for entity in self._all)

    @cached_property
    def _near(self) -> Mapping[str, Sequence[str]]:
        return self._keyed((entity, entity.near) for entity in self._all)

    @property
    def _all(self) -> Iterable[Entity]:
        return self.catalogue.entities.values()

    def _keyed(self, texts: Iterable[tuple[Entity, Iterable[str]]]) -> Mapping[str, Sequence[str]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for entity, spelt in texts:
            for text in spelt:
                for key in keys(text, self.catalogue.forms):
                    found[key].setdefault(entity.iri)
        return {key: tuple(iris) for key, iris in found.items()}


def _most_like(asked: str, texts: Sequence[str], scorer: Callable[..., Any]) -> list[int]:
    """Return the places of the texts that are most like one, of equals the first."""
    scored: list[tuple[float, int]] = []
    for start in range(0, len(texts), _COMPARED):
        deadline.check()
        part = texts[start : start + _COMPARED]
        found = process.extract(asked, part, scorer=scorer, limit=_SHORTLIST)
        scored += [(-score, start + place) for _, score, place in found]
    return [place for _, place in heapq.nsmallest(_SHORTLIST, scored)]


def ordered(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates best first, equal ones in the order of their IRIs."""
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.entity.iri))


def best_of(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return of each entity the candidate with the highest score, of equal ones the first."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        kept = best.get(candidate.entity.iri)
        if kept is None or candidate.score > kept.score:
            best[candidate.entity.iri] = candidate
    return list(best.values())


def _reason(name: Name, score: float) -> str:
    language = f" ({name.language})" if name.language else ""
    how = "is the" if score == _CERTAIN else "is like the"
    return f"{how} {name.kind}{language} “{name.text}”"
