"""/sparql: the query operation of the SPARQL 1.1 Protocol, and the description of the service."""

from flask import Blueprint, Response, render_template, request, url_for

from govplan.store import Request
from govplan.store.formats import GRAPHS, for_form
from govplan.store.scan import scan
from govplan.web.answers import COMPLETENESS, completeness, request_for, respond
from govplan.web.description import service_description
from govplan.web.negotiation import HTML, choose
from govplan.web.protocol import Operation, read_operation
from govplan.web.queries import example_query
from govplan.web.site import site
from govplan.web.tables import shown

blueprint = Blueprint("sparql", __name__)


@blueprint.route("/sparql", methods=["GET", "POST"])
@blueprint.route("/sparql/", methods=["GET", "POST"], endpoint="with_slash")
def endpoint() -> Response:
    """Answer a query, or describe the service where there is none."""
    operation = read_operation(request, site().settings.query_bytes)
    return _describe(operation) if operation.query is None else _answer(operation, operation.query)


def _answer(operation: Operation, query: str) -> Response:
    found = scan(query, site().limits)
    formats = for_form(found.form)
    # A web page is made only when it is named: browsers, too, get the default format of the protocol.
    fmt = choose((*formats, HTML) if operation.asked == HTML.extension else formats, operation.asked)
    asked = request_for(
        site(),
        query,
        found.form,
        formats[0].media_type if fmt is HTML else fmt.media_type,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        seconds=operation.seconds,
        max_rows=operation.max_rows,
    )
    if fmt is HTML:
        answer = site().store.answer(asked)
        response = _page(query, operation, answer=shown(site(), answer))
        response.headers[COMPLETENESS] = completeness(asked, answer)
        return response
    return respond(site(), asked, fmt, volatile=found.volatile)


def _describe(operation: Operation) -> Response:
    fmt = choose((*GRAPHS, HTML), operation.asked)
    if fmt is HTML:
        return _page(example_query(), operation, answer=None)
    text = service_description(site().manifest, url_for("pages.home", _external=True))
    return respond(site(), Request(text, fmt.media_type), fmt, volatile=False)


def _page(query: str, operation: Operation, answer: object) -> Response:
    page = render_template("sparql.html", query=query, operation=operation, answer=answer)
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response
