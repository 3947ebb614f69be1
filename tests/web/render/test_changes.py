"""Differences in words: constructed pairs, exact and complete, in four languages."""

from pathlib import Path

import pytest
from flask import Flask

from govplan.errors import AnswerTooLarge
from govplan.manifest import FileEntry, Manifest
from govplan.release.dumps import sha256
from govplan.web.render import changes as words
from govplan.web.render.changes import Change, changes
from govplan.web.site import site
from tests.repository import manifest_of

NS, BASE = "https://w3id.org/govplan/ns#", "https://w3id.org/govplan/"
RDFS, RDF = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LANGUAGES = ("en", "nl", "fr", "de")
NAMES = {
    f"{NS}status": ("status", "stand", "état", "Stand"),
    f"{NS}Action": ("action", "actie", "action", "Maßnahme"),
    f"{BASE}auth/status/planned": ("planned", "gepland", "prévu", "geplant"),
    f"{BASE}auth/status/ongoing": ("ongoing", "lopend", "en cours", "laufend"),
    f"{BASE}id/plan/one": ("Plan one", "Plan een", "Plan un", "Plan eins"),
    f"{BASE}id/plan/two": ("Plan two", "Plan twee", "Plan deux", "Plan zwei"),
    f"{BASE}id/organisation/court": ("Court of Audit", "Rekenhof", "Cour des comptes", "Rechnungshof"),
}
A, B, C = (f"{BASE}id/action/{each}" for each in "abc")
SAID, OURS = f"{BASE}graph/said", f"{BASE}graph/ours"


def _iri(subject: str, predicate: str, value: str, graph: str = SAID) -> str:
    return f"<{subject}> <{predicate}> <{value}> <{graph}> .\n"


def _text(subject: str, predicate: str, value: str, graph: str = SAID) -> str:
    return f"<{subject}> <{predicate}> {value} <{graph}> .\n"


def _named() -> list[str]:
    rows = [
        _text(iri, RDFS + "label", f'"{text}"@{tag}', OURS)
        for iri, texts in NAMES.items()
        for tag, text in zip(LANGUAGES, texts, strict=True)
    ]
    return [*rows, _iri(SAID, NS + "claimedBy", f"{BASE}id/organisation/court", OURS)]


def _action(iri: str, *rows: str, plan: str = "one") -> list[str]:
    name = iri[-1].upper()
    labels = [_text(iri, RDFS + "label", f'"{name} {tag}"@{tag}', OURS) for tag in LANGUAGES]
    inside = [_iri(iri, RDF + "type", NS + "Action"), _iri(iri, NS + "inPlan", f"{BASE}id/plan/{plan}", OURS)]
    return [*labels, *inside, *rows]


def _release(folder: Path, rows: list[str]) -> tuple[Path, Manifest]:
    folder.mkdir()
    content = "".join(sorted(set(rows))).encode()
    (folder / "dataset.nq").write_bytes(content)
    entry = FileEntry("dataset.nq", len(content), sha256(content))
    return folder, manifest_of([entry], languages=LANGUAGES)


def _told(app: Flask, folder: Path, before: list[str], after: list[str], language: str) -> list[Change]:
    pair = [_release(folder / f"{name}-{language}", [*_named(), *rows]) for name, rows in (("a", before), ("b", after))]
    with app.test_request_context(f"/?lang={language}"):
        return [_spoken(each) for each in changes(site(), *pair)]


def _spoken(change: Change) -> Change:
    # A sentence is made in the language of the request that reads it.
    _SENTENCES[change.iri] = [edit.sentence for edit in change.edits]
    return change


