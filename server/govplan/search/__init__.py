"""Finding things by their words: one SQLite FTS5 file per release, in every language, with accents and typing errors.

Plain values go in and come out; what a thing is called and what counts is decided where the release is read.
"""

from govplan.search.entry import ROLES, Entry, Text
from govplan.search.find import Index, check_index
from govplan.search.found import Found, Hit, Piece, Suggestion, Thing
from govplan.search.words import MAX_CHARACTERS, SearchRefused
from govplan.search.write import FILE, in_memory, write_index

__all__ = [
    "FILE",
    "MAX_CHARACTERS",
    "ROLES",
    "Entry",
    "Found",
    "Hit",
    "Index",
    "Piece",
    "SearchRefused",
    "Suggestion",
    "Text",
    "Thing",
    "check_index",
    "in_memory",
    "write_index",
]
