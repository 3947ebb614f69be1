"""The dataset in VoID: how much there is of each class and property, and how they go together, as queries count it.

Every number is the answer of one of these queries at the endpoint without a dataset of its own. The engine counts a
statement that two graphs make twice, and so do these numbers.
"""

from collections.abc import Iterator
from urllib.parse import quote

from govplan.config import Settings
from govplan.metadata.dataset import Ask
from govplan.metadata.examples import document_iri, prefixes_iri
from govplan.metadata.graph import Graph, literal, node
from govplan.namespaces import short

TOTALS = {
    "void:triples": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "void:entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class }",
    "void:classes": "SELECT (COUNT(DISTINCT ?class) AS ?n) WHERE { ?s a ?class }",
    "void:properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }",
    "void:distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
}
CLASSES = "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?class } GROUP BY ?class"
PROPERTIES = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p"
OF_CLASSES = "SELECT ?class ?p (COUNT(*) AS ?n) WHERE { ?s a ?class ; ?p ?o } GROUP BY ?class ?p"
TO_CLASSES = (
    "SELECT ?class ?p ?other (COUNT(*) AS ?n) WHERE { ?s a ?class ; ?p ?o . ?o a ?other } GROUP BY ?class ?p ?other"
)
TO_DATATYPES = """SELECT ?class ?p ?datatype (COUNT(*) AS ?n)
WHERE { ?s a ?class ; ?p ?o . FILTER(ISLITERAL(?o)) BIND(DATATYPE(?o) AS ?datatype) }
GROUP BY ?class ?p ?datatype"""


def statistics(ask: Ask, settings: Settings) -> Graph:
    """Return what there is in a store, counted by `ask`. Raises what it raises."""
    graph, names = Graph(), _Names(settings)
    for name, query in TOTALS.items():
        for (number,) in _counted(ask, query):
            graph.add(names.everything, name, number)
    for kind, number in _counted(ask, CLASSES, "class"):
        part = names.of(kind)
        graph.add(names.everything, "void:classPartition", node(part))
        graph.add(part, "void:class", node(kind))
        graph.add(part, "void:entities", number)
    for name, number in _counted(ask, PROPERTIES, "p"):
        _property(graph, names.everything, names.of("", name), name, number)
    for kind, name, number in _counted(ask, OF_CLASSES, "class", "p"):
        _property(graph, names.of(kind), names.of(kind, name), name, number)
    for kind, name, other, number in _counted(ask, TO_CLASSES, "class", "p", "other"):
        part = names.of(kind, name, other)
        graph.add(names.of(kind, name), "void:classPartition", node(part))
        graph.add(part, "void:class", node(other))
        graph.add(part, "void:triples", number)
    for kind, name, datatype, number in _counted(ask, TO_DATATYPES, "class", "p", "datatype"):
        part = names.of(kind, name, datatype)
        graph.add(names.of(kind, name), "void-ext:datatypePartition", node(part))
        graph.add(part, "void-ext:datatype", node(datatype))
        graph.add(part, "void:triples", number)
    return graph


def add_dataset(graph: Graph, settings: Settings, dumps: list[str]) -> None:
    """Add where the dataset is: the endpoint, the files in `dumps`, and the document that says so."""
    document, everything = document_iri(settings), _Names(settings).everything
    graph.describe(document, ["void:DatasetDescription"], foaf_primaryTopic=node(everything))
    graph.describe(
        everything,
        ["void:Dataset"],
        void_sparqlEndpoint=node(f"{settings.base}sparql"),
        void_uriSpace=literal(f"{settings.base}id/"),
        void_subset=node(settings.dataset_iri),
        sh_prefixes=node(prefixes_iri(settings)),
    )
    graph.add(settings.dataset_iri, "void:dataDump", *(node(f"{settings.base}dumps/{name}") for name in dumps))


def _property(graph: Graph, whole: str, part: str, name: str, number: str) -> None:
    graph.add(whole, "void:propertyPartition", node(part))
    graph.add(part, "void:property", node(name))
    graph.add(part, "void:triples", number)


def _counted(ask: Ask, query: str, *columns: str) -> Iterator[tuple[str, ...]]:
    """Yield the IRIs of the columns and the number as a term, in a fixed order; classes without an IRI are left out."""
    rows = [row for row in ask(query) if all(row.get(name, {}).get("type") == "uri" for name in columns)]
    found = [(*(row[name]["value"] for name in columns), row["n"]["value"]) for row in rows]
    for *iris, number in sorted(found):
        yield (*iris, literal(number, datatype="xsd:integer"))


class _Names:
    """The IRIs of the parts: what they are about, by prefixes where there are any, behind marks of their own."""

    def __init__(self, settings: Settings) -> None:
        self._prefixes = settings.prefixes
        self._document = document_iri(settings)
        self.everything = f"{self._document}#endpoint"

    def of(self, *iris: str) -> str:
        return f"{self._document}#" + "!".join(quote(short(iri, self._prefixes), safe=":/") for iri in iris)
