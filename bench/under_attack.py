"""The attacks of a run: who meets which, each on a server of its own, one after the other."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bench.attack import attack
from bench.before import GovplanBefore
from bench.bombs import ATTACKS
from bench.contestants import DEADLINE, Contestant, Govplan, Oxigraph
from bench.datasets import FOLDER, Dataset, prepare
from bench.plan import Plan
from bench.results import Results
from bench.servers import Server, ServerFailed
from bench.workloads import Workloads

Tell = Callable[[str], None]


def attacked(attack: str, plan: Plan) -> list[str]:
    """Return the names of those who meet an attack: Oxigraph has no pages, no reconciliation and no /live."""
    names = [Govplan.name]
    if plan.brief:
        names.append(GovplanBefore.name)
    if ATTACKS[attack].light:
        names.append(Oxigraph.name)
    return names


def measure_attacks(
    attacks: Sequence[str], contestants: Sequence[Contestant], plan: Plan, results: Results, tell: Tell
) -> None:
    """Attack whoever of the contestants meets an attack. Raises ServerFailed if govplan itself does not start."""
    tell("plan: preparing the data")
    dataset = prepare("plan")
    queries = Workloads(dataset)["lookup"].queries
    met = {who for name in attacks for who in attacked(name, plan)}
    ready = {}
    for contestant in (contestant for contestant in contestants if contestant.name in met):
        with _left_out_if_it_fails(contestant.name, "attacks", results):
            # The time limit that govplan has by default.
            able = Oxigraph(timeout=DEADLINE) if isinstance(contestant, Oxigraph) else contestant
            able.load(dataset)
            ready[able.name] = able
    turns = [(name, who) for name in attacks for who in attacked(name, plan) if who in ready]
    for name, who in turns:
        tell(f"attack/{name}: {who}")
        brief = who == GovplanBefore.name
        dump, _ = ready[who].dump(dataset) or ("", "")
        with _left_out_if_it_fails(who, f"attack/{name}", results), _running(ready[who], dataset) as server:
            found = attack(server, name, queries, plan.brief if brief else plan.attack, dump=dump, brief=brief)
            results.attacks.setdefault(name, {})[who] = found
        results.write(FOLDER / "results.json")


@contextmanager
def _left_out_if_it_fails(name: str, what: str, results: Results) -> Iterator[None]:
    """Go on without a peer that fails; without govplan there is nothing to measure."""
    try:
        yield
    except ServerFailed as problem:
        if name == Govplan.name:
            raise
        results.unfit.setdefault(what, {})[name] = str(problem)


@contextmanager
def _running(contestant: Contestant, dataset: Dataset) -> Iterator[Server]:
    server = contestant.start(dataset)
    try:
        yield server
    finally:
        server.stop(politely=False)
