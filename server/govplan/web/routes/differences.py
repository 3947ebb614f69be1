"""What changed between releases: between any two, of one thing through all of them, and as a feed of releases."""

import re
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from govplan.errors import AnswerTooLarge
from govplan.manifest import ID_LENGTH, Manifest
from govplan.release.difference import changed_questions, lines, rdf_patch
from govplan.release.history import history
from govplan.release.kept import kept
from govplan.release.tombstones import absent
from govplan.web.http.addresses import link, release_address
from govplan.web.http.answers import RESULT_POLICY, SHARED
from govplan.web.http.errors import Refused
from govplan.web.http.negotiation import HTML, PAGES, choose
from govplan.web.render.changes import changes, grouped, in_words
from govplan.web.render.difference_files import document, member, word
from govplan.web.site import site

blueprint = Blueprint("differences", __name__)
PATCH = "application/rdf-patch"
_PAIR = re.compile(rf"([0-9a-f]{{{ID_LENGTH}}})\.\.\.([0-9a-f]{{{ID_LENGTH}}})(\.rdfp)?")
_ASK_AGAIN = "no-cache"
# Releases that the history of a thing goes back, and that the feed names.
_MOST_STEPS, _MOST_ENTRIES = 200, 50


@blueprint.get("/releases/<pair>")
def difference(pair: str) -> Response:
    """Answer what changed between two releases, as A...B: in words, as JSON, or as an RDF Patch (A...B.rdfp)."""
    found = _PAIR.fullmatch(pair)
    if found is None:
        raise Refused(
            "not-found", f"{pair[:60]!r} is no pair of releases.", mend="write two ids of /releases/ as in A...B"
        )
    before, after = _release(found[1]), _release(found[2])
    if found[3] or request.args.get("format") == "rdfp":
        response = Response(_patch(before, after), mimetype=PATCH, headers={"Content-Security-Policy": RESULT_POLICY})
    else:
        told = changes(site(), before, after)
        questions = changed_questions(*before, *after)
        if choose(PAGES, request.args.get("format")) is HTML:
            page = render_template(
                "difference.html",
                before=before[1],
                after=after[1],
                plans=grouped(told),
                count=len(told),
                questions=questions,
                word=word,
                patch=url_for("differences.difference", pair=f"{found[1]}...{found[2]}.rdfp", lang=None),
                json=url_for("differences.difference", pair=f"{found[1]}...{found[2]}", format="json"),
            )
            response = Response(page, mimetype="text/html")
        else:
            response = jsonify(document(before[1], after[1], told, questions))
    response.headers["Cache-Control"] = SHARED
    return response


@blueprint.get("/history")
def thing() -> Response:
    """Answer how one thing (`?iri=`) changed through the releases that are kept, newest first."""
    iri = request.args.get("iri", "")
    if link(iri) is None:
        raise Refused("request-malformed", "The address names no thing.", mend="add ?iri= with the IRI of a thing")
    folder = site().settings.releases
    steps = history(folder, kept(folder)[:_MOST_STEPS], iri)
    if not steps:
        raise Refused("not-found", f"No release that is kept here speaks of <{iri}>.", mend="look for it at /search")
    # What is gone from the newest of them is called what the one before called it.
    newest = [each for each in (steps[0].release, steps[0].before) if each is not None]
    named_by = [(folder / each.id, each) for each in newest]
    told = list(zip(steps, in_words(site(), [step.change for step in steps], named_by), strict=True))
    if choose(PAGES, request.args.get("format")) is HTML:
        response = Response(render_template("history.html", iri=iri, steps=told, word=word), mimetype="text/html")
    else:
        response = jsonify(
            [
                {"release": step.release.id, "version": step.release.version, "date": step.release.date}
                | member(change)
                for step, change in told
            ]
        )
    response.headers["Cache-Control"] = _ASK_AGAIN
    return response


@blueprint.get("/releases/feed.atom")
def feed() -> Response:
    """Answer the releases as an Atom feed (RFC 4287), newest first, each with a link to what changed."""
    # It loads an XML library that nothing else here needs.
    from feedgen.feed import FeedGenerator

    releases = kept(site().settings.releases)[:_MOST_ENTRIES]
    listing = url_for("releases.listing", _external=True, lang=None)
    atom = FeedGenerator()
    atom.id(f"{site().settings.base}releases")
    atom.title(site().settings.name)
    atom.link(href=listing, rel="alternate")
    atom.link(href=url_for("differences.feed", _external=True, lang=None), rel="self")
    atom.author(name=site().settings.name)
    # An Atom feed needs a date also where it is empty.
    atom.updated(max((each.moment for each in releases), default=site().manifest.moment))
    for each, before in zip(releases, [*releases[1:], None], strict=True):
        entry = atom.add_entry(order="append")
        entry.id(f"{site().settings.base}release/{each.id}")
        entry.title(f"{site().settings.name} {each.version}")
        entry.updated(each.moment)
        entry.published(each.moment)
        entry.link(href=release_address(each.id, external=True), rel="alternate")
        if before is not None:
            pair = url_for("differences.difference", pair=f"{before.id}...{each.id}", _external=True, lang=None)
            entry.link(href=pair, rel="related")
    response = Response(atom.atom_str(pretty=True), mimetype="application/atom+xml")
    response.headers["Cache-Control"] = _ASK_AGAIN
    return response


def _patch(before: tuple[Path, Manifest], after: tuple[Path, Manifest]) -> bytes:
    """Return the patch between two releases. Raises AnswerTooLarge past what the server answers."""
    most, body = site().settings.answer_bytes, bytearray()
    for line in rdf_patch(lines(*before), lines(*after)):
        body += line
        if len(body) > most:
            raise AnswerTooLarge(observed=len(body), limit=most, setting="answer_bytes")
    return bytes(body)


def _release(name: str) -> tuple[Path, Manifest]:
    folder = site().settings.releases
    found = next((each for each in kept(folder) if each.id == name), None)
    if found is None:
        raise absent(folder, name)
    return folder / name, found
