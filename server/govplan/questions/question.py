"""Reading the questions of a plan project: a `#+` header of YAML above a SPARQL query that runs as it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox
import yaml

from govplan.config import Settings
from govplan.errors import QueryError, QuestionBroken
from govplan.questions.chart import Chart, read_chart
from govplan.questions.types import TYPES
from govplan.store.formats import Form
from govplan.store.limits import UNLIMITED
from govplan.store.scan import scan

AUDIENCES = ("journalist", "policy-officer", "researcher", "steward")
# What the address of an answer may say besides the parameters.
RESERVED = frozenset({"format", "page", "sort", "size", "theme"})
_HEADER = "#+"
_KEYS = {"summary", "description", "param", "tags", "chart", "answers", "completeness"}
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# A parameter is a VALUES row of its own line with one term, which is its default; UNDEF means "any".
_ROW = re.compile(r"^(?P<before> *VALUES \?(?P<name>\w+) \{ )(?P<term>.+?)(?P<after> \})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a person may choose.

    `type` is a key of `TYPES`; `default` is its plain value, empty where the row says UNDEF, which means any; `start`
    and `end` are the offsets of the term in the text of the question.
    """

    name: str
    type: str
    label: Mapping[str, str]
    default: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its public name, what it asks by language, its parameters and its SPARQL text.

    `answers` is the number of the competency question, None for a new one; `completeness` says by language how much of
    the world the answer covers, empty where nothing is said; `columns` are those of the answer, none where it is no
    table; `form` and `volatile` are what a scan of the text says.
    """

    name: str
    text: str
    summary: Mapping[str, str]
    description: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    chart: Chart | None
    answers: int | None
    completeness: Mapping[str, str]
    columns: tuple[str, ...]
    form: Form
    volatile: bool

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefix label → namespace as the text declares them."""
        return dict(re.findall(r"^PREFIX ([\w-]+): <([^>]+)>$", self.text, re.MULTILINE))


def load_questions(settings: Settings) -> Mapping[str, Question]:
    """Return the questions of the project by name, sorted; a project without queries/ has none.

    Raises QuestionBroken, naming the file, for a header that cannot be used, a text that is not SPARQL 1.1, or header
    and text that disagree.
    """
    paths = sorted((settings.root / "queries").glob("*.rq"))
    return MappingProxyType({path.stem: _read(path, settings.languages) for path in paths})


def _read(path: Path, languages: tuple[str, ...]) -> Question:
    where = f"queries/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        return _question(path.stem, text, languages)
    except (OSError, UnicodeDecodeError) as problem:
        raise QuestionBroken(
            f"The question cannot be read: {problem}.", where=where, mend="save it as UTF-8"
        ) from problem
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


def _question(name: str, text: str, languages: tuple[str, ...]) -> Question:
    if not _NAME.fullmatch(name):
        raise ValueError(f"The name {name!r} is not in kebab-case.")
    header = yaml.safe_load("\n".join(line[2:] for line in text.splitlines() if line.startswith(_HEADER)))
    if not isinstance(header, dict):
        raise ValueError("The question has no header of #+ lines.")
    if unknown := sorted(set(header) - _KEYS):
        raise ValueError(f"The header has an unknown key {unknown[0]!r}; known: {', '.join(sorted(_KEYS))}.")
    scanned = scan(text, UNLIMITED)
    answers = header.get("answers")
    if not (answers is None or isinstance(answers, int)):
        raise ValueError("answers must be a number, where there is one.")
    columns = _columns(text)
    return Question(
        name=name,
        text=text,
        summary=_by_language(header.get("summary"), "summary", languages),
        description=_by_language(header.get("description"), "description", languages),
        parameters=_parameters(header.get("param") or {}, text, languages),
        tags=_tags(header.get("tags")),
        chart=read_chart(header.get("chart"), columns),
        answers=answers,
        completeness=_by_language(header["completeness"], "completeness", languages)
        if "completeness" in header
        else {},
        columns=columns,
        form=scanned.form,
        volatile=scanned.volatile,
    )


def _columns(text: str) -> tuple[str, ...]:
    """Ask the query of nothing: that shows whether it can be read, and which columns its answer has."""
    results = ox.Store().query(text)
    return tuple(each.value for each in results.variables) if isinstance(results, ox.QuerySolutions) else ()


def _by_language(value: object, what: str, languages: tuple[str, ...]) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise ValueError(f"The header needs {what} by language.")
    if missing := [language for language in languages if language not in value]:
        raise ValueError(f"The header has no {what} in {', '.join(missing)}.")
    return MappingProxyType({language: " ".join(value[language].split()) for language in languages})


def _tags(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(tag, str) for tag in value):
        raise ValueError("The header needs a list of tags.")
    if not set(value) & set(AUDIENCES):
        raise ValueError(f"The tags name no audience: one of {', '.join(AUDIENCES)}.")
    return tuple(value)


def _parameters(declared: object, text: str, languages: tuple[str, ...]) -> tuple[Parameter, ...]:
    if not isinstance(declared, dict):
        raise ValueError("param must map a name to its type and label.")
    if taken := sorted(set(declared) & RESERVED):
        raise ValueError(f"The address of an answer uses {taken[0]!r} itself; give the parameter another name.")
    rows = {match["name"]: match for match in _ROW.finditer(text)}
    return tuple(_parameter(name, about, rows.get(name), languages) for name, about in declared.items())


def _parameter(name: str, about: object, row: re.Match[str] | None, languages: tuple[str, ...]) -> Parameter:
    if row is None:
        raise ValueError(f"The parameter {name} has no line 'VALUES ?{name} {{ default }}' in the text.")
    kind = about.get("type") if isinstance(about, dict) else None
    if not isinstance(about, dict) or not isinstance(kind, str) or kind not in TYPES:
        raise ValueError(f"The parameter {name} needs a type: one of {', '.join(TYPES)}.")
    label = _by_language(about.get("label"), f"label of {name}", languages)
    return Parameter(name, kind, label, _default(row["term"]), row.start("term"), row.end("term"))


def _default(term: str) -> str:
    """Return a term of a query as the plain value a person would type: UNDEF is empty, a string loses its quotes."""
    if term == "UNDEF":
        return ""
    return term[1 : term.rindex('"')] if term.startswith('"') else term.strip("<>")
