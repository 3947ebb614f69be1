"""The texts that people read in authored files, and the names in them that belong to no language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from govplan.content import Content
from govplan.content.project import FOLDERS
from govplan.namespaces import CORE, NS, STANDARD

_LAYER = ox.NamedNode(f"{NS}layer")
_MIRROR = ox.NamedNode(f"{CORE}auth/layer/mirror")
_NAME = ox.NamedNode(f"{NS}properName")
# Names as others print them, and wordings that are listed because nobody should write them.
_CITED = {f"{NS}avoidedLabel", f"{NS}nameInSource", STANDARD["skos"] + "altLabel"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its tag: of which thing it is the value of which property, in which graph; all are IRIs."""

    subject: str
    predicate: str
    graph: str
    tag: str
    value: str

    def place(self, content: Content) -> str:
        """Return the file and the line of the text."""
        value = ox.Literal(self.value, language=self.tag)
        return content.places.of_statements(self.subject, self.predicate, value, self.graph)[0]


def texts(content: Content) -> Iterator[Text]:
    """Yield the texts of ontology, data and shapes in our own words, not those that are cited or copied."""
    copied = {quad.subject for quad in content.quads if quad.predicate == _LAYER and quad.object == _MIRROR}
    for quad in content.statements(*FOLDERS):
        subject, predicate, value, graph = quad.subject, quad.predicate.value, quad.object, quad.graph_name
        if not isinstance(value, ox.Literal) or not value.language or predicate in _CITED or graph in copied:
            continue
        if isinstance(subject, ox.NamedNode) and isinstance(graph, ox.NamedNode):
            yield Text(subject.value, predicate, graph.value, value.language, value.value)


class ProperNames:
    """The names that word lists give as the same in every language."""

    def __init__(self, content: Content) -> None:
        """Read them from the values of gp:properName."""
        said = (quad.object for quad in content.quads if quad.predicate == _NAME)
        names = {value.value for value in said if isinstance(value, ox.Literal)}
        # Of two names that begin alike the longer one is meant.
        alike = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
        self._pattern = re.compile(rf"(?<!\w)(?:{alike})(?!\w)") if names else None

    def left_out(self, text: str) -> str:
        """Return a text without these names."""
        return text if self._pattern is None else self._pattern.sub(" ", text)
