"""The terminals of SPARQL (1.1 section 19.8, with those of 1.2), as one expression that never goes back.

Every repetition is possessive and every position matches something, so that reading a text of any shape is linear.
Where a terminal can be read in two ways, `scan` decides.
"""

import re

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_VARIABLE = rf"{_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040"
_CHARS = rf"{_VARIABLE}\-"
_HEX = "[0-9A-Fa-f]"
# A pair of surrogates is no character, and an engine that finds one reads the string in another way.
_CODEPOINT = rf"(?:u(?![dD][89A-Fa-f]){_HEX}{{4}}|U(?!0000[dD][89A-Fa-f])00(?:0{_HEX}|10){_HEX}{{4}})"
_ESCAPE = rf"""\\(?:[tbnrf"'\\]|{_CODEPOINT})"""
_ESCAPED = r"\\[_~.\-!$&'()*+,;=/?\#@%]"
_LOCAL = rf"(?:[{_CHARS}:]|%{_HEX}{{2}}|{_ESCAPED})"
# Without a bound a row of dots and letters would be read again from each of its letters.
_LABEL = rf"[{_BASE}][{_CHARS}.]{{0,200}}+(?<!\.)"
_IN_IRI = r"""[^\x00-\x20<>"{}|^`\\]*+"""


def _string(quote: str) -> str:
    short = rf"{quote}(?!{quote}{quote})(?:[^{quote}\\\n\r]++|{_ESCAPE})*+{quote}"
    long = rf"{quote * 3}(?:[^{quote}\\]++|{_ESCAPE}|{quote}(?!{quote}{quote}))*+{quote * 3}"
    return f"{long}|{short}"


# Up to CLOSE they may be the end of an operand.
VARIABLE, STRING, BLANK, NUMBER, LANGUAGE, NAME, IRI, CLOSE, WORD, OPEN, SEPARATOR, RELATION, OPERATOR, MARK, END = (
    range(1, 16)
)
# MARK is what no other is: one character, or a string without end and all that follows it.
# `lastindex` of a match is one of the kinds above; `start(kind)` leaves out the space and comments before it.
TERMINALS = re.compile(
    rf"""
    (?:[ \t\n\r]++|\#[^\n\r]*+)*+
    (?: ([?$][{_BASE}_0-9][{_VARIABLE}]*+)
      | ({_string("'")}|{_string('"')})
      | (_:[{_BASE}_0-9][{_CHARS}]*+(?:\.++[{_CHARS}]++)*+)
      | ([+-]?(?:[0-9]++\.[eE][+-]?[0-9]++|(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+))
      | (@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+)
      | ((?:{_LABEL})?:(?:(?:[{_BASE}_:0-9]|%{_HEX}{{2}}|{_ESCAPED})
          (?:[{_CHARS}:]++|%{_HEX}{{2}}|{_ESCAPED}|\.++(?={_LOCAL}))*+)?+)
      | (<{_IN_IRI}(?:\\{_CODEPOINT}{_IN_IRI})*+>)
      | (\)>>|>>|\|\}}|[)\]}}])
      | ([A-Za-z][A-Za-z0-9_]*+)
      | (<<\(?+|\{{\||[(\[{{])
      | ([.;,])
      | (\^\^|!=|[<>]=?|=)
      | (&&|\|\||[+*/|!^-])
      | ([\x22'].*+|.)
      | (\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_WRITTEN = re.compile(rf"\\{_CODEPOINT}")

# Oxigraph needs no space between words; a text that uses this would be read here as other words than there.
WORDS = frozenset(
    """
    A ABS ADD ADJUST ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT CONTAINS COPY
    COUNT CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR
    FROM GRAPH GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING HOURS IF IN INSERT INTO IRI ISBLANK ISIRI ISLITERAL
    ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT LOAD MAX MD5 MIN MINUS MINUTES MONTH MOVE
    NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE
    SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER STRBEFORE STRDT STRENDS STRLANG
    STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE TO TRIPLE TRUE TZ UCASE UNDEF UNION URI USING UUID
    VALUES VERSION WHERE WITH YEAR
    """.split()  # noqa: SIM905 — a list of a hundred strings reads worse
)


def decoded(query: str) -> str:
    r"""Return a text as an engine sees it that decodes `\uXXXX` before it reads (SPARQL 1.1 section 19.2)."""
    return _WRITTEN.sub(lambda match: chr(int(match.group()[2:], 16)), query)
