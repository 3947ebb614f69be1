"""docs/joins.md: each query gives rows on a small made extract of the other dataset, word for word as it stands."""

import re
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

from govplan.content import Content
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "joins.md").read_text(encoding="utf-8")
BASE = "https://w3id.org/govplan/"
ORG = f"{BASE}id/organisation/"
CBE = "https://org.belgif.be/id/CbeRegisteredEntity/"
Rows = list[tuple[str, ...]]

DATASETS = f"""
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .
<http://data.gov.be/dataset/fpseco/cbeopen> a dcat:Dataset ; dcterms:publisher <{CBE}0314595348> ;
  dcterms:title "CBE open data"@en ; dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ECON> .
<http://data.gov.be/dataset/fpsbosa/best/full> a dcat:Dataset ; dcterms:publisher <{CBE}0671516647> ;
  dcterms:title "BeSt addresses"@en .
<http://data.gov.be/dataset/other> a dcat:Dataset ; dcterms:publisher <{CBE}0308357753> ; dcterms:title "Other"@en .
"""
LEVELS = """
@prefix lpdc: <http://data.lblod.info/vocabularies/lpdc/> .
@prefix level: <https://productencatalogus.data.vlaanderen.be/id/concept/BevoegdBestuursniveau/> .
@prefix ovo: <https://data.vlaanderen.be/id/organisatie/> .
ovo:OVO025178 lpdc:organizationCompetencyLevel level:Federaal .
ovo:OVO004539 lpdc:organizationCompetencyLevel level:Federaal .
ovo:OVO000038 lpdc:organizationCompetencyLevel level:Vlaams .
ovo:OVO999999 lpdc:organizationCompetencyLevel level:Lokaal .
"""
REFNIS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix nis: <http://vocab.belgif.be/auth/refnis2025/> .
nis:2000 skos:inScheme <http://vocab.belgif.be/auth/refnis2025> ; skos:notation "2000" ; skos:broader nis:1000 ;
  skos:exactMatch <http://data.europa.eu/nuts/code/BE2> .
nis:10000 skos:broader nis:2000 ; skos:notation "10000" .
nis:11000 skos:broader nis:10000 ; skos:notation "11000" .
nis:11001 skos:broader nis:11000 ; skos:notation "11001" .
nis:11002 skos:broader nis:11000 ; skos:notation "11002" .
"""
THEMES = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://vocab.belgif.be/auth/datatheme/HEAL> skos:exactMatch
  <http://publications.europa.eu/resource/authority/data-theme/HEAL> .
<http://vocab.belgif.be/auth/be-theme/HEAL#id> skos:exactMatch
  <http://publications.europa.eu/resource/authority/data-theme/HEAL> .
<http://vocab.belgif.be/auth/be-theme/EDUC#id> skos:broadMatch
  <http://publications.europa.eu/resource/authority/data-theme/EDUC> .
"""
CELLAR = """
@prefix cdm: <http://publications.europa.eu/ontology/cdm#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://publications.europa.eu/resource/cellar/1> cdm:work_is_about_concept_eurovoc <http://eurovoc.europa.eu/6850> ;
  cdm:resource_legal_id_celex "32010L0040"^^xsd:string .
<http://publications.europa.eu/resource/cellar/2> cdm:work_is_about_concept_eurovoc <http://eurovoc.europa.eu/9999> ;
  cdm:resource_legal_id_celex "31999L0001"^^xsd:string .
"""
WIKIDATA = """
@prefix wdt: <http://www.wikidata.org/prop/direct/> . @prefix wd: <http://www.wikidata.org/entity/> .
wd:Q1 wdt:P3376 "0671.516.647" ; wdt:P856 <https://bosa.belgium.be> .
wd:Q2 wdt:P3376 "0419.052.173" .
"""
THEMIS = """
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix dossier: <https://data.vlaanderen.be/ns/dossier#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://themis.vlaanderen.be/id/stuk/1> a dossier:Stuk ; dcterms:title "Artificiële intelligentie: nota" ;
  dcterms:issued "2019-03-22"^^xsd:date .
<http://themis.vlaanderen.be/id/stuk/2> a dossier:Stuk ; dcterms:title "Wegen" ; dcterms:issued "2020-01-01"^^xsd:date .
"""


def _blocks(heading: str, kind: str = "sparql") -> list[str]:
    """The code blocks of a section, in order."""
    section = re.split(rf"^#+ {re.escape(heading)}.*$", TEXT, maxsplit=1, flags=re.MULTILINE)[1]
    section = re.split(r"^#{2,3} ", section, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL)


def _ask(query: str, *parts: str | ox.Store) -> Rows:
    """The rows of a query over our statements, over an extract, or over both."""
    store = next((part for part in parts if isinstance(part, ox.Store)), ox.Store())
    for part in parts:
        if isinstance(part, str):
            store.load(part.encode(), format=ox.RdfFormat.TURTLE)
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if term is None else str(getattr(term, "value", term)) for term in row) for row in found]


@pytest.fixture(name="ours")
def _ours(content: Content) -> ox.Store:
    """Our statements in a store that an extract may be added to."""
    store = ox.Store()
    store.extend(content.statements("ontology", "data"))
    return store


@pytest.fixture(scope="module", name="client")
def _client() -> dict[str, Callable[..., Any]]:
    """The functions of the client snippet."""
    scope: dict[str, Any] = {}
    exec(_blocks("From a client", "python")[0], scope)
    return scope


