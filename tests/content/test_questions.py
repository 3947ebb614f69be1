"""The style rules of the questions, Q1–Q10, and their golden answers. The files are the system under test."""

import csv
import io
import re

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.questions import Completeness, Question, bind, completeness_notes, load_questions
from govplan.sparql import Request, Store
from govplan.sparql.scan import scan
from tests.conftest import ROOT

ANSWERS = ROOT / "tests" / "answers"
JSON = "application/sparql-results+json"
QUESTIONS = load_questions(load(ROOT, environ={}))
KEYWORDS = [
    "select",
    "distinct",
    "where",
    "optional",
    "filter",
    "union",
    "values",
    "bind",
    "as",
    "order",
    "by",
    "group",
    "having",
    "not",
    "exists",
    "graph",
    "minus",
    "count",
    "coalesce",
    "str",
    "lang",
    "desc",
    "asc",
    "in",
    "undef",
    "prefix",
]
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))


def _body(question: Question) -> str:
    return "".join(line for line in question.text.splitlines(keepends=True) if not line.startswith("#+"))


def _code(question: Question) -> str:
    """The text without strings, IRIs, comments, prefixes and names, in which only keywords and variables are left."""
    text = re.sub(r'"[^"]*"|<[^>]*>|#.*', " ", re.sub(r"^PREFIX .*$", "", _body(question), flags=re.MULTILINE))
    return re.sub(r"[\w-]+:[\w-]*|\?\w+", " ", text)


def _answer(name: str) -> list[dict[str, str]]:
    """The rows of an expected answer."""
    return list(csv.DictReader(io.StringIO((ANSWERS / f"{name}.csv").read_text(encoding="utf-8"), newline="")))


@every_question
def test_q2_nothing_else_above_the_prefixes(question: Question) -> None:
    """Q2: the header comes first, then the prefixes, then the query."""
    kinds = [
        "#" if line.startswith("#+") else "P"
        for line in question.text.splitlines()
        if line[:2] == "#+" or line[:7] == "PREFIX "
    ]

    assert sorted(kinds) == kinds
    assert question.text.startswith("#+ summary:")


@every_question
def test_q3_keywords_and_indent(question: Question) -> None:
    """Q3: keywords are in upper case, lines are indented by two spaces, `a` stands for rdf:type."""
    words = set(re.findall(r"[A-Za-z]+", _code(question)))

    assert set() == words & set(KEYWORDS)
    assert all(len(line) - len(line.lstrip(" ")) in range(0, 26, 2) for line in _body(question).splitlines())
    assert "rdf:type" not in question.text
    assert "\t" not in question.text


@every_question
def test_q4_prefixes(question: Question, settings: Settings) -> None:
    """Q4: only the prefixes used, in order, with the project's labels."""
    body = re.sub(r'"[^"]*"|<[^>]*>', " ", _body(question).split("SELECT", 1)[1])
    used = set(re.findall(r"(?<![\w?-])([\w-]+):[\w-]", body))

    assert sorted(used) == list(question.prefixes)
    assert question.prefixes.items() <= settings.prefixes.items()


@every_question
def test_q5_projection(question: Question) -> None:
    """Q5: columns are named one by one, in lowerCamelCase; a label column goes with its thing."""
    found = scan(question.text)
    results = ox.Store().query(question.text)
    assert isinstance(results, ox.QuerySolutions)
    columns = [variable.value for variable in results.variables]

    assert found.star is None
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9]*", variable) for variable in found.variables)
    assert [name for name in columns if name.endswith("Label") and name.removesuffix("Label") not in columns] == []


@every_question
def test_q6_order(question: Question) -> None:
    """Q6: the outermost SELECT is ordered."""
    assert re.search(r"^\}\n(GROUP BY .*\n)?ORDER BY .+\n(LIMIT \d+\n)?\Z", question.text, re.MULTILINE)


@every_question
def test_q7_parameters_can_be_left_out(question: Question) -> None:
    """Q7: without values the text is asked as it stands; the language can be chosen."""
    assert question.text == bind(question, {})
    assert "lang" in {parameter.name for parameter in question.parameters}
    assert 'VALUES ?lang { "nl" }' in bind(question, {"lang": "nl"})


@every_question
def test_q8_one_line_per_label(question: Question) -> None:
    """Q8: each label is taken by one optional line in the language asked for, and by nothing else."""
    line = r"^ +OPTIONAL \{ \?\w+ [\w:|/-]+ \?(\w+) FILTER\(LANGMATCHES\(LANG\(\?\1\), \?lang\)\) \}$"
    labels = [name for name in question.columns if name.endswith("Label")]

    assert sorted(labels) == sorted(re.findall(line, question.text, re.MULTILINE))
    assert all(name.removesuffix("Label") in question.columns for name in labels)


@every_question
def test_q9_portable(question: Question) -> None:
    """Q9: no dataset of its own, no vendor function."""
    assert not scan(question.text).dataset
    assert not scan(question.text).volatile
    assert not re.search(r"\b(SERVICE|LET|STRDT)\b|<[^>]+>\s*\(", _body(question))


