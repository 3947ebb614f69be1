"""The page of results: ratios, aims and figures as they are computed from what was measured."""

import pytest

from bench.aims import aims
from bench.attack import Attack
from bench.bombs import ATTACKS
from bench.load import Measured, of_times
from bench.markdown import number, table
from bench.report import ratio, report
from bench.results import IN_PROCESS, Results
from bench.workloads import attacks, cells

ABOUT = dict.fromkeys(("date", "machine", "system", "load", "windows"), "x")


def _measured(rate: float, p50: float = 1.0, failed: int = 0) -> Measured:
    return Measured(int(rate * 10), 10.0, 100, failed, 0, 0, p50, 2 * p50, 3 * p50, 0.5)


def _results(**rounds: list[Measured]) -> Results:
    cell = "plan/questions/repeated/16"
    named = {name.replace("_", " "): measured for name, measured in rounds.items()}
    return Results(
        ABOUT,
        datasets={"plan": {"statements": 1, "graphs": 1, "bytes": 1}},
        what={"plan/questions": "the questions"},
        cells={cell: named},
    )


def test_ratio_is_the_median_of_rounds() -> None:
    """A ratio compares what was measured in the same round, so that a slow minute counts for both."""
    ours = [_measured(100), _measured(10), _measured(300)]
    theirs = [_measured(10), _measured(1), _measured(100)]

    assert ratio(ours, theirs) == pytest.approx(10)


def test_ratio_against_nothing() -> None:
    """There is no ratio to a contestant that gave no answer."""
    assert ratio([_measured(5)], [_measured(0)]) is None


def test_table_escapes_bars() -> None:
    """A bar in a text does not make a new column."""
    assert "| a |\n| --- |\n| x\\|y |" == table(["a"], [["x|y"]])


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (25000.0, "25,000")],
)
def test_number(value: float, text: str) -> None:
    """Figures have three digits that count."""
    assert text == number(value)


def test_row() -> None:
    """A row gives rate, median and 99th percentile of each, and how many times as fast govplan is."""
    page = report(_results(govplan=[_measured(1000, 0.5)], oxigraph=[_measured(100, 5.0)]))

    assert "| questions/repeated/16 | the questions | 1,000/s, 0.500, 1.00 | 100/s, 5.00, 10.0 | **10.0** |" in page


def test_failures_are_said() -> None:
    """A window with failed requests says how many."""
    page = report(_results(govplan=[_measured(10, failed=3), _measured(10, failed=1)]))

    assert "10.0/s, 1.00, 2.00, **4 failed**" in page


def test_who_was_left_out_is_said() -> None:
    """What was not measured is named with the reason."""
    results = _results(govplan=[_measured(10)])
    results.unfit = {"plan/questions": {"virtuoso": "it gave other rows to 3 of 44 queries"}}
    results.skipped = ["10m/path/fresh/16"]
    results.absent = {"virtuoso": "virtuoso-t is not installed"}

    page = report(results)

    assert "* plan/questions: virtuoso was left out: it gave other rows to 3 of 44 queries." in page
    assert "* 10m/path/fresh/16: not measured, for the time of the run was up." in page
    assert "| virtuoso | not run: virtuoso-t is not installed |" in page


@pytest.mark.parametrize(("ours", "met"), [(9999, False), (10000, True)])
def test_aim_of_throughput(ours: float, met: bool) -> None:
    """An aim is met from its bound on."""
    found = aims(_results(govplan=[_measured(ours)], oxigraph=[_measured(100)]))

    assert met is next(aim for aim in found if aim.what.startswith("plan/questions/repeated/16")).met


def test_aim_that_was_not_measured() -> None:
    """An aim that the run says nothing about is neither met nor missed."""
    found = aims(Results(ABOUT))

    assert all(aim.row()[2:] == ["not measured", ""] for aim in found)


def test_aim_beside_in_process() -> None:
    """The overhead of the whole server is the time it takes beyond the same query in process."""
    results = _results()
    results.cells = {"1m/40mb/fresh/one": {"govplan": [of_times([1.5], 1)], IN_PROCESS: [of_times([1.0], 1)]}}

    aim = next(aim for aim in aims(results) if aim.what.startswith("1m/40mb"))

    assert ("1.50 ×", False) == (aim.measured, aim.met)


@pytest.mark.parametrize(("failed", "met"), [(0, True), (1, False)])
def test_aim_of_throughput_without_failures(failed: int, met: bool) -> None:
    """Fresh questions must be fast and all be answered."""
    results = _results()
    results.cells = {
        "plan/questions/fresh/16": {"govplan": [_measured(95, failed=failed)], "oxigraph": [_measured(100)]}
    }

    aim = next(aim for aim in aims(results) if aim.what.startswith("plan/questions/fresh/16"))

    assert (f"0.95 ×, {failed} failed", met) == (aim.measured, aim.met)


def test_aim_beside_an_earlier_govplan() -> None:
    """What changed is measured against an earlier commit in the same round."""
    results = _results()
    results.cells = {"plan/lookup/fresh/16": {"govplan": [_measured(210)], "govplan before": [_measured(100)]}}

    aim = next(aim for aim in aims(results) if "govplan before" in aim.what)

    assert ("2.10 ×", True) == (aim.measured, aim.met)


