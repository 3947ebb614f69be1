"""The codebook: every code list with its codes, what each means, and how often it is used."""

from collections.abc import Sequence
from dataclasses import dataclass

from govplan.namespaces import STANDARD
from govplan.web.labels import rows
from govplan.web.names import Named, names
from govplan.web.sheets import sheet
from govplan.web.site import Site

_USES = """SELECT ?code (COUNT(DISTINCT ?thing) AS ?uses)
WHERE {{
  ?code <{skos}inScheme> ?scheme .
  ?thing ?property ?code .
  FILTER(!STRSTARTS(STR(?property), "{skos}"))
}}
GROUP BY ?code
"""


@dataclass(frozen=True, slots=True)
class Code:
    """One code: its name with its meaning, its short form, the broader code, and how many things use it."""

    named: Named
    notation: str
    broader: Sequence[Named]
    uses: int


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list and its codes."""

    named: Named
    codes: Sequence[Code]

    @property
    def anchor(self) -> str:
        """The last part of the IRI, for the address of a place on the page."""
        return self.named.iri.rpartition("/")[2]


def codebook(site: Site, language: str) -> Sequence[CodeList]:
    """Return every code list, in the order of their names. Raises what the store raises."""
    found = sheet(site, ["skos:Concept", "skos:ConceptScheme"], ["skos:inScheme", "skos:broader"])
    counted = rows(site, _USES.format(skos=STANDARD["skos"]))
    uses = {row["code"]["value"]: int(row["uses"]["value"]) for row in counted}
    called = names(site, found.iris(), language, explain=True)
    codes: dict[str, list[Code]] = {}
    for iri in found.of_kind("skos:Concept"):
        code = Code(
            called[iri],
            found.value(iri, "skos:notation") or iri.rpartition("/")[2],
            [called[each] for each in found.values(iri, "skos:broader")],
            uses.get(iri, 0),
        )
        for scheme in found.values(iri, "skos:inScheme"):
            codes.setdefault(scheme, []).append(code)
    lists = [CodeList(called[scheme], codes.get(scheme, [])) for scheme in found.of_kind("skos:ConceptScheme")]
    return sorted(lists, key=lambda each: each.named.order)
