"""Reading the settings: govplan.toml of the plan project plus the environment, once, into a frozen object."""

import os
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import platformdirs

from govplan.errors import ConfigError
from govplan.installed import PROJECT_FILE, builtin_project, find_project, profile_folders
from govplan.namespaces import prefixes
from govplan.registration import REGISTRATION_KEYS, Registration, read_registration
from govplan.settings import PROJECT_KEYS, SETTINGS, Setting
from govplan.text import named, read_text, unseen_in_value

VERSION = version("govplan")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a command needs to know; `root` is the plan project, `releases` where its releases lie.

    `profiles` are the names of those that the project asks for, in its order. `mirrors` are the tables of
    [mirrors.NAME] as they stand in the file; `mirrors.declared` reads them. `registration` is for catalogues.
    """

    root: Path
    name: str
    base: str
    languages: tuple[str, ...]
    host: str
    port: int
    releases: Path
    citations: str
    citation_bytes: int
    query_bytes: int
    query_depth: int
    query_tokens: int
    query_patterns: int
    query_operators: int
    query_reads: int
    body_bytes: int
    header_seconds: float
    body_seconds: float
    send_seconds: float
    drain_seconds: int
    query_seconds: float
    fast_seconds: float
    memory_bytes: int
    answer_bytes: int
    workers: int
    fronts: int
    queue: int
    queue_seconds: float
    spool: str
    public_url: str
    proxies: int
    access_log: str
    budgets: str
    client_queries: int
    client_burst: int
    client_seconds: int
    client_errors: int
    row_cap: int
    cache_bytes: int
    batch_queries: int
    batch_values: int
    profiles: tuple[str, ...] = ()
    own_prefixes: Mapping[str, str] = field(default_factory=dict)
    mirrors: Mapping[str, Any] = field(default_factory=dict)
    registration: Registration = field(default_factory=Registration)

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefix label → namespace of this project, sorted."""
        return prefixes(self.base, self.own_prefixes, profiles=bool(self.profiles))

    @property
    def dataset_iri(self) -> str:
        """The IRI of the published dataset, which the catalogue describes."""
        return f"{self.base}id/dataset/{self.name}"


def base_iri(settings: Settings) -> str:
    """Return what relative IRIs in queries are resolved against (RFC 3986 section 5.1).

    That is where the site is, if its operator says so, else the base of the project; never the header Host: whoever
    sends it would decide what a query means.
    """
    return f"{settings.public_url}/" if settings.public_url else settings.base


def load(
    project: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, object] = MappingProxyType({}),
    *,
    builtin: bool = True,
) -> Settings:
    """Return the settings of a plan project (default: the one around the working directory, else the built-in one).

    Precedence: `overrides` that are not None, environment, [server] of govplan.toml, defaults. Without `builtin`, there
    must be a project around the working directory if none is named.
    Raises ConfigError naming the file or variable, the key and what would do.
    """
    root = (project or _project_here(builtin=builtin)).resolve()
    path = root / PROJECT_FILE
    raw = _read(path)
    about = _table(raw, "project", path, known=PROJECT_KEYS.keys())
    _refuse_unseen([about.get(key) for key in PROJECT_KEYS], path)
    server = _table(raw, "server", path, known={setting.key for setting in SETTINGS}, needed=False)
    mirrors = _table(raw, "mirrors", path, needed=False)
    sections = ("project", "server", "mirrors", *REGISTRATION_KEYS)
    if extra := sorted(set(raw) - set(sections)):
        mend = f"use {', '.join(f'[{name}]' for name in sections)}"
        raise ConfigError(f"govplan.toml has no section [{extra[0]}].", where=str(path), mend=mend)
    values = {setting.key: _value(setting, server, path, environ, overrides) for setting in SETTINGS}
    values["releases"] = releases_folder(str(values["releases"]), root)
    languages = _languages(about.get("languages"), path)
    return Settings(
        root=root,
        name=_text(about, "name", path),
        base=_base(_text(about, "base", path), path),
        languages=languages,
        profiles=_profiles(about.get("profiles", []), path),
        own_prefixes=_own_prefixes(about.get("prefixes", {}), path),
        mirrors=mirrors,
        registration=read_registration(raw, languages, str(path)),
        **values,
    )


def _project_here(*, builtin: bool) -> Path:
    here = _working_folder()
    if found := find_project(here):
        return found
    if not builtin:
        raise ConfigError(
            "There is no plan project here: neither this folder nor one above it has a govplan.toml.",
            where=str(here),
            mend="change to its folder, or name it: --project FOLDER; --project built-in is the plan in the package",
        )
    return builtin_project()


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as problem:
        mend = "change to another, or name one by --project"
        raise ConfigError("The working folder is not there any more.", where=".", mend=mend) from problem


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ConfigError(
            "This folder is not a plan project: it has no govplan.toml.",
            where=str(path.parent),
            mend="name a folder with govplan.toml and data/",
        )
    try:
        return tomllib.loads(read_text(path, str(path), ConfigError, "toml"))
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"govplan.toml cannot be read: {problem}.", where=str(path), mend="correct it") from problem


