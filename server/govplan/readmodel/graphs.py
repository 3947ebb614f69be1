"""The named graphs of the release: in which layer each lies, who speaks in it, and on what it rests."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from govplan.installed import PROFILES
from govplan.namespaces import CORE, NS, STANDARD
from govplan.readmodel.labels import rows
from govplan.readmodel.release import Release

# The order in which a page shows the layers: what is reported first, ours after what others say.
LAYERS = (
    "reported",
    "powers",
    "reference",
    "findings",
    "coding",
    "derived",
    "links",
    "mirror",
    "dataset",
    "vocabulary",
)
_HEADERS = """SELECT ?graph ?property ?value
WHERE {{
  GRAPH ?graph {{
    ?graph a <{ns}SourceGraph> ;
      ?property ?value .
  }}
  FILTER(?property IN (<{ns}layer>, <{ns}claimedBy>, <{ns}sourceStanding>, <{ns}method>, <{dcterms}source>))
}}
ORDER BY ?graph ?property ?value
"""
_GIVEN = """SELECT DISTINCT ?thing
WHERE {{
  VALUES ?graph {{ {graphs} }}
  GRAPH ?graph {{ ?thing a ?kind }}
}}
"""
_CREATORS = """SELECT ?creator
WHERE {{
  <{dataset}> <{dcterms}creator> ?creator .
}}
ORDER BY ?creator
"""


@dataclass(slots=True)
class Graph:
    """One named graph; every value but `code` (the last part of the layer) is an IRI."""

    iri: str
    code: str = "vocabulary"
    speakers: list[str] = field(default_factory=list)
    standings: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    @property
    def order(self) -> tuple[int, str]:
        """The place among the graphs of a page."""
        return LAYERS.index(self.code) if self.code in LAYERS else len(LAYERS), self.iri


def layer_of(code: str) -> str:
    """Return the IRI of a layer."""
    return f"{CORE}auth/layer/{code}"


def graphs(release: Release) -> Mapping[str, Graph]:
    """Return IRI → graph. One without a header holds vocabulary or shapes, and speaks for the dataset's creators."""
    return release.cached(("graphs",), lambda: _graphs(release))


def given_things(release: Release) -> frozenset[str]:
    """Return the IRIs of the things that profiles describe: below the core, whatever the base of the project."""
    return release.cached(("given",), lambda: _given_things(release))


def _given_things(release: Release) -> frozenset[str]:
    graphs = [f"<{entry.iri}>" for entry in release.manifest.graphs if entry.iri.startswith(f"{CORE}graph/{PROFILES}/")]
    found = rows(release, _GIVEN.format(graphs=" ".join(graphs))) if graphs else []
    return frozenset(row["thing"]["value"] for row in found if row["thing"]["value"].startswith(f"{CORE}id/"))


def _graphs(release: Release) -> Mapping[str, Graph]:
    ns, dcterms = NS, STANDARD["dcterms"]
    found = {entry.iri: Graph(entry.iri) for entry in release.manifest.graphs}
    for row in rows(release, _HEADERS.format(ns=ns, dcterms=dcterms)):
        if row["value"]["type"] != "uri":
            continue
        graph, value = found[row["graph"]["value"]], row["value"]["value"]
        match row["property"]["value"].removeprefix(ns).removeprefix(dcterms):
            case "layer":
                graph.code = value.rpartition("/")[2]
            case "claimedBy":
                graph.speakers.append(value)
            case "sourceStanding":
                graph.standings.append(value)
            case "method":
                graph.methods.append(value)
            case "source":
                graph.sources.append(value)
    query = _CREATORS.format(dataset=release.settings.dataset_iri, dcterms=dcterms)
    creators = [row["creator"]["value"] for row in rows(release, query) if row["creator"]["type"] == "uri"]
    for graph in found.values():
        graph.speakers = graph.speakers or creators
    return found
