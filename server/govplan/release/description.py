"""The description of a release beside its dataset: questions, prefixes and VoID, in `metadata.ttl` and in the store.

The dataset is what the named graphs hold. The description stands in the default graph of the store, which no named
graph and no dump shares: so `GRAPH ?graph`, the hash and the files speak of the dataset alone, and whoever asks the
endpoint without a dataset of his own finds both. The numbers are those that he would count, the description included;
so it is counted until it describes itself.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings
from govplan.errors import ReleaseDamaged
from govplan.formats import GRAPHS
from govplan.metadata.examples import add_prefixes, add_questions
from govplan.metadata.graph import Graph
from govplan.metadata.statistics import add_dataset, statistics
from govplan.namespaces import used
from govplan.questions import Question
from govplan.release.dumps import canonical
from govplan.release.harvest import solutions

FILE = "metadata.ttl"
# Only what describes itself can change in a round: which of its own terms it counts.
_ROUNDS = 8
_LEFTOVERS = ("LOCK", "LOG")


def write_description(work: Path, settings: Settings, questions: Iterable[Question]) -> None:
    """Add the description of an unfinished release to its store, and write it into its folder as Turtle.

    Raises ReleaseDamaged if the store does not hold it afterwards.
    """
    folder = work / "store"
    store = ox.Store(str(folder))
    fixed = Graph()
    add_dataset(fixed, settings, [f"{settings.name}.{fmt.extension}" for fmt in GRAPHS])
    add_prefixes(fixed, settings)
    add_questions(fixed, settings, questions)
    before, after = set[ox.Quad](), _quads(fixed)
    for _ in range(_ROUNDS):
        _replace(store, before, after)
        counted = Graph(fixed)
        counted.update(statistics(partial(solutions, store), settings))
        before, after = after, _quads(counted)
        if before == after:
            break
    else:
        raise ReleaseDamaged("The description of the release does not come to an end.", where=str(folder))
    store.optimize()
    store.flush()
    del store
    for name in _LEFTOVERS:
        (folder / name).unlink(missing_ok=True)
    kept = ox.Store.read_only(str(folder)).quads_for_pattern(None, None, None, ox.DefaultGraph())
    if canonical(kept) != canonical(after):
        raise ReleaseDamaged("The store does not read back its description.", where=str(folder))
    (work / FILE).write_bytes(_turtle(after, settings))


def _replace(store: ox.Store, before: set[ox.Quad], after: set[ox.Quad]) -> None:
    for quad in before - after:
        store.remove(quad)
    store.extend(after - before)


def _quads(graph: Graph) -> set[ox.Quad]:
    return {
        ox.Quad(each.subject, each.predicate, each.object)
        for each in ox.parse(graph.n_triples(), format=ox.RdfFormat.N_TRIPLES)
    }


def _turtle(quads: set[ox.Quad], settings: Settings) -> bytes:
    ordered = sorted((quad.triple for quad in quads), key=str)
    iris = [
        term.value
        for triple in ordered
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    ]
    return ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=used(settings.prefixes, iris)) or b""