_SENTENCES: dict[str, list[str]] = {}
STATUS = {
    "en": "status: “planned” → “ongoing”, according to Court of Audit",
    "nl": "stand: “gepland” → “lopend”, volgens Rekenhof",
    "fr": "état : « prévu » → « en cours », selon Cour des comptes",
    "de": "Stand: „geplant“ → „laufend“, laut Rechnungshof",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_changed_value(app: Flask, tmp_path: Path, language: str) -> None:
    """A value that changed says what it was, what it is, and according to whom; what stayed is not told."""
    before = [*_action(A, _iri(A, NS + "status", f"{BASE}auth/status/planned")), *_action(B)]
    after = [*_action(A, _iri(A, NS + "status", f"{BASE}auth/status/ongoing")), *_action(B)]
    [change] = _told(app, tmp_path, before, after, language)
    index = LANGUAGES.index(language)
    assert (A, f"A {language}", "changed") == (change.iri, change.label, change.what)
    assert NAMES[f"{NS}Action"][index] == change.kind
    assert NAMES[f"{BASE}id/plan/one"][index] == change.plan
    assert [STATUS[language]] == _SENTENCES[A]


@pytest.mark.parametrize("language", LANGUAGES)
def test_reworded_label(app: Flask, tmp_path: Path, language: str) -> None:
    """A label that was reworded in one language is told of that language alone."""
    before = _action(A)
    after = [row.replace('"A fr"', '"A bis"') for row in before]
    [change] = _told(app, tmp_path, before, after, language)
    [edit] = change.edits
    assert ("fr", ("A fr",), ("A bis",), None) == (edit.language, edit.before, edit.after, edit.speaker)


def test_retagged_label(app: Flask, tmp_path: Path) -> None:
    """A label with another language tag is gone in one language and new in the other."""
    before = _action(A)
    after = [row.replace('"A fr"@fr', '"A fr"@fr-BE') for row in before]
    [change] = _told(app, tmp_path, before, after, "en")
    assert {("fr", ("A fr",), ()), ("fr-BE", (), ("A fr",))} == {
        (edit.language, edit.before, edit.after) for edit in change.edits
    }


def test_moved(app: Flask, tmp_path: Path) -> None:
    """A thing that moved to another plan is of its new plan, and says from which it came."""
    before, after = _action(A), _action(A, plan="two")
    [change] = _told(app, tmp_path, before, after, "en")
    assert "Plan two" == change.plan
    [edit] = change.edits
    assert (("Plan one",), ("Plan two",)) == (edit.before, edit.after)


def test_another_speaker(app: Flask, tmp_path: Path) -> None:
    """The same words in the graph of another speaker are a change of who says them."""
    row = _text(A, NS + "note", '"x"')
    before, after = _action(A, row), _action(A, row.replace(SAID, OURS))
    [change] = _told(app, tmp_path, before, after, "en")
    assert {(("x",), (), "Court of Audit"), ((), ("x",), None)} == {
        (edit.before, edit.after, edit.speaker) for edit in change.edits
    }


def test_retired(app: Flask, tmp_path: Path) -> None:
    """What is retired is called so."""
    retired = _text(A, "http://www.w3.org/2002/07/owl#deprecated", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>')
    [change] = _told(app, tmp_path, _action(A), _action(A, retired), "en")
    assert "retired" == change.what


def test_added_plan_and_removed_action(app: Flask, tmp_path: Path) -> None:
    """A plan that is new comes with all its things; what is gone keeps its name."""
    before = [*_action(A), *_action(B)]
    after = [*_action(A), *_action(C, plan="two"), _iri(f"{BASE}id/plan/two", RDF + "type", NS + "Plan")]
    found = _told(app, tmp_path, before, after, "en")
    assert {(B, "B en", "removed", "Plan one"), (C, "C en", "added", "Plan two")} == {
        (each.iri, each.label, each.what, each.plan) for each in found if each.iri in (A, B, C)
    }
    assert {f"{BASE}id/plan/two", B, C} == {each.iri for each in found}


def test_too_many(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more things than can be told in words, no part is told."""
    monkeypatch.setattr(words, "MOST_THINGS", 1)
    with pytest.raises(AnswerTooLarge):
        _told(app, tmp_path, [], [*_action(A), *_action(B)], "en")
