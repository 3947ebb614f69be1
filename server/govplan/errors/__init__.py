"""The named errors of govplan: each says what is wrong, where, and how to mend it.

`exit_code` is what the command line ends with; `web/http/errors.py` maps the same classes to an HTTP status.
Exit codes: 1 = the content or the query was refused, 2 = the call was wrong, 3 = the machine or a release stands in
the way.
"""

from govplan.errors.base import (
    GovplanError,
)
from govplan.errors.content import (
    ConfigError,
    ContentInvalid,
    ContentUnreadable,
    ParameterInvalid,
    QuestionBroken,
    QuestionUnknown,
)
from govplan.errors.others import (
    BatchTooLarge,
    DocumentMalformed,
    MirrorUnknown,
    OutputRefused,
    SheetUnreadable,
    SourceRefused,
    SourceUnavailable,
)
from govplan.errors.queries import (
    AnswerTooLarge,
    AnswerUnwritable,
    CitationsUnwritable,
    CitationUnknown,
    EngineFailed,
    FormatUnknown,
    MemoryExceeded,
    OrderUnclear,
    QueryError,
    QueryMalformed,
    QueryRefused,
    QueryTimedOut,
    QueryTooComplex,
    QueryTooDeep,
    QueryTooLong,
)
from govplan.errors.releases import (
    ReleaseDamaged,
    ReleaseMissing,
    ReleaseNotWritten,
    ReleaseUnreadable,
    VerificationStopped,
)
from govplan.errors.service import (
    AddressUnusable,
    ChartImpossible,
    ChartLost,
    ClientOverBudget,
    MachineRefuses,
    Overloaded,
    SharedMemoryUnavailable,
    SpoolFull,
    StoreUnavailable,
    WorkerDied,
)

__all__ = [
    "AddressUnusable",
    "AnswerTooLarge",
    "AnswerUnwritable",
    "BatchTooLarge",
    "ChartImpossible",
    "ChartLost",
    "CitationUnknown",
    "CitationsUnwritable",
    "ClientOverBudget",
    "ConfigError",
    "ContentInvalid",
    "ContentUnreadable",
    "DocumentMalformed",
    "EngineFailed",
    "FormatUnknown",
    "GovplanError",
    "MachineRefuses",
    "MemoryExceeded",
    "MirrorUnknown",
    "OrderUnclear",
    "OutputRefused",
    "Overloaded",
    "ParameterInvalid",
    "QueryError",
    "QueryMalformed",
    "QueryRefused",
    "QueryTimedOut",
    "QueryTooComplex",
    "QueryTooDeep",
    "QueryTooLong",
    "QuestionBroken",
    "QuestionUnknown",
    "ReleaseDamaged",
    "ReleaseMissing",
    "ReleaseNotWritten",
    "ReleaseUnreadable",
    "SharedMemoryUnavailable",
    "SheetUnreadable",
    "SourceRefused",
    "SourceUnavailable",
    "SpoolFull",
    "StoreUnavailable",
    "VerificationStopped",
    "WorkerDied",
]
