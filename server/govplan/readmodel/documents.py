"""Every source document, and what came from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from govplan.namespaces import NS, STANDARD
from govplan.readmodel.labels import rows
from govplan.readmodel.names import Named, names
from govplan.readmodel.plans import Plan
from govplan.readmodel.release import Release
from govplan.readmodel.things import sheet
from govplan.values import count

_PROPERTIES = (
    "dcterms:type",
    "dcterms:publisher",
    "dcterms:issued",
    "dcterms:date",
    "dcterms:language",
    "schema:url",
    "sourceStanding",
)
_TAKEN = """SELECT ?document (COUNT(DISTINCT ?passage) AS ?passages) (COUNT(DISTINCT ?thing) AS ?things)
WHERE {{
  ?passage <{ns}unitOf> ?document .
  OPTIONAL {{ ?thing <{prov}wasDerivedFrom> ?passage }}
}}
GROUP BY ?document
"""


@dataclass(frozen=True, slots=True)
class Document:
    """One document: whose it is, from when, in which language, where; and how much was taken from it."""

    named: Named
    standings: Sequence[Named]
    publishers: Sequence[Named]
    dates: Sequence[str]
    languages: Sequence[Named]
    address: str | None
    passages: int
    things: int


def documents(release: Release, plan: Plan, language: str) -> Sequence[tuple[Named | None, Sequence[Document]]]:
    """Return kind of document → documents, those first from which most was taken. Raises what the store raises."""
    found = sheet(release, plan, ["SourceDocument"], _PROPERTIES)
    query = _TAKEN.format(ns=NS, prov=STANDARD["prov"])
    taken = {row["document"]["value"]: row for row in rows(release, query)}
    called = names(release, found.iris(), language, explain=True)
    kinds: dict[str | None, list[Document]] = {}
    for iri in found:
        row = taken.get(iri)
        document = Document(
            called[iri],
            [called[each] for each in found.values(iri, "sourceStanding")],
            [called[each] for each in found.values(iri, "dcterms:publisher")],
            found.values(iri, "dcterms:issued") or found.values(iri, "dcterms:date"),
            [called[each] for each in found.values(iri, "dcterms:language")],
            found.value(iri, "schema:url"),
            (count(row["passages"]) if row else None) or 0,
            (count(row["things"]) if row else None) or 0,
        )
        kinds.setdefault(found.value(iri, "dcterms:type"), []).append(document)
    ordered = sorted(kinds.items(), key=lambda item: (-sum(each.things for each in item[1]), item[0] or ""))
    return [
        (called[kind] if kind else None, sorted(several, key=lambda each: (-each.things, each.named.order)))
        for kind, several in ordered
    ]
