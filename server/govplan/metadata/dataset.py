"""What the data say of their dataset: read by queries once, offline or from a served release."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from govplan.config import Settings
from govplan.namespaces import NS, STANDARD

# A query in, its rows out: variable → term of SPARQL 1.1 JSON results.
Ask = Callable[[str], Sequence[Mapping[str, Mapping[str, str]]]]
_FACTS = """PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?property ?value
WHERE {{
  VALUES ?property {{ dcterms:title dcterms:description dcterms:license dcterms:publisher dcterms:creator }}
  GRAPH ?graph {{ <{dataset}> ?property ?value }}
}}
ORDER BY ?property ?value
"""
_LABELS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT DISTINCT ?iri ?label
WHERE {{
  VALUES ?iri {{ {iris} }}
  {{ ?iri rdfs:label|skos:prefLabel ?label }}
  UNION {{ ?thing owl:sameAs|skos:exactMatch ?iri . ?thing rdfs:label|skos:prefLabel ?label }}
}}
ORDER BY ?iri ?label
"""
_SOURCES = """SELECT DISTINCT ?source
WHERE {{
  GRAPH ?graph {{ ?source a <{ns}SourceDocument> }}
}}
ORDER BY ?source
"""


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset in its own words: texts and the labels of agents and places by language, and the documents it rests on.

    What the data do not say is empty; `labels` are IRI → language → text.
    """

    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    licence: str
    publisher: str
    creators: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]
    sources: tuple[str, ...]


def described(ask: Ask, settings: Settings) -> Described:
    """Return what the data say of the dataset of a project. Raises what `ask` raises."""
    said: dict[str, list[Mapping[str, str]]] = {}
    for row in ask(_FACTS.format(dataset=settings.dataset_iri)):
        said.setdefault(row["property"]["value"].removeprefix(STANDARD["dcterms"]), []).append(row["value"])
    agents = {key: _values(said.get(key, ())) for key in ("publisher", "creator")}
    wanted = {*agents["publisher"], *agents["creator"], *settings.registration.places}
    labels: dict[str, dict[str, str]] = {}
    if wanted:
        for row in ask(_LABELS.format(iris=" ".join(f"<{iri}>" for iri in sorted(wanted)))):
            labels.setdefault(row["iri"]["value"], {}).setdefault(
                row["label"].get("xml:lang", ""), row["label"]["value"]
            )
    return Described(
        titles=_texts(said.get("title", ()), settings.languages),
        descriptions=_texts(said.get("description", ()), settings.languages),
        licence=next(iter(_values(said.get("license", ()), "uri", "literal")), ""),
        publisher=next(iter(agents["publisher"]), ""),
        creators=agents["creator"],
        labels={iri: _in_order(texts, settings.languages) for iri, texts in labels.items()},
        sources=tuple(row["source"]["value"] for row in ask(_SOURCES.format(ns=NS))),
    )


def _values(terms: Iterable[Mapping[str, str]], *kinds: str) -> tuple[str, ...]:
    return tuple(term["value"] for term in terms if term["type"] in (kinds or ("uri",)))


def _texts(terms: Iterable[Mapping[str, str]], languages: Sequence[str]) -> Mapping[str, str]:
    return _in_order({term["xml:lang"]: term["value"] for term in terms if "xml:lang" in term}, languages)


def _in_order(texts: Mapping[str, str], languages: Sequence[str]) -> Mapping[str, str]:
    """Put the languages of the project first, in its order, and leave out texts without a language."""
    places = {tag: place for place, tag in enumerate(languages)}
    return {tag: texts[tag] for tag in sorted(texts, key=lambda tag: (places.get(tag, len(places)), tag)) if tag}
