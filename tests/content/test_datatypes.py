"""Literals: in the lexical space of their datatype or not, and the valid forms that are not taken."""

import pyoxigraph as ox
import pytest

from govplan.content import source_file
from govplan.content.datatypes import XSD, why_not_in
from govplan.content.terms import Fault, TermRules

BASE = "https://example.org/"
# By datatype: texts in its lexical space, and texts outside it.
LEXICAL = {
    "boolean": ("true false 1 0", "TRUE yes 2"),
    "integer": ("0 -1 +7 007 123456789012345678901234567890", "1.0 1e3 abc ٣ --1 0x1"),
    "nonNegativeInteger": ("0 -0 12", "-1 1.5"),
    "positiveInteger": ("1", "0 -1"),
    "nonPositiveInteger": ("0 -5", "1"),
    "negativeInteger": ("-1", "0 1"),
    "long": ("9223372036854775807 -9223372036854775808", "9223372036854775808 -9223372036854775809"),
    "int": ("2147483647 -2147483648 5", "2147483648 abc"),
    "short": ("32767", "32768 -32769"),
    "byte": ("-128 127", "128 -129 1.0"),
    "unsignedLong": ("18446744073709551615", "18446744073709551616 -1"),
    "unsignedInt": ("4294967295", "4294967296 -1"),
    "unsignedShort": ("65535", "65536"),
    "unsignedByte": ("255 0", "256 -1"),
    "decimal": ("1 1.5 .5 5. -0.0", "1e3 1,5 INF ."),
    "double": ("1 1.5 1e3 -1E-3 INF -INF +INF NaN .5", "Infinity inf nan 1e 1.5f"),
    "float": ("1e39 INF +INF", "-NaN Inf 1e+"),
    "date": ("2024-02-29 2000-02-29 0000-02-29 -0004-02-29 12024-01-01 2006-08-23Z 2006-08-23+14:00",
             "2023-02-29 1900-02-29 -0001-02-29 2020-13-01 2020-00-10 20-01-01 02020-01-01 2020-1-1 "
             "2006-08-23+14:01 2006-08-23z"),
    "dateTime": ("2020-01-01T24:00:00 2020-01-01T24:00:00.000Z 2020-01-01T00:00:00.5-14:00 -0044-03-15T12:00:00",
                 "2020-01-01T25:00:00Z 2020-01-01T24:00:01 2020-01-01T23:60:00 2020-01-01T23:59:60 2020-01-01 "
                 "2020-02-30T00:00:00"),
    "dateTimeStamp": ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00"),
    "time": ("12:00:00 24:00:00 00:00:00.1+01:00", "25:00:00 12:00 24:00:01 1:00:00"),
    "gYear": ("2022 -0001 0000 12022 2022Z", "22 +2022 02022"),
    "gYearMonth": ("2022-10 2022-10+01:00", "2022-13 2022"),
    "gMonth": ("--10 --02Z", "10 --13 --2"),
    "gDay": ("---31", "---32 31"),
    "gMonthDay": ("--02-29 --12-31", "--02-30 --04-31 02-29"),
    "duration": ("P1Y P1Y2M3DT4H5M6.7S -P1D PT36H P0D", "P PT 1Y P1DT P-1D P1S PT1Y P1.5D"),
    "yearMonthDuration": ("P1Y P12M", "P1D P"),
    "dayTimeDuration": ("P1D PT24H", "P1M P1DT"),
    "hexBinary": ("0FB7 0fb7", "0FB 0G"),
    "base64Binary": ("cGxhbg== AAAA YQ==", "A === AB=="),
    "language": ("nl nl-BE x-private", "n_l nederlands nl-"),
    "Name": ("a:b _x é", "1a -a"),
    "NCName": ("action A-1.b", "a:b 1"),
    "NMTOKEN": ("2022-part a:b", "a/b a,b"),
    "anyURI": ("https://example.org/ a?b", ""),
}  # fmt: skip


def _faults(text: str, datatype: str) -> list[Fault]:
    literal = ox.Literal(text, datatype=ox.NamedNode(datatype))
    file = source_file("data/x.ttl", f"<urn:a> <urn:b> {literal} .", BASE)
    return [fault for _, fault in TermRules().faults(file)]


