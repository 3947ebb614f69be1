"""The named errors of govplan: each says what is wrong, where, and how to mend it.

`exit_code` is what the command line ends with; `web/errors.py` maps the same classes to an HTTP status.
Exit codes: 1 = the content or the query was refused, 2 = the call was wrong, 3 = the machine or a release stands in
the way.
"""

from collections.abc import Sequence


class GovplanError(Exception):
    """Anything govplan refuses to do, with the words a person needs to go on."""

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, mend: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.mend:
            lines.append(f"  mend:  {self.mend}")
        return "\n".join(lines)


class ConfigError(GovplanError):
    """A setting, in govplan.toml or in the environment, cannot be used."""

    exit_code = 2


class ContentUnreadable(GovplanError):
    """An authored file cannot be read or parsed."""


class ContentInvalid(GovplanError):
    """The content breaks a rule; `govplan check` lists which, where and how to mend it."""


class ReleaseMissing(GovplanError):
    """No release with this id, or none at all."""

    exit_code = 3


class ReleaseDamaged(GovplanError):
    """A release on disk is not what its manifest says."""

    exit_code = 3


class ReleaseUnreadable(ReleaseDamaged):
    """The system refuses to read a file of a release, which may pass; `file` is its path within the release."""

    def __init__(self, what: str, *, file: str, where: str) -> None:
        super().__init__(what, where=where, mend="check the disk, and that this user may read the folder and its files")
        self.file = file


class VerificationStopped(GovplanError):
    """The verification of a release was stopped before its end, because nobody wants to know any more."""

    exit_code = 3


class ReleaseNotWritten(GovplanError):
    """A release or an export could not be written; nothing that existed before was changed."""

    exit_code = 3


class MachineRefuses(GovplanError):
    """The operating system refuses something that the program needs and that has no error of its own."""

    exit_code = 3


class AddressUnusable(GovplanError):
    """The server cannot listen on the address it was given."""

    exit_code = 3


class SharedMemoryUnavailable(GovplanError):
    """The processes of one server find no place for what they share."""

    exit_code = 3


class SourceUnavailable(GovplanError):
    """Another server does not answer in time, or a file is not there; what was taken from it before is untouched."""

    exit_code = 3


class SourceRefused(GovplanError):
    """What another server sends or a file holds, or where we are sent, is not taken; what was taken is untouched."""


class MirrorUnknown(GovplanError):
    """No mirror of this name is declared."""

    exit_code = 2


class StoreUnavailable(GovplanError):
    """The store could not read its data; the query itself was not at fault."""

    exit_code = 3


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


class Overloaded(GovplanError):
    """The service has too much to do, is starting or is ending; the same query may work after `retry_seconds`."""

    exit_code = 3

    def __init__(self, what: str, *, retry_seconds: int = 1) -> None:
        super().__init__(what, mend=f"send it again after {retry_seconds} s")
        self.retry_seconds = retry_seconds


class ClientOverBudget(GovplanError):
    """A client has used its share of the service; it may come back after `retry_seconds`."""

    def __init__(self, what: str, *, retry_seconds: int) -> None:
        super().__init__(what, mend=f"wait {retry_seconds} s, and send one query after the other")
        self.retry_seconds = retry_seconds


class SpoolFull(GovplanError):
    """There is no room on disk to put an answer aside."""

    exit_code = 3


class WorkerDied(GovplanError):
    """The process that ran the query ended and no limit explains it; the release is verified again."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(
            "The process that ran this query ended unexpectedly.",
            mend="send it again; if it ends so again, tell the operator",
        )


class ChartImpossible(GovplanError):
    """An answer that its chart cannot show rightly; the table always can."""


class ChartLost(GovplanError):
    """The process that draws charts ended while it drew, for a reason that is not the chart's."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(
            "The process that drew this chart ended unexpectedly.",
            mend="send it again; if it ends so again, tell the operator",
        )


class FormatUnknown(GovplanError):
    """No format of this name or media type for this kind of answer; `offered` lists those there are."""

    exit_code = 2

    def __init__(self, asked: str, offered: Sequence[str]) -> None:
        super().__init__(f"No answer can be written as {asked}.", mend="ask for one of: " + ", ".join(offered))
        self.asked = asked
        self.offered = tuple(offered)


class AnswerUnwritable(QueryError):
    """The format that was asked for cannot carry what the answer holds; `offered` are those that can."""

    def __init__(self, what: str, offered: Sequence[str]) -> None:
        super().__init__(what, mend="ask for another format: " + ", ".join(offered))
        self.offered = tuple(offered)


class QuestionUnknown(GovplanError):
    """No question of this name."""

    exit_code = 2


class QuestionBroken(ContentUnreadable):
    """A question file has no usable header, or its header and its text disagree."""


class ParameterInvalid(GovplanError):
    """A parameter of a question is unknown or its value is not of the declared type."""

    exit_code = 2


class DocumentMalformed(GovplanError):
    """A document that a client sends is not what the interface takes."""

    exit_code = 2


class BatchTooLarge(GovplanError):
    """A batch, or `what` is a part of one, holds more `things` than are answered at once."""

    def __init__(
        self,
        *,
        observed: int,
        limit: int,
        what: str = "The batch",
        things: str = "queries",
        setting: str = "batch_queries",
    ) -> None:
        super().__init__(
            f"{what} holds {observed} {things}; this server answers {limit} at once.",
            mend=f"send less at once, or raise the setting {setting}",
        )
        self.observed = observed
        self.limit = limit
        self.setting = setting


class SheetUnreadable(GovplanError):
    """A file of somebody's entities, or a reviewed one, cannot be read or does not hold what is needed."""

    exit_code = 2


class OutputRefused(GovplanError):
    """A file must not be written where it was asked for; nothing was written."""

    exit_code = 2