@every_question
def test_q10_golden_answer(question: Question, store: Store) -> None:
    """Q10: the shipped release answers what was expected, to the byte."""
    expected = (ANSWERS / f"{question.name}.csv").read_bytes()

    assert expected.decode() == store.answer(Request(question.text, "text/csv")).body.decode()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("actions", "action"),
        ("actions-in-areas-of-other-tiers", "action"),
        ("actions-where-powers-are-divided", "action"),
        ("actions-with-legal-ground", "action"),
        ("actors", "actor"),
        ("aims", "aim"),
        ("deliverables", "deliverable"),
        ("flagged-actions", "action"),
        ("objectives", "objective"),
        ("objectives-with-finding-counts", "objective"),
        ("power-claims", "claim"),
        ("priorities", "action"),
    ],
)
def test_one_row_for_each_thing(name: str, key: str) -> None:
    """What is many for one thing stands in one cell, never in rows of its own."""
    things = [row[key] for row in _answer(name)]

    assert things
    assert sorted(set(things)) == sorted(things)


def test_every_kind_of_thing_has_its_rows(store: Store) -> None:
    """Questions about all things of a kind leave none out."""
    asked = "SELECT DISTINCT ?thing WHERE {{ ?thing a <https://w3id.org/govplan/ns#{}> }}"
    for name, kind in (
        ("actions", "Action"),
        ("aims", "Aim"),
        ("deliverables", "Deliverable"),
        ("objectives", "Objective"),
    ):
        there = store.answer(Request(asked.format(kind), "text/csv")).body.decode().splitlines()[1:]

        assert sorted(there) == sorted(row[kind.lower()] for row in _answer(name))


def test_missing_values_say_why() -> None:
    """Silence of the source is told in the cell: no lead and no deadline in any action, an amount in one."""
    rows = _answer("actions")

    assert {"not stated"} == {row["leads"] for row in rows} == {row["deadlines"] for row in rows}
    assert ["75000000 EUR (Investment budget)"] == [row["amounts"] for row in rows if row["amounts"] != "not stated"]
    assert all(row["groups"] and row["levelsNamed"] for row in rows)


def test_nothing_and_not_looked_at_are_told_apart() -> None:
    """A cell says what the source says there is none of, and is empty where nobody looked."""
    gp, base = "https://w3id.org/govplan/ns#", "https://plans.example.org/id/"
    words = ox.Store()
    words.update(
        f"""PREFIX gp: <{gp}> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        INSERT DATA {{
          gp:statedNone skos:altLabel "expressly none"@en .
          <{base}action/a-001> a gp:Action ; gp:inPlan <{base}plan/a> ; gp:underObjective <{base}objective/a-1> ;
            gp:statedNone gp:funding .
        }}"""
    )
    found = words.query(QUESTIONS["actions"].text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    [row] = found

    assert "expressly none" == row["amounts"].value
    assert [None, None] == [row["leads"], row["deadlines"]]


def test_levels_of_an_action_by_one_path(store: Store) -> None:
    """The property path of docs/powers.md leads to the levels of the question, and to those that were not found."""
    [path] = re.findall(r"```sparql\n(.*?)```", (ROOT / "docs" / "powers.md").read_text(encoding="utf-8"), re.DOTALL)
    not_found = path.replace(
        "?level .",
        "?level ; gp:policyArea/^gp:concerns ?claim .\n"
        "  ?claim gp:distribution <https://w3id.org/govplan/auth/distribution/not-found> ; gp:levelInvolved ?level .",
    )

    def pairs(text: str) -> set[tuple[str, ...]]:
        lines = store.answer(Request(text, "text/csv")).body.decode().splitlines()[1:]
        return {tuple(line.split(",")) for line in lines}

    said = {(row["action"], row["level"]) for row in _answer("actions-by-level") if "link-type" not in row["basis"]}
    assert said <= pairs(path)
    assert pairs(path) - said <= pairs(not_found)


def test_every_answer_has_a_question() -> None:
    """No golden answer is left over."""
    assert sorted(QUESTIONS) == sorted(path.stem for path in ANSWERS.glob("*.csv"))


@pytest.mark.parametrize("language", ["nl", "fr", "de"])
@every_question
def test_same_rows_in_every_language(question: Question, store: Store, language: str) -> None:
    """The language changes labels, never the number of rows."""
    english = store.answer(Request(question.text, "text/tab-separated-values")).body.decode().splitlines()
    other = store.answer(Request(bind(question, {"lang": language}), "text/tab-separated-values")).body.decode()

    assert len(english) == len(other.splitlines())
    header, *rows = [line.split("\t") for line in other.splitlines()]
    labels = [cell for row in rows for name, cell in zip(header, row, strict=True) if name.endswith("Label")]
    assert [] == [label for label in labels if label.endswith("@en")]


NOTES = {note.name: note for question in QUESTIONS.values() for note in question.completeness}


def test_every_note_is_used() -> None:
    """No note on completeness is left over."""
    assert sorted(path.stem for path in (ROOT / "queries" / "completeness").glob("*.rq")) == sorted(NOTES)


@pytest.mark.parametrize("note", NOTES.values(), ids=list(NOTES))
def test_notes_count_in_the_release(note: Completeness, store: Store) -> None:
    """A note has one row, and each of its numbers is counted in the release."""
    header, *rows = store.answer(Request(note.text, "text/csv")).body.decode().splitlines()

    assert 1 == len(rows), rows
    assert all(value.isdigit() for value in rows[0].split(",")), (header, rows[0])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("actions-without-group", "38 of 57 actions state no group in this source."),
        (
            "objectives-with-action-counts",
            "The source describes 57 actions; other sources speak of (about) 70 lines of action.",
        ),
    ],
)
def test_notes_in_words(question: str, said: str, store: Store) -> None:
    """What an answer covers is said with the numbers of this release."""
    notes = completeness_notes(QUESTIONS[question], {}, lambda text: store.answer(Request(text, JSON)).body)

    assert [said] == notes["en"]
    assert {"nl", "fr", "de", "en"} == set(notes)
