"""Reading the questions of a plan project: a `#+` header of YAML above a SPARQL query that runs as it is."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TypeVar

import pyoxigraph as ox
import yaml

from govplan.config import Settings
from govplan.errors import QueryError, QuestionBroken
from govplan.folders import authored
from govplan.formats import Form
from govplan.questions.chart import Chart, read_chart
from govplan.questions.completeness import Completeness, read_completeness
from govplan.questions.header import by_language, read_header
from govplan.questions.parameters import Parameter, read_parameters
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.scan import scan
from govplan.text import read_text

_FOLDER = "queries/"
_NOTES = "completeness/"
T = TypeVar("T")
AUDIENCES = ("journalist", "policy-officer", "researcher", "steward")
TOPICS = (
    "actors",
    "coding",
    "deliverables",
    "events",
    "findings",
    "follow-up",
    "groups",
    "links",
    "money",
    "overview",
    "powers",
    "relations",
    "sources",
    "status",
)
_KEYS = {"summary", "description", "param", "tags", "chart", "answers", "completeness", "table"}
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its public name and IRI, what it asks by language, its parameters and its SPARQL text.

    `answers` is the number of the competency question, None for a new one; `completeness` holds what says how much
    of the world the answer covers, empty where nothing is said; `table` is the place of its answer among the tables of
    a release, None where it is none of them; `columns` are those of the answer, none where it is no table; `form` and
    `volatile` are what a scan of the text says; `names` are the prefixes that values may have.
    """

    name: str
    iri: str
    text: str
    summary: Mapping[str, str]
    description: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    chart: Chart | None
    answers: int | None
    completeness: tuple[Completeness, ...]
    table: int | None
    columns: tuple[str, ...]
    form: Form
    volatile: bool
    names: Mapping[str, str]

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefix label → namespace as the text declares them."""
        return _declared(self.text)


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A question, or a note on completeness, as a file: `path` below queries/, `text`, and what messages call it.

    `base` is what the IRI of the question begins with.
    """

    path: str
    text: str
    base: str
    where: str

    @property
    def name(self) -> str:
        """The name of the question or note."""
        return self.path.rpartition("/")[2].removesuffix(".rq")


def load_questions(settings: Settings) -> Mapping[str, Question]:
    """Return the questions of the core, of profiles and of the project by name, sorted; raises as `read_questions`."""
    return read_questions(question_files(settings), settings.languages, settings.prefixes)


def question_files(settings: Settings) -> list[QuestionFile]:
    """Return the files of the questions of a project and of their notes. Raises QuestionBroken for what is no text."""
    return [
        QuestionFile(
            file.within.removeprefix(_FOLDER), read_text(file.path, file.name, QuestionBroken), file.base, file.name
        )
        for file in authored(settings, _FOLDER.rstrip("/"), ".rq")
    ]


def read_questions(
    files: Iterable[QuestionFile], languages: tuple[str, ...], prefixes: Mapping[str, str]
) -> Mapping[str, Question]:
    """Return questions by name, sorted, with texts in each of the languages; values may be written with the prefixes.

    Raises QuestionBroken, naming the file, for a header that cannot be used, a text that is not SPARQL 1.1, or header
    and text that disagree.
    """
    names = MappingProxyType(dict(prefixes))
    by_name = sorted(files, key=lambda file: file.name)
    notes = {
        file.name: _read(file, partial(read_completeness, languages=languages, names=names))
        for file in by_name
        if file.path.startswith(_NOTES)
    }
    questions = {
        file.name: _read(file, partial(_question, base=file.base, languages=languages, names=names, notes=notes))
        for file in by_name
        if "/" not in file.path
    }
    return MappingProxyType(questions)


def _read(file: QuestionFile, read: Callable[[str, str], T]) -> T:
    where = file.where
    try:
        return read(file.name, file.text)
    except yaml.YAMLError as problem:
        flat = " ".join(str(problem).split())
        raise QuestionBroken(f"The header is not YAML: {flat}.", where=where, mend="correct the #+ lines") from problem
    except SyntaxError as problem:
        raise QuestionBroken(
            f"The text is not SPARQL 1.1: {problem}.", where=where, mend="correct the query"
        ) from problem
    except (QueryError, ValueError) as problem:
        raise QuestionBroken(
            str(problem).splitlines()[0], where=where, mend="see CONTRIBUTING.md, Add a question"
        ) from problem


def _question(
    name: str,
    text: str,
    base: str,
    languages: tuple[str, ...],
    names: Mapping[str, str],
    notes: Mapping[str, Completeness],
) -> Question:
    if not _NAME.fullmatch(name):
        raise ValueError(f"The name {name!r} is not in kebab-case.")
    header = read_header(text, _KEYS)
    scanned = scan(text, UNLIMITED)
    answers = header.get("answers")
    if not (answers is None or isinstance(answers, int)):
        raise ValueError("answers must be a number, where there is one.")
    table = header.get("table")
    if not (table is None or (type(table) is int and table > 0)):
        raise ValueError("table, if given, must be a number from 1 upwards.")
    columns = _columns(text)
    return Question(
        name=name,
        iri=f"{base}query/{name}",
        text=text,
        summary=by_language(header.get("summary"), "summary", languages),
        description=by_language(header.get("description"), "description", languages),
        parameters=read_parameters(header.get("param") or {}, text, languages, names),
        tags=_tags(header.get("tags")),
        chart=read_chart(header.get("chart"), columns),
        answers=answers,
        completeness=_completeness(header.get("completeness", []), notes),
        table=table,
        columns=columns,
        form=scanned.form,
        volatile=scanned.volatile,
        names=MappingProxyType({**names, **_declared(text)}),
    )


def _declared(text: str) -> dict[str, str]:
    return dict(re.findall(r"^PREFIX ([\w-]+): <([^>\n]+)>$", text, re.MULTILINE))


def _columns(text: str) -> tuple[str, ...]:
    """Ask the query of nothing: that shows whether it can be read, and which columns its answer has."""
    results = ox.Store().query(text)
    return tuple(each.value for each in results.variables) if isinstance(results, ox.QuerySolutions) else ()


def _completeness(names: object, notes: Mapping[str, Completeness]) -> tuple[Completeness, ...]:
    if not isinstance(names, list) or not all(name in notes for name in names):
        known = ", ".join(notes) or "none"
        raise ValueError(f"completeness must be a list of names of queries/completeness/; known: {known}.")
    return tuple(notes[name] for name in names)


def _tags(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(tag, str) for tag in value):
        raise ValueError("The header needs a list of tags.")
    if not set(value) & set(AUDIENCES):
        raise ValueError(f"The tags name no audience: one of {', '.join(AUDIENCES)}.")
    return tuple(value)
