"""The words, brackets and terms of a query that the scan has passed, with the bracket that closes each.

Made for texts that an engine takes for queries; of any other it only has to reach the end, in linear time. It tells
less apart than the scan does, so that a worker, which has to compile its expressions, still starts in no time.
"""

import re
import string

_NAMED = string.ascii_letters + string.digits + "_"


def _one_of(names: str) -> str:
    """Return the set of these characters and all beyond ASCII: which of those may stand in a name, the scan knows."""
    return "[^" + "".join(re.escape(chr(code)) for code in range(128) if chr(code) not in names) + "]"


def _string(quote: str) -> str:
    short = rf"{quote}(?:[^{quote}\\\n\r]++|\\.)*+{quote}"
    return rf"{quote * 3}(?:[^{quote}\\]++|\\.|{quote}(?!{quote}{quote}))*+{quote * 3}|{short}"


_NUMBER = r"(?:[0-9]++\.(?=[eE])|[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+"
# Without a bound a row of dots and letters would be read again from each of its letters.
_LABEL = rf"(?:_|{_one_of(string.ascii_letters)}{_one_of(_NAMED + '.-')}{{0,200}}+(?<!\.))?+"
_LOCAL = rf"(?:{_one_of(_NAMED + ':%')}|\\.)(?:{_one_of(_NAMED + ':%-')}++|\\.|\.++(?={_one_of(_NAMED + ':%-')}|\\))*+"
_SPACE = r"[ \t\n\r]++|\#[^\n\r]*+"
_VARIABLE = rf"[?$]{_one_of(_NAMED)}++"
_LITERAL = rf"{_string(chr(39))}|{_string(chr(34))}|{_NUMBER}|@[A-Za-z0-9-]++"
_NAME = rf"{_LABEL}:(?:{_LOCAL})?+"
_IRI = r"""<[^\x00-\x20<>"{}|^`]*+>"""
_WORD = r"[A-Za-z][A-Za-z0-9_]*+"
# Up to CLOSE they may be the end of an operand.
VARIABLE, LITERAL, NAME, IRI, CLOSE, WORD, OPEN, OTHER, END = range(1, 10)
_TOKENS = re.compile(
    rf"(?:{_SPACE})*+(?:({_VARIABLE})|({_LITERAL})|({_NAME})|({_IRI})|(\|\}}|>>|[)\]}}])|({_WORD})"
    rf"|(<<|\{{\||[(\[{{])|(.)|(\Z))",
    re.DOTALL,
)
_MENTIONS = ("order", "min", "max")
# All up to the first of these words, or to what may be an IRI or a comparison. No comparison has a scheme and slashes.
_UP_TO_MENTION = re.compile(
    rf"(?:{_SPACE}|{_VARIABLE}|{_LITERAL}|{_NAME}|(?!(?i:ORDER|MIN|MAX)(?![A-Za-z0-9_])){_WORD}"
    rf"|<[A-Za-z][A-Za-z0-9+.-]*+://{_IRI[1:]}|(?!{_IRI})[^A-Za-z\"'])*+",
    re.DOTALL,
)
_PAIRS = {"(": ")", "[": "]", "{": "}", "{|": "|}", "<<": ">>"}
_TERMS = {"TRUE", "FALSE"}
# In parentheses after these stand terms; after any other word an expression.
_LISTED = {"A", "UNDEF", "VALUES", *_TERMS}
_CLAUSES = {"SELECT", "BY", "HAVING"}
_CLAUSE_ENDS = {"WHERE", "FROM", "LIMIT", "OFFSET", "VALUES"}


def first_mention(query: str) -> int | None:
    """Return where ORDER, MIN or MAX first stands, or 0 if that is not to be told so simply; None if nowhere."""
    lowered = query.lower()
    if not any(word in lowered for word in _MENTIONS):
        return None
    match = _UP_TO_MENTION.match(query)
    assert match is not None
    if match.end() == len(query):
        return None
    return match.end() if query[match.end()].isalpha() else 0


