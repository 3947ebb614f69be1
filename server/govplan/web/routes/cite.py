"""/cite, /verify: making a citation of an answer, the page that it leads to, and whether it still holds.

A citation is of a query or of a question with its values; what its key says is asked as anybody may ask it, and nothing
of it is believed (`citing.keys`).
"""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from govplan.citing.checklist import CHECKLISTS
from govplan.citing.citation import Citation
from govplan.citing.examining import Examined, examine
from govplan.citing.keys import LONGEST, Cited, Key, make_key, read_key
from govplan.citing.records import Record, records_of
from govplan.citing.styles import STYLES
from govplan.formats import Format, for_form
from govplan.questions import Question, bind
from govplan.questions.figures import takes_language
from govplan.sparql import Answer, Scan
from govplan.sparql.throttle import throttled_scan
from govplan.web.http.addresses import release_address
from govplan.web.http.answers import PRIVATE, RESULT_POLICY, SHARED, request_for
from govplan.web.http.language import PARAMETER, asked_language, gettext, spoken
from govplan.web.http.negotiation import HTML, JSON, choose
from govplan.web.http.protocol import read_operation
from govplan.web.http.threads import waiting
from govplan.web.render.citation_data import Asked, Verified, described, metadata
from govplan.web.render.citations import (
    citation,
    lasting,
    manifest_of,
    reasons,
    styled,
    styled_dataset,
    styled_part,
    written,
)
from govplan.web.routes.queries import bound_question
from govplan.web.site import policy, site

blueprint = Blueprint("cite", __name__)
blueprint.add_app_template_global(styled_part, "cite_part")
blueprint.add_app_template_global(styled_dataset, "cite_dataset")
blueprint.add_app_template_global(lasting)
_EXPORTS = tuple(style.format for style in STYLES.values())
# Bytes of an address that a header may carry, and of a query that an address may.
_LINKED, _ADDRESSED = 1000, 4000
_TYPES = ("https://schema.org/AboutPage", "https://schema.org/Dataset")


@blueprint.route("/cite", methods=["GET", "POST"])
def make() -> AnyResponse:
    """Ask a query and lead to the citation of its answer; without a query, lead to how that works."""
    operation = read_operation(request, site().settings.query_bytes)
    if operation.query is None:
        return redirect(url_for("cite.about"), 303)
    found = _scanned(operation.query)
    cited = Cited.of_query(operation.query, operation.default_graphs, operation.named_graphs)
    return _made(Asked(cited, operation.query, found.form, found, None))


@blueprint.get("/cite/question/<name>")
def make_of_question(name: str) -> AnyResponse:
    """Ask a question with the values of the address and lead to the citation of its answer."""
    found, values = bound_question(name)
    return _made(_of_question(found, values))


@blueprint.get("/cite/<key>")
def landing(key: str) -> Response:
    """Answer the page of a citation, its metadata as JSON, or the citation in a style."""
    fmt = choose((JSON, *_EXPORTS), request.args.get("format"), last=(HTML,)) if not _wants_page() else HTML
    found = _verified(key)
    cited = found.citation
    if fmt is HTML:
        response = Response(render_template("cite.html", **_page(found)), mimetype="text/html")
    elif fmt is JSON:
        response = jsonify(metadata(found))
    else:
        response = Response(written(cited, fmt.extension), content_type=fmt.content_type)
        response.headers["Content-Security-Policy"] = RESULT_POLICY
        if fmt.media_type != "text/plain":
            response.headers["Content-Disposition"] = f'attachment; filename="{cited.name}.{fmt.extension}"'
        response.vary.add("Accept-Language")
    response.headers["Cache-Control"] = SHARED
    response.headers.extend([("Link", link) for link in _links(found)])
    return response


@blueprint.get("/about/citing")
def about() -> Response:
    """Explain what a citation is here, and which of the rules for citing data hold, by which tests."""
    response = Response(render_template("citing.html", lists=CHECKLISTS, longest=LONGEST), mimetype="text/html")
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/verify/<key>")
def verify(key: str) -> Response:
    """Ask what is cited again and tell whether the answer says the same, as JSON or as the page of the citation."""
    if _wants_page():
        return landing(key)
    response = jsonify(metadata(_verified(key)))
    response.headers["Cache-Control"] = SHARED
    return response


def _wants_page() -> bool:
    """A browser that names no format gets the page."""
    asked = request.args.get("format")
    return asked == HTML.extension or (asked is None and choose((JSON, *_EXPORTS, HTML)) is HTML)


def _scanned(text: str) -> Scan:
    return throttled_scan(text, policy().limits, policy().throttle, waiting)


def _of_question(found: Question, values: dict[str, str]) -> Asked:
    """Every value is said, so that the citation stays the same where a default changes."""
    whole = {parameter.name: parameter.default for parameter in found.parameters} | values
    if takes_language(found):
        whole[PARAMETER] = spoken(whole.get(PARAMETER))
    text = bind(found, {name: value for name, value in whole.items() if value})
    return Asked(Cited.of_question(found.name, whole), text, found.form, None, found)


