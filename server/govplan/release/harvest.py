"""What each family of harvesters will read of a project before it is built: its record, and what is missing."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import pyoxigraph as ox

from govplan.config import VERSION, Settings
from govplan.formats import GRAPHS
from govplan.manifest import FileEntry, Manifest
from govplan.metadata.catalogue import Published, catalogue
from govplan.metadata.dataset import described
from govplan.metadata.graph import Graph
from govplan.metadata.profiles import HARVEST, metadata_profiles
from govplan.metadata.quality import Points, by_the_portal, points
from govplan.metadata.reading import Lack, called, keywords, lacks, said, values
from govplan.namespaces import STANDARD

# What portals show of a dataset, in the order in which they do.
_SHOWN = ("dcterms:license", "dcat:theme", "dcterms:spatial", "dcterms:language", "dcterms:accrualPeriodicity")


@dataclass(frozen=True, slots=True)
class Harvested:
    """The record that one profile gives, as names and values, and what the profile wants besides."""

    profile: str
    record: tuple[tuple[str, str], ...]
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Harvest:
    """The records of all profiles, and the points that the portal of the EU gives them."""

    records: tuple[Harvested, ...]
    points: tuple[Points, ...]
    by_the_portal: tuple[Points, ...]


def harvest(settings: Settings, quads: Iterable[ox.Quad]) -> Harvest:
    """Return what harvesters will read of content that was checked."""
    store = ox.Store()
    store.bulk_extend(quads)
    about = described(partial(solutions, store), settings)
    root = f"{settings.public_url}/" if settings.public_url else settings.base
    published = Published(settings, about, (_unbuilt(store, settings),), root)
    profiles = metadata_profiles(settings.profiles)
    graphs = {name: catalogue(published, profile) for name, profile in profiles.items()}
    return Harvest(
        records=tuple(
            Harvested(name, tuple(_record(graph, settings)), tuple(lacks(graph, profiles[name])))
            for name, graph in graphs.items()
        ),
        points=tuple(points(graphs[HARVEST], settings.dataset_iri)),
        by_the_portal=tuple(by_the_portal()),
    )


def _record(graph: Graph, settings: Settings) -> Iterable[tuple[str, str]]:
    """Yield what a portal shows, in the first language of the project."""
    dataset, languages = settings.dataset_iri, settings.languages
    first = languages[0]

    def text(iri: str, name: str) -> str:
        found = said(graph, iri, name, first, languages)
        return found.value if found else ""

    yield "title", text(dataset, "dcterms:title")
    yield "description", text(dataset, "dcterms:description")
    for _, iri in values(graph, dataset, "dcterms:publisher"):
        yield "publisher", text(iri, "foaf:name") or iri
    for _, iri in values(graph, dataset, "dcat:contactPoint"):
        yield "contact", text(iri, "vcard:fn")
    yield "keywords", ", ".join(each.value for each in keywords(graph, dataset, first))
    for name in _SHOWN:
        yield (
            name.partition(":")[2],
            ", ".join(each.value for each in called(graph, dataset, name, first, languages)),
        )
    yield "files", ", ".join(text(iri, "dcterms:title") for _, iri in values(graph, dataset, "dcat:distribution"))


def _unbuilt(store: ox.Store, settings: Settings) -> Manifest:
    """Return the manifest that a release of this content would have, as far as records need one; sizes are unknown."""
    said = {
        quad.predicate.value: quad.object.value
        for quad in store.quads_for_pattern(ox.NamedNode(settings.dataset_iri), None, None, None)
        if isinstance(quad.object, ox.Literal)
    }
    files = tuple(FileEntry(f"dumps/{settings.name}.{fmt.extension}", 0, "") for fmt in GRAPHS)
    return Manifest(
        id="0" * 12,
        sha256="",
        project=settings.name,
        base=settings.base,
        version=said.get(STANDARD["dcat"] + "version", ""),
        date=said.get(STANDARD["dcterms"] + "issued", ""),
        languages=settings.languages,
        prefixes=settings.prefixes,
        quads=len(store),
        graphs=(),
        files=files,
        tools={"govplan": VERSION},
    )


def solutions(store: ox.Store, query: str) -> list[Mapping[str, Any]]:
    """Return the rows of a SELECT over all graphs, as the endpoint answers it."""
    found = cast(ox.QuerySolutions, store.query(query, use_default_graph_as_union=True))
    answer = json.loads(found.serialize(format=ox.QueryResultsFormat.JSON) or b"")
    return cast(list[Mapping[str, Any]], answer["results"]["bindings"])
