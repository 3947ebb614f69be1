"""What is thought of the plan, beside what it is about, with the candidate links that we coded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govplan.readmodel.names import Named, names
from govplan.readmodel.plans import Plan
from govplan.readmodel.release import Release
from govplan.readmodel.things import Sheet, sheet

_KINDS = ("Finding", "Remark", "Rating", "ElementLink", "PowerClaim")
_PROPERTIES = (
    "assesses",
    "claimedBy",
    "findingType",
    "perspective",
    "voice",
    "quantifier",
    "linkFrom",
    "linkTo",
    "linkType",
    "confidence",
    "prov:wasDerivedFrom",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible link from an assessment to a part of the plan: our coding, with how sure we are (0 to 1)."""

    link: Named
    kind: Sequence[Named]
    to: Sequence[Named]
    confidence: str | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One judgement: who passes it, of what type, in whose voice, from where, and what it may touch."""

    named: Named
    number: str
    speakers: Sequence[Named]
    traits: Sequence[Named]
    passages: Sequence[Named]
    candidates: Sequence[Candidate]


def assessments(release: Release, plan: Plan, language: str) -> Sequence[tuple[Named, Sequence[Assessment]]]:
    """Return what is assessed with its assessments. Raises what the store raises."""
    found = sheet(release, plan, _KINDS, _PROPERTIES)
    called = names(release, found.iris(), language, explain=True)
    links: dict[str, list[Candidate]] = {}
    for link in found.of_kind("ElementLink"):
        for start in found.values(link, "linkFrom"):
            links.setdefault(start, []).append(_candidate(found, called, link))
    subjects: dict[str, list[Assessment]] = {}
    for kind in ("Finding", "Remark", "Rating"):
        for iri in found.of_kind(kind):
            for subject in found.values(iri, "assesses"):
                subjects.setdefault(subject, []).append(_assessment(found, called, iri, links.get(iri, [])))
    return [
        (called[subject], several)
        for subject, several in sorted(subjects.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _candidate(found: Sheet, called: Mapping[str, Named], link: str) -> Candidate:
    return Candidate(
        called[link],
        [called[each] for each in found.values(link, "linkType")],
        [called[each] for each in found.values(link, "linkTo")],
        found.value(link, "confidence"),
    )


def _assessment(found: Sheet, called: Mapping[str, Named], iri: str, candidates: Sequence[Candidate]) -> Assessment:
    def several(*properties: str) -> list[Named]:
        return [called[each] for name in properties for each in found.values(iri, name)]

    return Assessment(
        called[iri],
        found.number(iri),
        several("claimedBy"),
        several("findingType", "voice", "perspective", "quantifier"),
        several("prov:wasDerivedFrom"),
        candidates,
    )
