"""The service description (SPARQL 1.1 Service Description): what the endpoint takes, from which graphs it answers."""

from urllib.parse import quote

from govplan.config import Settings
from govplan.formats import BINDINGS, GRAPHS
from govplan.manifest import Manifest
from govplan.metadata.examples import document_iri
from govplan.metadata.graph import Graph, literal, named, node
from govplan.web.http.addresses import IRI_MARKS

_FORMATS = "http://www.w3.org/ns/formats/"
_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nq": "N-Quads",
}


def service_description(settings: Settings, manifest: Manifest, root: str) -> Graph:
    """Return what describes the service at `root` (the address of the site, with its slash).

    Its graphs and their numbers of triples are those of the manifest; the default graph is described in VoID.
    """
    endpoint = quote(root, safe=IRI_MARKS) + "sparql"
    service, dataset, graph = f"{endpoint}#service", f"{endpoint}#dataset", Graph()
    default = f"{document_iri(settings)}#endpoint"
    graph.describe(
        service,
        ["sd:Service"],
        sd_endpoint=node(endpoint),
        sd_defaultDataset=node(dataset),
        sd_supportedLanguage=named("sd:SPARQL11Query"),
        sd_feature=named("sd:UnionDefaultGraph"),
        sd_resultFormat=[node(_FORMATS + _NAMES[fmt.extension]) for fmt in BINDINGS + GRAPHS],
    )
    graph.describe(dataset, ["sd:Dataset"], sd_defaultGraph=node(default))
    graph.describe(default, ["sd:Graph"])
    for number, entry in enumerate(manifest.graphs, start=1):
        name, content = f"{endpoint}#named-graph-{number}", f"{endpoint}#graph-{number}"
        graph.add(dataset, "sd:namedGraph", node(name))
        graph.describe(name, ["sd:NamedGraph"], sd_name=node(entry.iri), sd_graph=node(content))
        graph.describe(content, ["sd:Graph"], void_triples=literal(str(entry.triples), datatype="xsd:integer"))
    return graph
