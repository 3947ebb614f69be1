"""docs/powers.md says who may act on what as the data do: a matrix of areas and tiers, and its grounds."""

import re
from collections import defaultdict

from govplan.sparql import Store
from tests.conftest import ROOT
from tests.content.test_sources import select

PAGE = ROOT / "docs" / "powers.md"
CLAIMS = """?graph gp:layer layer:powers . GRAPH ?graph { ?claim a gp:PowerClaim } ?claim gp:distribution ?code ."""
NOT_FOUND = "<https://w3id.org/govplan/auth/distribution/not-found>"


def _english(thing: str, label: str, of: str = "skos:prefLabel") -> str:
    return f'{thing} {of} {label} FILTER(LANG({label}) = "en")'


def _name(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]


def _matrix(store: Store) -> list[str]:
    """The areas as rows and the tiers as columns; a cell has each part with the claims that it rests on."""
    rows = select(
        store,
        f"""SELECT DISTINCT ?area ?tier ?level ?levelLabel ?part ?claim {{ {CLAIMS}
        ?claim gp:concerns/skos:prefLabel ?area ; gp:levelInvolved ?level . FILTER(LANG(?area) = "en")
        OPTIONAL {{ ?level skos:broader ?broader }} BIND(COALESCE(?broader, ?level) AS ?tier) ?tier gp:order ?order .
        {_english("?level", "?levelLabel")} {_english("?code", "?part")} }}
        ORDER BY ?order ?area ?part ?claim ?level""",
    )
    named = select(store, f"SELECT DISTINCT ?tier ?label {{ {_english('?tier', '?label')} }}")
    titles = {row[0]: row[1] for row in named}
    tiers = list(dict.fromkeys(row[1] for row in rows))
    cells: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for area, tier, level, label, part, claim in rows:
        claimed = "" if part == "Not found" else f" {_name(claim).removeprefix('law-')}"
        cells[area, tier][part.lower()].append(claimed + ("" if level == tier else f" ({label})"))

    def cell(area: str, tier: str) -> str:
        parts = cells[area, tier].items()
        return "; ".join(part + ",".join(dict.fromkeys(claims)) for part, claims in parts) if parts else "—"

    areas = sorted({row[0] for row in rows})
    return _table(
        ["Area", *(titles[tier] for tier in tiers)], [[area, *(cell(area, tier) for tier in tiers)] for area in areas]
    )


def _grounds(store: Store) -> list[str]:
    """The claims of law, with act, article, what they say, and where that was read."""
    rows = select(
        store,
        f"""SELECT ?claim ?label ?law ?article ?part ?document ?standing ?how {{ {CLAIMS}
        ?claim gp:legalGround ?act ; prov:wasDerivedFrom ?place . ?place gp:unitOf ?read ; gp:verification ?seen .
        ?read gp:sourceStanding ?stands . OPTIONAL {{ ?claim gp:article ?article }}
        {_english("?claim", "?label", "rdfs:label")} {_english("?act", "?law", "rdfs:label")}
        {_english("?code", "?part")} {_english("?read", "?document", "rdfs:label")}
        {_english("?stands", "?standing")} {_english("?seen", "?how")} }} ORDER BY ?claim ?document ?read""",
    )
    read: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for claim, label, law, article, part, document, standing, how in rows:
        ground = f"{law}, {article or 'article not read'}"
        read[_name(claim).removeprefix("law-"), label, part.lower(), ground].append(
            f"{document} ({standing.lower()}, {how.lower()})"
        )
    return _table(
        ["No.", "Claim", "Part", "Act and article", "Read in"],
        [[*claim, "; ".join(dict.fromkeys(places))] for claim, places in read.items()],
    )


def _sought(store: Store) -> list[str]:
    """What was looked for in vain, and where."""
    rows = select(
        store,
        f"""SELECT ?claim ?label ?document {{ {CLAIMS} FILTER(?code = {NOT_FOUND})
        ?claim prov:wasDerivedFrom/gp:unitOf ?read .
        {_english("?claim", "?label", "rdfs:label")} {_english("?read", "?document", "rdfs:label")} }}
        ORDER BY ?claim ?document""",
    )
    places: dict[str, list[str]] = defaultdict(list)
    for _, label, document in rows:
        places[label].append(document)
    return _table(["Not found", "Looked for in"], [[label, "; ".join(read)] for label, read in places.items()])


def test_tables_are_those_of_the_data(store: Store) -> None:
    """Each table of the page is the one of the release, line by line."""
    tables = [found.splitlines() for found in re.findall(r"(?:^\|.*\n)+", PAGE.read_text(encoding="utf-8"), re.M)]

    assert [_matrix(store), _grounds(store), _sought(store)] == tables[1:]


def test_no_area_lacks_a_tier(store: Store) -> None:
    """For the Union, the federal level, the communities and the regions each area has a claim, or a search in vain."""
    rows = select(
        store,
        f"""SELECT DISTINCT ?area ?tier {{ {CLAIMS} ?claim gp:concerns ?area ; gp:levelInvolved/skos:broader? ?tier .
        FILTER(?tier IN (level:eu, level:federal, level:community, level:region)) }}""",
    )
    areas = {row[0] for row in select(store, "SELECT DISTINCT ?area { ?action gp:policyArea ?area }")}

    assert areas
    assert [] == sorted(area for area in areas if 4 != len([row for row in rows if row[0] == area]))
