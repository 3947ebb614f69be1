"""What the query editor is given: the terms it completes, its files, and answers in a form it can show."""

import re
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.formats import BINDINGS

BROWSER = {"Accept": "text/html"}
COUNTED = "SELECT ?type (COUNT(*) AS ?n) { ?s a ?type } GROUP BY ?type LIMIT 8"


def _sparql(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query, "format": "html", **more})


@pytest.mark.parametrize(("language", "label"), [("en", "Objective"), ("nl", "Doelstelling"), ("de", "Ziel")])
def test_terms(client: FlaskClient, settings: Settings, language: str, label: str) -> None:
    """The terms are our classes, properties and codes with a label in the reader's language, and the prefixes."""
    document = client.get(f"/sparql/terms?lang={language}").get_json()
    terms = {(each["kind"], each["name"]): each for each in document["terms"]}

    assert settings.prefixes == document["prefixes"]
    assert label.lower() == terms["class", "gp:Objective"]["label"].lower()
    assert f"{settings.base}ns#Objective" == terms["class", "gp:Objective"]["iri"]
    assert ("property", "gp:underObjective") in terms
    assert any(kind == "code" and name.startswith("instrument:") for kind, name in terms)
    assert len(document["terms"]) == len(terms)


def test_long_answer(client: FlaskClient) -> None:
    """A long answer comes in pages, and lists those at the ends and around the one that is shown."""
    query = "SELECT * { ?thing ?property ?value } LIMIT 1500"
    page = client.get(_sparql(query, page="15"), headers=BROWSER).text
    pages = page.split('<nav class="pages"', 1)[1].split("</nav>", 1)[0]

    assert 50 == page.split("<tbody>", 1)[1].split("</tbody>", 1)[0].count("<tr>")
    assert ["1", "13", "14", "15", "16", "17", "30"] == re.findall(r">(\d+)</a>", pages)
    assert 2 == pages.count("…")


def test_sorted(client: FlaskClient) -> None:
    """An answer sorts by any of its columns; one that it does not have is refused beside the query."""
    found = client.get(_sparql(COUNTED, sort="-n"), headers=BROWSER).text
    wrong = client.get(_sparql(COUNTED, sort="other"), headers=BROWSER)

    assert 'aria-sort="descending"' in found
    assert (400, True) == (wrong.status_code, "SELECT ?type" in wrong.text)


def test_wrong_query_stays(client: FlaskClient) -> None:
    """A page of a query that fails has the status, the text, the place, and still no other form for a program."""
    address = _sparql("SELECT *\nWHERE { oops }")
    page = client.get(address, headers=BROWSER)

    assert 400 == page.status_code
    assert "WHERE { oops }</textarea>" in page.text
    assert 'data-line="2" data-column="9"' in page.text
    assert "application/problem+json" == client.get(address).mimetype


def test_downloads(client: FlaskClient) -> None:
    """The page of an answer leads to the whole answer in every format."""
    page = client.get(_sparql(COUNTED), headers=BROWSER).text
    links = re.findall(r'<a href="([^"]+)" download="answer\.(\w+)"', page)

    assert [fmt.extension for fmt in BINDINGS] == [extension for _, extension in links]
    for address, _ in links:
        assert 200 == client.get(address.replace("&amp;", "&")).status_code


def test_chart(client: FlaskClient) -> None:
    """An answer that counts has a chart in the reader's language; another has none, and asking for it says why."""
    page = client.get(_sparql(COUNTED, lang="fr"), headers=BROWSER).text
    source = re.search(r'<img src="([^"]+)"', page)
    assert source
    drawn = client.get(source[1].replace("&amp;", "&"))
    none = client.get("/sparql/chart?" + urlencode({"query": "SELECT ?s { ?s ?p ?o } LIMIT 5"}))

    assert (200, "image/svg+xml") == (drawn.status_code, drawn.mimetype)
    assert "Réponse" in drawn.text
    assert (400 <= none.status_code < 500, "chart-impossible") == (
        True,
        none.get_json(force=True)["type"].rsplit("/")[-1],
    )
    assert "<figure" not in client.get(_sparql("SELECT ?s { ?s ?p ?o } LIMIT 5"), headers=BROWSER).text


def test_policy(client: FlaskClient) -> None:
    """The editor needs nothing that the policy of every other page does not allow."""
    policies = {client.get(path, headers=BROWSER).headers["Content-Security-Policy"] for path in ("/", "/sparql")}

    assert 1 == len(policies)
    assert "unsafe" not in policies.pop()


def test_examples(client: FlaskClient) -> None:
    """The questions to begin with ask in the language of the page."""
    page = client.get("/sparql?lang=nl", headers=BROWSER).text
    addresses = re.findall(r'<option value="(/queries/[^"]+)"', page)
    texts = [client.get(address.replace("&amp;", "&")).text for address in addresses]

    assert addresses
    assert any('"nl"' in text for text in texts)
