"""What checklists for ontologies (FOOPS!, OOPS!) ask of the vocabulary."""

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, Graph, URIRef

from govplan.namespaces import CORE, NS
from tests.conftest import ROOT

_IRI = URIRef(f"{CORE}ns")
# What needs no declaration: the language that declarations are written in.
_BUILT_IN = tuple(str(each) for each in (RDF, RDFS, OWL))


@pytest.fixture(scope="module", name="ontology")
def _ontology() -> Graph:
    return Graph().parse(ROOT / "ontology" / "gp.ttl")


@pytest.mark.parametrize(
    "name",
    [
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.creator,
        DCTERMS.publisher,
        DCTERMS.created,
        DCTERMS.issued,
        DCTERMS.modified,
        DCTERMS.license,
        DCTERMS.bibliographicCitation,
        OWL.versionIRI,
        OWL.versionInfo,
        VANN.preferredNamespacePrefix,
        VANN.preferredNamespaceUri,
    ],
)
def test_header(ontology: Graph, name: URIRef) -> None:
    """The ontology says what it is, whose it is, since when, under which licence, and how to cite it."""
    assert list(ontology.objects(_IRI, name))


def test_agents_are_described(ontology: Graph) -> None:
    """Whoever made and published the ontology has a name in it."""
    for name in (DCTERMS.creator, DCTERMS.publisher):
        for agent in ontology.objects(_IRI, name):
            assert 4 == len(list(ontology.objects(agent, RDFS.label)))


def test_properties_are_declared(ontology: Graph) -> None:
    """Each property that is used is declared with its type, a label, a definition and where it is from (OOPS! P35)."""
    used = {each for each in ontology.predicates() if not str(each).startswith(_BUILT_IN)}

    assert used
    for each in used:
        for name in (RDF.type, RDFS.label, SKOS.definition, RDFS.isDefinedBy):
            assert (each, name, None) in ontology, (each, name)


def test_terms_are_explained(ontology: Graph) -> None:
    """Each term of the vocabulary has a label and a definition, and says that it belongs to it."""
    for each in {term for term in ontology.subjects(RDF.type) if str(term).startswith(NS)}:
        for name in (RDFS.label, SKOS.definition):
            assert (each, name, None) in ontology, (each, name)
        assert (each, RDFS.isDefinedBy, _IRI) in ontology, each
