"""Every door that reads text skips one byte order mark, as Windows programs write it, and takes their line ends."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.content import Content, Problem, check_content, read_project
from govplan.errors import ConfigError, ContentUnreadable, GovplanError, QuestionBroken
from govplan.inputs.tables import read_table
from govplan.questions import load_questions
from govplan.reconciliation.rows import read_rdf
from govplan.release.check import check
from govplan.release.derive import derive, write_derived
from govplan.release.graph_rules import load_rules
from tests.conftest import ROOT

MARK = b"\xef\xbb\xbf"
TEXTS = (".ttl", ".rq", ".csv", ".toml")
FOLDER = "data/plans/be-ai-convergence"
RULE = "data/rules/shared-powers.rq"
PLAN, AIMS, REGISTER = f"{FOLDER}/plan.ttl", f"{FOLDER}/aims.ttl", f"{FOLDER}/register.csv"


@pytest.fixture(name="windows")
def _windows(project: Path) -> Path:
    """The plan as a Windows editor would save it: a mark before every file, and line ends of CRLF."""
    for path in project.rglob("*"):
        if path.suffix in TEXTS:
            path.write_bytes(MARK + path.read_bytes().replace(b"\n", b"\r\n"))
    return project


def test_whole_project(windows: Path, content: Content) -> None:
    """A project saved with marks and CRLF has no fault, the same statements and the same questions."""
    gate = check(load(windows, environ={}))

    assert () == gate.problems
    assert content.quads == gate.content.quads
    assert set(gate.questions) == set(load_questions(load(windows, environ={})))
    assert 70 == len(gate.questions)
    assert all(question.parameters for question in gate.questions.values() if "VALUES ?" in question.text)


def test_derived(windows: Path, content: Content, settings: Settings) -> None:
    """Rules and headers with a mark derive the same, and what is written needs none."""
    own = load(windows, environ={})
    due = derive(content, settings)
    assert due == derive(read_project(own), own)
    write_derived(own)

    assert due == derive(read_project(own), own)
    assert not (windows / FOLDER / "derived/flags.ttl").read_bytes().startswith(MARK)


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        ("ttl", '<urn:a> <http://xmlns.com/foaf/0.1/name> "x" .'),
        ("trig", '<urn:g> { <urn:a> <http://xmlns.com/foaf/0.1/name> "x" }'),
        ("nt", '<urn:a> <http://xmlns.com/foaf/0.1/name> "x" .\n'),
        ("nq", '<urn:a> <http://xmlns.com/foaf/0.1/name> "x" <urn:g> .\n'),
        ("jsonld", '{"@id": "urn:a", "http://xmlns.com/foaf/0.1/name": "x"}'),
        (
            "rdf",
            '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns:f="http://xmlns.com/foaf/0.1/"><rdf:Description rdf:about="urn:a"><f:name>x</f:name>'
            "</rdf:Description></rdf:RDF>",
        ),
    ],
)
def test_files_of_others(tmp_path: Path, ending: str, text: str) -> None:
    """A file of somebody's entities is read with a mark as without, in every RDF format."""
    path = tmp_path / f"file.{ending}"
    path.write_bytes(MARK + text.encode())

    assert [("x", "urn:a")] == [row.texts for row in read_rdf(path)]


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_tables_of_others(tmp_path: Path, encoding: str) -> None:
    """A table, or a reviewed one, is read with a mark as without, in every encoding that has one."""
    plain = "iri,naam\nurn:a,Liège\n"
    (tmp_path / "marked.csv").write_bytes(("" if encoding in ("utf-16", "utf-32") else "\ufeff").encode(encoding))
    with (tmp_path / "marked.csv").open("ab") as file:
        file.write(plain.encode(encoding))
    (tmp_path / "plain.csv").write_bytes(plain.encode(encoding))

    for name in ("marked.csv", "plain.csv"):
        assert ("iri", "naam") == read_table(tmp_path / name, encoding).columns, name


Read = Callable[[Path], object]


def _derived(root: Path) -> object:
    settings = load(root, environ={})
    return derive(read_project(settings), settings)


