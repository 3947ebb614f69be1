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


class ReleaseNotWritten(GovplanError):
    """A release or an export could not be written; nothing that existed before was changed."""

    exit_code = 3


class AddressUnusable(GovplanError):
    """The server cannot listen on the address it was given."""

    exit_code = 3


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


class FormatUnknown(GovplanError):
    """No format of this name or media type for this kind of answer; `offered` lists those there are."""

    exit_code = 2

    def __init__(self, asked: str, offered: Sequence[str]) -> None:
        super().__init__(f"No answer can be written as {asked}.", mend="ask for one of: " + ", ".join(offered))
        self.asked = asked
        self.offered = tuple(offered)


class QuestionUnknown(GovplanError):
    """No question of this name."""

    exit_code = 2


class QuestionBroken(ContentUnreadable):
    """A question file has no usable header, or its header and its text disagree."""


class ParameterInvalid(GovplanError):
    """A parameter of a question is unknown or its value is not of the declared type."""

    exit_code = 2
