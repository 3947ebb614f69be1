"""What validation reports: every breach of a shape or of a rule about named graphs."""

from collections.abc import Mapping
from dataclasses import dataclass

from govplan.content import Severity
from govplan.content.places import Term


@dataclass(frozen=True, slots=True)
class Result:
    """One breach: the node, the property and the value it is about, and what found it.

    `shape` is the IRI of the SPARQL constraint or graph rule if there is one, else of the property shape or node shape.
    `path` and `value` are None where the breach is about the node itself; a literal value stands without its type, and
    `term` is that value whole. `graph` is the named graph in which the breach is, where the rule tells.
    """

    severity: Severity
    focus: str
    path: str | None
    value: str | None
    shape: str
    messages: Mapping[str, str]
    term: Term | None = None
    graph: str | None = None


@dataclass(frozen=True, slots=True)
class ShaclReport:
    """All breaches, worst severity first; `conforms` means no violation; `turtle` is the report as SHACL writes it."""

    conforms: bool
    results: tuple[Result, ...]
    turtle: str
