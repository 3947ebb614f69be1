"""Conventions the index: the same entries give the same bytes with the same SQLite."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from govplan.search.entry import ROLES, Entry
from govplan.search.words import bounded

FILE = "search.sqlite"
# `words` has a row per thing and language, so that all words asked for may come from its label and its definition, and
# `text` says with the same number which thing and language that is;
# `vocabulary` has every word once, for parts of words and typing errors.
_SCHEMA = f"""
PRAGMA page_size = 4096;
CREATE TABLE entry (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, type TEXT NOT NULL, scheme TEXT NOT NULL,
  weight REAL NOT NULL);
CREATE TABLE text (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry, lang TEXT NOT NULL,
  label TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5({", ".join(ROLES)},
  tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3 4');
CREATE VIRTUAL TABLE vocabulary USING fts5(word, uses UNINDEXED, tokenize = 'trigram');
"""
_JOINT = "\n"


def write_index(path: Path, entries: Iterable[Entry]) -> int:
    """Write the index as a new file and return the number of entries. Raises OSError if the disk refuses."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            count = _fill(connection, entries)
            connection.execute("VACUUM")
    except sqlite3.OperationalError as problem:  # a full disk, a folder that is none
        raise OSError(f"{path.name}: {problem}") from problem
    return count


def in_memory(entries: Iterable[Entry]) -> bytes:
    """Return the same index as bytes, for things that belong to no release."""
    with closing(sqlite3.connect(":memory:")) as connection:
        _fill(connection, entries)
        return connection.serialize()


def _fill(connection: sqlite3.Connection, entries: Iterable[Entry]) -> int:
    connection.executescript(_SCHEMA)
    number = 0
    for number, entry in enumerate(sorted(entries, key=lambda each: each.iri), start=1):
        connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (number, entry.iri, entry.type, entry.scheme, entry.weight)
        )
        _texts(connection, number, entry)
    connection.execute("INSERT INTO words(words) VALUES ('optimize')")
    connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'words', 'row')")
    terms = connection.execute("SELECT term, cnt FROM temp.terms ORDER BY term").fetchall()
    connection.executemany("INSERT INTO vocabulary VALUES (?, ?)", [(bounded(term), uses) for term, uses in terms])
    connection.execute("INSERT INTO vocabulary(vocabulary) VALUES ('optimize')")
    connection.execute("DROP TABLE temp.terms")
    connection.commit()
    return number


def _texts(connection: sqlite3.Connection, number: int, entry: Entry) -> None:
    by_language: dict[str, dict[str, list[str]]] = {}
    for text in sorted(entry.texts, key=lambda each: (each.lang, ROLES.index(each.role), each.value)):
        by_language.setdefault(text.lang, {}).setdefault(text.role, []).append(text.value)
    plain = by_language.pop("", {})
    for lang, texts in sorted(by_language.items()) or [("", {})]:
        label = next(iter(texts.get("label", []) or plain.get("label", [])), "")
        row = connection.execute(
            "INSERT INTO text (entry, lang, label) VALUES (?, ?, ?)", (number, lang, label)
        ).lastrowid
        columns = [_JOINT.join(texts.get(role, []) + plain.get(role, [])) for role in ROLES]
        connection.execute("INSERT INTO words (rowid, label, name, note, code) VALUES (?, ?, ?, ?, ?)", (row, *columns))
