"""Answers as tables that can be compared: read without the engine that wrote them, blank nodes under any label."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, Graph, Namespace

from tests.end_to_end.w3c.suite import BASE, FORMATS

RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DECIMALS = {_XSD + kind for kind in ("decimal", "integer", "nonNegativeInteger", "unsignedInt", "byte", "int", "long")}
_BINARIES = {_XSD + "double", _XSD + "float"}
_WORDS = {b"true": True, b"false": False}
_SRX = "{http://www.w3.org/2005/sparql-results#}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a SELECT; `columns` is None where the format does not name them, `ordered` if the order is right."""

    columns: tuple[str, ...] | None
    rows: tuple[Row, ...]
    ordered: bool = True


Answer = Table | bool | ox.Dataset


def same(expected: Answer, found: Answer, *, ordered: bool = False, lax: bool = False) -> bool:
    """Whether two answers are the same but for the labels of blank nodes.

    Rows are looked at in order only with `ordered`, and counted except with `lax`.
    """
    if isinstance(expected, Table) and isinstance(found, Table):
        if None not in (expected.columns, found.columns) and set(expected.columns or ()) != set(found.columns or ()):
            return False
        if lax:
            expected, found = _once(expected), _once(found)
        return _shape(expected, ordered=ordered) == _shape(found, ordered=ordered)
    if isinstance(expected, ox.Dataset) and isinstance(found, ox.Dataset):
        return canonical(expected) == canonical(found)
    return type(expected) is type(found) and expected == found


def canonical(dataset: ox.Dataset) -> ox.Dataset:
    """Return a dataset with numbers in one spelling and blank nodes under canonical labels."""
    plain = ox.Dataset(ox.Quad(q.subject, q.predicate, _plain(q.object), q.graph_name) for q in dataset)
    plain.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return plain


def _once(table: Table) -> Table:
    rows = {frozenset(row.items()): row for row in table.rows}
    return Table(table.columns, tuple(rows.values()))


def _shape(table: Table, *, ordered: bool) -> ox.Dataset:
    quads = []
    for number, row in enumerate(table.rows):
        this = ox.NamedNode(f"urn:row:{number}") if ordered else ox.BlankNode()
        quads.append(ox.Quad(this, ox.NamedNode("urn:row"), ox.Literal("")))
        quads += [ox.Quad(this, ox.NamedNode(f"urn:column:{name}"), value) for name, value in row.items()]
    return canonical(ox.Dataset(quads))


def _plain(term: object) -> Term:
    """Return a term with one spelling for each number."""
    assert isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal)
    if isinstance(term, ox.Literal):
        kind = term.datatype.value
        try:
            if kind in _DECIMALS:
                return ox.Literal(format(Decimal(term.value).normalize(), "f"), datatype=term.datatype)
            if kind in _BINARIES:
                return ox.Literal(repr(float(term.value)), datatype=term.datatype)
        except (ArithmeticError, ValueError):
            return term
    return term


def read_json(text: bytes) -> Answer:
    """Read SPARQL JSON."""
    document = json.loads(text)
    if "boolean" in document:
        return bool(document["boolean"])
    rows = [
        {
            name: _term(value["type"], value["value"], value.get("xml:lang"), value.get("datatype"))
            for name, value in each
        }
        for each in (row.items() for row in document["results"]["bindings"])
    ]
    return Table(tuple(document["head"].get("vars", ())), tuple(rows))


def read_xml(text: bytes) -> Answer:
    """Read SPARQL XML."""
    document = ET.fromstring(text)
    if (word := document.find(f"{_SRX}boolean")) is not None:
        return (word.text or "").strip() == "true"
    columns = tuple(str(each.get("name")) for each in document.iterfind(f"{_SRX}head/{_SRX}variable"))
    rows = []
    for result in document.iterfind(f"{_SRX}results/{_SRX}result"):
        row = {}
        for binding in result.iterfind(f"{_SRX}binding"):
            [value] = binding
            kind = value.tag.removeprefix(_SRX)
            row[str(binding.get("name"))] = _term(
                kind, value.text or "", value.get(f"{_XML}lang"), value.get("datatype")
            )
        rows.append(row)
    return Table(columns, tuple(rows))


def read_tsv(text: bytes) -> Answer:
    """Read SPARQL TSV; the engine writes the answer of an ASK as one word, for which SPARQL has no form."""
    if text in _WORDS:
        return _WORDS[text]
    head, *lines = text.decode().removesuffix("\n").split("\n")
    columns = tuple(name.removeprefix("?") for name in head.split("\t")) if head else ()
    return Table(columns, tuple(_turtle_row(columns, line) for line in lines))


