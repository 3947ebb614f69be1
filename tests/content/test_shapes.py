"""The shapes and the rules about graphs: T10, and a failing case for each of them.

A case in `tests/cases/` is a change to `base.trig`, which breaks no rule. What it says of a subject and a predicate
takes the place of what the base says; `rdf:nil` stands for nothing. A Turtle case changes the graph the base uses, a
TriG case the graph it names. The shapes for vocabulary take most of the time: they judge the base and their own cases.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from govplan.config import load
from govplan.content import Content
from govplan.errors import ContentUnreadable
from govplan.namespaces import STANDARD
from govplan.release.graph_rules import GraphRule, load_rules
from govplan.release.shacl_report import Result, ShaclReport
from govplan.release.validate import validate
from govplan.text import read_text
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
CASES = ROOT / "tests" / "cases"
LANGUAGES = {"nl", "fr", "de", "en"}
PREFIXES = load(ROOT, environ={}).prefixes
GP, SH = PREFIXES["gp"], STANDARD["sh"]
TYPE = ox.NamedNode(STANDARD["rdf"] + "type")
NIL = ox.NamedNode(STANDARD["rdf"] + "nil")
VOCABULARY = ("concept", "concept-scheme", "ontology", "term")
# What no case can show: a shape that only serves another one never reports under its own name.
SILENT = "shape:Code-"
SENTENCE_END = re.compile(r"\.(?: |$)")
Judge = Callable[[Path | None], ShaclReport]
Home = dict[object, ox.NamedNode | ox.BlankNode | ox.DefaultGraph]


def _cases(kind: str) -> list[Path]:
    return sorted(path for path in CASES.glob(f"*/{kind}.*") if path.suffix in (".ttl", ".trig"))


def _parsed(path: Path) -> Iterator[ox.Quad]:
    """The statements of a case or a file of shapes, read as the project's files are."""
    text = read_text(path, _name(path), ContentUnreadable)
    return ox.parse(text, format=ox.RdfFormat.from_extension(path.suffix[1:]))


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _patched(base: list[ox.Quad], case: Path) -> list[ox.Quad]:
    """The base with the statements of the case in the place of its own."""
    new = list(_parsed(case))
    home: Home = {quad.subject: quad.graph_name for quad in base if quad.predicate == TYPE}
    home |= {(quad.subject, quad.predicate): quad.graph_name for quad in base}
    if case.suffix == ".trig":
        replaced = {(quad.subject, quad.predicate, quad.graph_name) for quad in new}
        kept = [quad for quad in base if (quad.subject, quad.predicate, quad.graph_name) not in replaced]
    else:
        changed = {(quad.subject, quad.predicate) for quad in new}
        kept = [quad for quad in base if (quad.subject, quad.predicate) not in changed]
        new = [_at_home(quad, home) for quad in new]
    return kept + [quad for quad in new if quad.object != NIL]


def _at_home(quad: ox.Quad, home: Home) -> ox.Quad:
    graph = home.get((quad.subject, quad.predicate)) or home.get(quad.subject) or ox.DefaultGraph()
    return ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _short(iri: str | None) -> str:
    """The IRI as the files write it, `-` for none."""
    if iri is None:
        return "-"
    label, namespace = max(PREFIXES.items(), key=lambda row: len(row[1]) if iri.startswith(row[1]) else 0)
    return f"{label}:{iri.removeprefix(namespace)}" if iri.startswith(namespace) else f"<{iri}>"


def _lines(results: tuple[Result, ...]) -> list[str]:
    rows = {(result.severity, *map(_short, (result.focus, result.path, result.shape))) for result in results}
    return sorted("\t".join(row) for row in rows)


@pytest.fixture(scope="session", name="shapes")
def _shapes() -> list[ox.Quad]:
    """The statements of all shapes."""
    return [quad for path in sorted((ROOT / "shapes").glob("*.ttl")) for quad in _parsed(path)]


@pytest.fixture(scope="session", name="rules")
def _rules() -> tuple[GraphRule, ...]:
    """The rules about graphs."""
    return load_rules(load(ROOT, environ={}))


