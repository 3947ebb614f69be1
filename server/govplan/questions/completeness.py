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

from govplan.questions.header import by_language, read_header
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.scan import scan

if TYPE_CHECKING:
    from govplan.questions.question import Question


@dataclass(frozen=True, slots=True)
class Completeness:
    """One note: its name, a SELECT of one row of numbers, and a text by language that names its columns in braces."""

    name: str
    text: str
    note: Mapping[str, str]


def read_completeness(name: str, text: str, languages: tuple[str, ...]) -> Completeness:
    """Return the note that a file of `queries/completeness/` describes.

    Raises ValueError if note and columns disagree, SyntaxError if the text is not SPARQL 1.1.
    """
    note = by_language(read_header(text, {"note"}).get("note"), "note", languages)
    scan(text, UNLIMITED)
    results = ox.Store().query(text)
    columns = {variable.value for variable in results.variables} if isinstance(results, ox.QuerySolutions) else set()
    for language, words in note.items():
        if columns != (used := {field for _, field, _, _ in string.Formatter().parse(words) if field is not None}):
            raise ValueError(f"The note in {language} names {sorted(used)}, the query gives {sorted(columns)}.")
    return Completeness(name, text, note)


def completeness_notes(question: "Question", ask: Callable[[str], bytes]) -> dict[str, list[str]]:
    """Return by language what is to be said of how complete the answers of a question are; lists are empty for none.

    `ask` answers the text of a SELECT as SPARQL JSON. Raises what it raises.
    """
    counted = [(each, _numbers(ask(each.text))) for each in question.completeness]
    return {
        language: [each.note[language].format(**numbers) for each, numbers in counted] for language in question.summary
    }


def _numbers(body: bytes) -> dict[str, str]:
    answer = json.loads(body)
    row = answer["results"]["bindings"][0]
    return {name: row[name]["value"] if name in row else "0" for name in answer["head"]["vars"]}
