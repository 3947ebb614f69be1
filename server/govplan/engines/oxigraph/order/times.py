"""Dates, times and durations as strings that sort by value (XML Schema 1.1 part 2, sections 3.3.6 to 3.3.14).

What has no time zone counts as UTC, and a year, month or day as its first moment: both agree with XML Schema on any two
values that it can compare. Years and parts of durations with more than 18 digits are not read.
"""

import re
from functools import cache, lru_cache

from govplan.engines.oxigraph.order import kinds

_YEAR = "(?P<year>-?(?:[1-9][0-9]{3,17}|0[0-9]{3}))"
_MONTH, _DAY = "(?P<month>0[1-9]|1[0-2])", "(?P<day>0[1-9]|[12][0-9]|3[01])"
_CLOCK = "(?P<hour>[01][0-9]|2[0-4]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9])(?:[.](?P<fraction>[0-9]+))?"
_ZONE = "(?P<zone>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
# Datatype → its pattern, its kind, and its place among those that begin at the same moment, less than any digit.
_MOMENTS = {
    "gYear": (f"{_YEAR}{_ZONE}?", kinds.DATE, "!"),
    "gYearMonth": (f"{_YEAR}-{_MONTH}{_ZONE}?", kinds.DATE, '"'),
    "date": (f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?", kinds.DATE, "#"),
    "dateTime": (f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}?", kinds.DATE, "$"),
    "dateTimeStamp": (f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}", kinds.DATE, "$"),
    "time": (f"{_CLOCK}{_ZONE}?", kinds.TIME, "!"),
    "gMonth": (f"--{_MONTH}{_ZONE}?", kinds.MONTH, "!"),
    "gMonthDay": (f"--{_MONTH}-{_DAY}{_ZONE}?", kinds.MONTH, '"'),
    "gDay": (f"---{_DAY}{_ZONE}?", kinds.DAY, "!"),
}
_YEARS, _DAYS = "(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?", "(?:([0-9]{1,18})D)?"
_HOURS = "(?:T(?=[0-9])(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:[.]([0-9]+))?S)?)?"
_SPANS = {
    "dayTimeDuration": f"(-?)P(?=[0-9T])()(){_DAYS}{_HOURS}",
    "duration": f"(-?)P(?=[0-9T]){_YEARS}{_DAYS}{_HOURS}",
    "yearMonthDuration": f"(-?)P(?=[0-9]){_YEARS}()()()()()",
}
# What XML Schema calls the datatypes.
KINDS = frozenset([*_MOMENTS, *_SPANS])
# A leap year, so that it has every day of a month.
_SOME_YEAR = 1972
# One of the moments to which XML Schema adds durations to compare them (section 3.3.6): the first of September 1696.
_START_YEAR, _START_MONTH = 1696, 9
_REVERSED = str.maketrans("0123456789", "9876543210")
_SHORT = 40


def moment_or_span(kind: str, text: str) -> tuple[str, str] | None:
    """Return the strings of the value and of the spelling of a date, time or duration, None if the text is none.

    `kind` is one of KINDS.
    """
    if len(text) > _SHORT:
        return _read(kind, text)
    # The same dates come again and again.
    return _remembered(kind, text)


def _read(kind: str, text: str) -> tuple[str, str] | None:
    return _span(kind, text) if kind in _SPANS else _moment(kind, text)


_remembered = lru_cache(4096)(_read)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _moment(kind: str, text: str) -> tuple[str, str] | None:
    pattern, group, place = _MOMENTS[kind]
    match = _pattern(pattern).fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    year, month, day = (
        int(found.get(part) or other) for part, other in (("year", _SOME_YEAR), ("month", 1), ("day", 1))
    )
    hour, minute, second = (int(found.get(part) or 0) for part in ("hour", "minute", "second"))
    fraction = (found.get("fraction") or "").rstrip("0")
    if day > _days(year, month + 1) - _days(year, month) or (hour == 24 and (minute or second or fraction)):
        return None
    seconds = (_days(year, month) + day - 1) * 86400 + hour * 3600 + (minute - _ahead(found["zone"])) * 60 + second
    # One spelling of each value is told by its datatype alone, and shortly if that is the one of its place.
    usual = found["zone"] is None and text[0] != "-" and hour < 24 and (found.get("fraction") or "") == fraction
    spelling = "" if usual and kind != "dateTimeStamp" else f"{kind}\0{text}"
    return f"{group}{_whole(seconds)}{fraction}{place}", spelling


def _span(kind: str, text: str) -> tuple[str, str] | None:
    """Months and seconds compare only where the length of no month matters, so both are added to one fixed day.

    What ends at the same moment then is sorted by its months.
    """
    match = _pattern(_SPANS[kind]).fullmatch(text)
    if match is None:
        return None
    years, months, days, hours, minutes, whole = (int(part or 0) for part in match.groups()[1:7])
    sign = -1 if match[1] else 1
    months = sign * (years * 12 + months)
    seconds = sign * (days * 86400 + hours * 3600 + minutes * 60 + whole)
    fraction = (match[8] or "").rstrip("0")
    if sign < 0 and fraction:
        # From the next whole second below.
        seconds -= 1
        fraction = fraction[:-1].translate(_REVERSED) + str(10 - int(fraction[-1]))
    seconds += _days(_START_YEAR, _START_MONTH + months) * 86400
    return f"{kinds.SPAN}{_whole(seconds)}{fraction}!{_whole(months)}", f"{kind}\0{text}"


def _ahead(zone: str | None) -> int:
    """Return how many minutes a time zone is ahead of UTC."""
    if zone is None or zone == "Z":
        return 0
    return (-1 if zone[0] == "-" else 1) * (int(zone[1:3]) * 60 + int(zone[4:6]))


def _days(year: int, month: int) -> int:
    """Return the days from the first of March of the year 0 to the first of a month, which may be of another year."""
    # A year that begins in March has its leap day at its end.
    years, months = divmod(year * 12 + month - 3, 12)
    return years * 365 + years // 4 - years // 100 + years // 400 + (153 * months + 2) // 5


def _whole(number: int) -> str:
    """Return a string that sorts as a number of up to 30 digits: their count and these, below zero reversed."""
    digits = str(abs(number))
    if number < 0:
        return chr(ord("@") - len(digits)) + digits.translate(_REVERSED)
    return chr(ord("@") + len(digits)) + digits
