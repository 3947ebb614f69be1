"""What two releases do not say alike: exact, complete, and undone by its own patch."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govplan.errors import ReleaseDamaged
from govplan.manifest import FileEntry, Manifest
from govplan.release.difference import (
    ChangedQuestion,
    Value,
    changed_questions,
    changed_things,
    lines,
    merged,
    patched,
    rdf_patch,
    statement,
)
from govplan.release.dumps import sha256
from govplan.release.history import history, statements_about
from tests.repository import manifest_of

Write = Callable[[str, dict[str, str]], tuple[Path, Manifest]]
LINES = st.sets(st.binary(min_size=1, max_size=3).map(lambda each: each.replace(b"\n", b"") + b"\n"), max_size=12)


@pytest.fixture(name="write")
def _write(tmp_path: Path) -> Write:
    """Write a release of statements and questions, each path → text."""

    def write(statements: str, questions: dict[str, str] | None = None) -> tuple[Path, Manifest]:
        said = {"dataset.nq": statements, **(questions or {})}
        entries = [FileEntry(path, len(text.encode()), sha256(text.encode())) for path, text in said.items()]
        manifest = manifest_of(entries)
        folder = tmp_path / manifest.id
        for path, text in said.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        return folder, manifest

    return write


def _line(subject: str, predicate: str, value: str, graph: str = "g") -> str:
    return f"<http://x/{subject}> <http://x/{predicate}> {value} <http://x/{graph}> .\n"


@given(LINES, LINES)
def test_patch_makes_the_other(before: set[bytes], after: set[bytes]) -> None:
    """The patch of two releases makes the second out of the first, byte for byte, and nothing else."""
    one, two = sorted(before), sorted(after)
    patch = list(rdf_patch(one, two))
    assert two == list(patched(one, patch))
    assert len(patch) == 2 + len(before ^ after)
    assert sorted(before | after) == [line for line, _, _ in merged(one, two)]


@pytest.mark.parametrize("patch", [b"X a\n", b"D z\n", b"A a\n"])
def test_patch_for_another(patch: bytes) -> None:
    """A patch that is none, or that is for another release, is refused."""
    with pytest.raises(ValueError, match="patch"):
        list(patched([b"a\n"], [b"TX .\n", patch, b"TC .\n"]))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("<http://x/o>", Value("http://x/o", is_iri=True)),
        ('"plain"', Value("plain")),
        ('"a\\n\\"b\\" \\u00e9 \\\\"', Value('a\n"b" é \\')),
        ('"\\U00110000"', Value("\\U00110000")),
        ('"ja"@nl-BE', Value("ja", lang="nl-BE")),
        ('"1"^^<http://x/int>', Value("1", datatype="http://x/int")),
        ('"> <http://x/o> ."', Value("> <http://x/o> .")),
        ("<<( <http://x/a> <http://x/b> <http://x/c> )>>", Value("<<( <http://x/a> <http://x/b> <http://x/c> )>>")),
    ],
)
def test_statement(written: str, value: Value) -> None:
    """Each kind of term is read as what it says."""
    said = statement(_line("s", "p", written).encode())
    assert ("http://x/s", "http://x/p", value, "http://x/g") == tuple(said)


def test_no_statement() -> None:
    """A line that is no statement in a graph is damage."""
    with pytest.raises(ReleaseDamaged):
        statement(b"<http://x/s> <http://x/p> <http://x/o> .\n")


def test_things(write: Write) -> None:
    """Things are new, gone, or changed; whatever both releases say alike is told of none."""
    before = _line("a", "p", '"1"') + _line("b", "p", '"1"') + _line("b", "q", '"1"') + _line("d", "p", '"1"')
    after = _line("b", "p", '"2"') + _line("b", "q", '"1"') + _line("c", "p", '"1"') + _line("d", "p", '"1"')
    one, two = write(before, {}), write(after, {})
    found = {thing.subject[-1]: thing for thing in changed_things(lines(*one), lines(*two))}
    assert ["a", "b", "c"] == sorted(found)
    assert (1, 0, 0) == (len(found["a"].removed), len(found["a"].added), len(found["a"].common))
    assert (0, 1, 0) == (len(found["c"].removed), len(found["c"].added), len(found["c"].common))
    [was], [now], [same] = found["b"].removed, found["b"].added, found["b"].common
    assert ("1", "2", "1") == (was.value.text, now.value.text, same.value.text)


def test_questions(write: Write) -> None:
    """Of a question, its words may change or what it asks; notes on completeness count as well."""
    text = "#+ summary: {s}\nSELECT * {{ ?s ?p {o} }}\n"
    one = write("", {f"queries/own/{name}.rq": text.format(s="x", o="1") for name in ("gone", "same", "said", "asked")})
    two = write(
        "",
        {
            "queries/own/same.rq": text.format(s="x", o="1"),
            "queries/own/said.rq": text.format(s="y", o="1"),
            "queries/own/asked.rq": text.format(s="x", o="2"),
            "queries/given/completeness/note.rq": text.format(s="x", o="2"),
        },
    )
    assert [
        ChangedQuestion("asked", "query"),
        ChangedQuestion("completeness/note", "added"),
        ChangedQuestion("gone", "removed"),
        ChangedQuestion("said", "words"),
    ] == changed_questions(*one, *two)


def test_damaged(write: Write) -> None:
    """Statements that are not all there, or cannot be read, are damage and never a difference."""
    folder, manifest = write(_line("a", "p", '"1"'), {})
    (folder / "dataset.nq").write_bytes(b"")
    with pytest.raises(ReleaseDamaged, match="length"):
        list(lines(folder, manifest))
    (folder / "dataset.nq").unlink()
    with pytest.raises(ReleaseDamaged, match="cannot be read"):
        list(lines(folder, manifest))
    with pytest.raises(ReleaseDamaged):
        list(statements_about(folder, "http://x/a"))


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.sampled_from("abcdefgh"))
def test_statements_about(tmp_path_factory: pytest.TempPathFactory, subjects: list[str], wanted: str) -> None:
    """The statements of one thing are found among sorted ones without reading all."""
    rows = sorted({_line(each, f"p{number}", '"x"') for number, each in enumerate(subjects)} | {_line("z", "p", '"x"')})
    folder = tmp_path_factory.mktemp("sorted")
    (folder / "dataset.nq").write_text("".join(rows), "utf-8")
    expected = [row.encode() for row in rows if row.startswith(f"<http://x/{wanted}> ")]
    assert expected == list(statements_about(folder, f"http://x/{wanted}"))


def test_history(write: Write) -> None:
    """A thing has a step for each release in which it changed: its beginning, each change, and its end."""
    texts = [_line("b", "p", '"x"'), _line("a", "p", '"1"'), _line("a", "p", '"1"') + _line("c", "p", '"x"')]
    texts += [_line("a", "p", '"2"'), _line("b", "q", '"x"')]
    releases = [write(text, {}) for text in texts]
    newest_first = [manifest for _, manifest in releases[::-1]]
    steps = history(releases[0][0].parent, newest_first, "http://x/a")
    assert [releases[4][1], releases[3][1], releases[1][1]] == [step.release for step in steps]
    assert [(1, 0), (1, 1), (0, 1)] == [(len(each.change.removed), len(each.change.added)) for each in steps]
    assert [] == history(releases[0][0].parent, newest_first, "http://x/none")
