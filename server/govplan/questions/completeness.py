"""How complete an answer is: notes whose numbers are counted in the release, never written by hand.

Each is a query in `queries/completeness/` whose one row fills the placeholders of a note in every language:
`{silent} of {all} actions state no group in this source.`
"""

import json
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from govplan.questions.binding import bind
from govplan.questions.header import by_language, read_header
from govplan.questions.parameters import Parameter, read_parameters
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.scan import scan

if TYPE_CHECKING:
    from govplan.questions.question import Question


@dataclass(frozen=True, slots=True)
class Completeness:
    """One note: its name, a SELECT of one row of numbers, and a text by language that names its columns in braces.

    Its parameters are bound to the values that the question has for those of the same name.
    """

    name: str
    text: str
    note: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    names: Mapping[str, str]


def read_completeness(name: str, text: str, languages: tuple[str, ...], names: Mapping[str, str]) -> Completeness:
    """Return the note that a file of `queries/completeness/` describes.

    Raises ValueError if note and columns disagree, SyntaxError if the text is not SPARQL 1.1.
    """
    header = read_header(text, {"note", "param"})
    note = by_language(header.get("note"), "note", languages)
    scan(text, UNLIMITED)
    results = ox.Store().query(text)
    columns = {variable.value for variable in results.variables} if isinstance(results, ox.QuerySolutions) else set()
    for language, words in note.items():
        if columns != (used := {field for _, field, _, _ in string.Formatter().parse(words) if field is not None}):
            raise ValueError(f"The note in {language} names {sorted(used)}, the query gives {sorted(columns)}.")
    parameters = read_parameters(header.get("param") or {}, text, languages, names)
    return Completeness(name, text, note, parameters, names)


def completeness_notes(
    question: "Question", values: Mapping[str, str], ask: Callable[[str], bytes]
) -> dict[str, list[str]]:
    """Return by language what is to be said of how complete an answer is; lists are empty for none.

    `values` are those that the question is asked with; `ask` answers the text of a SELECT as SPARQL JSON. Raises what
    it raises, and ParameterInvalid.
    """
    counted = [(each, _numbers(ask(bind(each, shared_values(each, values))))) for each in question.completeness]
    return {
        language: [each.note[language].format(**numbers) for each, numbers in counted] for language in question.summary
    }


def shared_values(note: Completeness, values: Mapping[str, str]) -> dict[str, str]:
    """Return those of the values of a question that its note takes too."""
    return {each.name: values[each.name] for each in note.parameters if each.name in values}


def _numbers(body: bytes) -> dict[str, str]:
    answer = json.loads(body)
    row = answer["results"]["bindings"][0]
    return {name: row[name]["value"] if name in row else "0" for name in answer["head"]["vars"]}
