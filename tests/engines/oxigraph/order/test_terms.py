"""Terms as strings: in the documented order, exactly, and no two terms with one string."""

import itertools
import string

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govplan.engines.oxigraph.order.terms import REST, UNBOUND, value, whole
from tests.engines.oxigraph.order.reference import Term, literal, place, shuffled

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.text("a\0\1é", max_size=4)
DIGITS = st.text(string.digits, min_size=1, max_size=40)
IRIS = st.text(string.ascii_lowercase, max_size=5).map(lambda end: ox.NamedNode(f"http://x/{end}"))
DATES = st.datetimes().map(lambda moment: moment.isoformat())
ZONES = st.sampled_from(["", "Z", "+02:00", "-11:30"])
NUMBERS = st.one_of(
    st.integers().map(lambda number: literal(str(number), "integer")),
    st.builds(lambda sign, digits: literal(sign + digits, "integer"), st.sampled_from(["", "-", "+"]), DIGITS),
    st.builds(
        lambda sign, whole, part: literal(f"{sign}{whole}.{part}", "decimal"),
        st.sampled_from(["", "-"]),
        DIGITS,
        DIGITS,
    ),
    st.floats().map(lambda number: literal(_spelled(number), "double")),
    st.floats(width=32).map(lambda number: literal(_spelled(number), "float")),
)
LITERALS = st.one_of(
    NUMBERS,
    st.builds(ox.Literal, TEXTS),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(["en", "nl", "nl-be"])),
    st.sampled_from(["true", "false", "TRUE"]).map(lambda text: literal(text, "boolean")),
    st.builds(lambda moment, zone: literal(moment + zone, "dateTime"), DATES, ZONES),
    st.builds(lambda moment, zone: literal(moment[:10] + zone, "date"), DATES, ZONES),
    st.builds(lambda moment, zone: literal(moment[:7] + zone, "gYearMonth"), DATES, ZONES),
    st.builds(lambda moment, zone: literal(moment[:4] + zone, "gYear"), DATES, ZONES),
    st.builds(lambda text, kind: ox.Literal(text, datatype=kind), TEXTS, IRIS),
    st.builds(literal, TEXTS, st.sampled_from(["integer", "decimal", "double", "date", "duration", "anyURI", "gYear"])),
)
SIMPLE = st.one_of(IRIS, LITERALS, st.sampled_from("ab").map(ox.BlankNode))
TERMS = st.recursive(SIMPLE, lambda inner: st.builds(ox.Triple, IRIS, IRIS, inner), max_leaves=4)


def _spelled(number: float) -> str:
    return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(number), repr(number))


@settings(deadline=None, max_examples=1000)
@given(TERMS, TERMS)
def test_order_of_two(one: Term, other: Term) -> None:
    """The strings of two terms compare as the terms do; of terms of equal value the strings of values are equal."""
    assert (place(one) < place(other)) == (value(one) < value(other))
    assert (place(one) == place(other)) == (value(one) == value(other))


@settings(deadline=None, max_examples=1000)
@given(TERMS, TERMS)
def test_whole_tells_any_two_apart(one: Term, other: Term) -> None:
    """Whole strings keep the order of values, and are equal for one and the same term only."""
    assert (one == other) == (whole(one) == whole(other))
    if place(one) < place(other):
        assert whole(one) < whole(other)


@settings(deadline=None, max_examples=500)
@given(st.lists(TERMS, min_size=2, max_size=2), st.lists(TERMS, min_size=2, max_size=2))
def test_several_terms(ones: list[Term], others: list[Term]) -> None:
    """The string of several terms sorts by the value of the first, then of the second, and by spelling at last."""
    first, second = [place(term) for term in ones], [place(term) for term in others]
    assert (first < second) == (value(*ones) < value(*others))
    if first != second:
        assert (first < second) == (whole(*ones) < whole(*others))
    assert (ones == others) == (whole(*ones) == whole(*others))


@settings(deadline=None)
@given(TERMS, TERMS, TERMS)
def test_what_is_only_spelled(key: Term, one: Term, other: Term) -> None:
    """Terms after the mark do not decide by their values, but tell rows of equal values apart by their spelling."""
    rest = ox.NamedNode(REST)
    assert whole(key, rest, one) < whole(ox.Triple(ox.NamedNode("urn:z"), ox.NamedNode("urn:z"), key), rest, other)
    if place(one) == place(other):
        assert (one == other) == (whole(key, rest, one) == whole(key, rest, other))


@given(TERMS)
def test_no_value_comes_first(term: Term) -> None:
    """Among several terms, the mark of no value sorts before all others."""
    key, unbound = ox.NamedNode("http://x/"), ox.NamedNode(UNBOUND)
    assert whole(key, unbound) < whole(key, term)


