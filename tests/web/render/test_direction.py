"""Text from right to left has its direction in pages, and nothing in a text turns the direction of others."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import render_template_string
from flask.testing import FlaskClient
from markupsafe import Markup

from govplan.config import Settings
from govplan.engines.oxigraph.pool import EmbeddedStore
from govplan.manifest import Manifest
from govplan.web import App, create_app
from govplan.web.render.direction import is_rtl, lang_dir, typed, visible
from govplan.web.site import EXTENSION
from tests.conftest import LIMITS

BASE = "https://w3id.org/govplan/"
PAGE = {"Accept": "text/html"}
CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HEBREW, ARABIC = "תוכנית לאומית", "خطة وطنية"
DATA = f"""
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<{BASE}id/plan/a> a <{BASE}ns#Plan> ;
    rdfs:label "Vlaams plan"@nl-BE, "Flemish plan"@en, "Plan flamand"@fr-BE ;
    skos:definition "Wat men in Vlaanderen wil."@nl-BE, "What Flanders wants."@en ;
    skos:altLabel "{HEBREW}"@he, "{ARABIC}", "2024"@ar, "plan \u202egnp.exe"@en, "abc"@he-Latn ;
    <{BASE}ns#x> <{BASE}id/plan/b> .
<{BASE}id/plan/b> a <{BASE}ns#Plan> ;
    rdfs:label "{ARABIC}"@ar .
