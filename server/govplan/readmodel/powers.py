"""The powers matrix: actions by level of power, with who claims what, by which rule, from which source.

A mark is one of five kinds and never a verdict: the source names the level with the action; somebody claims that the
level has a part in the objective; a law, or who explains it, gives the level a part in the area that we coded the
action in; somebody looked for such a law and found none; a rule flags it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from govplan.deadline import check
from govplan.namespaces import CORE
from govplan.readmodel.graphs import graphs
from govplan.readmodel.names import Named, names
from govplan.readmodel.plans import Plan
from govplan.readmodel.release import Release
from govplan.readmodel.things import Sheet, sheet, speakers
from govplan.values import whole

_KINDS = ("Objective", "Action", "PowerClaim", "Flag", "Rule", "skos:Concept")
_PROPERTIES = (
    "underObjective",
    "levelMentioned",
    "policyArea",
    "concerns",
    "levelInvolved",
    "claimedBy",
    "distribution",
    "legalGround",
    "article",
    "flags",
    "byRule",
    "order",
    "skos:broader",
    "prov:wasDerivedFrom",
)
_MOST = 10**9
_NOT_FOUND = f"{CORE}auth/distribution/not-found"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark in a cell: its layer or "not-found", what it is about, and what it rests on (an action, or claims)."""

    code: str
    about: Named
    things: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: an objective or an action, its marks per level, and what rules flag."""

    named: Named
    number: str
    cells: Sequence[Sequence[Mark]]
    areas: Sequence[Named]
    flags: Sequence[tuple[Named, Named]]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim on powers as it is listed: who claims it, on what ground, on what, from which passages."""

    named: Named
    speakers: Sequence[Named]
    levels: Sequence[Named]
    distribution: Sequence[Named]
    grounds: Sequence[Named]
    articles: Sequence[str]
    passages: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Levels as columns; objectives with their actions as rows; the rules; the claims by what they concern."""

    levels: Sequence[Named]
    objectives: Sequence[tuple[Line, Sequence[Line]]]
    rules: Sequence[Named]
    claims: Sequence[tuple[Named, Sequence[Claim]]]
    reporters: Sequence[Named]

    def letter(self, rule: Named) -> str:
        """Return the letter of a rule, the same in every language; "?" for something that is no rule."""
        place = self.rules.index(rule) if rule in self.rules else len(ascii_uppercase)
        return ascii_uppercase[place] if place < len(ascii_uppercase) else "?"


def matrix(release: Release, plan: Plan, language: str) -> Matrix:
    """Return the matrix. Raises what the store raises."""
    found = sheet(release, plan, _KINDS, _PROPERTIES)
    reporters = speakers(release, found.graphs(found.of_kind("Action")))
    called = names(release, {*found.iris(), *reporters}, language, explain=True)
    claims = _claims_by_subject(found)
    levels = _levels(found)
    flags: dict[str, list[tuple[Named, Named]]] = {}
    for flag in found.of_kind("Flag"):
        for action in found.values(flag, "flags"):
            flags.setdefault(action, []).extend((called[flag], called[rule]) for rule in found.values(flag, "byRule"))

    def line(iri: str) -> Line:
        check()
        areas = found.values(iri, "policyArea")
        cells = [_cell(release, found, called, claims, iri, areas, level) for level in levels]
        return Line(called[iri], found.number(iri), cells, [called[each] for each in areas], flags.get(iri, []))

    actions = found.of_kind("Action")
    return Matrix(
        levels=[called[level] for level in levels],
        objectives=[
            (line(objective), [line(each) for each in actions if objective in found.values(each, "underObjective")])
            for objective in found.of_kind("Objective")
        ],
        rules=[
            called[rule]
            for rule in sorted({rule for flag in found.of_kind("Flag") for rule in found.values(flag, "byRule")})
        ],
        claims=sorted(
            (
                (called[subject], [_claim(found, called, each) for each in several])
                for subject, several in claims.items()
            ),
            key=lambda pair: pair[0].order,
        ),
        reporters=[called[each] for each in reporters],
    )


def _claims_by_subject(found: Sheet) -> dict[str, list[str]]:
    claims: dict[str, list[str]] = {}
    for claim in found.of_kind("PowerClaim"):
        for subject in found.values(claim, "concerns"):
            claims.setdefault(subject, []).append(claim)
    return claims


def _levels(found: Sheet) -> list[str]:
    """Return the levels that anybody names, each under its broader one, in the order of their code list."""
    used = {
        _tier(found, level)
        for thing in found
        for name in ("levelMentioned", "levelInvolved")
        for level in found.values(thing, name)
    }
    place = {level: whole(found.value(level, "order") or "", 0, _MOST) for level in used}
    return sorted(used, key=lambda level: (_MOST if place[level] is None else place[level], level))


def _tier(found: Sheet, level: str) -> str:
    return found.value(level, "skos:broader") or level


def _cell(
    release: Release,
    found: Sheet,
    called: Mapping[str, Named],
    claims: Mapping[str, Sequence[str]],
    iri: str,
    areas: Sequence[str],
    level: str,
) -> list[Mark]:
    marks = []
    if any(_tier(found, each) == level for each in found.values(iri, "levelMentioned")):
        marks.append(Mark("reported", called[iri], [called[iri]]))
    known = graphs(release)
    for code, subject in [("findings", iri), *(("powers", area) for area in areas)]:
        said = [
            claim
            for claim in claims.get(subject, ())
            if any(_tier(found, each) == level for each in found.values(claim, "levelInvolved"))
            and any(known[graph].code == code for graph in found.graphs([claim]))
        ]
        vain = [claim for claim in said if _NOT_FOUND in found.values(claim, "distribution")]
        for kind, things in ((code, [claim for claim in said if claim not in vain]), ("not-found", vain)):
            if things:
                marks.append(Mark(kind, called[subject], [called[claim] for claim in things]))
    return marks


def _claim(found: Sheet, called: Mapping[str, Named], iri: str) -> Claim:
    def several(name: str) -> list[Named]:
        return [called[each] for each in found.values(iri, name)]

    return Claim(
        called[iri],
        several("claimedBy"),
        several("levelInvolved"),
        several("distribution"),
        several("legalGround"),
        found.values(iri, "article"),
        several("prov:wasDerivedFrom"),
    )
