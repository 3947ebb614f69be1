"""Errors of what comes from others or goes to them: other servers, mirrors, tables, batches, files."""

from govplan.errors.base import GovplanError


class SourceUnavailable(GovplanError):
    """Another server does not answer in time, or a file is not there; what was taken from it before is untouched."""

    exit_code = 3


class SourceRefused(GovplanError):
    """What another server sends or a file holds, or where we are sent, is not taken; what was taken is untouched."""


class MirrorUnknown(GovplanError):
    """No mirror of this name is declared."""

    exit_code = 2


class SheetUnreadable(GovplanError):
    """A file of somebody's entities, or a reviewed one, cannot be read or does not hold what is needed."""

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


class OutputRefused(GovplanError):
    """A file must not be written where it was asked for; nothing was written."""

    exit_code = 2
