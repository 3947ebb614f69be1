"""Answering batches of reconciliation and of data extension: within bounds and the time of the request, piece by piece.

No piece is large, so that writing one never holds the interpreter for long, and what was written counts at once.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Response, current_app

from govplan import deadline
from govplan.errors import BatchTooLarge
from govplan.reconciliation import extension
from govplan.reconciliation.asking import Query, ask
from govplan.reconciliation.catalogue import read_catalogue
from govplan.reconciliation.documents import Bounds, candidate, draft_candidate, read_batch, read_draft_batch
from govplan.reconciliation.matching import Candidate, Matcher
from govplan.web.http.answers import PRIVATE
from govplan.web.http.language import asked_language
from govplan.web.http.threads import waiting
from govplan.web.site import site

# Seconds between two looks at whether it is still worth waiting for the matcher.
_LOOK = 0.2


def matcher() -> Matcher:
    """Return the matcher of the served release, made at the first request that needs it.

    Raises what the store raises, and QueryTimedOut where another request takes too long to make it.
    """
    release = site()
    if release.matcher is not None:
        return release.matcher
    with waiting():
        while not release.matching.acquire(timeout=_LOOK):
            deadline.check()
    try:
        if release.matcher is None:
            # It serves everybody who comes later, so it does not end with the request that happens to make it.
            with deadline.within(None):
                made = Matcher(read_catalogue(release.store, release.settings))
                made.prepare()
            release.matcher = made
        return release.matcher
    finally:
        release.matching.release()


def matched(document: Any) -> Response:
    """Return the answer to a batch of version 0.2: by key, the candidates of each query. Raises what is wrong."""
    made, language = matcher(), asked_language()
    queries = read_batch(document, made.catalogue, _bounds())
    results = _results(made, queries.values(), lambda found: candidate(found, made.catalogue, language))
    pieces = (f"{_json(key)}:{_json({'result': several})}" for key, several in zip(queries, results, strict=True))
    return _answer("{", pieces, "}")


def draft_matched(document: Any) -> Response:
    """Return the answer to a batch of the draft: the candidates of each query, in order. Raises what is wrong."""
    made, language = matcher(), asked_language()
    queries = read_draft_batch(document, made.catalogue, _bounds())
    results = _results(made, queries, lambda found: draft_candidate(found, made.catalogue, language))
    return _answer('{"results":[', (_json({"candidates": several}) for several in results), "]}")


def extended(document: Any) -> Response:
    """Return the answer to a data extension query of version 0.2: by entity and property, the values."""
    meta, rows = _extension(document)
    pieces = (f"{_json(iri)}:{_json({column.asked: cells for column, cells in row})}" for iri, row in rows)
    return _answer(f'{{"meta":{meta},"rows":{{', pieces, "}}")


def draft_extended(document: Any) -> Response:
    """Return the answer to a data extension query of the draft: the rows in the order of the entities."""
    meta, rows = _extension(document)
    pieces = (
        _json({"id": iri, "properties": [{"id": column.asked, "values": cells} for column, cells in row]})
        for iri, row in rows
    )
    return _answer(f'{{"meta":{meta},"rows":[', pieces, "]}")


def _results(
    made: Matcher, queries: Iterable[Query], written: Callable[[Candidate], dict[str, Any]]
) -> Iterator[list[dict[str, Any]]]:
    return ([written(found) for found in ask(made, query)] for query in queries)


def _extension(document: Any) -> tuple[str, Iterator[extension.Row]]:
    catalogue, language = matcher().catalogue, asked_language()
    ids, columns = extension.read_extension(document, catalogue, _bounds())
    meta = _json(extension.meta(catalogue, columns, language))
    return meta, extension.rows(catalogue, ids, columns, language)


def _bounds() -> Bounds:
    settings = site().settings
    return Bounds(settings.batch_queries, settings.batch_values)


def _json(document: Any) -> str:
    return current_app.json.dumps(document, separators=(",", ":"))


def _answer(begin: str, pieces: Iterable[str], end: str) -> Response:
    """Return members of a JSON object or array as an answer about somebody's own data, which no cache keeps.

    Raises BatchTooLarge past the size of the largest answer, and QueryTimedOut.
    """
    limit, size = site().settings.answer_bytes, 0
    written: list[bytes] = []
    for piece in deadline.checked(pieces, every=1):
        written.append(piece.encode())
        size += len(written[-1])
        if size > limit:
            raise BatchTooLarge(observed=size, limit=limit, what="The answer", things="bytes", setting="answer_bytes")
    body = begin.encode() + b",".join(written) + end.encode() + b"\n"
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = PRIVATE
    return response
