"""Text files: UTF-8 behind at most one byte order mark, and no character that a reader cannot see where it does harm.

Which characters do harm depends on where they stand (Unicode Standard, sections 23.2 to 23.8):

* nowhere: control characters other than tab and line feed, line separators that only some programs see, a byte order
  mark that does not begin the file, and noncharacters;
* in quoted texts only: what turns the direction of text (UAX #9), with which a comment could look like code; what
  embeds or overrides it is doubtful there too, since isolates do that without an effect on what follows;
* in quoted texts and comments only: blanks other than the space, joiners, marks of direction, soft hyphens and other
  characters without a shape. Languages are written with them; a name, an IRI or the space between two words is not.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from govplan.errors import GovplanError

# How quoted texts and comments are written: as in Turtle, TriG, N-Quads and SPARQL; as in TOML; or there are none.
Syntax = Literal["rdf", "toml", "codes"]
# A character that no text needs; one that turns the direction of what follows; one that only texts of a language need.
Doubt = Literal["harmful", "embedding", "text only"]
MARK = "\ufeff"
MAX_BYTES = 32 * 1024 * 1024
_MARK_BYTES = MARK.encode()
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")

# Of the basic plane, and beyond it.
_NOWHERE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff",
    "\U000e0001"
    + "".join(chr(plane + last) for plane in range(0x10000, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
)
_EMBEDDINGS, _ISOLATES = "\u202a-\u202e", "\u2066-\u2069"
_BLANKS = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_SHAPELESS = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufff8",
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0020-\U000e007f\U000e0100-\U000e01ef",
)
_HARMFUL = re.compile(f"[{''.join(_NOWHERE)}]")
_TURNING = re.compile(f"[{_EMBEDDINGS}{_ISOLATES}]")
_EMBEDDING = re.compile(f"[{_EMBEDDINGS}]")
_BLANK = re.compile(f"[{_BLANKS}]")
_TEXT_ONLY = re.compile(f"[{_EMBEDDINGS}{_ISOLATES}{_BLANKS}{''.join(_SHAPELESS)}]")
# What is worth a second look: everything beyond the basic plane is one range here, which is four times as fast.
_ODD = re.compile(f"[{_NOWHERE[0]}{_EMBEDDINGS}{_ISOLATES}{_BLANKS}{_SHAPELESS[0]}\r\U00010000-\U0010ffff]")
_NAMES = {"\x00": "NULL", "\r": "CARRIAGE RETURN", "\x7f": "DELETE", "\x85": "NEXT LINE", MARK: "BYTE ORDER MARK"}

# What is not closed reaches to the end, as a parser would read it.
_PARTS = {
    "rdf": re.compile(
        r'(?P<quoted>#\+[^\n]*|"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)?|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*+(?:\'\'\'|\Z)?'
        r'|"(?:[^"\\\n]|\\.)*+"?|\'(?:[^\'\\\n]|\\.)*+\'?)|(?P<comment>#[^\n]*)|(?P<iri><[^<>"{}|^`\x00-\x20]*>)|\\.',
        re.DOTALL,
    ),
    "toml": re.compile(
        r'(?P<quoted>"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)?|\'\'\'.*?(?:\'\'\'|\Z)|"(?:[^"\\\n]|\\.)*+"?|\'[^\'\n]*\'?)'
        r"|(?P<comment>#[^\n]*)|(?P<iri>(?!))",
        re.DOTALL,
    ),
}
_WITHIN = {"quoted": "a quoted text", "comment": "a comment", "iri": "an IRI"}


@dataclass(frozen=True, slots=True)
class Unseen:
    """A character that cannot be seen and does harm: what stands around it, and its line and column, from 1."""

    character: str
    within: str
    line: int
    column: int

    @property
    def what(self) -> str:
        """What is the matter, in words that end a sentence."""
        looks = "looks like a space" if _BLANK.match(self.character) else "cannot be seen"
        return f"{named(self.character)} in {self.within}, which {looks}"

    @property
    def mend(self) -> str:
        """How to mend it."""
        if self.character == "\r":
            return "save the file with line ends of LF or CRLF"
        return "write a space" if _BLANK.match(self.character) else "delete the character"


def named(character: str) -> str:
    """Return a character as its code point and its name in Unicode: `U+200B ZERO WIDTH SPACE`."""
    kind = "control character" if unicodedata.category(character) == "Cc" else "noncharacter"
    name = _NAMES.get(character) or unicodedata.name(character, kind)
    return f"U+{ord(character):04X} {name}"


def unseen(text: str, syntax: Syntax = "rdf") -> Iterator[Unseen]:
    """Yield each character that cannot be seen and does harm where it stands."""
    odd = [match for match in _ODD.finditer(text) if match[0] != "\r" or text[match.end() : match.end() + 1] != "\n"]
    if not odd:
        return
    parts = _PARTS[syntax].finditer(text) if syntax != "codes" else iter(())
    part = next(parts, None)
    for match in odd:
        while part is not None and part.end() <= match.start():
            part = next(parts, None)
        inside = part is not None and part.start() <= match.start()
        kind = part.lastgroup if part is not None and inside else None
        if _does_harm(match[0], kind):
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            yield Unseen(match[0], _WITHIN.get(kind or "", "a name or between words"), line, column)


def _does_harm(character: str, kind: str | None) -> bool:
    if character == "\r" or _HARMFUL.match(character):
        return True
    if _TURNING.match(character):
        return kind != "quoted"
    return kind not in ("quoted", "comment") and _TEXT_ONLY.match(character) is not None


def unseen_in_value(value: str) -> tuple[str, Doubt] | None:
    """Return the first character of a value that cannot be seen, and how doubtful it is; None for most values.

    The worst kind counts first. Line ends may stand in a value, however they are written.
    """
    if _ODD.search(value) is None:
        return None
    kinds: tuple[tuple[re.Pattern[str], Doubt], ...] = (
        (_HARMFUL, "harmful"),
        (_EMBEDDING, "embedding"),
        (_TEXT_ONLY, "text only"),
    )
    return next(((match[0], doubt) for kind, doubt in kinds if (match := kind.search(value))), None)


def without_mark(raw: bytes) -> bytes:
    """Return what stands behind a leading byte order mark of UTF-8; of two marks, one is taken."""
    return raw.removeprefix(_MARK_BYTES)


def decoded(raw: bytes, name: str, error: type[GovplanError]) -> str:
    """Return bytes as text with line ends of LF, a leading mark skipped; `name` is the file in words.

    Raises `error` with line and column if they are not UTF-8.
    """
    try:
        return without_mark(raw).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        before = problem.object[: problem.start]
        begin = before.rfind(b"\n") + 1
        line, column = before.count(b"\n") + 1, len(before[begin:].decode("utf-8")) + 1
        known = (
            "it is UTF-16"
            if raw.startswith(_UTF_16)
            else f"the byte {problem.object[problem.start]:#04x} begins no letter"
        )
        raise error(
            f"{name} is not UTF-8: {known}.", where=f"{name}:{line}:{column}", mend="save the file as UTF-8"
        ) from problem


def read_text(path: Path, name: str, error: type[GovplanError], syntax: Syntax = "rdf") -> str:
    """Return the text of a file as `decoded` does; `name` is what errors call the file.

    Raises `error` if it cannot be read, is larger than MAX_BYTES, is not UTF-8, or holds a character that cannot be
    seen and does harm, with line and column.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as problem:
        raise error(
            f"{name} cannot be read: {problem.strerror or problem}.",
            where=name,
            mend="name a file, and check its permissions",
        ) from problem
    if raw is None:
        raise error(f"{name} is larger than {MAX_BYTES} bytes.", where=name, mend="split the file")
    text = decoded(raw, name, error)
    refuse_unseen(text, name, error, syntax)
    return text


def refuse_unseen(text: str, name: str, error: type[GovplanError], syntax: Syntax = "rdf") -> None:
    """Raise `error` for the first character that cannot be seen and does harm, and say how many there are."""
    found = list(unseen(text, syntax))
    if found:
        first, more = found[0], len(found) - 1
        others = f" ({more} more in this file)" if more else ""
        raise error(f"{name} holds {first.what}{others}.", where=f"{name}:{first.line}:{first.column}", mend=first.mend)
