"""Every IRI answers: to people with a page, to programs with RDF that contains it."""

import json
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govplan.config import Settings
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.errors import FormatUnknown, QueryTooDeep
from govplan.formats import GRAPHS, Format
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.web import create_app
from govplan.web.render.quads import Quad, written
from tests.conftest import LIMITS

BASE = "https://w3id.org/govplan/"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ACTION = "/id/action/be-ai-convergence-034"
RDFLIB = "application/rdf+xml,text/turtle;q=0.9,text/n3;q=0.9,*/*;q=0.1"
SEVERAL = (
    "id/action/be-ai-convergence-034",
    "id/plan/be-ai-convergence",
    "auth/level",
    "shape/Action-iri",
    "ns",
    "query/plan-in-numbers",
)
DATASETS = [fmt for fmt in GRAPHS if fmt.kind == "dataset"]


@pytest.fixture(scope="module", name="quads")
def _quads(release: Path) -> set[ox.Quad]:
    """Everything the release says."""
    return set(ox.parse(path=str(release / "dataset.nq"), format=ox.RdfFormat.N_QUADS))


def _parsed(answer: TestResponse) -> set[ox.Quad]:
    rdf_format = ox.RdfFormat.from_media_type(str(answer.mimetype))
    assert rdf_format is not None, answer.mimetype
    return set(ox.parse(answer.data, format=rdf_format, base_iri="http://localhost/", lenient=False))


def _triples(quads: set[ox.Quad]) -> set[ox.Triple]:
    return {quad.triple for quad in quads}


@pytest.mark.parametrize(
    ("path", "accept", "status", "to"),
    [
        (ACTION, "*/*", 303, f"{ACTION}.ttl"),  # curl
        (ACTION, RDFLIB, 303, f"{ACTION}.rdf"),
        (ACTION, BROWSER["Accept"], 303, f"{ACTION}.html"),
        (ACTION, "application/ld+json", 303, f"{ACTION}.jsonld"),
        (ACTION, "application/json", 303, f"{ACTION}.jsonld"),
        (ACTION, "application/n-quads", 303, f"{ACTION}.nq?graph=default"),
        (ACTION, "image/png", 406, None),
        (f"{ACTION}?format=trig", "*/*", 303, f"{ACTION}.trig?graph=default"),
        (f"{ACTION}?format=pdf", "text/turtle", 303, f"{ACTION}.ttl"),
        (f"{ACTION}?format=", "text/turtle", 303, f"{ACTION}.ttl"),
        (f"{ACTION}?lang=fr", "text/html", 303, f"{ACTION}.html?lang=fr"),
        (f"{ACTION}.ttl", BROWSER["Accept"], 200, None),  # the extension wins
        ("/auth/level/federal", "text/turtle", 303, "/auth/level/federal.ttl"),
        ("/shape/Action-iri", "text/turtle", 303, "/shape/Action-iri.ttl"),
        ("/ns", "text/turtle", 200, None),
        ("/ns", BROWSER["Accept"], 200, None),
        ("/ns.jsonld", "*/*", 200, None),
        ("/ns/0.3.0", "*/*", 303, "/ns"),
        ("/graph/data/plans/be-ai-convergence/actions", "*/*", 200, None),
        ("/graph/data/plans/be-ai-convergence/actions", BROWSER["Accept"], 200, None),
        ("/graph/ontology/gp.nq", "*/*", 200, None),
        ("/query/plan-in-numbers", "text/turtle", 200, None),
        ("/query/plan-in-numbers", BROWSER["Accept"], 303, "/queries/plan-in-numbers"),
        ("/id/action/be-ai-convergence-999", "*/*", 404, None),
        ("/id/action/be-ai-convergence-999.ttl", "*/*", 404, None),
        ("/id/", "*/*", 404, None),
        ("/ns/9.9.9", "*/*", 404, None),
        ("/graph/data/nowhere", "*/*", 404, None),
        ("/query/nowhere", "*/*", 404, None),
        ("/release/000000000000", "*/*", 404, None),
        ("/id/x%3E%20%3Fp%20%3Fo%20%7D%20%23", "*/*", 404, None),  # never pasted into a query
    ],
)
def test_status(client: FlaskClient, path: str, accept: str, status: int, to: str | None) -> None:
    """A thing leads to its document by 303, a document answers itself, what is not there is 404."""
    answer = client.get(path, headers={"Accept": accept})

    assert (status, to) == (answer.status_code, answer.headers.get("Location"))
    assert "Accept" in answer.headers["Vary"]


