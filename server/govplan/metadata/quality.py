"""The quality score of data.europa.eu (MQA): which of its points the records earn by themselves."""

from collections.abc import Callable
from dataclasses import dataclass

from govplan.authorities import MEDIA_TYPES, is_list
from govplan.metadata.graph import Graph

# What the portal finds out when it follows the addresses and judges the record by its own shapes.
BY_THE_PORTAL = ("address of access answers", "address of the download answers", "conforms to DCAT-AP")
_OF_THE_PORTAL = (50, 30, 30)
# Media types for which its list says that programs can read them, and that nobody owns them.
_OPEN = ("turtle", "n-triples", "rdf+xml", "ld+json", "trig", "n-quads", "sparql-results+json")


@dataclass(frozen=True, slots=True)
class Points:
    """One indicator: what it asks for, how many points the records earn, and how many there are."""

    name: str
    earned: int
    most: int


def points(graph: Graph, dataset: str) -> list[Points]:
    """Return the indicators that a record decides by itself; those of files are the mean over all files."""
    files = [term[1:-1] for term in graph.objects(dataset, "dcat:distribution")]
    found = [Points(name, most if graph.objects(dataset, wanted) else 0, most) for name, wanted, most in _OF_DATASETS]
    for name, holds, most in _OF_FILES:
        share = sum(holds(graph, file) for file in files) / len(files) if files else 0
        found.append(Points(name, round(most * share), most))
    access = [term[1:-1] for term in graph.objects(dataset, "dcterms:accessRights")]
    found.append(Points("access right of the EU list", 5 if access and all(map(is_list, access)) else 0, 5))
    return found


def by_the_portal() -> list[Points]:
    """Return the indicators that only the portal can judge; nothing is earned yet."""
    return [Points(name, 0, most) for name, most in zip(BY_THE_PORTAL, _OF_THE_PORTAL, strict=True)]


def _has(name: str) -> Callable[[Graph, str], bool]:
    return lambda graph, file: bool(graph.objects(file, name))


def _listed(name: str) -> Callable[[Graph, str], bool]:
    return lambda graph, file: any(is_list(term[1:-1]) for term in graph.objects(file, name))


def _open(graph: Graph, file: str) -> bool:
    return any(term[1:-1].rpartition("/")[2] in _OPEN for term in graph.objects(file, "dcat:mediaType"))


def _vocabulary(graph: Graph, file: str) -> bool:
    types = graph.objects(file, "dcat:mediaType")
    return _listed("dcterms:format")(graph, file) and any(term[1:].startswith(MEDIA_TYPES) for term in types)


def _downloads(graph: Graph, file: str) -> bool:
    # The endpoint is no file; portals count what answers there as its access.
    return bool(graph.objects(file, "dcat:downloadURL") or graph.objects(file, "dcat:accessService"))


_OF_DATASETS = (
    ("keyword", "dcat:keyword", 30),
    ("category", "dcat:theme", 30),
    ("place", "dcterms:spatial", 20),
    ("time", "dcterms:temporal", 20),
    ("access right", "dcterms:accessRights", 10),
    ("contact", "dcat:contactPoint", 20),
    ("publisher", "dcterms:publisher", 10),
)
_OF_FILES = (
    ("address of the download", _downloads, 20),
    ("format", _has("dcterms:format"), 20),
    ("media type", _has("dcat:mediaType"), 10),
    ("format and media type of the lists", _vocabulary, 10),
    ("format that nobody owns", _open, 20),
    ("format that programs read", _open, 20),
    ("licence", _has("dcterms:license"), 20),
    ("licence of the EU list", _listed("dcterms:license"), 10),
    ("rights", _has("dcterms:rights"), 5),
    ("size", _has("dcat:byteSize"), 5),
    ("date of issue", _has("dcterms:issued"), 5),
    ("date of change", _has("dcterms:modified"), 5),
)
