"""What the RDF document of an IRI holds, as one pattern: the same statements in every format.

A thing is described by its own statements and the names of what they mention; a graph, the vocabulary and a code list
are documents of their own and are given whole.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from govplan import deadline
from govplan.errors import AnswerTooLarge
from govplan.formats import BINDINGS, Format
from govplan.namespaces import CORE, LABELS, STANDARD
from govplan.questions import Question
from govplan.readmodel.sizes import READ
from govplan.sparql import Answer, Request
from govplan.sparql.results import Results
from govplan.values import Term
from govplan.web.render.catalogue import about
from govplan.web.render.quads import Quad, written, written_term
from govplan.web.site import Site

_PREFIXES = "\n".join(f"PREFIX {label}: <{STANDARD[label]}>" for label in ("owl", "rdfs", "skos"))
_THING = """{{
    VALUES ?subject {{ <{iri}> }}
    GRAPH ?graph {{ ?subject ?predicate ?object }}
  }} UNION {{
    {{ SELECT DISTINCT ?subject WHERE {{ <{iri}> ?mention ?subject . FILTER(isIRI(?subject)) }} }}
    GRAPH ?graph {{ ?subject ?predicate ?object }}
    FILTER(?predicate IN ({labels}))
  }}"""
_GRAPH = """VALUES ?graph {{ <{iri}> }}
  GRAPH ?graph {{ ?subject ?predicate ?object }}"""
_WHOLE = """GRAPH ?graph {{
    <{iri}> a {kind} .
    ?subject ?predicate ?object .
  }}"""


def of_thing(iri: str) -> str:
    """Return the pattern of the description of a thing; a code list is described with its codes."""
    path = iri.removeprefix(CORE)
    if path.startswith("auth/") and path.count("/") == 1:
        return _WHOLE.format(iri=iri, kind="skos:ConceptScheme")
    return _THING.format(iri=iri, labels=", ".join(f"<{name}>" for name in LABELS))


def of_graph(iri: str) -> str:
    """Return the pattern of all statements of a named graph."""
    return _GRAPH.format(iri=iri)


def of_vocabulary() -> str:
    """Return the pattern of the whole vocabulary."""
    return _WHOLE.format(iri=f"{CORE}ns", kind="owl:Ontology")


def facts_of_graph(site: Site, iri: str) -> list[Quad]:
    """Return what this server knows of a named graph as a document."""
    size = next(entry.triples for entry in site.manifest.graphs if entry.iri == iri)
    return [
        _quad(iri, "dcterms", "isPartOf", _uri(site.settings.dataset_iri)),
        _quad(iri, "void", "triples", _literal(str(size), datatype="integer")),
    ]


def facts_of_question(site: Site, question: Question) -> list[Quad]:
    """Return a question as an executable query of SHACL Advanced Features: its words in each language, and its text."""
    iri = question.iri
    return [
        _quad(iri, "rdf", "type", _uri(STANDARD["sh"] + "SPARQLSelectExecutable")),
        _quad(iri, "dcterms", "isPartOf", _uri(site.settings.dataset_iri)),
        *(_quad(iri, "rdfs", "label", _literal(text, lang=tag)) for tag, text in question.summary.items()),
        *(_quad(iri, "dcterms", "description", _literal(text, lang=tag)) for tag, text in question.description.items()),
        _quad(iri, "sh", "select", _literal(question.text)),
    ]


def facts_of_release(site: Site) -> list[Quad]:
    """Return the release that is served: its dataset, title, name, version, date and size."""
    manifest, said = site.manifest, about(site)
    iri = f"{site.settings.base}release/{manifest.id}"
    return [
        _quad(iri, "rdf", "type", _uri(STANDARD["dcat"] + "Dataset")),
        _quad(iri, "dcterms", "isVersionOf", _uri(site.settings.dataset_iri)),
        *(_quad(iri, "dcterms", "title", _literal(text, lang=tag)) for tag, text in said.titles.items()),
        *(_quad(iri, "dcterms", "description", _literal(text, lang=tag)) for tag, text in said.descriptions.items()),
        _quad(iri, "dcterms", "identifier", _literal(manifest.id)),
        _quad(iri, "dcterms", "issued", _literal(manifest.date, datatype="date")),
        _quad(iri, "dcat", "version", _literal(manifest.version)),
        _quad(iri, "void", "triples", _literal(str(manifest.quads), datatype="integer")),
    ]


def document(site: Site, pattern: str, fmt: Format, extra: Sequence[Quad] = (), *, layers: bool = False) -> Answer:
    """Return the document in a format; `extra` are statements that this server adds; `pattern` may be empty.

    With `layers` each statement stands in its named graph, where the format has such; else all stand in the default
    graph, the only one that libraries look into which were told to read the document of a thing.
    Raises what the store raises.
    """
    if layers and fmt.kind == "dataset":
        select = f"{_PREFIXES}\nSELECT ?subject ?predicate ?object ?graph\nWHERE {{\n  {pattern}\n}}"
        return Answer(written(chain(_quads(site, select) if pattern else (), extra), fmt.extension), fmt.media_type)
    more = "".join(f" {written_term(s)} {written_term(p)} {written_term(o)} ." for s, p, o, _ in extra)
    template = "?subject ?predicate ?object ."
    construct = f"{_PREFIXES}\nCONSTRUCT {{ {template}{more} }}\nWHERE {{\n  {pattern}\n}}"
    return site.store.answer(Request(construct, fmt.media_type))


def _quads(site: Site, query: str) -> Iterator[Quad]:
    """Yield the statements of a document. Raises AnswerTooLarge for more than are written here."""
    found = Results(site.store.answer(Request(query, BINDINGS[0].media_type, seconds=deadline.left())))
    for number, row in enumerate(found):
        if number == READ:
            found.close()
            raise AnswerTooLarge(observed=number + 1, limit=READ, setting="statements of a document with graphs")
        yield row["subject"], row["predicate"], row["object"], row["graph"]


def _quad(subject: str, prefix: str, name: str, value: Term) -> Quad:
    return _uri(subject), _uri(STANDARD[prefix] + name), value, None


def _uri(iri: str) -> Term:
    return {"type": "uri", "value": iri}


def _literal(text: str, *, lang: str | None = None, datatype: str | None = None) -> Term:
    more = {"xml:lang": lang} if lang else {"datatype": STANDARD["xsd"] + datatype} if datatype else {}
    return {"type": "literal", "value": text, **more}
