"""The words of this program in other languages than English: one catalogue of `web/translations/` for each."""

import functools
import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parent / "web" / "translations"


@functools.cache
def catalogue(language: str) -> NullTranslations:
    """Return the words of a language; where there is no catalogue or no entry, the English text itself."""
    path = FOLDER / f"{language}.po"
    if not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
