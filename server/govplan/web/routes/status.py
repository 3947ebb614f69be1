"""/live, /ready, /metrics and /limits: whether this server answers, what it has done, and how much it takes."""

import os
import sqlite3
from collections.abc import Generator
from typing import Any

from flask import Blueprint, Response, current_app, json, jsonify, render_template, request
from prometheus_client import CONTENT_TYPE_LATEST

from govplan import metrics
from govplan.errors import GovplanError
from govplan.formats import BINDINGS
from govplan.search import FILE as SEARCH
from govplan.search import check_index
from govplan.settings import SETTINGS
from govplan.sparql import Answer, Request
from govplan.web.http.answers import PRIVATE, SHARED
from govplan.web.http.conversation import Ask, Steps, quick, stepwise
from govplan.web.http.errors import answer_to
from govplan.web.http.negotiation import HTML, PAGES, choose
from govplan.web.site import site

blueprint = Blueprint("status", __name__)
_CANARY = Request("ASK { ?s ?p ?o }", BINDINGS[0].media_type, seconds=1.0)
_PLACES = {"host", "port", "releases", "citations", "spool", "public_url", "proxies", "access_log"}
# What needs nothing of the release: the state of the server, and how the page of an error looks.
_ALWAYS = {"status.live", "status.ready", "status.figures", "static"}


@blueprint.before_app_request
def _withhold() -> Response | None:
    problem = site().problem
    if problem is None or request.method == "OPTIONS" or request.endpoint in (None, *_ALWAYS):
        return None
    # The alarm is in the log already; no request needs a line of its own.
    return answer_to(problem)


@blueprint.get("/live")
@quick
def live() -> Response:
    """Say that the front answers, whatever the store does."""
    return _status({"status": "ok", "release": site().manifest.id})


@blueprint.get("/ready")
@stepwise
def ready() -> Steps:
    """Say of store, files and search whether they answer, `none` of what the release does not have; cheap to ask.

    The status is 503 if one of them does not; `detail` says why.
    """
    wrong = {"store": (yield from _store()), "files": _files(), "search": _search()}
    parts = {part: "unavailable" if why else "ok" for part, why in wrong.items()}
    if SEARCH not in {entry.path for entry in site().manifest.files}:
        parts["search"] = "none"
    document = {"status": "unavailable" if any(wrong.values()) else "ok", "release": site().manifest.id, **parts}
    if any(wrong.values()):
        document["detail"] = "; ".join(f"{part}: {why}" for part, why in wrong.items() if why)
        current_app.logger.error("not ready: %s", document["detail"])
    return _status(document)


def _store() -> Generator[Ask, Answer | None, str]:
    """Ask the store one question whose answer is known: a release is never empty."""
    if (problem := site().problem) is not None:
        return problem.what
    try:
        answer = yield Ask(_CANARY)
    except GovplanError as refusal:
        current_app.logger.error("the canary query failed: %s", refusal)
        return "it does not answer a query"
    assert answer is not None
    return "" if json.loads(answer.body).get("boolean") is True else "it is empty"


def _files() -> str:
    """Look, without reading them, whether all files of the release are there as long as they were built."""
    release, manifest = site().folder, site().manifest
    missing = next(manifest.missing(release), None)
    if missing is not None:
        return f"{missing} is not there with the length it was built with"
    locked = (entry.path for entry in manifest.files if not os.access(release / entry.path, os.R_OK))
    return next((f"{path} may not be read" for path in locked), "")


def _search() -> str:
    if SEARCH in {entry.path for entry in site().manifest.files}:
        try:
            check_index(site().folder / SEARCH)
        except sqlite3.Error as problem:
            return f"the index does not answer: {problem}"
    return ""


def _status(document: dict[str, str]) -> Response:
    response = jsonify(document)
    response.headers["Cache-Control"] = PRIVATE
    if document["status"] != "ok":
        response.status_code = 503
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
