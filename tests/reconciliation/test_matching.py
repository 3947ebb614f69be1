"""Which entity a text means."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from govplan import deadline
from govplan.errors import QueryTimedOut
from govplan.namespaces import STANDARD
from govplan.reconciliation import matching
from govplan.reconciliation.asking import Condition, Query, ask
from govplan.reconciliation.entities import Catalogue, Value
from govplan.reconciliation.extension import Column, cells
from govplan.reconciliation.forms import LONGEST
from govplan.reconciliation.matching import AUTO_MARGIN, AUTO_SCORE, MOST_PARTS, Matcher
from tests.patience import Counted

HERE = Path(__file__).parent
BASE = "https://w3id.org/govplan/"
ORGANISATION = "http://xmlns.com/foaf/0.1/Agent"
OBJECTIVE = f"{BASE}ns#Objective"
TYPES = {"organisation": ORGANISATION, "objective": OBJECTIVE}


def _sheet() -> Iterator[dict[str, str]]:
    with (HERE / "mess.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _matched(matcher: Matcher, text: str, *types: str) -> str:
    found = matcher.match(text, types)
    return found[0].entity.iri.removeprefix(f"{BASE}id/") if found and found[0].match else ""


def test_messy_sheet(matcher: Matcher) -> None:
    """Of 200 messy names, what is called a match is right in 98 of 100, and 9 of 10 that are there are found."""
    rows = [(row["expected"], _matched(matcher, row["text"], TYPES[row["type"]])) for row in _sheet()]
    right = sum(expected == found for expected, found in rows if found)
    precision = right / sum(bool(found) for _, found in rows)
    recall = right / sum(bool(expected) for expected, _ in rows)

    assert 200 == len(rows)
    assert 40 == sum(not expected for expected, _ in rows)
    assert precision >= 0.98, precision
    assert recall >= 0.9, recall


@pytest.mark.parametrize(
    "text",
    [
        "0865537829",
        "0865.537.829",
        "0865 537 829",
        "865.537.829",
        "BE0865537829",
        "BE 0865.537.829",
        "https://org.belgif.be/id/CbeRegisteredEntity/0865537829",
        "http://org.belgif.be/id/CbeRegisteredEntity/0865537829",
        "Q2328260",
        "wd:Q2328260",
        "http://www.wikidata.org/entity/Q2328260",
        "https://www.wikidata.org/wiki/Q2328260",
        "https://ror.org/01fapfv42",
        "01fapfv42",
        "organisation:belspo",
        f"{BASE}id/organisation/belspo",
        f"  {BASE}id/organisation/belspo/ ",
    ],
)
def test_identifier(matcher: Matcher, text: str) -> None:
    """An identifier wins in every spelling, with a score of 100."""
    first = matcher.match(text)[0]

    assert (f"{BASE}id/organisation/belspo", 100.0, True) == (first.entity.iri, first.score, first.match)
    assert first.reason.startswith("has the ")


def test_wrong_check_number(matcher: Matcher) -> None:
    """A number with one wrong digit is nobody's enterprise number."""
    assert [] == matcher.match("0865.537.828")


def test_identifier_of_two(catalogue: Catalogue) -> None:
    """An identifier that two entities bear decides nothing."""
    twins = [f"{BASE}id/organisation/smals", f"{BASE}id/organisation/imec"]
    shared = {iri: replace(catalogue.entities[iri], identifiers=("0406798006",)) for iri in twins}
    found = Matcher(replace(catalogue, entities={**catalogue.entities, **shared})).match("0406.798.006")

    assert [(iri, 100.0, False) for iri in sorted(twins)] == [(c.entity.iri, c.score, c.match) for c in found]


def test_notation(matcher: Matcher) -> None:
    """The number of an action means that action."""
    assert "action/be-ai-convergence-019" == _matched(matcher, "3.2")


def test_near_link(catalogue: Catalogue) -> None:
    """What is only a close match of an external thing is a suggestion for review."""
    iri = f"{BASE}id/organisation/smals"
    near = {iri: replace(catalogue.entities[iri], near=("http://www.wikidata.org/entity/Q42",))}
    first = Matcher(replace(catalogue, entities={**catalogue.entities, **near})).match("Q42")[0]

    assert (iri, False) == (first.entity.iri, first.match)
    assert first.score < AUTO_SCORE


def test_level_and_government(matcher: Matcher) -> None:
    """A region and its government are two things, and the name says which; level or territory it does not say."""
    assert "organisation/flemish-government" == _matched(matcher, "Vlaamse Regering")
    assert "" == _matched(matcher, "Vlaams Gewest")


def test_tie(matcher: Matcher) -> None:
    """A name that two entities bear is no match until a kind is asked for."""
    first, second = matcher.match("Cyber security")[:2]

    assert first.score - second.score < AUTO_MARGIN
    assert not first.match
    assert "objective/be-ai-convergence-2" == _matched(matcher, "Cyber security", OBJECTIVE)


def test_numbers(matcher: Matcher) -> None:
    """Names that differ in a number are never nearly the same."""
    assert all(candidate.score < AUTO_SCORE for candidate in matcher.match("Objective 12"))


def test_broader_kind(matcher: Matcher) -> None:
    """Asking for actors finds organisations too, asking for organisations finds no other actor."""
    organisation = "http://www.w3.org/ns/org#Organization"

    assert "organisation/smals" == _matched(matcher, "Smals", ORGANISATION)
    assert [] == [c for c in matcher.match("Wikipedia", [organisation]) if c.entity.iri.endswith("wikipedia")]


