"""The statements of a release about one thing and those that refer to it, with the passages they were taken from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govplan.namespaces import NS, STANDARD
from govplan.readmodel.graphs import Graph
from govplan.readmodel.labels import Row, Term, first_rows, rows
from govplan.readmodel.release import Release
from govplan.values import Order, number, order

INBOUND = 400
TYPE = STANDARD["rdf"] + "type"
DERIVED = STANDARD["prov"] + "wasDerivedFrom"
_STANDING = """SELECT ?property ?value
WHERE {{
  {{ SELECT ?property ?value WHERE {{ GRAPH ?graph {{ <{iri}> ?property ?value }} }} LIMIT 1 }}
  UNION {{
    GRAPH ?graph {{ <{iri}> <{deprecated}> ?value }}
    BIND(<{deprecated}> AS ?property)
  }}
  UNION {{
    GRAPH ?graph {{ <{iri}> <{replaced}> ?value }}
    BIND(<{replaced}> AS ?property)
  }}
}}
"""
OUTBOUND = """SELECT ?graph ?property ?value
WHERE {{
  GRAPH ?graph {{
    <{iri}> ?property ?value .
  }}
}}
ORDER BY ?graph ?property ?value
"""
# Put in order here: the engine takes a second to order some thousand IRIs, and would take it before it counts rows.
_OUTBOUND = OUTBOUND.partition("ORDER BY")[0]
_INBOUND = """SELECT ?graph ?property ?subject
WHERE {{
  GRAPH ?graph {{
    ?subject ?property <{iri}> .
  }}
}}
"""
_PASSAGES = """SELECT ?passage ?document ?address ?verification
WHERE {{
  VALUES ?passage {{ {iris} }}
  OPTIONAL {{ ?passage <{ns}unitOf> ?document }}
  OPTIONAL {{ ?passage <{ns}unitOf>?/<{schema}url> ?address }}
  OPTIONAL {{ ?passage <{ns}verification> ?verification }}
}}
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the release says anything of an IRI, and what replaces it: None unless it is retired."""

    known: bool
    instead: Sequence[str] | None


def standing(release: Release, iri: str) -> Standing:
    """Return how an IRI stands in the release. Raises what the store raises."""
    deprecated, replaced = STANDARD["owl"] + "deprecated", STANDARD["dcterms"] + "isReplacedBy"
    said, _ = first_rows(release, _STANDING.format(iri=iri, deprecated=deprecated, replaced=replaced))
    retired = any(row["property"]["value"] == deprecated and row["value"]["value"] == "true" for row in said)
    others = {row["value"]["value"] for row in said if row["property"]["value"] == replaced and is_iri(row["value"])}
    return Standing(bool(said), sorted(others) if retired else None)


def outbound(release: Release, iri: str) -> tuple[list[Row], bool]:
    """Return the first statements about an IRI in a fixed order, and whether there are more.

    The columns are `graph`, `property` and `value`. Raises what the store raises.
    """
    said, more = first_rows(release, _OUTBOUND.format(iri=iri))
    return sorted(said, key=_place), more


def inbound(release: Release, iri: str) -> tuple[list[Row], bool]:
    """Return the first statements that refer to an IRI, and whether there are more.

    The columns are `graph`, `property` and `subject`. Raises what the store raises.
    """
    return first_rows(release, _INBOUND.format(iri=iri), INBOUND)


def sources(said: Sequence[Row], known: Mapping[str, Graph]) -> dict[str, list[str]]:
    """Return graph → passages the thing was taken from there; where it names none, what the graph rests on."""
    found: dict[str, list[str]] = {}
    for row in said:
        several = found.setdefault(row["graph"]["value"], [])
        if row["property"]["value"] == DERIVED and is_iri(row["value"]):
            several.append(row["value"]["value"])
    return {graph: found[graph] or known[graph].sources for graph in sorted(found, key=lambda iri: known[iri].order)}


def passages(release: Release, iris: Sequence[str]) -> dict[str, Row]:
    """Return passage → its row, in the order of `iris`: its `document`, `address` and `verification`.

    Raises what the store raises.
    """
    if not iris:
        return {}
    values = " ".join(f"<{iri}>" for iri in iris)
    query = _PASSAGES.format(iris=values, ns=NS, schema=STANDARD["schema"])
    found = {row["passage"]["value"]: row for row in rows(release, query)}
    return {iri: found[iri] for iri in iris}


def is_iri(term: Term) -> bool:
    """Tell whether a term of an answer is an IRI."""
    return term["type"] == "uri"


def _place(row: Row) -> tuple[str, str, Order, str]:
    value = row["value"]
    return row["graph"]["value"], row["property"]["value"], order(value["value"], number(value)), str(value)
