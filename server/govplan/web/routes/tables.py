"""/tables/: the answers of the questions that are tables of the release, as CSV and as workbooks."""

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from govplan.release.table_names import FOLDER, workbook_name
from govplan.web.http.answers import SHARED
from govplan.web.http.conversation import quick
from govplan.web.http.language import asked_language
from govplan.web.http.negotiation import HTML, PAGES, choose
from govplan.web.routes.dumps import files_in, sent
from govplan.web.site import site

blueprint = Blueprint("tables", __name__, url_prefix="/tables")
_FILES = f"{FOLDER}/"


@blueprint.get("/")
def listing() -> Response:
    """List the tables, in their order, and the workbook in the language of the reader."""
    files = files_in(_FILES)
    tables = sorted(
        (each for each in site().questions.values() if each.table), key=lambda each: (each.table, each.name)
    )
    shown = [each for each in tables if f"{each.name}.csv" in files]
    if choose(PAGES, request.args.get("format")) is HTML:
        page = render_template("tables.html", tables=shown, files=files, workbook=workbook())
        response = Response(page, mimetype="text/html")
    else:
        response = jsonify(
            [
                {"name": name, "bytes": entry.size, "sha256": entry.sha256, "url": _address(name)}
                for name, entry in files.items()
            ]
        )
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/<name>")
@quick
def file(name: str) -> Response:
    """Send one table or workbook as a file of the release."""
    return sent(_FILES, name)


def workbook() -> str | None:
    """Return the name of the workbook in the language of the reader, None if the release has none."""
    name = workbook_name(site().settings.name, asked_language())
    return name if name in files_in(_FILES) else None


def tables_of(*names: str) -> list[tuple[str, str]]:
    """Return those of these questions that are tables of the release: what each asks, and the name of its file."""
    files, asked = files_in(_FILES), site().questions
    return [
        (asked[name].summary[asked_language()], f"{name}.csv")
        for name in names
        if name in asked and f"{name}.csv" in files
    ]


def _address(name: str) -> str:
    return url_for("tables.file", name=name, _external=True, lang=None)
