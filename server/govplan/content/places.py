"""Where a statement stands, or should: from subject, property and value to file and line."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from govplan.namespaces import STANDARD

if TYPE_CHECKING:
    from govplan.content.project import SourceFile

_TYPE = STANDARD["rdf"] + "type"
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
# A file and the number of one of its statements.
_Spot = tuple["SourceFile", int]


class Places:
    """The places of the statements of some files; of equal ones the first file counts. Places are `path:line`."""

    def __init__(self, files: Sequence["SourceFile"]) -> None:
        self._files = files
        self._about: dict[str, list[_Spot]] = defaultdict(list)
        for file in files:
            for number, quad in enumerate(file.quads):
                self._about[_text(quad.subject)].append((file, number))

    @cached_property
    def _mentions(self) -> dict[str, _Spot]:
        found: dict[str, _Spot] = {}
        for file in self._files:
            for number, quad in enumerate(file.quads):
                for term in (quad.object, quad.predicate):
                    found.setdefault(_text(term), (file, number))
        return found

    @cached_property
    def _users(self) -> dict[str, list[tuple[str, str]]]:
        """Predicate → each subject that has it, with the path of the file that says so."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for file in self._files:
            for quad in file.quads:
                found[quad.predicate.value].append((_text(quad.subject), file.path))
        return found

    def of_subject(self, iri: str, graph: str | None = None) -> str | None:
        """Return where something is described: in `graph` if there, else where its type is stated.

        What no file describes stands where it is first mentioned; None if it is not.
        """
        spots = self._about.get(iri, [])
        here = [spot for spot in spots if spot[0].graph == graph]
        typed = [spot for spot in spots if _quad(spot).predicate.value == _TYPE]
        if spot := next(iter(here or typed or spots), None):
            return _at(spot[0], spot[0].subject_line(spot[1]))
        mention = self._mentions.get(iri)
        return None if mention is None else _at(mention[0], mention[0].line(mention[1]))

    def of_statements(
        self, subject: str, predicate: str | None, value: Term | None = None, graph: str | None = None
    ) -> list[str]:
        """Return where something has a property, or any: with this value if it is given, in this graph if it is there.

        A value that another program wrote in another form is found by its text.
        """
        spots = [spot for spot in self._about.get(subject, ()) if predicate in (None, _quad(spot).predicate.value)]
        if value is not None:
            exact = [spot for spot in spots if _quad(spot).object == value]
            spots = exact or [spot for spot in spots if _text(_quad(spot).object) == _text(value)]
        spots = [spot for spot in spots if spot[0].graph == graph] or spots
        return list(dict.fromkeys(_at(file, file.line(number)) for file, number in spots))

    def of_value(self, subject: str, text: str) -> str | None:
        """Return where something has a value of this text, else where it is described."""
        found = self.of_statements(subject, None, ox.Literal(text))
        return found[0] if found else self.of_subject(subject)

    def describes(self, iri: str) -> bool:
        """Tell whether anything is said about something."""
        return iri in self._about

    def of_missing(self, subject: str, predicate: str) -> str | None:
        """Return where a property of something is missing: in the file that holds it of most things beside it.

        Beside it are the things of its class whose type the same file states. Where the file does not describe the
        subject yet, the line is that of the subject that comes before it there.
        """
        spots = self._about.get(subject)
        if not spots:
            return self.of_subject(subject)
        typed = next((spot for spot in spots if _quad(spot).predicate.value == _TYPE), None)
        file = spots[0][0] if typed is None else self._holder(typed[0], _quad(typed).object, predicate) or typed[0]
        numbers = [number for other, number in spots if other is file]
        before = [number for number, quad in enumerate(file.quads) if _text(quad.subject) <= subject]
        number = numbers[0] if numbers else max(before, key=lambda each: _text(file.quads[each].subject), default=0)
        return _at(file, file.subject_line(number))

    def _holder(self, home: "SourceFile", kind: Term, predicate: str) -> "SourceFile | None":
        """Return the file that has a property of most things of a class of a file, else of most things at all."""
        same = {_text(quad.subject) for quad in home.quads if quad.predicate.value == _TYPE and quad.object == kind}
        users = self._users.get(predicate, [])
        counts = Counter(path for iri, path in users if iri in same) or Counter(path for _, path in users)
        path = max(counts, key=lambda path: (counts[path], path), default=None)
        return next((file for file in self._files if file.path == path), None)


def _quad(spot: _Spot) -> ox.Quad:
    return spot[0].quads[spot[1]]


def _at(file: "SourceFile", line: int | None) -> str:
    return file.path if line is None else f"{file.path}:{line}"


def _text(term: Term) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
