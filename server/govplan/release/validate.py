"""The gate: a dataset against the SHACL shapes and against the rules about named graphs.

Shapes see the union of all graphs, because SHACL knows no named graphs (SHACL, section 1.5). What must hold *between*
graphs, or for nodes that no shape can target, is a `GraphRule`: a SELECT over the dataset, kept in `shapes/layers/`.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import OxigraphDataGraph

from govplan.content import SEVERITIES
from govplan.content.places import Term
from govplan.engines.oxigraph.order.functions import Ordered
from govplan.errors import ContentUnreadable
from govplan.namespaces import STANDARD
from govplan.release import shacl
from govplan.release.graph_rules import COLUMNS, GraphRule
from govplan.release.shacl_report import Result, ShaclReport

SH = STANDARD["sh"]
_SEVERITIES = {SH + severity.capitalize(): severity for severity in SEVERITIES}
# The parts of a validation result (SHACL, section 3.6.2) in the order of the Turtle report; messages come last.
FOUND_BY = ("sourceShape", "sourceConstraint", "sourceConstraintComponent")
PARTS = ("resultSeverity", "focusNode", "resultPath", "value", *FOUND_BY)

# A malformed date becomes a result; rdflib would print a traceback about it besides.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)
shacl.arrange()


class _Union(OxigraphDataGraph):
    """The union of all graphs of a store that does not change, which is what pySHACL reads."""

    def __init__(self, store: ox.Store) -> None:
        super().__init__(store)
        self._objects: dict[tuple[Any, Any], list[Any]] = {}

    def __bool__(self) -> bool:
        # pySHACL writes `datagraph or …` for each value; without this each of them counts the whole store.
        return True

    # pySHACL asks what is said of a value also where that is a literal, of which Oxigraph refuses to be asked, and asks
    # the same of the same codes and things for each of their uses.
    def objects(self, subject: Any = None, predicate: Any = None, unique: bool = False) -> Generator[Any, None, None]:
        if isinstance(subject, rdflib.Literal):
            return
        if isinstance(subject, list | tuple) or subject is None:
            yield from super().objects(subject, predicate, unique)
            return
        key = subject, predicate
        if key not in self._objects:
            self._objects[key] = list(super().objects(subject, predicate, unique))
        yield from self._objects[key]

    def predicate_objects(self, subject: Any = None, unique: bool = False) -> Generator[Any, None, None]:
        if not isinstance(subject, rdflib.Literal):
            yield from super().predicate_objects(subject, unique)


def validate(
    dataset: Iterable[ox.Quad],
    shapes: Iterable[ox.Quad],
    rules: Iterable[GraphRule] = (),
    *,
    spared: Callable[[Result], bool] = lambda _: False,
) -> ShaclReport:
    """Return every breach of `shapes` and `rules` in `dataset`, which holds data, ontology and codes.

    The graphs `shapes` come from do not matter. Breaches that are `spared` do not count. Nothing is inferred, imported
    or fetched; same input, same bytes.
    Raises ContentUnreadable if the shapes cannot be used.
    """
    store = ox.Store()
    store.extend(dataset)
    found = [breach for breach in _breaches_of_shapes(store, {quad.triple for quad in shapes}) if not spared(breach[0])]
    for rule in rules:
        found.extend(_breaches_of_rule(store, rule))
    # A property shape that complains twice of one value (its type, its pattern) tells of one breach.
    found.sort(key=lambda breach: str(breach[1]["sourceConstraintComponent"]))
    breaches = {_key(*breach): breach for breach in found}
    ordered = [breaches[key] for key in sorted(breaches)]
    conforms = all(result.severity != "violation" for result, _ in ordered)
    return ShaclReport(conforms, tuple(result for result, _ in ordered), _turtle(conforms, ordered))


def _key(result: Result, parts: Mapping[str, Term]) -> tuple[int, str, str, str, str, str]:
    rank = SEVERITIES.index(result.severity)
    value = str(parts.get("value", ""))
    return rank, result.focus, result.path or "", result.shape, value, result.graph or ""


@lru_cache(maxsize=2)
def _shapes_graph(shapes: frozenset[ox.Triple]) -> rdflib.Graph:
    """Return shapes as pySHACL reads them, which takes as long as judging a small plan."""
    text = ox.serialize(shapes, format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph(store="SimpleMemory").parse(data=text, format="nt")


def _breaches_of_shapes(store: ox.Store, shapes: set[ox.Triple]) -> Iterator[tuple[Result, dict[str, Term]]]:
    graph, data = _shapes_graph(frozenset(shapes)), _Union(store)
    try:
        _, report, words = pyshacl.validate(data, shacl_graph=graph, advanced=False, js=False, inference="none")
        if not isinstance(report, rdflib.Graph):
            raise ReportableRuntimeError(str(words))
    except ReportableRuntimeError as problem:
        raise ContentUnreadable(f"The shapes cannot be used: {problem}.", mend="correct the shapes") from problem
    messages: dict[str, dict[str, str]] = {}
    for triple in shapes:
        if triple.predicate.value == f"{SH}message" and isinstance(triple.object, ox.Literal):
            messages.setdefault(_text(triple.subject), {})[triple.object.language or ""] = triple.object.value
    for node in report.objects(None, rdflib.SH.result):
        values = {part: report.value(node, rdflib.SH[part]) for part in PARTS}
        parts = {part: _term(value) for part, value in values.items() if value is not None}
        yield _result(parts, messages), parts


def _breaches_of_rule(store: ox.Store, rule: GraphRule) -> Iterator[tuple[Result, dict[str, Term]]]:
    ordered = Ordered(rule.select)
    rows = ordered.run(store, ordered.text, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)  # load_rules takes nothing else
    columns = [COLUMNS[variable.value] for variable in rows.variables]
    for row in rows:
        parts = {part: cell for part, cell in zip(columns, row, strict=True) if cell is not None}
        parts["resultSeverity"] = ox.NamedNode(SH + rule.severity.capitalize())
        parts["sourceShape"] = ox.NamedNode(rule.shape)
        parts["sourceConstraintComponent"] = ox.NamedNode(f"{SH}SPARQLConstraintComponent")
        yield _result(parts, {rule.shape: rule.messages}), parts
    ordered.check()


def _result(parts: Mapping[str, Term], messages: Mapping[str, Mapping[str, str]]) -> Result:
    texts = {part: _text(term) for part, term in parts.items()}
    shape = texts.get("sourceConstraint", texts["sourceShape"])
    severity = _SEVERITIES[texts["resultSeverity"]]
    spoken = dict(sorted(messages.get(shape, {}).items()))
    return Result(
        severity=severity,
        focus=texts["focusNode"],
        path=texts.get("resultPath"),
        value=texts.get("value"),
        shape=shape,
        messages=spoken,
        term=parts.get("value"),
        graph=texts.get("graph"),
    )


def _text(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value


def _term(node: Any) -> Term:
    if isinstance(node, rdflib.Literal):
        datatype = None if node.language or node.datatype is None else ox.NamedNode(str(node.datatype))
        return ox.Literal(str(node), datatype=datatype, language=node.language)
    return ox.BlankNode(str(node)) if isinstance(node, rdflib.BNode) else ox.NamedNode(str(node))


def _turtle(conforms: bool, breaches: list[tuple[Result, dict[str, Term]]]) -> str:
    """Write the report with blank nodes that are numbered in the order of the results."""
    report, triples = ox.BlankNode("report"), []

    def say(subject: ox.BlankNode, name: str, value: Term) -> None:
        predicate = STANDARD["rdf"] + name if name == "type" else SH + name
        triples.append(ox.Triple(subject, ox.NamedNode(predicate), value))

    say(report, "type", ox.NamedNode(f"{SH}ValidationReport"))
    say(report, "conforms", ox.Literal(conforms))
    nodes = [ox.BlankNode(f"result{number}") for number in range(1, len(breaches) + 1)]
    for node in nodes:
        say(report, "result", node)
    for node, (result, parts) in zip(nodes, breaches, strict=True):
        say(node, "type", ox.NamedNode(f"{SH}ValidationResult"))
        for part in (part for part in PARTS if part in parts):
            say(node, part, parts[part])
        for language, message in result.messages.items():
            say(node, "resultMessage", ox.Literal(message, language=language or None))
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={"sh": SH}) or b"").decode()
