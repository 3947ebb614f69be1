"""Labels of many things at once."""

from flask import Flask

from govplan.readmodel.labels import Text, definitions, labels
from govplan.web.site import EXTENSION, Site

BASE = "https://w3id.org/govplan/"
PLAN = f"{BASE}id/plan/be-ai-convergence"
UNIT = f"{BASE}id/unit/policy-monitor/o3-s2"
SHAPES = f"{BASE}graph/shapes/action"


def _site(app: Flask) -> Site:
    found: Site = app.extensions[EXTENSION]
    return found


def test_labels(app: Flask) -> None:
    """Plans, places in a text and graphs of shapes are called by what each has: label, locator, title."""
    found = labels(_site(app), [PLAN, UNIT, SHAPES], "nl")

    assert Text("Belgisch nationaal convergentieplan voor AI", "nl") == found[PLAN]
    assert "zin 2" in found[UNIT].value
    assert "nl" == found[SHAPES].lang


def test_fallback(app: Flask) -> None:
    """A language that a label does not have falls back to English."""
    assert "en" == labels(_site(app), [PLAN], "ja")[PLAN].lang


def test_unknown(app: Flask) -> None:
    """What the release calls nothing has no label."""
    assert {} == labels(_site(app), [f"{BASE}id/plan/none"], "en")
    assert {} == labels(_site(app), [], "en")


def test_many(app: Flask) -> None:
    """More things than one query takes are asked for in several."""
    wanted = [f"{BASE}id/action/be-ai-convergence-{number:03}" for number in range(1, 58)]
    padding = [f"{BASE}id/action/none-{number}" for number in range(1000)]

    assert set(wanted) == set(labels(_site(app), [*padding, *wanted], "de"))


def test_definitions(app: Flask) -> None:
    """Codes and terms have a definition."""
    found = definitions(_site(app), [f"{BASE}auth/layer/coding", f"{BASE}ns#Action"], "en")

    assert found[f"{BASE}ns#Action"].value.startswith("Smallest thing")
    assert 2 == len(found)
