"""The commands as a person types them: what they print, what they leave, what they end with."""

import csv
import io
import json
import re
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest
from tests.cli.conftest import GOVPLAN, Command
from tests.conftest import ROOT, TINY


def test_query_by_name(govplan: Command) -> None:
    """A named question answers as CSV."""
    run = govplan("query", "objectives-with-action-counts", "lang=en", "--format", "csv")

    assert 0 == run.returncode, run.stderr
    assert 9 == len(list(csv.DictReader(io.StringIO(run.stdout))))


def test_query_with_relative_iris(govplan: Command, tmp_path: Path) -> None:
    """A query of one's own may name things relative to the base of the project."""
    (tmp_path / "own.rq").write_text("PREFIX : <id/plan/> SELECT ?x { VALUES ?x { :a <b> } }", encoding="utf-8")
    run = govplan("query", "own.rq", "--format", "csv")

    base = "https://w3id.org/govplan/"
    assert ["x", f"{base}id/plan/a", f"{base}b"] == run.stdout.splitlines()


def test_query_as_table(govplan: Command) -> None:
    """Without a format the answer is a table with short names and a row count."""
    run = govplan("query", "objectives-with-action-counts")

    assert "objective:be-ai-convergence-1" in run.stdout
    assert "9 row(s)" in run.stdout


def test_query_says_how_complete_it_is(govplan: Command) -> None:
    """Beside the answer, never in it, stands what it covers, in the language asked for."""
    run = govplan("query", "actions-without-group", "lang=nl", "--format", "csv")

    assert "38 van de 57 acties noemen in deze bron geen groep." in run.stderr
    assert "37 van" not in run.stdout


@pytest.mark.parametrize("answer", [["--format", "csv"], []], ids=["csv", "table"])
def test_query_says_which_release_answers(govplan: Command, manifest: Manifest, answer: list[str]) -> None:
    """Beside the answer, never in it, one line names the release by id, version and date."""
    run = govplan("query", "plan-in-numbers", *answer)

    said = f"release {manifest.id}, version {manifest.version} of {manifest.date}"
    assert 1 == run.stderr.splitlines().count(said)
    assert manifest.id not in run.stdout


def test_query_from_file(govplan: Command, tmp_path: Path) -> None:
    """A file of one's own is asked like a question, in any format of its form."""
    file = tmp_path / "mine.rq"
    file.write_text("CONSTRUCT WHERE { ?s a <https://w3id.org/govplan/ns#Plan> }")
    run = govplan("query", str(file), "--format", "nt")

    assert 1 == run.stdout.count("\n")
    assert "id/plan/be-ai-convergence" in run.stdout


def test_check_counts_labels(govplan: Command) -> None:
    """The check shows for each class how many things have a label in each language."""
    run = govplan("--project", str(ROOT), "check")

    assert re.search(r"gp:Action +57 +57 +57 +57 +57", run.stdout), run.stdout


def test_check_for_harvesters(govplan: Command) -> None:
    """The check shows the record that portals read, what each profile misses and where to say it, and the points."""
    run = govplan("--project", str(TINY), "check", "--harvest")

    assert 0 == run.returncode, run.stderr
    assert re.search(r"title: +The cycling plan as linked data", run.stdout), run.stdout
    assert "profile dcat-ap-3" in run.stdout
    assert "state `keywords` of [catalogue]" in run.stdout
    assert re.search(r"together .+ 405", run.stdout), run.stdout


def test_codebook(govplan: Command, tmp_path: Path, settings: Settings) -> None:
    """The codebook is a page that needs no server and a table with as many rows, in one language."""
    run = govplan("codebook", "--language", "nl", str(tmp_path))
    page = (tmp_path / "codebook.html").read_text(encoding="utf-8")
    with (tmp_path / "codebook.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert 0 == run.returncode, run.stderr
    assert len(rows) == page.count('<th scope="row">')
    assert {"class", "property", "code"} == {row["kind"] for row in rows}
    assert f'<a href="{settings.base}ns#Action">Actie</a>' in page
    assert not re.findall(r'(?:href|src)="/', page)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["query", "no-such-question"], 2, "The release has no question 'no-such-question'"),
        (["query", "objectives-with-action-counts", "colour=red"], 2, "colour"),
        (["query", "objectives-with-action-counts", "lang"], 2, "is not NAME=VALUE"),
        (["query", "objectives-with-action-counts", "--format", "ttl"], 2, "ask for one of: json, xml, csv, tsv"),
        (["query", "missing.rq"], 2, "cannot be read"),
        (["export", "--format", "pdf", "out.pdf"], 2, "ask for one of: ttl"),
        (["export", "/nowhere/out.ttl"], 3, "cannot be written"),
        (["publish", "000000000000"], 3, "There is no release 000000000000"),
        (["codebook", "--language", "ja", "."], 2, "no words in 'ja'"),
        (["codebook", "/nowhere"], 3, "cannot be written"),
        (["publish", "../etc"], 3, "There is no release"),
        (["serve", "--release", "000000000000"], 3, "There is no release"),
        (["serve", "--port", "http"], 2, "'http' cannot be used for port"),
        (["--project", "/nowhere", "check"], 2, "not a plan project"),
        (["check"], 2, "no plan project here"),
        (["derive"], 2, "no plan project here"),
        (["build"], 2, "no plan project here"),
    ],
)
def test_wrong_calls(govplan: Command, words: list[str], code: int, said: str) -> None:
    """A wrong call says what is wrong and how to mend it, and ends with the right code."""
    run = govplan(*words)

    assert code == run.returncode, run.stderr
    assert said in run.stderr
    assert "mend:" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT ?s {\n  ?s ?p\n}", "line 3"),
        ("SELECT (nosuch(1) AS ?x) {}", "line 1"),
        ("DROP ALL", "never change"),
        ("ASK { SERVICE <http://127.0.0.1:9/> {} }", "SERVICE is not run here"),
    ],
)
def test_wrong_queries(govplan: Command, tmp_path: Path, query: str, said: str) -> None:
    """A wrong query says where it is wrong, and ends with 1."""
    (tmp_path / "wrong.rq").write_text(query)
    run = govplan("query", "wrong.rq")

    assert 1 == run.returncode
    assert said in run.stderr


