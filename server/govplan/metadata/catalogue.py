"""The records of a project for catalogues: DCAT 3 as the application profiles of Europe read it.

Every name is below the base IRI and the same on any host and in any release; only the addresses of files and of the
endpoint say where they are served.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govplan import authorities
from govplan.config import Settings
from govplan.formats import GRAPHS, Format
from govplan.manifest import FileEntry, Manifest
from govplan.metadata.agents import add_contact, add_page, add_places, add_publisher, contact_iri, publisher_iri
from govplan.metadata.codes import describe as describe_codes
from govplan.metadata.dataset import Described
from govplan.metadata.graph import Graph, literal, node, texts
from govplan.metadata.profiles import MetadataProfile
from govplan.metadata.versions import add_versions

_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"
_RESULTS = "application/sparql-results+json"
_FOLDER = "dumps/"


@dataclass(frozen=True, slots=True)
class Published:
    """What the records are made from.

    `manifests` are those of the kept releases, the current one first; `root` is the address of the site with its slash;
    `first` is the date of the first release, where `manifests` do not tell.
    """

    settings: Settings
    described: Described
    manifests: Sequence[Manifest]
    root: str
    first: str = ""

    @property
    def current(self) -> Manifest:
        """The manifest of the release that is served."""
        return self.manifests[0]

    @property
    def catalogue(self) -> str:
        """The IRI of the catalogue, below which those of its parts lie."""
        return f"{self.settings.base}catalog"


def catalogue(published: Published, profile: MetadataProfile) -> Graph:
    """Return the records of a project as a metadata profile writes them."""
    graph, settings = Graph(), published.settings
    _add_catalogue(graph, published)
    _add_dataset(graph, published)
    for fmt, entry in dumps(published.current):
        name = entry.path.removeprefix(_FOLDER)
        _add_file(graph, published, fmt, entry, f"{published.catalogue}#{fmt.extension}", f"{_FOLDER}{name}")
    _add_service(graph, published)
    add_publisher(graph, settings, published.described)
    add_contact(graph, settings, contact_iri(settings))
    add_places(graph, settings, published.described)
    if profile.versions:
        add_versions(graph, settings, published.described, published.manifests)
        for manifest in published.manifests:
            _add_files_of_version(graph, published, manifest)
    describe_codes(graph, profile.terms)
    return profile.applied(graph)


def dumps(manifest: Manifest) -> list[tuple[Format, FileEntry]]:
    """Return the formats that the whole release is there in, each with the entry of its plain file."""
    entries = {entry.path: entry for entry in manifest.files}
    paths = [(fmt, f"{_FOLDER}{manifest.project}.{fmt.extension}") for fmt in GRAPHS]
    return [(fmt, entries[path]) for fmt, path in paths if path in entries]


def _add_catalogue(graph: Graph, published: Published) -> None:
    settings, said = published.settings, published.settings.registration
    titles = said.titles or published.described.titles
    graph.describe(
        published.catalogue,
        ["dcat:Catalog"],
        dcterms_identifier=literal(published.catalogue),
        dcterms_title=texts(titles),
        dcterms_description=texts(said.descriptions or published.described.descriptions),
        dcat_dataset=node(settings.dataset_iri),
        dcat_service=node(_service(published)),
        dcat_themeTaxonomy=node(authorities.THEMES),
        **_shared(published),
    )
    graph.describe(authorities.THEMES, ["skos:ConceptScheme"], dcterms_title=literal("Data theme", "en"))
    add_page(graph, published.catalogue, "foaf:homepage", published.root)


def _add_dataset(graph: Graph, published: Published) -> None:
    settings, said, about = published.settings, published.settings.registration, published.described
    graph.describe(
        settings.dataset_iri,
        ["dcat:Dataset"],
        dcterms_identifier=literal(settings.dataset_iri),
        dcterms_title=texts(about.titles),
        dcterms_description=texts(about.descriptions),
        dcat_version=literal(published.current.version),
        dcterms_accrualPeriodicity=node(authorities.code("frequency", said.frequency)) if said.frequency else None,
        dcat_distribution=[
            *(node(f"{published.catalogue}#{fmt.extension}") for fmt, _ in dumps(published.current)),
            node(f"{published.catalogue}#endpoint"),
        ],
        dcterms_creator=[node(iri) for iri in about.creators if iri != about.publisher],
        dcterms_temporal=_temporal(published),
        **_topic(published),
        **_shared(published),
    )
    if said.begins or said.ends:
        graph.describe(
            _period(published),
            ["dcterms:PeriodOfTime"],
            dcat_startDate=literal(str(said.begins), datatype="xsd:date") if said.begins else None,
            dcat_endDate=literal(str(said.ends), datatype="xsd:date") if said.ends else None,
        )
    add_page(graph, settings.dataset_iri, "dcat:landingPage", published.root)
    add_page(graph, settings.dataset_iri, "foaf:page", f"{published.root}codebook")


def _add_file(graph: Graph, published: Published, fmt: Format, entry: FileEntry, iri: str, path: str) -> None:
    kind = authorities.file_type(fmt.extension)
    graph.describe(
        iri,
        ["dcat:Distribution"],
        dcterms_title=texts(_named(published, fmt.label)),
        dcterms_description=texts(published.described.descriptions),
        dcat_accessURL=node(f"{published.root}{path}"),
        dcat_downloadURL=node(f"{published.root}{path}"),
        dcterms_format=node(kind) if kind else None,
        dcat_mediaType=node(authorities.MEDIA_TYPES + fmt.media_type),
        dcat_byteSize=literal(str(entry.size), datatype="xsd:nonNegativeInteger"),
        **_of_distribution(published),
    )


def _add_files_of_version(graph: Graph, published: Published, manifest: Manifest) -> None:
    """Add the files of a kept release, which lie below its own address and never change."""
    version = f"{published.settings.base}release/{manifest.id}"
    for fmt, entry in dumps(manifest):
        _add_file(graph, published, fmt, entry, f"{version}#{fmt.extension}", f"release/{manifest.id}/{entry.path}")
        graph.add(version, "dcat:distribution", node(f"{version}#{fmt.extension}"))
    shared = _shared(published) | {
        "dcterms_accrualPeriodicity": node(authorities.code("frequency", "NEVER")),
        "dcterms_issued": literal(manifest.date, datatype="xsd:date"),
        "dcterms_modified": literal(manifest.date, datatype="xsd:date"),
    }
    graph.describe(version, [], dcterms_temporal=_temporal(published), **_topic(published), **shared)


def _add_service(graph: Graph, published: Published) -> None:
    """Add the endpoint twice: as a service, and as a distribution for portals that know no services."""
    endpoint, service = f"{published.root}sparql", _service(published)
    graph.describe(
        service,
        ["dcat:DataService"],
        dcterms_identifier=literal(service),
        dcterms_title=texts(_named(published, "SPARQL")),
        dcterms_description=texts(published.described.descriptions),
        dcat_endpointURL=node(endpoint),
        dcat_endpointDescription=node(endpoint),
        dcat_servesDataset=node(published.settings.dataset_iri),
        dcterms_conformsTo=node(_PROTOCOL),
        **_topic(published),
        **_shared(published, languages=False),
    )
    graph.describe(_PROTOCOL, ["dcterms:Standard"], dcterms_title=literal("SPARQL 1.1 Protocol", "en"))
    add_page(graph, service, "dcat:landingPage", published.root)
    graph.describe(
        f"{published.catalogue}#endpoint",
        ["dcat:Distribution"],
        dcterms_title=texts(_named(published, "SPARQL")),
        dcterms_description=texts(published.described.descriptions),
        dcat_accessURL=node(endpoint),
        dcat_accessService=node(service),
        dcterms_format=node(authorities.code("file-type", "SPARQLQRES")),
        dcat_mediaType=node(authorities.MEDIA_TYPES + _RESULTS),
        **_of_distribution(published),
    )


def _shared(published: Published, *, languages: bool = True) -> dict[str, str | list[str] | None]:
    """Return what catalogue, dataset and service have in common."""
    settings, about = published.settings, published.described
    publisher, dates = publisher_iri(settings, about), [each.date for each in published.manifests]
    tongues = [iri for tag in settings.languages if languages and (iri := authorities.language(tag))]
    return {
        "dcterms_publisher": node(publisher) if publisher else None,
        "dcat_contactPoint": node(contact_iri(settings)) if settings.registration.contact else None,
        "dcterms_license": _licence(about),
        "dcterms_accessRights": node(authorities.code("access-right", settings.registration.access)),
        "dcterms_language": [node(iri) for iri in tongues],
        "dcterms_spatial": [node(place) for place in settings.registration.places] if languages else None,
        "dcterms_issued": literal(published.first or min(dates), datatype="xsd:date"),
        "dcterms_modified": literal(published.current.date, datatype="xsd:date"),
    }


def _topic(published: Published) -> dict[str, list[str]]:
    said = published.settings.registration
    return {
        "dcat_keyword": [literal(word, tag) for tag, words in said.keywords.items() for word in words],
        "dcat_theme": [node(authorities.code("data-theme", theme)) for theme in said.themes],
    }


def _temporal(published: Published) -> str | None:
    said = published.settings.registration
    return node(_period(published)) if said.begins or said.ends else None


def _of_distribution(published: Published) -> dict[str, str | list[str] | None]:
    shared = _shared(published)
    kept = ("dcterms_license", "dcterms_language", "dcterms_issued", "dcterms_modified")
    return {key: shared[key] for key in kept} | {
        "dcterms_rights": shared["dcterms_accessRights"],
        "dcatap_availability": node(authorities.code("planned-availability", "STABLE")),
        "adms_status": node(authorities.code("distribution-status", "COMPLETED")),
    }


def _named(published: Published, form: str) -> Mapping[str, str]:
    return {tag: f"{title} ({form})" for tag, title in published.described.titles.items()}


def _licence(about: Described) -> str | None:
    return node(authorities.licence(about.licence)) if about.licence.startswith(("http://", "https://")) else None


def _period(published: Published) -> str:
    return f"{published.catalogue}#period"


def _service(published: Published) -> str:
    return f"{published.catalogue}#sparql"
