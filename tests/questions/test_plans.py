"""Questions over several plans: two projects in one store, the Belgian plan and the smallest one beside it."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.content import read_project
from govplan.installed import core_folder
from govplan.questions import Completeness, Question, bind, completeness_notes, load_questions
from govplan.questions.parameters import Bindable
from govplan.release.inference import infer

ROOT = Path(__file__).parents[2]
PROJECTS = {
    "https://w3id.org/govplan/id/plan/be-ai-convergence": ROOT,
    "https://plans.example.org/id/plan/cycling": ROOT / "tests" / "fixtures" / "tiny-plan",
}
PLANS = list(PROJECTS)
QUESTIONS = load_questions(load(ROOT, environ={}))
NOTES = {note.name: note for question in QUESTIONS.values() for note in question.completeness}
# What plans share is not any plan's own: law, sources and registers stay when a plan is chosen.
SHARED = {
    "claim-counts-by-area-and-level",
    "classifications-by-editors",
    "events-around-plan",
    "links-to-registers",
    "names-in-sources",
    "power-claims",
    "second-hand",
    "sources-with-statements",
    "values-that-differ-by-source",
}
# A note on code lists alone, which no plan narrows.
OF_CODES = {"areas-with-law"}
Row = tuple[str, ...]
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))
QUERIES: list[Question | Completeness] = [*QUESTIONS.values(), *NOTES.values()]
every_query = pytest.mark.parametrize(
    "query", [query for query in QUERIES if query.name not in OF_CODES], ids=lambda query: query.name
)


def _published(settings: Settings) -> list[ox.Quad]:
    content = read_project(settings)
    return [*content.quads, *(quad for each in infer(content, settings) for quad in each.quads)]


@pytest.fixture(scope="module", name="alone")
def _alone() -> Mapping[str, ox.Store]:
    """Each plan in a store of its own."""
    stores = {plan: ox.Store() for plan in PROJECTS}
    for plan, root in PROJECTS.items():
        stores[plan].extend(_published(load(root, environ={})))
    return stores


@pytest.fixture(scope="module", name="together")
def _together(alone: Mapping[str, ox.Store]) -> ox.Store:
    """Both plans in one store."""
    store = ox.Store()
    for each in alone.values():
        store.extend(each)
    return store


def _rows(store: ox.Store, text: str) -> list[Row]:
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if term is None else term.value for term in row) for row in found]


@every_query
def test_plan_can_be_chosen(query: Bindable) -> None:
    """Every question takes an optional plan, and so does every note that a plan can narrow."""
    [plan] = [parameter for parameter in query.parameters if parameter.name == "plan"]

    assert ("iri", "") == (plan.type, plan.default)
    assert ("https://w3id.org/govplan/ns#Plan",) == plan.among


@every_query
def test_the_only_plan(query: Bindable, alone: Mapping[str, ox.Store]) -> None:
    """Restricted to its one plan, a release gives what it gives unrestricted, in the same order."""
    for plan, store in alone.items():
        assert _rows(store, query.text) == _rows(store, bind(query, {"plan": plan}))


@every_query
def test_plans_are_kept_apart(query: Bindable, alone: Mapping[str, ox.Store], together: ox.Store) -> None:
    """Beside another plan, a plan has the answer that it has alone; what plans share may come on top."""
    for plan, store in alone.items():
        own, chosen = Counter(_rows(store, query.text)), Counter(_rows(together, bind(query, {"plan": plan})))
        if query.name in SHARED:
            assert isinstance(query, Completeness) or not own - chosen
        else:
            assert own == chosen


@every_question
def test_no_row_mixes_plans(question: Question, together: ox.Store) -> None:
    """No row names things of two plans, and the rows of all plans are those of each together."""
    rows = _rows(together, question.text)
    begins = {plan: plan.rpartition("plan/")[0] for plan in PLANS}

    assert [] == [row for row in rows if all(any(cell.startswith(base) for cell in row) for base in begins.values())]
    if question.name not in SHARED:
        each = sum((Counter(_rows(together, bind(question, {"plan": plan}))) for plan in PLANS), Counter())
        assert set(rows) == set(each)


@every_question
def test_plan_is_shown(question: Question) -> None:
    """A row says its plan with its label, save where it is about what plans share or about one chosen thing."""
    of_things = {
        "facts-without-text-unit",
        "names-in-sources",
        "statements-with-sources",
        "values-that-differ-by-source",
    }

    assert ({"plan", "planLabel"} <= set(question.columns)) == (question.name not in SHARED | of_things)


def test_notes_speak_of_the_plan_asked_for(together: ox.Store) -> None:
    """A note counts in the plan that its question is asked about, and in all where none is chosen."""

    def ask(text: str) -> bytes:
        found = together.query(text, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        return found.serialize(format=ox.QueryResultsFormat.JSON) or b""

    question = QUESTIONS["actions-without-group"]
    belgian, tiny = (completeness_notes(question, {"plan": plan}, ask)["en"] for plan in PLANS)

    assert ["38 of 57 actions state no group in this source."] == belgian
    assert ["3 of 3 actions state no group in this source."] == tiny
    assert ["41 of 60 actions state no group in this source."] == completeness_notes(question, {}, ask)["en"]


@every_question
def test_order_tells_every_two_rows_apart(question: Question, together: ox.Store) -> None:
    """Rows are ordered by what tells them apart, so that the same release gives the same bytes on any engine."""
    body, _, order = question.text.rpartition("ORDER BY ")
    keys = [word.strip("?()") for word in order.split() if word.startswith(("?", "DESC(?", "STR(?"))]
    keys = [key.removeprefix("DESC(?").removeprefix("STR(?") for key in keys]
    head = next(line for line in body.splitlines() if line.startswith("SELECT"))
    more = [key for key in dict.fromkeys(keys) if key not in question.columns]
    columns = [*question.columns, *more]
    text = question.text.replace(head, " ".join([head, *(f"?{key}" for key in more)]))
    places = [columns.index(key) for key in keys]
    rows = _rows(together, text)

    assert len(set(rows)) == len({tuple(row[place] for place in places) for row in rows})


def test_questions_name_no_project() -> None:
    """The core names no thing of a project: whoever takes its questions has other plans, sources and organisations."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (core_folder() / "queries").rglob("*.rq")}
    words = ("/id/", "belg", "bel-", "monitor", "observatoire", "federal government", "autorité fédérale")

    assert [] == [(name, word) for name, text in texts.items() for word in words if word in text.lower()]
