"""docs/: every snippet that can be run is run as it stands, against a live server."""

import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings
from tests.conftest import ROOT
from tests.end_to_end.clients.conftest import environment

DOCUMENTS = ("clients.md", "federation.md")
WRITTEN = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_RUN = ("python", "sh")
_NOT_RUN = {"r", "powerquery"}


@dataclass(frozen=True)
class Block:
    """One fenced block: the heading it stands below, its language, the file it is to be saved as, its text."""

    document: str
    heading: str
    language: str
    file: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.document}: {self.heading}"


def _blocks() -> Iterator[Block]:
    for document in DOCUMENTS:
        text = (ROOT / "docs" / document).read_text(encoding="utf-8")
        for match in _BLOCK.finditer(text):
            heading = _HEADING.findall(text, 0, match.start())[-1]
            yield Block(document, heading, match["language"], match["file"], match["text"])


BLOCKS = tuple(_blocks())
EXPECTED = {
    "clients.md: pandas": "Sécurité|Cybersécurité",
    "clients.md: curl": r"Trustworthy AI,9",
    "clients.md: SPARQLWrapper": r"Trustworthy AI 9",
    "clients.md: rdflib": r"Trustworthy AI 9",
    "clients.md: Comunica": r"Trustworthy AI,9",
    "clients.md: By HTTP": r'"id":"https://w3id.org/govplan/id/organisation/fps-bosa".*"match":true',
    "clients.md: On the command line": r"^$",
    "federation.md: 1. From there: your engine calls the plan": (
        r"https://example.org/project-1,AI for a competitive and attractive Belgium\s+"
        r"https://example.org/project-2,AI for sustainable mobility"
    ),
    "federation.md: 2. From a client: one program asks both": r"(?s)3.*6|6.*3",
}


@pytest.fixture(name="desk")
def _desk(tmp_path: Path, address: str) -> Path:
    """A folder with every file that the documents say to save."""
    for block in BLOCKS:
        if block.file:
            (tmp_path / block.file).write_text(block.text.replace(WRITTEN, address), encoding="utf-8")
    return tmp_path


def _run(block: Block, desk: Path, address: str, settings: Settings) -> str:
    # The fixture has installed Comunica by that line already.
    lines = [line for line in block.text.replace(WRITTEN, address).splitlines() if not line.startswith("npm install ")]
    text = "\n".join(lines)
    if "curl " in text and shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    command = [sys.executable, "-c", text] if block.language == "python" else ["sh", "-e", "-c", text]
    environ = {**environment(), "GOVPLAN_RELEASES": str(settings.releases)}
    done = subprocess.run(command, cwd=desk, env=environ, capture_output=True, text=True, timeout=180, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language in _RUN and "npx " not in block.text], ids=str
)
def test_snippet(block: Block, desk: Path, address: str, settings: Settings) -> None:
    """A snippet runs as it stands and prints what it should."""
    assert re.search(EXPECTED[str(block)], _run(block, desk, address, settings))


@pytest.mark.parametrize("block", [block for block in BLOCKS if "npx " in block.text], ids=str)
def test_comunica(block: Block, desk: Path, address: str, settings: Settings, comunica: Path) -> None:
    """Comunica asks the server, calls it by SERVICE, and joins it with a file."""
    (desk / "node_modules").symlink_to(comunica / "node_modules")
    assert re.search(EXPECTED[str(block)], _run(block, desk, address, settings))


def test_suggested(desk: Path, address: str, settings: Settings) -> None:
    """The table that `govplan link` writes in the document finds the two bodies that are there."""
    block = next(block for block in BLOCKS if "govplan link" in block.text)
    _run(block, desk, address, settings)

    assert 2 == (desk / "suggested.csv").read_text(encoding="utf-8").count(",yes,")


def test_accounted_for() -> None:
    """Every block is run, saved as a file, parsed as a query for elsewhere, or says that it is not run."""
    kinds = {block.language for block in BLOCKS if block.language not in _RUN and not block.file}

    assert {"sparql", *_NOT_RUN} == kinds
    assert set(EXPECTED) == {str(block) for block in BLOCKS if block.language in _RUN}
    for document in DOCUMENTS:
        text = (ROOT / "docs" / document).read_text(encoding="utf-8")
        assert text.lower().count("not run by the tests") >= sum(
            block.document == document and block.language in _NOT_RUN for block in BLOCKS
        )


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "sparql"], ids=str)
def test_query_parses(block: Block) -> None:
    """Every query, also one for another endpoint, is SPARQL 1.1."""
    if "SERVICE" not in block.text:
        ox.Store().query(block.text)


def test_refused(desk: Path, address: str) -> None:
    """The query that the document says is refused is refused, with what to do instead."""
    data = urllib.parse.urlencode({"query": (desk / "refused.rq").read_text(encoding="utf-8")}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{address}/sparql", data)
    with refused.value as error:
        problem = json.load(error)

    assert (400, "service") == (problem["status"], problem["feature"])
    assert problem["hint"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_addresses(document: str, address: str) -> None:
    """Every address of this server that a document names answers."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    for written in sorted(set(re.findall(rf"{re.escape(WRITTEN)}[^\s`\")>]*", text))):
        with urllib.request.urlopen(written.replace(WRITTEN, address)) as answer:
            assert 200 == answer.status, written