@pytest.mark.parametrize("kind", LEXICAL)
def test_lexical_space(kind: str) -> None:
    """Each text is in the lexical space of XSD 1.1 or it is not, and the message says so of those alone."""
    valid, invalid = (texts.split(" ") if texts else [] for texts in LEXICAL[kind])

    assert [] == [text for text in valid if why_not_in(XSD + kind, text) is not None]
    assert [] == [text for text in invalid if why_not_in(XSD + kind, text) is None]
    for text in invalid:
        (fault,) = _faults(text, XSD + kind)
        assert f"is not in the lexical space of xsd:{kind} (" in fault.what
    for text in valid:
        assert [] == [fault for fault in _faults(text, XSD + kind) if "lexical space" in fault.what]


@pytest.mark.parametrize(
    ("kind", "text", "valid"),
    [
        ("normalizedString", "a  b ", True),
        ("normalizedString", "a\tb", False),
        ("normalizedString", "a\nb", False),
        ("token", "a b", True),
        ("token", "a  b", False),
        ("token", " a", False),
        ("token", "a ", False),
        ("token", "", True),
        ("integer", "", False),
        ("integer", " 1", False),
        ("hexBinary", "", True),
        ("base64Binary", "A A A A", True),
        ("base64Binary", " AAAA", False),
        ("integer", "9" * 5000, True),
        ("byte", "9" * 5000, False),
        ("byte", "0" * 5000 + "7", True),
    ],
)
def test_blanks_and_lengths(kind: str, text: str, valid: bool) -> None:
    """Blanks count, for RDF takes a text as it is; no length is too great to be judged."""
    assert valid == (why_not_in(XSD + kind, text) is None)


@pytest.mark.parametrize(
    ("kind", "text", "why", "mend"),
    [
        ("date", "2006-08-23Z", "it has a time zone", 'write "2006-08-23"'),
        ("gYear", "2022+01:00", "it has a time zone", 'write "2022"'),
        ("gMonthDay", "--02-29Z", "it has a time zone", 'write "--02-29"'),
        ("date", "0000-01-01", "its year is not one of 0001 to 9999", "in words"),
        ("dateTime", "-0044-03-15T00:00:00", "its year is not one of 0001 to 9999", "in words"),
        ("gYear", "12022", "its year is not one of 0001 to 9999", "in words"),
        ("dateTime", "2020-01-01T24:00:00Z", "it would be served as", "2020-01-02T00:00:00Z"),
        ("time", "24:00:00", "it would be served as", "00:00:00"),
        ("boolean", "1", "it would be served as", "true"),
        ("integer", "007", "it would be served as", '"7"'),
        ("int", "5", "it would be served as", "XMLSchema#integer"),
        ("double", "+INF", "it would be served as", '"INF"'),
        ("double", "1.0E0", "it would be served as", '"1"'),
        ("float", "1e39", "it would be served as", '"INF"'),
        ("duration", "PT36H", "it would be served as", "P1DT12H"),
        ("integer", "9223372036854775808", "it has more digits than the store calculates with", "write it as a text"),
        ("decimal", "0.1234567890123456789", "it has more digits than the store calculates with", "write it as a text"),
        (
            "unsignedLong",
            "18446744073709551615",
            "it has more digits than the store calculates with",
            "write it as a text",
        ),
    ],
)
def test_forms_not_taken(kind: str, text: str, why: str, mend: str) -> None:
    """A valid literal in a form that is not taken is called valid, with the reason and what to write."""
    (fault,) = _faults(text, XSD + kind)

    assert f"{text!r} is a valid xsd:{kind}, but in a form that is not taken here ({why}" in fault.what
    assert mend in fault.mend


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        (XSD + "date", "2024-02-29"),
        (XSD + "dateTime", "2020-01-01T09:30:00+01:00"),
        (XSD + "gYear", "2022"),
        (XSD + "gMonthDay", "--02-29"),
        (XSD + "decimal", "12.5"),
        (XSD + "integer", "-9223372036854775808"),
        (XSD + "double", "NaN"),
        (XSD + "hexBinary", "0fb7"),
        (XSD + "duration", "P1Y"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON", '{"a": 1}'),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral", "<p>a</p> b"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML", "<p>a<br>"),
        ("http://www.opengis.net/ont/geosparql#wktLiteral", "POINT(4 50)"),
        ("https://example.org/ns#number", "6.3"),
    ],
)
def test_taken(datatype: str, text: str) -> None:
    """What is valid and stays as it is written is taken; datatypes of others are theirs to judge."""
    assert [] == _faults(text, datatype)


