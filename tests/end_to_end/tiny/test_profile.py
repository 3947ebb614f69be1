"""A project with another base that names a profile: what that brings is checked, answered and found."""

import csv
import io
import json
import re

import pytest
from flask.testing import FlaskClient

from govplan.config import Settings
from govplan.content import check_content, read_project, source_file
from govplan.folders import authored
from govplan.installed import PROFILES
from govplan.namespaces import CORE
from govplan.questions import load_questions
from govplan.release.check import check

BASE = "https://plans.example.org/"
CLAIM = f"{CORE}id/claim/law-01"
GRAPH = f"{CORE}graph/profiles/be/data/powers/claims"


def test_gate(profiled: Settings) -> None:
    """The gate says no more of it than of any project in its languages, and nothing of who speaks in the profile."""
    [problem] = check(profiled).problems

    assert ("warning", "coverage", "pt") == (problem.severity, problem.rule, problem.subject)


def test_graphs(profiled: Settings) -> None:
    """A file of a profile is a graph below the core, and its name says where it lies."""
    graphs = {file.path: file.graph for file in read_project(profiled).files if file.is_given and file.room == "data"}

    assert GRAPH == graphs["profiles/be/data/powers/claims.ttl"]
    assert {f"{CORE}graph/{path.removesuffix('.ttl')}" for path in graphs} == set(graphs.values())


def test_queries_name_its_own_things(profiled: Settings) -> None:
    """A rule or question of a profile names no thing that the profile does not describe: the project may lack it."""
    given = read_project(profiled).given
    files = [file for room in ("data", "queries", "shapes") for file in authored(profiled, room, ".rq")]
    named = set()
    for text in [file.path.read_text(encoding="utf-8") for file in files if file.name.startswith(PROFILES)]:
        spaces = dict(re.findall(rf"^PREFIX ([\w-]+): <({CORE}id/[^>]+)>$", text, re.MULTILINE))
        named |= {spaces[label] + name for label, name in re.findall(r"\b([\w-]+):([\w-]+)", text) if label in spaces}

    assert named
    assert set() == named - given


def test_questions(profiled: Settings, tiny: Settings) -> None:
    """The questions of a profile are asked where it is named, and nowhere else."""
    added = load_questions(profiled).keys() - load_questions(tiny).keys()

    assert "actions-where-powers-are-divided" in added
    assert {f"{CORE}query/{name}" for name in added} == {load_questions(profiled)[name].iri for name in added}


def test_things(client_of_profiled: FlaskClient) -> None:
    """A thing of the profile is answered at its path, as a page and as data; so is its graph."""
    page = client_of_profiled.get("/id/claim/law-01.html")
    data = client_of_profiled.get("/id/claim/law-01.nt").text
    own = client_of_profiled.get("/id/action/cycling-001.nt").text

    assert (200, True) == (page.status_code, "The Constitution, art. 127" in page.text)
    assert f"<{CLAIM}> " in data
    assert f"<{BASE}id/action/cycling-001> " in own
    assert 303 == client_of_profiled.get("/id/claim/law-01").status_code
    assert 404 == client_of_profiled.get("/id/claim/law-99").status_code
    assert f"<{CLAIM}>" in client_of_profiled.get("/graph/profiles/be/data/powers/claims.nt").text


def test_powers_of_an_area(client_of_profiled: FlaskClient) -> None:
    """Who has powers in an area is answered, with the law that says so."""
    rows = list(csv.DictReader(io.StringIO(client_of_profiled.get("/queries/power-claims.csv").text)))
    laws = {value for row in rows for value in row.values() if value.startswith(f"{CORE}id/work/")}

    assert f"{CORE}id/work/constitution" in laws


def test_powers_page(client_of_profiled: FlaskClient) -> None:
    """The levels of the profile are columns, in the order that it gives them, and claims lead to their pages."""
    page = client_of_profiled.get("/powers", follow_redirects=True).text

    assert "/id/claim/law-01.html" in page
    assert page.index(">European Union<") < page.index(">Federal<") < page.index(">Region<") < page.index(">Community<")


def test_search(client_of_profiled: FlaskClient) -> None:
    """Things of the profile are found, and lead to their pages."""
    assert "/id/work/constitution.html" in client_of_profiled.get("/search?q=constitution").text


def test_reconciliation(client_of_profiled: FlaskClient) -> None:
    """Things of the profile are matched, and shown on this server."""
    asked = json.dumps({"q": {"query": "Centre for Cyber Security Belgium"}})
    (best, *_) = client_of_profiled.post("/reconcile", data={"queries": asked}).get_json()["q"]["result"]
    view = client_of_profiled.get("/reconcile/view", query_string={"id": best["id"]})

    assert f"{CORE}id/organisation/centre-for-cyber-security-belgium" == best["id"]
    assert view.headers["Location"].endswith("/id/organisation/centre-for-cyber-security-belgium")


def test_prefixes(profiled: Settings) -> None:
    """The files of the project name things of the profile by prefixes of their own."""
    assert (f"{CORE}id/work/", f"{BASE}id/work/") == (profiled.prefixes["gp-work"], profiled.prefixes["work"])


@pytest.mark.parametrize(("name", "count"), [("constitution", 1), ("charter", 0)])
def test_same_path(profiled: Settings, name: str, count: int) -> None:
    """A thing of the project with the path of one of the profile is refused: one address cannot answer both."""
    text = f'<{BASE}id/work/{name}> <http://www.w3.org/2000/01/rdf-schema#label> "A"@en .\n'
    content = read_project(profiled).with_file(source_file("data/more.ttl", text, BASE))
    found = [problem for problem in check_content(content, profiled) if problem.rule == "profiles"]

    assert [f"{BASE}id/work/{name}"] * count == [problem.subject for problem in found]
