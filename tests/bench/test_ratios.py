"""The page of results: ratios, aims and figures as they are computed from what was measured."""

import pytest

from bench.aims import aims
from bench.attack import Attack
from bench.load import Measured, of_times
from bench.report import number, ratio, report, table
from bench.results import IN_PROCESS, Results
from bench.workloads import cells

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


@pytest.mark.parametrize(("ours", "met"), [(999, False), (1000, True)])
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


@pytest.mark.parametrize(
    ("verdicts", "slowest", "met"),
    [
        ({"error 504": 3, "whole answer": 1}, 10.2, True),
        ({"error 504": 3}, 10.9, False),
        ({"error 400": 3, "200 but broken": 1}, 1.0, False),
        ({"no answer": 1}, 10.5, False),
    ],
)
def test_aim_of_honesty(verdicts: dict[str, int], slowest: float, met: bool) -> None:
    """Every bomb must get an error or a whole answer in time."""
    results = Results(ABOUT, attacks={"runaway": {"govplan": Attack(_measured(100), verdicts, slowest)}})

    assert met is next(aim for aim in aims(results) if aim.what == "attack runaway: bombs").met


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
    """Patterns choose cells."""
    assert ["plan/ask/repeated/16"] == [cell.name for cell in cells(quick=False, only=("plan/ask/repeated/16",))]
    assert {"10m"} == {cell.dataset for cell in cells(quick=False, only=("10m/*",))}