@pytest.mark.parametrize(
    ("file", "old", "new", "error", "read", "said"),
    [
        (
            "queries/plan-in-numbers.rq",
            "SELECT",
            "SELECT\xa0",
            QuestionBroken,
            lambda root: load_questions(load(root, environ={})),
            "U+00A0 NO-BREAK SPACE",
        ),
        (
            "queries/completeness/actions-without-group.rq",
            "WHERE",
            "\u200bWHERE",
            QuestionBroken,
            lambda root: load_questions(load(root, environ={})),
            "U+200B ZERO WIDTH SPACE",
        ),
        (
            "shapes/layers/values-doubled.rq",
            "WHERE",
            "WHERE\x85",
            ContentUnreadable,
            lambda root: load_rules(load(root, environ={})),
            "U+0085 NEXT LINE",
        ),
        (
            RULE,
            "WHERE",
            "\u2060WHERE",
            ContentUnreadable,
            _derived,
            "U+2060 WORD JOINER",
        ),
        (
            PLAN,
            "gp:layer ",
            "gp:lay\xader ",
            ContentUnreadable,
            lambda root: read_project(load(root, environ={})),
            "U+00AD SOFT HYPHEN",
        ),
        (
            "shapes/action.ttl",
            "\n# Node shapes",
            "\n# Node \u202e shapes",
            ContentUnreadable,
            lambda root: read_project(load(root, environ={})),
            "U+202E RIGHT-TO-LEFT OVERRIDE",
        ),
        (
            "govplan.toml",
            "name = ",
            "name\u200b = ",
            ConfigError,
            lambda root: load(root, environ={}),
            "U+200B ZERO WIDTH SPACE",
        ),
    ],
)
def test_what_nobody_sees(
    project: Path, file: str, old: str, new: str, error: type[GovplanError], read: Read, said: str
) -> None:
    """At every door a character that nobody sees is named with file, line and column where it does harm."""
    path = project / file
    if file == RULE:
        path.parent.mkdir()
        shutil.copy(ROOT / "profiles/be" / RULE, path)
    text = path.read_text(encoding="utf-8")
    at = text.index(old)
    changed = text[:at] + new + text[at + len(old) :]
    path.write_text(changed, encoding="utf-8")
    odd = next(number for number in range(at, len(changed)) if changed[number] != text[number])
    line, column = changed.count("\n", 0, odd) + 1, odd - changed.rfind("\n", 0, odd)

    with pytest.raises(error) as caught:
        read(project)
    assert said in caught.value.what
    assert str(caught.value.where).endswith(f"{file}:{line}:{column}")


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ("001,2026", "001\u200b,2026", "U+200B ZERO WIDTH SPACE", 2),
        ("002,2026-11-24", "002,2026-11-24\xa0", "U+00A0 NO-BREAK SPACE", 3),
        ("iri,minted", "iri;minted", "other columns", 1),
        ("003,2026-11-24,,", "003,2026-11-24,", "The row has 3 cells", 4),
        ("\nhttps", '\n"https', "cannot be read", 2),
    ],
)
def test_register(project: Path, old: str, new: str, said: str, line: int) -> None:
    """What is wrong with the register is told with its line."""
    path = project / REGISTER
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    problems = [each for each in check_files(project) if said in each.what]

    assert [f"{REGISTER}:{line}"] == [":".join(each.place.split(":")[:2]) for each in problems]


def check_files(project: Path) -> list[Problem]:
    """Return what the rules of the files find."""
    settings = load(project, environ={})
    return check_content(read_project(settings), settings)


def test_place_of_a_hidden_character(project: Path, spoil: Callable[[str, str, str], Path]) -> None:
    """A character hidden in a value is told with its line and column, also where an escape writes it."""
    spoil(PLAN, "gp:layer layer:reported ;", 'gp:layer layer:reported ;\n    gp:x "a\u200bb" ;')
    spoil(AIMS, "gp:layer layer:reported ;", 'gp:layer layer:reported ;\n    gp:x "a\\u200Bb" ;')
    told = {each.place.split(":", 1)[0]: each for each in check_files(project) if "U+200B" in each.what}
    plan = (project / PLAN).read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(plan, 1) if "\u200b" in text)

    assert f"{PLAN}:{line}:12" == told[PLAN].place
    assert told[AIMS].place.endswith(":10")
    assert {"warning"} == {each.severity for each in told.values()}


def test_unreadable_folder_is_no_empty_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of data that the system refuses to list is an error: nobody would miss its files."""
    scandir, refused = os.scandir, project / FOLDER / "sources/press"

    def list_folder(path: str | Path) -> Any:
        if Path(path) == refused:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(refused))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", list_folder)

    with pytest.raises(ContentUnreadable, match="A folder cannot be read: Permission denied"):
        read_project(load(project, environ={}))


def test_literals_keep_escaped_line_ends() -> None:
    """A carriage return that an escape writes stays in the value; only line ends of files are folded."""
    (triple,) = ox.parse('<urn:a> <urn:b> "a\\r\\nb" .', format=ox.RdfFormat.TURTLE)

    assert "a\r\nb" == triple.object.value
