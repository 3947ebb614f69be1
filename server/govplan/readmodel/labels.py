"""Labels of many things at once: what each is called in the reader's language, and where its page is.

Which label a reader gets is the rule of `languages.py`; a `Text` keeps its language, so that a page can mark the one
that is not the reader's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from govplan import deadline
from govplan.errors import AnswerTooLarge, QueryTimedOut
from govplan.formats import BINDINGS
from govplan.languages import best, preference
from govplan.namespaces import LABELS, NS, STANDARD
from govplan.readmodel.release import Release
from govplan.readmodel.sizes import BYTES, LABEL, READ, ROWS
from govplan.sparql import Answer, Request
from govplan.sparql.results import Results
from govplan.values import Term as AnyTerm
from govplan.values import shortened, text

# A term of SPARQL 1.1 JSON results, whose value is a text; a triple term is written out.
Term = Mapping[str, str]
Row = Mapping[str, Term]
# IRIs in one query: the text stays far below the shortest limit anybody sets.
_BATCH = 200
_LABEL = (*LABELS, STANDARD["dcterms"] + "title")
_INVERSE = (NS + "inverseLabel",)
_DEFINITION = (STANDARD["skos"] + "definition",)
# A second VALUES instead of the filter costs fifteen times as much: Oxigraph joins the two before it looks anything up.
_QUERY = """SELECT ?iri ?property ?text
WHERE {{
  VALUES ?iri {{ {iris} }}
  ?iri ?property ?text .
  FILTER(?property IN ({properties}))
}}
"""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the dataset and its language tag, None if it has none."""

    value: str
    lang: str | None = None


def rows(release: Release, query: str) -> list[Row]:
    """Return the solutions of a SELECT query: variable → term of SPARQL 1.1 JSON results, triple terms as texts.

    Each of several queries of one request has the time that is left of it. Raises what the store raises, and
    AnswerTooLarge for more than a page can be made from.
    """
    results = Results(_answer(release, query))
    found = [_plain(row) for row in islice(results, READ + 1)]
    results.close()
    if len(found) > READ:
        raise AnswerTooLarge(observed=len(found), limit=READ, setting="rows that a page is made from")
    return found


def first_rows(release: Release, query: str, most: int = ROWS) -> tuple[list[Row], bool]:
    """Return the first solutions of a SELECT query, as many as a page shows, and whether there are more."""
    answer = _answer(release, query, most)
    results = Results(answer, BYTES)
    return [_plain(row) for row in results], answer.partial or results.cut


def _plain(row: Mapping[str, AnyTerm]) -> Row:
    if all(isinstance(term["value"], str) for term in row.values()):
        return row
    return {name: {**term, "value": text(term)} for name, term in row.items()}


def _answer(release: Release, query: str, most: int | None = None) -> Answer:
    deadline.check()
    try:
        return release.store.answer(Request(query, BINDINGS[0].media_type, seconds=deadline.left(), max_rows=most))
    except QueryTimedOut:
        deadline.check()  # it may be the time of the request that is over
        raise


def chosen(release: Release, terms: Iterable[Term], language: str) -> Text | None:
    """Return the text for a reader of `language`; None if there is none."""
    texts = ((term.get("xml:lang", ""), term["value"]) for term in terms)
    found = best(texts, preference(language, release.settings.languages))
    return Text(shortened(found[1], LABEL), found[0] or None) if found else None


def labels(release: Release, iris: Iterable[str], language: str) -> dict[str, Text]:
    """Return IRI → label for those that the release calls something. Raises what the store raises."""
    return _texts(release, iris, language, _LABEL)


def inverse_labels(release: Release, iris: Iterable[str], language: str) -> dict[str, Text]:
    """Return IRI of a property → what it is called when it is read from its value; raises what the store raises."""
    return _texts(release, iris, language, _INVERSE)


def definitions(release: Release, iris: Iterable[str], language: str) -> dict[str, Text]:
    """Return IRI → definition for those terms and codes that have one. Raises what the store raises."""
    return _texts(release, iris, language, _DEFINITION)


def _texts(release: Release, iris: Iterable[str], language: str, properties: Iterable[str]) -> dict[str, Text]:
    order = {name: place for place, name in enumerate(properties)}
    found: dict[str, dict[int, list[Term]]] = {}
    for batch in _batches(sorted(set(iris))):
        query = _QUERY.format(
            iris=" ".join(f"<{iri}>" for iri in batch), properties=", ".join(f"<{name}>" for name in order)
        )
        for row in rows(release, query):
            places = found.setdefault(row["iri"]["value"], {})
            places.setdefault(order[row["property"]["value"]], []).append(row["text"])
    return {iri: text for iri, places in found.items() if (text := chosen(release, places[min(places)], language))}


def _batches(iris: Iterable[str]) -> Iterator[tuple[str, ...]]:
    remaining = iter(iris)
    while batch := tuple(islice(remaining, _BATCH)):
        yield batch
