"""The link report: what is missing, doubtful or wrong among links, and what registers say when asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from govplan.config import load
from govplan.content import Content, read_project
from govplan.conventions import conventions
from govplan.links.online import Unreachable, unreachable
from govplan.links.report import Ambiguity, LinkReport, RegisterReport, link_report
from govplan.release.check import check
from tests.hostile import LOOPBACK, Hostile

BASE = "https://w3id.org/govplan/"
Spoil = Callable[[str, str, str], Path]


FORMS = {form.name: form for form in conventions(["be"]).forms}


def _of(report: LinkReport, register: str) -> RegisterReport:
    return next(each for each in report.registers if each.register == register)


def _ends(iris: tuple[str, ...]) -> list[str]:
    return [iri.rsplit("/", 1)[-1] for iri in iris]


@pytest.fixture(scope="module", name="report")
def _report(content: Content) -> LinkReport:
    """The report on the links of this repository."""
    return link_report(content.statements("ontology", "data"), BASE, tuple(FORMS.values()))


def test_every_register_is_in_order(report: LinkReport) -> None:
    """No link of this repository is malformed, doubled or ambiguous."""
    assert 21 == len(report.registers)
    assert [] == [r.register for r in report.registers if r.malformed or r.duplicates or r.ambiguous]


def test_missing_and_not_found_are_two_things(report: LinkReport) -> None:
    """What nobody linked is missing; what was looked for in vain is not found, and not missing too."""
    cbe = _of(report, "cbe")

    assert {"ai4belgium", "centre-for-cyber-security-belgium", "knowledge-centre-data-and-society"} == set(
        _ends(cbe.not_found)
    )
    assert "agoria" in _ends(cbe.missing)
    assert not set(cbe.missing) & set(cbe.not_found)


def test_laws_without_identifier_are_missing(report: LinkReport) -> None:
    """A register may be expected to know the values of a property: every law that powers rest on.

    Nobody looked for the acts of Belgium in vain: an identifier that is only remembered is a missing one.
    """
    eli = _of(report, "eli")

    assert {"law-nis2", "special-law-1980"} <= set(_ends(eli.missing))
    assert "smartnation-2030" not in _ends(eli.missing)
    assert [] == _ends(eli.not_found)


def test_candidates(report: LinkReport) -> None:
    """A link known second-hand only is a candidate."""
    assert ["cybersecurity-coalition-cbe-0599799597", "cybersecurity-coalition-cbe-number"] == _ends(
        _of(report, "cbe").candidates
    )


def _changed(project: Path) -> LinkReport:
    return link_report(
        read_project(load(project, environ={})).statements("ontology", "data"), BASE, tuple(FORMS.values())
    )


CBE, ROR = "data/shared/links/cbe.ttl", "data/shared/links/ror.ttl"
LINK = "match:belspo-cbe-0865537829 a gp:RegisterLink ;\n    rdf:subject organisation:belspo ;"


def test_two_of_ours_for_one_of_theirs(project: Path, spoil: Spoil) -> None:
    """One number of two organisations is ambiguous."""
    spoil(CBE, LINK, LINK.replace("organisation:belspo", "organisation:bipt"))

    assert (
        Ambiguity("0865537829", (f"{BASE}id/organisation/belspo", f"{BASE}id/organisation/bipt"))
        in _of(_changed(project), "cbe").ambiguous
    )


def test_two_of_theirs_for_one_of_ours(project: Path, spoil: Spoil) -> None:
    """One organisation with two numbers is ambiguous."""
    spoil(CBE, LINK, LINK.replace("organisation:belspo", "organisation:bipt"))

    assert (
        Ambiguity(f"{BASE}id/organisation/bipt", ("0243405860", "0865537829"))
        in _of(_changed(project), "cbe").ambiguous
    )


def test_identifier_in_two_spellings(project: Path, spoil: Spoil) -> None:
    """http and https, with and without a slash, are one identifier and so one link too many."""
    file = project / "data/shared/links/geonames.ttl"
    text = file.read_text(encoding="utf-8")
    block = text[text.index("match:belgium-geonames") :].split("\n\n", 1)[0]
    twin = (
        block.replace("geonames-2802361", "geonames-twin").replace("https://sws", "http://sws").replace("361/>", "361>")
    )
    file.write_text(text + "\n" + twin + "\n", encoding="utf-8")

    doubled = _of(_changed(project), "geonames").duplicates
    assert [("https://sws.geonames.org/2802361/", 2)] == [(each.one, len(each.many)) for each in doubled]


def test_links_in_the_gate(project: Path, spoil: Spoil) -> None:
    """Wrong check digits are violations that name the file, an ambiguous number is a warning."""
    spoil(CBE, LINK, LINK.replace("organisation:belspo", "organisation:bipt"))
    spoil(CBE, "CbeRegisteredEntity/0314595348> ;", "CbeRegisteredEntity/0314595349> ;")
    spoil(ROR, "rdf:object <https://ror.org/01fapfv42> ;", "rdf:object <https://ror.org/01fapfv43> ;")
    problems = check(load(project, environ={})).problems
    digits = [each for each in problems if "check digits" in each.what]

    assert [("violation", CBE), ("violation", ROR)] == [(each.severity, each.place.split(":")[0]) for each in digits]
    assert any("same as several" in each.what and each.severity == "warning" for each in problems)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0671516647", "0671516647"),
        ("BE 0671.516.647", "0671516647"),
        ("be0671516647", "0671516647"),
        ("671.516.647", "0671516647"),
        ("0671516648", None),
        ("2671516647", None),
        ("12345", None),
        ("FPS BOSA", None),
    ],
)
def test_enterprise_numbers_as_people_write_them(written: str, number: str | None) -> None:
    """Dots, spaces, a country code and a missing zero are put right; a wrong number is none."""
    assert number == FORMS["cbe"].read(written)


@pytest.mark.parametrize(("key", "right"), [("01fapfv42", True), ("01fapfv24", False), ("01fapfu42", False)])
def test_ror_check_digits(key: str, right: bool) -> None:
    """The check digits of ROR betray a wrong or exchanged character."""
    assert right is FORMS["ror"].is_right(key)


def test_online_lists_what_cannot_be_reached(hostile: Hostile) -> None:
    """Each address is asked once; errors are listed with their reason, numbers are not asked for."""
    told: list[tuple[int, int]] = []
    iris = [hostile.url(path) for path in ("/good", "/gone", "/closes", "/to-private", "/good#part")]
    found = unreachable(
        [*iris, "0671516647"], network=LOOPBACK, pause=0, progress=lambda done, of: told.append((done, of))
    )

    assert [
        Unreachable(hostile.url("/closes"), found[0].why),
        Unreachable(hostile.url("/gone"), "status 404"),
        Unreachable(hostile.url("/to-private"), found[2].why),
    ] == found
    assert "broke off" in found[0].why
    assert "not an address of the public internet" in found[2].why
    assert [(n, 5) for n in range(1, 6)] == told
