"""What the front and a worker say to each other about one query: the port's values as frames, and back."""

import os

from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.process import Cause
from govplan.errors import EngineFailed, GovplanError, MemoryExceeded, QueryTimedOut, QueryTooDeep
from govplan.sparql.port import Answer, Request, Scan


def request_frame(request: Request, found: Scan, seconds: float) -> frames.Frame:
    """Return the frame that asks a query which has so many seconds; `found` is what a scan found in its text."""
    head = {
        "media_type": request.media_type,
        "default_graphs": request.default_graphs,
        "named_graphs": request.named_graphs,
        "seconds": seconds,
        "max_rows": request.max_rows,
        "partial_link": request.partial_link,
        "row_cap": request.row_cap,
        "base_iri": request.base_iri,
        # The names of variables are needed for `*` alone.
        "found": found if found.star is not None else found._replace(variables=()),
    }
    return frames.Frame(frames.REQUEST, head, request.query.encode())


def answer_of(reply: frames.Frame) -> Answer:
    """Return the answer that a reply is; a file in it belongs to the answer. Raises the error that it is instead."""
    if reply.kind == frames.FAULT:
        raise frames.raised(reply)
    content = reply.body if reply.file is None else os.fdopen(reply.file, "rb")
    return Answer(content, reply.head["media_type"], reply.head["partial"])


def death_error(cause: Cause, memory_bytes: int, seconds: float) -> GovplanError:
    """Return what a client is told whose worker died at a limit: of so much memory, of so much time, or another."""
    match cause:
        case Cause.MEMORY:
            return MemoryExceeded(limit=memory_bytes)
        case Cause.STACK:
            return QueryTooDeep()
        case Cause.PANIC:
            return EngineFailed()
        case _:
            return QueryTimedOut(limit=seconds)
