"""The word list: one term per concept and language, and the wordings that texts avoid.

It is a code list: `skos:prefLabel` and `skos:altLabel` are the terms to write, `gp:avoidedLabel` the wordings that are
wrong. Core, profiles and project each add to it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from govplan.content import Content, Problem
from govplan.languages import matches
from govplan.namespaces import NS, STANDARD
from govplan.release.texts import ProperNames, texts

_SKOS, _TITLE = STANDARD["skos"], STANDARD["dcterms"] + "title"
_AVOIDED, _TERMS = NS + "avoidedLabel", (_SKOS + "prefLabel", _SKOS + "altLabel")
# How titles are printed, and what these things are called, was chosen by others.
_NAMES = (_TITLE, STANDARD["rdfs"] + "label")
_NAMED = {STANDARD["org"] + "Organization", *(NS + name for name in ("ReferencedWork", "Register", "SourceDocument"))}


@dataclass(frozen=True, slots=True)
class Avoided:
    """A wording that a text has, and the terms to write instead: one for each concept that avoids it."""

    found: str
    terms: tuple[str, ...]


class WordList:
    """The wordings that the files of a project avoid, in each language."""

    def __init__(self, content: Content) -> None:
        """Read them, and the names that keep their own words, from ontology and data."""
        chosen: dict[tuple[object, str], str] = {}
        avoided: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        names: dict[str, set[str]] = defaultdict(set)
        named = {quad.subject for quad in content.quads if getattr(quad.object, "value", "") in _NAMED}
        for quad in content.statements("ontology", "data"):
            predicate, value = quad.predicate.value, quad.object
            if not isinstance(value, ox.Literal) or not value.language:
                continue
            if predicate in _TERMS:
                chosen.setdefault((quad.subject, value.language), value.value)
            elif predicate == _AVOIDED:
                avoided[value.language][_plain(value.value)].append(quad.subject)
            if predicate in _NAMES and quad.subject in named:
                names[value.language].add(_plain(value.value))
        self._lists = {
            tag: _Wordings(
                {word: tuple(chosen[it, tag] for it in its if (it, tag) in chosen) for word, its in words.items()},
                names[tag],
            )
            for tag, words in avoided.items()
        }
        self._proper = ProperNames(content)

    def avoided(self, text: str, tag: str) -> Iterator[Avoided]:
        """Yield each wording that a text in the language of a tag should avoid; names keep their own words."""
        for language, wordings in self._lists.items():
            if matches(tag, language):
                yield from wordings.found(_plain(self._proper.left_out(text)))


class _Wordings:
    """What one language avoids, with the terms instead, and the names in it."""

    def __init__(self, terms: dict[str, tuple[str, ...]], names: Iterable[str]) -> None:
        self._terms = terms
        self._pattern, self._names = _any_of(terms), _any_of(names)

    def found(self, text: str) -> Iterator[Avoided]:
        if self._pattern.search(text) is None:
            return
        for match in self._pattern.finditer(self._names.sub(" ", text)):
            word = match[0] if match[0] in self._terms else self._beginning(match[0])
            yield Avoided(match[0], self._terms[word])

    def _beginning(self, word: str) -> str:
        return max((each for each in self._terms if each[-1] == "-" and word.startswith(each[:-1])), key=len)


def word_problems(content: Content) -> Iterator[Problem]:
    """Yield a warning for each wording in our own texts that the word list avoids."""
    words = WordList(content)
    for text in texts(content):
        if text.predicate != _TITLE:
            for avoided in words.avoided(text.value, text.tag):
                what = f"The word list avoids “{avoided.found}”: {text.value!r}@{text.tag}."
                mend = f"write {' or '.join(map(repr, avoided.terms))}" if avoided.terms else "write another word"
                yield Problem("warning", text.place(content), text.subject, "words", what, mend)


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds these whole words and phrases, the longer one of two; with a hyphen last, what begins so."""
    alike = (
        rf"{re.escape(word[:-1])}\w*" if word.endswith("-") else re.escape(word)
        for word in sorted(words, key=lambda word: (-len(word), word))
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(alike) or '(?!)'})(?!\w)")