@pytest.fixture(scope="session", name="judge")
def _judge(shapes: list[ox.Quad], rules: tuple[GraphRule, ...]) -> Judge:
    """Validate the base as a case changes it."""
    base = list(_parsed(CASES / "base.trig"))
    vocabulary = {quad for name in VOCABULARY for quad in _parsed(ROOT / "shapes" / f"{name}.ttl")}
    other = [quad for quad in shapes if quad not in vocabulary]

    def judge(case: Path | None) -> ShaclReport:
        if case is None:
            return validate(base, shapes, rules)
        return validate(_patched(base, case), shapes if case.parent.name in VOCABULARY else other, rules)

    return judge


def test_base_is_valid(judge: Judge) -> None:
    """The dataset that the cases change breaks no rule."""
    assert [] == _lines(judge(None).results)


@pytest.mark.parametrize("case", _cases("valid"), ids=_name)
def test_valid_case(judge: Judge, case: Path) -> None:
    """What the shapes allow is not reported."""
    assert [] == _lines(judge(case).results)


@pytest.mark.parametrize("case", _cases("invalid"), ids=_name)
def test_invalid_case(judge: Judge, case: Path) -> None:
    """What the shapes forbid is reported with its severity, node, property and shape, and nothing besides."""
    expected = case.with_suffix(".expected").read_text(encoding="utf-8").splitlines()

    assert expected == _lines(judge(case).results)


def _told(shapes: list[ox.Quad]) -> dict[str, list[ox.Quad]]:
    """The statements about each subject of the shapes."""
    told: dict[str, list[ox.Quad]] = {}
    for quad in shapes:
        told.setdefault(_short(getattr(quad.subject, "value", None)), []).append(quad)
    return told


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _values(quads: list[ox.Quad], name: str) -> list[Any]:
    return [quad.object for quad in quads if quad.predicate.value == SH + name]


def _judging(shapes: list[ox.Quad]) -> dict[str, list[ox.Quad]]:
    """The shapes and constraints that report under their own name."""
    parameters = ("path", "pattern", "select")
    return {name: quads for name, quads in _told(shapes).items() if any(_values(quads, p) for p in parameters)}


def test_t10_messages(shapes: list[ox.Quad], rules: tuple[GraphRule, ...]) -> None:
    """T10: every shape, constraint and rule says in four languages what is wrong and how to mend it."""
    messages = {name: _values(quads, "message") for name, quads in _judging(shapes).items()}
    spoken = {name: [(text.language, text.value) for text in texts] for name, texts in messages.items()}
    spoken |= {_short(rule.shape): list(rule.messages.items()) for rule in rules}

    assert [] == sorted(name for name, texts in spoken.items() if sorted(LANGUAGES) != sorted(tag for tag, _ in texts))
    assert [] == sorted(text for texts in spoken.values() for _, text in texts if len(SENTENCE_END.findall(text)) < 2)


def test_t10_severity(shapes: list[ox.Quad]) -> None:
    """T10: every shape says how bad a breach is; a SPARQL constraint is as bad as the one shape that holds it."""
    told = _told(shapes)
    holders = {name: quads for name, quads in told.items() if _values(quads, "sparql")}
    bad = {name: quads for name, quads in {**_judging(shapes), **holders}.items() if not _values(quads, "select")}
    held = [_short(constraint.value) for quads in holders.values() for constraint in _values(quads, "sparql")]

    assert [] == sorted(name for name, quads in bad.items() if 1 != len(_values(quads, "severity")))
    assert sorted(name for name, quads in told.items() if _values(quads, "select")) == sorted(held)


def test_t8_no_blank_nodes(shapes: list[ox.Quad]) -> None:
    """T8: the shapes hold no blank node."""
    assert [] == [quad for quad in shapes if ox.BlankNode in (type(quad.subject), type(quad.object))]


def test_every_shape_is_used(shapes: list[ox.Quad]) -> None:
    """Every property shape belongs to a shape, and every shape has a target or serves a shape that has one."""
    told = _told(shapes)
    users = ("property", "node", "qualifiedValueShape")
    used = {_short(value.value) for quads in told.values() for user in users for value in _values(quads, user)}
    targets = ("targetClass", "targetSubjectsOf")
    kinds = {SH + "NodeShape", SH + "PropertyShape"}
    declared = {n for n, quads in told.items() for q in quads if q.predicate == TYPE and _iri(q.object) in kinds}
    aimed = {name for name, quads in told.items() if any(_values(quads, target) for target in targets)}

    assert {"shape:prefixes"} == declared - used - aimed


