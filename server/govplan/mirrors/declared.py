"""The mirrors that a plan project declares, as [mirrors.NAME] in govplan.toml."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from govplan.config import Settings
from govplan.content.project import FOLDERS
from govplan.errors import ConfigError, MirrorUnknown
from govplan.fetching.allowed import KEY as INTERNAL_HOSTS
from govplan.inputs.rdf import ENDINGS, rdf_format
from govplan.installed import PROJECT_FILE
from govplan.text import read_text


class Key(NamedTuple):
    """A key of a declaration: what it is, when it is required ("no" for never), and its default in TOML."""

    meaning: str
    required: str
    default: str = ""


MAX_BYTES = 32 * 1024 * 1024
MAX_SECONDS = 600
_ORIGINS = ("endpoint", "url", "file")
_ONE = "one of `endpoint`, `url` and `file`"
_WITH_ENDPOINT = "with `endpoint`: one of `query` and `query_file`"
KEYS: Mapping[str, Key] = {
    "endpoint": Key("SPARQL endpoint that answers `query` or the query in `query_file`", _ONE),
    "url": Key("address of a dump in N-Triples or Turtle", _ONE),
    "file": Key(f"path of a file of RDF, below the project; its ending names the format: {', '.join(ENDINGS)}", _ONE),
    "query": Key("CONSTRUCT query, as a text", _WITH_ENDPOINT),
    "query_file": Key("path of a file with it, below the project", _WITH_ENDPOINT),
    "publisher": Key("organisation that speaks in the copy: the last part of its IRI, described in data/", "yes"),
    "licence": Key("IRI of the licence of what is copied", "yes"),
    "languages": Key("codes of the EU language list", "no", '["ENG"]'),
    "bytes": Key(f"most bytes that are taken, at most {MAX_BYTES}", "no", str(MAX_BYTES)),
    "seconds": Key(f"most seconds that a server may take, at most {MAX_SECONDS}", "no", "60"),
}
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_IRI = re.compile(r"https?://[^\s<>\"{}|^`\\]+")
_GIVES_RDF = re.compile(r"\b(CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mirror:
    """A declared copy: where it comes from, whose it is, and how much and how long may be taken.

    `file` is a path below the project, or None for a copy from `url`; `query` is None for a dump or a file;
    `publisher` and `licence` are IRIs.
    """

    name: str
    url: str
    file: str | None
    query: str | None
    publisher: str
    licence: str
    languages: tuple[str, ...]
    bytes: int
    seconds: int


def declared_mirror(settings: Settings, name: str) -> Mirror:
    """Return the declared mirror of this name.

    Raises MirrorUnknown with the names there are, ConfigError naming the key that cannot be used.
    """
    tables = {key: table for key, table in settings.mirrors.items() if key != INTERNAL_HOSTS}
    if name not in tables:
        known = ", ".join(sorted(tables)) or "none is declared"
        raise MirrorUnknown(
            f"There is no mirror {name!r}.", where=f"{PROJECT_FILE}, [mirrors]", mend=f"one of: {known}"
        )
    return _Reader(settings, name, tables[name]).mirror()


class _Reader:
    def __init__(self, settings: Settings, name: str, table: object) -> None:
        self._settings = settings
        self._name = name
        self._where = f"{settings.root / PROJECT_FILE}, [mirrors.{name}]"
        if not isinstance(table, dict) or not _NAME.fullmatch(name):
            raise self._wrong("It must be a table with a name in kebab-case", "write [mirrors.some-name]")
        self._table: dict[str, Any] = table
        if unknown := sorted(set(table) - set(KEYS)):
            near = difflib.get_close_matches(unknown[0], KEYS, 1)
            mend = f"write {near[0]}" if near else f"known keys: {', '.join(KEYS)}"
            raise self._wrong(f"It has an unknown key {unknown[0]!r}", mend)

    def mirror(self) -> Mirror:
        """Return the mirror."""
        origin, query = self._origin(), self._query()
        return Mirror(
            name=self._name,
            url="" if origin == "file" else self._address(origin),
            file=self._path() if origin == "file" else None,
            query=query,
            publisher=f"{self._settings.base}id/organisation/{self._publisher()}",
            licence=self._licence(),
            languages=self._languages(),
            bytes=self._number("bytes", MAX_BYTES),
            seconds=self._number("seconds", MAX_SECONDS),
        )

    def _origin(self) -> str:
        """Return the key that says where the copy comes from."""
        there = [key for key in _ORIGINS if key in self._table]
        queries = [key for key in ("query", "query_file") if key in self._table]
        if len(queries) > 1:
            raise self._wrong("It has a query twice", "keep query or query_file")
        if queries and "endpoint" not in there:
            raise self._wrong("A query needs an endpoint", f"write endpoint, or delete {queries[0]}")
        if len(there) > 1:
            raise self._wrong(f"It says twice what to copy, by {' and '.join(there)}", "keep one of them")
        if not there:
            raise self._wrong("It does not say what to copy", "write endpoint with a query, url or file")
        if there == ["endpoint"] and not queries:
            raise self._wrong("An endpoint needs a query", "write query or query_file")
        return there[0]

    def _query(self) -> str | None:
        if "query_file" in self._table:
            text = read_text(self._below("query_file"), f"query_file of {self._where}", ConfigError)
        elif "query" in self._table:
            text = self._text("query")
        else:
            return None
        if not _GIVES_RDF.search(text):
            raise self._wrong("The query gives no RDF", "write a CONSTRUCT query")
        return text

    def _address(self, key: str) -> str:
        value = self._text(key)
        try:
            parts = urlsplit(value)
            scheme, whole = parts.scheme, bool(parts.hostname) and parts.username is None and parts.port != 0
        except ValueError:
            scheme, whole = "http", False
        if whole and _IRI.fullmatch(value) and value.isascii():
            return value
        if scheme in ("", "file") or len(scheme) == 1:
            raise self._wrong(
                f"{key} is {value!r}, and files are not read from an address",
                'write file = "path/below/the/project.ttl" for a file, or a whole http(s) address',
            )
        what = "no whole http(s) address" if scheme in ("http", "https") else f"{scheme}: addresses are not read"
        raise self._wrong(
            f"{key} is {value!r}: {what}",
            "write scheme, host and path, no user name, and percent-encode what is not ASCII",
        )

    def _path(self) -> str:
        path = self._below("file")
        if rdf_format(path) is None:
            raise self._wrong(
                f"file is {self._table['file']!r}, whose ending names no format of RDF", f"one of: {', '.join(ENDINGS)}"
            )
        return path.relative_to(self._settings.root.resolve()).as_posix()

    def _below(self, key: str) -> Path:
        root = self._settings.root.resolve()
        text = self._text(key)
        if "\0" in text or not (path := (root / text).resolve()).is_relative_to(root):
            raise self._wrong(f"{key} is {text!r}, which lies outside the project", "name a file below the project")
        if key == "file" and any(path.is_relative_to(root / folder) for folder in FOLDERS):
            raise self._wrong(
                f"file is {text!r}, which lies among the plan's own files",
                f"put it in another folder than {', '.join(f'{folder}/' for folder in FOLDERS)}",
            )
        return path

    def _publisher(self) -> str:
        value = self._text("publisher")
        if not _NAME.fullmatch(value):
            raise self._wrong(
                f"publisher is {value!r}, which is not the last part of the IRI of an organisation",
                "write for example publications-office for id/organisation/publications-office",
            )
        return value

    def _licence(self) -> str:
        value = self._text("licence")
        if not _IRI.fullmatch(value):
            raise self._wrong(
                f"licence is {value!r}, which is no IRI",
                "write for example https://creativecommons.org/licenses/by/4.0/",
            )
        return value

    def _text(self, key: str) -> str:
        if key not in self._table:
            raise self._wrong(f"{key} is missing", f"{key} is: {KEYS[key].meaning}")
        value = self._table[key]
        if not isinstance(value, str) or not value.strip():
            what = "empty" if isinstance(value, str) else f"{value!r}, not a text"
            raise self._wrong(f"{key} is {what}", f"{key} is: {KEYS[key].meaning}")
        return value

    def _number(self, key: str, most: int) -> int:
        value = self._table.get(key, int(KEYS[key].default))
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
            raise self._wrong(
                f"{key} is {value!r}; it must be a whole number from 1 to {most}", f"{key} is: {KEYS[key].meaning}"
            )
        return value

    def _languages(self) -> tuple[str, ...]:
        value = self._table.get("languages", ["ENG"])
        if not isinstance(value, list) or not value or not all(re.fullmatch("[A-Z]{3}", str(code)) for code in value):
            raise self._wrong(f"languages is {value!r}, not a list of codes", 'write for example ["NLD", "FRA"]')
        return tuple(value)

    def _wrong(self, what: str, mend: str) -> ConfigError:
        return ConfigError(f"The mirror {self._name!r} cannot be used. {what}.", where=self._where, mend=mend)
