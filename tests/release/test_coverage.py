"""Labels counted per class and language."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import load
from govplan.content import read_project
from govplan.namespaces import prefixes
from govplan.release.coverage import Coverage, coverage, gaps

BASE = "http://example.org/"
TURTLE = """@prefix gp: <https://w3id.org/govplan/ns#> .
@prefix thing: <http://example.org/id/thing/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

thing:a a gp:Thing ;
    rdfs:label "een"@nl-BE ;
    rdfs:label "one"@en .

thing:b a gp:Thing ;
    rdfs:label "twee"@nl .

thing:link a gp:Link ;
    gp:ends thing:b .
"""


@pytest.fixture(name="rows")
def _rows(tmp_path: Path) -> list[Coverage]:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "things.ttl").write_text(TURTLE)
    (tmp_path / "govplan.toml").write_text(
        f'[project]\nname = "p"\nbase = "{BASE}"\nlanguages = ["nl", "en"]\n', encoding="utf-8"
    )
    content = read_project(load(tmp_path, environ={}))
    assert ox.NamedNode(f"{BASE}id/thing/a") in {quad.subject for quad in content.quads}
    return [row for row in coverage(content, ("nl", "en"), prefixes(BASE)) if row.kind in ("gp:Link", "gp:Thing")]


def test_counts(rows: list[Coverage]) -> None:
    """Things of a class are counted, and by language those with a label; a region counts for its language."""
    assert [Coverage("gp:Link", 1, {"nl": 0, "en": 0}), Coverage("gp:Thing", 2, {"nl": 2, "en": 1})] == rows


def test_gaps(rows: list[Coverage]) -> None:
    """A class that readers meet in one language and miss in another is a violation; links without a label are none."""
    assert [("gp:Thing", "1 of 2 things of gp:Thing have no label in en.")] == [
        (problem.subject, problem.what) for problem in gaps(rows)
    ]
    assert ["violation"] == [problem.severity for problem in gaps(rows)]
