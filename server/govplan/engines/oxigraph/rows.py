"""SELECT answers that the engine does not write itself: with a bound on their rows, and as CSV.

With a bound, evaluation stops one row past it; the text of the query stays as it is.

A LIMIT written into the text, or a sub-select around it, would change what prologues, ORDER BY and duplicates mean.
"""

import csv
import html
import io
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO

import pyoxigraph as ox

from govplan.errors import AnswerTooLarge

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
# Rows that are put into words before they are written out.
_BATCH = 1000
_STRING = "http://www.w3.org/2001/XMLSchema#string"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that are given, in the order of evaluation; `partial` says that there are more."""

    variables: tuple[str, ...]
    solutions: tuple[ox.QuerySolution, ...]
    partial: bool


def bounded(results: ox.QuerySolutions, max_rows: int | None, row_cap: int | None) -> Rows:
    """Return the rows up to the lower bound. Raises AnswerTooLarge if that is the cap and there are more."""
    bound = min(bound for bound in (max_rows, row_cap) if bound is not None)
    solutions = tuple(itertools.islice(results, bound + 1))
    partial = len(solutions) > bound
    if partial and (max_rows is None or bound < max_rows):
        raise AnswerTooLarge(limit=bound, observed=len(solutions), setting="row_cap")
    return Rows(tuple(variable.value for variable in results.variables), solutions[:bound], partial)


def write_rows(rows: Rows, output: IO[bytes], fmt: ox.QueryResultsFormat, partial_link: str | None) -> None:
    """Write rows as the engine would; the head of a partial JSON or XML answer links to `partial_link`.

    The engine writes results of its own only, so the rows go to it as SPARQL JSON, which loses nothing.
    """
    if fmt == ox.QueryResultsFormat.CSV:
        write_csv(rows.variables, rows.solutions, output)
        return
    document = {
        "head": {"vars": rows.variables},
        "results": {"bindings": [_binding(rows.variables, solution) for solution in rows.solutions]},
    }
    text = json.dumps(document, ensure_ascii=False)
    parsed = ox.parse_query_results(text, format=ox.QueryResultsFormat.JSON)
    assert isinstance(parsed, ox.QuerySolutions)
    body = parsed.serialize(format=fmt) or b""
    output.write(_linked(body, fmt, partial_link) if rows.partial and partial_link else body)


def write_csv(variables: Sequence[str], solutions: Iterable[ox.QuerySolution], output: IO[bytes]) -> None:
    """Write rows as SPARQL 1.1 CSV (section 3): the engine leaves an IRI with a comma unquoted, and so in two cells."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(variables)
    left = iter(solutions)
    while batch := list(itertools.islice(left, _BATCH)):
        writer.writerows([_cell(term) for term in solution] for solution in batch)
        output.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    output.write(text.getvalue().encode())


def _cell(term: Term | None) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _binding(variables: tuple[str, ...], solution: ox.QuerySolution) -> dict[str, object]:
    return {name: _term(value) for name, value in zip(variables, solution, strict=True) if value is not None}


def _term(term: Term) -> dict[str, object]:
    """Return a term as SPARQL 1.2 Query Results JSON Format section 3.2.2 has it."""
    match term:
        case ox.NamedNode():
            return {"type": "uri", "value": term.value}
        case ox.BlankNode():
            return {"type": "bnode", "value": term.value}
        case ox.Triple():
            parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
            return {"type": "triple", "value": {name: _term(part) for name, part in parts.items()}}
    literal: dict[str, object] = {"type": "literal", "value": term.value}
    if term.language:
        literal["xml:lang"] = term.language
        if term.direction:
            literal["its:dir"] = term.direction.value
    elif term.datatype.value != _STRING:
        literal["datatype"] = term.datatype.value
    return literal


def _linked(body: bytes, fmt: ox.QueryResultsFormat, link: str) -> bytes:
    """Put a link into the head of results (SPARQL JSON section 3.1.2, SPARQL XML section 2.2): nothing else has one."""
    if fmt == ox.QueryResultsFormat.JSON:
        head, found, rest = body.partition(b"]}")
        added = b'],"link":[' + json.dumps(link).encode() + b"]}"
    elif fmt == ox.QueryResultsFormat.XML:
        head, found, rest = body.partition(b"</head>")
        added = b'<link href="' + html.escape(link).encode() + b'"/></head>'
    else:
        return body
    assert found
    return head + added + rest
