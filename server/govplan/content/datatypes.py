"""Which texts are values of a datatype: the lexical spaces of XSD 1.1 (part 2, sections 3.3 and 3.4) and of RDF's own.

A value may be in its lexical space and yet in a form that is not taken here; `terms.py` decides that.
"""

import calendar
import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from govplan.namespaces import STANDARD

XSD, RDF = STANDARD["xsd"], STANDARD["rdf"]
# Those of XSD that RDF cannot use: they need a document around them, or hold lists (RDF 1.1 Concepts, section 5.1).
_NAMES_IN_DOCUMENTS = ("QName", "NOTATION", "ENTITY", "ENTITIES", "ID", "IDREF", "IDREFS", "NMTOKENS")
_NOT_FOR_RDF = frozenset((*_NAMES_IN_DOCUMENTS, "anyType", "anySimpleType", "anyAtomicType"))
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_CLOCK = r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
_FLOAT = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[+-]?INF|NaN"
_INTEGER = r"[+-]?[0-9]+"
_B64 = "[A-Za-z0-9+/]"
_SIGNED_BITS = {"long": 63, "int": 31, "short": 15, "byte": 7}
_UNSIGNED_BITS = {"unsignedLong": 64, "unsignedInt": 32, "unsignedShort": 16, "unsignedByte": 8}
# XML 1.0 (fifth edition), productions 4 and 4a; the colon is left to the types.
_START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = f"{_START}0-9.\xb7\u0300-\u036f\u203f\u2040-"
_CHARACTER = "\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"


@dataclass(frozen=True, slots=True)
class Datatype:
    """A lexical space: its form, an example, and what else must hold: a function that says why a text is not in it."""

    form: re.Pattern[str]
    example: str
    why_not: Callable[[str], str | None] = lambda _: None


def _within(least: int | None, most: int | None) -> Callable[[str], str | None]:
    def why_not(text: str) -> str | None:
        # Python reads no more than 4300 digits; past the hundredth, all are beyond every range.
        size = int((text.lstrip("+-").lstrip("0") or "0")[:100])
        number = -size if text.startswith("-") else size
        if least is not None and number < least:
            return f"the least is {least}"
        return f"the greatest is {most}" if most is not None and number > most else None

    return why_not


def _day_of_month(text: str) -> str | None:
    found = re.match(rf"(?P<year>{_YEAR})-(?P<month>..)-(?P<day>..)", text)
    assert found is not None  # the form was seen to fit
    year, month, day = found["year"], int(found["month"]), int(found["day"])
    # The calendar repeats after 400 years, before our era too: the year 0 is a leap year (XSD 1.1, section E.3).
    in_cycle = (-1 if year.startswith("-") else 1) * int(year[-4:]) % 400
    days = calendar.monthrange(2000 + in_cycle, month)[1]
    return f"month {month} of the year {year} has {days} days" if day > days else None


def _day_of_any_year(text: str) -> str | None:
    month, day = int(text[2:4]), int(text[5:7])
    days = calendar.monthrange(2000, month)[1]
    return f"month {month} has {days} days at most" if day > days else None


def _xml(text: str) -> str | None:
    try:
        ElementTree.fromstring(f"<_>{text}</_>")
    except ElementTree.ParseError as problem:
        return f"it is no well-formed XML: {problem}"
    return None


def _json(text: str) -> str | None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as problem:
        return f"it is no JSON: {problem}"
    return None


def _type(form: str, example: str, why_not: Callable[[str], str | None] = lambda _: None) -> Datatype:
    return Datatype(re.compile(form, re.DOTALL), example, why_not)


def _integer(example: str, least: int | None = None, most: int | None = None) -> Datatype:
    return _type(_INTEGER, example, _within(least, most))


