"""What the columns of answers are called: the words in the names of their variables."""

import re

from govplan.catalogues import catalogue

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def column_words(variable: str) -> str:
    """Return the words of a variable, which the catalogues translate: `actionCount` is `action count`."""
    return _HUMP.sub(" ", variable).replace("_", " ").lower()


def column_title(variable: str, language: str) -> str:
    """Return the words of a variable in a language, as a title begins: `actionCount` is `Aantal acties`."""
    return sentence(str(catalogue(language.partition("-")[0]).gettext(column_words(variable))))


def sentence(name: str) -> str:
    """Return a name as a sentence begins."""
    return name[:1].upper() + name[1:]