"""


@pytest.fixture(name="plans")
def _plans(settings: Settings, manifest: Manifest, tmp_path: Path, loop: asyncio.AbstractEventLoop) -> Iterator[App]:
    """An application on a release with texts from right to left and texts of a region."""
    store = ox.Store(str(tmp_path / "store"))
    store.bulk_load(DATA.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(manifest.graphs[0].iri))
    store.flush()
    del store
    opened = EmbeddedStore.alone(tmp_path, {}, LIMITS, loop=loop)
    yield create_app(settings, manifest, tmp_path, opened, {})
    opened.close()


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        (HEBREW, "he", True),
        (HEBREW, None, True),
        (HEBREW, "en", True),
        (f"12 – {ARABIC} AI", None, True),
        (f"AI {ARABIC}", None, False),
        (f"AI {ARABIC}", "ar", True),
        ("2024", "fa", True),
        ("2024", "nl", None),
        ("", None, None),
        ("…", None, None),
        ("plan", "he", True),
        ("plan", "he-Latn", False),
        ("plan", "az-Arab-IR", True),
        ("été", "fr", False),
        ("計画", None, False),
        ("ߒߞߏ", None, True),
        ("ދިވެހި", "dv-MV", True),
        ("𞤀𞤣𞤤𞤢𞤥", None, True),
    ],
)
def test_direction(text: str, lang: str | None, expected: bool | None) -> None:
    """The language decides, with the script that it is said to be in, else the first letter."""
    assert expected is is_rtl(text, lang)


@pytest.mark.parametrize(
    ("language", "lang", "text", "expected"),
    [
        ("nl", "nl", "plan", ""),
        ("nl", None, "plan", ""),
        ("nl", "fr", "plan", ' lang="fr"'),
        ("nl", "nl-be", "plan", ' lang="nl-be"'),
        ("nl", "ar", ARABIC, ' lang="ar" dir="rtl"'),
        ("nl", None, ARABIC, ' dir="rtl"'),
        ("ar", "ar", ARABIC, ""),
        ("ar", "en", "plan", ' lang="en" dir="ltr"'),
        ("ar", None, "12", ""),
        ("nl", '"><script>', "x", ' lang="&#34;&gt;&lt;script&gt;"'),
    ],
)
def test_marks(language: str, lang: str | None, text: str, expected: str) -> None:
    """An element says its language and direction where they are not those of the page."""
    assert expected == lang_dir(language, lang, text)


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_controls_are_shown(app: App, control: str) -> None:
    """Every control that turns direction is shown, wherever a template writes a text, and obeyed nowhere."""
    template = "{{ t }}{{ m }}<a title='{{ t }}'>{% trans x=t %}see {{ x }}{% endtrans %}</a>"
    with app.test_request_context("/"):
        page = render_template_string(template, t=f"a{control}b", m=Markup("<b>{}</b>").format(control))

    assert control not in page
    assert 4 == page.count(f"⟨U+{ord(control):04X}⟩")


def test_what_stays_as_it_is() -> None:
    """Other characters, and what is no text, stay as they are; in a field the controls do, too."""
    for value in ("été", ARABIC, 1, None, Markup("<b>é</b>"), "a\u200db\u00ad"):
        assert value is visible(value)
    assert "a&#x202E;&lt;" == typed("a\u202e<")


def _page(app: App, path: str, **query: str) -> str:
    answer = app.test_client().get(path, query_string=query, headers=PAGE, follow_redirects=True)
    assert 200 == answer.status_code, answer.text
    return answer.text


def test_page_of_a_thing(plans: App) -> None:
    """The page of a thing gives each text its language and direction, and shows the control."""
    page = _page(plans, "/id/plan/a", lang="en")

    assert f'<span lang="he" dir="rtl">{HEBREW}</span>' in page
    assert f'<span dir="rtl">{ARABIC}</span>' in page
    assert '<span lang="ar" dir="rtl">2024</span>' in page
    assert '<span lang="he-latn">abc</span>' in page
    assert "plan ⟨U+202E⟩gnp.exe" in page
    assert not re.search(f"[{CONTROLS}]", page)
    assert re.search(rf'<a href="/id/plan/b[^"]*" lang="ar" dir="rtl">{ARABIC}</a>', page)
    assert '<html lang="en">' in page


@pytest.mark.parametrize(
    ("language", "label", "meaning"),
    [
        ("nl", "Vlaams plan", "Wat men in Vlaanderen wil."),
        ("fr", "Plan flamand", "Wat men in Vlaanderen wil."),
        ("de", "Vlaams plan", "Wat men in Vlaanderen wil."),
    ],
)
def test_region(plans: App, language: str, label: str, meaning: str) -> None:
    """What is said in a region of the language of the page is in that language; nothing lang_dir it as foreign."""
    page = _page(plans, "/id/plan/a", lang=language)
    [heading] = re.findall(r"<h1>(.*?)</h1>", page)

    assert label in heading
    assert ("foreign" in heading) == (language == "de")
    assert meaning in page


def test_page_from_right_to_left(plans: App, settings: Settings, manifest: Manifest, tmp_path: Path) -> None:
    """A page in a language from right to left says so, and lang_dir what is not."""
    arabic = replace(settings, languages=("ar", "en"))
    app = create_app(arabic, manifest, tmp_path, plans.extensions[EXTENSION].store, {})
    page = _page(app, "/id/plan/a", lang="ar")

    assert '<html lang="ar" dir="rtl">' in page
    assert '<span lang="en" dir="ltr">Flemish plan</span>' in page


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_answers(client: FlaskClient, path: str) -> None:
    """A table gives each value its direction; a query keeps its controls in the field, and nowhere else."""
    query = f'SELECT * {{ VALUES ?x {{ "{HEBREW}"@he "{ARABIC}" "a\u202eb" <http://x/{ARABIC.split()[0]}> }} }}'
    page = client.get(path, query_string={"query": query, "format": "html"}).text

    assert f'<span lang="he" dir="rtl">{HEBREW}</span>' in page
    assert f'<span dir="rtl">{ARABIC}</span>' in page
    assert "a⟨U+202E⟩b</th>" in page
    assert "&#34;a&#x202E;b&#34;" in page
    assert "\u202e" not in page


@pytest.mark.parametrize(
    "path",
    ["/search?q=%E2%80%AEabc", "/queries/?q=%E2%80%AEabc", "/sparql?query=ASK%E2%80%AE"],
)
def test_what_was_typed(client: FlaskClient, path: str) -> None:
    """What was typed goes back into its field as it was, and is shown elsewhere."""
    page = client.get(path, headers=PAGE).text

    assert "&#x202E;" in page
    assert "\u202e" not in page


def test_reader_of_a_region(client: FlaskClient) -> None:
    """A reader of a region gets the language of the project that is nearest."""
    for tag, language in (("nl-BE", "nl"), ("fr-CA, en", "fr"), ("pt-BR, de-AT;q=0.5", "de"), ("nlx", "en")):
        answer = client.get("/", headers={**PAGE, "Accept-Language": tag})
        assert language == answer.headers["Content-Language"]
