"""/catalog, /.well-known/void, RDF at /, and what tools that learn of an endpoint find."""

import json
import re
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.formats import GRAPHS, Format
from govplan.manifest import Manifest
from govplan.questions import load_questions
from govplan.server.stores import open_store
from govplan.web import create_app
from govplan.web.app import App
from govplan.web.routes import discovery
from govplan.web.site import EXTENSION
from tests.web.routes.learning import EXAMPLES, PREFIXES, SCHEMA

_DCAT = "http://www.w3.org/ns/dcat#"
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def _store(data: bytes, media_type: str | None) -> ox.Store:
    rdf_format = ox.RdfFormat.from_media_type(str(media_type))
    assert rdf_format is not None
    store = ox.Store()
    store.load(data, format=rdf_format, to_graph=None)
    return store


def _of_kind(store: ox.Store, kind: str) -> set[str]:
    return {
        quad.subject.value
        for quad in store.quads_for_pattern(None, _TYPE, ox.NamedNode(kind))
        if isinstance(quad.subject, ox.NamedNode)
    }


def _asked(client: FlaskClient, query: str) -> list[Mapping[str, Mapping[str, str]]]:
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": "application/json"})
    assert 200 == answer.status_code
    rows: list[Mapping[str, Mapping[str, str]]] = json.loads(answer.data)["results"]["bindings"]
    return rows


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
@pytest.mark.parametrize("by", ["ending", "accept", "format"])
def test_formats(client: FlaskClient, settings: Settings, fmt: Format, by: str) -> None:
    """The record is there in each format of RDF, by ending, by Accept and by `format`."""
    answer = {
        "ending": lambda: client.get(f"/catalog.{fmt.extension}"),
        "accept": lambda: client.get("/catalog", headers={"Accept": fmt.media_type}),
        "format": lambda: client.get("/catalog", query_string={"format": fmt.extension}),
    }[by]()

    assert 200 == answer.status_code
    assert fmt.media_type == answer.mimetype
    assert {settings.dataset_iri} == _of_kind(_store(answer.data, answer.mimetype), _DCAT + "Dataset")


def test_profiles(client: FlaskClient, settings: Settings, manifest: Manifest) -> None:
    """A profile is asked for by its name; an unknown one is refused with those that there are."""
    versions = _of_kind(
        _store(client.get("/catalog.nt?profile=dcat-ap-3").data, "application/n-triples"), _DCAT + "Dataset"
    )
    unknown = client.get("/catalog.ttl?profile=atlantis")

    assert {settings.dataset_iri, f"{settings.base}release/{manifest.id}"} == versions
    assert b"vlabel" not in client.get("/catalog.ttl?profile=be-federal").data
    assert 400 == unknown.status_code
    assert ["harvest", "be-federal", "dcat-ap-3"] == unknown.json["offered"]  # type: ignore[index]


def test_addresses_answer(client: FlaskClient) -> None:
    """Every file and the endpoint answer at the address that the record gives."""
    store = _store(client.get("/catalog.nt").data, "application/n-triples")
    for name in ("accessURL", "downloadURL", "endpointURL", "landingPage"):
        for quad in store.quads_for_pattern(None, ox.NamedNode(_DCAT + name), None):
            assert isinstance(quad.object, ox.NamedNode)
            assert 200 == client.head(quad.object.value.replace("http://localhost", "")).status_code


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_page(client: FlaskClient, settings: Settings, language: str) -> None:
    """People get the record as a page in their language, with the same in schema.org terms."""
    page = client.get("/catalog", query_string={"lang": language}, headers={"Accept": "text/html"}).text
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>', page, re.DOTALL)

    assert f'<html lang="{language}"' in page
    assert settings.registration.keywords[language][0] in page
    assert found
    described = json.loads(found[1])
    assert "Dataset" == described["@type"]
    assert f"{settings.base}catalog" == described["includedInDataCatalog"]["@id"]
    assert list(settings.registration.keywords[language]) == described["keywords"]
    assert described["publisher"]["name"]
    assert described["publisher"]["name"] in page


def test_home_in_rdf(client: FlaskClient) -> None:
    """The address of the site answers the record to programs, and the page to everybody else."""
    assert client.get("/catalog.ttl").data == client.get("/", headers={"Accept": "text/turtle"}).data
    for accept in (None, "*/*", "text/html", "image/png", "text/html,application/xml;q=0.9,*/*;q=0.8"):
        answer = client.get("/", headers={"Accept": accept} if accept else {})
        assert (200, "text/html") == (answer.status_code, answer.mimetype)


def test_forged_host(client: FlaskClient) -> None:
    """A host with marks of RDF in it becomes no statement, and no cache stores an answer with a forged one."""
    forged = client.get("/catalog.nt", headers={"Host": "x> <http://y/"})
    other = client.get("/catalog.nt", headers={"Host": "elsewhere.example.org"})

    assert 400 == forged.status_code
    assert b"<http://elsewhere.example.org/sparql>" in other.data
    assert "no-store" == other.headers["Cache-Control"]


