"""The named questions over HTTP: the list, the answers in every format, the pages."""

import csv
import io
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govplan.questions import Question, bind
from govplan.sparql import Request, Store
from govplan.web.site import EXTENSION

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NAME = "objectives-with-action-counts"


@pytest.fixture(name="questions")
def _questions(app: Flask) -> dict[str, Question]:
    return dict(app.extensions[EXTENSION].questions)


def test_list_as_page(client: FlaskClient, questions: dict[str, Question]) -> None:
    """The list links every question."""
    page = client.get("/queries/", headers=BROWSER).text

    assert questions
    for name in questions:
        assert f'href="/queries/{name}' in page


def test_list_as_json(client: FlaskClient, questions: dict[str, Question]) -> None:
    """The list as JSON has name, address, summary in every language, and the parameters."""
    found = client.get("/queries/", headers={"Accept": "application/json"}).get_json()

    assert set(questions) == {each["name"] for each in found}
    assert f"http://localhost/queries/{NAME}" in {each["url"] for each in found}
    assert all({"nl", "fr", "de", "en"} == set(each["summary"]) for each in found)


@pytest.mark.parametrize(
    ("path", "headers", "media_type"),
    [
        (NAME, {}, "application/sparql-results+json"),  # programs get the default of the protocol
        (NAME, {"Accept": "*/*"}, "application/sparql-results+json"),
        (NAME, BROWSER, "text/html"),  # people get a page
        (NAME, {"Accept": "text/csv"}, "text/csv"),
        (NAME, {"Accept": "application/sparql-query"}, "application/sparql-query"),
        (f"{NAME}.json", BROWSER, "application/sparql-results+json"),  # the extension wins over Accept
        (f"{NAME}.xml", {}, "application/sparql-results+xml"),
        (f"{NAME}.csv", {}, "text/csv"),
        (f"{NAME}.tsv", {}, "text/tab-separated-values"),
        (f"{NAME}.html", {}, "text/html"),
        (f"{NAME}.rq", BROWSER, "application/sparql-query"),
        (f"{NAME}?format=csv", BROWSER, "text/csv"),
        (f"{NAME}.csv?format=json", {}, "text/csv"),
    ],
)
def test_formats(client: FlaskClient, path: str, headers: dict[str, str], media_type: str) -> None:
    """A question answers by extension, by the parameter format, or by Accept."""
    answer = client.get(f"/queries/{path}", headers=headers)

    assert (200, media_type) == (answer.status_code, answer.mimetype), answer.text


def test_answer(client: FlaskClient) -> None:
    """A question answers as its text does in the endpoint."""
    text = client.get(f"/queries/{NAME}.rq").text
    direct = client.post("/sparql?format=csv", data=text, content_type="application/sparql-query")
    answer = client.get(f"/queries/{NAME}.csv")

    assert direct.data == answer.data
    assert 9 == len(list(csv.DictReader(io.StringIO(answer.text))))


def test_parameter(client: FlaskClient) -> None:
    """A parameter of the address reaches the query."""
    dutch = client.get(f"/queries/{NAME}.csv?lang=nl").text

    assert dutch != client.get(f"/queries/{NAME}.csv?lang=en").text
    assert "Cyberveiligheid" in dutch


def test_format_does_not_follow_the_reader(client: FlaskClient) -> None:
    """Data are the same for every reader; only a page asks in the reader's language."""
    french = {"Accept-Language": "fr-BE, fr;q=0.9"}
    data = client.get(f"/queries/{NAME}.csv", headers=french)
    page = client.get(f"/queries/{NAME}", headers={**BROWSER, **french})

    assert client.get(f"/queries/{NAME}.csv").data == data.data
    assert "Cybersécurité" in page.text
    assert "Accept-Language" in page.headers["Vary"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "lang"),  # unknown: the known ones are listed
        ("lang=nl&lang=fr", "more than once"),
        ("lang=%E9", "UTF-8"),
        ("lang=nl%22%20%7D%20DROP%20ALL", "lang"),  # never pasted into the text
    ],
)
def test_wrong_parameters(client: FlaskClient, query: str, said: str) -> None:
    """A parameter that cannot be used is refused with what can."""
    answer = client.get(f"/queries/{NAME}?{query}")

    assert 400 == answer.status_code, answer.text
    assert said in answer.text


def test_empty_field_is_the_default(client: FlaskClient) -> None:
    """A form that leaves a field empty asks with its default."""
    assert client.get(f"/queries/{NAME}.csv").data == client.get(f"/queries/{NAME}.csv?lang=").data


def test_unknown_question(client: FlaskClient) -> None:
    """An unknown question is answered with names that are near."""
    answer = client.get("/queries/objective-with-action-count")

    assert 404 == answer.status_code
    assert NAME == json.loads(answer.data)["offered"][0]


def test_unknown_extension(client: FlaskClient) -> None:
    """A format that the answer cannot take is answered with those it can."""
    answer = client.get(f"/queries/{NAME}.ttl")

    assert 406 == answer.status_code
    assert {"json", "csv", "rq"} <= set(json.loads(answer.data)["offered"])


def test_page(client: FlaskClient) -> None:
    """The page of a question shows summary, answer, query and the other formats."""
    page = client.get(f"/queries/{NAME}?lang=de", headers=BROWSER).text

    assert "Cybersicherheit" in page
    assert "SELECT" in page
    assert "#+" not in page
    for extension in ("json", "xml", "csv", "tsv", "rq"):
        assert f'href="/queries/{NAME}.{extension}?lang=de"' in page


def test_how_complete_it_is(client: FlaskClient) -> None:
    """What an answer covers stands on its page, and data link to it."""
    page = client.get("/queries/actions-without-group", headers={**BROWSER, "Accept-Language": "nl"})
    data = client.get("/queries/actions-without-group.csv")
    notes = client.get("/queries/actions-without-group.notes")

    assert "38 van de 57 acties noemen in deze bron geen groep." in page.text
    assert '</queries/actions-without-group.notes>; rel="describedby"' in data.headers["Link"]
    assert ["38 of 57 actions state no group in this source."] == notes.get_json()["en"]
    assert {"nl", "fr", "de", "en"} == set(notes.get_json())
    assert 400 == client.get("/queries/actions-without-group.notes?colour=red").status_code


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_every_question_answers_as_in_the_store(
    client: FlaskClient, questions: dict[str, Question], store: Store, language: str
) -> None:
    """At its address every question gives the bytes that the store gives, in every language."""
    for name, found in questions.items():
        text = bind(found, {"lang": language})
        answer = client.get(f"/queries/{name}.csv?lang={language}")

        assert store.answer(Request(text, "text/csv")).body == answer.data, name


def test_every_question_has_a_page(client: FlaskClient, questions: dict[str, Question]) -> None:
    """Every question of the project answers as a page in every language."""
    for name in questions:
        for language in ("nl", "fr", "de", "en"):
            answer = client.get(f"/queries/{name}", headers={**BROWSER, "Accept-Language": language})
            assert (200, "text/html") == (answer.status_code, answer.mimetype), f"{name} in {language}"


def test_validator(client: FlaskClient) -> None:
    """Who has the answer of a question is told that nothing changed."""
    first = client.get(f"/queries/{NAME}.csv")
    second = client.get(f"/queries/{NAME}.csv", headers={"If-None-Match": first.headers["ETag"]})

    assert 304 == second.status_code


def test_file_name(client: FlaskClient) -> None:
    """An answer that is saved has the name of its question."""
    assert f'inline; filename="{NAME}.csv"' == client.get(f"/queries/{NAME}.csv").headers["Content-Disposition"]
