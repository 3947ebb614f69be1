"""Dates, times and durations: by value, whatever their time zone, precision and type."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govplan.engines.oxigraph.order.terms import value, whole
from tests.engines.oxigraph.order.reference import literal, shuffled

MINUTES = st.integers(-14 * 60, 14 * 60)
FIELDS = st.integers(0, 10**6)
# The moments to which XML Schema adds durations to compare them (section 3.3.6).
STARTS = [datetime(1696, 9, 1), datetime(1697, 2, 1), datetime(1903, 3, 1), datetime(1903, 7, 1)]


def _key(text: str, kind: str) -> str:
    return value(literal(text, kind))


def _zone(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@settings(deadline=None)
@given(st.datetimes(), MINUTES, st.datetimes(), MINUTES)
def test_moments_in_time_zones(one: datetime, ahead: int, other: datetime, also_ahead: int) -> None:
    """Moments sort by when they are, not by what their clocks show."""
    before = one - other < timedelta(minutes=ahead - also_ahead)
    first = _key(one.isoformat() + _zone(ahead), "dateTime")
    assert before == (first < _key(other.isoformat() + _zone(also_ahead), "dateTime"))


@pytest.mark.parametrize(
    ("kind", "ordered"),
    [
        (
            "date",
            ["-10000-01-01", "-0001-12-31", "0000-02-29", "0001-01-01", "1999-12-31", "2000-02-29", "10000-01-01"],
        ),
        ("gYear", ["-99999", "-0002", "0000", "1999", "2000Z", "12345678901234567"]),
        ("gYearMonth", ["1999-12", "2000-01", "2000-02+14:00", "2000-02", "2000-02-14:00"]),
        ("dateTime", ["2020-01-01T23:59:59.9999999999999999999999", "2020-01-01T24:00:00.00", "2020-01-02T00:00:00.1"]),
        ("dateTimeStamp", ["2020-01-01T00:00:00+14:00", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00-00:01"]),
        ("time", ["00:00:00+14:00", "00:00:00", "09:30:10.5", "09:30:10.51", "24:00:00", "23:00:00-05:00"]),
        ("gMonth", ["--01", "--02", "--12"]),
        ("gMonthDay", ["--02-28", "--02-29", "--12-31"]),
        ("gDay", ["---01", "---09", "---31"]),
        (
            "duration",
            ["-P1Y", "-P1M", "-PT0.02S", "-PT0.01S", "PT0S", "PT0.5S", "P1D", "P1M", "P31D", "P365D", "P400D"],
        ),
        ("dayTimeDuration", ["-P1DT1H", "-PT1H", "PT59M", "PT1H", "P1D", "PT25H", "P999999999999999999D"]),
        ("yearMonthDuration", ["-P14M", "-P1Y1M", "P0M", "P11M", "P1Y", "P13M", "P999999999999999999Y"]),
    ],
)
def test_values_of_one_type(kind: str, ordered: list[str]) -> None:
    """Values of one type sort by value."""
    terms = [literal(text, kind) for text in ordered]
    assert terms == sorted(shuffled(terms), key=whole)
    assert len(terms) == len({value(term) for term in terms})


@settings(deadline=None)
@given(FIELDS, FIELDS, st.booleans(), FIELDS, FIELDS, st.booleans())
def test_durations_as_xml_schema_has_them(
    months: int, seconds: int, negative: bool, also_months: int, also_seconds: int, also_negative: bool
) -> None:
    """A duration that is less wherever it begins is less here."""
    one = (-1 if negative else 1) * (months % 1200), (-1 if negative else 1) * seconds
    other = (-1 if also_negative else 1) * (also_months % 1200), (-1 if also_negative else 1) * also_seconds
    keys = [_key(_duration(*each), "duration") for each in (one, other)]
    ends = [(_after(start, *one), _after(start, *other)) for start in STARTS]
    if all(first < second for first, second in ends):
        assert keys[0] < keys[1]
    assert (one == other) == (keys[0] == keys[1])


def _duration(months: int, seconds: int) -> str:
    return f"{'-' if months < 0 or seconds < 0 else ''}P{abs(months)}MT{abs(seconds)}S"


def _after(start: datetime, months: int, seconds: int) -> datetime:
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(year=years, month=month + 1) + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *[
            ("date", text)
            for text in ("2021-02-29", "2021-13-01", "2021-00-01", "021-01-01", "02021-01-01", "2021-1-1")
        ],
        *[
            ("date", text)
            for text in ("1" * 19 + "-01-01", "2021-01-01+14:01", "2021-01-01+15:00", "2021-01-01T00:00:00")
        ],
        *[("dateTime", text) for text in ("2021-01-01", "2021-01-01T24:00:01", "2021-01-01T24:00:00.01")],
        *[("dateTime", text) for text in ("2021-01-01T00:00:60", "2021-01-01T25:00:00", "2021-01-01T00:00:00.")],
        *[("dateTimeStamp", "2021-01-01T00:00:00"), ("gMonthDay", "--02-30"), ("gDay", "---32"), ("gMonth", "--5")],
        *[
            ("duration", text)
            for text in ("P", "PT", "P1DT", "-P", "P1S", "PT1D", "P-1D", "1D", "P1.5D", "P" + "1" * 19 + "D")
        ],
        *[
            ("yearMonthDuration", "P1D"),
            ("yearMonthDuration", "P"),
            ("dayTimeDuration", "P1M"),
            ("dayTimeDuration", "PT"),
        ],
    ],
)
def test_ill_typed(kind: str, text: str) -> None:
    """What is no value of its type sorts by its text, after all values."""
    assert _key("P1D", "duration") < _key(text, kind)
    assert _key("!", "anyURI") < _key(text, kind) < _key("~", "anyURI")


def test_one_moment_in_several_types() -> None:
    """A year begins when its first day does; what is coarser comes first."""
    terms = [
        *[literal("2022", "gYear"), literal("2022-01", "gYearMonth"), literal("2022-01-01", "date")],
        *[literal("2022-01-01T00:00:00", "dateTime"), literal("2022-01-02", "date"), literal("2022-02", "gYearMonth")],
    ]
    assert terms == sorted(shuffled(terms), key=value)


def test_one_moment_spelled_in_several_ways() -> None:
    """The same moment is one value, and each spelling a term."""
    spellings = ["2022-01-01T00:00:00", "2022-01-01T00:00:00Z", "2022-01-01T01:00:00+01:00", "2021-12-31T24:00:00"]
    terms = [literal(text, "dateTime") for text in (*spellings, "2022-01-01T00:00:00.0")]
    terms.append(literal("2022-01-01T00:00:00Z", "dateTimeStamp"))
    assert 1 == len({value(term) for term in terms})
    assert len(terms) == len({whole(term) for term in terms})


def test_one_length_spelled_in_several_ways() -> None:
    """The same duration is one value, and each spelling a term."""
    terms = [literal("PT60S", "duration"), literal("PT1M", "duration"), literal("PT1M", "dayTimeDuration")]
    assert 1 == len({value(term) for term in terms})
    assert len(terms) == len({whole(term) for term in terms})
