"""Charts over HTTP: on the page of a question, and as files."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import Chart, Question, load_questions
from govplan.questions.looks import DARK
from govplan.sparql import Store
from govplan.web import create_app
from govplan.web.site import EXTENSION

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NAME = "objectives-with-action-counts"
SVG = "{http://www.w3.org/2000/svg}"


def test_every_chart(app: Flask, client: FlaskClient) -> None:
    """Every chart of the project is drawn in every language, with title, description and the heads in words."""
    questions: dict[str, Question] = dict(app.extensions[EXTENSION].questions)
    charts = [name for name, question in questions.items() if question.chart]

    assert charts
    for name in charts:
        for language in ("nl", "fr", "de", "en"):
            answer = client.get(f"/queries/{name}.svg?lang={language}")
            root = ElementTree.fromstring(answer.data)
            assert questions[name].summary[language] == root.findtext(f"{SVG}title")
            assert questions[name].description[language] == root.findtext(f"{SVG}desc")


def test_language(client: FlaskClient) -> None:
    """A chart speaks the language of its address, never that of the browser: one address is one picture."""
    dutch = client.get(f"/queries/{NAME}.svg?lang=nl").text

    assert "Cyberveiligheid" in dutch
    assert "Aantal acties" in dutch
    plain = client.get(f"/queries/{NAME}.svg", headers={"Accept-Language": "nl"}).text
    assert plain == client.get(f"/queries/{NAME}.svg").text
    assert "Action count" in plain
    assert "Action count" in client.get(f"/queries/{NAME}.svg?lang=ja").text  # a language nobody wrote words in


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        (f"/queries/{NAME}.svg", "*/*", "image/svg+xml"),
        (f"/queries/{NAME}.png", "*/*", "image/png"),
        (f"/queries/{NAME}", "image/svg+xml", "image/svg+xml"),
        (f"/queries/{NAME}", "image/png", "image/png"),
    ],
)
def test_formats(client: FlaskClient, path: str, accept: str, media_type: str) -> None:
    """A chart is a format of the answer, by extension or by Accept."""
    answer = client.get(path, headers={"Accept": accept})

    assert (200, media_type) == (answer.status_code, answer.mimetype)
    assert answer.headers["ETag"]
    again = client.get(path, headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
    assert 304 == again.status_code


def test_page(client: FlaskClient) -> None:
    """A page offers its chart by day and night, wide and narrow, with an alternative in words, size and downloads."""
    page = client.get(f"/queries/{NAME}?lang=de", headers=BROWSER).text
    sources = re.findall(r'<source media="([^"]+)" srcset="([^"]+)"', page)

    assert 3 == len(sources)
    assert {"theme=dark" in address for _, address in sources} == {True, False}
    for _, address in sources:
        assert 200 == client.get(address.replace("&amp;", "&")).status_code
    assert re.search(rf'<img src="/queries/{NAME}\.svg\?lang=de" width="\d+" height="\d+" alt="Diagramm: ', page)
    assert f'href="/queries/{NAME}.png?lang=de"' in page


def test_dark(client: FlaskClient) -> None:
    """The dark chart has the colours of the dark page."""
    assert DARK.ink in client.get(f"/queries/{NAME}.svg?theme=dark").text


@pytest.mark.parametrize("query", ["theme=pink", "size=huge"])
def test_refused(client: FlaskClient, query: str) -> None:
    """A theme or size that there is not is refused with those there are."""
    answer = client.get(f"/queries/{NAME}.svg?{query}")

    assert 400 == answer.status_code
    assert answer.get_json()["offered"]


def test_no_chart(client: FlaskClient) -> None:
    """A question without a chart offers none."""
    answer = client.get("/queries/actions-with-budget.svg")

    assert 406 == answer.status_code
    assert "svg" not in answer.get_json()["offered"]


def test_misleading(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """An answer that its chart would show wrongly keeps its page and table, and says why there is no chart."""
    wrong = replace(load_questions(settings)[NAME], chart=Chart("bar", "objective", "number"))
    client = create_app(settings, manifest, release, store, {NAME: wrong}).test_client()
    page = client.get(f"/queries/{NAME}", headers=BROWSER)

    assert 200 == page.status_code
    assert "would mislead" in page.text
    assert "<table" in page.text
    assert 422 == client.get(f"/queries/{NAME}.svg").status_code
