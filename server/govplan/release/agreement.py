"""How far two coders agree: Cohen's kappa per field, as measurements of the Data Quality Vocabulary (DQV).

The first coding is the published one, save where a `gp:Disagreement` quotes what the editors said before it was
settled; the second is what the `gp:CodedStatement`s of another coder say. The values of a field with several of them
count as one choice (J. Cohen, A coefficient of agreement for nominal scales, 1960; DQV, section 3, Quality
measurements).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pyoxigraph as ox

from govplan.content import Content
from govplan.namespaces import CORE, LABELS, NS, STANDARD

FIELDS: Mapping[str, tuple[str, ...]] = {
    "concreteness": ("concreteness",),
    "instrument": ("primaryInstrument", "secondaryInstrument"),
    "policyArea": ("policyArea",),
    "primaryInstrument": ("primaryInstrument",),
    "targetGroup": ("addresseeGroup", "beneficiaryGroup", "contributorGroup", "dialogueGroup"),
}
Choice = frozenset[tuple[str, str]]
_PLACES = Decimal("0.0001")
_PREFIXES = f"""
PREFIX gp: <{NS}>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
_SAID = "?statement rdf:subject ?action ; rdf:predicate ?property ; rdf:object ?code ."
# What the editors said: as published, or as quoted where a disagreement about that field was settled since.
_FIRST = f"""SELECT ?action ?property ?code {{
  {{
    ?action a gp:Action ; ?property ?code .
    FILTER NOT EXISTS {{ ?disagreement gp:disputes ?action ; gp:field/(^rdfs:subPropertyOf)? ?property }}
  }}
  UNION {{ ?disagreement gp:firstStatement ?statement . {_SAID} }}
}}"""
_SECOND = f"""SELECT ?action ?property ?code {{
  {_SAID} ?statement a gp:CodedStatement .
  FILTER NOT EXISTS {{ ?disagreement gp:firstStatement ?statement }}
}}"""
# Where a field stands as published; where nothing does any more, in which graph it is quoted.
_GRAPHS_OF_FIELD = f"""SELECT ?graph {{
  VALUES ?property {{ PROPERTIES }}
  {{ GRAPH ?graph {{ ?action ?property ?code }} ?action a gp:Action }}
  UNION {{ ?disagreement gp:firstStatement ?quote GRAPH ?graph {{ ?quote rdf:predicate ?property }} }}
  OPTIONAL {{ ?graph gp:layer ?layer FILTER(?layer = <{CORE}auth/layer/coding>) }}
  BIND(BOUND(?quote) AS ?quoted) BIND(BOUND(?layer) AS ?coding)
}} GROUP BY ?graph ?quoted ?coding ORDER BY ?quoted DESC(?coding) DESC(COUNT(*)) ?graph"""
_GRAPHS_OF_SECOND = """SELECT DISTINCT ?graph {
  GRAPH ?graph { ?statement a gp:CodedStatement }
  FILTER NOT EXISTS { ?disagreement gp:firstStatement ?statement }
} ORDER BY ?graph"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The two coders' choices for one field, action by action, in the same order."""

    first: Sequence[Choice]
    second: Sequence[Choice]

    @property
    def observed(self) -> Decimal:
        """The share of actions with the same choice, from 0 to 1."""
        same = sum(first == second for first, second in zip(self.first, self.second, strict=True))
        return Decimal(same) / len(self.first)

    @property
    def kappa(self) -> Decimal:
        """Cohen's kappa; 1 if both made one and the same choice throughout, where the formula has no value."""
        cases = len(self.first)
        first, second = Counter(self.first), Counter(self.second)
        expected = sum((Decimal(first[choice] * second[choice]) for choice in first), Decimal()) / (cases * cases)
        return Decimal(1) if expected == 1 else (self.observed - expected) / (1 - expected)


def agreements(content: Content, plan: str) -> dict[str, Agreement]:
    """Return the agreement per field name, over the actions of a plan that both coders coded.

    `plan` is its folder. A field that only one of them ever filled in is left out; so is all without a second coding.
    """
    store = _store(content, plan)
    first, second = (_choices(store, select) for select in (_FIRST, _SECOND))
    actions = sorted(second)
    pairs = {
        field: Agreement(
            [_of_field(first.get(action, set()), properties) for action in actions],
            [_of_field(second[action], properties) for action in actions],
        )
        for field, properties in FIELDS.items()
    }
    return {field: pair for field, pair in pairs.items() if any(pair.first) and any(pair.second)}


