"""Comunica reads the IRIs of things as they stand, and asks the endpoint."""

import csv
import io
import subprocess
from pathlib import Path

import pytest
from rdflib import Graph

from tests.end_to_end.clients.conftest import environment
from tests.end_to_end.clients.test_formats import ABOUT, BASE

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def _asked(comunica: Path, source: str, query: str) -> list[dict[str, str]]:
    command = [str(comunica / "node_modules" / ".bin" / "comunica-sparql-file"), source, query, "-t", "text/csv"]
    done = subprocess.run(
        command, cwd=comunica, env=environment(), capture_output=True, text=True, timeout=180, check=False
    )
    assert 0 == done.returncode, done.stderr
    return [*csv.DictReader(io.StringIO(done.stdout))]


@pytest.mark.parametrize("path", [each for each in ABOUT if not each.startswith("graph/")])
def test_dereferencing(comunica: Path, anywhere: str, path: str) -> None:
    """Given the address of a thing, Comunica sees every statement of its description."""
    expected = len(Graph().parse(f"{anywhere}/{path}", format="nt"))

    assert [{"n": str(expected)}] == _asked(comunica, f"{anywhere}/{path}", COUNT)


@pytest.mark.parametrize(
    ("query", "column", "value"),
    [
        (f"SELECT ?plan WHERE {{ ?plan a <{BASE}ns#Plan> }}", "plan", BASE + ABOUT[0]),
        (f"SELECT ?t WHERE {{ <{BASE}{ABOUT[0]}> a ?t }}", "t", f"{BASE}ns#Plan"),
    ],
)
def test_endpoint(comunica: Path, anywhere: str, query: str, column: str, value: str) -> None:
    """Given the address of the endpoint, Comunica finds out what it is and asks it."""
    assert {column: value} in _asked(comunica, f"{anywhere}/sparql", query)
