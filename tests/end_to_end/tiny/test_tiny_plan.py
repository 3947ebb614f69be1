"""A plan of anybody else is published without a line of the program, of the core or of another plan being changed."""

import csv
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from govplan.config import Settings, load
from govplan.content import Content, check_content, read_project
from govplan.errors import ContentUnreadable
from govplan.manifest import Manifest
from govplan.namespaces import CORE, NS
from govplan.questions import load_questions
from govplan.release.check import check
from govplan.release.consistency import check_derived
from govplan.release.derive import write_derived
from tests.conftest import TINY

BASE = "https://plans.example.org/"
PAGES = (
    "/",
    "/plan",
    "/powers",
    "/findings",
    "/actors",
    "/sources",
    "/codebook",
    "/picture",
    "/queries/",
    "/links",
    "/dumps/",
    "/search?q=river",
    "/ns",
    "/sparql",
    "/limits",
    "/errors/",
    "/reconcile",
    "/openapi.json",
    "/sitemap.xml",
    "/id/plan/cycling.html",
    "/id/objective/cycling-1.html",
    "/id/action/cycling-001.html",
    "/id/organisation/city.html",
    "/id/source/cycling-plan.html",
    "/id/passage/cycling-1.html",
    "/auth/status.html",
    "/auth/status/planned.html",
    "/shape/Action.html",
    "/graph/data/plans/cycling/plan",
    "/graph/ontology/gp",
)


def _graph(client: FlaskClient, path: str) -> list[ox.Triple]:
    answer = client.get(path, headers={"Accept": "application/n-triples"}, follow_redirects=True)
    assert 200 == answer.status_code, path
    return [quad.triple for quad in ox.parse(answer.data, format=ox.RdfFormat.N_TRIPLES)]


def test_project_holds_its_data_only() -> None:
    """Nothing but govplan.toml and data/ makes a project."""
    assert {"govplan.toml", "data"} == {path.name for path in TINY.iterdir()}


def test_gate(tiny: Settings) -> None:
    """The gate has nothing to say of it but that the core has no words in one of its languages."""
    [problem] = check(tiny).problems

    assert ("warning", "coverage", "pt") == (problem.severity, problem.rule, problem.subject)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("path", PAGES)
def test_pages(client: FlaskClient, path: str, language: str) -> None:
    """Every page answers, in a language that the interface does not speak, too."""
    mark = "&" if "?" in path else "?"
    answer = client.get(f"{path}{mark}lang={language}", headers={"Accept": "text/html, */*"}, follow_redirects=True)

    assert 200 == answer.status_code


# Of the country, the plan and the source of this repository.
_OTHERS = re.compile(r"(?i)belg\w*|monitor\w*|flemish|vlaam\w*|flamand\w*|wallo\w*|\bbosa\b|crossroads|convergence")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_another_plan(client: FlaskClient, path: str) -> None:
    """No page of this plan speaks of another one, of its country or of its source."""
    page = client.get(path, headers={"Accept": "text/html, */*"}, follow_redirects=True).text

    assert [] == _OTHERS.findall(page)


def test_questions_of_no_other_plan(client: FlaskClient, tiny: Settings) -> None:
    """No page, text or note of a question speaks of another plan either."""
    questions = load_questions(tiny)
    paths = [f"/queries/{name}{ending}" for name in questions for ending in ("", ".csv", ".rq")]
    paths += [f"/queries/{name}.notes" for name, question in questions.items() if question.completeness]
    found = {path: _OTHERS.findall(client.get(path, headers={"Accept": "text/html, */*"}).text) for path in paths}

    assert {} == {path: words for path, words in found.items() if words}


