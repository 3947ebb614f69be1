"""The plan as an outline: objectives, their aims and actions, with the status reported and our coding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from govplan.namespaces import CORE
from govplan.readmodel.graphs import graphs
from govplan.readmodel.names import Named, names
from govplan.readmodel.plans import Plan
from govplan.readmodel.release import Release
from govplan.readmodel.things import Sheet, sheet, speakers

_KINDS = ("Plan", "Objective", "Aim", "Action")
_PROPERTIES = (
    "underObjective",
    "partOfAction",
    "aimOf",
    "statusReported",
    "levelMentioned",
    "primaryInstrument",
    "concreteness",
)


@dataclass(slots=True)
class Branch:
    """One element of the plan, its number in the source, its codes, and what lies under it."""

    named: Named
    number: str
    reported: Sequence[Named] = ()
    coded: Sequence[Named] = ()
    aims: list[Named] = field(default_factory=list)
    children: list["Branch"] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many elements lie under this one."""
        return sum(1 + child.size for child in self.children)

    @property
    def anchor(self) -> str:
        """The last part of the IRI, for the address of a place on the page."""
        return self.named.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole plan: who reports its actions, its own aims, and its objectives.

    `at_first_hand` tells that what reports the actions is the plan itself, or whoever made it.
    """

    plan: Named
    reporters: Sequence[Named]
    at_first_hand: bool
    coders: Sequence[Named]
    aims: Sequence[Named]
    objectives: Sequence[Branch]


def outline(release: Release, plan: Plan, language: str) -> Outline:
    """Return the outline of the plan. Raises what the store raises."""
    found = sheet(release, plan, _KINDS, _PROPERTIES)
    actions = found.of_kind("Action")
    reporting = found.graphs(actions)
    reporters = speakers(release, reporting)
    standings = {standing for graph in reporting for standing in graphs(release)[graph].standings}
    coded = {said.graph for action in actions for said in found.said(action, "concreteness")}
    coders = speakers(release, coded)
    called = names(release, {*found.iris(), *reporters, *coders, plan.iri}, language, explain=True)
    branches = {iri: _branch(iri, found, called) for iri in (*found.of_kind("Objective"), *actions)}
    for action in actions:
        parents = found.values(action, "partOfAction") or found.values(action, "underObjective")
        for parent in parents:
            if parent in branches:
                branches[parent].children.append(branches[action])
    aims: list[Named] = []
    for aim in found.of_kind("Aim"):
        for holder in found.values(aim, "aimOf"):
            (branches[holder].aims if holder in branches else aims).append(called[aim])
    return Outline(
        plan=called[plan.iri],
        reporters=[called[each] for each in reporters],
        at_first_hand=f"{CORE}auth/standing/primary" in standings,
        coders=[called[each] for each in coders],
        aims=aims,
        objectives=[branches[iri] for iri in found.of_kind("Objective")],
    )


def _branch(iri: str, found: Sheet, called: Mapping[str, Named]) -> Branch:
    reported = [*found.values(iri, "statusReported"), *found.values(iri, "levelMentioned")]
    coded = [*found.values(iri, "primaryInstrument"), *found.values(iri, "concreteness")]
    return Branch(called[iri], found.number(iri), [called[each] for each in reported], [called[each] for each in coded])
