"""The service description (SPARQL 1.1 Service Description), as a query that constructs it.

The store writes it in whatever format is asked for, so that no second RDF library is needed here.
"""

from collections.abc import Iterator
from urllib.parse import quote

from govplan.formats import BINDINGS, GRAPHS
from govplan.manifest import Manifest
from govplan.namespaces import STANDARD
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


def service_description(manifest: Manifest, root: str) -> str:
    """Return a CONSTRUCT query whose answer describes the service at `root` (the address of the site, with its slash).

    Its graphs and their numbers of triples are those of the manifest.
    """
    return "\n".join((*_prefixes("sd", "void", "xsd"), "CONSTRUCT {", *_triples(manifest, root), "} WHERE {}"))


def _prefixes(*labels: str) -> Iterator[str]:
    for label in labels:
        yield f"PREFIX {label}: <{STANDARD[label]}>"


def _triples(manifest: Manifest, root: str) -> Iterator[str]:
    endpoint = quote(root, safe=IRI_MARKS) + "sparql"
    service, dataset = f"<{endpoint}#service>", f"<{endpoint}#dataset>"
    yield f"{service} a sd:Service ; sd:endpoint <{endpoint}> ; sd:defaultDataset {dataset} ;"
    yield "  sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ;"
    yield "  sd:resultFormat " + ", ".join(f"<{_FORMATS}{_NAMES[fmt.extension]}>" for fmt in BINDINGS + GRAPHS) + " ."
    yield f"{dataset} a sd:Dataset ; sd:defaultGraph <{endpoint}#default-graph> ."
    yield f"<{endpoint}#default-graph> a sd:Graph ."
    for number, graph in enumerate(manifest.graphs, start=1):
        named, content = f"<{endpoint}#named-graph-{number}>", f"<{endpoint}#graph-{number}>"
        yield f"{dataset} sd:namedGraph {named} ."
        yield f"{named} a sd:NamedGraph ; sd:name <{graph.iri}> ; sd:graph {content} ."
        yield f'{content} a sd:Graph ; void:triples "{graph.triples}"^^xsd:integer .'
