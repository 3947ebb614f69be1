"""Reading a SPARQL JSON answer row by row: a large one is never held as Python values at once.

Whoever reads decides how far. Between two pieces and between two rows the deadline of the request is looked at.
"""

import codecs
import json
import re
from collections.abc import Generator, Iterator
from typing import Any

from govplan.deadline import check
from govplan.errors import AnswerTooLarge, QueryTooDeep, StoreUnavailable
from govplan.sparql.port import Answer

Row = dict[str, Any]
# The longest row that is read: its decoding is one step that nothing interrupts.
ROW_BYTES = 4 << 20
_PIECE = 1 << 16
_DECODER = json.JSONDecoder()
# SPARQL 1.1 JSON results (section 3): the head comes first in what our stores write.
_HEAD = re.compile(r'\s*\{\s*"head"\s*:\s*')
_BODY = re.compile(r'\s*,\s*(?:"boolean"\s*:\s*|"results"\s*:\s*\{\s*"bindings"\s*:\s*(?P<rows>\[))')
# Either is shorter, white space apart, so one that does not fit so many characters is not there.
_ENOUGH = 64
_MARK = re.compile(r"\s*(?P<mark>\S)")


class Results:
    """The answer of a SELECT or an ASK: `columns`, the rows by iteration, or the word `boolean`.

    With `most`, only so many bytes are read; `cut` says afterwards that there was more. Reading ends with the last row,
    or by `close`.
    """

    def __init__(self, answer: Answer, most: int | None = None) -> None:
        """Read the head. Raises StoreUnavailable if this is no SPARQL JSON, AnswerTooLarge for a head past `most`."""
        self.cut = False
        self.boolean: bool | None = None
        self._answer = answer
        self._pieces = _pieces(answer)
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._left = most
        self._text, self._at = "", 0
        try:
            self._expect(_HEAD)
            self.columns: tuple[str, ...] = tuple(self._value().get("vars", ()))
            if not self._expect(_BODY)["rows"]:
                self.boolean = self._value()
        except _Spent as spent:
            self.close()
            raise self._too_large() from spent
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows that are left: variable → term. Raises as the constructor does, and QueryTooDeep."""
        try:
            if self.boolean is None and self._next() != "]":
                yield self._value()
                while self._next() == ",":
                    self._at += 1
                    yield self._value()
        except _Spent:
            self.cut = True
        finally:
            self.close()

    def close(self) -> None:
        """Read no further and give back the file of the answer."""
        self._pieces.close()
        self._answer.close()

    def _value(self) -> Any:
        check()
        self._next()
        while True:
            try:
                found, self._at = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                self._more()
            except RecursionError as problem:  # triple terms in triple terms
                raise QueryTooDeep from problem
            else:
                return found

    def _expect(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Go past what has to come next."""
        while (found := pattern.match(self._text, self._at)) is None:
            if len(self._text) - self._at >= _ENOUGH:
                raise StoreUnavailable("The store answered with something other than SPARQL JSON results.")
            self._more()
        self._at = found.end()
        return found

    def _next(self) -> str:
        """Return the next character that is no white space."""
        while not (found := _MARK.match(self._text, self._at)):
            self._more()
        self._at = found.start("mark")
        return found["mark"]

    def _more(self) -> None:
        """Read as much again as is not used yet: a row of many pieces is not begun anew for each of them.

        Raises StoreUnavailable where there is nothing more, _Spent where no more may be read.
        """
        unread = self._text[self._at :]
        if self._left is None and len(unread) > ROW_BYTES:
            raise self._too_large()
        read = 0
        pieces = [unread]
        while read <= len(unread):
            check()
            piece = b"" if self._left is not None and self._left <= 0 else next(self._pieces, b"")
            if not piece:
                break
            read += len(piece)
            pieces.append(self._decode(piece))
            if self._left is not None:
                self._left -= len(piece)
        if not read:
            if self._left is not None and self._left <= 0:
                raise _Spent
            raise StoreUnavailable("The store answered with a part of SPARQL JSON results.")
        self._text, self._at = "".join(pieces), 0

    def _too_large(self) -> AnswerTooLarge:
        return AnswerTooLarge(observed=len(self._text) - self._at, limit=ROW_BYTES, setting="bytes of one row")


class _Spent(Exception):
    """As much was read as may be."""


def _pieces(answer: Answer) -> Generator[bytes, None, None]:
    for piece in answer.pieces():
        for start in range(0, len(piece), _PIECE):
            yield piece[start : start + _PIECE]
