"""The page of the vocabulary: each term with its definition and what it belongs to, by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govplan.namespaces import CORE, STANDARD
from govplan.readmodel.labels import rows
from govplan.readmodel.names import Named, names
from govplan.readmodel.release import Release

_TYPE = STANDARD["rdf"] + "type"
_KINDS = (
    STANDARD["owl"] + "Class",
    STANDARD["owl"] + "ObjectProperty",
    STANDARD["owl"] + "DatatypeProperty",
    STANDARD["owl"] + "AnnotationProperty",
    STANDARD["rdfs"] + "Datatype",
    STANDARD["prov"] + "Agent",
)
_SHOWN = tuple(
    STANDARD[prefix] + name
    for prefix, name in (
        ("rdfs", "subClassOf"),
        ("rdfs", "subPropertyOf"),
        ("rdfs", "domain"),
        ("schema", "domainIncludes"),
        ("rdfs", "range"),
        ("schema", "rangeIncludes"),
        ("skos", "closeMatch"),
        ("rdfs", "seeAlso"),
        ("dcterms", "isReplacedBy"),
    )
)
_TERMS = """SELECT ?term ?property ?value
WHERE {{
  ?term <{rdfs}isDefinedBy> <{iri}> ;
    ?property ?value .
  FILTER(isIRI(?value))
}}
"""


@dataclass(frozen=True, slots=True)
class TermFacts:
    """One term: its anchor on the page, its name with its definition, and its ties to other terms."""

    anchor: str
    named: Named
    ties: Sequence[tuple[Named, Sequence[Named]]]


@dataclass(frozen=True, slots=True)
class Section:
    """All terms of one kind, in the order of their names."""

    kind: Named
    terms: Sequence[TermFacts]


def vocabulary(release: Release, language: str) -> Sequence[Section]:
    """Return the terms of the vocabulary by kind, in a language. Raises what the store raises."""
    iri = f"{CORE}ns"
    said = rows(release, _TERMS.format(rdfs=STANDARD["rdfs"], iri=iri))
    ties: dict[str, dict[str, list[str]]] = {}
    for row in sorted(said, key=lambda row: [row[name]["value"] for name in ("term", "property", "value")]):
        found = ties.setdefault(row["term"]["value"], {})
        found.setdefault(row["property"]["value"], []).append(row["value"]["value"])
    called = names(release, {row[name]["value"] for row in said for name in row}, language, explain=True)
    sections = [(kind, [term for term in ties if kind in ties[term].get(_TYPE, ())]) for kind in _KINDS]
    return [
        Section(
            called[kind], sorted((_term(term, ties[term], called) for term in terms), key=lambda each: each.named.order)
        )
        for kind, terms in sections
        if terms
    ]


def _term(iri: str, ties: Mapping[str, Sequence[str]], called: Mapping[str, Named]) -> TermFacts:
    shown = [(called[name], [called[value] for value in ties[name]]) for name in _SHOWN if name in ties]
    return TermFacts(iri.rpartition("#")[2], called[iri], shown)
