"""What pages say from tables, for `make messages`: an extraction method of Babel (see pyproject.toml)."""

from collections.abc import Iterator
from typing import IO, Any

from govplan.citing.checklist import CHECKLISTS
from govplan.settings import SETTINGS
from govplan.web.http.problems import PROBLEMS
from govplan.web.render.terms import INVERSE_WORDS, STANDARD_WORDS
from govplan.web.render.words import COLUMNS, TAGS


def tables(
    _file: IO[bytes], _keywords: Any, _comment_tags: Any, options: Any
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Return each text as line, function, message and comments: of problems, settings, columns, tags, terms, rules."""
    texts = [
        *COLUMNS,
        *(tag.replace("-", " ") for tag in TAGS),
        *STANDARD_WORDS.values(),
        *INVERSE_WORDS.values(),
        *(setting.meaning for setting in SETTINGS),
    ]
    texts += [text for each in CHECKLISTS for rule in each.rules for text in (rule.asks, rule.done)]
    texts += [text for problem in PROBLEMS.values() for text in (problem.title, problem.explanation)]
    yield from ((1, None, text, []) for text in texts)
