"""Errors of the service and its machine, which are not the fault of what was asked."""

from govplan.errors.base import GovplanError


class StoreUnavailable(GovplanError):
    """The store could not read its data; the query itself was not at fault."""

    exit_code = 3


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


class MachineRefuses(GovplanError):
    """The operating system refuses something that the program needs and that has no error of its own."""

    exit_code = 3


class AddressUnusable(GovplanError):
    """The server cannot listen on the address it was given."""

    exit_code = 3


class SharedMemoryUnavailable(GovplanError):
    """The processes of one server find no place for what they share."""

    exit_code = 3
