"""Short names: acronyms in each language, and what stands behind the kind of a federal service."""

from dataclasses import replace

import pytest

from govplan.reconciliation.entities import Catalogue, Name
from govplan.reconciliation.matching import AUTO_SCORE, Matcher

BASE = "https://w3id.org/govplan/"
ORGANISATION = "http://xmlns.com/foaf/0.1/Agent"
SMALS = f"{BASE}id/organisation/smals"


def _first(matcher: Matcher, text: str, *types: str) -> tuple[str, bool]:
    first = matcher.match(text, types)[0]
    return first.entity.iri.removeprefix(f"{BASE}id/organisation/"), first.match


def _named(catalogue: Catalogue, *names: str) -> Matcher:
    """A matcher in which Smals bears these names only, as another release might have them."""
    entity = replace(catalogue.entities[SMALS], names=tuple(Name(name, "", "label") for name in names))
    return Matcher(replace(catalogue, entities={**catalogue.entities, SMALS: entity}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INAMI", "nihdi"),
        ("RIZIV", "nihdi"),
        ("NIHDI", "nihdi"),
        ("APD", "data-protection-authority"),
        ("GBA", "data-protection-authority"),
        ("DPA", "data-protection-authority"),
        ("CCB", "centre-for-cyber-security-belgium"),
        ("IBPT", "bipt"),
        ("BIPT", "bipt"),
        ("EWI", "flemish-department-ewi"),
        ("HDA", "health-data-agency"),
        ("VAIA", "vaia"),
        ("ADN", "agence-du-numerique"),
        ("BELSPO", "belspo"),
    ],
)
def test_acronym(matcher: Matcher, text: str, expected: str) -> None:
    """An acronym that is stated is a name in each language, in capitals or not, with and without a kind."""
    for written in (text, text.lower(), text.title(), ".".join(text) + "."):
        assert (expected, True) == _first(matcher, written, ORGANISATION), written
    assert (expected, True) == _first(matcher, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Departement EWI", "flemish-department-ewi"),
        ("Vlaams departement EWI", "flemish-department-ewi"),
        ("Department ESI", "flemish-department-ewi"),
        ("Institut IBPT", "bipt"),
        ("APD Belgique", "data-protection-authority"),
        ("Autorité APD", "data-protection-authority"),
        ("CCB België", "centre-for-cyber-security-belgium"),
    ],
)
def test_acronym_beside_words_of_the_name(matcher: Matcher, text: str, expected: str) -> None:
    """An acronym beside words that stand in the same thing's names means that thing."""
    assert (expected, True) == _first(matcher, text)


@pytest.mark.parametrize("text", ["Departement APD", "Ministerie EWI", "EWI Smals", "FOD CCB", "imec APD"])
def test_acronym_beside_other_words(matcher: Matcher, text: str) -> None:
    """Beside any other word an acronym is no match."""
    assert not any(candidate.match for candidate in matcher.match(text))


@pytest.mark.parametrize("text", ["ABCD", "abcd", "bcd"])
def test_initials_alone(catalogue: Catalogue, text: str) -> None:
    """Initials that nobody states are a suggestion, of the last words of a name too."""
    first = _named(catalogue, "Aaa Bbb Ccc Ddd").match(text)[0]

    assert SMALS == first.entity.iri
    assert not first.match
    assert first.score < AUTO_SCORE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Volksgezondheid", "fps-health"),
        ("Santé publique", "fps-health"),
        ("Volksgesundheit", "fps-health"),
        ("Public Health", "fps-health"),
        ("Mobilité et Transports", "fps-mobility"),
        ("Sociale Zekerheid", "fps-social-security"),
        ("Soziale Sicherheit", "fps-social-security"),
        ("Beleid en Ondersteuning", "fps-bosa"),
        ("Stratégie et Appui", "fps-bosa"),
    ],
)
def test_behind_the_service(matcher: Matcher, text: str, expected: str) -> None:
    """What stands behind FOD, SPF, FÖD or FPS names the service, in every language."""
    assert (expected, True) == _first(matcher, text, ORGANISATION)


@pytest.mark.parametrize(
    "text",
    [
        "SPF Finances",
        "FOD Financiën",
        "FÖD Finanzen",
        "FPS Finance",
        "Service public fédéral Finances",
        "Federale Overheidsdienst Financiën",
        "Finances",
        "FOD Financiën, Begroting en Douane",
    ],
)
def test_service_without_kind(catalogue: Catalogue, text: str) -> None:
    """A federal service is found without a kind, although codes bear words like its name."""
    names = ("FOD Financiën", "SPF Finances", "FÖD Finanzen", "FPS Finance")
    first = _named(catalogue, *names).match(text)[0]

    assert (SMALS, True) == (first.entity.iri, first.match)


@pytest.mark.parametrize("text", ["FOD Wegen", "SPW Wegen", "Wegen", "Federale Overheidsdienst Wegen"])
def test_service_with_a_long_name(catalogue: Catalogue, text: str) -> None:
    """A service is found by the first of the matters in its name."""
    first = _named(catalogue, "Federale Overheidsdienst Wegen, Bruggen en Tunnels").match(text, [ORGANISATION])[0]

    assert SMALS == first.entity.iri
    assert first.match == (text != "SPW Wegen")


@pytest.mark.parametrize("text", ["FOD", "SPF", "Service public fédéral", "FPS Justice", "SPF Intérieur"])
def test_service_that_is_not_there(matcher: Matcher, text: str) -> None:
    """The kind of service alone names nothing, and neither does a service that the release does not have."""
    assert not any(candidate.match for candidate in matcher.match(text))


@pytest.mark.parametrize("name", ["…", "", "²", "FOD", "—"])
def test_name_without_words(catalogue: Catalogue, name: str) -> None:
    """A name in which nothing can be read breaks nothing."""
    assert not any(candidate.match for candidate in _named(catalogue, name).match("Wegen", [ORGANISATION]))
