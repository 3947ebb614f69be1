"""Evaluating one query with Oxigraph: text in, bytes out, named errors. No state, no process, no limit."""

from dataclasses import dataclass
from typing import IO, cast

import pyoxigraph as ox

from govplan import rdfxml
from govplan.engines.oxigraph.order.functions import Ordered
from govplan.engines.oxigraph.rows import bounded, write_csv, write_rows
from govplan.engines.oxigraph.syntax import malformed, refusal
from govplan.errors import OrderUnclear, QueryError, QueryMalformed, QueryTooDeep, StoreUnavailable
from govplan.formats import for_form, named
from govplan.sparql.port import Request, Scan

# Where a text is asked for its columns only.
_EMPTY = ox.Store()


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: its media type, and whether it is the preview that was asked for rather than all rows."""

    media_type: str
    partial: bool = False


def evaluate(store: ox.Store, request: Request, found: Scan, prefixes: dict[str, str], output: IO[bytes]) -> Written:
    """Write the answer of one request, scanned before, to `output`; `prefixes` make graph answers readable.

    Until it returns, what was written is a piece of an answer and must not be used.
    Rows are in the order of docs/order.md. Raises QueryMalformed, QueryRefused, QueryTooDeep, OrderUnclear,
    FormatUnknown, AnswerTooLarge, AnswerUnwritable, StoreUnavailable, and whatever `output` raises.
    """
    partial = False
    fmt = named(request.media_type, for_form(found.form))
    if fmt.extension == "xml":
        output = cast(IO[bytes], rdfxml.Characters(output))
    try:
        ordered = Ordered(request.query)
        results = _run(store, ordered, request, found)
        if isinstance(results, ox.QueryTriples) and fmt.extension == "rdf":
            rdfxml.write(results, output, prefixes)
        elif isinstance(results, ox.QueryTriples):
            ox.serialize(results, output, ox.RdfFormat.from_media_type(fmt.media_type), prefixes=prefixes)
        elif isinstance(results, ox.QuerySolutions) and (request.max_rows or request.row_cap):
            rows = bounded(results, request.max_rows, request.row_cap)
            partial = rows.partial
            results_format = cast(ox.QueryResultsFormat, ox.QueryResultsFormat.from_media_type(fmt.media_type))
            write_rows(rows, output, results_format, request.partial_link)
        elif isinstance(results, ox.QuerySolutions) and fmt.extension == "csv":
            write_csv([variable.value for variable in results.variables], results, output)
        else:
            results.serialize(output, ox.QueryResultsFormat.from_media_type(fmt.media_type))
        ordered.check()
    except (SyntaxError, OrderUnclear) as problem:
        raise _refused(request, problem) from None
    except RuntimeError as problem:
        if "function" in str(problem) and "not supported" in str(problem):
            raise QueryMalformed(f"{problem}; only the functions of SPARQL 1.1 are.") from problem
        raise StoreUnavailable(f"The store failed while answering: {problem}.") from problem
    except RecursionError as problem:  # triple terms in triple terms, where rows are counted
        raise QueryTooDeep from problem
    except OSError as problem:
        raise StoreUnavailable(f"The store cannot read its data: {problem}.") from problem
    return Written(fmt.media_type, partial)


def _run(
    store: ox.Store, ordered: Ordered, request: Request, found: Scan
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    query = _in_query_order(ordered, request, found)
    if not request.default_graphs and not request.named_graphs:
        # Oxigraph's union flag silently overrides FROM, so a query that names its own dataset must not get it.
        return ordered.run(store, query, base_iri=request.base_iri, use_default_graph_as_union=not found.dataset)
    return ordered.run(
        store,
        query,
        base_iri=request.base_iri,
        default_graph=[_graph(iri) for iri in request.default_graphs],
        named_graphs=[_graph(iri) for iri in request.named_graphs],
    )


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as problem:
        raise QueryMalformed(f"The graph of the dataset is named by no IRI: {problem}.") from problem


def _in_query_order(ordered: Ordered, request: Request, found: Scan) -> str:
    """Oxigraph sorts the columns of `SELECT *` by name; a person expects them as the query mentions them."""
    # Nothing that sorts stands before the star, so it is where it was.
    query = ordered.text
    if found.star is None:
        return query
    results = ordered.run(_EMPTY, query, base_iri=request.base_iri)
    if not isinstance(results, ox.QuerySolutions):
        return query
    visible = {variable.value for variable in results.variables}
    columns = [f"?{name}" for name in found.variables if name in visible]
    if len(columns) != len(visible) or not columns:
        return query
    return f"{query[: found.star]} {' '.join(columns)} {query[found.star + 1 :]}"


def _refused(request: Request, problem: SyntaxError | OrderUnclear) -> QueryError:
    """Return the error for a text that is no query, or that cannot be put in order."""
    said = refusal(request.query, request.base_iri)
    if said is not None:
        return malformed(request.query, said, request.base_iri)
    return (
        OrderUnclear(f"This query cannot be put in order: {problem}.") if isinstance(problem, SyntaxError) else problem
    )
