"""How well texts fit languages, by the letters that follow each other in them (py3langid, whose model it brings)."""

import copy
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any


class LanguageModel:
    """Tells `languages` apart; `unknown` are those that were asked for and that the model does not know."""

    def __init__(self, languages: Iterable[str]) -> None:
        """Tell apart those of these languages (ISO 639) that the model knows."""
        wanted = set(languages)
        self._identifier = copy.copy(_loaded())
        self.unknown = frozenset(wanted.difference(self._identifier.labels))
        self.languages = tuple(sorted(wanted - self.unknown))
        self._identifier.set_languages(self.languages)
        self._scored: dict[str, Mapping[str, float]] = {}

    def scores(self, text: str) -> Mapping[str, float]:
        """Return language → natural logarithm of how probable the text is in it, up to a constant of the text."""
        if text not in self._scored:
            self._scored[text] = dict(self._identifier.rank(text))
        return self._scored[text]


@cache
def _loaded() -> Any:
    # The model takes most of a second to load, and nothing but the check of texts needs it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
