"""In which languages things have a label: one each, so that a missing translation or a second one is seen in time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from govplan.content import Content, Problem
from govplan.languages import matches
from govplan.namespaces import CORE_LANGUAGES, LABELS, STANDARD, short

_TYPE = ox.NamedNode(STANDARD["rdf"] + "type")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One class: its name with a prefix, how many things it has, and how many of them have a label per language."""

    kind: str
    things: int
    labelled: Mapping[str, int]

    @property
    def is_shown(self) -> bool:
        """Whether readers meet the things of this class by a label; links between things have none in any language."""
        return any(self.labelled.values())


def coverage(content: Content, languages: Sequence[str], prefixes: Mapping[str, str]) -> list[Coverage]:
    """Return a row per class of what ontology and data describe, sorted by name.

    A label is in a language if its tag is in that range, so that nl-BE counts for nl: the questions choose labels by
    the same rule. What the core or a profile describes need not have words in a language that they lack.
    """
    further = set(languages) - set(CORE_LANGUAGES)
    core = {ox.NamedNode(iri) for iri in content.given}
    kinds: dict[ox.NamedNode, set[object]] = {}
    for quad in content.statements("ontology", "data"):
        if quad.predicate == _TYPE and isinstance(quad.object, ox.NamedNode):
            kinds.setdefault(quad.object, set()).add(quad.subject)
    spoken: dict[object, set[str]] = {}
    for thing, labels in _labels(content).items():
        tags = {label.language or "" for _, label, _ in labels}
        spoken[thing] = {each for each in languages if any(matches(tag, each) for tag in tags)}
    rows = [
        Coverage(
            short(kind.value, prefixes),
            len(things),
            {
                tag: sum(tag in spoken.get(thing, ()) or (tag in further and thing in core) for thing in things)
                for tag in languages
            },
        )
        for kind, things in kinds.items()
    ]
    return sorted(rows, key=lambda row: row.kind)


def _labels(content: Content) -> dict[ox.NamedNode, set[tuple[str, ox.Literal, str]]]:
    """Return what ontology and data call each thing: property, text in a language, and the graph that says so."""
    found: dict[ox.NamedNode, set[tuple[str, ox.Literal, str]]] = {}
    for quad in content.statements("ontology", "data"):
        thing, name, text = quad.subject, quad.predicate.value, quad.object
        if name in LABELS and isinstance(thing, ox.NamedNode) and isinstance(text, ox.Literal) and text.language:
            found.setdefault(thing, set()).add((name, text, _iri(quad.graph_name)))
    return found


def label_problems(content: Content, languages: Sequence[str]) -> Iterator[Problem]:
    """Yield a violation for each thing with two labels in one language, a warning for each that the core lacks.

    Questions take every label that is in the language asked for: a second one would double their rows, the same text
    in another graph included.
    """
    labels = _labels(content)
    for thing, several in sorted(labels.items(), key=lambda each: each[0].value):
        for language in languages:
            same = sorted(
                (graph, name, text.value, text.language) for name, text, graph in several if _in(text, language)
            )
            if len(same) > 1:
                places = [
                    content.places.of_statements(thing.value, name, ox.Literal(text, language=tag), graph)[0]
                    for graph, name, text, tag in same[:2]
                ]
                what = f"It has two labels in {language}: {same[0][2]!r} and {same[1][2]!r}. Also at {places[0]}."
                mend = "keep one; another name is a skos:altLabel"
                yield Problem("violation", places[1], thing.value, "coverage", what, mend)
    core = [labels[iri] for iri in map(ox.NamedNode, content.described("ontology")) if iri in labels]
    for language in languages:
        silent = sum(not any(_in(text, language) for _, text, _ in several) for several in core)
        if silent:
            what = f"{silent} terms and codes have no word in {language}; answers in it show them without a label."
            mend = f'add a file to ontology/ that gives them rdfs:label "…"@{language}, and codes skos:prefLabel'
            yield Problem("warning", "ontology/", language, "coverage", what, mend)


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _in(text: ox.Literal, language: str) -> bool:
    return matches(text.language or "", language)


def gaps(rows: Iterable[Coverage]) -> list[Problem]:
    """Return a violation per class of which readers see things in one language and miss them in another."""
    return [
        Problem(
            "violation",
            "ontology/, data/",
            row.kind,
            "coverage",
            f"{row.things - count} of {row.things} things of {row.kind} have no label in {tag}.",
            f'write rdfs:label "…"@{tag} (skos:prefLabel for codes, gp:locator for passages)',
        )
        for row in rows
        if row.is_shown
        for tag, count in row.labelled.items()
        if count < row.things
    ]
