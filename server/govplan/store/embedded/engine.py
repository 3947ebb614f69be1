"""Evaluating one query with Oxigraph: text in, bytes out, named errors. No state, no process, no limit."""

from dataclasses import dataclass
from typing import IO

import pyoxigraph as ox

from govplan.errors import QueryMalformed, StoreUnavailable
from govplan.store.embedded.rows import bounded, write_csv, write_rows
from govplan.store.embedded.syntax import malformed
from govplan.store.formats import for_form, named
from govplan.store.port import Request, Scan

_BINDINGS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
}


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: its media type, and whether it is the preview that was asked for rather than all rows."""

    media_type: str
    partial: bool = False


def evaluate(store: ox.Store, request: Request, found: Scan, prefixes: dict[str, str], output: IO[bytes]) -> Written:
    """Write the answer of one request, scanned before, to `output`; `prefixes` make graph answers readable.

    Until it returns, what was written is a piece of an answer and must not be used.
    Raises QueryMalformed, QueryRefused, FormatUnknown, AnswerTooLarge, StoreUnavailable, and whatever `output` raises.
    """
    partial = False
    fmt = named(request.media_type, for_form(found.form))
    try:
        results = _run(store, _in_query_order(store, request, found), request, found)
        if isinstance(results, ox.QueryTriples):
            ox.serialize(results, output, _GRAPHS[fmt.extension], prefixes=prefixes)
        elif isinstance(results, ox.QuerySolutions) and (request.max_rows or request.row_cap):
            rows = bounded(results, request.max_rows, request.row_cap)
            partial = rows.partial
            write_rows(rows, output, _BINDINGS[fmt.extension], request.partial_link)
        elif isinstance(results, ox.QuerySolutions) and fmt.extension == "csv":
            write_csv([variable.value for variable in results.variables], results, output)
        else:
            results.serialize(output, _BINDINGS[fmt.extension])
    except SyntaxError as problem:
        raise malformed(request.query, str(problem)) from problem
    except RuntimeError as problem:
        if "function" in str(problem) and "not supported" in str(problem):
            raise QueryMalformed(f"{problem}; only the functions of SPARQL 1.1 are.") from problem
        raise StoreUnavailable(f"The store failed while answering: {problem}.") from problem
    except OSError as problem:
        raise StoreUnavailable(f"The store cannot read its data: {problem}.") from problem
    return Written(fmt.media_type, partial)


def _run(
    store: ox.Store, query: str, request: Request, found: Scan
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    if not request.default_graphs and not request.named_graphs:
        # Oxigraph's union flag silently overrides FROM, so a query that names its own dataset must not get it.
        return store.query(query, use_default_graph_as_union=not found.dataset)
    return store.query(
        query,
        default_graph=[ox.NamedNode(iri) for iri in request.default_graphs],
        named_graphs=[ox.NamedNode(iri) for iri in request.named_graphs],
    )


def _in_query_order(store: ox.Store, request: Request, found: Scan) -> str:
    """Oxigraph sorts the columns of `SELECT *` by name; a person expects them as the query mentions them."""
    if found.star is None:
        return request.query
    results = _run(store, request.query, request, found)
    if not isinstance(results, ox.QuerySolutions):
        return request.query
    visible = {variable.value for variable in results.variables}
    columns = [f"?{name}" for name in found.variables if name in visible]
    if len(columns) != len(visible) or not columns:
        return request.query
    return f"{request.query[: found.star]} {' '.join(columns)} {request.query[found.star + 1 :]}"