def _examined(asked: Asked) -> Examined:
    return examine(asked.text, asked.form, _asker(asked))


def _asker(asked: Asked) -> Callable[[str], Answer]:
    return lambda media_type: site().store.answer(
        request_for(
            site(),
            asked.text,
            asked.form,
            media_type,
            default_graphs=asked.cited.default_graphs,
            named_graphs=asked.cited.named_graphs,
            found=asked.found,
        )
    )


def _made(asked: Asked) -> AnyResponse:
    examined = _examined(asked)
    key, long = make_key(site().manifest.id, examined.content, asked.cited)
    if long:
        records_of(site().settings).add(
            Record(
                asked.cited.digest,
                asked.cited.written(),
                asked.text,
                site().manifest.id,
                examined.content,
                examined.answer,
                time.time_ns() // 1_000_000_000,
            )
        )
    response = redirect(url_for("cite.landing", key=key), 303)
    response.headers["Cache-Control"] = PRIVATE
    return response


def _verified(text: str) -> Verified:
    """Ask what a key says, of the release that is served. Raises CitationUnknown, and what the store raises."""
    key = read_key(text)
    cited = key.cited or records_of(site().settings).find(key.digest).cited
    if cited.question is not None:
        asked = _of_question(*bound_question(cited.question, dict(cited.parameters)))
    else:
        found = _scanned(cited.query)
        asked = Asked(cited, cited.query, found.form, found, None)
    return Verified(text, key, asked, _examined(asked), _citation(text, asked, key))


def _citation(key: str, asked: Asked, read: Key) -> Citation:
    language = asked_language()
    title = asked.question.summary[language] if asked.question else gettext("Answer to a SPARQL query")
    return citation(title, lasting(f"cite/{key}"), language, read.content, read.release)


def _results(found: Verified) -> list[tuple[Format, str]]:
    """Return where the answer is, in each format for data: in the release that was cited, as long as it is kept."""
    asked = found.asked
    if asked.question is not None:
        pairs = urlencode([pair for pair in asked.cited.parameters if pair[1]])
        name, query = asked.question.name, f"?{pairs}" if pairs else ""
        addresses = [
            (fmt, url_for("queries.question", name=f"{name}.{fmt.extension}", lang=None) + query)
            for fmt in for_form(asked.form)
        ]
    elif len(asked.text) < _ADDRESSED:
        endpoint = url_for("sparql.endpoint", lang=None)
        addresses = [
            (fmt, f"{endpoint}?{urlencode([*asked.cited.parameters, ('format', fmt.extension)])}")
            for fmt in for_form(asked.form)
        ]
    else:
        addresses = []
    if manifest_of(found.read.release) is None:
        return addresses
    own = release_address(found.read.release)
    return [(fmt, own + address.removeprefix(request.script_root)) for fmt, address in addresses]


def _links(found: Verified) -> list[str]:
    """Return the links of FAIR Signposting, level 1."""
    address, cited = url_for("cite.landing", key=found.key, lang=None), found.citation
    links = [f'<{cited.address}>; rel="cite-as"', *(f'<{kind}>; rel="type"' for kind in _TYPES)]
    links += [
        f'<{address}?format={fmt.extension}>; rel="describedby"; type="{fmt.media_type}"'
        for fmt in (*_EXPORTS[3:], JSON)
    ]
    # A header has its bounds; the page lists all of them.
    links += [
        f'<{where}>; rel="item"; type="{fmt.media_type}"' for fmt, where in _results(found) if len(where) < _LINKED
    ]
    if cited.licence.startswith(("http://", "https://")):
        links.append(f'<{cited.licence}>; rel="license"')
    return links


def _page(found: Verified) -> dict[str, object]:
    asked, examined, read, key = found.asked, found.examined, found.read, found.key
    repaired, own = examined.verdict.repaired, url_for("cite.landing", key=key)
    return {
        "key": key,
        "cited": found.citation,
        "styles": styled(found.citation),
        "exports": [(fmt.label, url_for("cite.landing", key=key, format=fmt.extension)) for fmt in _EXPORTS],
        "results": [(fmt.label, where) for fmt, where in _results(found)],
        "question": asked.question,
        "values": [(name, value) for name, value in asked.cited.parameters if asked.question and value],
        "query": examined.normal.text,
        "why": examined.normal.why,
        "comparison": found.comparison,
        "reasons": reasons(examined.verdict.reasons),
        "repaired": repaired,
        "examined": examined,
        "read": read,
        "known": manifest_of(read.release) is not None,
        "pinned": release_address(read.release) + own.removeprefix(request.script_root),
        "editor": url_for("sparql.endpoint", query=repaired or asked.text, format="html"),
        "described": described(found),
    }
