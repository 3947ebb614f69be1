"""The documents lead somewhere: every link and every file that they name."""

import re

import pytest

from tests.conftest import ROOT
from tests.docs.pages import anchors, code, links, pages

FOLDERS = "bench|data|deploy|docs|ontology|queries|server|shapes|tests"
# A path of this repository, without a placeholder in it.
_PATH = re.compile(rf"(?:{FOLDERS}|\.ci|\.github)/[\w./@-]*|[A-Z][A-Z-]+(?:\.md|\.cff)?|Makefile|pyproject\.toml")
# What commands make, or a reader is to write.
_MADE = re.compile(r"data/mirrors/.*")


@pytest.mark.parametrize("page", pages())
def test_links(page: str) -> None:
    """Every relative link leads to a file, and to a heading of it where it names one."""
    broken = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, heading = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or (heading and heading not in anchors(target.resolve().relative_to(ROOT).as_posix())):
            broken.append(link)

    assert [] == broken


@pytest.mark.parametrize("page", [page for page in pages() if page != "CHANGELOG.md" and not page.startswith("bench/")])
def test_files(page: str) -> None:
    """Every file and folder that the text names exists."""
    named = {text for text in code(page) if _PATH.fullmatch(text) and ("/" in text or "." in text)}

    assert [] == sorted(path for path in named if not _MADE.fullmatch(path) and not (ROOT / path).exists())


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/style.md", "docs/architecture.md"])
def test_tests(page: str) -> None:
    """Every test that the text names by file and function exists."""
    named = [text.partition("::") for text in code(page) if re.fullmatch(r"tests/[\w/]+\.py::\w+", text)]

    assert [] == [
        f"{file}::{name}" for file, _, name in named if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
