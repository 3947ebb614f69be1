"""Labels counted per class and language."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import load
from govplan.content import Content, Problem, read_project
from govplan.namespaces import prefixes
from govplan.release.coverage import Coverage, coverage, gaps, label_problems

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


def _content(root: Path, turtle: str = TURTLE) -> Content:
    (root / "data").mkdir(exist_ok=True)
    (root / "data" / "things.ttl").write_text(turtle, encoding="utf-8")
    (root / "govplan.toml").write_text(
        f'[project]\nname = "p"\nbase = "{BASE}"\nlanguages = ["nl", "en"]\n', encoding="utf-8"
    )
    return read_project(load(root, environ={}))


@pytest.fixture(name="rows")
def _rows(tmp_path: Path) -> list[Coverage]:
    content = _content(tmp_path)
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


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ('rdfs:label "eentje"@nl', "two labels in nl: 'een' and 'eentje'"),
        ('<http://www.w3.org/2004/02/skos/core#prefLabel> "één"@nl', "two labels in nl: 'een' and 'één'"),
        ('rdfs:label "one thing"@en-GB', "two labels in en: 'one' and 'one thing'"),
    ],
)
def test_second_label(tmp_path: Path, second: str, said: str) -> None:
    """Two labels of one thing that one language matches are refused where they stand: they would double rows."""
    content = _content(tmp_path, TURTLE.replace('rdfs:label "one"@en .', f'rdfs:label "one"@en ;\n    {second} .'))
    [problem] = label_problems(content, ("nl", "en"))

    assert ("violation", f"{BASE}id/thing/a") == (problem.severity, problem.subject)
    assert said in problem.what
    assert problem.place.startswith("data/things.ttl:")


def test_same_label_in_two_files(tmp_path: Path) -> None:
    """A label that two graphs state is one too many, and both places are told."""
    _content(tmp_path)
    (tmp_path / "data" / "more.ttl").write_text(TURTLE.split("thing:b")[0], encoding="utf-8")
    problems = list(label_problems(read_project(load(tmp_path, environ={})), ("nl", "en")))

    assert ["two labels in nl: 'een' and 'een'", "two labels in en: 'one' and 'one'"] == [
        problem.what.removeprefix("It has ").partition(". ")[0] for problem in problems
    ]
    assert {"data/things.ttl:6", "data/things.ttl:7"} == {problem.place for problem in problems}
    assert all("Also at data/more.ttl:" in problem.what for problem in problems)


def test_regions_beside_each_other(tmp_path: Path) -> None:
    """A label in a region is none in another one, nor in the language alone where only regions are published."""
    content = _content(
        tmp_path, TURTLE.replace('rdfs:label "one"@en .', 'rdfs:label "one"@en ;\n    rdfs:label "un"@nl .')
    )
    [row] = [row for row in coverage(content, ("nl-BE", "nl-NL"), prefixes(BASE)) if row.kind == "gp:Thing"]

    assert {"nl-BE": 1, "nl-NL": 0} == row.labelled
    assert [] == [each for each in label_problems(content, ("nl-BE", "nl-NL")) if each.severity == "violation"]


def _warnings(root: Path) -> list[Problem]:
    return [each for each in label_problems(read_project(load(root, environ={})), ("en", "pt")) if each.subject == "pt"]


def test_words_that_the_core_lacks(tmp_path: Path) -> None:
    """The gate says once per language how many terms have no word in it, and counts what the project adds."""
    _content(tmp_path)
    [before] = _warnings(tmp_path)
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "words-pt.ttl").write_text(
        '<https://w3id.org/govplan/ns#Action> <http://www.w3.org/2000/01/rdf-schema#label> "Ação"@pt .',
        encoding="utf-8",
    )
    [after] = _warnings(tmp_path)

    assert "warning" == before.severity
    assert 1 == int(before.what.split()[0]) - int(after.what.split()[0])
