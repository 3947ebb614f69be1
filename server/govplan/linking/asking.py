"""One reconciliation query: texts, kinds and conditions on properties → candidates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from govplan import deadline
from govplan.linking.entities import Catalogue, Entity
from govplan.linking.forms import forms, identifier_forms
from govplan.linking.matching import FLOOR, Candidate, Matcher, decided, ordered

Quantifier = Literal["any", "all", "none"]
Strictness = Literal["any", "all", "should"]
_UNMET = 15.0  # what a name loses if no condition is met
_OTHER_KIND = 0.9  # what a candidate of another kind keeps where the kind is only preferred
_WEIGHED = 16  # candidates between two looks at the clock
LIMIT = 5
MOST = 1000  # candidates of one query


@dataclass(frozen=True, slots=True)
class Condition:
    """Values that a property (an IRI; None for the identifier itself) should have; `required` drops the others."""

    property: str | None
    values: tuple[str, ...]
    required: bool = False
    quantifier: Quantifier = "any"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: any of `texts` names it, it is of the `types` (IRIs), and it meets the `conditions`."""

    texts: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    strictness: Strictness = "any"
    limit: int = LIMIT
    conditions: tuple[Condition, ...] = ()


# A condition and, made once, the forms of each of its values.
_Wanted = tuple[Condition, Sequence[frozenset[str]]]


def ask(matcher: Matcher, query: Query) -> list[Candidate]:
    """Return the candidates for a query, best first; at most one is called a match.

    Raises QueryTimedOut where the work at hand has a deadline.
    """
    found = _named(matcher, query) if query.texts else _all(matcher.catalogue, query)
    wanted = [(condition, _asked(matcher.catalogue, condition)) for condition in query.conditions]
    candidates = deadline.checked(found, _WEIGHED)
    weighed = (_weighed(matcher, candidate, query, wanted) for candidate in candidates)
    kept = [candidate for candidate in weighed if candidate is not None and candidate.score >= FLOOR]
    return decided(ordered(kept))[: query.limit]


def _named(matcher: Matcher, query: Query) -> Iterable[Candidate]:
    types = () if query.strictness == "should" else query.types
    best: dict[str, Candidate] = {}
    for text in query.texts:
        for candidate in matcher.scored(text, types):
            kept = best.get(candidate.entity.iri)
            if kept is None or candidate.score > kept.score:
                best[candidate.entity.iri] = candidate
    for candidate in best.values():
        kinds = _kinds(matcher.catalogue, candidate.entity)
        if query.strictness == "all" and not kinds.issuperset(query.types):
            continue
        if query.strictness == "should" and query.types and kinds.isdisjoint(query.types):
            yield replace(candidate, score=round(candidate.score * _OTHER_KIND, 1), certain=False)
        else:
            yield candidate


def _all(catalogue: Catalogue, query: Query) -> Iterable[Candidate]:
    """Yield every entity of the kinds, for a query that has only conditions."""
    for entity in deadline.checked(catalogue.entities.values()):
        kinds = _kinds(catalogue, entity)
        fits = kinds.issuperset(query.types) if query.strictness == "all" else not kinds.isdisjoint(query.types)
        if fits or not query.types:
            yield Candidate(entity, 0.0, "meets the conditions")


def _kinds(catalogue: Catalogue, entity: Entity) -> set[str]:
    return {broader for kind in entity.types for broader in catalogue.lineage(kind)}


def _weighed(matcher: Matcher, candidate: Candidate, query: Query, wanted: Sequence[_Wanted]) -> Candidate | None:
    """Return a candidate scored by the conditions too, None if it misses a required one."""
    if not wanted:
        return candidate
    iri, met = candidate.entity.iri, []
    for condition, asked in wanted:
        met.append(_met(matcher.forms(iri, condition.property), condition, asked))
        if condition.required and not met[-1]:
            return None
    share = sum(met) / len(met)
    score = candidate.score - _UNMET * (1 - share) if query.texts else 100 * share
    return replace(candidate, score=round(score, 1), met=round(share, 2), certain=candidate.certain and share == 1)


def _asked(catalogue: Catalogue, condition: Condition) -> list[frozenset[str]]:
    """Return the forms of each value of a condition."""
    values = deadline.checked(condition.values, _WEIGHED)
    if condition.property is None:
        return [identifier_forms(catalogue, value) for value in values]
    return [forms(catalogue, [value]) for value in values]


def _met(there: frozenset[str], condition: Condition, asked: Sequence[frozenset[str]]) -> bool:
    hits = [not there.isdisjoint(forms) for forms in asked]
    return {"any": any(hits), "all": all(hits), "none": not any(hits)}[condition.quantifier]
