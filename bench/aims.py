"""What govplan aims at beside its peers, and whether a run shows it."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from bench.attack import GRACE
from bench.contestants import DEADLINE
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


# Cell, peer, and how many times as many answers a second are wanted.
_RATES = (
    ("plan/questions/repeated/16", "oxigraph", 10.0),
    ("plan/count/repeated/16", "oxigraph", 10.0),
    ("plan/count/repeated/16", "rdflib-endpoint", 100.0),
    ("plan/ask/repeated/16", "oxigraph", 0.7),
    ("plan/questions/fresh/16", "oxigraph", 0.8),
    ("plan/lookup/fresh/16", "oxigraph", 0.2),
    ("1m/lookup/fresh/16", "oxigraph", 0.2),
)
# Cell, peer, and how many ms more than theirs are allowed for half of the answers.
_DELAYS = (("plan/questions/fresh/1", "oxigraph", 0.5), ("plan/lookup/fresh/1", "oxigraph", 0.5))
# Cell, and how many times the time in process are allowed.
_OVERHEADS = (
    ("1m/aggregate/fresh/one", 1.15),
    ("1m/sorted/fresh/one", 1.15),
    ("10m/aggregate/fresh/one", 1.15),
    ("10m/sorted/fresh/one", 1.15),
    ("1m/40mb/fresh/one", 1.3),
)
_START, _LIGHT_P99 = 1.5, 50.0


def aims(results: Results) -> list[Aim]:
    """Return every aim with what the run says of it."""
    return [*_rates(results), *_delays(results), *_overheads(results), *_attacks(results), *_start(results)]


def _rates(results: Results) -> Iterator[Aim]:
    for cell, peer, wanted in _RATES:
        pairs = _pairs(results, cell, peer, "rate")
        found = (
            statistics.median(ours / theirs for ours, theirs in pairs) if all(b for _, b in pairs) and pairs else None
        )
        yield Aim(
            f"{cell}: answers a second, of {peer}’s",
            f"≥ {wanted:g} ×",
            None if found is None else f"{found:.2f} ×",
            (found or 0) >= wanted,
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
    honest = ("error ", "whole answer")
    for pack, contestants in results.attacks.items():
        if found := contestants.get("govplan"):
            light = found.light
            yield Aim(
                f"attack {pack}: light clients",
                f"0 failed, p99 ≤ {_LIGHT_P99:g} ms",
                f"{light.failures} failed, p99 {light.p99:.1f} ms",
                light.failures == 0 and light.p99 <= _LIGHT_P99 and light.answers > 0,
            )
            bad = sum(count for verdict, count in found.verdicts.items() if not verdict.startswith(honest))
            yield Aim(
                f"attack {pack}: bombs",
                f"each an honest answer within {DEADLINE + GRACE:g} s",
                f"{bad} of {sum(found.verdicts.values())} without, slowest {found.slowest:.1f} s",
                bad == 0 and found.slowest <= DEADLINE + GRACE,
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
