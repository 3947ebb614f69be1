"""Reports of validation that are kept: the same content is judged once, and nothing else passes by them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.content import Content, Problem, read_project, source_file
from govplan.release import known_reports
from govplan.release.check import Gate, check
from govplan.release.graph_rules import GraphRule
from govplan.release.inference import Inferred
from govplan.release.known_reports import Judgement, key_of, recall, remember
from govplan.release.shacl_report import Result, ShaclReport
from tests.conftest import spoilt

_WORDS: Mapping[str, str] = {"en": "“Wrong”.\n Correct it.", "nl": "Fout."}
_RESULTS = (
    Result(
        "warning", "http://x/a", "http://x/p", "b", "http://x/s", _WORDS, ox.Literal("b", language="en"), "http://x/g"
    ),
    Result("info", "http://x/a", None, "http://x/b", "http://x/s", {}, ox.NamedNode("http://x/b")),
    Result("info", "http://x/c", None, None, "http://x/s", {}),
)
_TEXT = Problem("warning", "data/a.ttl:3", "http://x/a", "words", "Not “so”.", "write 'such'")
_REPORT = Judgement(ShaclReport(True, _RESULTS, "[] a <x:Report> .\n"), (_TEXT,))
_KEY = "0" * 64
_RULE = GraphRule("http://x/rule", "info", {"en": "No."}, "SELECT ?focus {}")


@pytest.fixture(name="cache")
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of a user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "govplan" / "reports"


@pytest.fixture(name="plan")
def _plan(tiny_project: Path) -> Settings:
    """The settings of a copy of the smallest plan."""
    return load(tiny_project, environ={})


def _checked(settings: Settings, *, fresh: bool = False) -> tuple[Gate, bool]:
    """Return what the gate saw, and whether it checked the shapes for that."""
    told: list[str] = []
    gate = check(settings, told.append, fresh=fresh)
    assert 1 == ("checking shapes" in told) + any("--fresh" in step for step in told), told
    return gate, "checking shapes" in told


def test_same_content_is_checked_once(cache: Path, plan: Settings) -> None:
    """The second check of the same content uses the report of the first, unless it is told not to."""
    first, checked = _checked(plan)
    assert checked
    again, checked = _checked(plan)

    assert not checked
    assert (first.shacl, first.problems, first.coverage) == (again.shacl, again.problems, again.coverage)
    assert _checked(plan, fresh=True) == (first, True)
    assert 1 == len(list(cache.iterdir()))


def test_other_content_is_checked(cache: Path, plan: Settings) -> None:
    """What was changed is checked; a violation is found each time, and no report of it is kept."""
    _checked(plan)
    spoilt(plan.root, "data/catalogue.ttl", 'dcat:version "1.0.0"', 'dcat:version "1.0.0" , "2.0.0"')

    for _ in range(2):
        gate, checked = _checked(plan)
        assert checked
        assert gate.violations
    assert 1 == len(list(cache.iterdir()))


@pytest.mark.parametrize("damage", ["cut", "changed", "emptied", "of another"])
def test_damaged_report_is_written_again(tmp_path: Path, damage: str) -> None:
    """A report that does not hold is none, and the next one takes its place."""
    remember(tmp_path, _KEY, _REPORT)
    (file,) = tmp_path.iterdir()
    body = file.read_bytes()
    if damage == "of another":
        remember(tmp_path, "1" * 64, _REPORT)
        (tmp_path / f"{'1' * 32}.json").replace(file)
    else:
        file.write_bytes({"cut": body[:-1], "changed": body.replace(b"warning", b"invalid"), "emptied": b""}[damage])

    assert recall(tmp_path, _KEY) is None
    remember(tmp_path, _KEY, _REPORT)
    assert _REPORT == recall(tmp_path, _KEY)


def test_nothing_is_known_at_first(tmp_path: Path) -> None:
    """Without a report, or without a folder for them, nothing is recalled."""
    assert recall(tmp_path, _KEY) is None
    assert recall(tmp_path / "none", _KEY) is None


def test_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: Settings) -> None:
    """Where no report can be kept the check says so and goes on."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    told: list[str] = []

    assert () == check(plan, told.append).violations
    assert any("cannot be kept" in step and "Not a directory" in step for step in told), told


def test_newest_reports_are_kept(tmp_path: Path) -> None:
    """The folder does not grow for ever."""
    for number in range(40):
        remember(tmp_path, f"{number:064}"[::-1], _REPORT)

    assert 32 == len(list(tmp_path.iterdir()))
    assert _REPORT == recall(tmp_path, f"{39:064}"[::-1])


def test_key_is_of_all_that_a_report_depends_on(plan: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another text, path, base, rule, language, tool or program makes another key; a copy of the project does not."""
    content = read_project(plan)
    first, *others = content.files
    renamed = source_file("ontology/other.ttl", first.text, plan.base)
    key = key_of(content, [], [_RULE], plan)
    keys = [
        key_of(content.with_file(source_file(first.path, first.text + "# more\n", plan.base)), [], [_RULE], plan),
        key_of(Content(content.root, (renamed, *others)), [], [_RULE], plan),
        key_of(Content(content.root, (replace(first, graph="http://x/g"), *others)), [], [_RULE], plan),
        key_of(Content(content.root, tuple(others)), [], [_RULE], plan),
        key_of(content, [], [], plan),
        key_of(content, [], [replace(_RULE, severity="violation")], plan),
        key_of(content, [], [_RULE], replace(plan, languages=("en", "fr"))),
    ]
    keys.append(key_of(content, [Inferred("http://x/g", "http://x/rule", "rule.rq", first.quads[:1])], [_RULE], plan))
    monkeypatch.setattr(known_reports, "version", lambda _: "9")
    keys.append(key_of(content, [], [_RULE], plan))
    monkeypatch.undo()
    monkeypatch.setattr("govplan.__file__", __file__)
    keys.append(key_of(content, [], [_RULE], plan))
    monkeypatch.undo()

    assert len(keys) + 1 == len({key, *keys})
    assert key == key_of(replace(content, root=Path("/elsewhere")), [], [_RULE], replace(plan, root=Path("/elsewhere")))
