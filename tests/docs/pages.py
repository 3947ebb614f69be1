"""Reading the documents of the repository: tables, links and headings."""

import re
from collections.abc import Iterator

from tests.conftest import ROOT

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def pages() -> list[str]:
    """The Markdown files that people read, relative to the repository."""
    places = ("*.md", "docs/**/*.md", "bench/*.md", "server/**/*.md", ".github/**/*.md")
    return sorted({path.relative_to(ROOT).as_posix() for place in places for path in ROOT.glob(place)})


def text(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """The text of a page without its fenced blocks."""
    return _FENCE.sub("", text(page))


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of any level, without the head of the table."""
    section = re.split(rf"^#+ {re.escape(heading)}\n", text(page), maxsplit=1, flags=re.MULTILINE)[1]
    lines = section[section.index("\n|") + 1 :].split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def links(page: str) -> Iterator[str]:
    """Where the links of a page lead, as they are written."""
    return (match[1] for match in _LINK.finditer(_CODE.sub("", prose(page))))


def code(page: str) -> Iterator[str]:
    """What a page writes as code within its text."""
    return (match[1] for match in _CODE.finditer(prose(page)))


def anchors(page: str) -> set[str]:
    """The names under which GitHub finds the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
