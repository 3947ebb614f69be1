"""The second coding: the published agreement follows from the two codings, and every difference was settled."""

from collections import Counter
from pathlib import Path

import pytest

from govplan.config import load
from govplan.content import Content
from govplan.release.agreement import Agreement, agreements
from govplan.release.derive import write_derived
from govplan.sparql import Store
from tests.content.test_sources import select

BASE = "https://w3id.org/govplan/"
PLAN = "data/plans/be-ai-convergence"
AGREEMENT = f"{PLAN}/derived/agreement.ttl"
Codes = dict[str, set[tuple[str, str]]]
PARTS = {
    "concreteness": {"concreteness"},
    "instrument": {"primaryInstrument", "secondaryInstrument"},
    "policyArea": {"policyArea"},
    "primaryInstrument": {"primaryInstrument"},
    "targetGroup": {"addresseeGroup", "beneficiaryGroup", "contributorGroup", "dialogueGroup"},
}
QUOTED = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?action ?property ?code ?coder {
  ?statement gp:codedBy ?coder ; rdf:subject ?action ; rdf:predicate ?property ; rdf:object ?code
}"""


def _end(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def _codes(store: Store) -> tuple[Codes, Codes]:
    """What each coder said of each action: the published coding with the disputed fields put back, and the quotes."""
    rows = [tuple(map(_end, row)) for row in select(store, QUOTED)]
    names = sorted(set().union(*PARTS.values()))
    values = " ".join(f"gp:{name}" for name in names)
    published = select(store, f"SELECT ?a ?p ?c {{ VALUES ?p {{ {values} }} ?a a gp:Action ; ?p ?c }}")
    disputed = {
        (_end(action), name)
        for action, field in select(store, "SELECT ?a ?f { ?d gp:disputes ?a ; gp:field ?f }")
        for name in PARTS[_end(field)]
    }
    first: Codes = {}
    second: Codes = {}
    for action, name, code in (tuple(map(_end, row)) for row in published):
        if (action, name) not in disputed:
            first.setdefault(action, set()).add((name, code))
    for action, name, code, coder in rows:
        (second if coder == "second-coder" else first).setdefault(action, set()).add((name, code))
    return first, second


@pytest.mark.parametrize("field", PARTS)
def test_agreement_is_recomputed(store: Store, field: str) -> None:
    """Cases, agreement and kappa, computed here from the codes by the textbook's table, are as published."""
    first, second = _codes(store)
    table = Counter(
        tuple(frozenset(pair for pair in coder[action] if pair[0] in PARTS[field]) for coder in (first, second))
        for action in second
    )
    n = sum(table.values())
    kinds = {choice for pair in table for choice in pair}
    diagonal = sum(table[kind, kind] for kind in kinds) / n
    chance = sum(
        sum(count for (a, _), count in table.items() if a == kind) * sum(c for (_, b), c in table.items() if b == kind)
        for kind in kinds
    ) / (n * n)
    rows = {
        _end(metric): value
        for metric, value in select(
            store,
            f"""PREFIX dqv: <http://www.w3.org/ns/dqv#>
            SELECT ?metric ?value {{ ?m gp:field gp:{field} ; dqv:isMeasurementOf ?metric ; dqv:value ?value }}""",
        )
    }

    assert 57 == n == int(rows["cases"])
    assert pytest.approx(float(rows["observed-agreement"]), abs=5e-5) == diagonal
    assert pytest.approx(float(rows["cohens-kappa"]), abs=5e-5) == (diagonal - chance) / (1 - chance)


@pytest.mark.parametrize(
    ("field", "kappa"),
    [
        ("concreteness", "0.827"),
        ("instrument", "0.9265"),
        ("policyArea", "0.8145"),
        ("primaryInstrument", "0.9815"),
        ("targetGroup", "0.9369"),
    ],
)
def test_published_kappa(store: Store, field: str, kappa: str) -> None:
    """Kappa is what was counted by hand, and at least 0.8 on every field."""
    query = f"""PREFIX dqv: <http://www.w3.org/ns/dqv#> PREFIX metric: <{BASE}auth/metric/>
    SELECT ?value {{ ?m gp:field gp:{field} ; dqv:isMeasurementOf metric:cohens-kappa ; dqv:value ?value }}"""

    assert [(kappa,)] == select(store, query)
    assert float(kappa) >= 0.8


def test_known_table() -> None:
    """The textbook's example, 20 and 15 of 50 on the diagonal, 5 and 10 beside it, has a kappa of 0.4."""
    yes, no = frozenset({("field", "yes")}), frozenset({("field", "no")})
    pairs = [(yes, yes)] * 20 + [(yes, no)] * 5 + [(no, yes)] * 10 + [(no, no)] * 15
    agreement = Agreement([first for first, _ in pairs], [second for _, second in pairs])

    assert pytest.approx(0.7) == float(agreement.observed)
    assert pytest.approx(0.4) == float(agreement.kappa)


def test_one_choice_throughout() -> None:
    """Where both coders know one choice only, the formula divides by zero and the agreement is whole."""
    same = [frozenset({("field", "yes")})] * 3

    assert 1 == Agreement(same, same).kappa


def test_every_action_was_coded_twice(content: Content) -> None:
    """The second coding covers all 57 actions."""
    assert {57} == {len(agreement.second) for agreement in agreements(content, PLAN).values()}


def test_disagreements_are_those_of_the_codings(content: Content, store: Store) -> None:
    """Each difference between the codings is listed once, and nothing else is."""
    differ = sum(
        first != second
        for field, agreement in agreements(content, PLAN).items()
        if field != "primaryInstrument"  # a part of instrument
        for first, second in zip(agreement.first, agreement.second, strict=True)
    )

    assert 23 == differ
    assert [(str(differ),)] == select(store, "SELECT (COUNT(?d) AS ?n) { ?d a gp:Disagreement }")


def test_second_coder_never_speaks_for_others(store: Store) -> None:
    """The second coder is the speaker of no graph, no claim and no assessment."""
    assert [] == select(store, "SELECT ?x { ?x gp:claimedBy organisation:second-coder }")


def test_written_agreement_is_the_same_bytes(project: Path) -> None:
    """Writing the agreement again changes nothing (mend: govplan derive)."""
    before = (project / AGREEMENT).read_bytes()
    write_derived(load(project, environ={}))

    assert before == (project / AGREEMENT).read_bytes()
