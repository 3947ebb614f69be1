"""What follows from the content by the published rules of `ontology/derived/`: super-terms that nobody need author.

Each rule is a CONSTRUCT query below a `#+` header of its label and definition. It reads what people wrote, never what
another rule adds; what it gives and nobody wrote gets a graph of its own, which names the rule. That is computed for
each build and never stored: `release/derive.py` is about the derived files that people read and review.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
import yaml

from govplan.config import Settings
from govplan.content import Content
from govplan.content.datatypes import why_not_in
from govplan.errors import ContentUnreadable, QueryError
from govplan.folders import Authored, authored
from govplan.namespaces import CORE, NS, STANDARD
from govplan.questions.header import by_language, read_header
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.scan import scan
from govplan.text import read_text

Value = ox.NamedNode | ox.Literal
_KEYS = ("label", "definition")
# What a rule derives holds wherever the statements that it reads hold.
_CERTAIN = ox.Literal("1", datatype=ox.NamedNode(STANDARD["xsd"] + "decimal"))
_XSD_DATE = STANDARD["xsd"] + "date"

_PUBLISHER, _ISSUED = STANDARD["dcterms"] + "publisher", STANDARD["dcterms"] + "issued"
# Property of the dataset → property of the graphs that are derived from it: they are the publisher's, and as old.
_ABOUT = {_PUBLISHER: NS + "claimedBy", _ISSUED: STANDARD["dcterms"] + "date"}


@dataclass(frozen=True, slots=True)
class Inferred:
    """The graph that one rule gives: its IRI, the IRI and file of the rule, and its statements with their header."""

    graph: str
    rule: str
    file: str
    quads: tuple[ox.Quad, ...]


def infer(content: Content, settings: Settings) -> tuple[Inferred, ...]:
    """Return a graph for each rule, sorted by file; none where the catalogue gives no publisher or no date that is one.

    The gate refuses such a catalogue itself, once. Raises ContentUnreadable, naming the file, for a rule that is no
    CONSTRUCT query, would give other statements each time, or has no usable header.
    """
    rules = authored(settings, "ontology", ".rq")
    # The gate refuses blank nodes; left out here, those that a rule makes itself can be told.
    statements = [quad for quad in content.room("ontology", "data") if not _is_blank(quad)]
    about = dict(_about(statements, settings))
    if len(about) < len(_ABOUT):
        return ()
    store = ox.Store()
    store.extend(statements)
    said = {quad.triple for quad in statements}
    return tuple(_inferred(rule, store, said, about, settings) for rule in rules)


def _about(statements: Sequence[ox.Quad], settings: Settings) -> Iterator[tuple[str, Value]]:
    dataset, described = ox.NamedNode(settings.dataset_iri), {quad.subject for quad in statements}
    for quad in statements:
        name, value = quad.predicate.value, quad.object
        if quad.subject != dataset or name not in _ABOUT:
            continue
        if value in described or (isinstance(value, ox.Literal) and not why_not_in(_XSD_DATE, value.value)):
            assert isinstance(value, Value)  # blank nodes were left out, and RDF 1.1 has no others
            yield _ABOUT[name], value


def _inferred(
    rule: Authored, store: ox.Store, said: set[ox.Triple], about: Mapping[str, Value], settings: Settings
) -> Inferred:
    text = read_text(rule.path, rule.name, ContentUnreadable)
    try:
        header = read_header(text, _KEYS)
        words = {key: by_language(header.get(key), key, settings.languages) and header[key] for key in _KEYS}
        if scan(text, UNLIMITED).volatile:
            raise ValueError("it gives other statements each time")
        triples = store.query(text, use_default_graph_as_union=True)
        if not isinstance(triples, ox.QueryTriples):
            raise ValueError("it is no CONSTRUCT query")
        found = set(triples) - said
        if any(map(_is_blank, found)):
            raise ValueError("it makes blank nodes")
    except (yaml.YAMLError, SyntaxError, QueryError, ValueError) as problem:
        flat = " ".join((problem.what if isinstance(problem, QueryError) else str(problem)).split()).rstrip(".")
        raise ContentUnreadable(
            f"The rule cannot be used: {flat}.", where=rule.name, mend="correct its #+ lines or its query"
        ) from problem
    graph, iri = (ox.NamedNode(f"{settings.base}{kind}/{rule.path.stem}") for kind in ("graph/derived", "id/rule"))
    found.update(_header(graph, iri, rule.name, words, about))
    quads = sorted((ox.Quad(each.subject, each.predicate, each.object, graph) for each in found), key=str)
    return Inferred(graph.value, iri.value, rule.name, tuple(quads))


def _is_blank(statement: ox.Quad | ox.Triple) -> bool:
    return isinstance(statement.subject, ox.BlankNode) or isinstance(statement.object, ox.BlankNode)


def _header(
    graph: ox.NamedNode,
    rule: ox.NamedNode,
    file: str,
    words: Mapping[str, Mapping[str, str]],
    about: Mapping[str, Value],
) -> Iterator[ox.Triple]:
    """Yield what describes a graph and its rule, in the languages that the file of the rule has words in."""

    def say(subject: ox.NamedNode, predicate: str, value: Value) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(predicate), value)

    for subject, kind in ((graph, "SourceGraph"), (rule, "Rule")):
        yield say(subject, STANDARD["rdf"] + "type", ox.NamedNode(NS + kind))
        for tag, text in words["label"].items():
            yield say(subject, STANDARD["rdfs"] + "label", ox.Literal(text, language=tag))
    for predicate, value in about.items():
        yield say(graph, predicate, value)
    for name, code in (("layer", "layer/derived"), ("method", "method/computed"), ("sourceStanding", "standing/own")):
        yield say(graph, NS + name, ox.NamedNode(f"{CORE}auth/{code}"))
    yield say(graph, NS + "byRule", rule)
    for tag, text in words["definition"].items():
        yield say(rule, STANDARD["skos"] + "definition", ox.Literal(text, language=tag))
    yield say(rule, NS + "ruleFile", ox.Literal(file))
    yield say(rule, NS + "confidence", _CERTAIN)
