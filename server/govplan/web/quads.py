"""Statements with their graphs as N-Quads, TriG and JSON-LD 1.1 (expanded form).

SPARQL has no query whose answer keeps named graphs (CONSTRUCT answers triples), and no library object crosses the
store port; so the rows of a SELECT are written here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from govplan.namespaces import STANDARD

Term = Mapping[str, str]
# Subject, predicate, object and graph as terms of SPARQL 1.1 JSON results; None is the default graph.
Quad = tuple[Term, Term, Term, Term | None]
_STRING = STANDARD["xsd"] + "string"
_TYPE = STANDARD["rdf"] + "type"
# N-Quads (section 4, canonical form): these and nothing else are escaped.
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile("[" + re.escape("".join(_ESCAPES)) + r"\x00-\x1f\x7f]")


def written(quads: Iterable[Quad], extension: str) -> bytes:
    """Return the distinct quads, sorted, in the format of this extension: nq, trig or jsonld."""
    table = {(written_term(quad[3]) if quad[3] else "", *map(written_term, quad[:3])): quad for quad in quads}
    graphs = groupby(sorted(table), key=lambda key: key[0])
    if extension == "jsonld":
        nodes = [node for _, keys in graphs for node in _nodes([table[key] for key in keys])]
        return json.dumps(nodes, ensure_ascii=False).encode()
    block = _lines if extension == "nq" else _block
    return "".join(block(graph, [key[1:] for key in keys]) for graph, keys in graphs).encode()


def _lines(graph: str, triples: list[tuple[str, ...]]) -> str:
    end = f" {graph} .\n" if graph else " .\n"
    return "".join(" ".join(triple) + end for triple in triples)


def _block(graph: str, triples: list[tuple[str, ...]]) -> str:
    body = "".join(f"    {' '.join(triple)} .\n" for triple in triples)
    return f"{graph} {{\n{body}}}\n" if graph else f"{{\n{body}}}\n"


def _nodes(quads: list[Quad]) -> list[dict[str, object]]:
    nodes: dict[str, dict[str, object]] = {}
    for s, p, o, _ in quads:
        node = nodes.setdefault(s["value"], {"@id": s["value"]})
        name, value = ("@type", o["value"]) if p["value"] == _TYPE else (p["value"], _value(o))
        values = node.setdefault(name, [])
        assert isinstance(values, list)
        values.append(value)
    graph = quads[0][3]
    return [{"@id": graph["value"], "@graph": list(nodes.values())}] if graph else list(nodes.values())


def _value(term: Term) -> object:
    if term["type"] == "uri":
        return {"@id": term["value"]}
    if "xml:lang" in term:
        return {"@value": term["value"], "@language": term["xml:lang"]}
    if term.get("datatype", _STRING) == _STRING:
        return {"@value": term["value"]}
    return {"@value": term["value"], "@type": term["datatype"]}


def written_term(term: Term) -> str:
    """Return a term as N-Triples writes it, which Turtle, TriG and SPARQL read too."""
    if term["type"] == "uri":
        return f"<{term['value']}>"
    text = '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}", term["value"]) + '"'
    if "xml:lang" in term:
        return f"{text}@{term['xml:lang']}"
    return text if term.get("datatype", _STRING) == _STRING else f"{text}^^<{term['datatype']}>"
