"""Searching for a reader: the index of the release and that of the questions, and hits with address and kind."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from govplan.namespaces import short
from govplan.readmodel.labels import Text as Label
from govplan.search import FILE, Entry, Found, Hit, Index, Text, in_memory
from govplan.web.http.errors import Refused
from govplan.web.render.kinds import kind_name
from govplan.web.site import Site

QUESTION = "query"
# How many things of each kind a page shows at first, and how many of one kind at most.
EACH, MOST = 5, 200


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind: its name in the address and in words, how many there are, and the first of them."""

    name: str
    heading: str
    count: int
    hits: tuple[Hit, ...]


def index(site: Site) -> Index:
    """Return the index of the release. Raises Refused if the release was built without one."""

    def opened() -> Index:
        path = site.folder / FILE
        known = {entry.path for entry in site.manifest.files}
        try:
            return Index.of_file(path, site.settings.languages) if FILE in known else _missing()
        except sqlite3.Error as problem:
            raise Refused(
                "search-unavailable", f"The search index cannot be opened: {problem}.", mend=_MEND
            ) from problem

    return site.cached("search", opened)


_MEND = "the operator builds the release again: delete its folder and run `govplan build`; questions and SPARQL answer"


def _missing() -> Index:
    raise Refused("search-unavailable", "This release was built without a search index.", mend=_MEND)


def questions(site: Site) -> Index:
    """Return the index of the questions, whose IRIs end in their names."""
    return site.cached(
        "search of questions", lambda: Index.of_bytes(in_memory(_entries(site)), site.settings.languages)
    )


def _entries(site: Site) -> Sequence[Entry]:
    return [
        Entry(
            question.iri,
            QUESTION,
            "",
            (
                *(Text("label", lang, text) for lang, text in question.summary.items()),
                *(Text("note", lang, text) for lang, text in question.description.items()),
                Text("code", "", " ".join((question.name, *question.tags))),
            ),
        )
        for question in site.questions.values()
    ]


def question_names(site: Site, text: str, language: str) -> Sequence[str]:
    """Return the names of the questions that a text finds, best first. Raises SearchRefused."""
    found = questions(site).find(text, language, limit=len(site.questions))
    return [hit.thing.iri.rpartition("/")[2] for hit in found.hits]


def found(site: Site, text: str, language: str, kind: str, limit: int, each: int | None = None) -> Found:
    """Return what a text finds in the release, or the one thing whose IRI or prefixed name it is.

    `kind` is a class as a prefixed name, empty for all. Raises SearchRefused, or Refused for a class of no thing.
    """
    things = index(site)
    hit = things.by_iri(expanded(site, text.strip()), language)
    if hit is not None:
        return Found({hit.thing.type: 1}, (hit,), {})
    types = [known(site, kind, things.types | {QUESTION})] if kind else ()
    return things.find(text, language, types, limit, each)


def known(site: Site, name: str, kinds: Collection[str]) -> str:
    """Return the IRI of a class or code list of the release. Raises Refused, with those there are, for any other."""
    iri = expanded(site, name)
    if iri not in kinds:
        raise Refused(
            "request-malformed",
            f"Nothing in this release is of the type {name!r}.",
            mend="take one of those offered",
            offered=sorted(short(each, site.settings.prefixes) for each in kinds),
        )
    return iri


def groups(site: Site, answer: Found, language: str) -> tuple[Group, ...]:
    """Return the hits by kind, the kind of the best hit first."""
    by_type: dict[str, list[Hit]] = {}
    for hit in answer.hits:
        by_type.setdefault(hit.thing.type, []).append(hit)
    return tuple(
        Group(short(type_, site.settings.prefixes), heading(site, type_, language), answer.counts[type_], tuple(hits))
        for type_, hits in by_type.items()
    )


def heading(site: Site, type_: str, language: str) -> str:
    """Return what the things of a class are called."""
    name = short(type_, site.settings.prefixes)
    described = index(site).by_iri(type_, language)
    return kind_name(name, described.label if described else name)


def scheme_label(site: Site, hit: Hit, language: str) -> Label | None:
    """Return the label of the scheme that a code belongs to, None for other things."""
    scheme = index(site).by_iri(hit.thing.scheme, language) if hit.thing.scheme else None
    return Label(scheme.label, scheme.label_lang) if scheme else None


def expanded(site: Site, name: str) -> str:
    """Return the IRI of a prefixed name of the project, anything else as it is."""
    prefixes: Mapping[str, str] = site.settings.prefixes
    label, colon, local = name.partition(":")
    return prefixes[label] + local if colon and label in prefixes and not local.startswith("//") else name
