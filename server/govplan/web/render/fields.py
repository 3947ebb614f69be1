"""The form of a question: one field a parameter, with what may be chosen, what was given, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from govplan.errors import ParameterInvalid
from govplan.namespaces import short
from govplan.questions import Parameter, Question, bind
from govplan.web.http.errors import Refused
from govplan.web.http.language import gettext, mark
from govplan.web.render.site_search import expanded, index
from govplan.web.site import Site

_MEND = {
    "language": mark("Choose one of the languages."),
    "string": mark("Write a text without line breaks."),
    "integer": mark("Write a whole number, such as 3."),
    "date": mark("Write a date as year-month-day, such as 2026-11-24."),
    "iri": mark("Choose a value of the list, or write a whole IRI."),
}
_ANY = mark("any")
# More than this is no list to choose from.
_MOST = 300


@dataclass(frozen=True, slots=True)
class Option:
    """One value that may be chosen, its label and the language of the label (empty if it is the value itself)."""

    value: str
    label: str
    lang: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `value` is what was given, or the default; `error` says in the reader's language how to mend it."""

    parameter: Parameter
    label: str
    value: str
    options: tuple[Option, ...]
    error: str | None


def fields(site: Site, question: Question, values: Mapping[str, str], language: str) -> tuple[Field, ...]:
    """Return the fields of a question with these values."""
    return tuple(_field(site, question, parameter, values, language) for parameter in question.parameters)


def _field(site: Site, question: Question, parameter: Parameter, values: Mapping[str, str], language: str) -> Field:
    value = values.get(parameter.name, parameter.default)
    error = None
    if parameter.name in values:
        try:
            bind(question, {parameter.name: value})
        except ParameterInvalid:
            error = str(gettext(_MEND[parameter.type]))
    options = _options(site, question, parameter, value, language) if parameter.type == "iri" else ()
    return Field(parameter, parameter.label[language], value, options, error)


def _options(site: Site, question: Question, parameter: Parameter, value: str, language: str) -> tuple[Option, ...]:
    """Return the codes of the schemes and the things of the classes that the parameter is among, and a way out."""
    if not parameter.among:
        return ()
    try:
        things = index(site)
    except Refused:  # a release without an index: the field takes what is typed
        return ()
    found = [each for of in parameter.among for each in things.suggest("", language, of, _MOST + 1)]
    if len(found) > _MOST:
        return ()
    chosen = expanded(site, value)
    options = [Option(short(each.iri, question.names), each.label, each.lang, each.iri == chosen) for each in found]
    if value and not any(option.chosen for option in options):
        options.insert(0, Option(value, value, chosen=True))
    if not parameter.default:
        options.insert(0, Option("", str(gettext(_ANY)), chosen=not value))
    return tuple(options)
