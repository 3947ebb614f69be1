"""The mirrors that a plan project declares, as [mirrors.NAME] in govplan.toml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govplan.config import PROJECT_FILE, Settings
from govplan.errors import ConfigError, MirrorUnknown
from govplan.text import read_text

KEYS: Mapping[str, str] = {
    "endpoint": "SPARQL endpoint that answers `query` or the query in `query_file`",
    "url": "address of a dump in N-Triples or Turtle, instead of an endpoint",
    "query": "CONSTRUCT query, as a text",
    "query_file": "path of a file with it, below the project",
    "publisher": "organisation that speaks in the copy: the last part of its IRI, described in data/",
    "licence": "IRI of the licence of what is copied",
    "languages": 'codes of the EU language list; default `["ENG"]`',
    "bytes": "most bytes that are taken",
    "seconds": "most seconds that it may take",
}
MAX_BYTES = 32 * 1024 * 1024
MAX_SECONDS = 600
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_IRI = re.compile(r"https?://[^\s<>\"{}|^`\\]+")


@dataclass(frozen=True, slots=True)
class Mirror:
    """A declared copy: where it comes from, whose it is, and how much and how long may be taken.

    `query` is None for a dump; `publisher` and `licence` are IRIs.
    """

    name: str
    url: str
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
    table = settings.mirrors.get(name)
    if table is None:
        known = ", ".join(sorted(settings.mirrors)) or "none is declared"
        raise MirrorUnknown(
            f"There is no mirror {name!r}.", where=f"{PROJECT_FILE}, [mirrors]", mend=f"one of: {known}"
        )
    return _Reader(settings, name, table).mirror()


class _Reader:
    def __init__(self, settings: Settings, name: str, table: object) -> None:
        self._settings = settings
        self._name = name
        self._where = f"{settings.root / PROJECT_FILE}, [mirrors.{name}]"
        if not isinstance(table, dict) or not _NAME.fullmatch(name):
            raise self._wrong("It must be a table with a name in kebab-case", "write [mirrors.some-name]")
        self._table: dict[str, Any] = table
        if unknown := sorted(set(table) - set(KEYS)):
            raise self._wrong(f"It has an unknown key {unknown[0]!r}", f"known keys: {', '.join(KEYS)}")

    def mirror(self) -> Mirror:
        """Return the mirror."""
        query = self._query()
        if query is None and "endpoint" in self._table:
            raise self._wrong("An endpoint needs a query", "write query or query_file")
        if query is not None and "endpoint" not in self._table:
            raise self._wrong("A query needs an endpoint", "write endpoint instead of url")
        return Mirror(
            name=self._name,
            url=self._iri("url" if query is None else "endpoint"),
            query=query,
            publisher=f"{self._settings.base}id/organisation/{self._text('publisher', _NAME)}",
            licence=self._iri("licence"),
            languages=self._languages(),
            bytes=self._number("bytes", MAX_BYTES),
            seconds=self._number("seconds", MAX_SECONDS),
        )

    def _query(self) -> str | None:
        if "query" in self._table and "query_file" in self._table:
            raise self._wrong("It has a query twice", "keep query or query_file")
        if "query_file" not in self._table:
            return self._text("query") if "query" in self._table else None
        path = (self._settings.root / self._text("query_file")).resolve()
        if not path.is_relative_to(self._settings.root.resolve()):
            raise self._wrong("query_file lies outside the project", "name a file below the project")
        return self._file(path)

    def _file(self, path: Path) -> str:
        return read_text(path, f"query_file of {self._where}, {path.name}", ConfigError)

    def _text(self, key: str, form: re.Pattern[str] | None = None) -> str:
        value = self._table.get(key)
        if not isinstance(value, str) or not value.strip() or (form is not None and not form.fullmatch(value)):
            raise self._wrong(f"{key} is missing or not what it should be", f"{key} is: {KEYS[key]}")
        return value

    def _iri(self, key: str) -> str:
        return self._text(key, _IRI)

    def _number(self, key: str, most: int) -> int:
        value = self._table.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
            raise self._wrong(f"{key} must be a whole number from 1 to {most}", f"{key} is: {KEYS[key]}")
        return value

    def _languages(self) -> tuple[str, ...]:
        value = self._table.get("languages", ["ENG"])
        if not isinstance(value, list) or not value or not all(re.fullmatch("[A-Z]{3}", str(code)) for code in value):
            raise self._wrong("languages is not a list of codes", f"languages is: {KEYS['languages']}")
        return tuple(value)

    def _wrong(self, what: str, mend: str) -> ConfigError:
        return ConfigError(f"The mirror {self._name!r} cannot be used. {what}.", where=self._where, mend=mend)
