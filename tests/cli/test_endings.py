"""The ending of a file names its format; nothing is written under a name that promises another one."""

import gzip
import io
from pathlib import Path

import brotli
import pyoxigraph as ox
import pytest
import zstandard

from govplan.cli.endings import written_as
from govplan.errors import FormatUnknown, GovplanError, ParameterInvalid
from govplan.formats import GRAPHS
from govplan.manifest import Manifest
from tests.cli.conftest import Command

OPEN = {
    "gz": gzip.decompress,
    "br": brotli.decompress,
    "zst": lambda raw: zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)).read(),
}


@pytest.mark.parametrize(
    "name", ["plan.rdf", "plan.NT", "plan.v1.trig", "plan.jsonld", "plan.nq.gz", "plan.nt.zst", "a.nq.br"]
)
def test_ending_names_the_format(govplan: Command, tmp_path: Path, manifest: Manifest, name: str) -> None:
    """What lies in the file is what its name says, compressed where it says so."""
    run = govplan("export", name)
    raw = (tmp_path / name).read_bytes()
    plain, _, coding = name.rpartition(".") if name.rpartition(".")[2] in OPEN else (name, "", "")
    body = OPEN[coding](raw) if coding else raw
    rdf_format = ox.RdfFormat.from_extension(plain.rpartition(".")[2].lower())
    assert rdf_format is not None
    statements = set(ox.parse(body, format=rdf_format))

    assert 0 == run.returncode, run.stderr
    assert f"{name}: {len(raw)} bytes of " in run.stdout
    if rdf_format.supports_datasets:
        assert manifest.quads == len(statements)
    else:
        assert manifest.quads * 0.9 < len(statements) <= manifest.quads


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("plan.txt",),
            "ask for one of: .ttl, .nt, .rdf, .jsonld, .trig, .nq, or these with .zst, .br, .gz behind them",
        ),
        (("plan.xlsx", "--format", "nq"), "whose ending is .xlsx"),
        (("plan.ttl", "--format", "nq"), "name the file plan.nq"),
        (("plan.rdf.gz", "--format", "ttl"), "says RDF/XML, --format says Turtle"),
        (("plan.tar.gz",), "whose ending is .tar"),
        (("plan",), "has no ending that says its format"),
        (("plan.gz",), "has no ending that says its format"),
        (("plan.zip",), "whose ending is .zip"),
    ],
)
def test_ending_that_says_something_else(govplan: Command, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """An unknown ending, none, or one that an option contradicts is an error that writes nothing."""
    run = govplan("export", *words)

    assert 2 == run.returncode, run.stderr
    assert said in run.stderr
    assert "mend:" in run.stderr
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("plan", "nt", ("nt", None)),
        ("plan.gz", "nt", ("nt", "gzip")),
        ("plan.trig", "trig", ("trig", None)),
        ("plan.rdf", "application/rdf+xml", ("rdf", None)),
        (".hidden.ttl", None, ("ttl", None)),
        ("folder.x/plan.nq.BR", None, ("nq", "br")),
    ],
)
def test_name_and_option(name: str, asked: str | None, expected: tuple[str, str | None]) -> None:
    """An option names the format of a file without an ending, or says the same."""
    fmt, coding = written_as(Path(name), asked, GRAPHS)

    assert expected == (fmt.extension, None if coding is None else coding.name)


@pytest.mark.parametrize(
    ("name", "asked", "error"),
    [
        ("plan.ttl", "nt", ParameterInvalid),
        ("plan", None, ParameterInvalid),
        (".ttl", None, ParameterInvalid),
        ("plan.csv", None, FormatUnknown),
        ("plan.json", None, FormatUnknown),
        ("plan.nt", "pdf", FormatUnknown),
    ],
)
def test_name_that_cannot_be_used(name: str, asked: str | None, error: type[GovplanError]) -> None:
    """What cannot be told is refused."""
    with pytest.raises(error):
        written_as(Path(name), asked, GRAPHS)


def test_old_file_stays(govplan: Command, tmp_path: Path) -> None:
    """A file that cannot be replaced by a whole one stays as it was."""
    (tmp_path / "plan.ttl").write_text("mine")
    run = govplan("export", "plan.ttl", limit=10_000)

    assert 3 == run.returncode, run.stderr
    assert "what was there before is untouched" in run.stderr
    assert ("mine", ["plan.ttl"]) == ((tmp_path / "plan.ttl").read_text(), [path.name for path in tmp_path.iterdir()])


@pytest.mark.parametrize("name", ["out.xlsx", "out.ttl", "out.json"])
def test_suggestions_are_csv(govplan: Command, tmp_path: Path, name: str) -> None:
    """Suggestions are written as CSV, and under no other ending."""
    (tmp_path / "mine.csv").write_text("naam\nSmals\n")
    run = govplan("link", "mine.csv", "--output", name)

    assert 2 == run.returncode, run.stderr
    assert "ask for one of: .csv" in run.stderr
    assert not (tmp_path / name).exists()