def _attacked(name: str, attack: Attack) -> Results:
    return Results(ABOUT, attacks={name: {"govplan": attack, "oxigraph": Attack({}, {"cut off": 4})}})


@pytest.mark.parametrize(
    ("name", "verdicts", "slowest", "met"),
    [
        ("runaway", {"error 504": 3, "whole answer": 1}, 10.2, True),
        ("runaway", {"error 504": 3}, 10.9, False),
        ("nested", {"error 400": 3, "200 but broken": 1}, 1.0, False),
        ("nested", {"no answer": 1}, 10.5, False),
        ("order", {"whole answer": 3, "error 500": 1}, 1.0, False),
        ("wide-pages", {"whole answer": 3, "left": 9}, 1.0, True),
        ("wide-pages", {"cut off": 3}, 1.0, False),
        ("slow-bodies", {"error 408": 30, "cut off": 20, "left": 14}, 10.4, True),
        ("slow-bodies", {"held": 1}, 12.0, False),
        ("slow-readers", {"held": 160, "cut off": 160}, 13.0, True),
    ],
)
def test_aim_of_honesty(name: str, verdicts: dict[str, int], slowest: float, met: bool) -> None:
    """Every request of an attack must get an error or a whole answer in time; who is slow may be cut off."""
    found = aims(_attacked(name, Attack({}, verdicts, slowest)))

    assert met is next(aim for aim in found if aim.what == f"attack {name}: what it gets").met


@pytest.mark.parametrize(
    ("live", "lookup", "met"),
    [
        (_measured(25, 1.0), _measured(25, 25.0), True),
        (_measured(25, 1.0), _measured(25, 26.0), False),
        (_measured(25, 1.0, failed=1), _measured(25, 1.0), False),
        (_measured(0, 0.0), _measured(25, 1.0), False),
    ],
)
def test_aim_beside_an_attack(live: Measured, lookup: Measured, met: bool) -> None:
    """Each canary is answered every time, and 99 of 100 times within 50 ms."""
    found = aims(_attacked("long-texts", Attack({"/live": live, "lookup": lookup})))

    assert met is next(aim for aim in found if aim.what == "attack long-texts: those beside it").met


def test_aims_of_memory() -> None:
    """Memory is judged by the attack that took most, and by the one that left most behind."""
    results = _attacked("order", Attack({}, before=200_000_000, peak=300_000_000, after=310_000_000))
    results.attacks["wide-pages"] = {"govplan": Attack({}, before=200_000_000, peak=1_300_000_000, after=250_000_000)}

    found = [aim for aim in aims(results) if aim.what.startswith("attacks: memory")]

    assert [("1,300 MB (wide-pages)", False), ("110 MB (order)", False)] == [(aim.measured, aim.met) for aim in found]


def test_attacks_on_the_page() -> None:
    """The page says of each attack who was answered beside it, what it got, and what memory it took."""
    beside = {"/live": _measured(25, 1.5, failed=2), "lookup": _measured(0)}
    verdicts = {"error 503": 3, "held": 2}
    attack = Attack(beside, verdicts, 10.2, 200_000_000, 1_500_000_000, 210_000_000, 14.0, 0.3, "200 after 2 ms")

    page = report(Results(ABOUT, attacks={"slow-bodies": {"govplan": attack}}), whole=False)

    row = (
        "| slow-bodies | govplan | /live 25.0/s, 1.50, 3.00; lookup no answer | 2 of 252; 0 of 0 "
        "| 3 × error 503, 2 × held | 10.2 s | 200, 1,500, 210 | 200 after 2 ms | 0.3 of 14 s |"
    )
    assert row in page
    assert "not measured" not in page
    assert "## govplan and the others" not in page


@pytest.mark.parametrize("quick", [False, True])
def test_cells_have_names_of_their_own(quick: bool) -> None:
    """No two cells have the same name."""
    names = [cell.name for cell in cells(quick=quick, only=())]

    assert len(names) == len(set(names))


def test_aims_are_measured() -> None:
    """Every aim about a cell is about one that a full run measures."""
    names = {cell.name for cell in cells(quick=False, only=())}
    aimed = {aim.what.partition(":")[0] for aim in aims(Results(ABOUT)) if aim.what.count("/") == 3}

    assert set() == aimed - names
    assert len(aimed) > 5


def test_only() -> None:
    """Patterns choose cells and attacks."""
    assert ["order"] == attacks(quick=False, only=("attack/order", "plan/ask/*"))
    assert [] == attacks(quick=False, only=("plan/*",))
    assert list(ATTACKS) == attacks(quick=False, only=())
    assert set(ATTACKS) > set(attacks(quick=True, only=())) > set()
    assert ["plan/ask/repeated/16"] == [cell.name for cell in cells(quick=False, only=("plan/ask/repeated/16",))]
    assert {"10m"} == {cell.dataset for cell in cells(quick=False, only=("10m/*",))}