def test_every_iri_is_contained_in_its_document(client: FlaskClient, quads: set[ox.Quad]) -> None:
    """Every IRI of the release below the base, wherever it stands, leads to RDF that contains it."""
    terms = {term for quad in quads for term in (*quad.triple, quad.graph_name)}
    iris = sorted(term.value for term in terms if isinstance(term, ox.NamedNode) and term.value.startswith(BASE))
    documents: dict[str, str] = {}
    assert 1500 < len(iris)

    for iri in iris:
        path = "/" + iri.removeprefix(BASE).partition("#")[0]
        if path not in documents:
            headers = {"Accept": "application/n-triples"}
            documents[path] = client.get(path, headers=headers, follow_redirects=True).text
        assert f"<{iri}>" in documents[path], iri


def test_release_and_questions(client: FlaskClient, manifest: Manifest, settings: Settings) -> None:
    """The release and each question answer with RDF that contains them, in every format."""
    for path in (f"release/{manifest.id}", *(f"query/{name}" for name in load_questions(settings))):
        for fmt in GRAPHS:
            found = _triples(_parsed(client.get(f"/{path}.{fmt.extension}")))
            assert ox.NamedNode(BASE + path) in {triple.subject for triple in found}


def test_question_carries_its_text(client: FlaskClient, settings: Settings) -> None:
    """The RDF of a question holds the query as it is in the file."""
    question = load_questions(settings)["plan-in-numbers"]
    found = _triples(_parsed(client.get("/query/plan-in-numbers.ttl")))

    assert {question.text} == {
        each.object.value
        for each in found
        if each.predicate.value == "http://www.w3.org/ns/shacl#select" and isinstance(each.object, ox.Literal)
    }


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
def test_thing(client: FlaskClient, quads: set[ox.Quad], fmt: Format) -> None:
    """The document of a thing holds all its statements, with their graphs where a format of graphs is named."""
    answer = client.get(f"{ACTION}.{fmt.extension}")
    subject = ox.NamedNode(BASE + ACTION[1:])
    own = {quad for quad in quads if quad.subject == subject}
    found = _parsed(answer)

    assert fmt.media_type == answer.mimetype
    if fmt.extension in ("trig", "nq"):
        assert own <= found <= quads
    else:
        assert {ox.DefaultGraph()} == {quad.graph_name for quad in found}
        assert _triples(own) <= _triples(found) <= _triples(quads)
    assert {"Mobilité", "Mobility"} <= {quad.object.value for quad in found if isinstance(quad.object, ox.Literal)}


@pytest.mark.parametrize("named", [True, False], ids=["by format", "by Accept"])
@pytest.mark.parametrize("fmt", DATASETS, ids=lambda fmt: fmt.extension)
@pytest.mark.parametrize("path", [*SEVERAL, "release/{release}"])
def test_negotiated_document(client: FlaskClient, manifest: Manifest, path: str, fmt: Format, named: bool) -> None:
    """What is negotiated stands in the default graph, with the same statements as in Turtle."""
    address = "/" + path.format(release=manifest.id)
    asked = f"?format={fmt.extension}" if named else ""
    headers = {} if named else {"Accept": fmt.media_type}
    found = _parsed(client.get(address + asked, headers=headers, follow_redirects=True))
    turtle = _parsed(client.get(address, headers={"Accept": "text/turtle"}, follow_redirects=True))

    assert {ox.DefaultGraph()} == {quad.graph_name for quad in found}
    assert turtle == found


