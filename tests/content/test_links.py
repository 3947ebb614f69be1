"""The links to registers of others: only what was verified, each with its evidence, and no thing taken for another."""

import csv
from pathlib import Path

import pytest

from govplan.sparql import Store
from tests.content.test_sources import select

LINK = "?link a gp:RegisterLink ; rdf:subject ?ours ; rdf:predicate ?how ; rdf:object ?theirs ; gp:register ?register ."
RDF = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\nPREFIX owl: <http://www.w3.org/2002/07/owl#>\n"
# The notes write these ten digits below a scheme of their own, and CELEX numbers into their evidence or an address.
NUMBERS = {"cbe": "https://org.belgif.be/id/CbeRegisteredEntity/", "celex": ""}


def _links(store: Store, more: str = "") -> list[tuple[str, ...]]:
    return select(store, RDF + f"SELECT ?link ?ours ?how ?theirs ?register {{ {LINK} {more} }} ORDER BY ?link")


def test_every_link_says_who_when_and_whence(store: Store) -> None:
    """Each link has a speaker, a day, a method and evidence that leads to an address."""
    whole = _links(
        store,
        "?link gp:claimedBy ?who ; dcterms:date ?day ; gp:method ?method ; "
        "prov:wasDerivedFrom/gp:unitOf/schema:url ?address .",
    )

    assert _links(store) == whole
    assert 250 < len(whole)


def test_weak_links_are_candidates(store: Store) -> None:
    """A link known second-hand only is described and not stated."""
    weak = _links(store, "?link prov:wasDerivedFrom/gp:verification verification:second-hand .")
    stated = _links(store, "?link prov:wasDerivedFrom/gp:verification verification:second-hand . ?ours ?how ?theirs .")

    assert ["0599799597", "0599799597", "2024202344", "32024R1689"] == sorted(row[3].rsplit("/", 1)[-1] for row in weak)
    assert [] == stated


def test_territory_body_and_level_are_three_nodes(store: Store) -> None:
    """No node has an identifier of a territory and one of a body, and none is of two of these kinds."""
    land, bodies = '"nuts", "geonames", "refnis", "eu-atu", "eu-country"', '"cbe", "ovo", "ror", "eu-corporate-body"'
    both = select(
        store,
        f"""SELECT DISTINCT ?ours {{
          ?a <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> ?ours ; gp:register ?land .
          ?b <http://www.w3.org/1999/02/22-rdf-syntax-ns#subject> ?ours ; gp:register ?body .
          FILTER(REPLACE(STR(?land), "^.*/", "") IN ({land}) && REPLACE(STR(?body), "^.*/", "") IN ({bodies}))
        }}""",
    )
    kinds = select(
        store,
        """SELECT DISTINCT ?x { ?x a ?one , ?two VALUES (?one ?two) {
          (dcterms:Location <http://www.w3.org/ns/org#Organization>) (dcterms:Location skos:Concept)
          (<http://www.w3.org/ns/org#Organization> skos:Concept) } }""",
    )

    assert [] == both
    assert [] == kinds


def test_same_as_is_kept_for_bodies(store: Store) -> None:
    """owl:sameAs joins organisations to registers of bodies and nothing else."""
    rows = _links(store, "FILTER(?how = owl:sameAs)")

    assert {"cbe", "ovo", "ror"} == {row[4].rsplit("/", 1)[-1] for row in rows}
    assert [] == [row for row in rows if "/id/organisation/" not in row[1]]


@pytest.mark.parametrize(
    "wrong",
    [
        "1980080802/justel",  # another law of the same day as the special law
        "wikidata.org/entity/Q234",  # Flanders as an ethnic territory
        "https://metadata.un.org",
        "eurovoc.europa.eu/4574",  # a trust, not trust
        "geonames.org/6693370",
    ],
)
def test_traps(store: Store, wrong: str) -> None:
    """No link falls into a trap that the notes warn of."""
    assert [] == _links(store, f'FILTER(CONTAINS(STR(?theirs), "{wrong}"))')


def test_one_body_does_not_get_the_number_of_its_host(store: Store) -> None:
    """The Centre for Cyber Security has no enterprise number, and the search for one is on record."""
    centre = "https://w3id.org/govplan/id/organisation/centre-for-cyber-security-belgium"
    looked = select(store, f"SELECT ?register {{ <{centre}> gp:notFoundIn ?register }} ORDER BY ?register")

    assert [] == _links(store, f"FILTER(?ours = <{centre}>)")
    assert ["cbe", "wikidata"] == [row[0].rsplit("/", 1)[-1] for row in looked]


@pytest.fixture(name="notes")
def _notes(shared: Path) -> list[dict[str, str]]:
    """The research notes on identifiers, one row each."""
    with (shared / "research" / "identifiers.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_only_verified_identifiers_are_links(store: Store, notes: list[dict[str, str]]) -> None:
    """Each link leads to an identifier that the notes call verified, or that the address of its evidence has."""
    verified = {row["identifier"] for row in notes if row["status"] == "VERIFIED"}
    told = " ".join(row["evidence"] for row in notes if row["status"] == "VERIFIED")
    read = select(store, "SELECT ?link ?url { ?link prov:wasDerivedFrom/gp:unitOf/schema:url ?url }")
    unknown = []
    for link, _, _, theirs, register in _links(store):
        known = theirs in verified or NUMBERS.get(register.rsplit("/", 1)[-1], "-") + theirs in verified
        known = known or any(theirs in url for about, url in read if about == link)
        if not known and f"CELEX {theirs}" not in told:
            unknown.append(theirs)

    assert [] == unknown


def test_what_is_remembered_is_no_link(store: Store, notes: list[dict[str, str]]) -> None:
    """No identifier that the notes call remembered stands anywhere among the links."""
    remembered = {row["identifier"] for row in notes if row["status"] == "FROM-MEMORY"}

    assert remembered
    assert [] == [row for row in _links(store) if row[3] in remembered]


def test_weak_in_the_notes_is_weak_in_the_data(store: Store, notes: list[dict[str, str]]) -> None:
    """What the notes call weak is never stated as a plain triple."""
    weak = {row["identifier"] for row in notes if "WEAK" in row["evidence"]}
    stated = {row[3] for row in _links(store, "?ours ?how ?theirs .")}

    assert weak
    assert set() == weak & stated
