"""Putting values into a question: each replaces the one term of its VALUES row, escaped as its type says."""

from collections.abc import Mapping

from govplan.errors import ParameterInvalid
from govplan.questions.parameters import Bindable, Parameter
from govplan.questions.types import TYPES


def bind(question: Bindable, values: Mapping[str, str]) -> str:
    """Return the text of a question or note with these values; a parameter without one keeps its default.

    Raises ParameterInvalid for an unknown parameter or a value that is not of its type, with what would do.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    if unknown := sorted(set(values) - set(known)):
        raise ParameterInvalid(
            f"{question.name} has no parameter {unknown[0]!r}.",
            mend="its parameters: " + (", ".join(known) or "none"),
        )
    text = question.text
    for parameter in sorted(known.values(), key=lambda parameter: parameter.start, reverse=True):
        if parameter.name in values:
            text = text[: parameter.start] + _term(question, parameter, values[parameter.name]) + text[parameter.end :]
    return text


def _term(question: Bindable, parameter: Parameter, value: str) -> str:
    try:
        return TYPES[parameter.type](value, question.names)
    except ValueError as problem:
        raise ParameterInvalid(
            f"{value!r} cannot be used for the parameter {parameter.name}: {problem}.",
            mend=f"the default is {parameter.default!r}" if parameter.default else "leave it out to ask for any",
        ) from problem