@pytest.mark.parametrize("extension", ["trig", "nq"])
@pytest.mark.parametrize("path", [*SEVERAL[:4], "ns"])
def test_layers_by_name(client: FlaskClient, quads: set[ox.Quad], path: str, extension: str) -> None:
    """Who asks for .trig or .nq by name gets the named graphs, whatever the Accept header says."""
    for accept in ("*/*", "application/n-quads", "text/turtle"):
        found = _parsed(client.get(f"/{path}.{extension}", headers={"Accept": accept}))
        assert set() != found <= quads


def test_layers_and_their_union_differ(client: FlaskClient) -> None:
    """With and without its named graphs a document has validators of its own."""
    tags = {client.get(f"{ACTION}.nq{query}").headers["ETag"] for query in ("", "?graph=default")}

    assert 2 == len(tags)


@pytest.mark.parametrize("fmt", DATASETS, ids=lambda fmt: fmt.extension)
@pytest.mark.parametrize(
    "path", ["graph/data/plans/be-ai-convergence/findings/findings", "graph/shapes/action", "graph/ontology/gp"]
)
def test_graph(client: FlaskClient, quads: set[ox.Quad], path: str, fmt: Format) -> None:
    """The document of a graph holds it whole, and says of which dataset it is a part."""
    found = _parsed(client.get(f"/{path}.{fmt.extension}"))
    graph = ox.NamedNode(BASE + path)

    assert {quad for quad in quads if quad.graph_name == graph} == {q for q in found if q.graph_name == graph}
    assert {"http://purl.org/dc/terms/isPartOf", "http://rdfs.org/ns/void#triples"} == {
        quad.predicate.value for quad in found if quad.graph_name == ox.DefaultGraph()
    }


@pytest.mark.parametrize("extension", ["nt", "nq"])
@pytest.mark.parametrize("path", [ACTION, "/auth/level", "/graph/data/plans/be-ai-convergence/actions", "/ns"])
def test_no_statement_twice(client: FlaskClient, path: str, extension: str) -> None:
    """A document in lines has each line once."""
    lines = client.get(f"{path}.{extension}").text.splitlines()

    assert len(set(lines)) == len(lines)


def test_code_list_holds_its_codes(client: FlaskClient, quads: set[ox.Quad]) -> None:
    """The document of a code list describes each of its codes."""
    scheme = ox.NamedNode(f"{BASE}auth/level")
    codes = {quad.subject for quad in quads if quad.predicate.value.endswith("#inScheme") and quad.object == scheme}

    assert codes <= {triple.subject for triple in _triples(_parsed(client.get("/auth/level.ttl")))}


def test_links(client: FlaskClient) -> None:
    """An answer names the IRI it is about and the documents there are, with their media types."""
    redirect = client.get(ACTION).headers.getlist("Link")
    document = client.get(f"{ACTION}.html").headers.getlist("Link")

    assert f'<{BASE}{ACTION[1:]}>; rel="canonical"' in redirect
    assert f'<{ACTION}.ttl>; rel="describedby"; type="text/turtle"' in redirect
    for fmt in GRAPHS:
        assert f'<{ACTION}.{fmt.extension}>; rel="alternate"; type="{fmt.media_type}"' in document


def test_validator(client: FlaskClient) -> None:
    """Who has a document is told that nothing changed; two formats have two validators."""
    first = client.get(f"{ACTION}.ttl")
    again = client.get(f"{ACTION}.ttl", headers={"If-None-Match": first.headers["ETag"]})

    assert (304, b"") == (again.status_code, again.data)
    assert first.headers["ETag"] != client.get(f"{ACTION}.nq").headers["ETag"]


