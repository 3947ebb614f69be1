"""Values that nobody checked are converted in one place: what shows and draws them calls nothing that raises."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "server" / "govplan"
# What raises for some text, as it is called here.
RAISING = {"int", "float", "Decimal", "fromisoformat", "strptime", "urlsplit", "urlparse", "ip_address"}
# These two convert digits only, which they have matched before.
OWN = {"dumps", "reconcile"}
MODULES = [
    *(PACKAGE / "questions" / f"{name}.py" for name in ("columns", "drawing", "figures", "looks", "marks", "types")),
    *(
        path
        for folder in ("readmodel", "web/render", "web/routes")
        for path in sorted((PACKAGE / folder).glob("*.py"))
        if path.stem not in OWN
    ),
    *(PACKAGE / "web" / "http" / f"{name}.py" for name in ("addresses", "language")),
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_else_converts(path: Path) -> None:
    """A module that shows values converts none itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in called}

    assert set() == names & RAISING
