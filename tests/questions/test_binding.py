"""Reading questions and putting values into them."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from govplan.config import Settings, load
from govplan.errors import ParameterInvalid, QuestionBroken
from govplan.installed import core_folder
from govplan.questions import Question, bind, load_questions

HEADER = """#+ summary: {nl: a, en: a}
#+ description: {nl: a, en: a}
#+ param:
#+   text: {type: string, label: {nl: a, en: a}}
#+   number: {type: integer, label: {nl: a, en: a}}
#+   day: {type: date, label: {nl: a, en: a}}
#+   thing: {type: iri, among: [gp:Plan, auth:group], label: {nl: a, en: a}}
#+   lang: {type: language, label: {nl: a, en: a}}
#+ tags: [researcher]
"""
TEXT = """PREFIX ex: <http://example.org/>
SELECT ?text ?number ?day ?thing ?lang
WHERE {
  VALUES ?text { "a" }
  VALUES ?number { 1 }
  VALUES ?day { "2026-11-24"^^<http://www.w3.org/2001/XMLSchema#date> }
  VALUES ?thing { UNDEF }
  VALUES ?lang { "en" }
}
"""


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Settings:
    (tmp_path / "queries").mkdir()
    (tmp_path / "govplan.toml").write_text(
        '[project]\nname = "p"\nbase = "http://example.org/"\nlanguages = ["nl", "en"]\n'
    )
    return load(tmp_path, environ={})


def _write(project: Settings, text: str, name: str = "things") -> None:
    (project.root / "queries" / f"{name}.rq").write_text(text, encoding="utf-8")


@pytest.fixture(name="question")
def _question(project: Settings) -> Question:
    _write(project, HEADER + TEXT)
    return load_questions(project)["things"]


def _answer(text: str) -> list[str | None]:
    rows = ox.Store().query(text)
    assert isinstance(rows, ox.QuerySolutions)
    return [None if term is None else term.value for term in next(iter(rows))]


def test_defaults_are_those_of_the_text(question: Question) -> None:
    """The default of a parameter is the term of its row; UNDEF is empty."""
    assert [parameter.default for parameter in question.parameters] == ["a", "1", "2026-11-24", "", "en"]


def test_values_are_bound(question: Question) -> None:
    """Each value replaces the term of its own row, whatever the order and the lengths."""
    values = {"lang": "nl-BE", "text": "much longer than before", "number": "-42", "day": "2022-10-28", "thing": "ex:x"}

    assert _answer(bind(question, values)) == [
        "much longer than before",
        "-42",
        "2022-10-28",
        "http://example.org/x",
        "nl-be",
    ]


def test_names_of_the_project(question: Question) -> None:
    """A thing may be named with a prefix of the project, whatever the question declares."""
    plan, *groups = next(each.among for each in question.parameters if each.name == "thing")

    assert "http://example.org/id/plan/x" == _answer(bind(question, {"thing": "plan:x"}))[3]
    assert "https://w3id.org/govplan/ns#Plan" == plan
    assert ["https://w3id.org/govplan/auth/group"] == groups


@pytest.mark.parametrize("text", ['" } DROP ALL #', "\\", "a\nb\r\t", "'''", "{}", "\u2028é𝄞", 'x"@en'])
def test_a_value_is_never_text_of_the_query(question: Question, text: str) -> None:
    """A string comes back as it was typed, whatever it holds."""
    assert text == _answer(bind(question, {"text": text}))[0]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("colour", "red", "has no parameter 'colour'"),
        ("number", "1.5", "a whole number"),
        ("number", "1 } UNION {", "a whole number"),
        ("day", "2022-02-30", "a date such as"),
        ("thing", "x", "a whole IRI"),
        ("thing", "http://a/> } DROP", "cannot be used"),
        ("thing", "javascript:alert(1)", "a whole IRI"),
        ("lang", 'en" }', "a language tag"),
    ],
)
def test_wrong_values_are_refused(question: Question, name: str, value: str, said: str) -> None:
    """A value that is not of its type is refused with what would do."""
    with pytest.raises(ParameterInvalid, match=said):
        bind(question, {name: value})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT, "no header"),
        ("#+ summary: [\n" + TEXT, "not YAML"),
        (HEADER.replace("nl: a, ", "", 1) + TEXT, "no summary in nl"),
        (HEADER + "#+ colour: red\n" + TEXT, "unknown key 'colour'"),
        (HEADER.replace("[researcher]", "[money]") + TEXT, "no audience"),
        (HEADER.replace("#+ tags: [researcher]\n", "") + TEXT, "list of tags"),
        (HEADER.replace("type: date", "type: colour") + TEXT, "needs a type"),
        (HEADER.replace("  day:", "  month:") + TEXT, "has no line"),
        (HEADER.replace("gp:Plan", "nothing:Plan") + TEXT, "may be among"),
        (HEADER.replace("gp:Plan", "Plan") + TEXT, "may be among"),
        (HEADER + "#+ chart: bar\n" + TEXT, "chart must be"),
        (HEADER.replace("  day:", "  sort:") + TEXT.replace("?day", "?sort"), "another name"),
        (HEADER + "#+ completeness: all\n" + TEXT, "list of names"),
        (HEADER + TEXT.replace("WHERE {", "WHERE"), "not SPARQL 1.1"),
        (HEADER + "DROP ALL", "is an update"),
    ],
)
def test_broken_questions(project: Settings, text: str, said: str) -> None:
    """A question that cannot be used is named with its file and what is wrong."""
    _write(project, text)
    with pytest.raises(QuestionBroken, match=said) as caught:
        load_questions(project)
    assert caught.value.where == "queries/things.rq"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT ?all\nWHERE {\n  VALUES ?all { 1 }\n}\n", "no header"),
        ("#+ note: {nl: a, en: a}\nSELECT ?all\nWHERE {\n  VALUES ?all { 1 }\n}\n", "the query gives \\['all'\\]"),
        ("#+ note: {nl: '{all}', en: '{some}'}\nSELECT ?all\nWHERE {\n  VALUES ?all { 1 }\n}\n", "The note in en"),
        (
            "#+ note: {nl: '{all}', en: '{all}'}\n#+ param: {a: {}}\nSELECT ?all\nWHERE {\n  VALUES ?all { 1 }\n}\n",
            "no line",
        ),
        ("#+ note: {en: '{all}'}\nSELECT ?all\nWHERE {\n  VALUES ?all { 1 }\n}\n", "no note in nl"),
    ],
)
def test_broken_notes(project: Settings, text: str, said: str) -> None:
    """A note on completeness whose words and columns disagree is named with its file."""
    folder = project.root / "queries" / "completeness"
    folder.mkdir()
    (folder / "all.rq").write_text(text)
    with pytest.raises(QuestionBroken, match=said) as caught:
        load_questions(project)
    assert caught.value.where == "queries/completeness/all.rq"


def test_name(project: Settings) -> None:
    """A file whose name is not in kebab-case is no question."""
    _write(project, HEADER + TEXT, "My Things")
    with pytest.raises(QuestionBroken, match="kebab-case"):
        load_questions(project)


def test_no_folder(project: Settings) -> None:
    """A project without queries/ has the questions of the core."""
    (project.root / "queries").rmdir()

    assert {path.stem for path in (core_folder() / "queries").glob("*.rq")} == set(load_questions(project))
