"""The profile of one thing: what is said of it, layer by layer, by whom, from which passage; and what points to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from govplan.deadline import check
from govplan.languages import preference, speaks
from govplan.namespaces import LABELS, NS, STANDARD
from govplan.readmodel.graphs import Graph, graphs, layer_of
from govplan.readmodel.labels import Row, Term, Text
from govplan.readmodel.names import Named, backwards, names
from govplan.readmodel.release import Release
from govplan.readmodel.sizes import LETTERS
from govplan.readmodel.statements import DERIVED, TYPE, inbound, is_iri, outbound, passages, sources
from govplan.values import shortened

_SHOWN = 60
# Of a code list and its codes, skos:inScheme says as much.
_TOP = {STANDARD["skos"] + "topConceptOf", STANDARD["skos"] + "hasTopConcept"}
_HIDDEN = {TYPE, DERIVED, STANDARD["rdfs"] + "isDefinedBy", *_TOP, *LABELS}
_FIRST = [
    STANDARD["skos"] + "definition",
    STANDARD["dcterms"] + "title",
    STANDARD["dcterms"] + "description",
    STANDARD["skos"] + "note",
    STANDARD["skos"] + "scopeNote",
    STANDARD["rdfs"] + "comment",
    STANDARD["skos"] + "notation",
    NS + "sourceNumber",
]
# Texts that say the same in each language; titles and names as printed differ and are all shown.
_PARALLEL = {
    *_FIRST[:1],
    *_FIRST[2:6],
    STANDARD["skos"] + "editorialNote",
    STANDARD["sh"] + "message",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a fact: something with a name, or a literal with its datatype (None for a plain text).

    `cut` says that the text is the beginning of a longer one.
    """

    named: Named | None = None
    text: Text | None = None
    datatype: str | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote: the passage a statement was taken from, its document, and where that says it can be read."""

    number: int
    passage: Named
    document: Named | None = None
    address: str | None = None
    verification: Named | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One property, its values in one graph, and the footnotes of that graph."""

    property: Named
    values: Sequence[Value]
    notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class Group:
    """What one speaker says in one layer: how the source stands to the plan, the facts, and the graphs they lie in."""

    code: str
    layer: Named
    speakers: Sequence[Named]
    standings: Sequence[Named]
    facts: Sequence[Fact]
    graphs: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Pointing:
    """Things that point here by one property, named backwards, in one layer: those shown, and how many there are."""

    property: Named
    code: str
    layer: Named
    subjects: Sequence[Named]
    count: int


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the page of a thing shows.

    `more` says that the release has further statements about it, `more_inbound` the same of what refers to it.
    """

    iri: str
    name: Named
    types: Sequence[Named]
    others: Sequence[Text]
    groups: Sequence[Group]
    inbound: Sequence[Pointing]
    notes: Sequence[Note]
    more: bool
    more_inbound: bool


def profile(release: Release, iri: str, language: str) -> Profile:
    """Return the profile of an IRI: the first statements about it, as many as a page shows.

    Raises what the store raises.
    """
    said, more = outbound(release, iri)
    referring, more_inbound = inbound(release, iri)
    known = graphs(release)
    involved = [known[graph] for graph in {row["graph"]["value"] for row in (*said, *referring)}]
    rests_on = sources(said, known)
    found = passages(release, list(dict.fromkeys(passage for several in rests_on.values() for passage in several)))
    called = names(release, _mentioned(iri, said, referring, involved, found), language, explain=True)
    back = backwards(release, {row["property"]["value"] for row in referring}, called, language)
    notes = {passage: _note(number, passage, found, called) for number, passage in enumerate(found, start=1)}
    facts = {
        graph: _facts(
            [row for row in said if row["graph"]["value"] == graph],
            [notes[each] for each in several],
            called,
            preference(language, release.settings.languages),
        )
        for graph, several in rests_on.items()
    }
    types = {row["value"]["value"] for row in said if row["property"]["value"] == TYPE and is_iri(row["value"])}
    titles = {_text(row["value"]) for row in said if row["property"]["value"] in LABELS}
    return Profile(
        iri=iri,
        name=called[iri],
        types=sorted((called[each] for each in types), key=lambda named: named.order),
        others=sorted(titles - {called[iri].text}, key=lambda text: (text.lang or "", text.value)),
        groups=_groups({graph: stated for graph, stated in facts.items() if stated}, known, called),
        inbound=_pointing(referring, known, called, back),
        notes=list(notes.values()),
        more=more,
        more_inbound=more_inbound,
    )


def _groups(
    facts: Mapping[str, Sequence[Fact]], known: Mapping[str, Graph], called: Mapping[str, Named]
) -> list[Group]:
    together: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for iri in facts:
        graph = known[iri]
        together.setdefault((graph.code, tuple(graph.speakers), tuple(graph.standings)), []).append(iri)
    return [
        Group(
            code=code,
            layer=called[layer_of(code)],
            speakers=[called[each] for each in speakers],
            standings=[called[each] for each in standings],
            facts=[fact for graph in several for fact in facts[graph]],
            graphs=[called[graph] for graph in several],
        )
        for (code, speakers, standings), several in together.items()
    ]


def _note(number: int, passage: str, passages: Mapping[str, Row], called: Mapping[str, Named]) -> Note:
    row = passages[passage]
    return Note(
        number,
        called[passage],
        called[row["document"]["value"]] if "document" in row else None,
        row["address"]["value"] if "address" in row else None,
        called[row["verification"]["value"]] if "verification" in row else None,
    )


def _mentioned(
    iri: str,
    said: Iterable[Row],
    inbound: Iterable[Row],
    involved: Iterable[Graph],
    passages: Mapping[str, Row],
) -> set[str]:
    found = {iri, *passages}
    for row in (*said, *inbound, *passages.values()):
        found |= {term["value"] for name, term in row.items() if term["type"] == "uri" and name != "address"}
    for graph in involved:
        found |= {*graph.speakers, *graph.standings, layer_of(graph.code)}
    return found


def _facts(
    said: Sequence[Row], notes: Sequence[Note], called: Mapping[str, Named], wanted: Sequence[str]
) -> list[Fact]:
    values: dict[str, list[Term]] = {}
    for row in said:
        check()
        if row["property"]["value"] not in _HIDDEN:
            values.setdefault(row["property"]["value"], []).append(row["value"])

    def order(name: str) -> tuple[int, tuple[str, str]]:
        return _FIRST.index(name) if name in _FIRST else len(_FIRST), called[name].order

    return [
        Fact(called[name], [_value(term, called) for term in _readable(name, values[name], wanted)], notes)
        for name in sorted(values, key=order)
    ]


def _readable(name: str, terms: list[Term], wanted: Sequence[str]) -> list[Term]:
    if name not in _PARALLEL:
        return terms
    for tag in wanted:
        if found := [term for term in terms if speaks(term.get("xml:lang"), tag)]:
            return found
    return terms


def _value(term: Term, called: Mapping[str, Named]) -> Value:
    if is_iri(term):
        return Value(named=called[term["value"]])
    return Value(text=_text(term), datatype=term.get("datatype"), cut=len(term["value"]) > LETTERS)


def _text(term: Term) -> Text:
    return Text(shortened(term["value"], LETTERS), term.get("xml:lang"))


def _pointing(
    inbound: Sequence[Row], known: Mapping[str, Graph], called: Mapping[str, Named], back: Mapping[str, Named]
) -> list[Pointing]:
    found: dict[tuple[str, str], set[str]] = {}
    for row in inbound:
        key = row["property"]["value"], known[row["graph"]["value"]].code
        if key[0] not in _TOP:
            found.setdefault(key, set()).add(row["subject"]["value"])
    return [
        Pointing(
            back[name],
            code,
            called[layer_of(code)],
            sorted((called[each] for each in subjects), key=lambda n: n.order)[:_SHOWN],
            len(subjects),
        )
        for (name, code), subjects in sorted(found.items(), key=lambda item: (back[item[0][0]].order, item[0][1]))
    ]
