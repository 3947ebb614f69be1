"""Where the statements of a Turtle text stand, which no parser tells, and where it is Turtle of RDF 1.2."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from govplan.namespaces import STANDARD

# The terminals of RDF 1.2 Turtle, section 6.5, no finer than is needed to tell them apart in a text that was parsed.
_TOKEN = re.compile(
    r'(?P<string>"""(?:[^"\\]|\\.|"(?!""))*+"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*+\'\'\''
    r'|"(?:[^"\\\n]|\\.)*+"|\'(?:[^\'\\\n]|\\.)*+\')'
    r'|(?P<iri><[^<>"{}|^`\x00-\x20]*>)'
    r"|(?P<newer><<\(?|\)?>>|\{\||\|\}|~)"
    r"|(?P<tag>@[A-Za-z][A-Za-z0-9-]*)"
    r"|(?P<type>\^\^)"
    r"|(?P<number>[+-]?(?:\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+))"
    r"|(?P<mark>[.;,\[\]()])"
    r"|(?P<name>(?:\\.|[^\s\\\"'<>#;,.()\[\]{}|~^@]|\.+(?=[^\s\"'<>#;,.()\[\]{}|~^@]))+)"
    r"|[ \t\n\r]+|#[^\n]*|(?P<other>.)",
    re.DOTALL,
)
_MARKS_OF_NEWER = ("<<", "{|", "~", "--")
_VERSION = re.compile(r"""[vV][eE][rR][sS][iI][oO][nN][ \t\n\r]*["']""")
_DIRECTIVES = {"prefix": 2, "base": 1, "version": 1}
_LISTS = (STANDARD["rdf"] + "first", STANDARD["rdf"] + "rest")
_AS_NODE = "describe the statement as a node of its own, by rdf:subject, rdf:predicate and rdf:object"
_NEWER = {
    "<<(": ("a triple term, <<( … )>>", _AS_NODE),
    "<<": ("a reified triple, << … >>", _AS_NODE),
    "{|": ("an annotation, {| … |}", _AS_NODE),
    "~": ("a reifier, ~", _AS_NODE),
    "version": ("the announcement of a version", "delete it"),
    "--": ("a text with a direction", "keep the language tag alone: its language has the direction"),
}


@dataclass(frozen=True, slots=True)
class Newer:
    """What a text holds of RDF 1.2, where it begins (line and column, from 1), and how the same is said without."""

    what: str
    line: int
    column: int
    mend: str


@dataclass(slots=True)
class _Level:
    """One nesting of a text: where its subject stands and which part of a statement comes next."""

    opened: str
    subject: int
    part: str


def newer_syntax(text: str) -> Newer | None:
    """Return the first thing in a Turtle text that is of RDF 1.2."""
    if not any(mark in text for mark in _MARKS_OF_NEWER) and _VERSION.search(text) is None:
        return None
    for token in _TOKEN.finditer(text):
        word = token[0]
        if token.lastgroup == "newer" and word in _NEWER:
            key = word
        elif _announces_version(text, token):
            key = "version"
        elif token.lastgroup == "tag" and "--" in word:
            key = "--"
        else:
            continue
        what, mend = _NEWER[key]
        return Newer(what, *line_and_column(text, token.start()), mend)
    return None


def _announces_version(text: str, token: re.Match[str]) -> bool:
    is_tag = token.lastgroup == "tag" and text[token.start() - 1 : token.start()] in ('"', "'")
    return token.lastgroup in ("tag", "name") and not is_tag and token[0].removeprefix("@").lower() == "version"


def offsets(text: str, quads: Sequence[ox.Quad]) -> list[tuple[int, int]] | None:
    """Return for each statement of a Turtle text, in its order, the offsets at which its subject and its value begin.

    The statements of a list stand where the one before them stands. Return None where a list holds nodes in brackets:
    their order is not told.
    """
    found = list(_statements(text))
    told = [not _is_list_cell(quad) for quad in quads]
    if sum(told) != len(found):
        return None
    rest = iter(found)
    here = (0, 0)
    aligned = []
    for is_told in told:
        here = next(rest) if is_told else here
        aligned.append(here)
    return aligned


def token_at(text: str, offset: int) -> str:
    """Return the term of a Turtle text that begins at an offset, as it is written."""
    token = _TOKEN.match(text, offset)
    return "" if token is None else token[0]


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return where an offset of a text is, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _is_list_cell(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) and quad.predicate.value in _LISTS


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of subject and value of each statement, in the order in which a parser gives them."""
    levels = [_Level("", 0, "subject")]
    skipped = 0
    for token in _TOKEN.finditer(text):
        kind, word = token.lastgroup, token[0]
        at = token.start()
        if kind is None:
            continue
        if kind == "type":
            skipped = 1
            continue
        keyword = word.removeprefix("@").lower()
        if keyword in _DIRECTIVES and levels[-1].part == "subject":
            skipped = _DIRECTIVES[keyword]
            continue
        if kind == "tag":
            continue
        if kind == "mark":
            level = levels[-1]
            if word == "[":
                levels.append(_Level(word, at, "verb"))
                continue
            if word == "(":
                levels.append(_Level(word, at, "item"))
                continue
            if word in "])":
                at = levels.pop().subject
            else:
                level.part = {".": "subject", ";": "verb", ",": "value"}[word]
                continue
        elif skipped:
            skipped -= 1
            continue
        level = levels[-1]
        if level.part == "subject":
            level.subject, level.part = at, "verb"
        elif level.part == "verb":
            level.part = "value"
        elif level.part == "value":
            yield level.subject, at