def test_page(client: FlaskClient) -> None:
    """The page of an action groups what is said by layer, names each speaker, and leads to the passage."""
    page = client.get(f"{ACTION}.html?lang=en").text
    reported, coding = page.split('class="layer layer-coding"')
    inbound = coding.split('id="inbound"')[1]

    assert "Develop a national MaaS vision together with the regions" in reported
    assert re.search(r"According to:\s*<a [^>]*knowledge-centre-data-and-society.html[^>]*>", reported)
    assert re.search(r"According to:\s*<a [^>]*govplan.html[^>]*>The editors of govplan", coding)
    assert "Mobility" in coding
    assert '<a class="ref" href="#note-1"><span class="hidden">Source: </span>1</a>' in reported
    assert 'id="note-1"' in coding
    assert "objective 6, bullet 1" in coding
    assert 'value="https://w3id.org/govplan/id/action/be-ai-convergence-034"' in coding
    assert 'href="/sparql?query=' in coding
    assert "Derived" in inbound


def test_codes_explain_themselves(client: FlaskClient) -> None:
    """A code says what it means, on hover and on focus."""
    page = client.get(f"{ACTION}.html?lang=en").text
    meaning = "Federated entity in charge of matters tied to territory"

    assert re.search(rf'<a href="/auth/level/region.html\?lang=en" title="{meaning}', page)
    assert re.search(rf'<span class="meaning" lang="en">{meaning}', page)


@pytest.mark.parametrize(
    ("thing", "name"), [("auth/area/mobility", "Policy areas"), ("shape/Action", "Shapes for actions")]
)
def test_graph_of_vocabulary_is_called_after_what_it_holds(client: FlaskClient, thing: str, name: str) -> None:
    """A graph without a label of its own has the name of the code list, the ontology or the shapes in it."""
    assert f"{name}</a></p>" in client.get(f"/{thing}.html").text.split("In the graph:", 1)[1]


def test_ask_about_this(client: FlaskClient) -> None:
    """The link that asks about a thing leads to a query with an answer."""
    page = client.get(f"{ACTION}.html").text
    link = re.search(r'href="(/sparql\?query=[^"]+)"', page)
    assert link
    answer = client.get(link[1].replace("&amp;", "&"), headers=BROWSER)

    assert 200 == answer.status_code
    assert "6.3" in answer.text


@pytest.fixture(name="retired")
def _retired(settings: Settings, manifest: Manifest, tmp_path: Path) -> FlaskClient:
    """A client of a release in which an aim was retired for an objective, and another for nothing."""
    store = ox.Store(str(tmp_path / "store"))
    text = f"""
    <{BASE}id/aim/old> <http://www.w3.org/2002/07/owl#deprecated> true ;
      <http://www.w3.org/2000/01/rdf-schema#label> "Old aim"@en ;
      <http://purl.org/dc/terms/isReplacedBy> <{BASE}id/objective/new> .
    <{BASE}id/aim/gone> <http://www.w3.org/2002/07/owl#deprecated> true .
    <{BASE}id/objective/new> <http://www.w3.org/2000/01/rdf-schema#label> "New objective"@en ."""
    graph = ox.NamedNode(manifest.graphs[0].iri)
    store.bulk_load(text.encode(), ox.RdfFormat.TURTLE, to_graph=graph)
    store.flush()
    del store
    return create_app(settings, manifest, tmp_path, EmbeddedStore.alone(tmp_path, {}, LIMITS), {}).test_client()


@pytest.mark.parametrize("path", ["/id/aim/old", "/id/aim/old.ttl", "/id/aim/old.html"])
def test_retired(retired: FlaskClient, path: str) -> None:
    """A retired thing is gone; the answer names what replaces it."""
    answer = retired.get(path)

    assert 410 == answer.status_code
    assert f'<{BASE}id/objective/new>; rel="successor-version"' in answer.headers.getlist("Link")
    assert "/id/objective/new" in answer.text


