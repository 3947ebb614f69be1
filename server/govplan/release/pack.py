"""The research pack: one archive with the statements, questions and tables of a release, as a minimal RO-Crate 1.1.

The same content gives the same bytes: names are sorted, and no file has a time of its own.
"""

import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import yaml

from govplan.formats import BINDINGS, GRAPHS
from govplan.manifest import DATASET, QUERIES
from govplan.release.naming import Naming
from govplan.release.table_names import FOLDER as TABLES

_CRATE = "ro-crate-metadata.json"
_MODE = 0o100644 << 16
_MEDIA_TYPES = {
    **{fmt.extension: fmt.media_type for fmt in (*GRAPHS, *BINDINGS)},
    "rq": "application/sparql-query",
    "cff": "application/yaml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_pack(work: Path, name: str, called: Naming) -> None:
    """Write `dumps/{name}-pack.zip` of an unfinished release, from what is in `work` already."""
    paths = [work / DATASET, *_below(work / QUERIES), *_below(work / TABLES)]
    members = {path.relative_to(work).as_posix(): path.read_bytes() for path in paths}
    turtle = work / "dumps" / f"{name}.ttl"
    members[turtle.name] = turtle.read_bytes()
    members["CITATION.cff"] = _citation(called)
    members[_CRATE] = _crate(called, members)
    moment = datetime.fromisoformat(called.date[:10]).timetuple()[:6]
    with zipfile.ZipFile(work / "dumps" / f"{name}-pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(members.items()):
            entry = zipfile.ZipInfo(f"{name}-{called.id}/{path}", moment)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _MODE
            # What it says of the system that made it must not depend on that.
            entry.create_system = 3
            archive.writestr(entry, content)


def _below(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _citation(called: Naming) -> bytes:
    """Return the citation in the Citation File Format 1.2."""
    said = {
        "cff-version": "1.2.0",
        "message": "Cite the release that you used.",
        "type": "dataset",
        "title": called.title,
        "authors": [{"name": called.publisher or called.title}],
        "version": called.version,
        "date-released": called.date[:10],
        "url": called.iri,
    }
    if called.licences:
        said["license-url"] = called.licences[0]
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True).encode()


def _crate(called: Naming, members: dict[str, bytes]) -> bytes:
    """Return the metadata of the crate: what it is, whose, under which licence, and each file in it."""
    files = [
        {"@id": path, "@type": "File", "contentSize": str(len(content)), "encodingFormat": _media_type(path)}
        for path, content in sorted(members.items())
    ]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": called.title,
        "description": called.description or called.title,
        "identifier": called.iri,
        "version": called.version,
        "datePublished": called.date[:10],
        "license": [{"@id": licence} for licence in called.licences],
        "publisher": {"@id": "#publisher"},
        "creditText": called.citation,
        "hasPart": [{"@id": each["@id"]} for each in files],
    }
    graph = [
        {
            "@id": _CRATE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        root,
        {"@id": "#publisher", "@type": "Organization", "name": called.publisher or called.title},
        *files,
    ]
    document = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _media_type(path: str) -> str:
    return _MEDIA_TYPES.get(path.rpartition(".")[2], "application/octet-stream")
