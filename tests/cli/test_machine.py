"""What the machine may refuse: characters, pipes, disks, folders. Named errors, no traceback, and nothing half done."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from govplan.config import Settings
from tests.cli.conftest import GOVPLAN, Command

LATIN = {"PYTHONIOENCODING": "latin-1", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
POSIX = {"LC_ALL": "POSIX", "LANG": "", "PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"}
WINDOWS = {"PYTHONIOENCODING": "cp1252:strict"}
TERMINALS = {"latin-1": LATIN, "ascii": ASCII, "posix": POSIX, "cp1252": WINDOWS}
CALLS = [
    (("query", "--help"), 0),
    (("query", "objectives-with-action-counts", "lang=fr"), 0),
    (("query", "names-in-sources", "lang=de"), 0),
    (("query", "objectives-with-action-counts", "--format", "json"), 0),
    (("query", "naïve-Œuvre"), 2),
    (("query", "objectives-with-action-counts", "lang=\u0394"), 2),
    (("links",), 0),
    (("export", "-"), 0),
    (("publish", "\u2026"), 3),
]


def _on_each_terminal() -> Iterator[ParameterSet]:
    """Every call on every terminal; each call on one of them by turns is not left to `make soak`."""
    for turn, (words, code) in enumerate(CALLS):
        for number, (name, terminal) in enumerate(TERMINALS.items()):
            marks = [] if number == turn % len(TERMINALS) else [pytest.mark.soak]
            yield pytest.param(terminal, words, code, marks=marks, id=f"{'-'.join(words)}-{name}")


@pytest.mark.parametrize(("terminal", "words", "code"), [*_on_each_terminal()])
def test_terminal_of_few_characters(
    govplan: Command, terminal: dict[str, str], words: tuple[str, ...], code: int
) -> None:
    """On a terminal that lacks characters a command does its work and shows their codes instead."""
    run = govplan(*words, environ=terminal, text=False)

    assert code == run.returncode, run.stderr
    assert b"Traceback" not in run.stderr
    assert run.stdout or run.stderr


def test_code_of_a_character(govplan: Command) -> None:
    """A character that cannot be shown is not lost."""
    run = govplan("query", "objectives-with-action-counts", "lang=fr", environ=ASCII)

    assert "\\xe9" in run.stdout
    assert "é" not in run.stdout


def test_data_is_always_utf_8(govplan: Command) -> None:
    """What a program reads is UTF-8, whatever the terminal shows."""
    words = ("query", "objectives-with-action-counts", "lang=fr", "--format", "csv")

    assert govplan(*words, text=False).stdout == govplan(*words, environ=ASCII, text=False).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("query", "statements-with-sources", "--format", "csv"),
        ("query", "statements-with-sources"),
        ("export", "-"),
        ("links", "--format", "json"),
    ],
    ids=" ".join,
)
def test_reader_that_goes_away(settings: Settings, manifest: object, words: tuple[str, ...]) -> None:
    """When the reader of a pipe has enough, the command ends without a word."""
    environ = {**os.environ, "GOVPLAN_RELEASES": str(settings.releases)}
    with subprocess.Popen([GOVPLAN, *words], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stderr
        # The pipe is closed before the first byte, so that no answer is small enough to go through.
        run.stdout.close()
        said = run.stderr.read().decode()
        code = run.wait(timeout=120)

    assert 128 + signal.SIGPIPE == code, said
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert "Broken pipe" not in said


@pytest.mark.parametrize(
    "words",
    [("query", "plan-in-numbers", "--format", "csv"), ("query", "plan-in-numbers"), ("export", "-"), ("links",)],
    ids=" ".join,
)
def test_output_that_does_not_fit(govplan: Command, words: tuple[str, ...]) -> None:
    """Output that goes to a full disk is an error, not a cut answer."""
    with Path("/dev/full").open("wb") as full:
        run = govplan(*words, stdout=full)

    assert 3 == run.returncode, run.stderr
    assert "The output cannot be written whole: No space left on device." in run.stderr
    assert "free some space" in run.stderr
    assert "Traceback" not in run.stderr


def test_errors_that_do_not_fit(govplan: Command) -> None:
    """Where standard error takes nothing, the work goes on and the exit code tells."""
    with Path("/dev/full").open("wb") as full:
        assert 0 == govplan("query", "plan-in-numbers", stderr=full).returncode
        assert 2 == govplan("query", "no-such-question", stderr=full).returncode


def test_closed_output(govplan: Command) -> None:
    """An answer that has nowhere to go is an error."""
    run = govplan("query", "plan-in-numbers", "--format", "csv", before=lambda: os.close(1))

    assert 3 == run.returncode, run.stderr
    assert "Standard output is closed." in run.stderr


@pytest.mark.parametrize(
    ("words", "stdin", "code", "said"),
    [
        (("query", "-", "--format", "csv"), b"\xef\xbb\xbfSELECT (1 AS ?x) {}", 0, ""),
        (("query", "-"), b"SELECT (1 AS\xc2\xa0?x) {}", 1, "U+00A0 NO-BREAK SPACE"),
        (("query", "-"), b"SELECT *\r\nWHERE {\xe2\x80\x8b}", 1, "line 2, column 8"),
        (("query", "-"), b"SELECT \xff", 2, "standard input:1:8"),
        (("query", "-", "lang=nl"), b"ASK {}", 2, "A file takes no parameters"),
    ],
)
def test_query_from_standard_input(
    govplan: Command, words: tuple[str, ...], stdin: bytes, code: int, said: str
) -> None:
    """A query comes from standard input as from a file: with a mark or without, and nothing hidden in it."""
    run = govplan(*words, stdin=stdin, text=False)

    assert code == run.returncode, run.stderr
    assert said in run.stderr.decode()


def test_argument_that_is_no_text(govplan: Command) -> None:
    """A value that is not UTF-8 is refused by name."""
    run = govplan("query", "actions-for-group", b"group=\xff")

    assert 2 == run.returncode
    assert "is not UTF-8" in run.stderr


@pytest.mark.parametrize("words", [("query", "plan-in-numbers"), ("codebook", "."), ("link", "mine.csv")], ids=" ".join)
def test_no_temporary_folder(govplan: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Where no temporary folder can be written, that is said with the setting that names another."""
    (tmp_path / "mine.csv").write_text("naam\nSmals\n")
    run = govplan(*words, limit=0)

    assert 3 == run.returncode, run.stderr
    assert "No usable temporary directory" in run.stderr
    assert "GOVPLAN_SPOOL" in run.stderr
    assert "Traceback" not in run.stderr


