"""From Oxigraph's syntax error to one that a person can use: the word at fault, where it stands, and why.

Oxigraph names the furthest place that it tried to read, and it tries whole keywords at once: for `ASK { ) }` it reports
the fourteenth character and expects OPTIONAL. With enough space between the words of the text, no attempt reaches the
next word, and the place that it reports belongs to the word at fault.
"""

import bisect
import os
import re

import pyoxigraph as ox

from govplan.errors import QueryMalformed
from govplan.sparql.position import offset, position

_POSITION = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
# Longer than any keyword.
_GAP = " " * 32
# Among what is expected there may be sentences, which say what is wrong: `BIND is overriding an existing variable`.
_SENTENCE = re.compile(r"(?:^|, )(\w+(?: [\w*.-]+)+)(?=, |$)")
_LONGEST = 40
_NO_VARIABLE, _NO_VALUE = ox.Variable(f"none{os.urandom(8).hex()}"), ox.Literal("")


def malformed(query: str, message: str, base_iri: str | None = None) -> QueryMalformed:
    """Return the named error for a text that the engine, with this base IRI, called no query in these words."""
    match = _POSITION.fullmatch(message)
    if match is None:
        return QueryMalformed(f"This is not a SPARQL 1.1 query: {message}.")
    # Only an error needs them, and to compile them takes half of the time in which a worker starts.
    from govplan.sparql import tokens

    words = [(found.start(found.lastindex or 0), found) for found in tokens.TERMINALS.finditer(query)]
    starts, parts, length = [], [], 0
    for _, found in words:
        starts.append(length)
        parts.append(found.group(found.lastindex or 0) + _GAP)
        length += len(parts[-1])
    again = refusal("".join(parts), base_iri)
    if again is None or (spread := _POSITION.fullmatch(again)) is None:
        at, word, expected = offset(query, int(match[1]), int(match[2])), "this", match[3]
    else:
        number = bisect.bisect(starts, offset("".join(parts), int(spread[1]), int(spread[2]))) - 1
        at, word, expected = words[number][0], parts[number].strip(), spread[3]
    sentence = _SENTENCE.search(expected)
    if sentence is not None:
        reason = sentence[1].rstrip(".")
    elif word:
        reason = f"{word if len(word) <= _LONGEST else word[:_LONGEST] + '…'} cannot stand here"
    else:
        reason = "it ends too early"
    place = position(query, at)
    return QueryMalformed(
        f"This is not a SPARQL 1.1 query: {reason}.", line=place.line, column=place.column, excerpt=place.excerpt
    )


def refusal(text: str, base_iri: str | None = None) -> str | None:
    """Return what the engine says of a text that is no query, None of a query; nothing is evaluated."""
    try:
        # A query that shows no such variable is refused once it has been read, and before anything else.
        ox.Store().query(text, base_iri=base_iri, substitutions={_NO_VARIABLE: _NO_VALUE})
    except SyntaxError as problem:
        return str(problem)
    except (OSError, RuntimeError):
        return None
    return None