def test_statements_of_no_other_plan(client: FlaskClient, tiny: Settings, built: Manifest) -> None:
    """No statement of the release, and none that its things answer, speaks of another plan or names a thing of one."""
    release = (tiny.releases / built.id / "dataset.nq").read_text(encoding="utf-8")
    things = sorted(set(re.findall(rf"<{re.escape(BASE)}(id/[^>]+)>", release)))
    told = {path: client.get(f"/{path}.ttl").text for path in things}

    assert 10 < len(things)
    assert [] == _OTHERS.findall(release) + re.findall(rf"<{re.escape(CORE)}id/[^>]*>", release)
    assert {} == {path: words for path, text in told.items() if (words := _OTHERS.findall(text))}


def test_read_at_first_hand(client: FlaskClient) -> None:
    """That the text of the plan was not read is not said of a plan that its own publisher describes."""
    assert "was not read" not in client.get("/plan", follow_redirects=True).text


def test_questions(client: FlaskClient, tiny: Settings) -> None:
    """Every question of the core is answered, as a page and as a table; those on what the plan has find it."""
    questions = load_questions(tiny)
    paths = [f"/queries/{name}{ending}" for name in questions for ending in ("", ".csv")]
    paths += [f"/queries/{name}.notes" for name, question in questions.items() if question.completeness]
    statuses = {path: client.get(path).status_code for path in paths}
    rows = list(csv.reader(io.StringIO(client.get("/queries/actions-with-deadline.csv").text)))
    numbers = client.get("/queries/plan-in-numbers.csv").text

    assert {} == {path: status for path, status in statuses.items() if status != 200}
    assert 1 == len(rows)
    assert "Action" in numbers


def test_words_of_the_plan(client: FlaskClient) -> None:
    """What the project calls something is shown in its language, and a term of the core in English where it must be."""
    page = client.get("/id/action/cycling-001.html?lang=pt").text

    assert "Construir uma via ao longo do rio" in page
    assert "Planned" in page


def test_iris(client: FlaskClient) -> None:
    """Things lie below the base of the project; vocabulary, codes, shapes and graphs of the core below the core."""
    subjects = {
        path: {triple.subject.value for triple in _graph(client, path) if isinstance(triple.subject, ox.NamedNode)}
        for path in (
            "/id/action/cycling-001",
            "/auth/status",
            "/ns",
            "/graph/ontology/gp",
            "/graph/data/plans/cycling/plan",
        )
    }

    assert f"{BASE}id/action/cycling-001" in subjects["/id/action/cycling-001"]
    assert f"{CORE}auth/status/planned" in subjects["/auth/status"]
    assert f"{NS}Action" in subjects["/ns"]
    assert f"{CORE}graph/ontology/gp" in subjects["/graph/ontology/gp"]
    assert f"{BASE}id/plan/cycling" in subjects["/graph/data/plans/cycling/plan"]


def test_graphs(tiny: Settings) -> None:
    """A file of the core is a graph of the core, a file of the project one of the project."""
    bases = {file.path.partition("/")[0]: file.graph.partition("graph/")[0] for file in read_project(tiny).files}

    assert {"data": BASE, "ontology": CORE, "shapes": CORE} == bases


def test_two_projects_are_asked_together(tiny: Settings, content: Content) -> None:
    """The actions of two publishers are found by one query, since the vocabulary is the same."""
    store = ox.Store()
    store.extend(file for each in (content, read_project(tiny)) for file in each.statements("data"))
    query = f"SELECT DISTINCT ?base {{ ?action a <{NS}Action> BIND(STRBEFORE(STR(?action), 'id/') AS ?base) }}"
    rows = store.query(query, use_default_graph_as_union=True)

    assert isinstance(rows, ox.QuerySolutions)
    assert {CORE, BASE} == {row["base"].value for row in rows}


@pytest.fixture(name="own")
def _own(tiny: Settings, tmp_path: Path) -> Settings:
    """A copy of the project that a test may add to."""
    shutil.copytree(TINY, tmp_path / "own")
    return replace(load(tmp_path / "own", environ={}), releases=tiny.releases)


