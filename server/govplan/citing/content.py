"""What an answer says, as one hash that no engine or format changes (RDA R6): terms of N-Triples, one row a line.

A SELECT is the line of its columns and a digest of each row: in their order where the query fixes it, else sorted as a
bag. An ASK is its word. A graph is its sorted canonical N-Triples, or N-Quads. Literals of `xsd:string` have no
datatype, language tags are in lower case (RDF 1.1 Concepts section 3.3), and a number counts by its value.
"""

import hashlib
import json
from collections.abc import Iterable

from govplan.citing.lexer import XSD
from govplan.citing.numbers import canonical
from govplan.citing.triples import Unnamed, canonical_lines
from govplan.citing.verifiable import Verdict
from govplan.formats import Form
from govplan.sparql import Answer
from govplan.sparql.results import Results
from govplan.values import Term

_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r"}


def content_hash(answer: Answer, form: Form, verdict: Verdict) -> str:
    """Return the hash of what an answer says, in hexadecimal digits; the answer is read to its end.

    It is SPARQL JSON for SELECT and ASK, N-Triples or N-Quads for a graph. Raises Unnamed for a blank node,
    whose name is no part of the content, and what `Results` raises.
    """
    if form in ("SELECT", "ASK"):
        return _of_rows(Results(answer), verdict)
    return _hash(canonical_lines(answer.pieces()))


def _of_rows(results: Results, verdict: Verdict) -> str:
    if results.boolean is not None:
        results.close()
        return _hash([b"boolean " + json.dumps(results.boolean).encode()])
    # Which order the columns of `SELECT *` have is the engine's affair (SPARQL 1.1 section 16.1).
    columns = results.columns if verdict.columns else tuple(sorted(results.columns))
    digests = [
        hashlib.sha256("\t".join(_term(row[name]) if name in row else "" for name in columns).encode()).digest()
        for row in results
    ]
    if not verdict.ordered:
        digests.sort()
    return _hash(["\t".join(f"?{name}" for name in columns).encode(), *digests])


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _term(term: Term) -> str:
    value = term["value"]
    match term["type"]:
        case "uri":
            return f"<{value}>"
        case "literal" | "typed-literal":
            datatype = term.get("datatype", XSD + "string")
            quoted = f'"{canonical(value, datatype).translate(_ESCAPES)}"'
            if language := term.get("xml:lang"):
                return f"{quoted}@{language.lower()}"
            return quoted if datatype == XSD + "string" else f"{quoted}^^<{datatype}>"
    raise Unnamed
