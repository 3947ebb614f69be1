"""What may be called a match: identifiers decide, IRIs are nothing else, codes and classes only where asked for."""

from dataclasses import replace

import pytest

from govplan.namespaces import STANDARD
from govplan.reconciliation.asking import Condition, Query, Strictness, ask
from govplan.reconciliation.entities import Catalogue
from govplan.reconciliation.forms import forms
from govplan.reconciliation.matching import Matcher

BASE = "https://w3id.org/govplan/"
AGENT = "http://xmlns.com/foaf/0.1/Agent"
CONCEPT = f"{STANDARD['skos']}Concept"
IDENTIFIER = f"{STANDARD['dcterms']}identifier"
LEVEL = f"{BASE}ns#levelOfPower"
SMALS = f"{BASE}id/organisation/smals"
IMEC = f"{BASE}id/organisation/imec"


@pytest.mark.parametrize(
    "text",
    [
        "https://berlin.github.io/lod-vocabulary/organisation/1",
        "http://example.org/smals",
        "<https://example.org/belspo>",
        "HTTPS://EXAMPLE.ORG/BELSPO/",
        "urn:organisation:smals",
        "//example.org/smals",
        "www.example.org/smals",
        "lod:vocabulary",
        "https://example.org/Federaal Wetenschapsbeleid".replace(" ", "%20"),
        "mailto:smals@example.org",
    ],
)
def test_words_of_an_iri(matcher: Matcher, text: str) -> None:
    """The words in an IRI that nobody bears name nothing."""
    assert [] == matcher.match(text)


@pytest.mark.parametrize(
    "text", ["Smals https://example.org/imec", "Smals (https://example.org/vocabulary)", "<http://x.example/a> Smals"]
)
def test_iri_beside_a_name(matcher: Matcher, text: str) -> None:
    """An address beside a name neither adds to it nor takes from it."""
    assert [SMALS] == [candidate.entity.iri for candidate in matcher.match(text) if candidate.match]


@pytest.mark.parametrize("text", [SMALS, f"<{SMALS}>", f" {SMALS}/ ", "organisation:smals"])
def test_iri_of_an_entity(matcher: Matcher, text: str) -> None:
    """An IRI of this release is found, however it is written."""
    assert [(SMALS, True)] == [(candidate.entity.iri, candidate.match) for candidate in matcher.match(text)]


def test_iris_as_values(catalogue: Catalogue) -> None:
    """Two IRIs that differ in a sign are two values, though their letters are the same."""
    one, other = (forms(catalogue, [f"https://example.org/a{mark}b"]) for mark in ("-", "/"))

    assert one.isdisjoint(other)


@pytest.mark.parametrize("text", ["Vocabulary", "Federaal", "federal", "Financiën", "Justice et droits", "Economie"])
def test_code_is_no_match(matcher: Matcher, text: str) -> None:
    """A word that a code is called by, or its notation, is a suggestion at most."""
    first = matcher.match(text)[0]

    assert first.entity.is_term
    assert not first.match
    assert not any(candidate.match for candidate in ask(matcher, Query((text,), (AGENT,), "should")))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Federaal", CONCEPT),
        ("federal", f"{BASE}auth/level"),
        ("Vocabulary", f"{BASE}auth/layer"),
    ],
)
@pytest.mark.parametrize("strictness", ["any", "all", "should"])
def test_code_that_was_asked_for(matcher: Matcher, text: str, kind: str, strictness: Strictness) -> None:
    """Where codes were asked for, they are matched as everything else."""
    assert ask(matcher, Query((text,), (kind,), strictness))[0].match


def test_class_is_no_match(catalogue: Catalogue) -> None:
    """Neither is a class."""
    iri = f"{BASE}id/organisation/smals"
    a_class = replace(catalogue.entities[iri], is_term=True)
    matcher = Matcher(replace(catalogue, entities={**catalogue.entities, iri: a_class}))

    assert (iri, 100.0, False) == (lambda c: (c.entity.iri, c.score, c.match))(matcher.match("Smals")[0])
    assert matcher.match("Smals", [AGENT])[0].match


@pytest.mark.parametrize("value", ["0406.798.006", "0406798006", "BE 0406 798 006", SMALS, "organisation:smals"])
@pytest.mark.parametrize("name", ["", "Smals", "imec", "something else", "Federal"])
@pytest.mark.parametrize("property_", [IDENTIFIER, f"{STANDARD['skos']}exactMatch", None])
def test_identifier_decides(matcher: Matcher, value: str, name: str, property_: str | None) -> None:
    """An exact identifier decides, whatever the name, and by whichever property it is stated."""
    texts = (name,) if name else ()
    first = ask(matcher, Query(texts, conditions=(Condition(property_, (value,)),)))[0]

    assert (SMALS, True, 100.0) == (first.entity.iri, first.match, first.score)


def test_identifier_and_other_conditions(matcher: Matcher) -> None:
    """A condition that is not met takes nothing from an identifier, unless it is required."""
    number = Condition(IDENTIFIER, ("0406.798.006",))
    elsewhere = Condition(LEVEL, ("Waals Gewest",))
    loose = ask(matcher, Query(("imec",), conditions=(number, elsewhere)))[0]
    strict = ask(matcher, Query(("imec",), conditions=(number, replace(elsewhere, required=True))))

    assert (SMALS, True, 0.5) == (loose.entity.iri, loose.match, loose.met)
    assert SMALS not in [candidate.entity.iri for candidate in strict]


@pytest.mark.parametrize("values", [("0406.798.006", "https://ror.org/02kcbn207"), (SMALS, IMEC)])
def test_identifiers_of_two(matcher: Matcher, values: tuple[str, ...]) -> None:
    """Identifiers of two things decide nothing."""
    found = ask(matcher, Query(conditions=(Condition(IDENTIFIER, values),)))

    assert {SMALS, IMEC} == {candidate.entity.iri for candidate in found}
    assert not any(candidate.match for candidate in found)


def test_identifier_that_must_not_be(matcher: Matcher) -> None:
    """An identifier that is ruled out names nothing, and rules out who bears it."""
    found = ask(matcher, Query(("Smals",), conditions=(Condition(IDENTIFIER, (SMALS,), True, "none"),)))

    assert SMALS not in [candidate.entity.iri for candidate in found]


def test_identifier_of_another_kind(matcher: Matcher) -> None:
    """An identifier leads to nothing of a kind that was not asked for."""
    number = Condition(IDENTIFIER, ("0406.798.006",))

    assert [] == ask(matcher, Query(("imec",), (f"{BASE}ns#Objective",), conditions=(number,)))
    assert SMALS == ask(matcher, Query(("imec",), (AGENT,), conditions=(number,)))[0].entity.iri


@pytest.mark.parametrize("types", [("Q5",), ("https://example.org/Thing",), ("", "no such kind")])
@pytest.mark.parametrize("strictness", ["any", "all"])
def test_unknown_kind(matcher: Matcher, types: tuple[str, ...], strictness: Strictness) -> None:
    """Nothing is of a kind that is not there."""
    assert [] == ask(matcher, Query(("Smals",), types, strictness))
    assert [] == ask(matcher, Query((), types, strictness, conditions=(Condition(IDENTIFIER, (SMALS,)),)))


def test_unknown_kind_beside_a_known_one(matcher: Matcher) -> None:
    """Of several kinds that one has to be of, those that are there count."""
    assert ask(matcher, Query(("Smals",), ("Q5", AGENT)))[0].match
    assert [] == ask(matcher, Query(("Smals",), ("Q5", AGENT), "all"))
