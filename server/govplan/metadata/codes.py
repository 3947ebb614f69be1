"""Class and label of each code that records name, so that a record can be read by itself.

Harvesters check the class of every value and show its label, but load no lists.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from govplan.authorities import EU, LICENCE_TYPES, MEDIA_TYPES, tables
from govplan.metadata.graph import Graph, literal, named, node, texts


def describe(graph: Graph, further: Mapping[str, Any]) -> None:
    """Add class and label of each code that the statements name; `further` are terms of a metadata profile."""
    for iri in sorted(graph.iris()):
        if iri.startswith(MEDIA_TYPES):
            graph.describe(iri, ["dcterms:MediaType", "dcterms:MediaTypeOrExtent"])
            graph.add(iri, "rdfs:label", literal(iri.removeprefix(MEDIA_TYPES)))
        scheme, _, name = iri.removeprefix(EU).rpartition("/") if iri.startswith(EU) else ("", "", "")
        if scheme in tables()["lists"]:
            _code(graph, iri, scheme, name)
        if iri in further:
            _term(graph, iri, further[iri])


def _code(graph: Graph, iri: str, scheme: str, name: str) -> None:
    about = tables()["lists"][scheme]
    labels: Mapping[str, str] = about["codes"].get(name, {})
    graph.describe(iri, ["skos:Concept", *about["classes"]], skos_inScheme=node(f"{EU}{scheme}"))
    graph.add(iri, "skos:prefLabel", *texts(labels))
    if "dcterms:LicenseDocument" in about["classes"]:
        graph.add(iri, "dcterms:title", *texts(labels))
        graph.add(iri, "skos:exactMatch", *(node(each) for each in about["same"].get(name, ())))
        kind = about["types"][name]
        graph.add(iri, "dcterms:type", node(LICENCE_TYPES + kind["code"]))
        graph.describe(LICENCE_TYPES + kind["code"], ["skos:Concept"], skos_prefLabel=literal(kind["label"], "en"))
        graph.add(LICENCE_TYPES + kind["code"], "skos:inScheme", node(LICENCE_TYPES + "1.0"))
    graph.describe(f"{EU}{scheme}", ["skos:ConceptScheme"], dcterms_title=texts(about["title"]))


def _term(graph: Graph, iri: str, about: Mapping[str, Any]) -> None:
    """State what a metadata profile says of an IRI: `classes`, `labels`, and further values with their datatype."""
    graph.describe(iri, about.get("classes", ()))
    graph.add(iri, "skos:prefLabel", *texts(about.get("labels", {})))
    for name, value in about.get("values", {}).items():
        graph.add(iri, name, literal(value["text"], datatype=value["datatype"]))


def known(names: Iterable[str]) -> set[str]:
    """Return those prefixed names of classes and properties that are none of the vocabularies used here."""
    unknown = set[str]()
    for name in names:
        try:
            named(name)
        except KeyError:
            unknown.add(name)
    return unknown
