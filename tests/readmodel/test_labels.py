"""Labels of many things at once."""

import pytest

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.readmodel.labels import Text, definitions, labels
from govplan.readmodel.release import Release
from govplan.sparql import Store

BASE = "https://w3id.org/govplan/"
PLAN = f"{BASE}id/plan/be-ai-convergence"
UNIT = f"{BASE}id/unit/policy-monitor/o3-s2"
SHAPES = f"{BASE}graph/shapes/action"


@pytest.fixture(name="opened")
def _opened(settings: Settings, manifest: Manifest, store: Store) -> Release:
    """The current release of this repository, open for reading."""
    return Release(settings=settings, manifest=manifest, store=store)


def test_labels(opened: Release) -> None:
    """Plans, places in a text and graphs of shapes are called by what each has: label, locator, title."""
    found = labels(opened, [PLAN, UNIT, SHAPES], "nl")

    assert Text("Belgisch nationaal convergentieplan voor AI", "nl") == found[PLAN]
    assert "zin 2" in found[UNIT].value
    assert "nl" == found[SHAPES].lang


def test_fallback(opened: Release) -> None:
    """A language that a label does not have falls back to the first one of the project."""
    assert "nl" == labels(opened, [PLAN], "ja")[PLAN].lang


def test_unknown(opened: Release) -> None:
    """What the release calls nothing has no label."""
    assert {} == labels(opened, [f"{BASE}id/plan/none"], "en")
    assert {} == labels(opened, [], "en")


def test_many(opened: Release) -> None:
    """More things than one query takes are asked for in several."""
    wanted = [f"{BASE}id/action/be-ai-convergence-{number:03}" for number in range(1, 58)]
    padding = [f"{BASE}id/action/none-{number}" for number in range(1000)]

    assert set(wanted) == set(labels(opened, [*padding, *wanted], "de"))


def test_definitions(opened: Release) -> None:
    """Codes and terms have a definition."""
    found = definitions(opened, [f"{BASE}auth/layer/coding", f"{BASE}ns#Action"], "en")

    assert found[f"{BASE}ns#Action"].value.startswith("Smallest thing")
    assert 2 == len(found)
