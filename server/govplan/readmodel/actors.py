"""Everybody with a part in the plan or in what is said of it: organisations by kind, with level and roles."""

from collections.abc import Sequence
from dataclasses import dataclass

from govplan.namespaces import CORE, NS
from govplan.readmodel.graphs import graphs
from govplan.readmodel.labels import rows
from govplan.readmodel.names import Named, backwards, names
from govplan.readmodel.plans import Plan
from govplan.readmodel.release import Release
from govplan.readmodel.things import sheet

_KINDS = ("org:Organization", "foaf:Agent")
_PROPERTIES = ("organisationKind", "levelOfPower")
_PARTS = """SELECT DISTINCT ?actor ?property ?element ?graph
WHERE {{
  {{
    GRAPH ?graph {{ ?element ?property ?actor }}
    ?actor <{ns}organisationKind> ?kind .
    ?element a ?class .
    FILTER(?class IN (<{ns}Plan>, <{ns}Objective>, <{ns}Action>, <{ns}Deliverable>, <{ns}Aim>, <{ns}ReportedMeasure>))
  }} UNION {{
    GRAPH ?graph {{ ?participation <{ns}actor> ?actor ; <{ns}role> ?property }}
    ?element <{ns}participation> ?participation .
  }}
  FILTER(?element = <{plan}> || EXISTS {{ ?element <{ns}inPlan> <{plan}> }})
}}
ORDER BY ?actor ?property ?element ?graph
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part that an actor has: the role or relation, in what, and in which layer that is said, however often."""

    role: Named
    element: Named
    layer: str


@dataclass(frozen=True, slots=True)
class Actor:
    """One actor with its level of power, where that is known, and its parts."""

    named: Named
    levels: Sequence[Named]
    parts: Sequence[Part]


def actors(release: Release, plan: Plan, language: str) -> Sequence[tuple[Named | None, Sequence[Actor]]]:
    """Return kind of organisation → actors, None for those without a kind. Raises what the store raises."""
    found = sheet(release, plan, _KINDS, _PROPERTIES)
    parts = rows(release, _PARTS.format(ns=NS, plan=plan.iri))
    mentioned = {row[name]["value"] for row in parts for name in ("actor", "property", "element")}
    called = names(release, {*found.iris(), *mentioned}, language, explain=True)
    # A role is the actor's; any other property leads to the actor, so that it is read backwards here.
    relations = {row["property"]["value"] for row in parts if not row["property"]["value"].startswith(f"{CORE}auth/")}
    called |= backwards(release, relations, called, language)
    known = graphs(release)
    kinds: dict[str | None, list[Actor]] = {}
    for iri in found:
        actor = Actor(
            called[iri],
            [called[each] for each in found.values(iri, "levelOfPower")],
            [
                Part(called[role], called[element], layer)
                for role, element, layer in dict.fromkeys(
                    (row["property"]["value"], row["element"]["value"], known[row["graph"]["value"]].code)
                    for row in parts
                    if row["actor"]["value"] == iri
                )
            ],
        )
        kinds.setdefault(found.value(iri, "organisationKind"), []).append(actor)
    ordered = sorted(kinds.items(), key=lambda item: (-sum(len(actor.parts) for actor in item[1]), item[0] or ""))
    return [
        (called[kind] if kind else None, sorted(several, key=lambda actor: (not actor.parts, actor.named.order)))
        for kind, several in ordered
    ]
