"""The lists of rules that are claimed: every rule has tests, and every test is there."""

import re

import pytest

from govplan.citing.checklist import CHECKLISTS, FORCE11, RDA
from tests.conftest import ROOT


def test_every_rule_is_there() -> None:
    """The fourteen rules of RDA and the eleven of FORCE11 are listed in their order."""
    assert [f"R{number}" for number in range(1, 15)] == [rule.number for rule in RDA.rules]
    assert [str(number) for number in range(1, 12)] == [rule.number for rule in FORCE11.rules]


@pytest.mark.parametrize("name", sorted({test for each in CHECKLISTS for rule in each.rules for test in rule.tests}))
def test_tests_are_there(name: str) -> None:
    """Every test that is named exists."""
    file, _, function = name.partition("::")
    assert re.search(rf"^def {function}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_no_rule_without_tests() -> None:
    """A rule is claimed by its tests."""
    assert all(rule.tests for each in CHECKLISTS for rule in each.rules)
