"""Reading the index: what a person types → things, best first, each with the text that matched."""

import sqlite3
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rapidfuzz.distance import OSA

from govplan import deadline
from govplan.languages import preference, speaks
from govplan.search.entry import ROLES
from govplan.search.found import Found, Hit, Piece, Suggestion, Thing
from govplan.search.words import Chunk, chunks, either, folded, plain, trigrams

# A hit in the label counts most; the row of the language asked for counts more than another one's.
_BM25 = "bm25(words, 10, 6, 1.5, 8)"
# What a word in another language than the reader's counts for.
_FOREIGN = 0.7
_BEGINS, _SAME = 3.0, 10.0
# Shorter words are in too many others to be looked for inside them, and too near to too many to be corrected.
_PART, _TYPO, _LONG = 4, 4, 6
_CANDIDATES, _ALTERNATIVES, _CORRECTIONS = 60, 40, 3
_BEGIN, _END = "\x02", "\x03"
# Instructions of SQLite between two looks at the clock: some tenths of a millisecond.
_INSTRUCTIONS = 10_000


class Index:
    """The index of one release, or of the questions. Threads may share it: no two use one connection at a time.

    Every search raises QueryTimedOut where the work at hand has a deadline.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], languages: Sequence[str]) -> None:
        """Read what every answer needs: which things there are and their labels, some hundred bytes a label.

        `languages` are those of the project, in which labels stand in for those that the reader's language lacks.
        """
        self._connect, self._languages = connect, languages
        self._idle: list[sqlite3.Connection] = []
        weakref.finalize(self, _close, self._idle)
        things: dict[int, Thing] = {}
        for number, iri, type_, scheme, weight in self._read("SELECT id, iri, type, scheme, weight FROM entry"):
            things[number] = Thing(iri, type_, scheme, weight, {})
        self._rows: dict[int, tuple[Thing, str, str]] = {}
        for row, number, lang, label in self._read("SELECT id, entry, lang, label FROM text ORDER BY id"):
            things[number].labels[lang] = label
            self._rows[row] = things[number], lang, folded(label)
        self._things = {thing.iri: thing for thing in things.values()}
        self.types = frozenset(thing.type for thing in things.values())
        self.schemes = frozenset(thing.scheme for thing in things.values() if thing.scheme)

    @classmethod
    def of_file(cls, path: Path, languages: Sequence[str]) -> "Index":
        """Open the file of a verified release; it is never written. Raises sqlite3.Error if it is no index."""
        return cls(lambda: _connected(path), languages)

    @classmethod
    def of_bytes(cls, image: bytes, languages: Sequence[str]) -> "Index":
        """Open an index that `in_memory` made."""

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(":memory:", check_same_thread=False)
            connection.deserialize(image)
            return connection

        return cls(connect, languages)

    def find(
        self, text: str, language: str, types: Collection[str] = (), limit: int = 50, each: int | None = None
    ) -> Found:
        """Return what a text finds, best first; `types` are the IRIs of the classes to keep, none means all.

        At most `limit` things are returned, and at most `each` of one class.

        The last word counts as the beginning of a word and so does every other of three letters or more; a longer one
        may also be a part of a word; one that is nowhere is corrected. `counts` are of all classes.
        Raises SearchRefused for a text that is too long.
        """
        asked = chunks(text)
        corrected: dict[str, tuple[str, ...]] = {}
        terms = [self._term(chunk, chunk is asked[-1], corrected) for chunk in asked]
        known = [term for term in terms if term]
        expression, ranked = " AND ".join(known), []
        if known and len(known) == len(terms):
            ranked = self._ranked(expression, text, language)
        partial = not ranked and len(terms) > 1 and bool(known)
        if partial:
            expression = " OR ".join(known)
            ranked = self._ranked(expression, text, language)
        kept = _first([pair for pair in ranked if not types or pair[0].type in types], limit, each)
        hits = tuple(self._hit(thing, row, expression, language) for thing, row in kept)
        return Found(dict(Counter(thing.type for thing, _ in ranked)), hits, corrected, partial and bool(ranked))

    def by_iri(self, iri: str, language: str) -> Hit | None:
        """Return the thing with this IRI, None if it is not in the index."""
        thing = self._things.get(iri)
        return Hit(thing, *self._label(thing, language), None, (), "") if thing else None

    def suggest(self, text: str, language: str, of: str, limit: int = 20) -> tuple[Suggestion, ...]:
        """Return things of the class `of`, or codes of the scheme, if every word begins a word of their label.

        They are in the order of their labels; an empty text gives the first. Raises SearchRefused.
        """
        begins = [" ".join(chunk.words) for chunk in chunks(text)]
        found = []
        for thing in deadline.checked(self._things.values()):
            if of not in (thing.type, thing.scheme):
                continue
            label, lang = self._label(thing, language)
            words = f" {plain(label)} {plain(thing.iri.rpartition('/')[2])}"
            if all(f" {begin}" in words for begin in begins):
                found.append((folded(label), thing.iri, Suggestion(thing.iri, label, lang)))
        return tuple(suggestion for _, _, suggestion in sorted(found, key=lambda each: each[:2])[:limit])

    def _term(self, chunk: Chunk, last: bool, corrected: dict[str, tuple[str, ...]]) -> str:
        """Return the expression for one chunk, empty if no word of the index is like it."""
        phrase, word = chunk.phrase(last), chunk.single
        if word is None:
            return phrase
        if len(word) >= _PART and (inside := self._words_with(word)):
            return f"({phrase} OR {either(inside)})"
        if self._read("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", phrase):
            return phrase
        if len(word) >= _TYPO and (near := self._near(word)):
            corrected[word] = near
            return either(near)
        return ""

    def _words_with(self, part: str) -> tuple[str, ...]:
        rows = self._read(
            "SELECT word FROM vocabulary WHERE vocabulary MATCH ? ORDER BY uses DESC, word LIMIT ?",
            f'"{part}"',
            _ALTERNATIVES,
        )
        return tuple(word.strip("_") for (word,) in rows)

    def _near(self, word: str) -> tuple[str, ...]:
        """Return the words that were probably meant: of those that share most trigrams the ones of fewest mistakes.

        One letter wrong, missing, too many or swapped is allowed, from six letters on two; who is still typing has only
        the beginning of a word.
        """
        rows = self._read(
            "SELECT word, uses FROM vocabulary WHERE vocabulary MATCH ? ORDER BY rank, word LIMIT ?",
            " OR ".join(f'"{each}"' for each in trigrams(word)),
            _CANDIDATES,
        )
        allowed = 2 if len(word) >= _LONG else 1
        near = []
        for marked, uses in rows:
            other = marked.strip("_")
            mistakes = min(
                OSA.distance(word, other, score_cutoff=allowed),
                OSA.distance(word, other[: len(word)], score_cutoff=allowed) + 0.5,
            )
            near.append((mistakes, -uses, other))
        best = min(near, default=(allowed + 1.0, 0, ""))[0]
        return tuple(other for mistakes, _, other in sorted(near) if best <= allowed and mistakes <= best + 0.5)[
            :_CORRECTIONS
        ]

    def _ranked(self, expression: str, text: str, language: str) -> list[tuple[Thing, int]]:
        """Return each thing that matches once, with the number of its best row, best first."""
        whole = folded(text).strip()
        best: dict[str, tuple[float, str, int]] = {}
        found = self._read(f"SELECT rowid, {_BM25} FROM words WHERE words MATCH ?", expression)
        for row, score in deadline.checked(found):
            thing, lang, label = self._rows[row]
            rank = score * thing.weight
            if lang and lang != language and not speaks(lang, language):
                rank *= _FOREIGN
            if label.startswith(whole):
                rank *= _SAME if label == whole else _BEGINS
            if thing.iri not in best or rank < best[thing.iri][0]:
                best[thing.iri] = rank, thing.iri, row
        return [(self._things[iri], row) for _, iri, row in sorted(best.values())]

    def _hit(self, thing: Thing, row: int, expression: str, language: str) -> Hit:
        marks = ", ".join(f"snippet(words, {place}, '{_BEGIN}', '{_END}', '…', 24)" for place in range(len(ROLES)))
        [texts] = self._read(f"SELECT {marks} FROM words WHERE words MATCH ? AND rowid = ?", expression, row)
        role, match = next(pair for pair in zip(ROLES, texts, strict=True) if _BEGIN in pair[1])
        return Hit(thing, *self._label(thing, language), role, tuple(_pieces(match)), self._rows[row][1])

    def _label(self, thing: Thing, language: str) -> tuple[str, str]:
        return thing.label(preference(language, self._languages))

    def _read(self, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
        deadline.check()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
            connection.set_progress_handler(deadline.over, _INSTRUCTIONS)
        try:
            return connection.execute(statement, values).fetchall()
        except sqlite3.OperationalError:
            deadline.check()  # it stops what it runs when the time is over
            raise
        finally:
            self._idle.append(connection)


def check_index(path: Path) -> None:
    """See whether the file of a release opens and answers. Raises sqlite3.Error if it does not."""
    with closing(_connected(path)) as connection:
        for table in ("entry", "text", "words", "vocabulary"):
            connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchall()


def _connected(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def _first(ranked: Sequence[tuple[Thing, int]], limit: int, each: int | None) -> list[tuple[Thing, int]]:
    if each is None:
        return list(ranked[:limit])
    seen: Counter[str] = Counter()
    kept = []
    for thing, row in ranked:
        seen[thing.type] += 1
        if seen[thing.type] <= each:
            kept.append((thing, row))
    return kept[:limit]


def _close(connections: list[sqlite3.Connection]) -> None:
    for connection in connections:
        connection.close()


def _pieces(marked: str) -> Iterator[Piece]:
    for part in marked.replace("\n", " · ").split(_BEGIN):
        found, end, rest = part.partition(_END)
        pieces = (Piece(found, True), Piece(rest, False)) if end else (Piece(part, False),)
        yield from (piece for piece in pieces if piece.text)