def _store(content: Content, plan: str) -> ox.Store:
    store = ox.Store()
    store.extend(content.statements("ontology"))
    store.extend(quad for file in content.files if file.plan == plan for quad in file.quads)
    return store


def _choices(store: ox.Store, select: str) -> dict[str, set[tuple[str, str]]]:
    """Action → the pairs of property name and code that a coder gave it."""
    chosen: dict[str, set[tuple[str, str]]] = {}
    for action, prop, code in _rows(store, select):
        chosen.setdefault(str(action), set()).add((prop.value.removeprefix(NS), str(code)))
    return chosen


def _of_field(chosen: set[tuple[str, str]], properties: Sequence[str]) -> Choice:
    return frozenset(pair for pair in chosen if pair[0] in properties)


def measurements(content: Content, plan: str, base: str) -> set[ox.Triple]:
    """Return the agreement of each field as one `dqv:QualityMeasurement` per metric, rounded to four decimals.

    `plan` is the folder of the plan. What is measured is computed on the graph in which the first coding of the field
    stands, and derived from those of the second.
    """
    labels, store, slug = _labels(content), _store(content, plan), plan.rpartition("/")[2]
    found: set[ox.Triple] = set()
    for field, agreement in agreements(content, plan).items():
        first, second = _graph_of_first(store, field), _graphs_of_second(store)
        for metric, value in (
            ("cases", ox.Literal(len(agreement.first))),
            ("cohens-kappa", _decimal(agreement.kappa)),
            ("observed-agreement", _decimal(agreement.observed)),
        ):
            name = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in field)
            node = ox.NamedNode(f"{base}id/measurement/{slug}-{name}-{metric}")
            kind, about = ox.NamedNode(f"{CORE}auth/metric/{metric}"), ox.NamedNode(f"{NS}{field}")
            said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
                (STANDARD["rdf"] + "type", ox.NamedNode(STANDARD["dqv"] + "QualityMeasurement")),
                (STANDARD["dqv"] + "computedOn", first),
                (STANDARD["dqv"] + "isMeasurementOf", kind),
                (STANDARD["dqv"] + "value", value),
                *((STANDARD["prov"] + "wasDerivedFrom", graph) for graph in second),
                (f"{NS}field", about),
            ]
            for language in sorted(labels.get(kind, {}).keys() & labels.get(about, {}).keys()):
                text = f"{labels[kind][language]} ({labels[about][language]})"
                said.append((STANDARD["rdfs"] + "label", ox.Literal(text, language=language)))
            found |= {ox.Triple(node, ox.NamedNode(predicate), term) for predicate, term in said}
    return found


def _graph_of_first(store: ox.Store, field: str) -> ox.NamedNode:
    """The graph that says most about a field of actions; one of the layer of codings before any other."""
    properties = " ".join(f"gp:{name}" for name in FIELDS[field])
    graph: ox.NamedNode = next(graph for (graph,) in _rows(store, _GRAPHS_OF_FIELD.replace("PROPERTIES", properties)))
    return graph


def _graphs_of_second(store: ox.Store) -> list[ox.NamedNode]:
    return [graph for (graph,) in _rows(store, _GRAPHS_OF_SECOND)]


def _rows(store: ox.Store, select: str) -> ox.QuerySolutions:
    rows = store.query(_PREFIXES + select, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    return rows


def _labels(content: Content) -> dict[object, dict[str, str]]:
    table: dict[object, dict[str, str]] = {}
    for quad in content.statements("ontology"):
        if quad.predicate.value in LABELS and isinstance(quad.object, ox.Literal) and quad.object.language:
            table.setdefault(quad.subject, {})[quad.object.language] = quad.object.value
    return table


def _decimal(value: Decimal) -> ox.Literal:
    """As the store spells it: no zeros at the end."""
    text = format(value.quantize(_PLACES).normalize(), "f")
    return ox.Literal(text, datatype=ox.NamedNode(STANDARD["xsd"] + "decimal"))