def test_every_shape_has_a_failing_case(shapes: list[ox.Quad], rules: tuple[GraphRule, ...]) -> None:
    """Every shape, constraint and rule that can report does so in at least one case."""
    reports = [path.read_text(encoding="utf-8").splitlines() for path in CASES.glob("*/*.expected")]
    reported = {line.split("\t")[3] for lines in reports for line in lines}
    able = {name for name in _judging(shapes) if not name.startswith(SILENT)} | {_short(rule.shape) for rule in rules}

    assert able == reported


def test_every_expected_report_has_a_case() -> None:
    """Each expected report lies beside the case that it is about."""
    assert [_name(case.with_suffix(".expected")) for case in _cases("invalid")] == [
        _name(path) for path in sorted(CASES.glob("*/*.expected"), key=lambda path: (path.parent, path.stem + ".t"))
    ]


def test_shapes_speak_of_declared_terms(content: Content, shapes: list[ox.Quad], rules: tuple[GraphRule, ...]) -> None:
    """Each term of gp: in a shape, a constraint or a rule is declared in the ontology."""
    declared = {quad.subject for quad in content.statements("ontology") if quad.predicate == TYPE}
    texts = _values(shapes, "select")
    texts = [text.value for text in texts]
    texts += [rule.select for rule in rules]
    written = {ox.NamedNode(GP + name) for text in texts for name in re.findall(r"\bgp:([A-Za-z]\w*)", text)}
    named = {quad.object for quad in shapes if isinstance(quad.object, ox.NamedNode)}
    pointed = {term for term in named if term.value.startswith(GP)}

    assert set() == (written | pointed) - declared


def test_report_is_the_same_each_time(judge: Judge) -> None:
    """Two runs over one dataset write the same bytes."""
    case = CASES / "action" / "invalid.links-to-plan.ttl"

    assert judge(case).turtle == judge(case).turtle


def test_report_reads_back(judge: Judge) -> None:
    """The Turtle report holds one result node for each result."""
    report = judge(CASES / "action" / "invalid.links-to-plan.ttl")
    triples = list(ox.parse(report.turtle, format=ox.RdfFormat.TURTLE))

    assert len(report.results) == sum(triple.predicate.value == SH + "resultSeverity" for triple in triples)


def test_warning_conforms(judge: Judge) -> None:
    """A dataset with warnings only conforms."""
    report = judge(CASES / "retired" / "invalid.unexplained.ttl")

    assert report.conforms
    assert ["warning"] == [result.severity for result in report.results]


def test_violation_does_not_conform(judge: Judge) -> None:
    """A dataset with one violation does not conform."""
    assert not judge(CASES / "action" / "invalid.no-status.ttl").conforms


def test_result_carries_the_messages_of_its_shape(judge: Judge) -> None:
    """A result speaks all four languages."""
    (result,) = judge(CASES / "action" / "invalid.no-status.ttl").results

    assert LANGUAGES == set(result.messages)


def test_unusable_shapes_are_refused() -> None:
    """Shapes that SHACL does not allow are an error, not an empty report."""
    shape = f"<urn:s> a <{SH}NodeShape> ; <{SH}targetClass> <urn:c> ; <{SH}minCount> 1 ."
    data = ox.Quad(ox.NamedNode("urn:x"), TYPE, ox.NamedNode("urn:c"))

    with pytest.raises(ContentUnreadable, match="The shapes cannot be used"):
        validate([data], ox.parse(shape, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize(
    "text",
    ["SELECT ?focus {}", "#+ shape: a\n#+ severity: bad\n#+ message: {}\nSELECT ?focus {}", "#+ shape: a\nASK {}"],
    ids=["no header", "unknown severity", "no select"],
)
def test_unusable_rules_are_refused(tmp_path: Path, text: str) -> None:
    """A rule without a header, with an unknown severity or without a SELECT is an error that names the file."""
    (tmp_path / "shapes" / "layers").mkdir(parents=True)
    (tmp_path / "shapes" / "layers" / "rule.rq").write_text(text, encoding="utf-8")
    settings = replace(load(ROOT, environ={}), root=tmp_path)

    with pytest.raises(ContentUnreadable, match=r"rule\.rq"):
        load_rules(settings)
