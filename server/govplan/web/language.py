"""The language of a page: which one a request gets, its words from the catalogues, and its dates and numbers.

English stands in the templates and modules; `translations/` has one catalogue for each other language.
"""

import functools
import io
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, get_locale, gettext, ngettext

from govplan.web.site import site

PARAMETER = "lang"
SOURCE = "en"
FOLDER = Path(__file__).parent / "translations"
# Without a region, English would write dates as in the United States.
_LOCALES = {"en": "en_GB"}
_PLAIN = {"static", "dumps.file"}
_DATE_FORMS = {4: "y", 7: "MMMM y", 10: "long"}

__all__ = [
    "PARAMETER",
    "SOURCE",
    "asked_language",
    "gettext",
    "mark",
    "ngettext",
    "number",
    "page_in",
    "reader",
    "spoken",
    "written_date",
]


def mark(text: str) -> str:
    """Return the text itself: a mark that it stands in the catalogues and is translated where it is shown."""
    return text


def asked_language() -> str:
    """Return the language of the project that the request prefers: `lang`, else Accept-Language, else en."""
    languages = site().settings.languages
    asked = request.args.get(PARAMETER)
    if asked in languages:
        return asked
    for tag, quality in request.accept_languages:  # by preference; nl-BE asks for nl
        primary = tag.partition("-")[0].lower()
        if quality and primary in languages:
            return primary
    return SOURCE if SOURCE in languages else languages[0]


def spoken(asked: str | None) -> str:
    """Return the language of the words in data: the one asked for, for every reader the same."""
    languages = site().settings.languages
    return next(each for each in (asked, SOURCE, languages[0]) if each in languages)


def reader() -> tuple[str, bool, str]:
    """Return the language of the page, whether the address chose it and its links carry it on, and their prefix.

    Requests of the same reader get the same page.
    """
    return asked_language(), request.args.get(PARAMETER) in site().settings.languages, request.script_root


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


class _Catalogues(Domain):  # type: ignore[misc]
    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return catalogue(locale.language if locale else SOURCE)


class _Babel(Babel):  # type: ignore[misc]
    domain_instance = _Catalogues()


def install(app: Flask) -> None:
    """Make `app` speak the reader's language and say so in the headers of every page."""
    _Babel(app, locale_selector=_locale)
    # As the words are collected (pyproject.toml): a sentence may be broken over lines.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.url_defaults(_keep)
    app.after_request(_headers)
    app.context_processor(lambda: {"language": asked_language(), "page_in": page_in})
    app.jinja_env.globals |= {
        "number": number,
        "kilobytes": kilobytes,
        "written_date": written_date,
        "language_name": language_name,
    }


def page_in(language: str) -> str:
    """Return the address of the current page, with its other parameters, in a language."""
    others = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    return f"{quote(request.script_root + request.path)}?{urlencode([*others, (PARAMETER, language)])}"


def number(value: float | str) -> str:
    """Return a number, or its lexical form in RDF, as the reader's language writes it."""
    return str(numbers.format_decimal(value, locale=_current(), decimal_quantization=False))


def kilobytes(size: int) -> str:
    """Return a number of bytes in kB, at least one."""
    return f"{number(max(1, round(size / 1000)))}\N{NO-BREAK SPACE}kB"


def written_date(text: str) -> str:
    """Return an xsd:date, xsd:gYearMonth or xsd:gYear as the reader's language writes it; any other text as it is."""
    form = _DATE_FORMS.get(len(text))
    try:
        day = date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return text
    return str(dates.format_date(day, format=form, locale=_current())) if form else text


def language_name(tag: str, own: bool = False) -> str:
    """Return the name of a language in the reader's language, or in its `own`; the tag itself if nobody knows it."""
    locale = Locale.parse(tag) if own else _current()
    return str(locale.languages.get(tag, tag))


def currency_name(code: str) -> str:
    """Return the name of a currency (ISO 4217 code) in the reader's language; the code itself if nobody knows it."""
    return str(_current().currencies.get(code, code))


def _locale() -> str:
    language = asked_language()
    return _LOCALES.get(language, language)


def _current() -> Locale:
    locale = get_locale()
    return locale if locale is not None else Locale.parse(_LOCALES[SOURCE])


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    """A language that was chosen by the address stays chosen on every page that this one links to."""
    if endpoint in _PLAIN or PARAMETER in values or not request:
        return
    if (asked := request.args.get(PARAMETER)) in site().settings.languages:
        values[PARAMETER] = asked


def _headers(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = asked_language()
        response.vary.add("Accept-Language")
    return response
