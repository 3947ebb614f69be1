"""From what a person types to an FTS5 expression that is always well-formed: only letters and digits ever reach it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from govplan.errors import GovplanError

MAX_CHARACTERS = 200
MAX_WORDS = 16
_BEGINNING = 3
_TOKEN = re.compile(r"[^\W_]+")


class SearchRefused(GovplanError):
    """A text to look for that is too long; nobody types this much by hand."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of the text between spaces, as the words that must follow each other: `6.3` is 6 and 3."""

    words: tuple[str, ...]

    @property
    def single(self) -> str | None:
        """The word if there is only one; only then other words may stand in for it."""
        return self.words[0] if len(self.words) == 1 else None

    def phrase(self, typing: bool) -> str:
        """Return the FTS5 phrase that finds these words, the last one as a beginning.

        A word of one or two letters is one only while somebody is `typing` it; otherwise it is whole.
        """
        beginning = typing or len(self.words[-1]) >= _BEGINNING
        return f'"{" ".join(self.words)}"' + (" *" if beginning else "")


def folded(text: str) -> str:
    """Return a text without accents and capitals, as the index compares it."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def chunks(text: str) -> tuple[Chunk, ...]:
    """Return the chunks of a text, none if it holds no letter and no digit. Raises SearchRefused if it is too long."""
    if len(text) > MAX_CHARACTERS:
        raise SearchRefused(
            f"The text to look for has {len(text)} characters; {MAX_CHARACTERS} are read.",
            mend="look for fewer words",
        )
    pieces = (tuple(_TOKEN.findall(piece)) for piece in folded(text).split())
    found = tuple(Chunk(piece) for piece in pieces if piece)
    if (count := sum(len(chunk.words) for chunk in found)) > MAX_WORDS:
        raise SearchRefused(
            f"The text to look for has {count} words; {MAX_WORDS} are read.", mend="look for fewer words"
        )
    return found


def plain(text: str) -> str:
    """Return the words of a text, folded, with single spaces between them."""
    return " ".join(_TOKEN.findall(folded(text)))


def either(alternatives: Iterable[str]) -> str:
    """Return the expression that any of these words fulfils; they must be words of the index."""
    return "(" + " OR ".join(f'"{word}"' for word in alternatives) + ")"


def trigrams(word: str) -> tuple[str, ...]:
    """Return the runs of three characters of a word that is marked at both ends."""
    marked = bounded(word)
    return tuple(dict.fromkeys(marked[place : place + 3] for place in range(len(marked) - 2)))


def bounded(word: str) -> str:
    """Return a word with a mark at each end, so that a beginning differs from a middle."""
    return f"_{word}_"
