"""/links, /lookup and what search engines read, over HTTP."""

import json
import re
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.manifest import Manifest

BELSPO = "https://w3id.org/govplan/id/organisation/belspo"
CBE = "https://org.belgif.be/id/CbeRegisteredEntity/0865537829"


def test_report_as_page_and_as_json(client: FlaskClient) -> None:
    """/links is a page for people and the same figures for programs."""
    page = client.get("/links", headers={"Accept": "text/html"})
    report = client.get("/links", headers={"Accept": "application/json"}).get_json()
    eurovoc = next(each for each in report if each["register"] == "eurovoc")

    assert 200 == page.status_code
    assert "Crossroads Bank for Enterprises" in page.text
    assert (84, 32) == (eurovoc["links"], eurovoc["linked"])


def test_report_in_the_language_of_the_reader(client: FlaskClient) -> None:
    """The names of registers are in the language asked for."""
    page = client.get("/links?lang=nl", headers={"Accept": "text/html"}).text

    assert "Kruispuntbank van Ondernemingen" in page


@pytest.mark.parametrize(
    "identifier",
    [
        CBE,
        "0865537829",
        "BE 0865.537.829",
        "http://org.belgif.be/cbe/org/0865_537_829#id",
        "https://ror.org/01fapfv42",
        "http://ror.org/01fapfv42/",
        "01fapfv42",
        "Q2328260",
        "https://www.wikidata.org/wiki/Q2328260",
        "OVO027346",
    ],
)
def test_lookup(client: FlaskClient, identifier: str) -> None:
    """An identifier finds its thing, however people write it."""
    found = client.get("/lookup", query_string={"id": identifier, "format": "json"}).get_json()["found"]

    assert {BELSPO} == {row["thing"] for row in found}
    assert {"Belgian Science Policy Office"} == {row["label"] for row in found}
    assert {True} == {row["stated"] for row in found}


def test_lookup_of_a_candidate(client: FlaskClient) -> None:
    """A link known second-hand only is found and marked as not stated."""
    found = client.get("/lookup?id=0599799597&format=json").get_json()["found"]

    assert {False} == {row["stated"] for row in found}


def test_lookup_by_iri_as_rdf(client: FlaskClient) -> None:
    """As RDF the answer holds the plain triple and the link with its evidence."""
    answer = client.get("/lookup", query_string={"iri": CBE}, headers={"Accept": "text/turtle"})
    triples = {
        (str(t.subject), t.predicate.value.rsplit("#", 1)[-1], str(t.object))
        for t in ox.parse(answer.data, format=ox.RdfFormat.TURTLE)
    }

    assert "text/turtle; charset=utf-8" == answer.content_type
    assert (f"<{BELSPO}>", "sameAs", f"<{CBE}>") in triples
    assert {"subject", "predicate", "object", "wasDerivedFrom", "claimedBy"} <= {row[1] for row in triples}


def test_lookup_page(client: FlaskClient) -> None:
    """The page is a form, and with an identifier its answer."""
    assert 'name="id"' in client.get("/lookup", headers={"Accept": "text/html"}).text
    assert BELSPO in client.get("/lookup?id=Q2328260", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    "identifier",
    [
        "Q1",
        "https://ror.org/01fapfv43",
        'x" } UNION { ?thing ?p ?o',
        "\\",
        "\U0001f600",
        "a\nb",
        "\x7f\x01\x00",
        "'",
        "\\u0022 } UNION { ?thing ?p ?o",
    ],
)
def test_lookup_of_nothing(client: FlaskClient, identifier: str) -> None:
    """What is linked to nothing is a clear 404, and no text of a query."""
    answer = client.get("/lookup", query_string={"id": identifier}, headers={"Accept": "application/json"})

    assert 404 == answer.status_code
    assert "Nothing in this dataset is linked to" in answer.get_json()["detail"]


@pytest.mark.parametrize("query", ["", "?id=", "?id=a&iri=b", "?id=" + "a" * 2001])
def test_lookup_needs_one_identifier(client: FlaskClient, query: str) -> None:
    """None, two or an endless identifier is a bad request."""
    assert 400 == client.get(f"/lookup{query}", headers={"Accept": "application/json"}).status_code


def test_linksets(client: FlaskClient, settings: Settings) -> None:
    """The dump of link sets describes each register and predicate with its number of links."""
    body = client.get(f"/dumps/{settings.name}-linksets.ttl").data
    void = "http://rdfs.org/ns/void#"
    found: dict[str, dict[str, str]] = {}
    for triple in ox.parse(body, format=ox.RdfFormat.TURTLE):
        found.setdefault(triple.subject.value, {})[triple.predicate.value.removeprefix(void)] = triple.object.value
    ovo = found["https://w3id.org/govplan/id/linkset/ovo-sameAs"]

    assert ("8", settings.dataset_iri) == (ovo["triples"], ovo["subjectsTarget"])
    assert "https://data.vlaanderen.be/id/organisatie/" == found[ovo["objectsTarget"]]["uriSpace"]


def test_beacon(client: FlaskClient, settings: Settings, manifest: Manifest) -> None:
    """The BEACON dump holds every stated link to an IRI, source, relation and target, and no candidate."""
    text = client.get(f"/dumps/{settings.name}-links.beacon.txt").text
    head = [line for line in text.splitlines() if line.startswith("#")]
    rows = [line.split("|") for line in text.splitlines() if line and not line.startswith("#")]

    assert "#FORMAT: BEACON" == head[0]
    assert f"#TIMESTAMP: {manifest.date}" in head
    assert ["id/organisation/belspo", "http://www.w3.org/2002/07/owl#sameAs", CBE] in rows
    assert "0599799597" not in text
    assert all(3 == len(row) and row[2].startswith("http") for row in rows)


def test_sitemap(client: FlaskClient, manifest: Manifest) -> None:
    """The sitemap is XML whose every address answers."""
    root = ET.fromstring(client.get("/sitemap.xml").data)
    places = [each.text or "" for each in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    assert {manifest.date} == {e.text for e in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}lastmod")}
    assert [200] * 5 == [client.get(place).status_code for place in places[:5]]


def test_robots(client: FlaskClient) -> None:
    """Robots are told where the sitemap is, and not to run queries."""
    lines = client.get("/robots.txt").text.splitlines()

    refused = ["Disallow: /sparql?", "Disallow: /cite?"]
    assert ["User-agent: *", *refused, "Sitemap: http://localhost/sitemap.xml"] == lines


def test_dataset_for_search_engines(client: FlaskClient, settings: Settings) -> None:
    """The home page describes the dataset in schema.org terms, with every dump."""
    page = client.get("/", headers={"Accept": "text/html"}).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    dataset = json.loads(found[1])

    assert ("Dataset", settings.dataset_iri) == (dataset["@type"], dataset["@id"])
    assert "https://creativecommons.org/licenses/by/4.0/" == dataset["license"]
    assert f"{settings.name}.ttl" in {each["name"] for each in dataset["distribution"]}