class Unreadable(Exception):
    """A string or a bracket of the text is not closed, or a bracket not by its like."""


class _Bracket:
    """An open bracket: its token's number and text, and whether it holds an expression.

    `clause` says whether a clause is open in it whose parentheses do.
    """

    __slots__ = ("clause", "expression", "number", "text")

    def __init__(self, number: int, text: str, *, expression: bool) -> None:
        self.number, self.text, self.expression, self.clause = number, text, expression, False


class Reading:
    """The tokens of a query as kind, start and end.

    By the number of their token, `words` gives words in capitals, and `closing` the bracket that closes one.
    """

    def __init__(self, query: str, start: int = 0) -> None:
        """Read a query from one of its keywords to the end; brackets may close that opened before it.

        Raises Unreadable.
        """
        self.query = query
        self.tokens: list[tuple[int, int, int]] = []
        self.words: dict[int, str] = {}
        self.closing: dict[int, int] = {}
        self._open = [_Bracket(-1, "", expression=False)]
        self._within = start > 0
        offset: int | None = start
        while offset is not None:
            offset = self._read(offset)
        if len(self._open) > 1:
            raise Unreadable

    def text(self, number: int) -> str:
        """Return the text of a token, of a word in capitals; "" past the last."""
        if number >= len(self.tokens):
            return ""
        kind, start, end = self.tokens[number]
        return self.words[number] if kind == WORD else self.query[start:end]

    def _read(self, start: int) -> int | None:
        """Read from `start` to the end and return None, or to a `<` that begins no IRI and return where to go on."""
        tokens = self.tokens
        before = tokens[-1][0] if tokens else OTHER
        for match in _TOKENS.finditer(self.query, start):
            kind = match.lastindex or END
            at = match.start(kind)
            operand = before <= CLOSE and self._open[-1].expression
            if operand and kind in (IRI, OPEN) and self.query[at] == "<":
                tokens.append((OTHER, at, at + 1))
                return at + 1
            before = self._kind(kind, match.group(kind)) if kind in (CLOSE, WORD, OPEN, OTHER) else kind
            tokens.append((before, at, match.end()))
        return None

    def _kind(self, kind: int, text: str) -> int:
        """Note a bracket or a word, which becomes the next token; return the kind that it is after all."""
        top = self._open[-1]
        number = len(self.tokens)
        if kind == OPEN:
            expression = text == "(" and self._expects_expression(top)
            # A group ends a clause, except the one that EXISTS has.
            top.clause = top.clause and (text != "{" or self.words.get(number - 1) == "EXISTS")
            self._open.append(_Bracket(number, text, expression=expression))
        elif kind == CLOSE:
            if text == ">>" and top.text != "<<":
                return OTHER
            if top.number < 0 and self._within:
                return CLOSE
            if _PAIRS.get(top.text) != text:
                raise Unreadable
            self.closing[top.number] = number
            self._open.pop()
        elif kind == OTHER:
            # To look for the end of each quotation mark that has none would take the square of the time.
            if text in ("'", '"'):
                raise Unreadable
        else:
            word = self.words[number] = text.upper()
            top.clause = word in _CLAUSES or (top.clause and word not in _CLAUSE_ENDS)
            # A word that is a term may be the end of an operand.
            return LITERAL if word in _TERMS else WORD
        return kind

    def _expects_expression(self, top: _Bracket) -> bool:
        """Whether a parenthesis that opens here holds an expression.

        After an operand in it `<` means less; elsewhere it begins an IRI.
        """
        if top.text not in ("", "{"):
            return top.expression
        number = len(self.tokens)
        word = self.words.get(number - 1)
        if word is not None and word not in _LISTED:
            return True
        named = number > 0 and self.tokens[number - 1][0] in (NAME, IRI)
        return top.clause or (named and self.words.get(number - 2) == "FILTER")
