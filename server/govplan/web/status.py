"""/live, /ready, /metrics and /limits: whether this server answers, what it has done, and how much it takes."""

from typing import Any

from flask import Blueprint, Response, current_app, json, jsonify, render_template
from prometheus_client import CONTENT_TYPE_LATEST

from govplan import metrics
from govplan.errors import GovplanError
from govplan.settings import SETTINGS
from govplan.store import Request
from govplan.store.formats import BINDINGS
from govplan.web.answers import PRIVATE, SHARED
from govplan.web.conversation import quick
from govplan.web.negotiation import HTML, PAGES, choose
from govplan.web.site import site

blueprint = Blueprint("status", __name__)
_CANARY = Request("ASK { ?s ?p ?o }", BINDINGS[0].media_type, seconds=1.0)
_PLACES = {"host", "port", "releases", "spool", "proxies"}


@blueprint.get("/live")
@quick
def live() -> Response:
    """Say that the front answers, whatever the store does."""
    return _status("ok", 200)


@blueprint.get("/ready")
def ready() -> Response:
    """Ask the store one question whose answer is known: a release is never empty."""
    try:
        sound = json.loads(site().store.answer(_CANARY).body).get("boolean") is True
    except GovplanError as problem:
        current_app.logger.error("the canary query failed: %s", problem)
        sound = False
    return _status("ok", 200) if sound else _status("unavailable", 503)


def _status(word: str, code: int) -> Response:
    response = jsonify({"status": word, "release": site().manifest.id})
    response.status_code = code
    response.headers["Cache-Control"] = PRIVATE
    if code != 200:
        response.headers["Retry-After"] = "1"
    return response


@blueprint.get("/metrics")
def figures() -> Response:
    """Return the counts of this server in Prometheus' text format."""
    response = Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = PRIVATE
    return response


@blueprint.get("/limits")
def limits() -> Response:
    """List the limits that are in force."""
    if choose(PAGES) is HTML:
        response = Response(render_template("limits.html", limits=_limits()), mimetype="text/html")
    else:
        response = jsonify(_limits())
    response.headers["Cache-Control"] = SHARED
    return response


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
