"""What is asked: the queries of each dataset, and the cells of the table: who is asked what, how often, by how many."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch

import pyoxigraph as ox

from bench.bombs import ATTACKS
from bench.datasets import Dataset
from govplan.questions import load_questions

VARIANTS = 200
_SEED = 20221028
LOOKUP = "SELECT ?property ?value WHERE {{ <{0}> ?property ?value }}"
STAR = """SELECT ?action ?label ?status ?number ?instrument WHERE {{
  ?action a gp:Action ; gp:underObjective <{0}> ; rdfs:label ?label ; gp:statusReported ?status ;
    gp:sourceNumber ?number ; gp:primaryInstrument ?instrument .
  FILTER(LANG(?label) = "nl")
}}"""
PATH = """SELECT DISTINCT ?action ?actor ?label WHERE {{
  ?objective gp:inPlan <{0}> . ?action gp:underObjective ?objective ; gp:participation/gp:actor ?actor .
  ?actor rdfs:label ?label . FILTER(LANG(?label) = "fr")
}}"""
AGGREGATE = """SELECT ?instrument (COUNT(?action) AS ?actions) WHERE {
  ?action a gp:Action ; gp:primaryInstrument ?instrument
} GROUP BY ?instrument ORDER BY DESC(?actions) ?instrument"""
SORTED_ALL = (
    'SELECT ?thing ?label WHERE { ?thing rdfs:label ?label FILTER(LANG(?label) = "de") } ORDER BY ?label ?thing'
)
SORTED_SOME = """SELECT ?action ?label WHERE {{
  ?action gp:primaryInstrument <{0}> ; rdfs:label ?label FILTER(LANG(?label) = "de")
}} ORDER BY ?label ?action"""
EVERYTHING = "SELECT ?subject ?property ?value WHERE {{ ?subject ?property ?value }} LIMIT {0}"
_SORTED_ROWS = 5000
_COUNT = "objectives-with-action-counts"


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of question; `queries` are asked in turn. `exact`: every engine must give the same rows."""

    name: str
    what: str
    queries: tuple[str, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of the results. `clients` 0 means one request after the other, for answers that take seconds."""

    dataset: str
    workload: str
    fresh: bool
    clients: int
    contestants: tuple[str, ...]

    @property
    def name(self) -> str:
        """What `--only` matches: dataset/workload/form/clients."""
        return f"{self.dataset}/{self.workload}/{'fresh' if self.fresh else 'repeated'}/{self.clients or 'one'}"


_PAIR = ("govplan", "oxigraph", "virtuoso")
_ALL = (*_PAIR, "rdflib-endpoint")
_BEFORE = "govplan before"
_FLOOR = (*_ALL, "static 200")
_FORMS = (False, True)
_QUICK = (
    "plan/questions/*/1",
    "plan/questions/*/16",
    "plan/count/repeated/16",
    "plan/ask/repeated/16",
    "plan/lookup/fresh/1",
    "plan/lookup/fresh/16",
    "plan/sorted/fresh/16",
    "plan/1mb/fresh/16",
    "1m/lookup/fresh/16",
    "1m/*/fresh/one",
    "attack/peace",
    "attack/runaway",
    "attack/nested",
    "attack/slow-readers",
    "attack/long-texts",
)
# Where an earlier govplan is asked too.
_CHANGING = {
    "plan/questions/fresh/1",
    "plan/questions/fresh/16",
    "plan/questions/repeated/16",
    "plan/count/repeated/16",
    "plan/ask/repeated/16",
    "plan/lookup/fresh/1",
    "plan/lookup/fresh/16",
}


def cells(*, quick: bool, only: Sequence[str]) -> list[Cell]:
    """Return the cells to measure, in order: all, those of a quick run, or those whose name fits `only`."""
    patterns = only or (_QUICK if quick else ("*",))
    return [cell for cell in _every_cell() if _fits(cell.name, patterns)]


def attacks(*, quick: bool, only: Sequence[str]) -> list[str]:
    """Return the names of the attacks to measure, in order, chosen as cells are: `only` gives them as attack/name."""
    patterns = only or (_QUICK if quick else ("*",))
    return [name for name in ATTACKS if _fits(f"attack/{name}", patterns)]


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _every_cell() -> list[Cell]:
    rows = [Cell("plan", "questions", fresh, clients, _PAIR) for fresh in _FORMS for clients in (1, 16, 64)]
    rows += [Cell("plan", "count", False, 1, _PAIR)]
    rows += [Cell("plan", "count", fresh, 16, _ALL) for fresh in _FORMS]
    rows += [Cell("plan", "ask", False, clients, _FLOOR if clients == 16 else _PAIR) for clients in (1, 16, 64)]
    rows += [Cell("plan", "ask", True, 16, _PAIR)]
    for fresh in _FORMS:
        rows += [Cell("plan", "lookup", fresh, clients, _ALL if clients == 16 else _PAIR) for clients in (1, 16, 64)]
    rows += [Cell("plan", name, fresh, 16, _PAIR) for name in ("star", "path") for fresh in _FORMS]
    rows += [Cell("plan", name, fresh, 16, _PAIR) for name in ("aggregate", "sorted", "1mb") for fresh in _FORMS]
    rows += [Cell("plan", "dump", False, clients, _PAIR) for clients in (1, 16)]
    rows += [Cell("1m", name, True, clients, _PAIR) for name in ("lookup", "star", "path") for clients in (1, 16)]
    rows += [Cell("1m", "lookup", False, 16, _PAIR)]
    rows += [Cell("1m", name, fresh, 0, _PAIR) for name in ("aggregate", "sorted", "40mb") for fresh in _FORMS]
    rows += [Cell("1m", "dump", False, 0, _PAIR)]
    rows += [Cell("10m", name, True, 16, _PAIR) for name in ("lookup", "star", "path")]
    rows += [Cell("10m", name, True, 0, _PAIR) for name in ("aggregate", "sorted", "40mb")]
    return [replace(row, contestants=(*row.contestants, _BEFORE)) if row.name in _CHANGING else row for row in rows]


class Workloads:
    """The workloads of one dataset by name; the things they ask about are the same in every run."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._store = ox.Store.read_only(str(dataset.store))
        prefixes = dataset.settings.prefixes
        self._prefixes = "".join(f"PREFIX {label}: <{prefixes[label]}>\n" for label in ("gp", "rdfs", "skos"))
        self._known: dict[str, Workload] = {}

    def __getitem__(self, name: str) -> Workload:
        """Return a workload; what it asks about is looked up once."""
        if name not in self._known:
            self._known[name] = self._make(name)
        return self._known[name]

    def _make(self, name: str) -> Workload:
        match name:
            case "ask":
                return Workload(name, "bare ASK", ("ASK { ?s ?p ?o }",))
            case "lookup":
                return Workload(name, "all of one action", self._about(LOOKUP, "gp:Action"))
            case "star":
                return Workload(
                    name, "actions of an objective, with five properties", self._about(STAR, "gp:Objective")
                )
            case "path":
                return Workload(name, "plan → objective → action → actor", self._about(PATH, "gp:Plan"))
            case "aggregate":
                return Workload(name, "actions counted by instrument", (self._prefixes + AGGREGATE,))
            case "sorted" if self._dataset.name == "plan":
                return Workload(name, "labels in one language, sorted", (self._prefixes + SORTED_ALL,))
            case "sorted":
                return Workload(name, f"some {_SORTED_ROWS} labels, sorted", (self._prefixes + self._some_labels(),))
            case "questions":
                return Workload(name, "the shipped questions in turn", tuple(self._questions().values()))
            case "count":
                return Workload(name, f"the shipped question {_COUNT}", (self._questions()[_COUNT],))
            case "1mb":
                return Workload(name, "an answer of 1 MB", (self._large(1_000_000),), exact=False)
            case "40mb":
                return Workload(name, "an answer of 40 MB", (self._large(40_000_000),), exact=False)
            case "dump":
                return Workload(name, "the whole dataset as N-Quads", ())
        raise KeyError(name)

    def _questions(self) -> dict[str, str]:
        """The shipped questions with their defaults, without the header that only govplan reads."""
        questions = load_questions(self._dataset.settings)
        return {name: re.sub(r"(?m)^#\+.*\n", "", question.text) for name, question in questions.items()}

    def _about(self, template: str, kind: str) -> tuple[str, ...]:
        rows = self._ask(f"{self._prefixes}SELECT ?it WHERE {{ ?it a {kind} }}")
        things = sorted(row["it"].value for row in rows)
        chosen = random.Random(_SEED).sample(things, min(VARIANTS, len(things)))
        return tuple(self._prefixes + template.format(thing) for thing in chosen)

    def _some_labels(self) -> str:
        """Return the query that sorts the actions of the instrument that has closest to the wanted number."""
        counts = {row["instrument"].value: int(row["actions"].value) for row in self._ask(self._prefixes + AGGREGATE)}
        return SORTED_SOME.format(min(counts, key=lambda instrument: abs(counts[instrument] - _SORTED_ROWS)))

    def _large(self, size: int) -> str:
        """Return the query whose answer as JSON has about `size` bytes."""
        rows = 5000
        for _ in range(2):
            written = self._ask(EVERYTHING.format(rows)).serialize(format=ox.QueryResultsFormat.JSON) or b"{}"
            rows = rows * size // len(written)
        return EVERYTHING.format(rows)

    def _ask(self, query: str) -> ox.QuerySolutions:
        results = self._store.query(query, use_default_graph_as_union=True)
        assert isinstance(results, ox.QuerySolutions)
        return results
