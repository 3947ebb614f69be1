"""Every thing that has a page, in the order of its IRI, piece by piece."""

from govplan.formats import BINDINGS
from govplan.namespaces import STANDARD
from govplan.readmodel.labels import rows
from govplan.readmodel.release import Release
from govplan.sparql import Request
from govplan.values import count

_THINGS = """GRAPH ?graph {{ ?thing a ?class }}
  FILTER(STRSTARTS(STR(?thing), "{start}"))
  FILTER NOT EXISTS {{ ?thing <{deprecated}> true }}"""
_COUNT = "SELECT (COUNT(DISTINCT ?thing) AS ?count)\nWHERE {{\n  {things}\n}}"
_PIECE = "SELECT DISTINCT ?thing\nWHERE {{\n  {things}\n}}\nORDER BY ?thing\nLIMIT {most} OFFSET {first}"


def count_things(release: Release) -> int:
    """Return how many things of the project are not retired. Raises what the store raises."""
    return sum(count(row["count"]) or 0 for row in rows(release, _COUNT.format(things=_things(release))))


def things(release: Release, first: int, most: int) -> list[str]:
    """Return the paths of things below `id/` of the project, from the `first` on. Raises what the store raises."""
    query = _PIECE.format(things=_things(release), most=most, first=first)
    tsv = next(fmt for fmt in BINDINGS if fmt.extension == "tsv")
    lines = release.store.answer(Request(query, tsv.media_type)).body.decode().splitlines()[1:]
    return [line[1:-1].removeprefix(_start(release)) for line in lines]


def _things(release: Release) -> str:
    return _THINGS.format(start=_start(release), deprecated=STANDARD["owl"] + "deprecated")


def _start(release: Release) -> str:
    return f"{release.settings.base}id/"
