"""One reconciliation query: texts, kinds and conditions on properties → candidates."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from govplan import deadline
from govplan.reconciliation.entities import Catalogue
from govplan.reconciliation.forms import forms, identifier_forms
from govplan.reconciliation.matching import FLOOR, Candidate, Matcher, best_of, ordered

Quantifier = Literal["any", "all", "none"]
Strictness = Literal["any", "all", "should"]
_UNMET = 15.0  # what a name loses if no condition is met
_OTHER_KIND = 0.9  # what a candidate of another kind keeps where the kind is only preferred
_WEIGHED = 16  # candidates between two looks at the clock
LIMIT = 5
MOST = 1000  # candidates of one query


@dataclass(frozen=True, slots=True)
class Condition:
    """Values that a property (an IRI; None for the identifier itself) should have; `required` drops the others.

    Nothing has values of a property that is not there.
    """

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

    An exact identifier among the conditions decides, whatever the name. Raises QueryTimedOut where the work at hand has
    a deadline.
    """
    identified = _identified(matcher, query)
    others = _named(matcher, query) if query.texts else _all(matcher.catalogue)
    found = _of_kinds(matcher.catalogue, best_of((*identified, *others)), query)
    wanted = [(condition, _asked(matcher.catalogue, condition)) for condition in query.conditions]
    decisive = {candidate.entity.iri for candidate in identified}
    weighed = (
        _weighed(matcher, candidate, query, wanted, candidate.entity.iri in decisive)
        for candidate in deadline.checked(found, _WEIGHED)
    )
    kept = [candidate for candidate in weighed if candidate is not None and candidate.score >= FLOOR]
    return matcher.decided(ordered(kept), query.types)[: query.limit]


def _identified(matcher: Matcher, query: Query) -> list[Candidate]:
    """Return what the conditions name by an exact identifier."""
    found: dict[str, Candidate] = {}
    for condition in query.conditions:
        identifies = condition.property is None or condition.property in matcher.catalogue.identifying
        if not identifies or condition.quantifier == "none":
            continue
        for value in deadline.checked(condition.values, _WEIGHED):
            for candidate in matcher.identified(value):
                found[candidate.entity.iri] = candidate
    return list(found.values())


def _named(matcher: Matcher, query: Query) -> Iterable[Candidate]:
    types = () if query.strictness == "should" else query.types
    return (candidate for text in query.texts for candidate in matcher.scored(text, types))


def _all(catalogue: Catalogue) -> Iterable[Candidate]:
    """Yield every entity, for a query that has only conditions."""
    entities = deadline.checked(catalogue.entities.values())
    return (Candidate(entity, 0.0, "meets the conditions") for entity in entities)


def _of_kinds(catalogue: Catalogue, candidates: Iterable[Candidate], query: Query) -> Iterator[Candidate]:
    """Yield the candidates of the kinds asked for; where those are only preferred, the others with a lower score."""
    for candidate in candidates:
        kinds = catalogue.kinds_of(candidate.entity)
        fits = kinds.issuperset(query.types) if query.strictness == "all" else not kinds.isdisjoint(query.types)
        if fits or not query.types:
            yield candidate
        elif query.strictness == "should" and query.texts:
            yield replace(candidate, score=round(candidate.score * _OTHER_KIND, 1), certain=False)


def _weighed(
    matcher: Matcher, candidate: Candidate, query: Query, wanted: Sequence[_Wanted], decisive: bool
) -> Candidate | None:
    """Return a candidate scored by the conditions too, None if it misses a required one.

    One that an identifier decides for keeps its score.
    """
    if not wanted:
        return candidate
    iri, met = candidate.entity.iri, []
    for condition, asked in wanted:
        met.append(_met(matcher.forms(iri, condition.property), condition, asked))
        if condition.required and not met[-1]:
            return None
    share = sum(met) / len(met)
    if decisive:
        return replace(candidate, met=round(share, 2))
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