@pytest.mark.parametrize(
    ("datatype", "said", "mend"),
    [
        (XSD + "Date", "xsd:Date is no datatype of XSD 1.1", "write xsd:date,"),
        (XSD + "datetime", "xsd:datetime is no datatype of XSD 1.1", "write xsd:dateTime,"),
        (XSD + "intger", "xsd:intger is no datatype of XSD 1.1", "write xsd:integer,"),
        (XSD + "year", "xsd:year is no datatype of XSD 1.1", "xsd:gYear"),
        (XSD + "QName", "xsd:QName is no datatype that RDF can use", "write xsd:string"),
        (XSD + "IDREFS", "xsd:IDREFS is no datatype that RDF can use", "write xsd:string"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#Literal", "rdf:Literal is no datatype of RDF", "rdf:JSON"),
        ("https://www.w3.org/2001/XMLSchema#date", "is no datatype of XSD 1.1", XSD),
        ("http://www.w3.org/2001/XMLSchema/date", "is no datatype of XSD 1.1", XSD),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON", "it is no JSON", "correct the datatype"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral", "it is no well-formed XML", "correct the datatype"),
    ],
)
def test_unknown_datatypes(datatype: str, said: str, mend: str) -> None:
    """A name of XSD or RDF that is no datatype is called so, with the nearest; RDF's own are judged too."""
    (fault,) = _faults("<a", datatype)

    assert said in fault.what
    assert mend in fault.mend


@pytest.mark.parametrize(
    ("turtle", "severity", "said"),
    [
        ('"a\\u200Bb"', "warning", "U+200B ZERO WIDTH SPACE"),
        ('"06.798\\u00A0006"', "warning", "U+00A0 NO-BREAK SPACE"),
        ('"a\\u00ADb"^^<urn:t>', "warning", "U+00AD SOFT HYPHEN"),
        ('"a\\u202Eb"@nl', "warning", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ('"a\\u202Bb"@he', "warning", "U+202B RIGHT-TO-LEFT EMBEDDING"),
        ('"a\\u0092b"@fr', "violation", "U+0092 control character"),
        ('"a\\u0001b"', "violation", "U+0001 control character"),
        ('"a\\uFEFFb"@de', "violation", "U+FEFF BYTE ORDER MARK"),
        ("<https://example.org/a\\u200Bb>", "violation", "U+200B ZERO WIDTH SPACE"),
        ("<https://example.org/a\\u00A0b>", "violation", "U+00A0 NO-BREAK SPACE"),
        ("<file:///etc/passwd>", "violation", "has a scheme that is not published"),
    ],
)
def test_unseen_in_values(turtle: str, severity: str, said: str) -> None:
    """An escape hides nothing: what nobody sees is named in values too, where no language needs it."""
    file = source_file("data/x.ttl", f"<urn:a> <urn:b> {turtle} .", BASE)
    (found,) = [fault for _, fault in TermRules().faults(file)]

    assert severity == found.severity
    assert said in found.what


@pytest.mark.parametrize(
    "text", ["10\\u00A0000 euro", "\\u0645\\u06CC\\u200C\\u0634\\u0648\\u062F", "\\u2067\\u05D0\\u2069", "a\\u00ADb"]
)
def test_texts_of_a_language(text: str) -> None:
    """A text with a language tag holds what its language is written with."""
    file = source_file("data/x.ttl", f'<urn:a> <urn:b> "{text}"@fa .', BASE)

    assert [] == list(TermRules().faults(file))


@pytest.mark.parametrize(
    "iri", ["http://example.org/budget/2024", "http://example.org/", "urn:isbn:123", "http://example.org/x%20"]
)
def test_names_of_elements(iri: str) -> None:
    """A predicate or class that does not end in a name is refused, for RDF/XML has no other form for it."""
    for text in (f"<urn:a> <{iri}> <urn:c> .", f"<urn:a> a <{iri}> ."):
        (found,) = [fault for _, fault in TermRules().faults(source_file("data/x.ttl", text, BASE))]
        assert "does not end in a name" in found.what


@pytest.mark.parametrize(
    "iri", ["http://example.org/2024a", "http://example.org/ns#é", "urn:b", "http://example.org/a.b-c"]
)
def test_names_that_xml_takes(iri: str) -> None:
    """A predicate whose end is a name of XML is taken."""
    text = f"<urn:a> <{iri}> <urn:c> ; a <{iri}> ."

    assert [] == list(TermRules().faults(source_file("data/x.ttl", text, BASE)))
