"""/picture: the plan at a glance."""

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NAME = "actors-and-groups-by-objective"


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_ties(client: FlaskClient, language: str) -> None:
    """Every objective is drawn, and one line for everybody that it names, as the table below says."""
    page = client.get(f"/plan/be-ai-convergence/picture?lang={language}", headers=BROWSER).text
    rows = list(csv.DictReader(io.StringIO(client.get(f"/queries/{NAME}.csv?lang={language}").text)))

    assert rows
    assert 9 == page.count('<rect class="box"')
    assert len({(row["place"], row["named"]) for row in rows}) == len(re.findall(r"<path class=", page))
    drawing = re.sub(r"</tspan><tspan[^>]*>", " ", page.split("<svg", 1)[1].split("</svg>", 1)[0])
    for row in rows:
        assert row["namedLabel"].replace("'", "&#39;") in drawing


def test_without_its_questions(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """A project that does not ask what is drawn has no picture, and is told which questions are missing."""
    answer = create_app(settings, manifest, release, store, {}).test_client().get("/plan/be-ai-convergence/picture")

    assert 404 == answer.status_code
    assert NAME in answer.text
