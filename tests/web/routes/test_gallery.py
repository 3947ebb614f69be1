"""The gallery of questions: choosing, asking with a form, reading a long answer, taking it along."""

import csv
import io
import re
from urllib.parse import unquote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient

from govplan.questions import Question
from govplan.web.render.excel import excel
from govplan.web.render.paging import ROWS, view
from govplan.web.render.tables import Cell, Shown
from govplan.web.render.words import TAGS
from govplan.web.site import EXTENSION
from tests.turns import QUESTIONS

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
GROUP = "/queries/actions-for-group"
LONG = "/queries/facts-with-text-units"
XSD = "http://www.w3.org/2001/XMLSchema#"


def _names(client: FlaskClient, query: str) -> set[str]:
    return {each["name"] for each in client.get(f"/queries/?format=json&{query}").get_json()}


def test_filter(client: FlaskClient) -> None:
    """Questions are chosen by audience, tag and words, alone and together."""
    everything, stewards, money = _names(client, ""), _names(client, "audience=steward"), _names(client, "tag=money")

    assert stewards < everything
    assert {name for name, question in QUESTIONS.items() if "money" in question.tags} == money
    assert _names(client, "audience=journalist&tag=powers") == _names(client, "audience=journalist") & _names(
        client, "tag=powers"
    )
    assert "actions-with-deadline" in _names(client, "q=deadline")
    assert set() == _names(client, "q=zzzzqqq")


def test_filter_page(client: FlaskClient) -> None:
    """The page keeps what was chosen, counts, and leads back to all."""
    page = client.get("/queries/?audience=steward&q=unit&lang=fr", headers=BROWSER).text

    assert '<option value="steward" selected>gestionnaire de données' in page
    assert 'name="q" value="unit"' in page
    assert re.search(r"\d+ questions? sur \d+", page)


@pytest.mark.parametrize("query", ["audience=nobody", "tag=nothing"])
def test_filter_refuses(client: FlaskClient, query: str) -> None:
    """An audience or a tag that no question has is refused with those there are."""
    answer = client.get(f"/queries/?{query}&format=json")

    assert 400 == answer.status_code
    assert answer.get_json()["offered"]


def test_tags_have_words(app: Flask) -> None:
    """Every tag of every question has a name in each language."""
    questions: dict[str, Question] = dict(app.extensions[EXTENSION].questions)

    assert {tag for question in questions.values() for tag in question.tags} <= set(TAGS)


def test_choices(client: FlaskClient) -> None:
    """A parameter offers the codes of its list, or the things of its class, by their labels, and to choose none."""
    page = client.get(f"{GROUP}?lang=nl&group=group:smes", headers=BROWSER).text
    any_group = client.get(f"{GROUP}?lang=nl", headers=BROWSER).text

    assert '<option value="group:smes" selected>kmo' in page.replace("Kmo", "kmo")
    assert '<option value="group:researchers">' in page
    assert '<option value="plan:be-ai-convergence">' in page
    assert '<option value="" selected>' in any_group


def test_wrong_value(client: FlaskClient) -> None:
    """A value that cannot be used stays in its field, with what is wrong beside it, and there is no answer."""
    answer = client.get(f"{GROUP}?group=%3Cxx%3E&lang=de", headers=BROWSER)

    assert 400 == answer.status_code
    assert 'value="&lt;xx&gt;"' in answer.text
    assert 'aria-invalid="true" aria-describedby="p-group-error"' in answer.text
    assert "Wählen Sie einen Wert aus der Liste" in answer.text
    assert "<table" not in answer.text
    assert "no-store" == answer.headers["Cache-Control"]


def test_unlisted_value(client: FlaskClient) -> None:
    """A value that the list does not hold but the question can use is asked for and stays chosen."""
    page = client.get(f"{GROUP}?group=https://example.org/x", headers=BROWSER).text

    assert '<option value="https://example.org/x" selected>' in page
    assert "complete and empty" in page


def _column(page: str, place: int) -> list[str]:
    body = page.split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("<tr>")[1:]]
    return [re.sub(r"<[^>]+>", "", row[place]).strip() for row in rows]


