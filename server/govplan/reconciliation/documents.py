"""The documents of the Reconciliation Service API: https://reconciliation-api.github.io/specs/0.2/ and /1.0-draft/.

Version 0.2 keeps its own names (`pid`, `type_strict`, `result`), the draft its own (`conditions`, `candidates`); both
mean the same queries and candidates. JSONP, optional in 0.2 and gone from the draft, is not offered: CORS is.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from govplan import deadline
from govplan.errors import BatchTooLarge, DocumentMalformed
from govplan.reconciliation.asking import LIMIT, MOST, Condition, Quantifier, Query, Strictness
from govplan.reconciliation.entities import Catalogue, Type
from govplan.reconciliation.matching import Candidate

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is answered at once: queries of a batch; names, kinds, conditions and values of a query."""

    queries: int
    values: int

    def check_queries(self, count: int, things: str = "queries") -> None:
        """Raise BatchTooLarge for more queries, or for more of what counts as they do."""
        if count > self.queries:
            raise BatchTooLarge(observed=count, limit=self.queries, things=things)

    def check_values(self, count: int, what: str, things: str) -> None:
        """Raise BatchTooLarge for more values in one query, which is `what`."""
        if count > self.values:
            raise BatchTooLarge(observed=count, limit=self.values, what=what, things=things, setting="batch_values")


@dataclass(slots=True)
class _Room:
    """What one query has taken of its bounds; `where` names it. Things are counted before they are looked up."""

    where: str
    catalogue: Catalogue
    bounds: Bounds
    taken: int = field(default=0)

    def take(self, things: Sequence[Any]) -> None:
        self.taken += len(things)
        self.bounds.check_values(self.taken, self.where, "names, kinds, conditions and values")


def parsed(text: str, what: str) -> Any:
    """Return the JSON of a text. Raises DocumentMalformed; `what` names the document there."""
    try:
        document = json.loads(text, parse_constant=_no_constant)
        if "\\u" in text:  # it may hold half of a pair, which is no character, and no answer can repeat it
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as problem:
        reason = "it is nested too deep" if isinstance(problem, RecursionError) else str(problem)
        raise DocumentMalformed(f"{what} is not JSON: {reason}.", mend="send JSON (RFC 8259) in UTF-8") from problem
    return document


def read_batch(document: Any, catalogue: Catalogue, bounds: Bounds) -> dict[str, Query]:
    """Return the queries of a batch of version 0.2 by their keys.

    A kind or a property that is not there concerns its query alone: nothing is of that kind, nothing has that property.
    Raises DocumentMalformed, BatchTooLarge beyond the bounds, and QueryTimedOut where the work at hand has a deadline.
    """
    batch = _object(document, "queries")
    bounds.check_queries(len(batch))
    return {
        key: _read_query(value, _Room(f"queries.{key}", catalogue, bounds))
        for key, value in deadline.checked(batch.items(), every=1)
    }


def read_draft_batch(document: Any, catalogue: Catalogue, bounds: Bounds) -> list[Query]:
    """Return the queries of a batch of the draft in their order; raises as `read_batch` does."""
    batch = _list(_object(document, "the body").get("queries"), "queries")
    bounds.check_queries(len(batch))
    return [
        _read_draft_query(value, _Room(f"queries[{index}]", catalogue, bounds))
        for index, value in enumerate(deadline.checked(batch, every=1))
    ]


def candidate(found: Candidate, catalogue: Catalogue, language: str) -> Document:
    """Return a candidate as version 0.2 writes it."""
    name, _ = catalogue.label(found.entity.iri, language)
    return {
        "id": found.entity.iri,
        "name": name,
        "description": catalogue.description(found.entity, language),
        "score": found.score,
        "match": found.match,
        "type": [type_document(catalogue, kind, language) for kind in found.entity.types],
        "features": [
            {"id": "identifier", "value": found.certain},
            {"id": "name", "value": found.name},
            {"id": "conditions", "value": found.met},
        ],
    }


def draft_candidate(found: Candidate, catalogue: Catalogue, language: str) -> Document:
    """Return a candidate as the draft writes it: features have names, texts have their language."""
    names = {
        "identifier": "An identifier is the same",
        "name": "Likeness of the names, 0 to 100",
        "conditions": "Share of the conditions met, 0 to 1",
    }
    document = candidate(found, catalogue, language)
    _, tag = catalogue.label(found.entity.iri, language)
    document["features"] = [{**feature, "name": names[feature["id"]], "lang": "en"} for feature in document["features"]]
    return {**document, "lang": tag} if tag else document


def type_document(catalogue: Catalogue, kind: str, language: str) -> Document:
    """Return the identifier and name of a kind."""
    return {"id": kind, "name": catalogue.label(kind, language)[0]}


def types_document(catalogue: Catalogue, kinds: Sequence[Type], language: str) -> list[Document]:
    """Return kinds with the broader one of each, as both versions write them."""
    return [
        type_document(catalogue, kind.iri, language)
        | ({"broader": [type_document(catalogue, kind.broader, language)]} if kind.broader else {})
        for kind in kinds
    ]


