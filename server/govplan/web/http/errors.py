"""From an error to the one problem form (RFC 9457), or to a page for browsers: the only place that knows statuses."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, current_app, json, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from govplan import deadline
from govplan.errors import (
    AnswerTooLarge,
    AnswerUnwritable,
    BatchTooLarge,
    ChartImpossible,
    ChartLost,
    CitationsUnwritable,
    CitationUnknown,
    ClientOverBudget,
    DocumentMalformed,
    EngineFailed,
    FormatUnknown,
    GovplanError,
    MemoryExceeded,
    OrderUnclear,
    Overloaded,
    ParameterInvalid,
    QueryMalformed,
    QueryRefused,
    QueryTimedOut,
    QueryTooComplex,
    QueryTooDeep,
    QueryTooLong,
    ReleaseRemoved,
    ReleaseUnknown,
    SpoolFull,
    StoreUnavailable,
    WorkerDied,
)
from govplan.search import SearchRefused
from govplan.web.http.addresses import shown_address
from govplan.web.http.negotiation import PROBLEM, wants_html
from govplan.web.http.problems import PROBLEMS, Problem
from govplan.web.site import site

_CLASSES: dict[type[Exception], str] = {
    QueryMalformed: "query-malformed",
    QueryRefused: "query-refused",
    QueryTooLong: "query-too-long",
    ParameterInvalid: "parameter-invalid",
    SearchRefused: "request-malformed",
    ChartImpossible: "chart-impossible",
    DocumentMalformed: "request-malformed",
    BatchTooLarge: "batch-too-large",
    FormatUnknown: "not-acceptable",
    AnswerUnwritable: "answer-unwritable",
    QueryTooComplex: "query-too-complex",
    QueryTooDeep: "query-too-complex",
    MemoryExceeded: "memory-limit",
    AnswerTooLarge: "answer-too-large",
    OrderUnclear: "order-unclear",
    EngineFailed: "engine-failed",
    ClientOverBudget: "client-over-budget",
    Overloaded: "overloaded",
    QueryTimedOut: "time-limit",
    ReleaseUnknown: "release-unknown",
    ReleaseRemoved: "release-removed",
    SpoolFull: "spool-full",
    StoreUnavailable: "store-unavailable",
    WorkerDied: "worker-died",
    sqlite3.Error: "search-unavailable",
    ChartLost: "worker-died",
    CitationUnknown: "citation-unknown",
    CitationsUnwritable: "citations-unwritable",
}
_STATUSES = {
    400: "request-malformed",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    416: "range-not-satisfiable",
}
_RETRY_SECONDS = "5"


class Refused(GovplanError):
    """A request that the application itself refuses; `slug` names the problem, `offered` what there is instead."""

    def __init__(
        self,
        slug: str,
        what: str,
        *,
        mend: str,
        offered: Sequence[str] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(what, mend=mend)
        self.slug = slug
        self.offered = tuple(offered)
        self.headers = tuple(headers)


@dataclass(frozen=True, slots=True)
class Report:
    """What is told about one error: its problem type, the status, the words, and members particular to the type."""

    problem: Problem
    status: int
    detail: str
    hint: str | None = None
    members: dict[str, Any] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()


def install(app: Flask) -> None:
    """Make `app` answer every error in this form."""
    app.register_error_handler(Exception, _handle)


def _handle(error: Exception) -> Response | HTTPException:
    # A redirect is an HTTPException too.
    if isinstance(error, HTTPException) and (error.response is not None or (error.code or 500) < 400):
        return error
    report = _report(error)
    if report.problem.slug in ("internal", "store-unavailable") or isinstance(error, sqlite3.Error):
        current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    with deadline.within(None):  # that the time is over must be told, too
        return _response(report)


def answer_to(error: GovplanError) -> Response:
    """Return an error that is known already in its one form; it is not logged once more."""
    return _response(_report(error))


def _report(error: Exception) -> Report:
    if isinstance(error, Refused):
        problem = PROBLEMS[error.slug]
        members = {"offered": list(error.offered)} if error.offered else {}
        return Report(problem, problem.status, error.what, error.mend, members, error.headers)
    if isinstance(error, HTTPException):
        return _of_http(error)
    slug = next((slug for kind, slug in _CLASSES.items() if isinstance(error, kind)), "internal")
    problem = PROBLEMS[slug]
    headers = _retry(problem, error)
    # What the store says of its own state may name paths of this machine.
    if not isinstance(error, GovplanError) or isinstance(error, (StoreUnavailable, SpoolFull)) or slug == "internal":
        return Report(problem, problem.status, problem.explanation, headers=headers)
    status = 414 if isinstance(error, QueryTooLong) and request.method != "POST" else problem.status
    return Report(problem, status, error.what, error.mend, _members(error), headers)


def _retry(problem: Problem, error: Exception) -> tuple[tuple[str, str], ...]:
    """Return when to come back, for the problems that pass by themselves."""
    if isinstance(error, (Overloaded, ClientOverBudget)):
        return (("Retry-After", str(error.retry_seconds)),)
    return (("Retry-After", _RETRY_SECONDS),) if problem.status == 503 else ()


def _of_http(error: HTTPException) -> Report:
    status = error.code or 500
    problem = PROBLEMS[_STATUSES.get(status, "request-refused" if status < 500 else "internal")]
    headers = tuple((name, value) for name, value in error.get_headers() if name != "Content-Type")
    detail = problem.explanation if status >= 500 else error.description or problem.explanation
    if isinstance(error, RequestEntityTooLarge):
        limit = site().settings.body_bytes
        members = {"limit": limit, "observed": request.content_length, "setting": "body_bytes"}
        return Report(
            problem,
            status,
            f"The body is larger than the {limit} bytes this server reads.",
            "send a shorter query, or raise the setting body_bytes",
            {name: value for name, value in members.items() if value is not None},
            headers,
        )
    if isinstance(error, MethodNotAllowed):
        offered = sorted(error.valid_methods or ())
        return Report(
            problem,
            status,
            f"The method {request.method} is not taken here.",
            "A release never changes, so nothing is put, patched or deleted: read by GET, ask by queries at /sparql.",
            {"offered": offered},
            headers,
        )
    return Report(problem, status, detail, headers=headers)


def _members(error: GovplanError) -> dict[str, Any]:
    members: dict[str, Any]
    match error:
        case QueryMalformed():
            members = {"line": error.line, "column": error.column, "excerpt": error.excerpt}
        case QueryTooLong():
            members = {"limit": error.limit, "observed": error.observed, "setting": "query_bytes"}
        case AnswerTooLarge() | BatchTooLarge() | QueryTooComplex():
            members = {"limit": error.limit, "observed": error.observed, "setting": error.setting}
        case QueryTimedOut() | MemoryExceeded():
            members = {"limit": error.limit, "setting": error.setting}
        case QueryRefused():
            members = {"feature": error.feature}
        case FormatUnknown() | AnswerUnwritable():
            members = {"offered": list(error.offered)}
        case _:
            members = {}
    return {name: value for name, value in members.items() if value is not None}


def explained(error: GovplanError, template: str, **page: Any) -> Response:
    """Return the page of a template that shows what is the matter as `report`, so that nothing typed there is lost."""
    report = _report(error)
    with deadline.within(None):
        return _finished(Response(render_template(template, report=report, **page), mimetype="text/html"), report)


def _response(report: Report) -> Response:
    document = {
        "type": f"{site().settings.base}errors/{report.problem.slug}",
        "title": report.problem.title,
        "status": report.status,
        "detail": report.detail,
        **({"hint": report.hint} if report.hint else {}),
        **report.members,
    }
    if wants_html():
        response = Response(render_template("error.html", report=report), mimetype="text/html")
    else:
        response = Response(json.dumps(document) + "\n", content_type=PROBLEM.content_type)
    return _finished(response, report)


def _finished(response: Response, report: Report) -> Response:
    response.status_code = report.status
    for name, value in report.headers:
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    explained = shown_address("pages.error_type", slug=report.problem.slug)
    response.headers["Link"] = f'<{explained}>; rel="help"'
    return response
