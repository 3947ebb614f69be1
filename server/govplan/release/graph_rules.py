"""Rules about named graphs: SELECT queries in `shapes/layers/`, each row of whose answer is a breach."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox
import yaml

from govplan.config import Settings
from govplan.content import SEVERITIES
from govplan.errors import ContentUnreadable
from govplan.folders import Authored, authored
from govplan.text import read_text

# What a row of a graph rule may bind, and the part of a result that it becomes.
COLUMNS = {"focus": "focusNode", "path": "resultPath", "value": "value", "graph": "graph"}


@dataclass(frozen=True, slots=True)
class GraphRule:
    """A rule about named graphs: each row of `select` is a breach.

    A row binds ?focus, and ?path and ?value where there are any, and ?graph where the breach is in one graph. `shape`
    is the IRI under which breaches are reported, `severity` is violation, warning or info, `messages` says by language
    what is wrong and how to mend it.
    """

    shape: str
    severity: str
    messages: Mapping[str, str]
    select: str


def load_rules(settings: Settings) -> tuple[GraphRule, ...]:
    """Return the rules of the `.rq` files below shapes/ of the core and of the project, sorted by file name.

    Each file holds `#+` lines of YAML (shape, severity, message by language) above a SELECT of ?focus.
    Raises ContentUnreadable, naming the file, where one does not.
    """
    return tuple(_rule(file) for file in authored(settings, "shapes", ".rq"))


def _rule(file: Authored) -> GraphRule:
    name = file.name
    text = read_text(file.path, name, ContentUnreadable)
    try:
        header = yaml.safe_load("\n".join(line[2:] for line in text.splitlines() if line.startswith("#+")))
        rule = GraphRule(header["shape"], header["severity"], dict(header["message"]), text)
        rows = ox.Store().query(text)
        columns = [variable.value for variable in rows.variables] if isinstance(rows, ox.QuerySolutions) else []
        if rule.severity not in SEVERITIES or "focus" not in columns or set(columns) - set(COLUMNS):
            known = ", ".join(f"?{column}" for column in COLUMNS)
            raise ValueError(f"it needs a severity of {', '.join(SEVERITIES)} and a SELECT of {known}")
    except (yaml.YAMLError, SyntaxError, KeyError, TypeError, ValueError) as problem:
        raise ContentUnreadable(
            f"The rule cannot be used: {problem}.", where=name, mend="correct its #+ lines or its query"
        ) from problem
    return rule
