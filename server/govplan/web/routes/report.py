"""/report: what the gate found before the release was published, as a page, as JSON and as RDF."""

from flask import Blueprint, Response, json, render_template, request

from govplan.errors import StoreUnavailable
from govplan.formats import GRAPHS
from govplan.web.http.answers import RESULT_POLICY, SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.negotiation import HTML, PAGES, choose
from govplan.web.site import site

blueprint = Blueprint("report", __name__)
_TURTLE = next(fmt for fmt in GRAPHS if fmt.extension == "ttl")
_FILES = {"json": "report.json", "ttl": "report.ttl"}


@blueprint.get("/report")
def report() -> Response:
    """Answer the report of the release."""
    fmt = choose((*PAGES, _TURTLE), request.args.get("format"))
    if fmt is HTML:
        found = json.loads(_content("json"))
        page = render_template("report.html", report=found, languages=site().settings.languages)
        response = Response(page, mimetype="text/html")
    else:
        response = Response(_content(fmt.extension), content_type=fmt.content_type)
        response.headers["Content-Security-Policy"] = RESULT_POLICY
    response.headers["Cache-Control"] = SHARED
    return response


def _content(extension: str) -> bytes:
    """Return a file of the report. Raises Refused if the release has none, StoreUnavailable if it cannot be read."""
    name = _FILES[extension]
    if name not in {entry.path for entry in site().manifest.files}:
        raise Refused("not-found", "This release holds no report.", mend="/releases/ lists others")
    path = site().folder / name
    try:
        return path.read_bytes()
    except OSError as problem:
        raise StoreUnavailable(f"{name} cannot be read: {problem.strerror}.", where=str(path)) from problem
