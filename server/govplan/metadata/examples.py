"""Questions and prefixes in the terms of SHACL, by which editors and assistants learn what an endpoint answers."""

from collections.abc import Iterable

from govplan.config import Settings
from govplan.metadata.graph import Graph, literal, node, texts
from govplan.questions import Question

# The form of a query → its class and the property that holds its text.
_FORMS = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
}


def document_iri(settings: Settings) -> str:
    """Return the IRI of the document that describes the dataset; its parts are fragments of it."""
    return f"{settings.base}.well-known/void"


def prefixes_iri(settings: Settings) -> str:
    """Return the IRI that declares the prefixes of the project."""
    return f"{document_iri(settings)}#prefixes"


def add_prefixes(graph: Graph, settings: Settings) -> None:
    """Add each prefix of the project with its namespace."""
    for label, namespace in settings.prefixes.items():
        declaration = f"{document_iri(settings)}#prefix-{label}"
        graph.add(prefixes_iri(settings), "sh:declare", node(declaration))
        graph.add(declaration, "sh:prefix", literal(label))
        graph.add(declaration, "sh:namespace", literal(namespace, datatype="xsd:anyURI"))


def add_questions(graph: Graph, settings: Settings, questions: Iterable[Question]) -> None:
    """Add each question with its words in every language, its text, and the endpoint that answers it."""
    for question in questions:
        if question.form not in _FORMS:
            continue  # SHACL has no class for a DESCRIBE
        kind, text = _FORMS[question.form]
        graph.describe(
            question.iri,
            ["sh:SPARQLExecutable", kind],
            rdfs_comment=texts(question.summary),
            sh_prefixes=node(prefixes_iri(settings)),
            schema_target=node(f"{settings.base}sparql"),
            schema_keywords=[literal(tag) for tag in question.tags],
        )
        graph.add(question.iri, text, literal(question.text))
