"""`govplan link`: a stranger's table or RDF file, a review by a person, links."""

import csv
import io
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from govplan.config import Settings
from govplan.reconciliation.review import COLUMNS, own_names
from tests.cli.conftest import GOVPLAN, Command
from tests.conftest import ROOT
from tests.inputs.workbooks import ods, xlsx

BASE = "https://w3id.org/govplan/"
OWN = "https://example.org/body/"
SMALS = f"{BASE}id/organisation/smals"
_PAIRS = ("csvxlsx", "xlsxods", "odscsv")


@pytest.fixture(name="bodies")
def _bodies(tmp_path: Path) -> Path:
    """A table as a Belgian spreadsheet program writes it: semicolons, accents, a name over two lines."""
    path = tmp_path / "bodies.csv"
    lines = [
        "code;naam;uri",
        f"1;Smals v.z.w.;{OWN}1",
        f'2;"Autorité de protection\ndes données";{OWN}2',
        f"3;Regering;{OWN}3",
        f"4;Bakkerij Peeters;{OWN}4",
        f"5;;{OWN}5",
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def _review(tmp_path: Path, *rows: dict[str, str]) -> Path:
    path = tmp_path / "reviewed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = list(dict.fromkeys((*COLUMNS, *(name for row in rows for name in row))))
        writer = csv.DictWriter(file, columns, restval="", delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_suggestions(govplan: Command, bodies: Path) -> None:
    """Each row comes with its line, a match or candidates, score and reason, and nothing accepted."""
    run = govplan("link", str(bodies), "--column", "naam", "--id", "uri", "--type", "organisatie")
    rows = _rows(run.stdout)
    first = {place: next(row for row in rows if row["place"] == place) for place in "23567"}

    assert (0, ["5 rows: 2 matched, 1 to look at, 2 without candidate"]) == (
        run.returncode,
        run.stderr.splitlines()[1:],
    )
    assert (SMALS, "yes", "100.0", f"{OWN}1") == tuple(
        first["2"][name] for name in ("govplan_iri", "match", "score", "iri")
    )
    assert f"{BASE}id/organisation/data-protection-authority" == first["3"]["govplan_iri"]
    assert "is the label by the editors (fr) “Autorité de protection des données”" == first["3"]["reason"]
    assert "no" == first["5"]["match"]
    assert ("no candidate", "empty") == (first["6"]["reason"], first["7"]["reason"])
    assert {""} == {row["accept"] for row in rows}


def test_rdf(govplan: Command, tmp_path: Path) -> None:
    """An RDF file is matched by the names, identifiers and IRIs in it."""
    path = tmp_path / "bodies.ttl"
    path.write_text(
        f'<{OWN}1> <http://www.w3.org/2004/02/skos/core#prefLabel> "Smals asbl"@fr, "Smals vzw"@nl .\n'
        f'<{OWN}2> <http://schema.org/name> "Nobody in particular" .\n'
        f"<{OWN}3> <http://www.w3.org/2002/07/owl#sameAs> <{BASE}id/organisation/belspo> .\n"
        '[] <http://schema.org/name> "FARI" .\n'
    )
    rows = _rows(govplan("link", str(path)).stdout)

    assert [f"{OWN}1", f"{OWN}3"] == [row["iri"] for row in rows if row["match"] == "yes"]
    assert [SMALS, f"{BASE}id/organisation/belspo"] == [row["govplan_iri"] for row in rows if row["match"] == "yes"]


def test_review(govplan: Command, bodies: Path, tmp_path: Path) -> None:
    """What a person accepts in the suggestions, and only that, becomes links; semicolons and case do not matter."""
    suggested = tmp_path / "suggested.csv"
    govplan("link", str(bodies), "--column", "NAAM", "--id", "uri", "--output", str(suggested))
    rows = _rows(suggested.read_text(encoding="utf-8"))
    rows[0]["accept"], rows[1]["accept"], rows[2]["accept"] = "Exact", "close", "nee"
    run = govplan("link", "--accept", str(_review(tmp_path, *rows)), "--output", str(tmp_path / "links.ttl"))
    links = (tmp_path / "links.ttl").read_text(encoding="utf-8")

    assert (0, [f"project be-ai-convergence in {ROOT}"]) == (run.returncode, run.stderr.splitlines())
    assert links.startswith("# Links that a person accepted in reviewed.csv.\n")
    assert f"<{OWN}1> skos:exactMatch organisation:smals .\n" in links
    assert f"<{OWN}2> skos:closeMatch organisation:data-protection-authority .\n" in links
    assert 2 == links.count("Match ")


@pytest.mark.parametrize(
    ("name", "reviewed"),
    [
        # Any kind of table may come back as any other; `make test` sees each of them once on either side.
        pytest.param(f"mine.{one}", f"reviewed.{other}", marks=[] if one + other in _PAIRS else [pytest.mark.soak])
        for one in ("csv", "xlsx", "ods")
        for other in ("csv", "xlsx", "ods")
    ],
)
def test_own_columns(govplan: Command, tmp_path: Path, name: str, reviewed: str) -> None:
    """The other columns of a table go along into the suggestions, and a reviewed file comes back in any form."""
    mine = [
        ["type", "naam", "uri", "Budget", "Accept"],
        ["asbl", "Smals v.z.w.", f"{OWN}1", "0012", "niet"],
        ["niets", "Bakkerij Peeters", f"{OWN}2", '7 "a", b', ""],
    ]
    _write(tmp_path / name, mine)
    run = govplan("link", name, "--column", "naam", "--id", "uri", "--output", "suggested.csv")
    text = (tmp_path / "suggested.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert "1 matched" in run.stderr
    assert [*COLUMNS, "type (own)", "Budget", "Accept (own)"] == rows[0]
    assert ["asbl", "0012", "niet"] == rows[1][-3:]
    assert ["niets", '7 "a", b', ""] == rows[2][-3:]
    assert {""} == {row[COLUMNS.index("accept")] for row in rows[1:]}

    rows[1][COLUMNS.index("accept")] = "x"
    _write(tmp_path / reviewed, [[*row[len(COLUMNS) :], *row[: len(COLUMNS)]] for row in rows])
    links = govplan("link", "--accept", reviewed).stdout
    assert [f"<{OWN}1> skos:exactMatch organisation:smals ."] == [row for row in links.splitlines() if "Match" in row]


def _write(path: Path, rows: list[list[str]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    else:
        path.write_bytes((xlsx if path.suffix == ".xlsx" else ods)({"Blad1": rows}))


def test_sheet(govplan: Command, tmp_path: Path) -> None:
    """Another sheet than the first is named by --sheet, and a number in it finds what an identifier names."""
    raw = xlsx({"Uitleg": [["lees", "mij"], ["a", "b"]], "Diensten": [["nummer", "sinds"], [406798006.0, "1939"]]})
    (tmp_path / "mine.xlsx").write_bytes(raw)
    wrong = govplan("link", "mine.xlsx", "--column", "nummer", "--sheet", "Dienst")
    rows = _rows(govplan("link", "mine.xlsx", "--column", "nummer", "--sheet", "Diensten").stdout)

    assert (2, True) == (wrong.returncode, "the sheets are: 'Uitleg', 'Diensten'" in wrong.stderr)
    assert ("2", "406798006", "1939") == tuple(rows[0][name] for name in ("place", "text", "sinds"))


@pytest.mark.parametrize("cell", [True, 1, 1.0, "JA", "Exact "])
def test_answers_of_a_spreadsheet(govplan: Command, tmp_path: Path, cell: object) -> None:
    """An answer in `accept` is understood as spreadsheets store it: as a truth value or a number, too."""
    columns = ["accept", "iri", "govplan_iri", "place"]
    (tmp_path / "reviewed.xlsx").write_bytes(xlsx({"A": [columns, [cell, f"{OWN}1", SMALS, 2], [False, "", "", 3]]}))

    assert "skos:exactMatch organisation:smals" in govplan("link", "--accept", "reviewed.xlsx").stdout


def test_place_of_a_wrong_answer(govplan: Command, tmp_path: Path) -> None:
    """What is wrong in a reviewed workbook is told with the row of its sheet."""
    columns = ["accept", "iri", "govplan_iri", "place"]
    (tmp_path / "reviewed.xlsx").write_bytes(xlsx({"A": [[], columns, ["perhaps", f"{OWN}1", SMALS, 2]]}))

    assert "row 3: 'perhaps' is no answer" in govplan("link", "--accept", "reviewed.xlsx").stderr


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        (("naam", "code"), ("naam", "code")),
        (("name", "SCORE"), ("name (own)", "SCORE (own)")),
        (("name", "name (own)"), ("name (own 2)", "name (own)")),
        (("name", "Name"), ("name (own)", "Name (own 2)")),
        ((), ()),
    ],
)
def test_names_that_are_taken(columns: tuple[str, ...], named: tuple[str, ...]) -> None:
    """A column that is called like one of ours, in whatever case, is renamed; every name is there once."""
    assert named == own_names(columns)


def _row(**cells: str) -> dict[str, str]:
    return {"place": "2", "iri": f"{OWN}1", "govplan_iri": SMALS, "accept": "exact", **cells}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([_row(accept="perhaps")], "line 2: 'perhaps' is no answer"),
        ([_row(accept="")], "No row is accepted."),
        ([_row(iri="")], "line 2: your entity of '2' has no http(s) IRI"),
        ([_row(iri="http://a> <b")], "has no http(s) IRI"),
        ([_row(govplan_iri=f"{BASE}id/organisation/smalls")], "is nothing in this release"),
        ([_row(), _row(govplan_iri=f"{BASE}id/organisation/imec")], "cannot be exactly both"),
    ],
)
def test_wrong_review(govplan: Command, tmp_path: Path, rows: list[dict[str, str]], said: str) -> None:
    """A review that cannot become links is refused as a whole, with line and reason."""
    run = govplan("link", "--accept", str(_review(tmp_path, *rows)), "--output", str(tmp_path / "links.ttl"))

    assert 2 == run.returncode
    assert said in run.stderr
    assert "mend:" in run.stderr
    assert not (tmp_path / "links.ttl").exists()


@pytest.mark.parametrize(
    ("name", "content", "words", "said"),
    [
        ("a.csv", b"", (), "The file is empty."),
        ("a.csv", b"  \n\n", (), "The file is empty."),
        ("a.csv", b"name\n", (), "no rows below its first line"),
        ("a.csv", b"name,code\nSmals,1\n", (), "more than one column"),
        ("a.csv", b"name,code\nSmals,1\n", ("--column", "naam"), "There is no column 'naam'"),
        ("a.csv", b"name,name\nSmals,1\n", ("--column", "name"), "There are two columns 'name'"),
        ("a.csv", b"name,code\nSmals\nimec,2,3\n", ("--column", "name"), "line 2 has 1; line 3 has 3"),
        ("a.csv", b'name\n"Smals\n', (), "line 2"),
        ("a.csv", "naam\nLiège\n".encode("cp1252"), (), "--encoding cp1252"),
        ("a.csv", "naam\nLiège\n".encode("utf-16"), ("--encoding", "utf-8"), "leave --encoding out"),
        ("a.csv", "naam\nBrussel\n".encode("utf-16-le"), (), "--encoding utf-16-le"),
        ("a.csv", b"naam\nSmals\n", ("--sheet", "Blad1"), "leave --sheet out"),
        ("a.ttl", b"", ("--sheet", "Blad1"), "leave --sheet out"),
        ("a.rdf", b"<!DOCTYPE a [<!ENTITY a 'b'>]><a/>", (), "declares a document type"),
        ("a.csv", b"naam\nSmals\n", ("--encoding", "klingon"), "no character encoding 'klingon'"),
        ("a.csv", b"naam\nSmals\n", ("--type", "planet"), "no kind of entity 'planet'"),
        ("a.ttl", b"<a> <b> .", (), "is not RDF as its name says"),
        ("a.ttl", b"", (), "names nothing that has an IRI"),
        ("missing.csv", None, (), "cannot be read: No such file"),
    ],
)
def test_wrong_file(
    govplan: Command, tmp_path: Path, name: str, content: bytes | None, words: tuple[str, ...], said: str
) -> None:
    """A file or an option that cannot be used is told with what, where and how to mend it."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    run = govplan("link", name, *words)

    assert (2, "") == (run.returncode, run.stdout)
    assert said in run.stderr
    assert "mend:" in run.stderr


def test_other_encoding(govplan: Command, tmp_path: Path) -> None:
    """A table in another encoding is read where that is named."""
    (tmp_path / "a.tsv").write_bytes("naam\nAutorité de protection des données\n".encode("cp1252"))

    assert "1 rows: 1 matched" in govplan("link", "a.tsv", "--encoding", "cp1252").stderr


def test_output_there(govplan: Command, bodies: Path, tmp_path: Path) -> None:
    """A file that is there is never written over."""
    (tmp_path / "out.csv").write_text("an hour of work")
    run = govplan("link", str(bodies), "--column", "naam", "--output", "out.csv")

    assert 2 == run.returncode
    assert "there already" in run.stderr
    assert "an hour of work" == (tmp_path / "out.csv").read_text()


def test_plan_untouched(govplan: Command, bodies: Path, project: Path) -> None:
    """Nothing is written into the plan's own files, also where somebody asks for it."""
    target = project / "data" / "links.ttl"
    run = govplan("--project", str(project), "link", str(bodies), "--column", "naam", "--output", str(target))

    assert 2 == run.returncode
    assert "not written into the plan's own files" in run.stderr
    assert not target.exists()


def test_progress(settings: Settings, manifest: Any, tmp_path: Path) -> None:
    """On a terminal a bar shows how far the matching is; the answer on standard output is free of it."""
    (tmp_path / "a.csv").write_text("naam\n" + "Smals\n" * 40)
    leader, follower = pty.openpty()
    environ = {**os.environ, "GOVPLAN_RELEASES": str(settings.releases), "COLUMNS": "100", "TERM": "xterm"}
    command = [str(GOVPLAN), "link", "a.csv"]
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=follower) as run:
        out, _ = run.communicate(timeout=120)
    os.close(follower)
    shown = os.read(leader, 1 << 16).decode()
    os.close(leader)

    assert "matching" in shown
    assert "40 rows: 40 matched" in shown
    assert "matching" not in out.decode()