def _refuse_unseen(codes: object, path: Path) -> None:
    """Of what becomes part of IRIs, nothing may be hidden, whatever language may need it in a text."""
    if isinstance(codes, dict):
        codes = [*codes, *codes.values()]
    if isinstance(codes, list):
        for code in codes:
            _refuse_unseen(code, path)
    elif isinstance(codes, str) and (found := unseen_in_value(codes)):
        raise ConfigError(
            f"{codes!r} holds {named(found[0])}, which cannot be told by looking.",
            where=f"{path}, [project]",
            mend="delete the character",
        )


def _table(
    raw: dict[str, Any], name: str, path: Path, *, known: Set[str] | None = None, needed: bool = True
) -> dict[str, Any]:
    table = raw.get(name, None if needed else {})
    if not isinstance(table, dict):
        raise ConfigError(f"govplan.toml needs a section [{name}].", where=str(path), mend=f"add [{name}]")
    if known is not None and (unknown := sorted(set(table) - known)):
        mend = "known keys: " + ", ".join(sorted(known))
        raise ConfigError(f"Unknown key {unknown[0]!r} in [{name}].", where=str(path), mend=mend)
    return table


def _value(
    setting: Setting, server: dict[str, Any], path: Path, environ: Mapping[str, str], overrides: Mapping[str, object]
) -> Any:
    if (override := overrides.get(setting.key)) is not None:
        text, where = str(override), f"option --{setting.key.replace('_', '-')}"
    elif setting.variable in environ:
        text, where = environ[setting.variable], f"environment variable {setting.variable}"
    elif setting.key in server:
        text, where = str(server[setting.key]), f"{path}, [server] {setting.key}"
    else:
        text, where = setting.default, "default"
    try:
        return setting.type(text)
    except ValueError as problem:
        raise ConfigError(
            f"{text!r} cannot be used for {setting.key}: {problem}.",
            where=where,
            mend=f"{setting.key} is: {setting.meaning}",
        ) from problem


def _text(about: dict[str, Any], key: str, path: Path) -> str:
    value = about.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"[project] needs {key} as a text.", where=str(path), mend=f'write {key} = "…"')
    return value


def _base(base: str, path: Path) -> str:
    if not base.startswith(("http://", "https://")) or not base.endswith("/") or any(c in base for c in ' <>"{}|^`\\'):
        raise ConfigError(
            f"{base!r} cannot be a base IRI.",
            where=f"{path}, [project] base",
            mend="write an http(s) IRI that ends with /",
        )
    return base


def _languages(value: object, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(tag, str) and tag.islower() for tag in value):
        raise ConfigError(
            "[project] languages must be a list of lower-case language tags.",
            where=str(path),
            mend='write languages = ["nl", "fr", "de", "en"]',
        )
    return tuple(value)


def _profiles(value: object, path: Path) -> tuple[str, ...]:
    known = profile_folders()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value) or len(set(value)) < len(value):
        raise ConfigError(
            "[project] profiles must be a list of names of profiles, each once.",
            where=str(path),
            mend=f"known profiles: {', '.join(known)}",
        )
    if unknown := [name for name in value if name not in known]:
        raise ConfigError(
            f"There is no profile {unknown[0]!r}.",
            where=f"{path}, [project] profiles",
            mend=f"known profiles: {', '.join(known)}",
        )
    return tuple(value)


def _own_prefixes(value: object, path: Path) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(below, str) for below in value.values()):
        mend = 'write label = "id/unit/source-name/"'
        raise ConfigError("[project.prefixes] must map labels to paths below the base.", where=str(path), mend=mend)
    return value


def releases_folder(text: str, root: Path) -> Path:
    """Return the folder of the releases: those of the built-in project, which may be read-only, live with the user.

    Of a user without a home the path stays relative, and nothing is written there.
    """
    if text:
        try:
            return Path(text).expanduser().resolve()
        except (OSError, RuntimeError) as problem:
            raise ConfigError(
                f"{text!r} cannot be the folder of the releases: {problem}.",
                where="--releases, GOVPLAN_RELEASES, or `releases` in [server] of govplan.toml",
                mend="write an absolute path",
            ) from problem
    if root == (Path(__file__).parent / "project").resolve():
        try:
            return Path(platformdirs.user_data_dir("govplan", False)) / VERSION / "releases"
        except RuntimeError:
            return Path("~", "govplan", VERSION, "releases")
    return root / "releases"


def cache_folder() -> Path | None:
    """Return the user's folder for what can be computed again; None of a user without a home."""
    try:
        return Path(platformdirs.user_cache_dir("govplan", False))
    except RuntimeError:
        return None