def test_parts(matcher: Matcher) -> None:
    """A text in two parts is a match only if both mean the same thing."""
    assert "organisation/belspo" == _matched(matcher, "Federaal Wetenschapsbeleid / Politique scientifique fédérale")
    assert "" == _matched(matcher, "Smals / imec")


def test_list_is_no_name(matcher: Matcher) -> None:
    """A text of very many parts is looked at as a whole only, which one thing of fewer parts is not."""
    few = " / ".join(["Smals", *(f"part {number}" for number in range(MOST_PARTS - 1))])
    many = " / ".join(["Smals", *(f"part {number}" for number in range(MOST_PARTS))])

    assert any(candidate.entity.iri.endswith("/smals") for candidate in matcher.match(few, limit=100))
    assert not any("by a part" in candidate.reason for candidate in matcher.match(many, limit=100))


def test_work_grows_with_the_parts_to_a_bound(matcher: Matcher) -> None:
    """The work for a text is counted by its checks: a list of sixty parts is less than a name of eight."""
    checks = []
    for count in (1, MOST_PARTS, 60):
        with deadline.within(Counted()) as counted:
            matcher.match("/".join(f"ab{number}" for number in range(count)))
        checks.append(counted.asked)

    assert checks[0] < checks[1] > checks[2]


def test_match_ends_with_its_time(matcher: Matcher) -> None:
    """Matching stops at the name at which its time is over."""
    for last in (1, 5, 20):
        with deadline.within(Counted(last)) as gone, pytest.raises(QueryTimedOut):
            matcher.match("Federal Public Service / Service public fédéral")
        assert last == gone.asked


def test_names_in_steps(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are compared in steps, of whatever size, with the same outcome."""
    texts = ["Cyber security", "Federal Public Service Policy", "Agence / Agentschap", "zzz"]
    found = [matcher.match(text, limit=50) for text in texts]
    monkeypatch.setattr(matching, "_COMPARED", 7)

    assert found == [matcher.match(text, limit=50) for text in texts]


def test_choices_are_few(catalogue: Catalogue) -> None:
    """However many sets of kinds are asked for, the names of a few are kept; none of them changes an answer."""
    matcher = Matcher(catalogue)
    kinds = sorted(catalogue.types)
    sets = [[one, other] for one in kinds for other in kinds if one < other]
    first = matcher.match("Cyber security", sets[0])
    for each in sets[:300]:
        matcher.match("Cyber security", each)

    assert len(sets) > 300
    assert 16 == matcher._choice.cache_info().currsize  # type: ignore[attr-defined]
    assert first == matcher.match("Cyber security", sets[0])


def test_long_values_are_the_same_letter_by_letter(matcher: Matcher) -> None:
    """A condition on a value too long for a name is met by that text alone, written exactly so."""
    iri = f"{BASE}id/organisation/smals"
    long = "Éen zin. " * 60
    other = replace(matcher.catalogue.entities[iri], values={f"{BASE}ns#note": (Value(long, False, "nl", ""),)})
    changed = Matcher(replace(matcher.catalogue, entities={**matcher.catalogue.entities, iri: other}))

    def met(value: str) -> list[str]:
        query = Query(conditions=(Condition(f"{BASE}ns#note", (value,), required=True),))
        return [candidate.entity.iri for candidate in ask(changed, query)]

    assert len(long) > LONGEST
    assert ([iri], [], []) == (met(long), met(long.lower()), met(long[:-2]))


@pytest.mark.parametrize(
    ("text", "datatype", "cell"),
    [
        ("12", "integer", {"int": 12}),
        ("1.5", "decimal", {"float": 1.5}),
        ("many", "integer", {"str": "many"}),
        ("9" * 5000, "integer", {"str": "9" * 5000}),
        ("INF", "double", {"str": "INF"}),
        ("NaN", "double", {"str": "NaN"}),
        ("9" * 400, "decimal", {"str": "9" * 400}),
        ("2026-11-24", "date", {"str": "2026-11-24"}),
    ],
)
def test_cells(catalogue: Catalogue, text: str, datatype: str, cell: dict[str, object]) -> None:
    """A value is given as the number that it is; what JSON has no number for stays a text."""
    iri, name = f"{BASE}id/organisation/smals", f"{BASE}ns#amount"
    value = Value(text, False, "", f"{STANDARD['xsd']}{datatype}")
    entity = replace(catalogue.entities[iri], values={name: (value,)})
    changed = replace(catalogue, entities={iri: entity})

    assert [cell] == cells(changed, iri, Column("amount", name, 0, ""), "en")


@pytest.mark.parametrize("text", ["", "   ", "…", "a" * (LONGEST + 1), "\U0001f916", "x" * LONGEST])
def test_no_name(matcher: Matcher, text: str) -> None:
    """What is no name has no candidate, and breaks nothing."""
    assert not any(candidate.match for candidate in matcher.match(text))


def test_same_answer(matcher: Matcher) -> None:
    """The same question has the same answer, equal scores in the order of the IRIs."""
    found = matcher.match("Cybersecurity", limit=20)

    assert found == matcher.match("Cybersecurity", limit=20)
    assert found == sorted(found, key=lambda candidate: (-candidate.score, candidate.entity.iri))
