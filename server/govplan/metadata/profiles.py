"""Metadata profiles: what each family of harvesters wants otherwise. Each is a file, and a country may bring some.

Those of the core lie in this package, those of a country in the folder `metadata` of its profile, each under its name.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from govplan.errors import ConfigError
from govplan.installed import profile_folders
from govplan.metadata.codes import known
from govplan.metadata.graph import Graph, Statement, named, node
from govplan.text import read_text

HARVEST = "harvest"
_CORE = Path(__file__).parent / "profiles"
_FOLDER = "metadata"
_KEYS = {"label", "versions", "classes", "datatypes", "add", "needs", "omit", "terms", "wanted"}
_VERSIONS = ("current", "all")


@dataclass(frozen=True, slots=True)
class MetadataProfile:
    """One way to write the records of a catalogue.

    `versions` tells whether kept releases are datasets of their own. The rest is applied to what all profiles share:
    `classes` and `datatypes` replace a class and the datatype of a property, `omit` leaves properties out, `add` states
    class → property → IRIs, and `terms` describes IRIs. Of a class in `needs`, what lacks a property is left out.
    `wanted` tells what harvesters of this profile ask for: class → property → where a person says it.
    """

    name: str
    labels: Mapping[str, str]
    versions: bool
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    datatypes: Mapping[str, str] = field(default_factory=dict)
    add: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    omit: tuple[str, ...] = ()
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: Mapping[str, Any] = field(default_factory=dict)
    wanted: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def applied(self, graph: Graph) -> Graph:
        """Return the statements as this profile writes them."""
        lacking = {
            node(iri)
            for name, wanted in self.needs.items()
            for iri in graph.of_kind(name)
            if not all(graph.objects(iri, each) for each in wanted)
        }
        kind, omitted = named("rdf:type"), {named(name) for name in self.omit}
        classes = {named(name): [named(each) for each in several] for name, several in self.classes.items()}
        datatypes = {named(name): named(datatype) for name, datatype in self.datatypes.items()}
        written = Graph()
        for each in graph:
            if each.predicate in omitted or lacking & {each.subject, each.object}:
                continue
            if each.predicate == kind and each.object in classes:
                written.update(each._replace(object=other) for other in classes[each.object])
            elif each.predicate in datatypes:
                written.update([_typed(each, datatypes[each.predicate])])
            else:
                written.update([each])
        for name, values in self.add.items():
            for iri in graph.of_kind(name):
                for predicate, several in values.items():
                    written.add(iri, predicate, *map(node, several))
        return written


def metadata_profiles(profiles: Iterable[str]) -> Mapping[str, MetadataProfile]:
    """Return the metadata profiles of the core and of these profiles, which there must be, by name; the default first.

    Raises ConfigError, naming file and key, for one that cannot be used.
    """
    return _read_all(tuple(profiles))


@cache
def _read_all(profiles: tuple[str, ...]) -> Mapping[str, MetadataProfile]:
    folders = profile_folders()
    files = [path for folder in (_CORE, *(folders[name] / _FOLDER for name in profiles)) for path in _files(folder)]
    found = {path.stem: _read(path) for path in files}
    return {name: found[name] for name in sorted(found, key=lambda name: (name != HARVEST, name))}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


def _read(path: Path) -> MetadataProfile:
    where = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    try:
        raw = tomllib.loads(read_text(path, where, ConfigError, "toml"))
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path.name} cannot be read: {problem}.", where=where, mend="correct the file") from problem
    if unknown := sorted(set(raw) - _KEYS):
        raise ConfigError(f"Unknown key {unknown[0]!r}.", where=where, mend=f"known keys: {', '.join(sorted(_KEYS))}")
    if raw.get("versions") not in _VERSIONS:
        raise ConfigError("The key versions is missing.", where=where, mend=f"one of: {', '.join(_VERSIONS)}")
    if strange := sorted(known(_names(raw))):
        raise ConfigError(f"{strange[0]!r} has no known prefix.", where=where, mend="use a standard vocabulary")
    return MetadataProfile(
        name=path.stem,
        labels=raw.get("label", {}),
        versions=raw["versions"] == "all",
        classes={name: tuple(several) for name, several in raw.get("classes", {}).items()},
        datatypes=raw.get("datatypes", {}),
        add={
            name: {each: tuple(several) for each, several in values.items()}
            for name, values in raw.get("add", {}).items()
        },
        omit=tuple(raw.get("omit", ())),
        needs={name: tuple(several) for name, several in raw.get("needs", {}).items()},
        terms=raw.get("terms", {}),
        wanted=raw.get("wanted", {}),
    )


def _names(raw: Mapping[str, Any]) -> Iterable[str]:
    yield from raw.get("omit", ())
    for name, several in (*raw.get("classes", {}).items(), *raw.get("needs", {}).items()):
        yield from (name, *several)
    for pair in raw.get("datatypes", {}).items():
        yield from pair
    for name, values in (*raw.get("add", {}).items(), *raw.get("wanted", {}).items()):
        yield from (name, *values)
    for about in raw.get("terms", {}).values():
        yield from about.get("classes", ())
        for name, value in about.get("values", {}).items():
            yield from (name, value["datatype"])


def _typed(statement: Statement, datatype: str) -> Statement:
    text, mark, _ = statement.object.rpartition("^^")
    return statement._replace(object=f"{text}^^{datatype}") if mark else statement