def test_spool_that_cannot_be_written(govplan: Command, tmp_path: Path) -> None:
    """A folder for large answers that is set and not there is named."""
    run = govplan("query", "plan-in-numbers", environ={"GOVPLAN_SPOOL": str(tmp_path / "missing")})

    assert 3 == run.returncode, run.stderr
    assert str(tmp_path / "missing") in run.stderr


def test_no_room_to_derive(govplan: Command, project: Path) -> None:
    """Derived files that cannot be written stay as they were."""
    folder = project / "data/plans/be-ai-convergence/derived"
    before = {path: path.read_bytes() for path in folder.iterdir()}
    run = govplan("--project", str(project), "derive", limit=100)

    assert 3 == run.returncode, run.stderr
    assert "data/plans/be-ai-convergence/derived/flags.ttl cannot be written: File too large." in run.stderr
    assert before == {path: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("command", [["--project", "built-in", "build"], ["serve"]], ids=["build", "serve"])
@pytest.mark.parametrize(
    ("place", "said"),
    [("file/releases", "Not a directory"), ("/proc/releases", "No such file"), ("~nobody-at-all/x", "home")],
)
def test_releases_are_checked_first(
    govplan: Command, tmp_path: Path, command: list[str], place: str, said: str
) -> None:
    """A place where no release can go is told before anything is read, with the one setting for it."""
    (tmp_path / "file").write_text("")
    run = govplan(*command, releases=Path(place))

    assert run.returncode in (2, 3), run.stderr
    assert said in run.stderr
    assert "GOVPLAN_RELEASES" in run.stderr
    assert "checking" not in run.stderr
    assert "Traceback" not in run.stderr


def test_working_folder_that_is_gone(govplan: Command, tmp_path: Path) -> None:
    """A command that starts in a folder that was deleted says so."""
    gone = tmp_path / "gone"
    gone.mkdir()

    def enter() -> None:
        os.chdir(gone)
        gone.rmdir()

    run = govplan("links", before=enter)

    assert 2 == run.returncode, run.stderr
    assert "The working folder is not there any more." in run.stderr


def test_refusal_that_nothing_expects(govplan: Command, tmp_path: Path) -> None:
    """What the system refuses where no error of ours was thought of is named too."""
    run = govplan("query", "plan-in-numbers", releases=tmp_path / ("x" * 300))

    assert 3 == run.returncode, run.stderr
    assert "The system refuses: File name too long." in run.stderr
    assert "choose a shorter name" in run.stderr


def test_place_of_releases_is_said(govplan: Command, tmp_path: Path, project: Path) -> None:
    """`build` says first which project it is and where releases go; a broken rule leaves that folder empty."""
    (project / "data/plans/be-ai-convergence/register.csv").write_text("")
    run = govplan("--project", str(project), "build", releases=tmp_path / "new" / "releases")

    assert 1 == run.returncode, run.stderr
    assert [f"project be-ai-convergence in {project}", f"releases go to {tmp_path / 'new' / 'releases'}"] == (
        run.stderr.splitlines()[:2]
    )
    assert [] == list((tmp_path / "new" / "releases").iterdir())


def test_disk_that_fills_up(govplan: Command, tmp_path: Path) -> None:
    """Of a release that does not fit nothing is left, and the error says what, where and how to mend it."""
    run = govplan("--project", "built-in", "build", releases=tmp_path / "releases", limit=2_000_000)

    assert 3 == run.returncode, run.stderr
    assert "The release cannot be written: File too large." in run.stderr
    assert str(tmp_path / "releases") in run.stderr
    assert "ulimit -f" in run.stderr
    assert [".building.lock"] == [path.name for path in (tmp_path / "releases").iterdir()]