_DATATYPES: Mapping[str, Datatype] = {
    "string": _type(f"[{_CHARACTER}]*", "text"),
    "normalizedString": _type(f"(?:(?![\t\n\r])[{_CHARACTER}])*", "text without tabs and line ends"),
    "token": _type(f"(?! )(?!.* \\Z)(?:(?![\t\n\r]|  )[{_CHARACTER}])*", "words with one space between them"),
    "language": _type(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*", "nl-BE"),
    "Name": _type(f"[:{_START}][:{_NAME}]*", "gp:Action"),
    "NCName": _type(f"[{_START}][{_NAME}]*", "Action"),
    "NMTOKEN": _type(f"[:{_NAME}]+", "2022-part"),
    "anyURI": _type(f"[{_CHARACTER}]*", "https://example.org/"),
    "boolean": _type("true|false|1|0", "true"),
    "decimal": _type(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", "12.5"),
    "float": _type(_FLOAT, "1.5E3"),
    "double": _type(_FLOAT, "1.5E3"),
    "integer": _integer("12"),
    "nonPositiveInteger": _integer("-12", most=0),
    "negativeInteger": _integer("-12", most=-1),
    "nonNegativeInteger": _integer("12", 0),
    "positiveInteger": _integer("12", 1),
    **{name: _integer("12", -(2**bits), 2**bits - 1) for name, bits in _SIGNED_BITS.items()},
    **{name: _integer("12", 0, 2**bits - 1) for name, bits in _UNSIGNED_BITS.items()},
    "date": _type(f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}", "2022-10-28", _day_of_month),
    "dateTime": _type(f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}", "2022-10-28T09:30:00Z", _day_of_month),
    "dateTimeStamp": _type(f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}", "2022-10-28T09:30:00Z", _day_of_month),
    "time": _type(_TIME + _ZONE, "09:30:00"),
    "gYear": _type(_YEAR + _ZONE, "2022"),
    "gYearMonth": _type(f"{_YEAR}-{_MONTH}{_ZONE}", "2022-10"),
    "gMonth": _type(f"--{_MONTH}{_ZONE}", "--10"),
    "gDay": _type(f"---{_DAY}{_ZONE}", "---28"),
    "gMonthDay": _type(f"--{_MONTH}-{_DAY}{_ZONE}", "--10-28", _day_of_any_year),
    "duration": _type(f"-?P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?{_CLOCK}", "P2Y6M"),
    "yearMonthDuration": _type("-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?", "P2Y6M"),
    "dayTimeDuration": _type(f"-?P(?=.)(?:[0-9]+D)?{_CLOCK}", "P10DT12H"),
    "hexBinary": _type("(?:[0-9a-fA-F]{2})*", "0FB7"),
    "base64Binary": _type(
        f"(?:(?:{_B64} ?){{4}})*"
        f"(?:(?:{_B64} ?){{3}}{_B64}|(?:{_B64} ?){{2}}[AEIMQUYcgkosw048] ?=|{_B64} ?[AQgw] ?= ?=)?",
        "cGxhbg==",
    ),
}
_OF_RDF: Mapping[str, Datatype] = {
    "HTML": _type(".*", "<p>text</p>"),
    "JSON": _type(".*", '{"a": 1}', _json),
    "XMLLiteral": _type(".*", "<p>text</p>", _xml),
}


def unknown_datatype(iri: str) -> tuple[str, str] | None:
    """Return what is wrong with a datatype of XSD or RDF that there is not, and how to mend it; None for all others."""
    kind = iri.removeprefix(XSD)
    if kind != iri and kind not in _DATATYPES:
        if kind in _NOT_FOR_RDF:
            return f"xsd:{kind} is no datatype that RDF can use", "write xsd:string, or an IRI instead of a literal"
        return f"xsd:{kind} is no datatype of XSD 1.1", _nearest(kind)
    if iri.startswith(RDF) and iri.removeprefix(RDF) not in (*_OF_RDF, "langString", "dirLangString"):
        return f"rdf:{iri.removeprefix(RDF)} is no datatype of RDF", f"one of: {', '.join(f'rdf:{n}' for n in _OF_RDF)}"
    if kind == iri and "//www.w3.org/2001/XMLSchema" in iri:
        return f"<{iri}> is no datatype of XSD 1.1", f"its datatypes begin with {XSD}"
    return None


def why_not_in(iri: str, text: str) -> str | None:
    """Return why a text is not in the lexical space of a datatype; None if it is, or if that is not known."""
    datatype = _DATATYPES.get(iri[len(XSD) :]) if iri.startswith(XSD) else _OF_RDF.get(iri.removeprefix(RDF))
    if datatype is None:
        return None
    if datatype.form.fullmatch(text) is None:
        return f"a value looks like this: {datatype.example}"
    return datatype.why_not(text)


def _nearest(kind: str) -> str:
    plain = {name.lower(): name for name in _DATATYPES}
    alike = difflib.get_close_matches(kind.lower(), plain, n=1)
    known = ", ".join(f"xsd:{name}" for name in sorted(_DATATYPES, key=str.lower))
    return f"write xsd:{plain[alike[0]]}, or another of {known}" if alike else f"one of: {known}"
