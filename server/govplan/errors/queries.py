"""Errors of one query and its answer."""

from collections.abc import Sequence

from govplan.errors.base import GovplanError


class QueryError(GovplanError):
    """A query that is refused and must not be sent again unchanged."""


class QueryMalformed(QueryError):
    """The text is not a SPARQL 1.1 query; `line` and `column` count from 1 and are None where the engine gives none."""

    def __init__(
        self, what: str, *, line: int | None = None, column: int | None = None, excerpt: str | None = None
    ) -> None:
        position = None if line is None else f"line {line}, column {column}"
        super().__init__(what, where=position, mend="correct the query text and send it again")
        self.line = line
        self.column = column
        self.excerpt = excerpt


class QueryRefused(QueryError):
    """The query uses a feature this endpoint never runs: update, LOAD or SERVICE."""

    def __init__(self, what: str, *, feature: str, mend: str) -> None:
        super().__init__(what, mend=mend)
        self.feature = feature


class QueryTooLong(QueryError):
    """The query text is longer than the limit; both are in bytes of UTF-8."""

    def __init__(self, *, observed: int, limit: int) -> None:
        super().__init__(
            f"The query is {observed} bytes long; this server reads {limit}.",
            mend="shorten the query, or raise the setting query_bytes",
        )
        self.observed = observed
        self.limit = limit


class QueryTooComplex(QueryError):
    """The query holds more of something than an engine plans in good time; counting stopped at `observed`."""

    def __init__(self, what: str, *, observed: int, limit: int, setting: str) -> None:
        super().__init__(
            f"The query {what}; this server takes {limit}.",
            mend=f"write it with fewer, split it into several queries, or raise the setting {setting}",
        )
        self.observed = observed
        self.limit = limit
        self.setting = setting


class QueryTooDeep(QueryError):
    """The engine's stack overflowed on this query: it nests or chains too many parts."""

    def __init__(self) -> None:
        super().__init__(
            "The query nests or chains too many parts for the engine.",
            mend="write it with fewer levels, or split it into several queries",
        )


class OrderUnclear(QueryError):
    """The sort keys of the query cannot be put in the documented order; `what` says which, or why."""

    def __init__(self, what: str) -> None:
        super().__init__(
            what,
            mend="give each key a variable by BIND, or by AS in SELECT, and sort by these: ORDER BY ?key DESC(?other)",
        )


class EngineFailed(QueryError):
    """The engine gave up in the middle of this query, by a fault of its own that it would meet again."""

    def __init__(self) -> None:
        super().__init__(
            "The engine cannot evaluate this query: it meets a fault of its own.",
            mend="write it in another way: in smaller steps, or without the function or clause that was added last",
        )


class QueryTimedOut(GovplanError):
    """A query, or `what` else, ran into its time limit, in seconds; `setting` is what an operator may raise."""

    def __init__(
        self,
        *,
        limit: float,
        setting: str = "query_seconds",
        what: str = "The query",
        mend: str = "ask for less: fewer variables, a more exact pattern, no ORDER BY on many rows; or take a dump",
    ) -> None:
        super().__init__(f"{what} was ended after {limit:g} seconds.", mend=mend)
        self.limit = limit
        self.setting = setting


class MemoryExceeded(QueryError):
    """The query needed more memory than one query may have, in bytes."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            f"The query needs more than {limit >> 20} MiB of memory.",
            mend="avoid patterns without a common variable, and DISTINCT, GROUP BY or ORDER BY over many rows",
        )
        self.limit = limit
        self.setting = "memory_bytes"


class AnswerTooLarge(QueryError):
    """The answer is larger than the limit; `setting` says which, and with it the unit: rows or bytes.

    Counting stops past the limit, so `observed` is the least it is.
    """

    def __init__(self, *, observed: int, limit: int, setting: str) -> None:
        super().__init__(
            f"The answer is larger than the limit of {limit} ({setting}).",
            mend="add a LIMIT, ask for fewer columns, preview a SELECT by max-rows, or take a dump from /dumps/",
        )
        self.observed = observed
        self.limit = limit
        self.setting = setting


class AnswerUnwritable(QueryError):
    """The format that was asked for cannot carry what the answer holds; `offered` are those that can."""

    def __init__(self, what: str, offered: Sequence[str]) -> None:
        super().__init__(what, mend="ask for another format: " + ", ".join(offered))
        self.offered = tuple(offered)


class FormatUnknown(GovplanError):
    """No format of this name or media type for this kind of answer; `offered` lists those there are."""

    exit_code = 2

    def __init__(self, asked: str, offered: Sequence[str]) -> None:
        super().__init__(f"No answer can be written as {asked}.", mend="ask for one of: " + ", ".join(offered))
        self.asked = asked
        self.offered = tuple(offered)


class CitationUnknown(GovplanError):
    """A key is not one that this program makes, or its request was not recorded here."""

    def __init__(self, what: str) -> None:
        super().__init__(what, mend="copy the whole address of the citation; /about/citing says what a key is")


class CitationsUnwritable(GovplanError):
    """A query that is too long for a key cannot be recorded."""
