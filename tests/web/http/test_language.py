"""The language of a page: what is asked for, what is said, and what stands in the catalogues."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.languages import FALLBACK
from govplan.manifest import Manifest
from govplan.questions import Question, load_questions
from govplan.settings import SETTINGS
from govplan.sparql import Store
from govplan.sparql.scan import scan
from govplan.web import create_app
from govplan.web.http.language import FOLDER, number, written_date
from govplan.web.http.problems import PROBLEMS
from govplan.web.render.words import COLUMNS, column_name
from govplan.web.site import EXTENSION
from tests.conftest import ROOT

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NUMBERS = "plan-in-numbers"
OTHERS = ("nl", "fr", "de")


@pytest.fixture(scope="module", name="said")
def _said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Everything the site says to people, collected as `make messages` does."""
    target = tmp_path_factory.mktemp("words") / "messages.pot"
    line = next(line for line in (ROOT / "Makefile").read_text().splitlines() if " extract " in line)
    options = line.split(" extract ", 1)[1].replace(".venv/messages.pot", str(target)).split()
    command = "from babel.messages.frontend import main; main()"
    subprocess.run([sys.executable, "-c", command, "-q", "extract", *options], cwd=ROOT, check=True)
    return read_po(io.BytesIO(target.read_bytes()))


@pytest.mark.parametrize("language", OTHERS)
def test_catalogue_is_complete(said: Catalog, language: str) -> None:
    """A catalogue translates everything that is said, with the same placeholders, and nothing else."""
    catalogue = read_po(io.BytesIO((FOLDER / f"{language}.po").read_bytes()), locale=language)
    wanted = {str(message.id) for message in said if message.id}

    assert wanted == {str(message.id) for message in catalogue if message.id}, "run `make messages`"
    for message in (message for message in catalogue if message.id):
        forms = [message.string] if isinstance(message.string, str) else [*(message.string or ())]
        assert all(forms), f"{message.id!r} has no translation in {language}"
        source = message.id if isinstance(message.id, str) else message.id[-1]
        for form in forms:
            assert sorted(re.findall(r"%\(\w+\)s", source)) == sorted(re.findall(r"%\(\w+\)s", form)), source
            assert re.findall(r"</?\w+", source) == re.findall(r"</?\w+", form), source


def test_tables_stand_in_the_catalogues(said: Catalog) -> None:
    """Problem types, settings and column heads, which pages show from tables, are collected too."""
    known = {message.id for message in said}

    assert set() == {text for problem in PROBLEMS.values() for text in (problem.title, problem.explanation)} - known
    assert set() == {setting.meaning for setting in SETTINGS} - known
    assert set(COLUMNS) <= known


def test_columns_of_the_questions(app: Flask) -> None:
    """Every column of every question has a head in words."""
    questions: dict[str, Question] = dict(app.extensions[EXTENSION].questions)
    with app.test_request_context("/", headers={"Accept-Language": FALLBACK}):
        heads = {
            column_name(name)
            for question in questions.values()
            for name in _columns(question.text)
            if not name.endswith("Label")
        }

    assert heads <= set(COLUMNS)


def _columns(text: str) -> list[str]:
    start = text.index("SELECT")
    assert scan(text).form == "SELECT"
    head = text[start : text.index("WHERE", start)]
    plain = re.sub(r"\((?:[^()]|\([^()]*\))*\bAS\s+(\?\w+)\s*\)", r"\1", head)
    return [name[1:] for name in re.findall(r"\?\w+", plain)]


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [
        ("/queries/", None, "en"),  # neither is said: the project's own default
        ("/queries/", "fr-BE, fr;q=0.9, en;q=0.5", "fr"),
        ("/queries/", "de-DE", "de"),
        ("/queries/", "ja", "en"),
        ("/queries/", "nl;q=0, de", "de"),  # refused
        ("/queries/?lang=nl", "fr", "nl"),  # the address wins
        ("/queries/?lang=ja", "fr", "fr"),  # no language of this project
        ("/nowhere?lang=de", None, "de"),  # errors as well
    ],
)
def test_choice(client: FlaskClient, address: str, accepted: str | None, language: str) -> None:
    """The address decides, else the reader's browser, else the project; page and headers say what it became."""
    headers = {**BROWSER, **({"Accept-Language": accepted} if accepted else {})}
    answer = client.get(address, headers=headers)

    assert language == answer.headers["Content-Language"]
    assert f'<html lang="{language}">' in answer.text
    assert {"Accept", "Accept-Language"} <= {part.strip() for part in answer.headers["Vary"].split(",")}


def test_switch_keeps_the_page(client: FlaskClient) -> None:
    """The switch leads to the same page with the same parameters in each language."""
    page = client.get("/sparql?query=ASK+%7B%7D&format=html&lang=nl", headers=BROWSER).text

    for language in ("nl", "fr", "de", "en"):
        assert f'href="/sparql?query=ASK+%7B%7D&amp;format=html&amp;lang={language}"' in page


def test_chosen_language_stays(client: FlaskClient) -> None:
    """A language chosen by the address is carried on to the pages that a page links to, and only then."""
    assert 'href="/dumps/?lang=de"' in client.get("/queries/?lang=de", headers=BROWSER).text
    assert 'href="/dumps/"' in client.get("/queries/", headers={**BROWSER, "Accept-Language": "de"}).text


def test_question_without_language(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """The language of the page may stand in the address of a question that takes none."""
    plain = replace(load_questions(settings)[NUMBERS], name="plain", parameters=())
    client = create_app(settings, manifest, release, store, {"plain": plain}).test_client()

    assert client.get("/queries/plain.csv").data == client.get("/queries/plain.csv?lang=fr").data
    assert 200 == client.get("/queries/plain?lang=fr", headers=BROWSER).status_code
    assert 400 == client.get("/queries/plain.csv?colour=red").status_code


@pytest.mark.parametrize(
    ("language", "day", "month", "large", "decimal"),
    [
        ("nl", "28 oktober 2022", "april 2023", "16.611", "0,5"),
        ("fr", "28 octobre 2022", "avril 2023", "16\u202f611", "0,5"),
        ("de", "28. Oktober 2022", "April 2023", "16.611", "0,5"),
        ("en", "28 October 2022", "April 2023", "16,611", "0.5"),
    ],
)
def test_dates_and_numbers(app: Flask, language: str, day: str, month: str, large: str, decimal: str) -> None:
    """Dates keep the precision of the source, and numbers are grouped, as the language does it."""
    with app.test_request_context(f"/?lang={language}"):
        assert (day, month, "2023") == (written_date("2022-10-28"), written_date("2023-04"), written_date("2023"))
        assert (large, decimal) == (number(16611), number("0.5"))
        assert "soon" == written_date("soon")


def test_label_in_another_language_is_marked(client: FlaskClient) -> None:
    """A text that is not in the reader's language says so, to eyes and to screen readers."""
    query = 'SELECT ?label { VALUES ?label { "Leefmilieu"@nl "Environment"@en } }'
    page = client.get("/sparql", query_string={"query": query, "format": "html", "lang": "en"}).text

    assert '<span lang="nl">Leefmilieu</span><abbr class="foreign" title="in Dutch" lang="en">nl</abbr>' in page
    assert ">Environment</th>" in page
