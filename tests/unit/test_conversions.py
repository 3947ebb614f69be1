"""Values that nobody checked are converted in one place: what shows and draws them calls nothing that raises."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "server" / "govplan"
# What raises for some text, as it is called here.
RAISING = {"int", "float", "Decimal", "fromisoformat", "strptime", "urlsplit", "urlparse", "ip_address"}
MODULES = [
    *(PACKAGE / "questions" / f"{name}.py" for name in ("columns", "drawing", "figures", "looks", "marks", "types")),
    *(
        PACKAGE / "web" / f"{name}.py"
        for name in (
            "about", "addresses", "charts", "codebook", "documents", "excel", "fields", "graphs", "labels", "language",
            "names", "network", "openapi", "outline", "paging", "picture", "powers", "profile", "quads", "queries",
            "resources", "sheets", "sketch", "sparql", "tables", "terms", "vocabulary", "words",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_else_converts(path: Path) -> None:
    """A module that shows values converts none itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in called}

    assert set() == names & RAISING
