"""The charts of a release: drawn when it is built, listed in its manifest, and given to readers as they are."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.questions import Question, load_questions
from govplan.questions.figures import Rendition, path_of, renditions
from govplan.questions.looks import LOOKS
from govplan.release.charts import write_charts
from govplan.sparql import Store
from govplan.vega.drawers import DrawerLimits, ProcessDrawer
from govplan.web import create_app
from govplan.web.site import POLICY

LANGUAGES = ("nl", "fr", "de", "en")


@pytest.fixture(scope="module", name="charted")
def _charted(settings: Settings) -> dict[str, Question]:
    """The questions of the project that have a chart."""
    return {name: question for name, question in load_questions(settings).items() if question.chart}


@pytest.fixture(name="drawer")
def _drawer() -> Iterator[ProcessDrawer]:
    """A drawer of a test's own, so that it is known whether it drew."""
    with closing(ProcessDrawer(DrawerLimits(60))) as drawer:
        yield drawer


def _client(
    settings: Settings, manifest: Manifest, release: Path, store: Store, drawer: ProcessDrawer, **questions: Question
) -> FlaskClient:
    app = create_app(settings, manifest, release, store, questions or load_questions(settings))
    app.extensions[POLICY] = replace(app.extensions[POLICY], drawer=drawer)
    return app.test_client()


def test_listed(manifest: Manifest, release: Path, charted: dict[str, Question]) -> None:
    """Every picture that pages show or link is there, in every language, look and size, and nothing else is."""
    listed = {entry.path for entry in manifest.files if entry.path.startswith("charts/")}
    wanted = {path_of(each, how) for each in charted.values() for how in renditions(each, LANGUAGES)}

    assert wanted
    assert wanted == listed
    for path in listed:
        body = (release / path).read_bytes()
        assert body.startswith(b"\x89PNG" if path.endswith(".png") else b"<svg")


def test_same_bytes(settings: Settings, release: Path, tmp_path: Path, charted: dict[str, Question]) -> None:
    """The same content is drawn in the same bytes each time."""
    shutil.copytree(release / "store", tmp_path / "store")
    write_charts(tmp_path, settings, dict(list(charted.items())[:2]))
    drawn = {path.relative_to(tmp_path).as_posix(): path for path in (tmp_path / "charts").rglob("*.*")}

    assert 2 * len(LANGUAGES) * 5 == len(drawn)
    for name, path in drawn.items():
        assert (release / name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_served(
    settings: Settings,
    manifest: Manifest,
    release: Path,
    store: Store,
    drawer: ProcessDrawer,
    charted: dict[str, Question],
    language: str,
) -> None:
    """A chart by default is the picture of the release, and nobody draws it again."""
    client = _client(settings, manifest, release, store, drawer)
    for name, question in charted.items():
        for theme in LOOKS:
            for size in ("wide", "narrow"):
                query = {"lang": language, "theme": theme, "size": size}
                answer = client.get(f"/queries/{name}.svg", query_string=query)
                path = path_of(question, Rendition(language, theme, size, "svg"))
                assert (release / path).read_bytes() == answer.data
                assert answer.headers["ETag"]
        png = client.get(f"/queries/{name}.png?lang={language}")
        assert (release / path_of(question, Rendition(language, "light", "wide", "png"))).read_bytes() == png.data
    assert drawer.pid is None


def test_served_to_who_names_no_language(
    settings: Settings, manifest: Manifest, release: Path, store: Store, drawer: ProcessDrawer
) -> None:
    """Who says nothing gets the English picture, as the answer is."""
    client = _client(settings, manifest, release, store, drawer)

    assert client.get("/queries/plan-in-numbers.svg").data == client.get("/queries/plan-in-numbers.svg?lang=en").data
    assert drawer.pid is None


def test_release_without_charts(
    settings: Settings, manifest: Manifest, release: Path, store: Store, drawer: ProcessDrawer
) -> None:
    """A release that was built before there were any is drawn as it is read, in the same bytes."""
    files = tuple(entry for entry in manifest.files if not entry.path.startswith("charts/"))
    old = _client(settings, replace(manifest, files=files), release, store, drawer)
    new = _client(settings, manifest, release, store, drawer)

    for address in ("plan-in-numbers.svg?lang=de&theme=dark", "plan-in-numbers.png?lang=fr"):
        assert old.get(f"/queries/{address}").data == new.get(f"/queries/{address}").data
    assert drawer.pid is not None


@pytest.mark.parametrize(
    "address",
    [
        "/queries/plan-in-numbers.svg?lang=ja",
        "/queries/plan-in-numbers.png?theme=dark",
        "/sparql/chart?query=SELECT * { VALUES (?a ?b) { (1 'x') (2 'y') } }",
    ],
)
def test_others(
    settings: Settings, manifest: Manifest, release: Path, store: Store, drawer: ProcessDrawer, address: str
) -> None:
    """A chart that the release does not hold is drawn for whoever asks."""
    answer = _client(settings, manifest, release, store, drawer).get(address)

    assert 200 == answer.status_code
    assert drawer.pid is not None


def test_question_that_has_changed(
    settings: Settings,
    manifest: Manifest,
    release: Path,
    store: Store,
    drawer: ProcessDrawer,
    charted: dict[str, Question],
) -> None:
    """A question that is no longer as it was when the release was built is drawn in its new words."""
    name, question = next(iter(charted.items()))
    summary = {language: f"Other words in {language}" for language in LANGUAGES}
    changed = replace(question, text=f"{question.text}# changed\n", summary=summary)
    client = _client(settings, manifest, release, store, drawer, **{name: changed})
    answer = client.get(f"/queries/{name}.svg?lang=nl")

    assert "Other words in nl" == ElementTree.fromstring(answer.data).findtext("{http://www.w3.org/2000/svg}title")
    assert drawer.pid is not None
