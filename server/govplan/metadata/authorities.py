"""The authority lists that catalogues use: their IRIs, and what each code is, so that a record can be read by itself.

Harvesters check the class of every value and show its label, but load no lists; so both stand in the record.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from govplan.metadata.graph import Graph, literal, named, node, texts

_EU = "http://publications.europa.eu/resource/authority/"
THEMES = f"{_EU}data-theme"
_LICENCE_TYPES = "http://purl.org/adms/licencetype/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads((files("govplan.metadata") / "authorities.toml").read_text(encoding="utf-8"))


def codes(scheme: str) -> tuple[str, ...]:
    """Return the codes that are known of one of the lists: `data-theme`, `frequency` and so on."""
    return tuple(_tables()["lists"][scheme]["codes"])


def code(scheme: str, name: str) -> str:
    """Return the IRI of a code of one of the lists."""
    return f"{_EU}{scheme}/{name}"


def is_list(iri: str) -> bool:
    """Tell whether an IRI is that of an authority list."""
    return iri.startswith(_EU)


def language(tag: str) -> str | None:
    """Return the IRI of a language; None where no code is known for its tag."""
    name = _tables()["languages"].get(tag.partition("-")[0])
    return code("language", name) if name else None


def file_type(extension: str) -> str | None:
    """Return the IRI of a file type; None where no code is known."""
    name = _tables()["file_types"].get(extension)
    return code("file-type", name) if name else None


def licence(iri: str) -> str:
    """Return the IRI that the authority list has for a licence, else the one given."""
    name = _tables()["licences"].get(iri.removesuffix("/").replace("http://", "https://"))
    return code("licence", name) if name else iri


def describe(graph: Graph, further: Mapping[str, Any]) -> None:
    """Add class and label of each code that the statements name; `further` are terms of a metadata profile."""
    for iri in sorted(graph.iris()):
        if iri.startswith(MEDIA_TYPES):
            graph.describe(iri, ["dcterms:MediaType", "dcterms:MediaTypeOrExtent"])
            graph.add(iri, "rdfs:label", literal(iri.removeprefix(MEDIA_TYPES)))
        scheme, _, name = iri.removeprefix(_EU).rpartition("/") if iri.startswith(_EU) else ("", "", "")
        if scheme in _tables()["lists"]:
            _code(graph, iri, scheme, name)
        if iri in further:
            _term(graph, iri, further[iri])


def _code(graph: Graph, iri: str, scheme: str, name: str) -> None:
    about = _tables()["lists"][scheme]
    labels: Mapping[str, str] = about["codes"].get(name, {})
    graph.describe(iri, ["skos:Concept", *about["classes"]], skos_inScheme=node(f"{_EU}{scheme}"))
    graph.add(iri, "skos:prefLabel", *texts(labels))
    if "dcterms:LicenseDocument" in about["classes"]:
        graph.add(iri, "dcterms:title", *texts(labels))
        graph.add(iri, "skos:exactMatch", *(node(each) for each in about["same"].get(name, ())))
        kind = about["types"][name]
        graph.add(iri, "dcterms:type", node(_LICENCE_TYPES + kind["code"]))
        graph.describe(_LICENCE_TYPES + kind["code"], ["skos:Concept"], skos_prefLabel=literal(kind["label"], "en"))
        graph.add(_LICENCE_TYPES + kind["code"], "skos:inScheme", node(_LICENCE_TYPES + "1.0"))
    graph.describe(f"{_EU}{scheme}", ["skos:ConceptScheme"], dcterms_title=texts(about["title"]))


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
