"""A broken rule, as it is told to people and kept in reports."""

from dataclasses import dataclass
from typing import Literal, get_args

Severity = Literal["violation", "warning", "info"]
# The worst first.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One broken rule in words; `rule` is an IRI or a short name such as T8.

    `place` is `file`, `file:line` or, where a single character is the matter, `file:line:column`.
    """

    severity: Severity
    place: str
    subject: str
    rule: str
    what: str
    mend: str
