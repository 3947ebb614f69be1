"""pySHACL, made to judge many nodes at once.

pySHACL evaluates a shape that another one refers to anew for each node, constraints and all, and describes each result
in words that nobody reads. The constraints here give the same results (SHACL, section 4.7) for all nodes together.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pyshacl.shape
from pyshacl.constraints import ALL_CONSTRAINT_COMPONENTS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.core.shape_based_constraints import (
    NodeConstraintComponent,
    PropertyConstraintComponent,
    QualifiedValueShapeConstraintComponent,
)
from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
from rdflib import SH

_FOCUS = SH.focusNode
Nodes = dict[Any, Iterable[Any]]
Report = tuple[str, Any, list[tuple[Any, Any, Any]]]
Verdict = tuple[bool, list[Report]]


class _Bare:
    """A constraint that makes no words of its results, and of those that only tell whether a node conforms no more."""

    # Set while nodes are only told apart.
    telling = False

    def make_v_result(self, data: Any, focus: Any, *given: Any, **named: Any) -> Report:
        """Return a result: words that nobody reads, its node, its triples."""
        if _Bare.telling:
            return "", None, [(None, _FOCUS, (data, focus))]
        report: Report = super().make_v_result(data, focus, *given, **named)  # type: ignore[misc]
        return report

    def make_v_result_description(self, *_: object, **__: object) -> str:
        """Return no words."""
        return ""


class _Properties(_Bare, PropertyConstraintComponent):  # type: ignore[misc]
    """A property shape is evaluated once for all value nodes."""

    def _evaluate_property_shape(
        self, executor: Any, node: Any, data: Any, values: Nodes, recursive: Any, path: list[Any]
    ) -> Verdict:
        shape = self.shape.get_other_shape(node)
        if not shape or not shape.is_property_shape or shape in (recursive or ()):
            verdict: Verdict = super()._evaluate_property_shape(executor, node, data, values, recursive, path)  # type: ignore[no-untyped-call]
            return verdict
        conforms, reports = shape.validate(executor, data, focus=_distinct(values), _evaluation_path=path[:])
        return not conforms, reports


class _NodeShapes(_Bare, NodeConstraintComponent):  # type: ignore[misc]
    """A node shape is evaluated once for all value nodes, and each of them conforms to it or does not."""

    def _evaluate_node_shape(
        self, executor: Any, node: Any, data: Any, values: Nodes, recursive: Any, path: list[Any]
    ) -> Verdict:
        shape = self.shape.get_other_shape(node)
        if not shape or shape.is_property_shape or shape in (recursive or ()):
            verdict: Verdict = super()._evaluate_node_shape(executor, node, data, values, recursive, path)  # type: ignore[no-untyped-call]
            return verdict
        failing = _failing(shape, executor, data, values, path)
        reports = [
            self.make_v_result(data, focus, value_node=value)
            for focus, its in values.items()
            for value in its
            if value in failing
        ]
        return bool(reports), reports


class _Qualified(_Bare, QualifiedValueShapeConstraintComponent):  # type: ignore[misc]
    """How many value nodes conform to a shape is counted after one evaluation for all of them."""

    def _evaluate_value_shape(
        self, executor: Any, node: Any, data: Any, values: Nodes, recursive: Any, path: list[Any]
    ) -> Verdict:
        shape = self.shape.get_other_shape(node)
        if self.is_disjoint or not shape or shape in (recursive or ()):
            verdict: Verdict = super()._evaluate_value_shape(executor, node, data, values, recursive, path)  # type: ignore[no-untyped-call]
            return verdict
        failing = _failing(shape, executor, data, values, path)
        reports = []
        for focus, its in values.items():
            count = sum(value not in failing for value in its)
            if self.max_count is not None and count > self.max_count:
                reports.append(
                    self.make_v_result(data, focus, constraint_component=SH.QualifiedMaxCountConstraintComponent)
                )
            if self.min_count is not None and count < self.min_count:
                reports.append(
                    self.make_v_result(data, focus, constraint_component=SH.QualifiedMinCountConstraintComponent)
                )
        return bool(reports), reports


def _failing(shape: Any, executor: Any, data: Any, values: Nodes, path: list[Any]) -> set[Any]:
    """Return the value nodes that do not conform to a shape."""
    nodes = _distinct(values)
    before, _Bare.telling = _Bare.telling, True
    try:
        if any(shape.objects(SH.property)):
            # A result of a property shape within a property shape does not tell which of these nodes it came from.
            return {
                node for node in nodes if not shape.validate(executor, data, focus=node, _evaluation_path=path[:])[0]
            }
        _, reports = shape.validate(executor, data, focus=nodes, _evaluation_path=path[:])
    finally:
        _Bare.telling = before
    return {value[1] for _, _, triples in reports for _, name, value in triples if name is _FOCUS}


def _distinct(values: Nodes) -> list[Any]:
    return list(dict.fromkeys(node for its in values.values() for node in its))


def _once(check: Callable[..., bool]) -> Callable[..., bool]:
    """Return what checks the text of a constraint once, with the same variables; what it raises is not kept."""
    known = set[tuple[str, bool]]()

    def checked(self: Any, text: str, valuenode: Any = None, extravars: Any = None) -> bool:
        if extravars or (text, valuenode is None) not in known:
            check(self, text, valuenode, extravars)
            known.add((text, valuenode is None))
        return True

    return checked


def arrange() -> None:
    """Let pySHACL use these constraints in this process."""
    own = {component.__mro__[2]: component for component in (_Properties, _NodeShapes, _Qualified)}
    for component in ALL_CONSTRAINT_COMPONENTS:
        quick = own.get(component) or type(component.__name__, (_Bare, component), {})
        for parameter in component.constraint_parameters():
            CONSTRAINT_PARAMETERS_MAP[parameter] = quick
    # It judges the text of a SPARQL constraint for each node.
    SPARQLQueryHelper.check_invalid_sparql = _once(SPARQLQueryHelper.check_invalid_sparql)  # type: ignore[method-assign]
    # pySHACL looks up each predicate of each shape in a list of some forty.
    known = frozenset(CONSTRAINT_PARAMETERS_MAP), CONSTRAINT_PARAMETERS_MAP
    pyshacl.shape.CONSTRAINT_PARAMS = known  # type: ignore[attr-defined]
