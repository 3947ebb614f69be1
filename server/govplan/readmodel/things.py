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
_NUMBER = "monitorNumber"
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
    """Thing → property → what is said. Properties go by their short names: `underObjective`, `skos:notation`."""

    def __init__(self, release: Release, found: Mapping[str, Mapping[str, Sequence[Said]]]) -> None:
        self._release, self._found = release, found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def said(self, thing: str, name: str) -> Sequence[Said]:
        """Return every value of a property with the graph that says it."""
        return self._found.get(thing, {}).get(name, ())

    def of_kind(self, kind: str) -> list[str]:
        """Return the things of a class, in the order of their numbers in the source, else of their IRIs."""
        iri = expanded(kind)
        things = [thing for thing in self if iri in self.values(thing, "rdf:type")]
        return sorted(things, key=lambda thing: (natural(self.number(thing)), thing))

    def values(self, thing: str, name: str) -> list[str]:
        """Return the distinct values of a property, whoever says them."""
        return list(dict.fromkeys(said.value for said in self.said(thing, name)))

    def value(self, thing: str, name: str) -> str | None:
        """Return one value of a property, None if there is none."""
        return next(iter(self.values(thing, name)), None)

    def number(self, thing: str) -> str:
        """Return the number of a thing in the source, empty if it has none."""
        numbers = [said.value for said in self.said(thing, "skos:notation") if _numbered(said.term)]
        return numbers[0] if numbers else ""

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
    """Return all things of these classes with these properties, but for those of other plans than this, if it is one.

    Raises what the store raises.
    """
    names = {expanded(name): name for name in ("rdf:type", "skos:notation", "inPlan", *properties)}
    query = _QUERY.format(
        kinds=" ".join(f"<{expanded(kind)}>" for kind in kinds),
        properties=" ".join(f"<{name}>" for name in names),
    )
    found: dict[str, dict[str, list[Said]]] = {}
    # Put in order here: the engine takes several times as long for that as for all the rest.
    for row in sorted(rows(release, query), key=_place):
        said = found.setdefault(row["thing"]["value"], {}).setdefault(names[row["property"]["value"]], [])
        said.append(Said(row["value"], row["graph"]["value"]))
    return Sheet(release, {thing: said for thing, said in found.items() if _in(plan, said.get("inPlan", ()))})


def _in(plan: Plan | None, said: Sequence[Said]) -> bool:
    return plan is None or not said or any(each.value == plan.iri for each in said)


def expanded(name: str) -> str:
    """Return the IRI of a short name: `skos:Concept`, or `Action` for a term of this vocabulary."""
    prefix, colon, local = name.partition(":")
    return STANDARD[prefix] + local if colon else f"{NS}{name}"


def natural(number: str) -> list[tuple[int, str]]:
    """Return a key that sorts 2.9 before 2.10, and nothing last."""
    parts = number.replace("F", "").split(".") if number else ["~"]
    numbers = [(whole(part, 0, _MOST), part) for part in parts]
    return [(_MOST, part) if found is None else (found, "") for found, part in numbers]


def speakers(release: Release, iris: Iterable[str]) -> list[str]:
    """Return who speaks in these graphs, whoever has most of them first."""
    known = graphs(release)
    said = [speaker for iri in iris for speaker in known[iri].speakers]
    return sorted(set(said), key=lambda speaker: (-said.count(speaker), speaker))


def _place(row: Mapping[str, Term]) -> tuple[str, ...]:
    check()
    return (*(row[name]["value"] for name in ("thing", "property", "value", "graph")), row["value"].get("xml:lang", ""))


def _numbered(term: Term) -> bool:
    return term.get("datatype", "").endswith(f"#{_NUMBER}")
