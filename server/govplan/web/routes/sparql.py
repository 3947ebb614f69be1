"""/sparql: the query operation of the SPARQL 1.1 Protocol, and the description of the service."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from govplan.errors import (
    AnswerTooLarge,
    AnswerUnwritable,
    GovplanError,
    MemoryExceeded,
    QueryMalformed,
    QueryRefused,
    QueryTimedOut,
    QueryTooComplex,
    QueryTooDeep,
)
from govplan.formats import BINDINGS, GRAPHS, Form, for_form
from govplan.sparql import Answer, Request, Scan
from govplan.sparql.throttle import LONG, throttled_scan
from govplan.web.http.answers import COMPLETENESS, PRIVATE, SHARED, request_for, respond, result
from govplan.web.http.conversation import IN_THREAD, Ask, Steps, stepwise
from govplan.web.http.errors import Refused, explained
from govplan.web.http.language import PARAMETER, asked_language
from govplan.web.http.negotiation import HTML, best, wants_html
from govplan.web.http.protocol import MAX_ROWS, Operation, read_operation
from govplan.web.http.threads import waiting
from govplan.web.render.automatic_chart import sketch, sketched
from govplan.web.render.catalogue import description
from govplan.web.render.charts import CHART_ROWS, SVG, asked_look, draw
from govplan.web.render.paging import view
from govplan.web.render.service_description import service_description
from govplan.web.render.tables import Shown, for_page, in_whole, shown
from govplan.web.routes.editor import examples, files
from govplan.web.routes.queries import example_query
from govplan.web.site import policy, site

blueprint = Blueprint("sparql", __name__)
# What a reader can mend in the query itself: the page shows it beside the text.
_OF_THE_QUERY = (
    AnswerTooLarge,
    AnswerUnwritable,
    MemoryExceeded,
    QueryMalformed,
    QueryRefused,
    QueryTimedOut,
    QueryTooComplex,
    QueryTooDeep,
    Refused,
)


@blueprint.route("/sparql", methods=["GET", "POST"])
@blueprint.route("/sparql/", methods=["GET", "POST"], endpoint="with_slash")
@stepwise
def endpoint() -> Steps:
    """Answer a query, or describe the service where there is none."""
    if len(request.query_string) + (request.content_length or 0) > LONG:
        yield IN_THREAD
    operation = read_operation(request, site().settings.query_bytes)
    if operation.query is None:
        return (yield from _describe(operation))
    if _wants_page(operation):
        try:
            return (yield from _answer(operation, operation.query))
        except _OF_THE_QUERY as problem:
            return _wrong(operation, operation.query, problem)
    return (yield from _answer(operation, operation.query))


@blueprint.get("/sparql/chart")
def chart() -> Response:
    """Answer a query as a chart, in a `theme` and a `size`. Raises ChartImpossible where it would mislead."""
    operation = read_operation(request, site().settings.query_bytes)
    look, size = asked_look()
    if operation.query is None:
        raise Refused("request-malformed", "There is no parameter 'query'.", mend="send a SELECT query as 'query'")
    found = throttled_scan(operation.query, policy().limits, policy().throttle, waiting)
    asked = _asked(operation, operation.query, found, for_form(found.form)[0].media_type)
    answer = site().store.answer(for_page(asked, found.form, CHART_ROWS))
    drawn = draw(sketched(shown(site(), answer, operation.max_rows), look, size), SVG, operation.seconds)
    response = result(Answer(drawn, SVG.media_type), SVG, f"answer.{SVG.extension}")
    response.headers["Cache-Control"] = PRIVATE if found.volatile else SHARED
    response.vary.add("Accept-Language")
    return response


def _asked(operation: Operation, query: str, found: Scan, media_type: str) -> Request:
    return request_for(
        site(),
        query,
        found.form,
        media_type,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        seconds=operation.seconds,
        max_rows=operation.max_rows,
        found=found,
    )


def _answer(operation: Operation, query: str) -> Steps:
    if len(query) > LONG:
        yield IN_THREAD
    found = throttled_scan(query, policy().limits, policy().throttle, waiting)
    formats = for_form(found.form)
    # A web page is made when it is named, or when nothing else is acceptable: a browser gets the default format.
    fmt = operation.format(formats, last=(HTML,))
    asked = _asked(operation, query, found, formats[0].media_type if fmt is HTML else fmt.media_type)
    if fmt is HTML:
        answer = yield Ask(for_page(asked, found.form), rendering=True)
        assert answer is not None
        whole = shown(site(), answer, operation.max_rows)
        response = _answered(operation, query, found.form, whole)
        response.headers[COMPLETENESS] = whole.completeness
        return response
    return (yield from respond(site(), asked, fmt, volatile=found.volatile))


def _describe(operation: Operation) -> Steps:
    fmt = operation.format((*GRAPHS, HTML))
    if fmt is HTML:
        yield IN_THREAD
        return _page(**_form(operation, example_query()))
    text = description(
        site(), service_description(site().settings, site().manifest, url_for("pages.home", _external=True))
    )
    return (yield from respond(site(), Request(text, fmt.media_type), fmt, volatile=False))


def _wants_page(operation: Operation) -> bool:
    """Tell whether the answer is to be a page, and so a page with the query what is wrong with it."""
    accept = request.headers.get("Accept")
    return wants_html() and (operation.names(HTML) or best(accept, (*BINDINGS, *GRAPHS)) is None)


def _answered(operation: Operation, query: str, form: Form, whole: Shown) -> Response:
    address = _addresses(operation, query)
    sort = request.args.get("sort", "")
    return _page(
        **_form(operation, query),
        answer=whole,
        view=view(whole, sort, request.args.get("page", "1")) if whole.columns else None,
        address=lambda page="", sort=sort: address("sparql.endpoint", format=HTML.extension, page=page, sort=sort),
        figure=sketch(
            whole, lambda theme, size: address("sparql.chart", lang=asked_language(), theme=theme, size=size)
        ),
        whole=[
            (fmt.label, address("sparql.endpoint", format=fmt.extension)) for fmt in for_form(form) if in_whole(fmt)
        ],
        files=[
            (fmt.label, f"answer.{fmt.extension}", address("sparql.endpoint", format=fmt.extension))
            for fmt in for_form(form)
        ],
    )


def _wrong(operation: Operation, query: str, problem: GovplanError) -> Response:
    return explained(problem, "sparql.html", **_form(operation, query))


def _form(operation: Operation, query: str) -> dict[str, object]:
    return {
        "query": query,
        "operation": operation,
        "editor": files(),
        "examples": examples(site(), asked_language()),
    }


def _addresses(operation: Operation, query: str) -> Callable[..., str]:
    """Return what gives the address of this operation at an endpoint; further parameters may be empty."""
    pairs = [("query", query)]
    pairs += [("default-graph-uri", iri) for iri in operation.default_graphs]
    pairs += [("named-graph-uri", iri) for iri in operation.named_graphs]
    if operation.max_rows:
        pairs.append((MAX_ROWS, str(operation.max_rows)))
    spoken = request.args.get(PARAMETER, "")

    def address(endpoint: str, **more: str) -> str:
        given = {PARAMETER: spoken if more.get("format") == HTML.extension else "", **more}
        path = url_for(endpoint, lang=None)
        return f"{path}?{urlencode([*pairs, *((name, value) for name, value in given.items() if value)])}"

    return address


def _page(**context: object) -> Response:
    response = Response(render_template("sparql.html", **context), mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response
