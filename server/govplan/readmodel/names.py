"""What anything is called: its label in the release, else what it joins, else its short form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from govplan.namespaces import CORE, NS, STANDARD, short
from govplan.readmodel.labels import Text, definitions, inverse_labels, labels, rows
from govplan.readmodel.release import Release
from govplan.readmodel.sizes import LABEL
from govplan.values import shortened

# A link, a participation, a power claim or a coding without a label is called after what it joins.
_PARTS = """SELECT ?iri ?place ?part
WHERE {{
  VALUES ?iri {{ {iris} }}
  ?iri ?property ?part .
  VALUES (?property ?place) {{
    (<{ns}linkFrom> 1) (<{ns}actor> 1) (<{rdf}subject> 1) (<{ns}disputes> 1)
    (<{ns}linkTo> 2) (<{ns}role> 2) (<{rdf}object> 2) (<{ns}register> 2) (<{ns}field> 2)
  }}
  FILTER(STRSTARTS(STR(?part), "{base}") || STRSTARTS(STR(?part), "{core}"))
}}
ORDER BY ?iri ?place ?part
"""
# A graph of vocabulary has no label: it is called after the code list or the ontology in it.
_HELD = """SELECT ?graph ?held
WHERE {{
  VALUES ?graph {{ {iris} }}
  VALUES ?kind {{ <{skos}ConceptScheme> <{owl}Ontology> }}
  GRAPH ?graph {{ ?held a ?kind }}
}}
ORDER BY ?graph ?held
"""


@dataclass(frozen=True, slots=True)
class Named:
    """Anything with an IRI: its name, and what it means if that is known."""

    iri: str
    text: Text
    definition: Text | None = None

    @property
    def order(self) -> tuple[str, str]:
        """The place in an alphabetical list."""
        return self.text.value.casefold(), self.iri


class Names(dict[str, Named]):
    """IRI → name. What is no IRI is called what it is: a value where pages expect a thing."""

    def __missing__(self, value: str) -> Named:
        return Named(value, Text(shortened(value, LABEL)))


def names(release: Release, iris: Iterable[str], language: str, *, explain: bool = False) -> Names:
    """Return IRI → name for all of them; with `explain` also their definitions. Raises what the store raises."""
    wanted = set(iris)
    standard = {iri: Text(word) for iri in wanted if (word := release.wording.term(iri))}
    found = standard | labels(release, wanted - standard.keys(), language)
    things = (f"{release.settings.base}id/", f"{CORE}id/")
    found |= _joined(release, [iri for iri in wanted if iri.startswith(things) and iri not in found], language)
    graphs = {graph.iri for graph in release.manifest.graphs}
    found |= _holding(release, [iri for iri in wanted if iri in graphs and iri not in found], language)
    meant = definitions(release, wanted, language) if explain else {}
    prefixes = release.settings.prefixes
    return Names({iri: Named(iri, found.get(iri) or _short(prefixes, iri), meant.get(iri)) for iri in wanted})


def backwards(release: Release, properties: Iterable[str], called: Mapping[str, Named], language: str) -> Names:
    """Return IRI → name of properties that are read from their value: what points here, and how.

    `called` are their names when they are read from the subject, which tell their meanings. Raises what the
    store raises.
    """
    wanted = set(properties)
    found = {iri: Text(word) for iri in wanted if (word := release.wording.inverse(iri))}
    found |= inverse_labels(release, wanted - found.keys(), language)
    # Of a property whose inverse nobody named, an arrow says that it is read backwards.
    return Names({iri: replace(called[iri], text=found.get(iri) or _arrow(called[iri].text)) for iri in wanted})


def _arrow(text: Text) -> Text:
    return Text(f"← {text.value}", text.lang)


def _joined(release: Release, iris: list[str], language: str) -> dict[str, Text]:
    if not iris:
        return {}
    joined = " ".join(f"<{iri}>" for iri in iris)
    query = _PARTS.format(iris=joined, ns=NS, rdf=STANDARD["rdf"], base=release.settings.base, core=CORE)
    parts: dict[str, list[str]] = {}
    for row in rows(release, query):
        parts.setdefault(row["iri"]["value"], []).append(row["part"]["value"])
    called = labels(release, (part for several in parts.values() for part in several), language)
    prefixes = release.settings.prefixes
    return {
        iri: Text(
            " → ".join(called[part].value if part in called else _short(prefixes, part).value for part in several)
        )
        for iri, several in parts.items()
    }


def _holding(release: Release, graphs: list[str], language: str) -> dict[str, Text]:
    if not graphs:
        return {}
    query = _HELD.format(iris=" ".join(f"<{iri}>" for iri in graphs), skos=STANDARD["skos"], owl=STANDARD["owl"])
    held = {row["graph"]["value"]: row["held"]["value"] for row in rows(release, query)}
    called = labels(release, held.values(), language)
    return {graph: called[thing] for graph, thing in held.items() if thing in called}


def _short(prefixes: Mapping[str, str], iri: str) -> Text:
    return Text(shortened(short(iri, prefixes), LABEL))