@pytest.mark.parametrize(
    "ordered",
    [
        # Beyond 2^53 a double no longer tells integers apart.
        ["9007199254740992", "9007199254740993", "9007199254740994"],
        # Beyond 2^63 the engine holds no integer.
        ["-99999999999999999999999", "-9223372036854775809", "9223372036854775807", "9223372036854775808", "1" * 5000],
        [
            "-0.1000000000000000000000000000002",
            "-0.1",
            "-0.01",
            "0",
            "0.0" + "0" * 50 + "1",
            "0.001",
            "0.1",
            "0.11",
            "1",
        ],
        ["99.9999999999999999999999999", "100", "100.0000000000000000000000001", "1" + "0" * 30, "1" + "0" * 29 + "1"],
    ],
)
def test_precision(ordered: list[str]) -> None:
    """Numbers of any size and with any number of digits sort by value."""
    numbers = [literal(text, "decimal" if "." in text else "integer") for text in ordered]
    assert numbers == sorted(shuffled(numbers), key=whole)


def test_kinds_of_numbers() -> None:
    """Numbers of different types sort by value; NaN comes first, as in XQuery (section 3.12.8), then the infinite."""
    ordered = [
        literal("NaN", "double"),
        literal("-INF", "float"),
        literal("-1e308", "double"),
        literal("-1" + "0" * 30, "integer"),
        literal("-5e-324", "double"),
        literal("0.1", "decimal"),
        # The nearest number of double precision to 0.1 is greater, and that of single precision greater still.
        literal("0.1", "double"),
        literal("0.1", "float"),
        literal("9007199254740992", "double"),
        literal("9007199254740993", "integer"),
        literal("9007199254740993.5", "decimal"),
        literal("1e39", "double"),
        literal("1e39", "float"),
    ]
    assert ordered == sorted(shuffled(ordered), key=whole)


def test_equal_numbers() -> None:
    """Zero is one value, however it is spelled; so is a number in two types."""
    zeros = [("0", "integer"), ("-0", "integer"), ("0.00", "decimal"), ("-0", "double"), ("0e5", "float")]
    assert 1 == len({value(literal(*zero)) for zero in zeros})
    assert len(zeros) == len({whole(literal(*zero)) for zero in zeros})
    assert value(literal("1", "integer")) == value(literal("1.0", "decimal")) == value(literal("1e0", "double"))
    assert value(literal("INF", "double")) == value(literal("1e999", "double")) == value(literal("+INF", "float"))
    assert value(literal("-INF", "double")) == value(literal("-1e39", "float"))


def test_derived_types_are_numbers() -> None:
    """What the engine cannot hold keeps a type derived from integer, and is a number all the same."""
    great, small = literal("18446744073709551615", "unsignedLong"), literal("7", "integer")
    assert [small, great] == sorted([great, small], key=whole)


def test_kinds() -> None:
    """Blank nodes, IRIs, numbers, texts, booleans, dates, times, durations, other literals, triple terms."""
    ordered: list[Term] = [
        ox.BlankNode("z"),
        ox.NamedNode("urn:z"),
        literal("INF", "double"),
        ox.Literal("5"),
        ox.Literal("5", language="de"),
        ox.Literal("5", language="en"),
        ox.Literal("5", language="en", direction=ox.BaseDirection.RTL),
        ox.Literal("~"),
        literal("false", "boolean"),
        literal("true", "boolean"),
        literal("2022", "gYear"),
        literal("2022-01-01", "date"),
        literal("2022-01-01T00:00:00Z", "dateTime"),
        literal("12:00:00", "time"),
        literal("--02-29", "gMonthDay"),
        literal("---31", "gDay"),
        literal("P1D", "duration"),
        literal(" 5 ", "integer"),
        literal("2022-02-30", "date"),
        literal("http://x/", "anyURI"),
        ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:a"), literal("9", "integer")),
        ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:a"), literal("10", "integer")),
    ]
    assert ordered == sorted(shuffled(ordered), key=whole)


@settings(deadline=None)
@given(st.permutations([literal("10", "integer"), literal("9", "integer"), literal("5"), literal("1e1", "double")]))
def test_any_input_order(given_terms: list[Term]) -> None:
    """Whatever the order of the input, the output is the same."""
    assert ["9", "1e1", "10", "5"] == [term.value for term in sorted(given_terms, key=whole)]  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["integer", "decimal", "double", "date", "dateTime", "duration"])
@pytest.mark.parametrize(
    ("begin", "piece"), [("+", "0"), ("", "1"), ("0.", "0"), ("2020-01-01T00:00:00.", "9"), ("PT0.", "1")]
)
def test_long_texts(kind: str, begin: str, piece: str) -> None:
    """A text of a million letters that is nearly a number or a date is read once: the square of it would take hours."""
    text = begin + piece * 1_000_000 + "x"
    assert text in whole(literal(text, kind))


def test_pairs_of_one_value() -> None:
    """Every two spellings of a value have strings of their own."""
    spellings = [
        *[
            ("01", "integer"),
            ("1", "integer"),
            ("+1", "integer"),
            ("1", "decimal"),
            ("1.0", "decimal"),
            ("1.", "decimal"),
        ],
        *[("1", "double"), ("1e0", "double"), ("1", "float"), ("1", "byte"), ("1", "long")],
    ]
    for one, other in itertools.combinations(spellings, 2):
        assert value(literal(*one)) == value(literal(*other))
        assert whole(literal(*one)) != whole(literal(*other))