def test_sort(client: FlaskClient) -> None:
    """A column sorts up, then down, then not; the head says how."""
    path = "/queries/objectives-with-action-counts?lang=en"
    up, down = (client.get(f"{path}&sort={sign}actionCount", headers=BROWSER).text for sign in ("", "-"))
    counts = [int(count) for count in _column(up, 2)]

    assert sorted(counts) == counts
    assert counts[::-1] == [int(count) for count in _column(down, 2)]
    assert 'aria-sort="ascending"' in up
    assert 'aria-sort="descending"' in down
    assert "sort=-actionCount" in up


@pytest.mark.parametrize(
    ("sort", "texts"),
    [
        ("x", ["1.2", "1.9", "1.10", "Élan", ""]),
        ("-x", ["Élan", "1.10", "1.9", "1.2", ""]),  # what has no value comes last in both directions
        ("", ["1.10", "", "Élan", "1.9", "1.2"]),
    ],
)
def test_sort_counts_numbers_in_texts(sort: str, texts: list[str]) -> None:
    """Action 1.10 comes after action 1.9."""
    answer = Shown(columns=("x",), rows=tuple((Cell(text),) for text in ("1.10", "", "Élan", "1.9", "1.2")))

    assert texts == [row[0].text for row in view(answer, sort, "1").shown.rows]


def test_pages(client: FlaskClient) -> None:
    """A long answer comes in pages that together are the whole, which is one click away."""
    total = len(list(csv.reader(io.StringIO(client.get(f"{LONG}.csv?lang=en").text)))) - 1
    first, last = (client.get(f"{LONG}?lang=en&page={n}", headers=BROWSER).text for n in (1, -(-total // ROWS)))
    whole = client.get(f"{LONG}?lang=en&page=all", headers=BROWSER).text

    assert total > ROWS
    assert ROWS == len(_column(first, 0))
    assert (total - 1) % ROWS + 1 == len(_column(last, 0))
    assert total == len(_column(whole, 0))
    assert "page=all" in first
    assert f"rows 1 to {ROWS} of" in first


@pytest.mark.parametrize("query", ["page=0", "page=999", "page=x", "sort=colour"])
def test_no_such_page(client: FlaskClient, query: str) -> None:
    """A page or a column that there is not is refused with what there is."""
    assert 400 == client.get(f"{LONG}?{query}", headers=BROWSER).status_code


def test_links(client: FlaskClient) -> None:
    """The permanent link says every value, and the editor opens with the query as it was asked."""
    page = client.get(f"{GROUP}?lang=fr&group=group:smes", headers=BROWSER).text
    permanent = re.search(r'<a href="(http://localhost/[^"]+)"><code>', page)
    editor = re.search(r'class="button quiet" href="([^"]+)"', page)

    assert permanent
    assert "lang=fr" in permanent[1]
    assert "group=group%3Asmes" in permanent[1]
    assert editor
    assert 'VALUES ?lang { "fr" }' in unquote_plus(editor[1])


def test_excel(client: FlaskClient) -> None:
    """The table for Excel has a byte order mark, semicolons and heads in words."""
    answer = client.get("/queries/actions-with-budget.excel.csv?lang=nl")
    [heads, row] = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "text/csv" == answer.mimetype
    assert {"actie", "actie (IRI)", "bedrag"} <= set(heads)
    assert '="3.2"' == row[0]
    assert "75000000" in row


@pytest.mark.parametrize(
    ("term", "cell"),
    [
        ({"value": "0.5", "datatype": f"{XSD}decimal"}, "0,5"),
        ({"value": "-3", "datatype": f"{XSD}integer"}, "-3"),
        ({"value": "6.3"}, '="6.3"'),
        ({"value": "034"}, '="034"'),
        ({"value": "2022-10-28", "datatype": f"{XSD}date"}, '="2022-10-28"'),
        ({"value": "=HYPERLINK(1)"}, "'=HYPERLINK(1)"),
        ({"value": "AI; data"}, "AI; data"),
        ({"value": "7"}, "7"),
    ],
)
def test_excel_cells(term: dict[str, str], cell: str) -> None:
    """Numbers get a decimal comma; texts stay texts, whatever Excel would make of them."""
    table = excel(["x"], ["x"], [{"x": term}]).decode("utf-8-sig")

    assert [["x"], [cell]] == list(csv.reader(io.StringIO(table), delimiter=";"))
