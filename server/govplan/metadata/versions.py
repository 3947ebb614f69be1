"""Kept releases as versions of the dataset (DCAT 3, section 11), and what each was made from and by (PROV-O)."""

from collections.abc import Sequence

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.metadata.dataset import Described
from govplan.metadata.graph import Graph, literal, node, texts


def add_versions(graph: Graph, settings: Settings, about: Described, manifests: Sequence[Manifest]) -> None:
    """Add a dataset for each release, the current one first, with its build, its tools and its sources."""
    dataset = settings.dataset_iri
    iris = [f"{settings.base}release/{manifest.id}" for manifest in manifests]
    for place, (iri, manifest) in enumerate(zip(iris, manifests, strict=True)):
        titles = {tag: f"{title}, {manifest.version} ({manifest.id})" for tag, title in about.titles.items()}
        graph.describe(
            iri,
            ["dcat:Dataset", "prov:Entity"],
            dcterms_identifier=literal(iri),
            dcterms_title=texts(titles),
            dcterms_description=texts(about.descriptions),
            dcat_version=literal(manifest.version),
            dcat_isVersionOf=node(dataset),
            dcat_previousVersion=[node(each) for each in iris[place + 1 : place + 2]],
            prov_wasGeneratedBy=node(f"{iri}#build"),
        )
        _add_build(graph, settings, iri, manifest)
    graph.describe(
        dataset,
        ["prov:Entity"],
        dcat_hasVersion=[node(iri) for iri in iris],
        dcat_hasCurrentVersion=node(iris[0]),
        prov_wasDerivedFrom=[node(source) for source in about.sources],
    )
    graph.add(settings.base + "catalog", "dcat:dataset", *map(node, iris))


def _add_build(graph: Graph, settings: Settings, iri: str, manifest: Manifest) -> None:
    """Add the activity that made a release: the files that it read and the programs that took part."""
    graph.describe(
        f"{iri}#build",
        ["prov:Activity"],
        prov_used=[node(entry.iri) for entry in manifest.graphs],
        prov_wasAssociatedWith=[node(f"{iri}#{name}") for name in manifest.tools],
        prov_generated=node(iri),
    )
    for name, version in manifest.tools.items():
        graph.describe(
            f"{iri}#{name}",
            ["prov:Agent", "prov:SoftwareAgent"],
            foaf_name=literal(name, "en"),
            dcat_version=literal(version),
        )