def test_unchanged(client: FlaskClient) -> None:
    """A client that has the record gets a 304 without a body."""
    for path in ("/catalog.ttl", "/.well-known/void.ttl"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (304, b"") == (again.status_code, again.data)


@pytest.mark.parametrize("fmt", GRAPHS, ids=lambda fmt: fmt.extension)
def test_void(client: FlaskClient, settings: Settings, fmt: Format) -> None:
    """The statistics are there in each format of RDF."""
    answer = client.get(f"/.well-known/void.{fmt.extension}")
    store = _store(answer.data, answer.mimetype)

    assert {f"{settings.base}.well-known/void#endpoint"} == _of_kind(store, "http://rdfs.org/ns/void#Dataset")
    assert answer.data != client.get("/catalog.ttl").data


def test_void_of_an_older_release(app: App, client: FlaskClient, manifest: Manifest) -> None:
    """A release without a description says so; its endpoint is described all the same."""
    site = app.extensions[EXTENSION]
    older = replace(manifest, files=tuple(each for each in manifest.files if each.path != "metadata.ttl"))
    site.manifest = older
    try:
        assert 404 == client.get("/.well-known/void").status_code
        assert 200 == client.get("/sparql", headers={"Accept": "text/turtle"}).status_code
    finally:
        site.manifest = manifest


def test_learning_queries(client: FlaskClient, settings: Settings) -> None:
    """The queries of tools that learn of an endpoint find every question, every prefix and the whole schema."""
    questions = {row["query"]["value"] for row in _asked(client, EXAMPLES)}
    prefixes = {row["prefix"]["value"]: row["namespace"]["value"] for row in _asked(client, PREFIXES)}
    schema = {(row["subjectClass"]["value"], row["prop"]["value"]) for row in _asked(client, SCHEMA)}
    counted = {
        (row["c"]["value"], row["p"]["value"])
        for row in _asked(client, "SELECT DISTINCT ?c ?p WHERE { ?s a ?c ; ?p ?o }")
    }

    assert 60 <= len(questions)
    assert settings.prefixes == prefixes
    assert counted == schema


def test_learning_from_the_service_description(client: FlaskClient, settings: Settings) -> None:
    """The same is in the service description, for tools that look there."""
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    store = _store(answer.data, answer.mimetype)

    for query in (EXAMPLES, PREFIXES, SCHEMA):
        alone = store.query(query)
        assert isinstance(alone, ox.QuerySolutions)
        asked = _asked(client, query)
        names = [each.value for each in alone.variables]
        rows = {tuple(row[name].value if row[name] is not None else None for name in names) for row in alone}
        assert {tuple(row[name]["value"] if name in row else None for name in names) for row in asked} == rows


def test_things_in_the_sitemap(client: FlaskClient, settings: Settings) -> None:
    """The sitemap has the page of every thing that is not retired."""
    places = re.findall(r"<loc>(.+?)</loc>", client.get("/sitemap.xml").text)
    counted = _asked(
        client,
        f"""SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ GRAPH ?g {{ ?s a ?c }}
        FILTER(STRSTARTS(STR(?s), "{settings.base}id/"))
        FILTER NOT EXISTS {{ ?s <http://www.w3.org/2002/07/owl#deprecated> true }} }}""",
    )
    things = [place for place in places if "/id/" in place]

    assert int(counted[0]["n"]["value"]) == len(things) == len(set(things))
    assert [200] * 8 == [
        client.get(place.replace("http://localhost", "")).status_code for place in things[:: len(things) // 7][:8]
    ]


def test_sitemap_in_parts(app: App, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more addresses than a sitemap may have, an index leads to parts that hold each once."""
    whole = re.findall(r"<loc>(.+?)</loc>", client.get("/sitemap.xml").text)
    monkeypatch.setattr(discovery, "MOST", 1000)
    index = client.get("/sitemap.xml").text
    parts = re.findall(r"<loc>(.+?)</loc>", index)
    pieces = [re.findall(r"<loc>(.+?)</loc>", client.get(part).text) for part in parts]

    assert "<sitemapindex" in index
    assert max(map(len, pieces)) <= 1000
    assert sorted(whole) == sorted(place for piece in pieces for place in piece)
    assert 404 == client.get(f"/sitemap-{len(parts)}.xml").status_code


def test_kept_releases(tmp_path: Path, settings: Settings, release: Path, manifest: Manifest) -> None:
    """Releases that were served before are versions; one that never was, or is damaged, is none."""
    releases = tmp_path / "releases"
    shutil.copytree(release, releases / manifest.id)
    names = ("aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc")
    for name in names:
        (releases / name).mkdir()
        replace(manifest, id=name, date="2026-01-01").write(releases / name)
    (releases / "cccccccccccc" / "manifest.json").write_text("{", encoding="utf-8")
    published = f"{manifest.id}\naaaaaaaaaaaa\ncccccccccccc\ndddddddddddd\n"
    (releases / ".published").write_text(published, encoding="utf-8")
    own = replace(settings, releases=releases)
    with closing(open_store(releases / manifest.id, own)) as store:
        client = create_app(own, manifest, releases / manifest.id, store, load_questions(own)).test_client()
        versions = client.get("/catalog.nt?profile=dcat-ap-3")
        one = client.get("/catalog.nt")

    found = _of_kind(_store(versions.data, "application/n-triples"), _DCAT + "Dataset")
    assert {f"{settings.base}release/{each}" for each in (manifest.id, "aaaaaaaaaaaa")} == found - {
        settings.dataset_iri
    }
    assert "no-cache" == versions.headers["Cache-Control"]
    assert b'terms/issued> "2026-01-01"' in one.data
    assert b"/release/" not in one.data
