"""What changed between two releases, in words: thing by thing, with who says it, in the language of the reader."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from govplan.errors import AnswerTooLarge
from govplan.languages import best, preference
from govplan.manifest import Manifest
from govplan.namespaces import LABELS, NS, STANDARD, short
from govplan.release.difference import ChangedThing, Statement, Value, changed_things, lines, statement
from govplan.values import shortened
from govplan.web.http.language import asked_language, gettext, language_name
from govplan.web.site import Site

# Things that a page or a document tells of; the patch has all.
MOST_THINGS = 5000
_LENGTH = 200
_TYPE, _RETIRED = STANDARD["rdf"] + "type", STANDARD["owl"] + "deprecated"
_SPEAKER, _PLAN = NS + "claimedBy", NS + "inPlan"
_NAMES = (*LABELS, STANDARD["dcterms"] + "title")
_TELLING = frozenset(name.encode() for name in (*_NAMES, _SPEAKER))


@dataclass(frozen=True, slots=True)
class Edit:
    """What a graph says of a thing by one predicate, in one language, before and after; `speaker` says it, if known."""

    predicate: str
    name: str
    language: str | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    graph: str
    speaker: str | None

    @property
    def sentence(self) -> str:
        """The edit in words."""
        called = self.name
        if self.language:
            called = gettext("%(property)s in %(language)s", property=called, language=language_name(self.language))
        before, after = "; ".join(self.before), "; ".join(self.after)
        if not self.before:
            said: str = gettext("%(property)s: added “%(after)s”", property=called, after=after)
        elif not self.after:
            said = gettext("%(property)s: removed “%(before)s”", property=called, before=before)
        else:
            said = gettext("%(property)s: “%(before)s” → “%(after)s”", property=called, before=before, after=after)
        if self.speaker:
            said = gettext("%(change)s, according to %(speaker)s", change=said, speaker=self.speaker)
        return said


@dataclass(frozen=True, slots=True)
class Change:
    """A thing that changed: `what` is `added`, `removed`, `retired` or `changed`; `kind` and `plan` are names."""

    iri: str
    label: str
    kind: str
    plan: str
    what: str
    edits: tuple[Edit, ...]


@dataclass(slots=True)
class _Words:
    """What the things of two releases are called, and who speaks in their graphs."""

    site: Site
    language: str
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    speakers: dict[str, str] = field(default_factory=dict)

    def read(self, statements: Iterable[bytes], wanted: set[str]) -> None:
        """Take the names of what is wanted out of the lines of a release; the first release that has one counts."""
        subjects = {iri.encode() for iri in wanted}
        found: dict[str, list[tuple[str, str]]] = {}
        for line in statements:
            # Of most lines, neither the subject nor the predicate is wanted: only the others are read.
            subject, predicate = line[1:].split(b"> <", 2)[:2]
            if subject in subjects and predicate.partition(b">")[0] in _TELLING:
                said = statement(line)
                if said.predicate == _SPEAKER:
                    self.speakers.setdefault(said.subject, said.value.text)
                elif not said.value.is_iri:
                    found.setdefault(said.subject, []).append((said.value.lang or "", said.value.text))
        for iri, texts in found.items():
            self.texts.setdefault(iri, texts)

    def name(self, iri: str) -> str:
        """Return what anything is called: its label, the word for a standard term, or its short form."""
        own = best(self.texts.get(iri, ()), preference(self.language, self.site.settings.languages))
        return own[1] if own else self.site.wording.term(iri) or short(iri, self.site.settings.prefixes)

    def value(self, value: Value) -> str:
        """Return what a statement says, as people read it."""
        return shortened(self.name(value.text) if value.is_iri else value.text, _LENGTH)


def changes(site: Site, before: tuple[Path, Manifest], after: tuple[Path, Manifest]) -> list[Change]:
    """Return what changed between two releases, by plan, kind and name. Raises AnswerTooLarge past MOST_THINGS."""
    found = list[ChangedThing]()
    for thing in changed_things(lines(*before), lines(*after)):
        found.append(thing)
        if len(found) > MOST_THINGS:
            raise AnswerTooLarge(
                observed=len(found), limit=MOST_THINGS, setting="changed things that are told in words"
            )
    told = in_words(site, found, [after, before])
    return sorted(told, key=lambda each: (each.plan, each.kind, each.label, each.iri))


def in_words(site: Site, found: Sequence[ChangedThing], releases: Sequence[tuple[Path, Manifest]]) -> list[Change]:
    """Return changed things in words; each is called what the first of the releases calls it that knows it."""
    words = _Words(site, asked_language())
    for release in releases:
        words.read(lines(*release), set(_named(found)))
    speakers = set(words.speakers.values()) - words.texts.keys()
    for release in releases if speakers else ():
        words.read(lines(*release), speakers)
    return [_change(thing, words) for thing in found]


def _named(found: Iterable[ChangedThing]) -> Iterator[str]:
    for thing in found:
        yield thing.subject
        for said in (*thing.removed, *thing.added, *thing.common):
            yield from (said.predicate, said.graph)
            if said.value.is_iri:
                yield said.value.text


def _change(thing: ChangedThing, words: _Words) -> Change:
    said = (*thing.added, *thing.common, *thing.removed)
    whole = not thing.common and not (thing.added and thing.removed)
    if whole:
        what = "added" if thing.added else "removed"
    else:
        what = "retired" if any(each.predicate == _RETIRED for each in thing.added) else "changed"
    return Change(
        iri=thing.subject,
        label=words.name(thing.subject),
        kind=_first(said, _TYPE, words),
        plan=_first(said, _PLAN, words),
        what=what,
        edits=() if whole else tuple(_edits(thing, words)),
    )


def _first(said: Iterable[Statement], predicate: str, words: _Words) -> str:
    return next((words.name(each.value.text) for each in said if each.predicate == predicate), "")


def _edits(thing: ChangedThing, words: _Words) -> Iterator[Edit]:
    """Yield one edit for each property, language and graph in which something changed."""
    sides: dict[tuple[str, str | None, str], tuple[list[str], list[str]]] = {}
    for side, statements in enumerate((thing.removed, thing.added)):
        for each in statements:
            key = (each.predicate, each.value.lang, each.graph)
            sides.setdefault(key, ([], []))[side].append(words.value(each.value))
    for (predicate, lang, graph), (before, after) in sides.items():
        speaker = words.speakers.get(graph)
        yield Edit(
            predicate,
            words.name(predicate),
            lang,
            tuple(sorted(before)),
            tuple(sorted(after)),
            graph,
            words.name(speaker) if speaker else None,
        )


def grouped(found: Iterable[Change]) -> Mapping[str, Mapping[str, Sequence[Change]]]:
    """Return plan → kind → changes, in the order they come in."""
    groups: dict[str, dict[str, list[Change]]] = {}
    for change in found:
        groups.setdefault(change.plan, {}).setdefault(change.kind, []).append(change)
    return groups
