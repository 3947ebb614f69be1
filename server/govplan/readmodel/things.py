"""All things of some kinds with some of their properties, in one query: what the pages for reading are made from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from govplan.deadline import check
from govplan.namespaces import NS, STANDARD
from govplan.readmodel.graphs import graphs
from govplan.readmodel.labels import Term, rows
from govplan.readmodel.plans import Plan
from govplan.readmodel.release import Release
from govplan.values import whole

_QUERY = """SELECT ?thing ?property ?value ?graph
WHERE {{
  {{
    SELECT DISTINCT ?thing
    WHERE {{
      VALUES ?kind {{ {kinds} }}
      ?thing a ?kind .
    }}
  }}
  VALUES ?property {{ {properties} }}
  GRAPH ?graph {{ ?thing ?property ?value }}
}}
"""
_ORDER, _NUMBER = "order", "sourceNumber"
# Which plan a thing is a part of or is about.
_OF_PLANS = ("inPlan", "reportsOn")
_RETIRED = "owl:deprecated"
_MOST = 10**9


@dataclass(frozen=True, slots=True)
class Said:
    """One value and the graph that says it."""

    term: Term
    graph: str

    @property
    def value(self) -> str:
        """The IRI, or the lexical form of the literal."""
        return self.term["value"]


class Sheet:
    """Thing → property → what is said. Properties go by their short names: `underObjective`, `rdf:type`."""

    def __init__(self, found: Mapping[str, Mapping[str, Sequence[Said]]]) -> None:
        self._found = found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def said(self, thing: str, name: str) -> Sequence[Said]:
        """Return every value of a property with the graph that says it."""
        return self._found.get(thing, {}).get(name, ())

    def of_kind(self, kind: str) -> list[str]:
        """Return the things of a class as the source arranges them, those whose place it does not tell last, by IRI."""
        iri = expanded(kind)
        things = [thing for thing in self if iri in self.values(thing, "rdf:type")]
        return sorted(things, key=lambda thing: (self._place(thing), thing))

    def values(self, thing: str, name: str) -> list[str]:
        """Return the distinct values of a property, whoever says them."""
        return list(dict.fromkeys(said.value for said in self.said(thing, name)))

    def value(self, thing: str, name: str) -> str | None:
        """Return one value of a property, None if there is none."""
        return next(iter(self.values(thing, name)), None)

    def number(self, thing: str) -> str:
        """Return the number of a thing in the source, empty if it has none."""
        return self.value(thing, _NUMBER) or ""

    def _place(self, thing: str) -> int:
        places = (whole(value, 0, _MOST) for value in self.values(thing, _ORDER))
        return min((place for place in places if place is not None), default=_MOST)

    def graphs(self, things: Iterable[str]) -> set[str]:
        """Return the graphs in which things are said to be what they are."""
        return {said.graph for thing in things for said in self.said(thing, "rdf:type")}

    def iris(self) -> set[str]:
        """Return everything with an IRI on the sheet: the things and their values."""
        values = {
            said.value
            for properties in self._found.values()
            for several in properties.values()
            for said in several
            if said.term["type"] == "uri"
        }
        return {*self, *values}


def sheet(release: Release, plan: Plan | None, kinds: Iterable[str], properties: Iterable[str]) -> Sheet:
    """Return all things of these classes with these properties, but for the retired and those of other plans only.

    What is in no plan and reports on none is shared by all; without a plan, things of every plan are returned. Raises
    what the store raises.
    """
    names = {expanded(name): name for name in ("rdf:type", _RETIRED, *_OF_PLANS, _ORDER, _NUMBER, *properties)}
    query = _QUERY.format(
        kinds=" ".join(f"<{expanded(kind)}>" for kind in kinds),
        properties=" ".join(f"<{name}>" for name in names),
    )
    found: dict[str, dict[str, list[Said]]] = {}
    # Put in order here: the engine takes several times as long for that as for all the rest.
    for row in sorted(rows(release, query), key=_place):
        said = found.setdefault(row["thing"]["value"], {}).setdefault(names[row["property"]["value"]], [])
        said.append(Said(row["value"], row["graph"]["value"]))
    return Sheet({thing: said for thing, said in found.items() if _shown(plan, said)})


def _shown(plan: Plan | None, said: Mapping[str, Sequence[Said]]) -> bool:
    if any(each.value == "true" for each in said.get(_RETIRED, ())):
        return False
    plans = {each.value for name in _OF_PLANS for each in said.get(name, ())}
    return plan is None or not plans or plan.iri in plans


def expanded(name: str) -> str:
    """Return the IRI of a short name: `skos:Concept`, or `Action` for a term of this vocabulary."""
    prefix, colon, local = name.partition(":")
    return STANDARD[prefix] + local if colon else f"{NS}{name}"


def speakers(release: Release, iris: Iterable[str]) -> list[str]:
    """Return who speaks in these graphs, whoever has most of them first."""
    known = graphs(release)
    said = [speaker for iri in iris for speaker in known[iri].speakers]
    return sorted(set(said), key=lambda speaker: (-said.count(speaker), speaker))


def _place(row: Mapping[str, Term]) -> tuple[str, ...]:
    check()
    return (*(row[name]["value"] for name in ("thing", "property", "value", "graph")), row["value"].get("xml:lang", ""))
