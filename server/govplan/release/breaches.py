"""A breach of a shape or rule as a problem in words: where the offending statement stands, and how to mend it."""

from collections.abc import Iterator

import pyoxigraph as ox

from govplan.content import Content, Problem
from govplan.content.places import Places
from govplan.release.allowed import AllowedValues
from govplan.release.shacl_report import Result

NOWHERE = "(no file describes it)"


def breach_problem(result: Result, content: Content, allowed: AllowedValues) -> Problem:
    """Return a result of the validation as a problem; the message of the shape says what is wrong and what to do."""
    first, *others = _places(result, content.places)
    what, mend = _split(result.messages.get("en", "A shape is not kept."))
    about = [what, *_details(result)]
    if others:
        about.append(f"Also at {', '.join(others)}.")
    return Problem(
        severity=result.severity,
        place=first,
        subject=result.focus,
        rule=result.shape,
        what=" ".join(about),
        mend=mend + _hint(result, content.places, allowed),
    )


def _places(result: Result, places: Places) -> list[str]:
    """Return where the breach is: the statement with its value; else the property; else where that is missing.

    Of several statements that are too many together, the last comes first: the one that was added.
    """
    focus, value, graph = result.focus, result.term, result.graph
    # A path of several steps is a node of the shapes and no property.
    path = result.path if result.path is not None and ":" in result.path else None
    if value is not None and result.path is not None:
        found = places.of_statements(focus, path, value, graph)
        if not found and isinstance(value, ox.NamedNode):
            # A path may lead backwards, from the value to the focus.
            found = places.of_statements(value.value, path, ox.NamedNode(focus), graph)
        if found := found or places.of_statements(focus, None, value, graph):
            return found[:1]
    if path is None or graph is not None:
        found = [] if path is None else places.of_statements(focus, path, None, graph)[::-1]
        return found or [places.of_subject(focus, graph) or NOWHERE]
    return places.of_statements(focus, path)[::-1] or [places.of_missing(focus, path) or NOWHERE]


def _hint(result: Result, places: Places, allowed: AllowedValues) -> str:
    if result.term is not None:
        return allowed.hint(result.shape, result.term)
    if result.path is not None and not places.describes(result.path):
        return allowed.nearest_term(result.path)
    return ""


def _details(result: Result) -> Iterator[str]:
    if result.path:
        yield f"[{result.path}]"
    if result.value and result.value != result.focus:
        yield f"[value {result.value}]"


def _split(message: str) -> tuple[str, str]:
    """A shape's message says what is wrong in its first sentence and how to mend it in the rest."""
    what, dot, mend = message.partition(". ")
    return what + dot.strip(), mend or "see the shape"
