"""/dumps/: the whole release as files, with validators, ranges, and the codings they were compressed in when built."""

import mimetypes
import os
import re
from collections.abc import Mapping
from typing import BinaryIO

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.datastructures import ContentRange
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from govplan.content_codings import CODINGS, IDENTITY
from govplan.errors import StoreUnavailable
from govplan.formats import BINDINGS, GRAPHS
from govplan.manifest import CHECKSUMS, FileEntry
from govplan.web.http.answers import RESULT_POLICY, SHARED
from govplan.web.http.conversation import quick
from govplan.web.http.errors import Refused
from govplan.web.http.files import FileBody
from govplan.web.http.negotiation import HTML, PAGES, choose, codings
from govplan.web.site import site

blueprint = Blueprint("dumps", __name__, url_prefix="/dumps")
_FOLDER = "dumps/"
_RANGE = re.compile(r"bytes=(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})|-(?P<suffix>[0-9]{1,18}))")
# Not every machine knows them.
_TABLES = {
    "csv-metadata.json": "application/csvm+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CODED = {coding.extension: coding for coding in CODINGS.values()}


@blueprint.get("/")
def listing() -> Response:
    """List the files of the release; a compressed one follows the file that it is a form of."""
    files = [
        {
            "name": name,
            "format": _format(name),
            "encoding": _split(name)[1],
            "media_type": _content_type(name).partition(";")[0],
            "bytes": entry.size,
            "sha256": entry.sha256,
            "url": url_for("dumps.file", name=name, _external=True),
        }
        for name, entry in files_in(_FOLDER).items()
    ]
    if choose(PAGES, request.args.get("format")) is HTML:
        response = Response(render_template("dumps.html", files=files), mimetype="text/html")
    else:
        response = jsonify(files)
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/<name>")
@quick
def file(name: str) -> Response:
    """Send one file, or the part of it that is asked for, in a coding the client takes. Raises Refused if none is."""
    return sent(_FOLDER, name)


def sent(folder: str, name: str) -> Response:
    """Return a file of a folder of the release, or a part of it, in a coding the client takes; raises as `file`."""
    files = files_in(folder)
    if name not in files:
        raise Refused(
            "dump-unknown",
            f"The release has no file {name!r}.",
            mend="take one of those offered",
            offered=list(files),
        )
    offered = _offered(name, files)
    taken = [coding for coding in codings(request.headers.get("Accept-Encoding")) if coding in offered]
    if not taken:
        raise Refused(
            "not-acceptable",
            f"The file {name!r} is there in no coding that the request accepts.",
            mend="accept one of those offered by Accept-Encoding",
            offered=list(offered),
        )
    held = request.if_none_match
    for coding in taken:
        if held.star_tag or held.contains_weak(offered[coding].sha256):
            return _described(Response(status=304), name, offered[coding], coding)
    # Who asks for a part counts in bytes of the file; few clients could decode a piece of a compressed one.
    ranged = IDENTITY in taken and _range_applies(offered[IDENTITY])
    coding = IDENTITY if ranged else taken[0]
    return _described(_body(offered[coding], ranged=ranged), name, offered[coding], coding)


def dumps() -> Mapping[str, FileEntry]:
    """Return name → entry of the files of the release in its formats, without their compressed forms."""
    return {name: entry for name, entry in files_in(_FOLDER).items() if _split(name)[1] is None and _is_format(name)}


def _body(entry: FileEntry, *, ranged: bool) -> Response:
    if request.method == "HEAD":
        response = Response()
        response.content_length = entry.size
        response.accept_ranges = "bytes"
        return response
    first, last = (0, entry.size) if not ranged else _part(entry.size)
    response = Response(FileBody(_opened(entry), first, last - first), direct_passthrough=True)
    response.content_length = last - first
    response.accept_ranges = "bytes"
    if ranged:
        response.status_code = 206
        response.content_range = ContentRange("bytes", first, last, entry.size)
    return response


def _part(size: int) -> tuple[int, int]:
    """Return the first byte that the header Range asks for, and the one after the last.

    Raises RequestedRangeNotSatisfiable.
    """
    part = request.range.range_for_length(size) if request.range else None
    if part is None or re.fullmatch("bytes=-0+", _range()):
        raise RequestedRangeNotSatisfiable(size)
    return part


def _opened(entry: FileEntry) -> BinaryIO:
    """Open a file of the release. Raises StoreUnavailable if it is gone, or not as long as it was built."""
    path = site().folder.resolve() / entry.path
    try:
        file = path.open("rb")
    except OSError as problem:
        raise StoreUnavailable(f"{entry.path} cannot be read: {problem.strerror}.", where=str(path)) from problem
    if os.fstat(file.fileno()).st_size != entry.size:
        file.close()
        raise StoreUnavailable(f"{entry.path} is not as long as it was built.", where=str(path))
    return file


def _described(response: Response, name: str, entry: FileEntry, coding: str) -> Response:
    """Say what is sent. There is no Last-Modified: the time of a file is that of its build here, and a release that was
    built earlier may become current later.
    """
    response.content_type = _content_type(name)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.set_etag(entry.sha256)
    if coding != IDENTITY:
        response.headers["Content-Encoding"] = coding
    # The form that was chosen is the one to send: nothing on the way needs to compress it.
    response.headers["Cache-Control"] = f"{SHARED}, no-transform"
    response.headers["Content-Security-Policy"] = RESULT_POLICY
    return response


def files_in(folder: str) -> Mapping[str, FileEntry]:
    """Return name → entry of the files that the manifest lists in a folder of the release: only those are ever sent."""
    return {
        entry.path.removeprefix(folder): entry
        for entry in site().manifest.files
        if entry.path.startswith(folder) and "/" not in entry.path.removeprefix(folder)
    }


def _offered(name: str, files: Mapping[str, FileEntry]) -> dict[str, FileEntry]:
    """Return coding → file of the forms there are of `name`; a release built before there were any has one."""
    forms = {coding.name: f"{name}.{coding.extension}" for coding in CODINGS.values()}
    return {coding: files[form] for coding, form in forms.items() if form in files} | {IDENTITY: files[name]}


def _split(name: str) -> tuple[str, str | None]:
    """Return the name without the extension of a coding, and that coding."""
    plain, _, extension = name.rpartition(".")
    coding = _CODED.get(extension)
    return (plain, coding.name) if coding else (name, None)


def _is_format(name: str) -> bool:
    return name.rpartition(".")[2] in {fmt.extension for fmt in GRAPHS}


def _format(name: str) -> str:
    if name == CHECKSUMS:
        return "checksums"
    extension = _split(name)[0].rpartition(".")[2]
    return next((fmt.label for fmt in GRAPHS if fmt.extension == extension), extension)


def _content_type(name: str) -> str:
    if name == CHECKSUMS:
        return "text/plain; charset=utf-8"
    extension = name.partition(".")[2] if name.endswith(".csv-metadata.json") else name.rpartition(".")[2]
    if extension in _CODED:
        return _CODED[extension].media_type
    known = next((fmt.content_type for fmt in (*GRAPHS, *BINDINGS) if fmt.extension == extension), None)
    return _TABLES.get(extension) or known or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _range_applies(entry: FileEntry) -> bool:
    """Tell whether the header Range counts (RFC 9110 sections 13.1.5 and 14.2).

    It does not for HEAD, where the client holds a part of another file, for several ranges at once, for other units
    than bytes, for a range that ends before it begins, and for a suffix that is the whole file.
    """
    found = _RANGE.fullmatch(_range())
    if found is None or request.method != "GET":
        return False
    if request.headers.get("If-Range", f'"{entry.sha256}"').strip() != f'"{entry.sha256}"':
        return False
    first, last, suffix = found["first"], found["last"], found["suffix"]
    return int(suffix) < entry.size if suffix else not last or int(first) <= int(last)


def _range() -> str:
    return request.headers.get("Range", "").strip()
