"""The codebook: every class, property and code, what it means, what it takes, how often and where it is used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from govplan import deadline
from govplan.namespaces import NS, STANDARD, WORD_LIST, short
from govplan.readmodel.labels import rows
from govplan.readmodel.names import Named, names
from govplan.readmodel.release import Release
from govplan.readmodel.things import sheet
from govplan.readmodel.vocabulary import vocabulary
from govplan.values import count

_SKOS = STANDARD["skos"]
_RANGES = (STANDARD["rdfs"] + "range", STANDARD["schema"] + "rangeIncludes")
# What a use of a term is, by its kind: some thing is one, has it, or carries it.
_USE = {
    "class": "?thing a ?term .",
    "property": "?thing ?term ?value .",
    "code": f'?thing ?property ?term . FILTER(!STRSTARTS(STR(?property), "{_SKOS}"))',
}
_IS_CODE = f"?term <{_SKOS}inScheme> ?scheme ."
_COUNTS = """SELECT ?term (COUNT(DISTINCT ?thing) AS ?uses)
WHERE {{
  {among}
  GRAPH ?graph {{ {use} }}
}}
GROUP BY ?term
"""
_LAYERS = """SELECT DISTINCT ?term ?layer
WHERE {{
  {among}
  GRAPH ?graph {{ {use} }}
  ?graph <{ns}layer> ?layer .
}}
"""
_LISTS = """SELECT DISTINCT ?term ?scheme
WHERE {{
  ?code <{skos}inScheme> ?scheme .
  ?thing ?term ?code .
  FILTER(!STRSTARTS(STR(?term), "{skos}"))
}}
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One class, property or code.

    `notation` is its short form; `broader` are the codes above it; `values` what a property takes: code lists where the
    data use any, else what the vocabulary says; `uses` counts the things that are one, have it or carry it; `layers`
    are those in which they do.
    """

    named: Named
    notation: str
    broader: Sequence[Named]
    values: Sequence[Named]
    uses: int
    layers: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Part:
    """All classes, all properties of a kind, or one code list; `kind` is class, property or code."""

    named: Named
    kind: str
    entries: Sequence[Entry]

    @property
    def anchor(self) -> str:
        """The last part of the IRI, for the address of a place on the page."""
        return self.named.iri.replace("#", "/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class _Uses:
    """Term → how many things use it, in which layers; property → the code lists whose codes it has."""

    counts: Mapping[str, int]
    layers: Mapping[str, Sequence[str]]

    def entry(
        self, term: Named, notation: str, called: Mapping[str, Named], broader: Iterable[str], values: Sequence[Named]
    ) -> Entry:
        layers = sorted((called[layer] for layer in self.layers.get(term.iri, ())), key=lambda each: each.order)
        return Entry(term, notation, [called[each] for each in broader], values, self.counts.get(term.iri, 0), layers)


def codebook(release: Release, language: str) -> Sequence[Part]:
    """Return classes and properties, then every code list in the order of their names.

    Raises what the store raises, and QueryTimedOut where the work at hand has a deadline.
    """
    return [*_terms(release, language), *_code_lists(release, language)]


def _terms(release: Release, language: str) -> list[Part]:
    uses = {kind: _uses(release, kind) for kind in ("class", "property")}
    lists: dict[str, list[str]] = {}
    for row in rows(release, _LISTS.format(skos=_SKOS)):
        lists.setdefault(row["term"]["value"], []).append(row["scheme"]["value"])
    wanted = {iri for several in lists.values() for iri in several}
    wanted |= {iri for each in uses.values() for several in each.layers.values() for iri in several}
    called = names(release, wanted, language)
    parts = []
    for section in vocabulary(release, language):
        kind = _kind(section.kind.iri)
        if kind is None:
            continue
        entries = []
        for term in deadline.checked(section.terms):
            ranges = [value for tie, several in term.ties if tie.iri in _RANGES for value in several]
            taken = sorted((called[each] for each in lists.get(term.named.iri, ())), key=lambda each: each.order)
            shown = short(term.named.iri, release.settings.prefixes)
            values = (taken or ranges) if kind == "property" else ()
            entries.append(uses[kind].entry(term.named, shown, called, (), values))
        parts.append(Part(section.kind, kind, entries))
    return parts


def _code_lists(release: Release, language: str) -> list[Part]:
    found = sheet(
        release, None, ["skos:Concept", "skos:ConceptScheme"], ["skos:inScheme", "skos:broader", "skos:notation"]
    )
    uses = _uses(release, "code", _IS_CODE)
    called = names(
        release, {*found.iris(), *(iri for each in uses.layers.values() for iri in each)}, language, explain=True
    )
    codes: dict[str, list[Entry]] = {}
    for iri in deadline.checked(found.of_kind("skos:Concept")):
        notation = found.value(iri, "skos:notation") or iri.rpartition("/")[2]
        code = uses.entry(called[iri], notation, called, found.values(iri, "skos:broader"), ())
        for scheme in found.values(iri, "skos:inScheme"):
            codes.setdefault(scheme, []).append(code)
    # The terms of the word list are no values, so they have no uses to count.
    schemes = [scheme for scheme in found.of_kind("skos:ConceptScheme") if scheme != WORD_LIST]
    parts = [Part(called[scheme], "code", codes.get(scheme, [])) for scheme in schemes]
    return sorted(parts, key=lambda each: each.named.order)


def _kind(iri: str) -> str | None:
    if iri == STANDARD["owl"] + "Class":
        return "class"
    return "property" if iri.endswith("Property") else None


def _uses(release: Release, kind: str, among: str = "") -> _Uses:
    counted = rows(release, _COUNTS.format(among=among, use=_USE[kind]))
    layers: dict[str, list[str]] = {}
    for row in rows(release, _LAYERS.format(among=among, use=_USE[kind], ns=NS)):
        layers.setdefault(row["term"]["value"], []).append(row["layer"]["value"])
    return _Uses({row["term"]["value"]: count(row["uses"]) or 0 for row in counted}, layers)