def _read_query(value: Any, room: _Room) -> Query:
    where = room.where
    asked = _object(value, where)
    _known(asked, {"query", "type", "type_strict", "limit", "properties"}, where)
    kinds = asked.get("type")
    names = [] if kinds is None else kinds if isinstance(kinds, list) else [kinds]
    room.take(names)
    strictness: Strictness = _one_of(asked.get("type_strict", "any"), get_args(Strictness), f"{where}.type_strict")
    properties = _list(asked.get("properties", []), f"{where}.properties")
    room.take(properties)
    conditions = [
        _condition(given, f"{where}.properties[{index}]", room, name="pid", value="v")
        for index, given in enumerate(properties)
    ]
    text = asked.get("query")
    if text is None and not conditions:
        raise _malformed(f"{where} has neither a query nor properties", 'send {"query": "…"}')
    return Query(
        texts=_named([] if text is None else [_text(text, f"{where}.query")]),
        types=tuple(_kind(_text(name, f"{where}.type"), room.catalogue) for name in names if name != ""),
        strictness=strictness,
        limit=_limit(asked, where),
        conditions=tuple(conditions),
    )


def _read_draft_query(value: Any, room: _Room) -> Query:
    where = room.where
    asked = _object(value, where)
    _known(asked, {"type", "limit", "conditions", "lang", "dir"}, where)
    texts: list[str] = []
    conditions: list[Condition] = []
    given = _list(asked.get("conditions"), f"{where}.conditions")
    room.take(given)
    if not given:
        raise _malformed(f"{where} has no condition", "send at least one condition, for example of matchType name")
    for index, one in enumerate(given):
        place = f"{where}.conditions[{index}]"
        condition = _object(one, place)
        match _one_of(condition.get("matchType"), ("name", "id", "property"), f"{place}.matchType"):
            case "name":
                texts += _values(condition.get("propertyValue"), f"{place}.propertyValue", room)
            case "id":
                conditions.append(_condition(condition, place, room, name=None, value="propertyValue"))
            case _:
                conditions.append(_condition(condition, place, room, name="propertyId", value="propertyValue"))
    kind = asked.get("type")
    return Query(
        texts=_named(texts),
        types=() if kind in (None, "") else (_kind(_text(kind, f"{where}.type"), room.catalogue),),
        limit=_limit(asked, where),
        conditions=tuple(conditions),
    )


def _kind(asked: str, catalogue: Catalogue) -> str:
    """Return the IRI of a kind, or what was asked for where there is no such kind: then there is nothing of it."""
    return catalogue.find_kind(asked) or asked


def _named(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that say something; a client that asks by properties alone may send an empty one."""
    return tuple(text for text in texts if text.strip())


def _condition(given: Any, where: str, room: _Room, *, name: str | None, value: str) -> Condition:
    """Read a condition on the property that the field `name` gives, or, without one, on the identifier."""
    condition = _object(given, where)
    if condition.get("matchQualifier"):
        raise _malformed(f"{where}.matchQualifier is not known; there are no qualifiers here", "leave it out")
    required = condition.get("required", False)
    if not isinstance(required, bool):
        raise _malformed(f"{where}.required is neither true nor false", "write true or false")
    quantifier: Quantifier = _one_of(
        condition.get("matchQuantifier", "any"), get_args(Quantifier), f"{where}.matchQuantifier"
    )
    asked = None if name is None else _text(condition.get(name), f"{where}.{name}")
    property_ = None if asked is None else room.catalogue.find_property(asked) or asked
    return Condition(property_, tuple(_values(condition.get(value), f"{where}.{value}", room)), required, quantifier)


def _values(given: Any, where: str, room: _Room) -> list[str]:
    """Return one or more values as texts; an entity counts as its identifier."""
    values = given if isinstance(given, list) else [given]
    if not values:
        raise _malformed(f"{where} is empty", "give at least one value")
    room.take(values)
    found = []
    for value in values:
        plain = value.get("id") if isinstance(value, dict) else value
        if isinstance(plain, bool):
            plain = str(plain).lower()
        if not isinstance(plain, str | int | float):
            raise _malformed(f"{where} is no value", 'give a text, a number, true, false or {"id": "…"}')
        found.append(str(plain))
    return found


def _limit(asked: Mapping[str, Any], where: str) -> int:
    limit = asked.get("limit", LIMIT)
    if isinstance(limit, float) and limit.is_integer():
        limit = int(limit)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise _malformed(f"{where}.limit is not a whole number above 0", f"leave it out for {LIMIT}")
    if limit > MOST:
        raise _malformed(f"{where}.limit is above {MOST}", f"ask for fewer candidates, or leave it out for {LIMIT}")
    return limit


def _known(asked: Mapping[str, Any], names: set[str], where: str) -> None:
    if unknown := sorted(set(asked) - names):
        raise _malformed(f"{where} has an unknown field {unknown[0]!r}", "known fields: " + ", ".join(sorted(names)))


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _malformed(f"{where} is not a JSON object", "send { … }")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _malformed(f"{where} is not a JSON array", "send [ … ]")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _malformed(f"{where} is not a text", 'send "…"')
    return value


def _one_of(value: Any, known: Sequence[str], where: str) -> Any:
    if value not in known:
        raise _malformed(f"{where} is {value!r}", "give one of: " + ", ".join(known))
    return value


def _malformed(what: str, mend: str) -> DocumentMalformed:
    return DocumentMalformed(f"{what}.", mend=mend)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