def test_files_of_its_own(own: Settings) -> None:
    """A project may add a question, and put one of its own in the place of one of the core."""
    core = load_questions(own)["plan-in-numbers"]
    folder = own.root / "queries"
    folder.mkdir()
    for name in ("plan-in-numbers", "rivers"):
        (folder / f"{name}.rq").write_text(core.text, encoding="utf-8")
    found = load_questions(own)

    assert f"{CORE}query/plan-in-numbers" == core.iri
    assert {f"{BASE}query/plan-in-numbers", f"{BASE}query/rivers"} <= {each.iri for each in found.values()}


def test_missing_word(own: Settings) -> None:
    """A label that misses one of the project’s languages is refused, in whatever language; the core may lack it."""
    path = own.root / "data/plans/cycling/plan.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace('    rdfs:label "Ruas seguras"@pt ;\n', ""), "utf-8")
    found = [(problem.subject.rpartition("/")[2], problem.rule.rpartition("/")[2]) for problem in check(own).problems]

    assert ("cycling-1", "Labelled-label-pt") in found
    assert {"cycling-1", "Objective", "pt"} >= {subject.rpartition(":")[2] for subject, _ in found}


def test_one_register_per_plan(own: Settings) -> None:
    """Each plan has its own register or none; a fault names the file, and an IRI stands in one register only."""
    register = own.root / "data/plans/cycling/register.csv"
    text = register.read_text(encoding="utf-8")
    other = own.root / "data/plans/walking/register.csv"

    def places() -> list[str]:
        return [problem.place for problem in check_content(read_project(own), own)]

    assert [] == places()
    other.parent.mkdir()
    other.write_text(text.split("\n", 1)[0] + "\n", encoding="utf-8")
    assert [] == places()
    other.write_text("\n".join(text.splitlines()[:2]) + "\n", encoding="utf-8")
    assert ["data/plans/walking/register.csv:2"] * 2 == places()
    other.unlink()
    register.write_text("\n".join(text.splitlines()[:-1]) + "\n", encoding="utf-8")
    assert ["data/plans/cycling/plan.ttl"] == [place.partition(":")[0] for place in places()]
    register.unlink()
    assert [] == places()


RULE = """PREFIX gp: <https://w3id.org/govplan/ns#>
CONSTRUCT { ?flag a gp:Flag ; gp:flags ?action }
WHERE {
  ?action gp:notStated gp:deadline .
  BIND(IRI(CONCAT(STR(?action), "-flag")) AS ?flag)
}
"""


def test_rule_of_its_own(own: Settings) -> None:
    """A plan without rules needs no derived file; once a rule flags its actions, it needs one with a header."""
    plan, flags = own.root / "data/plans/cycling/plan.ttl", own.root / "data/plans/cycling/derived/flags.ttl"
    assert [] == write_derived(own)

    (own.root / "data/no-deadline.rq").write_text(RULE, encoding="utf-8")
    described = '<https://plans.example.org/id/rule/no-deadline> a gp:Rule ; gp:ruleFile "data/no-deadline.rq" .\n'
    plan.write_text(plan.read_text(encoding="utf-8") + described, encoding="utf-8")
    with pytest.raises(ContentUnreadable, match="the file for it is not there") as caught:
        write_derived(own)
    assert "data/plans/cycling/derived/flags.ttl" == caught.value.where

    flags.parent.mkdir()
    header = f"<{BASE}graph/data/plans/cycling/derived/flags> a <{NS}SourceGraph> .\n"
    flags.write_text(header, encoding="utf-8")
    assert [(flags, 6)] == write_derived(own)
    assert header.strip() in flags.read_text(encoding="utf-8")
    assert [] == list(check_derived(read_project(own), own))
    plan.write_text(plan.read_text(encoding="utf-8").replace("gp:notStated gp:deadline ;", "", 1), encoding="utf-8")
    assert ["data/plans/cycling/derived/flags.ttl"] == [each.place for each in check_derived(read_project(own), own)]