def test_export(govplan: Command, tmp_path: Path, manifest: Manifest) -> None:
    """An export is the whole release in one file."""
    run = govplan("export", "--format", "nq", "all.nq")

    assert 0 == run.returncode, run.stderr
    assert manifest.quads == len((tmp_path / "all.nq").read_text().splitlines())


def test_export_to_standard_output(govplan: Command) -> None:
    """An export to - is the bare format, without a word around it."""
    run = govplan("export", "-")

    assert run.stdout.startswith("@prefix")


def test_damaged_release_is_never_asked(
    govplan: Command, settings: Settings, manifest: Manifest, tmp_path: Path
) -> None:
    """A release whose store was cut short is refused by name, and no answer is given."""
    repository = tmp_path / "repository"
    repository.mkdir()
    copy = repository / manifest.id
    subprocess.run(["cp", "-r", str(settings.releases / manifest.id), str(copy)], check=True)
    (repository / "current").symlink_to(manifest.id)
    victim = next((copy / "store").glob("MANIFEST-*"))
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:100])
    run = govplan("query", "plan-in-numbers", releases=repository)

    assert 3 == run.returncode
    assert "is damaged" in run.stderr
    assert "" == run.stdout


def test_current_release_deleted(govplan: Command, settings: Settings, manifest: Manifest, tmp_path: Path) -> None:
    """Where the current release was deleted and another one is there, that one is asked, with an alarm."""
    repository = tmp_path / "repository"
    repository.mkdir()
    subprocess.run(["cp", "-r", str(settings.releases / manifest.id), str(repository / manifest.id)], check=True)
    (repository / "current").symlink_to("0" * 12)
    run = govplan("query", "plan-in-numbers", releases=repository)

    assert 0 == run.returncode
    assert "Release 000000000000 is not there" in run.stderr
    assert f"Serving release {manifest.id}" in run.stderr


def _serve(settings: Settings, *words: str) -> subprocess.Popen[str]:
    command = [str(GOVPLAN), "--releases", str(settings.releases), "serve", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.usefixtures("manifest")
def test_serve_says_its_address_when_it_answers(settings: Settings) -> None:
    """Serve prints its address once it answers there, and ends on SIGTERM without a complaint."""
    server = _serve(settings, "--port", "0")
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, line + (server.stderr.read() if server.stderr and server.poll() is not None else "")
        query = urllib.request.Request(
            f"{found[0]}sparql?query=ASK%7B%7D", headers={"Accept": "application/sparql-results+json"}
        )
        with urllib.request.urlopen(query, timeout=30) as answer:
            assert {"head": {}, "boolean": True} == json.load(answer)
    finally:
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=60)
    assert 0 == server.returncode, out + err
    assert "Traceback" not in err


@pytest.mark.usefixtures("manifest")
def test_taken_port(settings: Settings) -> None:
    """A taken port is named, with the option that mends it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        server = _serve(settings, "--port", port)
        _, err = server.communicate(timeout=60)

    assert 3 == server.returncode
    assert f"Cannot listen on 127.0.0.1 port {port}" in err
    assert "--port" in err


def test_unknown_command() -> None:
    """An unknown command is a usage error."""
    run = subprocess.run([str(GOVPLAN), "fly"], capture_output=True, text=True, check=False)

    assert 2 == run.returncode
    assert "No such command" in run.stderr


def test_links(govplan: Command) -> None:
    """`links` shows a row for each register and what is missing in it."""
    run = govplan("links")

    assert 0 == run.returncode
    assert re.search(r"^ *eurovoc +84 +32 ", run.stdout, re.MULTILINE)
    assert "cbe: not found: organisation:ai4belgium\n" in run.stdout


def test_links_as_json(govplan: Command) -> None:
    """`links --format json` is the report for programs."""
    report = json.loads(govplan("links", "--format", "json").stdout)

    assert {"cbe", "wikidata"} <= {each["register"] for each in report}


def test_unknown_mirror(govplan: Command) -> None:
    """`mirror` with a name that is not declared ends with 2 and says what there is."""
    run = govplan("mirror", "nothing")

    assert 2 == run.returncode
    assert "There is no mirror 'nothing'" in run.stderr
