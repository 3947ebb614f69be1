"""Styles of citations: what each looks like, and that no text breaks out of its field."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given

from govplan.citing.citation import Citation, Whole
from govplan.citing.styles import STYLES, Words
from tests.strategies import TEXTS, limited

WHOLE = Whole("Plans as data", "https://example.org/id/dataset/plans", "0.2.0", "0123456789ab")
CITATION = Citation(
    title="Actions with a budget",
    authors=("The editors", "Others"),
    publisher="Publisher",
    issued="2026-11-27",
    address="https://example.org/cite/0123456789ab..key",
    version="0.2.0",
    release="0123456789ab",
    content="ab" * 32,
    whole=WHOLE,
)
EXPECTED = {
    "apa": "The editors, & Others. (2026). Actions with a budget (Version 0.2.0, release 0123456789ab) [Data set]. "
    "In “Plans as data”. Publisher. https://example.org/cite/0123456789ab..key",
    "iso690": "THE EDITORS, OTHERS, 2026. Actions with a budget. [online]. In: “Plans as data”. Version 0.2.0, "
    "release 0123456789ab. Publisher, 2026-11-27. Available from: https://example.org/cite/0123456789ab..key",
    "datacite": "The editors; Others (2026). “Actions with a budget” created at 2026-11-27, "
    "https://example.org/cite/0123456789ab..key. Subset of “Plans as data” (Version 0.2.0, release 0123456789ab), "
    "Publisher, https://example.org/id/dataset/plans.",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_read_by_people(name: str) -> None:
    """The styles for lists of references name author, year, title, part of what, version, release and address."""
    assert EXPECTED[name] == STYLES[name].write(CITATION, Words())


def test_words() -> None:
    """The words of a style are those of the reader's language."""
    words = Words(dataset="Gegevensreeks", version="Versie", inside="In")
    assert "[Gegevensreeks]" in STYLES["apa"].write(CITATION, words)
    assert "(Versie 0.2.0" in STYLES["apa"].write(CITATION, words)


def test_doi() -> None:
    """A DOI stands where there is one, and is never made up."""
    assert not any("doi" in style.write(CITATION, Words()).lower() for style in STYLES.values())
    cited = replace(CITATION, doi="10.5281/zenodo.1", whole=replace(WHOLE, doi="10.5281/zenodo.2"))
    assert "https://doi.org/10.5281/zenodo.1" in STYLES["apa"].write(cited, Words())
    assert "https://doi.org/10.5281/zenodo.2" in STYLES["datacite"].write(cited, Words())
    assert "doi = {10.5281/zenodo.1}" in STYLES["bibtex"].write(cited, Words())
    assert "DO  - 10.5281/zenodo.1\r\n" in STYLES["ris"].write(cited, Words())


def test_whole() -> None:
    """The dataset itself is no part of anything."""
    whole = replace(CITATION, whole=None, content="")
    for style in STYLES.values():
        assert "Plans as data" not in style.write(whole, Words())
        assert style.write(whole, Words())


def test_bibtex() -> None:
    """An entry has its fields, each in braces."""
    entry = STYLES["bibtex"].write(CITATION, Words())
    assert entry.startswith("@misc{govplan-0123456789ab-0123456789ab-key,\n")
    assert "  title = {{Actions with a budget}},\n  author = {{The editors} and {Others}},\n" in entry
    assert "  year = {2026},\n" in entry


def test_csl() -> None:
    """An item of CSL-JSON has names and dates as processors read them."""
    (item,) = json.loads(STYLES["csl"].write(CITATION, Words()))
    assert [[2026, 11, 27]] == item["issued"]["date-parts"]
    assert [{"literal": "The editors"}, {"literal": "Others"}] == item["author"]
    assert ("dataset", "Plans as data") == (item["type"], item["container-title"])


def test_ris() -> None:
    """A record of RIS begins with its type and ends with its end."""
    lines = STYLES["ris"].write(CITATION, Words()).split("\r\n")
    assert ["TY  - DATA", "TI  - Actions with a budget", "AU  - The editors", "AU  - Others"] == lines[:4]
    assert ["ER  - ", ""] != lines
    assert "PY  - 2026" in lines


EVIL = 'x}, note = {\\input{/etc/passwd}\r\nER  - \r\nTY  - BOOK\u2028AU  - y % $ & # _ ^ ~ " \u202e <b> \x00'


@limited
@given(TEXTS)
@pytest.mark.parametrize("field", ["title", "publisher", "version", "address", "author", "whole", "doi"])
def test_nothing_breaks_out(field: str, text: str) -> None:
    """No text of a citation ends its field, its line or its entry."""
    for each in (text, EVIL, EVIL + text):
        match field:
            case "author":
                cited = replace(CITATION, authors=(each, "Others"))
            case "whole":
                cited = replace(CITATION, whole=replace(WHOLE, title=each, address=each))
            case _:
                cited = replace(CITATION, **{field: each})  # type: ignore[arg-type]
        entry = STYLES["bibtex"].write(cited, Words())
        # Braces that TeX counts are balanced, and the entry ends with its last one.
        depth = 0
        counted = re.sub(r"\\[{}]", "", entry)
        for place, character in enumerate(counted):
            depth += (character == "{") - (character == "}")
            assert depth > 0 or place < counted.index("{") or place >= len(counted) - 2
        assert 0 == depth
        assert re.findall(r"^  (\w+) = \{", entry, re.MULTILINE) == [
            line.split(" = ")[0].strip() for line in entry.splitlines()[1:-1]
        ]
        assert all(line.endswith("},") for line in entry.splitlines()[1:-1])
        lines = STYLES["ris"].write(cited, Words()).split("\r\n")
        assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\x00-\x1f\x7f-\x9f\u2028\u2029]*", line) for line in lines[:-1])
        assert 1 == sum(line.startswith("ER  -") for line in lines)
        assert 1 == len(json.loads(STYLES["csl"].write(cited, Words())))
        for name in EXPECTED:
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e]", STYLES[name].write(cited, Words()))