def _turtle_row(columns: tuple[str, ...], line: str) -> Row:
    cells = [cell.removesuffix("\r") for cell in line.split("\t")]
    assert len(cells) == max(1, len(columns)), line
    row = {}
    for name, cell in zip(columns, cells, strict=False):
        if cell:
            [triple] = ox.parse(f"<urn:x> <urn:x> {cell} .", format=ox.RdfFormat.TURTLE)
            assert not isinstance(triple.object, ox.Triple)
            # A label is kept, so that one node stays one in all rows.
            row[name] = ox.BlankNode(cell[2:]) if cell.startswith("_:") else triple.object
    return row


def read_csv(text: bytes) -> Answer:
    """Read SPARQL CSV, in which all values are texts."""
    if text in _WORDS:
        return _WORDS[text]
    columns, *lines = [*csv.reader(io.StringIO(text.decode(), newline=""))] or [[]]
    rows = [
        {name: _text(cell) for name, cell in zip(columns, line, strict=True) if cell} if columns else {}
        for line in lines
    ]
    return Table(tuple(columns), tuple(rows))


def in_csv(answer: Answer) -> Answer:
    """Return what is left of an answer in CSV: texts, and nothing that tells an empty one from no value."""
    if not isinstance(answer, Table):
        return answer
    rows = [
        {name: v if isinstance(v, ox.BlankNode) else ox.Literal(v.value) for name, v in row.items() if v.value}
        for row in answer.rows
    ]
    return Table(answer.columns, tuple(rows))


def _text(cell: str) -> Term:
    return ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.Literal(cell)


def _term(kind: str, value: str, language: str | None, datatype: str | None) -> Term:
    if kind == "uri":
        return ox.NamedNode(value)
    if kind == "bnode":
        return ox.BlankNode(value)
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None)


def of_engine(results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Answer:
    """Return what the engine gives as it is, without any format."""
    if isinstance(results, ox.QuerySolutions):
        columns = tuple(variable.value for variable in results.variables)
        rows = [{n: v for n in columns if (v := solution[n]) is not None} for solution in results]
        return Table(columns, tuple(rows))
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    return ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in results)


def expected(root: Path, path: str) -> Answer:
    """Return the answer that a file of the suite holds."""
    file = root / path
    text = file.read_bytes()
    readers = {".srx": read_xml, ".srj": read_json, ".csv": read_csv, ".tsv": read_tsv}
    if file.suffix in readers:
        return readers[file.suffix](text)
    graph = Graph().parse(data=_ntriples(text, file.suffix, path), format="nt")
    results = [*graph.subjects(RDF.type, RS.ResultSet)]
    if not results:
        return dataset(text, FORMATS[file.suffix], BASE + path)
    if (word := graph.value(results[0], RS.boolean)) is not None:
        return str(word) == "true"
    return _result_set(text, FORMATS[file.suffix], BASE + path)


def _ntriples(text: bytes, suffix: str, path: str) -> bytes:
    parsed = ox.parse(text, format=FORMATS[suffix], base_iri=BASE + path)
    return ox.serialize((quad.triple for quad in parsed), format=ox.RdfFormat.N_TRIPLES) or b""


def dataset(text: bytes, fmt: ox.RdfFormat, base: str = BASE) -> ox.Dataset:
    """Read a graph."""
    return ox.Dataset(ox.parse(text, format=fmt, base_iri=base))


def _result_set(text: bytes, fmt: ox.RdfFormat, base: str) -> Table:
    """Read the vocabulary in which the results of SPARQL 1.0 are written."""
    quads = dataset(text, fmt, base)

    def values(node: object, name: str) -> Iterable[Term]:
        assert isinstance(node, ox.NamedNode | ox.BlankNode)
        return [q.object for q in quads.quads_for_subject(node) if q.predicate.value == str(RS) + name]  # type: ignore[misc]

    [this] = {q.subject for q in quads if q.predicate.value == str(RS) + "resultVariable"} | {
        q.subject for q in quads if q.object == ox.NamedNode(str(RS) + "ResultSet")
    }
    columns = tuple(value.value for value in values(this, "resultVariable"))
    rows = []
    for solution in values(this, "solution"):
        row = {}
        for binding in values(solution, "binding"):
            [name], [value] = values(binding, "variable"), values(binding, "value")
            row[name.value] = value
        [place] = values(solution, "index") or [ox.Literal(0)]
        rows.append((int(place.value), row))
    ordered = len({place for place, _ in rows}) == len(rows)
    return Table(columns, tuple(row for _, row in sorted(rows, key=lambda each: each[0])), ordered)