def test_datasets_of_the_bodies(ours: ox.Store) -> None:
    """Datasets of data.gov.be are found by the enterprise number of their publisher."""
    rows = _ask(_blocks("Together: open datasets")[0], ours, DATASETS)

    assert [
        (
            f"{ORG}fps-bosa",
            "FPS Policy and Support (BOSA)",
            "http://data.gov.be/dataset/fpsbosa/best/full",
            "BeSt addresses",
        ),
        (f"{ORG}fps-economy", "FPS Economy", "http://data.gov.be/dataset/fpseco/cbeopen", "CBE open data"),
    ] == rows


def test_levels_in_flemish_data(ours: ox.Store) -> None:
    """Our level of a body and that of Flemish data meet, and agree."""
    rows = _ask(_blocks("Together: the level of power")[0], ours, LEVELS)

    assert {"fps-bosa", "fps-economy", "flemish-department-ewi"} == {row[0].removeprefix(ORG) for row in rows}
    assert {"true"} == {row[3] for row in rows}


def test_municipalities_of_a_level(ours: ox.Store) -> None:
    """A level leads to its territory, and that to the smallest units."""
    rows = _ask(_blocks("Together: from a level")[0], ours, REFNIS)

    assert [("region-flemish", "11001"), ("region-flemish", "11002")] == [(r[0].rsplit("/", 1)[-1], r[2]) for r in rows]


def test_belgian_themes(ours: ox.Store) -> None:
    """A policy area leads to the themes of two Belgian portals."""
    rows = _ask(_blocks("Together: from a policy area")[0], ours, THEMES)

    assert [
        ("education-and-skills", "http://vocab.belgif.be/auth/be-theme/EDUC#id"),
        ("health", "http://vocab.belgif.be/auth/be-theme/HEAL#id"),
        ("health", "http://vocab.belgif.be/auth/datatheme/HEAL"),
    ] == [(row[0].rsplit("/", 1)[-1], row[3]) for row in rows]


def test_numbers_for_a_table(ours: ox.Store) -> None:
    """The bare numbers join with a table of federal bodies; a candidate is not among them."""
    numbers = {number: body.removeprefix(ORG) for body, number in _ask(_blocks("Together: official names")[0], ours)}
    table = {"0671516647": "FOD Beleid en Ondersteuning", "0406798006": "Smals", "0308357753": "FOD Justitie"}

    assert {"fps-bosa", "smals"} == {numbers[number] for number in table if number in numbers}
    assert "0599799597" not in numbers
    assert 12 == len(numbers)


def test_law_by_subject(ours: ox.Store, client: dict[str, Callable[..., Any]]) -> None:
    """The EuroVoc concepts of the objectives find acts at the Publications Office."""
    here, there = _blocks("EU Publications Office")
    concepts = [concept for _, concept in _ask(here, ours)]
    rows = _ask(client["fill"](there, "concept", concepts), CELLAR)

    assert [("http://eurovoc.europa.eu/6850", "http://publications.europa.eu/resource/cellar/1", "32010L0040")] == rows


def test_datasets_in_europe(ours: ox.Store, client: dict[str, Callable[..., Any]]) -> None:
    """The IRIs of enterprise numbers find datasets at data.europa.eu."""
    here, there = _blocks("data.europa.eu")
    publishers = [publisher for _, publisher in _ask(here, ours)]
    rows = _ask(client["fill"](there, "publisher", publishers), DATASETS)

    assert {f"{CBE}0314595348", f"{CBE}0671516647"} == {row[0] for row in rows}


def test_items_of_wikidata(ours: ox.Store, client: dict[str, Callable[..., Any]]) -> None:
    """The enterprise numbers, written both ways, find items of Wikidata."""
    (there,) = _blocks("Wikidata: items")
    numbers = [number for _, number in _ask(_blocks("Together: official names")[0], ours)]
    numbers += [f"{n[:4]}.{n[4:7]}.{n[7:]}" for n in numbers]
    rows = _ask(client["fill"](there, "number", numbers, iri=False), WIKIDATA)

    assert [("0671.516.647", "http://www.wikidata.org/entity/Q1", "", "https://bosa.belgium.be")] == rows


def test_flemish_decisions(ours: ox.Store) -> None:
    """Areas have themes of Themis, and its documents are found by their title."""
    here, there = _blocks("Themis")

    assert {"mobility", "health", "digital-government"} <= {row[0].rsplit("/", 1)[-1] for row in _ask(here, ours)}
    assert ["http://themis.vlaanderen.be/id/stuk/1"] == [row[0] for row in _ask(there, THEMIS)]


def test_no_join_uses_service() -> None:
    """No query of the page needs SERVICE, which is refused here."""
    assert [] == [block for block in re.findall(r"```sparql\n(.*?)```", TEXT, re.DOTALL) if "SERVICE" in block.upper()]


@pytest.mark.parametrize(
    "path", ["ns", "auth/level/federal", "id/action/be-ai-convergence-034", "graph/data/shared/links/ror"]
)
def test_w3id_redirects(path: str) -> None:
    """The redirect file sends each kind of IRI to the same path of the server, as 303."""
    text = (ROOT / "docs" / "w3id" / ".htaccess").read_text(encoding="utf-8")
    rule = re.search(r"^RewriteRule (\S+) (\S+)\$1 \[R=303,", text, re.MULTILINE)
    assert rule
    found = re.match(rule[1], path)

    assert found
    assert f"https://govplan.example.org/{path}" == rule[2] + found[1]