def test_page_of_the_retired(retired: FlaskClient) -> None:
    """A page says that a thing is retired, and links its replacement or says that there is none."""
    page = retired.get("/id/aim/old", headers=BROWSER)

    assert (410, "text/html") == (page.status_code, page.mimetype)
    assert re.search(r'Replaced by:\s*<a href="/id/objective/new.html">New objective</a>', page.text)
    assert "Nothing replaces it." in retired.get("/id/aim/gone", headers=BROWSER).text


QUAD: Quad = (
    {"type": "uri", "value": "http://x/s"},
    {"type": "uri", "value": "http://x/p"},
    {"type": "literal", "value": 'a "b" \\ \n\r\t\b\f\x01 é \U0001f600'},
    {"type": "uri", "value": "http://x/g"},
)


@pytest.mark.parametrize("fmt", DATASETS, ids=lambda fmt: fmt.extension)
def test_writing_of_literals(fmt: Format) -> None:
    """Every character of a literal survives every dataset format, as do languages, datatypes and the default graph."""
    subject, predicate, text, graph = QUAD
    tagged = {"type": "literal", "value": "é", "xml:lang": "fr"}
    typed = {"type": "literal", "value": "007", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    kind = {"type": "uri", "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}
    body = written(
        [
            QUAD,
            QUAD,
            (subject, predicate, tagged, None),
            (subject, predicate, typed, graph),
            (subject, kind, kind, None),
        ],
        fmt.extension,
    )
    rdf_format = ox.RdfFormat.from_media_type(fmt.media_type)
    assert rdf_format is not None
    node = ox.NamedNode
    found = list(ox.parse(body, format=rdf_format))

    assert 4 == len(found)
    assert {
        ox.Quad(node("http://x/s"), node("http://x/p"), ox.Literal(text["value"]), node("http://x/g")),
        ox.Quad(node("http://x/s"), node("http://x/p"), ox.Literal("é", language="fr")),
        ox.Quad(
            node("http://x/s"),
            node("http://x/p"),
            ox.Literal("007", datatype=node(typed["datatype"])),
            node("http://x/g"),
        ),
        ox.Quad(node("http://x/s"), node(kind["value"]), node(kind["value"])),
    } == set(found)
    if fmt.extension == "jsonld":
        assert isinstance(json.loads(body), list)


@pytest.mark.parametrize("fmt", DATASETS, ids=lambda fmt: fmt.extension)
def test_writing_of_other_terms(fmt: Format) -> None:
    """Blank nodes and texts with a direction survive every dataset format."""
    subject, predicate, _, graph = QUAD
    node = {"type": "bnode", "value": "b0"}
    directed = {"type": "literal", "value": "x", "xml:lang": "ar", "its:dir": "rtl"}
    body = written([(node, predicate, node, graph), (subject, predicate, directed, graph)], fmt.extension)
    rdf_format = ox.RdfFormat.from_media_type(fmt.media_type)
    assert rdf_format is not None
    found = [each for each in ox.parse(body, format=rdf_format) if isinstance(each, ox.Quad)]

    assert [True, False] == sorted((isinstance(each.subject, ox.BlankNode) for each in found), reverse=True)
    assert ox.Literal("x", language="ar", direction=ox.BaseDirection.RTL) in {each.object for each in found}


def test_writing_of_triple_terms() -> None:
    """A triple term is written where the format has a word for it, to a depth, and refused elsewhere."""
    subject, predicate, text, graph = QUAD
    term: dict[str, Any] = {"type": "triple", "value": {"subject": subject, "predicate": predicate, "object": text}}
    deep = term
    for _ in range(70):
        deep = {"type": "triple", "value": {"subject": subject, "predicate": predicate, "object": deep}}

    found = list(ox.parse(written([(subject, predicate, term, graph)], "nq"), format=ox.RdfFormat.N_QUADS))
    assert isinstance(found[0].object, ox.Triple)
    with pytest.raises(FormatUnknown, match="triple terms"):
        written([(subject, predicate, term, graph)], "jsonld")
    with pytest.raises(QueryTooDeep):
        written([(subject, predicate, deep, graph)], "nq")
