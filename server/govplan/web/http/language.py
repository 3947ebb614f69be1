"""The language of a page: which one a request gets, its words from the catalogues, and its dates and numbers.

English stands in the templates and modules; `translations/` has one catalogue for each other language.
"""

from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote, urlencode

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.support import NullTranslations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, force_locale, get_locale, gettext, ngettext

from govplan.catalogues import FOLDER, catalogue
from govplan.languages import FALLBACK, distance, speaks
from govplan.questions.figures import LANGUAGE as PARAMETER
from govplan.questions.figures import usual_language
from govplan.values import day, written
from govplan.web.site import site

# Without a region, English would write dates as in the United States.
_LOCALES = {"en": "en_GB"}
_PLAIN = {"static", "dumps.file"}
_DATE_FORMS = {4: "y", 7: "MMMM y", 10: "long"}

__all__ = [
    "FOLDER",
    "PARAMETER",
    "asked_language",
    "gettext",
    "mark",
    "ngettext",
    "number",
    "page_in",
    "reader",
    "speaking",
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
        nearest = min(languages, key=lambda each: distance(each, (tag,)))
        if quality and speaks(nearest, tag):
            return nearest
    return usual_language(languages)


def spoken(asked: str | None) -> str:
    """Return the language of the words in data: the one asked for, for every reader the same."""
    languages = site().settings.languages
    return asked if asked in languages else usual_language(languages)


def reader() -> tuple[str, bool, str]:
    """Return the language of the page, whether the address chose it and its links carry it on, and their prefix.

    Requests of the same reader get the same page.
    """
    return asked_language(), request.args.get(PARAMETER) in site().settings.languages, request.script_root


class _Catalogues(Domain):  # type: ignore[misc]
    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        return catalogue(locale.language if locale else FALLBACK)


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
    """Return a number, or its lexical form in RDF, as the reader's language writes it.

    A form that is no number, or has more digits than anybody reads, stays as it is.
    """
    found = written(str(value))
    if found is None:
        return str(value)
    return str(numbers.format_decimal(found, locale=_current(), decimal_quantization=False))


def kilobytes(size: int) -> str:
    """Return a number of bytes in kB, at least one."""
    return f"{number(max(1, round(size / 1000)))}\N{NO-BREAK SPACE}kB"


def written_date(text: str) -> str:
    """Return an xsd:date, xsd:gYearMonth or xsd:gYear as the reader's language writes it; any other text as it is."""
    form = _DATE_FORMS.get(len(text))
    found = day((text + "-01-01")[:10])
    return str(dates.format_date(found, format=form, locale=_current())) if form and found else text


def language_name(tag: str, own: bool = False) -> str:
    """Return the name of a language in the reader's language, or in its `own`; the tag itself if nobody knows it."""
    locale = _known_locale(tag) if own else _current()
    return str(locale.languages.get(tag, tag)) if locale else tag


def currency_name(code: str) -> str:
    """Return the name of a currency (ISO 4217 code) in the reader's language; the code itself if nobody knows it."""
    return str(_current().currencies.get(code, code))


def speaking(language: str) -> AbstractContextManager[None]:
    """Return a block in which words are those of a language, whatever the request asks for."""
    block: AbstractContextManager[None] = force_locale(_locale_of(language))
    return block


def _locale() -> Locale:
    return _locale_of(asked_language())


def _locale_of(language: str) -> Locale:
    return _known_locale(_LOCALES.get(language, language)) or Locale.parse(_LOCALES[FALLBACK])


def _known_locale(tag: str) -> Locale | None:
    """Return what is known of a language, None of one that nobody has described."""
    try:
        return Locale.parse(tag, sep="-" if "-" in tag else "_")
    except (ValueError, UnknownLocaleError):
        return None


def _current() -> Locale:
    locale = get_locale()
    return locale if locale is not None else Locale.parse(_LOCALES[FALLBACK])


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
