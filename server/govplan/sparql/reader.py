"""Reading a query terminal by terminal, with the brackets that it stands in: what `scan` needs to know of it.

Oxigraph has no terminals. It reads character by character, each time what its grammar allows there, so `SERVICEa:b{}`
is to it a SERVICE clause with the name a:b, and in `?a<?b)SERVICE#>` the `<` begins no IRI. Engines that follow the
standard take the longest terminal. So text that the two read differently is refused, unless both readings are harmless.
"""

import re
from collections.abc import Callable
from typing import ClassVar

from govplan import deadline
from govplan.errors import QueryMalformed, QueryRefused
from govplan.formats import Form
from govplan.sparql import brackets, names, tokens
from govplan.sparql.brackets import Brackets
from govplan.sparql.limits import Limits
from govplan.sparql.position import position

_FORMS: dict[str, Form] = {"SELECT": "SELECT", "ASK": "ASK", "CONSTRUCT": "CONSTRUCT", "DESCRIBE": "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
# Words that are terms; all others end a triple.
_TERMS = {"A", "TRUE", "FALSE", "UNDEF"}
# What follows these in braces is planned by itself.
_APART = {"OPTIONAL", "MINUS", "EXISTS", "LATERAL", "UNION"}
_CHAINED = {*_APART, "VALUES"}
_JOINED = {"OPTIONAL", "VALUES"}
_CLAUSES = {"SELECT", "BY", "HAVING"}
_CLAUSE_ENDS = {"WHERE", "FROM", "LIMIT", "OFFSET", "VALUES"}
# Calls whose arguments Oxigraph reads once for each of its two forms.
_RETRIED = {"REGEX", "SUBSTR", "REPLACE", "GROUP_CONCAT"}
_SETS_DATA = {"VALUES": True, "CONSTRUCT": True, "WHERE": False, "FROM": False}
_SLOTS = {".": 0, ";": 1, ",": 2}
_PREFIXES = {"!", "-", "+", "^"}
_PATHS = {"/", "|", "!", "^"}
_NAMES = {tokens.VARIABLE, tokens.NAME, tokens.IRI}
_UNWATCHED = 1000  # tokens between two looks at the clock: about a millisecond


class Reader:
    """The state of one scan; `word` is the last keyword in capitals, `word_at` the number of its token."""

    def __init__(self, query: str, limits: Limits) -> None:
        self.query = query
        self.brackets = Brackets(limits)
        self.count = self.pause = 0
        self.form: Form | None = None
        self.star: int | None = None
        self.variables: dict[str, None] = {}
        self.prefixes: set[str] = set()
        self.words: set[str] = set()
        self.word = ""
        self.word_at = -1
        self.name = ""
        self.data_next = False
        self.prefixed = 0
        self.prefixed_at = -1
        self.suspects = "service" in query.lower()
        self.suspect = ""
        self.suspect_at = -2

    def read(self) -> Form:
        """Read the text to its end and return the query's form. Raises what `scan` says."""
        offset: int | None = 0
        while offset is not None:
            offset = self._read(offset)
        self._flush()
        self.brackets.end(self.count)
        if self.form is None:
            raise QueryMalformed("The text holds no query: SELECT, ASK, CONSTRUCT or DESCRIBE is missing.")
        return self.form

    def _read(self, start: int) -> int | None:
        """Read from `start` to the end and return None, or to a `<` that begins no IRI and return where to go on."""
        state, variables = self.brackets, self.variables
        handlers = self._HANDLERS
        before = tokens.RELATION
        for match in tokens.TERMINALS.finditer(self.query, start):
            kind = match.lastindex or tokens.END
            self.count += 1
            if self.count > self.pause and kind != tokens.END:
                self._look_up()
            if kind <= tokens.NUMBER:
                state.top.terms += 1
                if kind == tokens.VARIABLE:
                    variables.setdefault(match.group(kind)[1:])
                elif kind == tokens.NUMBER and before <= tokens.CLOSE and state.top.kind == brackets.EXPRESSION:
                    state.operator()
                before = kind
            elif kind == tokens.END:
                self.count -= 1
            elif state.top.kind >= brackets.DOUBTFUL and before <= tokens.CLOSE and self._is_less(match, kind):
                return match.start(kind) + 1
            else:
                before = handlers[kind](self, match, before)
        return None

    def _look_up(self) -> None:
        """Refuse a text of too many tokens, or out of its time, and say after which token to look again."""
        deadline.check()
        self.brackets.long(self.count)
        self.pause = min(self.brackets.limits.tokens, self.count + _UNWATCHED)

    def _is_less(self, match: re.Match[str], kind: int) -> bool:
        """Whether a comparison follows an operand, though the text also begins an IRI or a triple term."""
        if kind not in (tokens.IRI, tokens.OPEN) or (text := match.group(kind))[0] != "<":
            return False
        if self.brackets.top.kind == brackets.DOUBTFUL and not names.absolute(text):
            raise self._malformed(f"{text} can be read as an IRI or as a comparison; write an absolute IRI", match)
        return self.brackets.top.kind == brackets.EXPRESSION

    def _language(self, match: re.Match[str], before: int) -> int:
        return tokens.LANGUAGE

    def _iri(self, match: re.Match[str], before: int) -> int:
        self.brackets.top.terms += before != tokens.RELATION
        return tokens.IRI

    def _name(self, match: re.Match[str], before: int) -> int:
        self.name = name = match.group(tokens.NAME)
        label = name.partition(":")[0]
        top, word = self.brackets.top, self.word if before == tokens.WORD else ""
        if word == "PREFIX":
            self.prefixes.add(label)
            return tokens.NAME
        if label not in self.prefixes:
            raise self._malformed(f"The prefix {label}: is not declared; begin with PREFIX {label}: <…>", match)
        if top.kind == brackets.HEAD:
            described = self.form == "DESCRIBE" and before != tokens.OPERATOR
            if label[:4].upper() == "FROM" and word not in ("FROM", "NAMED") and not described:
                raise self._malformed(f"{name} can be read as a name or as FROM; rename the prefix", match)
        elif self.suspects and word != "GRAPH" and "service" in name.lower():
            # As the object of a triple the engine, too, reads the whole name, unless it has dots.
            whole = before == tokens.RELATION or top.slot + top.terms == 2
            if not whole or names.dotted(name):
                self.suspect, self.suspect_at = name, self.count
        # A datatype belongs to the literal before it.
        top.terms += before != tokens.RELATION
        return tokens.NAME

    def _word(self, match: re.Match[str], before: int) -> int:
        text = match.group(tokens.WORD)
        word = text.upper()
        if word not in tokens.WORDS:
            raise self._malformed(f"{text} is no word of SPARQL", match)
        if word in _TERMS:
            self.brackets.top.terms += 1
            return tokens.BLANK
        if self.form is None:
            if word in _UPDATES:
                raise QueryRefused(
                    f"{word} is an update; this endpoint publishes releases that never change.",
                    feature="update",
                    mend="send a SELECT, ASK, CONSTRUCT or DESCRIBE query",
                )
            self.form = _FORMS.get(word)
        if word in ("SERVICE", "SILENT"):
            raise _service()
        self._flush()
        self._structure(word)
        self.words.add(word)
        self.word, self.word_at = word, self.count
        return tokens.WORD

    def _structure(self, word: str) -> None:
        """Note what a keyword says of the brackets that follow it, or of the one that it stands in."""
        state, top = self.brackets, self.brackets.top
        if word in _CHAINED:
            state.operator()
            top.width += word in _JOINED
        if word == "UNION":
            state.union()
        elif word == "SELECT" and top.kind == brackets.GROUP:
            state.apart()
        elif word in _SETS_DATA:
            self.data_next = _SETS_DATA[word]
        top.clause = word in _CLAUSES or (top.clause and word not in _CLAUSE_ENDS)

    def _open(self, match: re.Match[str], before: int) -> int:
        text = match.group(tokens.OPEN)
        state, top = self.brackets, self.brackets.top
        if text == "{":
            kind = self._group(before)
        elif top.kind == brackets.DATA:
            kind = brackets.DATA
        elif text == "(":
            kind = self._parenthesis(before)
        else:
            top.width += text == "{|"
            kind = brackets.NODE
        called = self.word if before == tokens.WORD else ""
        state.open(kind, self.count, retried=called in _RETRIED, items=int(called == "IN"))
        return tokens.OPEN

    def _group(self, before: int) -> int:
        """Return what the brace holds that opens here."""
        top = self.brackets.top
        gap = self.count - self.suspect_at
        if gap == 1 or (gap == 2 and before in _NAMES and names.dotted(self.suspect)):
            raise _service()
        if self.word in ("GRAPH", "VALUES") and self.word_at == self.count - 2:
            top.terms = 0
        self._flush()
        data, self.data_next, top.clause = self.data_next or top.kind == brackets.DATA, False, False
        if data:
            return brackets.DATA
        if top.kind == brackets.HEAD or (before == tokens.WORD and self.word in _APART):
            return brackets.UNIT
        return brackets.GROUP

    def _parenthesis(self, before: int) -> int:
        """Return what the parenthesis holds that opens here."""
        top = self.brackets.top
        if top.kind >= brackets.LIST:
            return top.kind
        if self.data_next:
            return brackets.DATA
        called = before in (tokens.NAME, tokens.IRI) and self.word == "FILTER" and self.word_at == self.count - 2
        if before == tokens.WORD or called or top.clause:
            self.brackets.operator()
            return brackets.EXPRESSION
        if before == tokens.NAME and names.glued(self.name):
            return brackets.DOUBTFUL
        return brackets.LIST

    def _close(self, match: re.Match[str], before: int) -> int:
        self.brackets.close(self.count)
        return tokens.CLOSE

    def _separator(self, match: re.Match[str], before: int) -> int:
        text = match.group(tokens.SEPARATOR)
        if self.brackets.top.kind != brackets.EXPRESSION:
            self.brackets.flush(_SLOTS[text])
        elif text == ",":
            self.brackets.operand_ends()
        return tokens.SEPARATOR

    def _relation(self, match: re.Match[str], before: int) -> int:
        return tokens.RELATION

    def _operator(self, match: re.Match[str], before: int) -> int:
        text = match.group(tokens.OPERATOR)
        state, top = self.brackets, self.brackets.top
        if text in _PREFIXES:
            self.prefixed = self.prefixed + 1 if self.prefixed_at == self.count - 1 else 1
            self.prefixed_at = self.count
            state.deep(len(state.below) + self.prefixed)
        if top.kind in (brackets.LIST, brackets.DOUBTFUL):
            top.path = top.path or text in _PATHS
        if text not in ("!", "^") and top.kind != brackets.DATA:
            state.operator()
            top.width += text == "/" and top.kind != brackets.EXPRESSION
            # The next step is of the same path, which is one term of its triple.
            top.terms -= text in ("/", "|") and top.kind <= brackets.NODE
            if text in ("&&", "||"):
                state.operand_ends()
        if text == "*" and top.kind == brackets.HEAD and self.form == "SELECT" and before == tokens.WORD:
            self.star = match.start(tokens.OPERATOR)
        return tokens.OPERATOR

    def _mark(self, match: re.Match[str], before: int) -> int:
        text = match.group(tokens.MARK)
        if text[0] in ("'", '"'):
            raise self._malformed("The string that begins here has no end, or a wrong escape", match)
        if text == "\\":
            raise self._malformed("A backslash can stand only in a string, an IRI or a name", match)
        self.brackets.top.width += text == "~"
        return tokens.MARK

    def _flush(self) -> None:
        """End a triple; what DESCRIBE names is chained by the engine."""
        top = self.brackets.top
        if top.kind == brackets.HEAD and self.form == "DESCRIBE":
            self.brackets.operator(top.terms)
        self.brackets.flush()

    def _malformed(self, what: str, match: re.Match[str]) -> QueryMalformed:
        place = position(self.query, match.start(match.lastindex or 0))
        return QueryMalformed(f"{what}.", line=place.line, column=place.column, excerpt=place.excerpt)

    _HANDLERS: ClassVar[dict[int, Callable[["Reader", re.Match[str], int], int]]] = {
        tokens.LANGUAGE: _language,
        tokens.NAME: _name,
        tokens.IRI: _iri,
        tokens.CLOSE: _close,
        tokens.WORD: _word,
        tokens.OPEN: _open,
        tokens.SEPARATOR: _separator,
        tokens.RELATION: _relation,
        tokens.OPERATOR: _operator,
        tokens.MARK: _mark,
    }


def _service() -> QueryRefused:
    return QueryRefused(
        "SERVICE is not run here: it would let a query reach other machines through this one.",
        feature="service",
        mend="ask both endpoints separately, or call this one by SERVICE from an engine of your own",
    )
