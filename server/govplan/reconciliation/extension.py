"""Data extension: the values that entities have for chosen properties, and which properties there are for a kind."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from govplan import deadline
from govplan.errors import DocumentMalformed
from govplan.namespaces import STANDARD
from govplan.reconciliation.documents import Bounds, Document, type_document
from govplan.reconciliation.entities import Catalogue, Value

_XSD = STANDARD["xsd"]
_ALL = "all"
LIMIT, LANGUAGE = "limit", "language"


Row = tuple[str, list[tuple["Column", list[Document]]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One property to fetch: as it was asked for, its IRI, how many values at most (0: all), and in which language.

    An empty language means all.
    """

    asked: str
    property: str
    limit: int
    language: str


def read_extension(document: Any, catalogue: Catalogue, bounds: Bounds) -> tuple[list[str], list[Column]]:
    """Return the entities and columns of a data extension query; both versions write it alike.

    Raises DocumentMalformed, ParameterInvalid for an unknown property, and BatchTooLarge for more entities than a batch
    has queries or more properties than a query has values.
    """
    ids = document.get("ids") if isinstance(document, dict) else None
    wanted = document.get("properties") if isinstance(document, dict) else None
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids) or not isinstance(wanted, list):
        raise DocumentMalformed(
            "The data extension query needs ids and properties.",
            mend='send {"ids": ["…"], "properties": [{"id": "…"}]}',
        )
    distinct = list(dict.fromkeys(ids))
    bounds.check_queries(len(distinct), "entities")
    bounds.check_values(len(wanted), "The data extension query", "properties")
    return distinct, [_column(each, catalogue) for each in wanted]


def rows(catalogue: Catalogue, ids: Sequence[str], columns: Sequence[Column], language: str) -> Iterator[Row]:
    """Yield each entity with its values for each column. Raises QueryTimedOut where the work has a deadline."""
    for iri in deadline.checked(ids, every=1):
        yield iri, [(column, cells(catalogue, iri, column, language)) for column in columns]


def meta(catalogue: Catalogue, columns: Sequence[Column], language: str) -> list[Document]:
    """Return what heads the columns; one whose values are all entities of one kind says which."""
    found = []
    for column in columns:
        document = {**type_document(catalogue, column.property, language), "id": column.asked}
        kind = catalogue.ranges.get(column.property)
        found.append(document | ({"type": type_document(catalogue, kind, language)} if kind else {}))
    return found


def cells(catalogue: Catalogue, iri: str, column: Column, language: str) -> list[Document]:
    """Return the values of one entity for one column; an unknown entity has none."""
    entity = catalogue.entities.get(iri)
    values = entity.values.get(column.property, ()) if entity else ()
    if column.language:
        values = tuple(value for value in values if value.language in ("", column.language))
    return [_cell(catalogue, value, language) for value in (values[: column.limit] if column.limit else values)]


def proposed(catalogue: Catalogue, kind: str | None) -> list[str]:
    """Return the properties that entities of a kind (None: of any) have, the most usual first."""
    entities = deadline.checked(catalogue.entities.values() if kind is None else catalogue.of_type(kind))
    counts = Counter(name for entity in entities for name in entity.values if name in catalogue.properties)
    return sorted(counts, key=lambda name: (-counts[name], name))


def settings(languages: Sequence[str]) -> list[dict[str, Any]]:
    """Return the settings that a column may have; each version of the API renames some of their fields."""
    return [
        {
            "id": LIMIT,
            "name": "Limit",
            "type": "number",
            "default": 0,
            "help": "Largest number of values in a row; 0 means all",
        },
        {
            "id": LANGUAGE,
            "name": "Language",
            "type": "select",
            "default": _ALL,
            "help": "Language of texts",
            "choices": [{"value": value, "name": value} for value in (_ALL, *languages)],
        },
    ]


def _column(given: Any, catalogue: Catalogue) -> Column:
    name = given.get("id") if isinstance(given, dict) else None
    if not isinstance(name, str):
        raise DocumentMalformed("A property of the data extension query has no id.", mend='send {"id": "…"}')
    chosen = given.get("settings") or {}
    if not isinstance(chosen, Mapping):
        raise DocumentMalformed(f"The settings of {name} are not a JSON object.", mend="send { … }")
    language = chosen.get(LANGUAGE, _ALL)
    try:
        limit = int(chosen.get(LIMIT) or 0)
    except (OverflowError, TypeError, ValueError):
        limit = -1
    if limit < 0 or not isinstance(language, str):
        raise DocumentMalformed(
            f"The settings of {name} cannot be used.", mend="limit is a whole number from 0, language a language tag"
        )
    return Column(name, catalogue.property(name), limit, "" if language == _ALL else language)


def _cell(catalogue: Catalogue, value: Value, language: str) -> Document:
    if value.text in catalogue.entities and value.is_iri:
        return {"id": value.text, "name": catalogue.label(value.text, language)[0]}
    try:
        if value.datatype == f"{_XSD}integer":
            return {"int": int(value.text)}
        if value.datatype in (f"{_XSD}decimal", f"{_XSD}double") and math.isfinite(number := float(value.text)):
            return {"float": number}
    except ValueError:
        pass  # what only calls itself a number stays the text that it is, as what JSON has no number for does
    # A day stays a text: the API knows only moments, and an hour would be invented.
    return {"str": value.text}
