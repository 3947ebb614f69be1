"""/codebook: every class, property and code, as a page and as a table."""

from flask import Blueprint, Response, render_template, request

from govplan.formats import BINDINGS, named
from govplan.readmodel.codebook import codebook as read_codebook
from govplan.sparql import Answer
from govplan.web.http.answers import SHARED, result
from govplan.web.http.language import PARAMETER, asked_language, reader, speaking, spoken
from govplan.web.http.negotiation import HTML, choose
from govplan.web.render.codebook_files import table
from govplan.web.site import site

blueprint = Blueprint("codebook", __name__)
_CSV = named("csv", BINDINGS)


@blueprint.get("/codebook")
def codebook() -> Response:
    """Show every class, property and code."""
    if choose((HTML, _CSV), request.args.get("format")) is _CSV:
        return codebook_table()
    shown = site().cached(("codebook", reader()), lambda: read_codebook(site(), asked_language()))
    response = Response(render_template("codebook.html", shown=shown), mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/codebook.csv")
def codebook_table() -> Response:
    """Return the codebook as a table, in the language that the address names."""
    language = spoken(request.args.get(PARAMETER))
    with speaking(language):
        body = site().cached(("codebook.csv", language), lambda: table(read_codebook(site(), language)))
    response = result(Answer(body, _CSV.media_type), _CSV, "codebook.csv")
    response.headers["Cache-Control"] = SHARED
    return response
