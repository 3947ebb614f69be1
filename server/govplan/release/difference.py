"""What one release says and another does not: statements, line by line of their sorted N-Quads, and questions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from govplan import deadline
from govplan.errors import ReleaseDamaged
from govplan.manifest import DATASET, QUERIES, Manifest
from govplan.release.verification import damaged

_STATEMENT = re.compile(r"<([^>]*)> <([^>]*)> (.+) <([^>]*)> \.\n", re.DOTALL)
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*+)"(?:@([A-Za-z0-9-]++)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_NAMED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_BEGIN, _END = b"TX .\n", b"TC .\n"


class Value(NamedTuple):
    """What a statement says: an IRI (`is_iri`), or a text with its language or datatype; both None for a plain one."""

    text: str
    is_iri: bool = False
    lang: str | None = None
    datatype: str | None = None


class Statement(NamedTuple):
    """One line of sorted N-Quads."""

    subject: str
    predicate: str
    value: Value
    graph: str


@dataclass(frozen=True, slots=True)
class ChangedThing:
    """A thing of which two releases say different things: the lines that only one has, and those that both have.

    Without `common` lines it is there in one of them only.
    """

    subject: str
    removed: tuple[Statement, ...]
    added: tuple[Statement, ...]
    common: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """A question that changed, by name: `added`, `removed`, its `query`, or only its `words`."""

    name: str
    what: str


def lines(folder: Path, manifest: Manifest) -> Iterator[bytes]:
    """Yield the lines of the statements of a release. Raises ReleaseDamaged if they are not all there."""
    left = next(entry.size for entry in manifest.files if entry.path == DATASET)
    try:
        with (folder / DATASET).open("rb") as file:
            for line in deadline.checked(file):
                left -= len(line)
                yield line
    except OSError as problem:
        raise damaged(folder, f"{DATASET} cannot be read: {problem.strerror}") from problem
    if left:
        raise damaged(folder, f"{DATASET} does not have the length it was built with")


def merged(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[tuple[bytes, bool, bool]]:
    """Yield the lines of two sorted sequences, in order: the line, and whether the first and the second have it."""
    first, second = iter(before), iter(after)
    one, two = next(first, None), next(second, None)
    while one is not None or two is not None:
        if two is None or (one is not None and one < two):
            assert one is not None
            yield one, True, False
            one = next(first, None)
        elif one is None or two < one:
            yield two, False, True
            two = next(second, None)
        else:
            yield one, True, True
            one, two = next(first, None), next(second, None)


def rdf_patch(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of an RDF Patch that makes the second of two releases out of the first."""
    yield _BEGIN
    for line, was, is_there in merged(before, after):
        if was != is_there:
            yield (b"A " if is_there else b"D ") + line
    yield _END


def patched(before: Iterable[bytes], patch: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of the release that a patch of `rdf_patch` makes. Raises ValueError if it is not for this one."""
    removed: set[bytes] = set()
    added = list[bytes]()
    for row in patch:
        if row in (_BEGIN, _END):
            continue
        if row[:2] == b"A ":
            added.append(row[2:])
        elif row[:2] == b"D ":
            removed.add(row[2:])
        else:
            raise ValueError(f"{row[:40]!r} is no line of a patch")
    for line, was, is_new in merged(before, added):
        if was and is_new:
            raise ValueError("the patch adds what is there already")
        if line in removed:
            removed.remove(line)
        else:
            yield line
    if removed:
        raise ValueError("the patch removes what is not there")


def changed_things(before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[ChangedThing]:
    """Yield what two sorted releases do not say alike, thing by thing."""
    for _, group in groupby(merged(before, after), key=lambda each: each[0].partition(b" ")[0]):
        rows = list(group)
        if all(was == is_there for _, was, is_there in rows):
            continue
        common, removed, added = list[Statement](), list[Statement](), list[Statement]()
        for line, was, is_there in rows:
            (common if was and is_there else added if is_there else removed).append(statement(line))
        yield ChangedThing((removed or added)[0].subject, tuple(removed), tuple(added), tuple(common))


def changed_questions(before: Path, first: Manifest, after: Path, second: Manifest) -> list[ChangedQuestion]:
    """Return what changed of the questions of two releases, in the order of their names."""
    one, two = _questions(first), _questions(second)
    found = []
    for path in sorted(one.keys() | two.keys(), key=_name):
        if path not in one:
            found.append(ChangedQuestion(_name(path), "added"))
        elif path not in two:
            found.append(ChangedQuestion(_name(path), "removed"))
        elif one[path] != two[path]:
            same = _without_header(before / path) == _without_header(after / path)
            found.append(ChangedQuestion(_name(path), "words" if same else "query"))
    return found


def statement(line: bytes) -> Statement:
    """Return a line of canonical N-Quads as a statement. Raises ReleaseDamaged for any other line."""
    found = _STATEMENT.fullmatch(line.decode("utf-8", "replace"))
    if found is None:
        raise ReleaseDamaged(f"{line[:60]!r} is no statement in a named graph.", mend="build the release again")
    return Statement(_plain(found[1]), _plain(found[2]), _value(found[3]), _plain(found[4]))


def _value(written: str) -> Value:
    if written.startswith("<") and not written.startswith("<<"):
        return Value(_plain(written[1:-1]), is_iri=True)
    found = _LITERAL.fullmatch(written)
    if found is None:
        return Value(written)
    return Value(_plain(found[1]), lang=found[2], datatype=_plain(found[3]) if found[3] else None)


def _plain(written: str) -> str:
    return _ESCAPE.sub(_unescaped, written) if "\\" in written else written


def _unescaped(found: re.Match[str]) -> str:
    mark = found[1]
    if len(mark) > 1:
        number = int(mark[1:], 16)
        return chr(number) if number <= 0x10FFFF else found[0]
    return _NAMED.get(mark, mark)


def _questions(manifest: Manifest) -> dict[str, str]:
    return {entry.path: entry.sha256 for entry in manifest.files if entry.path.startswith(QUERIES)}


def _name(path: str) -> str:
    return path.partition("/")[2].partition("/")[2].removesuffix(".rq")


def _without_header(path: Path) -> list[bytes]:
    try:
        return [line for line in path.read_bytes().splitlines() if not line.startswith(b"#+")]
    except OSError as problem:
        raise damaged(path.parents[2], f"{path.name} cannot be read: {problem.strerror}") from problem
