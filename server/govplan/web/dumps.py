"""/dumps/: the whole release as files, with validators and ranges."""

import mimetypes
import re
from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, render_template, request, send_file, url_for

from govplan.manifest import FileEntry
from govplan.store.formats import GRAPHS
from govplan.web.answers import RESULT_POLICY, SHARED
from govplan.web.errors import Refused
from govplan.web.negotiation import HTML, PAGES, choose
from govplan.web.site import site

blueprint = Blueprint("dumps", __name__, url_prefix="/dumps")
_FOLDER = "dumps/"
_RANGE = re.compile(r"bytes=(?:(?P<first>\d+)-\d*|-(?P<last>\d+))")


@blueprint.get("/")
def listing() -> Response:
    """List the files of the release."""
    files = [
        {
            "name": name,
            "format": _format(name),
            "media_type": _content_type(name).partition(";")[0],
            "bytes": entry.size,
            "sha256": entry.sha256,
            "url": url_for("dumps.file", name=name, _external=True),
        }
        for name, entry in dumps().items()
    ]
    if choose(PAGES, request.args.get("format")) is HTML:
        return Response(render_template("dumps.html", files=files), mimetype="text/html")
    return jsonify(files)


@blueprint.get("/<name>")
def file(name: str) -> Response:
    """Send one file, or the part of it that is asked for. Raises Refused if there is no such file."""
    entry = dumps().get(name)
    if entry is None:
        raise Refused(
            "dump-unknown",
            f"The release has no file {name!r}.",
            mend="take one of those offered",
            offered=list(dumps()),
        )
    if not _range_applies(entry):
        request.environ.pop("HTTP_RANGE", None)
    response = send_file(
        site().release.resolve() / entry.path,
        mimetype=_content_type(name),
        as_attachment=True,
        download_name=name,
        etag=entry.sha256,
        conditional=True,
    )
    response.headers["Cache-Control"] = SHARED
    response.headers["Content-Security-Policy"] = RESULT_POLICY
    return response


def dumps() -> Mapping[str, FileEntry]:
    """Return name → entry of the files that the manifest lists as dumps: only those are ever sent."""
    return {
        entry.path.removeprefix(_FOLDER): entry
        for entry in site().manifest.files
        if entry.path.startswith(_FOLDER) and "/" not in entry.path.removeprefix(_FOLDER)
    }


def _format(name: str) -> str:
    extension = name.rpartition(".")[2]
    return next((fmt.label for fmt in GRAPHS if fmt.extension == extension), extension)


def _content_type(name: str) -> str:
    extension = name.rpartition(".")[2]
    known = next((fmt.content_type for fmt in GRAPHS if fmt.extension == extension), None)
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _range_applies(entry: FileEntry) -> bool:
    """Tell whether the header Range counts (RFC 9110 sections 13.2.2 and 14.2).

    It does not for HEAD, where a validator already says that nothing changed, for several ranges at once, for other
    units than bytes, and for a suffix that is the whole file; Werkzeug would answer 206 or 416 to these.
    """
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if found is None or request.method != "GET" or entry.sha256 in request.if_none_match:
        return False
    return found["last"] is None or int(found["last"]) < entry.size
