"""Statements with their graphs as N-Quads, TriG and JSON-LD 1.1 (expanded form).

SPARQL has no query whose answer keeps named graphs (CONSTRUCT answers triples), and no library object crosses the
store port; so the rows of a SELECT are written here.
"""

import json
import re
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby

from govplan.deadline import check
from govplan.errors import FormatUnknown, QueryTooDeep
from govplan.namespaces import STANDARD
from govplan.values import Term

# Subject, predicate, object and graph as terms of SPARQL 1.1 JSON results; None is the default graph.
Quad = tuple[Term, Term, Term, Term | None]
_ENCODER = json.JSONEncoder(ensure_ascii=False)
# Triple terms in triple terms, and keys that are sorted at once.
_DEEPEST, _RUN = 64, 5000
_STRING = STANDARD["xsd"] + "string"
_TYPE = STANDARD["rdf"] + "type"
# N-Quads (section 4, canonical form): these and nothing else are escaped.
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile("[" + re.escape("".join(_ESCAPES)) + r"\x00-\x1f\x7f]")


def written(quads: Iterable[Quad], extension: str) -> bytes:
    """Return the distinct quads, sorted, in the format of this extension: nq, trig or jsonld.

    Raises FormatUnknown for triple terms in JSON-LD 1.1.
    """
    table = {_key(quad): quad for quad in quads}
    graphs = groupby(_sorted(list(table)), key=lambda key: key[0])
    if extension == "jsonld":
        nodes = [node for _, keys in graphs for node in _nodes([table[key] for key in keys])]
        # Piece by piece: the whole of a large document would be one step that nothing interrupts.
        return "".join(_ENCODER.iterencode(nodes)).encode()
    block = _lines if extension == "nq" else _block
    return "".join(block(graph, [key[1:] for key in keys]) for graph, keys in graphs).encode()


def _key(quad: Quad) -> tuple[str, ...]:
    check()
    return (written_term(quad[3]) if quad[3] else "", *map(written_term, quad[:3]))


def _sorted(keys: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Sort in runs that are short enough to be steps, and merge them."""
    return merge(*(sorted(keys[start : start + _RUN]) for start in range(0, len(keys), _RUN)))


def _lines(graph: str, triples: list[tuple[str, ...]]) -> str:
    end = f" {graph} .\n" if graph else " .\n"
    return "".join(" ".join(triple) + end for triple in triples)


def _block(graph: str, triples: list[tuple[str, ...]]) -> str:
    body = "".join(f"    {' '.join(triple)} .\n" for triple in triples)
    return f"{graph} {{\n{body}}}\n" if graph else f"{{\n{body}}}\n"


def _nodes(quads: list[Quad]) -> list[dict[str, object]]:
    nodes: dict[str, dict[str, object]] = {}
    for s, p, o, _ in quads:
        check()
        node = nodes.setdefault(_id(s), {"@id": _id(s)})
        typed = p["value"] == _TYPE and o["type"] != "literal"
        name, value = ("@type", _id(o)) if typed else (p["value"], _value(o))
        values = node.setdefault(name, [])
        assert isinstance(values, list)
        values.append(value)
    graph = quads[0][3]
    return [{"@id": _id(graph), "@graph": list(nodes.values())}] if graph else list(nodes.values())


def _id(term: Term) -> str:
    if term["type"] == "triple":  # JSON-LD 1.1 has no word for one
        raise FormatUnknown("JSON-LD, which has no triple terms", ["nq", "trig"])
    return written_term(term) if term["type"] == "bnode" else str(term["value"])


def _value(term: Term) -> object:
    if term["type"] != "literal":
        return {"@id": _id(term)}
    if "xml:lang" in term:
        direction = {"@direction": term["its:dir"]} if "its:dir" in term else {}
        return {"@value": term["value"], "@language": term["xml:lang"], **direction}
    if term.get("datatype", _STRING) == _STRING:
        return {"@value": term["value"]}
    return {"@value": term["value"], "@type": term["datatype"]}


def written_term(term: Term, depth: int = _DEEPEST) -> str:
    """Return a term as N-Triples 1.2 writes it, which Turtle, TriG and SPARQL read too.

    Raises QueryTooDeep for triple terms in triple terms, `depth` levels of them.
    """
    if term["type"] == "uri":
        return f"<{term['value']}>"
    if term["type"] == "bnode":
        return f"_:{term['value']}"
    if term["type"] == "triple":
        if not depth:
            raise QueryTooDeep
        parts = (written_term(term["value"][name], depth - 1) for name in ("subject", "predicate", "object"))
        return f"<<( {' '.join(parts)} )>>"
    text = '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04X}", term["value"]) + '"'
    if "xml:lang" in term:
        return f"{text}@{term['xml:lang']}--{term['its:dir']}" if "its:dir" in term else f"{text}@{term['xml:lang']}"
    return text if term.get("datatype", _STRING) == _STRING else f"{text}^^<{term['datatype']}>"
