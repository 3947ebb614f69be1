"""What govplan aims at beside its peers, and whether a run shows it."""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.attack import READERS, ROOM, Attack, dishonest, limit
from bench.bombs import ATTACKS
from bench.results import IN_PROCESS, Results


@dataclass(frozen=True, slots=True)
class Aim:
    """One aim: what, what is wanted, what was measured (None: the run does not show it), and whether that is enough."""

    what: str
    wanted: str
    measured: str | None
    met: bool = False

    def row(self) -> list[str]:
        """As a row of the table."""
        verdict = ("yes" if self.met else "**no**") if self.measured is not None else ""
        return [self.what, self.wanted, self.measured or "not measured", verdict]


# Cell, peer, how many times as many answers a second are wanted, and whether every request must be answered.
_RATES = (
    ("plan/questions/repeated/16", "oxigraph", 100.0, False),
    ("plan/count/repeated/16", "oxigraph", 10.0, False),
    ("plan/count/repeated/16", "rdflib-endpoint", 100.0, False),
    ("plan/ask/repeated/16", "oxigraph", 0.9, False),
    ("plan/questions/fresh/16", "oxigraph", 0.9, True),
    ("plan/lookup/fresh/16", "govplan before", 2.0, False),
    ("plan/lookup/fresh/16", "oxigraph", 0.2, False),
    ("1m/lookup/fresh/16", "virtuoso", 2.0, False),
    ("1m/lookup/fresh/16", "oxigraph", 0.2, False),
)
# Cell, peer, and how many ms more than theirs are allowed for half of the answers.
_DELAYS = (("plan/questions/fresh/1", "oxigraph", 0.5), ("plan/lookup/fresh/1", "oxigraph", 0.8))
# Cell, and how many times the time in process are allowed.
_OVERHEADS = (
    ("1m/aggregate/fresh/one", 1.15),
    ("1m/sorted/fresh/one", 1.15),
    ("10m/aggregate/fresh/one", 1.15),
    ("10m/sorted/fresh/one", 1.15),
    ("1m/40mb/fresh/one", 1.3),
)
_START, _P99 = 1.5, 50.0
_MEMORY = 1_200_000_000


def aims(results: Results) -> list[Aim]:
    """Return every aim with what the run says of it."""
    return [*_rates(results), *_delays(results), *_overheads(results), *_attacks(results), *_start(results)]


def _rates(results: Results) -> Iterator[Aim]:
    for cell, peer, wanted, all_answered in _RATES:
        pairs = _pairs(results, cell, peer, "rate")
        known = bool(pairs) and all(theirs for _, theirs in pairs)
        found = statistics.median(ours / theirs for ours, theirs in pairs) if known else 0.0
        failed = sum(one.failures for one in results.cells.get(cell, {}).get("govplan", []))
        measured = f"{found:.2f} ×" + (f", {failed} failed" if all_answered else "")
        yield Aim(
            f"{cell}: answers a second, of {peer}’s",
            f"≥ {wanted:g} ×" + (", 0 failed" if all_answered else ""),
            measured if known else None,
            found >= wanted and not (all_answered and failed),
        )


def _delays(results: Results) -> Iterator[Aim]:
    for cell, peer, allowed in _DELAYS:
        pairs = _pairs(results, cell, peer, "p50")
        found = statistics.median(ours - theirs for ours, theirs in pairs) if pairs else None
        yield Aim(
            f"{cell}: median time beyond {peer}’s",
            f"≤ {allowed:g} ms",
            None if found is None else f"{found:.2f} ms",
            found is not None and found <= allowed,
        )


def _overheads(results: Results) -> Iterator[Aim]:
    for cell, allowed in _OVERHEADS:
        pairs = _pairs(results, cell, IN_PROCESS, "p50")
        found = statistics.median(ours / theirs for ours, theirs in pairs) if pairs else None
        yield Aim(
            f"{cell}: time, of the same query in process",
            f"≤ {allowed:g} ×",
            None if found is None else f"{found:.2f} ×",
            found is not None and found <= allowed,
        )


def _attacks(results: Results) -> Iterator[Aim]:
    """Yield what is wanted beside and of each attack, and of the memory under the worst of them."""
    found = {name: contestants["govplan"] for name, contestants in results.attacks.items() if "govplan" in contestants}
    for name in (name for name, attack in ATTACKS.items() if attack.clients):
        yield _beside(name, found.get(name))
        yield _honesty(name, found.get(name))
    yield _memory("attacks: memory during the worst", _MEMORY, {name: one.peak for name, one in found.items()})
    beyond = {name: one.after - one.before for name, one in found.items()}
    yield _memory("attacks: memory afterwards beyond that before, the worst", ROOM, beyond)


def _beside(name: str, found: Attack | None) -> Aim:
    clients = found.beside if found else {}
    said = [
        f"{client}: {one.failures} failed, " + (f"p99 {one.p99:.1f} ms" if one.answers else "no answer")
        for client, one in clients.items()
    ]
    return Aim(
        f"attack {name}: those beside it",
        f"0 failed, p99 ≤ {_P99:g} ms",
        "; ".join(said) or None,
        bool(clients) and all(not one.failures and one.p99 <= _P99 and one.answers for one in clients.values()),
    )


def _honesty(name: str, found: Attack | None) -> Aim:
    within = limit(name)
    bad = dishonest(name, found.verdicts) if found else 0
    late = found is not None and name not in READERS and found.slowest > within
    return Aim(
        f"attack {name}: what it gets",
        "each an honest end" + ("" if name in READERS else f" within {within:g} s"),
        f"{bad} of {sum(found.verdicts.values())} without, slowest {found.slowest:.1f} s" if found else None,
        found is not None and bad == 0 and not late,
    )


def _memory(what: str, allowed: int, used: Mapping[str, int]) -> Aim:
    worst = max(used, key=lambda name: used[name], default="")
    return Aim(
        what,
        f"≤ {allowed / 1e6:,.0f} MB over all processes",
        f"{used[worst] / 1e6:,.0f} MB ({worst})" if worst else None,
        bool(worst) and used[worst] <= allowed,
    )


def _start(results: Results) -> Iterator[Aim]:
    found = results.figures.get("plan", {}).get("govplan", {}).get("start")
    yield Aim(
        "plan: start to the first answer",
        f"≤ {_START:g} s",
        None if found is None else f"{found:.2f} s",
        found is not None and found <= _START,
    )


def _pairs(results: Results, cell: str, peer: str, figure: str) -> list[tuple[float, float]]:
    """Return (ours, theirs) of each round."""
    rounds = results.cells.get(cell, {})
    ours, theirs = rounds.get("govplan", []), rounds.get(peer, [])
    if not ours or not theirs:
        return []
    return [(getattr(a, figure), getattr(b, figure)) for a, b in zip(ours, theirs, strict=True)]
