"""The pages for reading show what the data say: every number here is counted a second time, on the files."""

import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from govplan.namespaces import STANDARD

BASE = "https://w3id.org/govplan/"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = ("/", "/plan", "/powers", "/findings", "/actors", "/sources", "/codebook", "/dumps/", "/ns")
KINDS = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
ACTION = "/id/action/be-ai-convergence-034.html"
Ask = Callable[[str], list[tuple[str, ...]]]


@pytest.fixture(scope="module", name="ask")
def _ask(release: Path) -> Ask:
    """Ask the N-Quads of the release, past the server."""
    store = ox.Store()
    store.bulk_load(path=str(release / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
    prefixes = {"gp": f"{BASE}ns#", **{label: STANDARD[label] for label in ("foaf", "owl", "skos")}}

    def ask(query: str) -> list[tuple[str, ...]]:
        found = store.query(query, use_default_graph_as_union=True, prefixes=prefixes)
        assert isinstance(found, ox.QuerySolutions)
        return [tuple(str(getattr(term, "value", term)) for term in row) for row in found]

    return ask


def _page(client: FlaskClient, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={**BROWSER, "Accept-Language": language}, follow_redirects=True)
    assert 200 == answer.status_code
    return answer.text


def _path(iri: str) -> str:
    return "/" + iri.removeprefix(BASE) + ".html"


def test_outline(client: FlaskClient, ask: Ask) -> None:
    """The outline links every objective and action once, with its number, and every aim with each of its holders."""
    page = _page(client, "/plan")

    for iri, number in ask("SELECT DISTINCT ?s ?n { ?s a gp:Action ; gp:sourceNumber ?n }"):
        assert 1 == page.count(f'<span class="no">{number}</span> <a href="{_path(iri)}"'), iri
    for iri, holders in ask(
        "SELECT ?s (COUNT(DISTINCT ?of) AS ?n) { { ?s gp:aimOf ?of } UNION { ?s a gp:Objective ; gp:inPlan ?of } } "
        "GROUP BY ?s"
    ):
        assert int(holders) == page.count(f'href="{_path(iri)}"'), iri


def test_parts_of_actions_lie_under_them(client: FlaskClient) -> None:
    """An action that is a part of another stands inside it."""
    page = _page(client, "/plan")
    first = page.index("be-ai-convergence-001.html")

    assert '<ol class="outline">' in page[first : page.index("be-ai-convergence-002.html")]


def test_coding_is_marked_as_ours(client: FlaskClient, ask: Ask) -> None:
    """Codes of our coding never look like what is reported, and the other way round."""
    page = _page(client, "/plan")
    count = "SELECT DISTINCT ?s ?code { ?s a gp:Action ; %s ?code }"
    coded = len(ask(count % "gp:primaryInstrument") + ask(count % "gp:concreteness"))
    reported = len(ask(count % "gp:statusReported") + ask(count % "gp:levelMentioned"))

    assert (coded + 1, reported + 1) == (page.count('class="tag coding"'), page.count('class="tag reported"'))


def test_powers(client: FlaskClient, ask: Ask) -> None:
    """The matrix has one mark for each level that a source names, claim, area with laws, area without, and flag."""
    page = _page(client, "/powers")
    table = page[page.index("<table") : page.index("</table>")]
    tier = "OPTIONAL { ?level skos:broader ?broader } BIND(COALESCE(?broader, ?level) AS ?tier)"
    graph = "?graph gp:layer <%sauth/layer/%s> . GRAPH ?graph { ?claim a gp:PowerClaim }"
    claim = "?claim gp:concerns ?about ; gp:levelInvolved ?level ."
    named = ask(f"SELECT DISTINCT ?s ?tier {{ ?s a gp:Action ; gp:levelMentioned ?level . {tier} }}")
    claimed = ask(
        f"SELECT DISTINCT ?claim ?tier ?about {{ ?about a gp:Objective . {claim} {graph % (BASE, 'findings')} {tier} }}"
    )
    law, vain = (
        ask(
            f"SELECT DISTINCT ?s ?about ?tier {{ ?s a gp:Action ; gp:policyArea ?about . {claim} "
            f"{graph % (BASE, 'powers')} {tier} FILTER {found} {{ ?claim gp:legalGround ?law }} }}"
        )
        for found in ("EXISTS", "NOT EXISTS")
    )

    assert named
    assert claimed
    assert law
    assert vain
    assert (len(named), len(claimed), len(law), len(vain), len(ask("SELECT ?f { ?f a gp:Flag }"))) == tuple(
        table.count(f'class="mark {kind}"') for kind in ("reported", "findings", "powers", "not-found", "derived")
    )


def test_marks_lead_to_claims(client: FlaskClient, ask: Ask) -> None:
    """Every mark for a law leads to a list on the page where each claim has claimant, ground and source."""
    page = _page(client, "/powers")
    anchors = set(re.findall(r'class="mark powers" href="#([^"]+)"', page))

    assert anchors
    assert all(f'id="{anchor}"' in page for anchor in anchors)
    listed = page[page.index('id="claims"') :]
    for (iri,) in ask("SELECT DISTINCT ?s { ?s a gp:PowerClaim }"):
        entry = listed.split(f'href="{_path(iri)}"', 1)[1].split("</li>", 1)[0]
        assert "According to:" in entry
        assert "Source:" in entry
    for iri, article in ask("SELECT DISTINCT ?s ?article { ?s a gp:PowerClaim ; gp:article ?article }"):
        assert article in listed.split(f'href="{_path(iri)}"', 1)[1].split("</li>", 1)[0]


def test_findings(client: FlaskClient, ask: Ask) -> None:
    """Each judgement stands with its speaker; what it may touch is marked as our candidate, with its confidence."""
    page = _page(client, "/findings")
    judged = ask("SELECT DISTINCT ?s ?about { ?s gp:assesses ?about }")
    links = ask("SELECT DISTINCT ?link { ?link gp:linkFrom ?s . ?s gp:assesses ?about }")

    assert len(judged) == page.count('class="said"') == page.count("According to:")
    assert len(links) == page.count('<a class="tag coding"')
    assert "candidates, our coding" in page
    assert "confidence 0.9" in page


def test_actors(client: FlaskClient, ask: Ask) -> None:
    """Everybody is listed, with each role of each participation."""
    page = _page(client, "/actors")

    for (iri,) in ask("SELECT DISTINCT ?s { ?s gp:organisationKind ?kind }"):
        assert f'href="{_path(iri)}"' in page, iri
    for actor, element in ask("SELECT ?actor ?s { ?s gp:participation ?p . ?p gp:actor ?actor }"):
        row = page.split(f'<th scope="row"><a href="{_path(actor)}"', 1)[1].split("</tr>", 1)[0]
        assert f'href="{_path(element)}"' in row


def test_sources(client: FlaskClient, ask: Ask) -> None:
    """Every document is listed with its address, and the number of passages pointed at in it."""
    page = _page(client, "/sources")
    documents = ask("SELECT ?d (COUNT(DISTINCT ?p) AS ?n) { ?d a gp:SourceDocument . ?p gp:unitOf ?d } GROUP BY ?d")

    assert len(ask("SELECT DISTINCT ?d { ?d a gp:SourceDocument }")) == page.count('<th scope="row">')
    for iri, count in documents:
        row = page.split(f'href="{_path(iri)}"', 1)[1].split("</tr>", 1)[0]
        assert f'<td class="number">{count}</td>' in row, iri


def test_codebook(client: FlaskClient, ask: Ask) -> None:
    """Every code but the words is listed with its meaning, how many things carry it, and in which layers."""
    page = _page(client, "/codebook")
    codes = ask(
        f"""SELECT DISTINCT ?s ?d {{ ?s skos:inScheme ?scheme ; skos:definition ?d
        FILTER(LANG(?d) = 'en' && ?scheme != <{BASE}auth/word>) }}"""
    )
    planned = ask(f"SELECT DISTINCT ?s {{ ?s ?p <{BASE}auth/status/planned> FILTER(!STRSTARTS(STR(?p), STR(skos:))) }}")

    assert 200 < len(codes)
    for iri, meaning in codes:
        row = page.split(f'<td><a href="{_path(iri)}"', 1)[1].split("</tr>", 1)[0]
        assert meaning.replace("'", "&#39;").replace('"', "&#34;") in row, iri
    row = page.split('href="/auth/status/planned.html"', 1)[1].split("</tr>", 1)[0]
    assert f'<td class="number">{len(planned)}</td><td>Reported</td>' in row


def test_codebook_has_classes_and_properties(client: FlaskClient, ask: Ask) -> None:
    """Classes and properties are listed too: how many things are one or have it, and what a property takes."""
    table = {row["iri"]: row for row in csv.DictReader(io.StringIO(client.get("/codebook.csv").text))}
    terms = ask(
        "SELECT ?s { ?s <http://www.w3.org/2000/01/rdf-schema#isDefinedBy> ?o ; a ?kind FILTER(?kind IN ("
        + ", ".join(f"<http://www.w3.org/2002/07/owl#{kind}>" for kind in ("Class", *KINDS))
        + ")) }"
    )
    status = table[f"{BASE}ns#statusReported"]

    assert 100 < len(terms)
    assert {iri for (iri,) in terms} <= set(table)
    assert ("57", "Reported") == (table[f"{BASE}ns#Action"]["uses"], table[f"{BASE}ns#Action"]["layers"])
    assert ("property", "Statuses") == (status["kind"], status["values"])
    assert str(len(ask("SELECT DISTINCT ?s { ?s gp:statusReported ?o }"))) == status["uses"]
    assert all(row["definition"] for row in table.values())


def test_codebook_as_table(client: FlaskClient) -> None:
    """The table has what the page has, in the language of the address and for every reader the same."""
    french = {"Accept-Language": "fr"}
    table = client.get("/codebook.csv", headers=french)
    rows = list(csv.DictReader(io.StringIO(client.get("/codebook.csv?lang=fr").text)))
    page = _page(client, "/codebook", "fr")

    assert "text/csv" == table.mimetype
    assert client.get("/codebook.csv").data == table.data == client.get("/codebook?format=csv&lang=en").data
    assert len(rows) == page.count('<th scope="row">')
    assert "Rapporté" in {layer for row in rows for layer in row["layers"].split("; ")}
    assert 406 == client.get("/codebook?format=pdf").status_code


def test_vocabulary(client: FlaskClient, ask: Ask) -> None:
    """Every term has its place on the page of the vocabulary, with its definition."""
    page = _page(client, "/ns")

    for (iri,) in ask(f"SELECT DISTINCT ?s {{ ?s <http://www.w3.org/2000/01/rdf-schema#isDefinedBy> <{BASE}ns> }}"):
        assert f'id="{iri.partition("#")[2]}"' in page
    assert "Smallest thing that a government says in a plan it will do" in page


class _Text(HTMLParser):
    """The texts of a page as a reader sees them: what stands between tags, and what is said aloud for an element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self._quiet = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in ("code", "pre", "option", "textarea")
        self.texts |= {value for name, value in attrs if name in ("title", "aria-label", "placeholder") and value}

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in ("code", "pre", "option", "textarea")

    def handle_data(self, data: str) -> None:
        if not self._quiet and data.strip():
            self.texts.add(" ".join(data.split()))


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
@pytest.mark.parametrize("path", [*PAGES, "/queries/", "/limits", "/errors/", ACTION, "/shape/Action.html"])
def test_nothing_stays_english(client: FlaskClient, ask: Ask, path: str, language: str) -> None:
    """No page shows an English text, its own or the data's, unless the data have it in the other language too."""
    english, other = (_texts(_page(client, path, each)) for each in ("en", language))
    same = {text for text in english & other if re.search(r"[a-z]{3}.*\s.*[a-z]{3}", text)}
    said = {text for (text,) in ask(f"SELECT DISTINCT ?text {{ ?s ?p ?text FILTER(LANG(?text) = '{language}') }}")}

    assert set() == same - said


def _texts(page: str) -> set[str]:
    # What a thing is called in the other languages is there to be read in these.
    kept = re.sub(r'<p class="meta others">.*?</p>', "", page, flags=re.DOTALL)
    return {text.removesuffix(" · govplan") for text in _Text(kept).texts}


def test_the_retired_are_not_listed(client: FlaskClient, ask: Ask) -> None:
    """Who is retired has a page of its own still, and stands in no list."""
    page = _page(client, "/actors")
    retired = ask("SELECT DISTINCT ?s { ?s a foaf:Agent ; owl:deprecated true }")

    assert retired
    assert [] == [iri for (iri,) in retired if f'href="{_path(iri)}"' in page]
