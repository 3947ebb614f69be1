"""/releases/: the releases that are kept and those that were removed; what an address was like in each (RFC 7089).

Whatever a release answers is below `/release/{id}/` (`pinned`), by the routes of the current one.
"""

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.http import http_date, parse_date
from werkzeug.wrappers import Response as AnyResponse

from govplan.errors import StoreUnavailable
from govplan.manifest import FILE, Manifest
from govplan.release.kept import kept
from govplan.release.tombstones import tombstones
from govplan.web.http.addresses import current_release, release_address
from govplan.web.http.answers import RESULT_POLICY, SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.negotiation import HTML, PAGES, choose
from govplan.web.site import site

blueprint = Blueprint("releases", __name__)
# The list changes without a change of the release that is served.
_ASK_AGAIN = "no-cache"
LINK_FORMAT = "application/link-format"


@blueprint.get("/releases/")
def listing() -> Response:
    """List the releases that are kept, newest first, and those that were removed."""
    current, here = current_release(), kept(site().settings.releases)
    gone = tombstones(site().settings.releases)
    if choose(PAGES, request.args.get("format")) is HTML:
        page = render_template("releases.html", releases=here, removed=gone, current=current)
        response = Response(page, mimetype="text/html")
    else:
        response = jsonify(
            {
                "current": current,
                "releases": [_member(manifest) for manifest in here],
                "removed": [
                    {
                        "id": each.id,
                        "version": each.version,
                        "date": each.date,
                        "removed": each.removed,
                        "why": each.why,
                    }
                    | ({"copy": each.copy} if each.copy else {})
                    for each in gone
                ],
            }
        )
    response.headers["Cache-Control"] = _ASK_AGAIN
    return response


def _member(manifest: Manifest) -> dict[str, object]:
    return {
        "id": manifest.id,
        "sha256": manifest.sha256,
        "version": manifest.version,
        "date": manifest.date,
        "statements": manifest.quads,
        "url": release_address(manifest.id, external=True),
    }


@blueprint.get(f"/{FILE}")
def manifest() -> Response:
    """Send the manifest: the hashes of every file of the release, by which whoever has one can verify it."""
    path = site().folder / FILE
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise StoreUnavailable(f"{FILE} cannot be read: {problem.strerror}.", where=str(path)) from problem
    headers = {"Cache-Control": SHARED, "Content-Security-Policy": RESULT_POLICY}
    return Response(content, mimetype="application/json", headers=headers)


@blueprint.get("/timemap/", defaults={"name": ""})
@blueprint.get("/timemap/<path:name>")
def timemap(name: str) -> Response:
    """List what an address was like in each release that is kept, as link-format (RFC 7089 section 5)."""
    original = url_for("pages.home", _external=True, lang=None) + name
    links = [f'<{original}>; rel="original"', f'<{_address("timegate", name)}>; rel="timegate"']
    links.append(f'<{_address("timemap", name)}>; rel="self"; type="{LINK_FORMAT}"')
    links += [
        f'<{release_address(each.id, external=True)}/{name}>; rel="memento"; datetime="{http_date(each.moment)}"'
        for each in reversed(kept(site().settings.releases))
    ]
    response = Response(",\n".join(links) + "\n", content_type=LINK_FORMAT)
    response.headers["Cache-Control"] = _ASK_AGAIN
    return response


@blueprint.get("/timegate/", defaults={"name": ""})
@blueprint.get("/timegate/<path:name>")
def timegate(name: str) -> AnyResponse:
    """Lead to an address as it was at the date of Accept-Datetime: in the last release that was not after it."""
    text = request.headers.get("Accept-Datetime")
    wanted = parse_date(text) if text else datetime.now(UTC)
    if wanted is None:
        raise Refused(
            "request-malformed",
            f"The header Accept-Datetime holds {text!r}, which is no date.",
            mend="write it as in Tue, 24 Nov 2026 00:00:00 GMT",
        )
    releases = kept(site().settings.releases)
    if not releases:
        raise Refused("not-found", "No release is kept here.", mend="try again later")
    chosen = next((each for each in releases if each.moment <= wanted), releases[-1])
    response = redirect(f"{release_address(chosen.id)}/{name}", 302)
    response.headers["Vary"] = "Accept-Datetime"
    response.headers["Cache-Control"] = _ASK_AGAIN
    response.headers.extend([("Link", f'<{_address("timemap", name)}>; rel="timemap"; type="{LINK_FORMAT}"')])
    return response


def _address(endpoint: str, name: str) -> str:
    return url_for(f"releases.{endpoint}", name=name, _external=True, lang=None)
