"""Styles of citations: APA 7, ISO 690:2021, the form of DataCite for a query, BibTeX, CSL-JSON, RIS."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from govplan.citing.citation import Citation, Whole, plain
from govplan.formats import Format

# Everything that may stand in an address as it is (RFC 3986); what could end a field of a file is encoded.
_MARKS = ":/?#[]@!$&'()*+,;=%-._~"
_TEX = {
    ord(character): written
    for character, written in {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        '"': "''",
    }.items()
}
_BIBTEX_URL = {ord("{"): "%7B", ord("}"): "%7D", ord("\\"): "%5C"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the styles in one language; a reader's language gives its own."""

    dataset: str = "Data set"
    online: str = "online"
    version: str = "Version"
    release: str = "release"
    available: str = "Available from"
    created: str = "created at"
    subset: str = "Subset of"
    inside: str = "In"
    content: str = "SHA-256 of the content"


ENGLISH = Words()


def apa(citation: Citation, words: Words = ENGLISH) -> str:
    """Return the reference in the style of APA 7 (section 10.9, data sets)."""
    version = f"({_version(citation, words)})"
    inside = f" {words.inside} {_quoted(citation.whole)}." if citation.whole else ""
    return (
        f"{_ended(_joined(citation.authors, ', & '))} ({citation.year}). {plain(citation.title)} {version} "
        f"[{words.dataset}].{inside} {_ended(plain(citation.publisher))} {_target(citation)}"
    )


def iso690(citation: Citation, words: Words = ENGLISH) -> str:
    """Return the reference in the style of ISO 690:2021 (name and date)."""
    inside = f" {words.inside}: {_quoted(citation.whole)}." if citation.whole else ""
    return (
        f"{_joined([author.upper() for author in citation.authors], ', ')}, {citation.year}. "
        f"{_ended(plain(citation.title))} [{words.online}].{inside} {_version(citation, words)}. "
        f"{', '.join(filter(None, (plain(citation.publisher), citation.issued)))}. "
        f"{words.available}: {_target(citation)}"
    )


def datacite(citation: Citation, words: Words = ENGLISH) -> str:
    """Return the reference as DataCite has it for dynamic data: the query with its time, then what it is a part of."""
    own = (
        f"{_joined(citation.authors, '; ')} ({citation.year}). \u201c{plain(citation.title)}\u201d "
        f"{words.created} {citation.issued or citation.year}, {_target(citation)}"
    )
    whole = citation.whole
    if whole is None:
        return f"{own}."
    target = _doi(whole.doi) or _address(whole.address)
    return f"{own}. {words.subset} {_quoted(whole)} ({_version(whole, words)}), {plain(citation.publisher)}, {target}."


def bibtex(citation: Citation, words: Words = ENGLISH) -> str:
    """Return an entry of BibTeX; no text of it can end its field."""
    fields = {
        "title": f"{{{_tex(citation.title)}}}",
        "author": " and ".join(f"{{{_tex(author)}}}" for author in citation.authors),
        "publisher": f"{{{_tex(citation.publisher)}}}",
        "year": citation.issued[:4],
        "date": citation.issued,
        "version": _tex(citation.version),
        "doi": _tex(citation.doi),
        "url": _address(citation.address).translate(_BIBTEX_URL),
        "note": _tex(_note(citation, words)),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{citation.name},\n{lines}}}\n"


def ris(citation: Citation, words: Words = ENGLISH) -> str:
    """Return a record of RIS; each tag has its line, and no text has two."""
    pairs = [
        ("TY", "DATA"),
        ("TI", citation.title),
        *[("AU", author) for author in citation.authors],
        ("PB", citation.publisher),
        ("PY", citation.issued[:4]),
        ("DA", citation.issued.replace("-", "/")),
        ("ET", citation.version),
        ("DO", citation.doi),
        ("UR", _address(citation.address)),
        ("T2", citation.whole.title if citation.whole else ""),
        ("LA", citation.language),
        ("N1", _note(citation, words)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {plain(text)}\r\n" for tag, text in pairs if text or tag == "ER")


def csl(citation: Citation, words: Words = ENGLISH) -> str:
    """Return a list of one item of CSL-JSON 1.0."""
    item: dict[str, Any] = {
        "id": citation.name,
        "type": "dataset",
        "title": plain(citation.title),
        "author": [{"literal": plain(author)} for author in citation.authors],
        "publisher": plain(citation.publisher),
        "issued": {"date-parts": [[int(part) for part in citation.issued.split("-")]]} if citation.issued else None,
        "version": plain(citation.version),
        "URL": _address(citation.address),
        "DOI": plain(citation.doi),
        "container-title": plain(citation.whole.title) if citation.whole else "",
        "language": citation.language,
        "note": _note(citation, words),
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Style:
    """One style: its name, how it is written, and the format of its file, None of one that is read by people."""

    name: str
    label: str
    write: Callable[[Citation, Words], str]
    format: Format


STYLES: Mapping[str, Style] = MappingProxyType(
    {
        style.name: style
        for style in (
            Style("apa", "APA 7", apa, Format("apa", "APA 7", "text/plain", "bindings")),
            Style("iso690", "ISO 690", iso690, Format("iso690", "ISO 690", "text/plain", "bindings")),
            Style("datacite", "DataCite", datacite, Format("datacite", "DataCite", "text/plain", "bindings")),
            Style(
                "bibtex",
                "BibTeX",
                bibtex,
                Format("bibtex", "BibTeX", "application/x-bibtex", "bindings", ("text/x-bibtex",), ("bib",)),
            ),
            Style(
                "ris",
                "RIS",
                ris,
                Format("ris", "RIS", "application/x-research-info-systems", "bindings", ("text/x-ris",)),
            ),
            Style(
                "csl",
                "CSL-JSON",
                csl,
                Format("csl", "CSL-JSON", "application/vnd.citationstyles.csl+json", "bindings", (), ("csljson",)),
            ),
        )
    }
)


def _version(of: Citation | Whole, words: Words) -> str:
    version = f"{words.version} {plain(of.version)}, " if of.version else ""
    return f"{version}{words.release} {plain(of.release)}"


def _note(citation: Citation, words: Words) -> str:
    parts = [f"{words.release} {citation.release}"]
    if citation.content:
        parts.append(f"{words.content}: {citation.content}")
    if citation.whole:
        parts.append(f"{words.subset} {citation.whole.title}, {_doi(citation.whole.doi) or citation.whole.address}")
    return plain("; ".join(parts))


def _quoted(whole: Whole | None) -> str:
    return f"\u201c{plain(whole.title)}\u201d" if whole else ""


def _joined(names: list[str] | tuple[str, ...], last: str) -> str:
    return last.join(plain(name) for name in names)


def _ended(text: str) -> str:
    """Return a text with a full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _target(citation: Citation) -> str:
    return _doi(citation.doi) or _address(citation.address)


def _doi(doi: str) -> str:
    return f"https://doi.org/{quote(doi, safe='/.-_;()')}" if doi else ""


def _address(address: str) -> str:
    return quote(address, safe=_MARKS)


def _tex(text: str) -> str:
    return re.sub(r"\s+", " ", plain(text)).translate(_TEX)
