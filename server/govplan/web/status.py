"""/healthz and /limits: whether this server answers, and how much it takes."""

from typing import Any

from flask import Blueprint, Response, current_app, json, jsonify, render_template

from govplan.config import SETTINGS
from govplan.store import Request
from govplan.store.formats import BINDINGS
from govplan.web.negotiation import HTML, PAGES, choose
from govplan.web.site import site

blueprint = Blueprint("status", __name__)
_CANARY = Request("ASK { ?s ?p ?o }", BINDINGS[0].media_type)
_PLACES = {"host", "port", "releases"}


@blueprint.get("/healthz")
def health() -> Response:
    """Ask the store one question whose answer is known: a release is never empty."""
    try:
        sound = json.loads(site().store.answer(_CANARY).body).get("boolean") is True
    except Exception as problem:  # whatever is the matter, the answer is that this server is not sound
        current_app.logger.error("the canary query failed", exc_info=problem)
        sound = False
    response = jsonify({"status": "ok" if sound else "unavailable", "release": site().manifest.id})
    response.status_code = 200 if sound else 503
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/limits")
def limits() -> Response:
    """List the limits that are in force."""
    if choose(PAGES) is HTML:
        return Response(render_template("limits.html", limits=_limits()), mimetype="text/html")
    return jsonify(_limits())


def _limits() -> list[dict[str, Any]]:
    return [
        {
            "name": setting.key,
            "value": getattr(site().settings, setting.key),
            "meaning": setting.meaning,
            "variable": setting.variable,
        }
        for setting in SETTINGS
        if setting.key not in _PLACES
    ]
