"""Reports of validation that are kept between calls: the same content, judged by the same program, is judged once.

A judgement is known by the hash of all that it depends on, and by its own hash; a file that does not hold is ignored
and written again. Only judgements without a violation are kept.
"""

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyoxigraph as ox

import govplan
from govplan.config import Settings
from govplan.content import Content, Problem
from govplan.content.places import Term
from govplan.disk import write_whole
from govplan.release.graph_rules import GraphRule
from govplan.release.inference import Inferred
from govplan.release.shacl_report import Result, ShaclReport

_TOOLS = ("py3langid", "pyoxigraph", "pyshacl", "rdflib")
_MOST = 32
_X, _NT = ox.NamedNode("x:x"), ox.RdfFormat.N_TRIPLES


@dataclass(frozen=True, slots=True)
class Judgement:
    """What takes long to find out about content: the report on its shapes, and the problems of its texts."""

    shacl: ShaclReport
    texts: tuple[Problem, ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether there is no violation."""
        return self.shacl.conforms and all(problem.severity != "violation" for problem in self.texts)


def key_of(content: Content, inferred: Iterable[Inferred], rules: Iterable[GraphRule], settings: Settings) -> str:
    """Return the hash of what a judgement depends on: statements, rules, languages, the program, and its tools."""
    parts = [platform.python_version(), *map(version, _TOOLS), *settings.languages]
    package = Path(govplan.__file__).parent
    parts += [path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))]
    for file in content.files:
        parts += [file.path, file.graph, file.text]
    parts += [str(quad) for each in inferred for quad in each.quads]
    parts += [repr(rule) for rule in rules]
    return sha256(json.dumps(parts).encode()).hexdigest()


def recall(folder: Path, key: str) -> Judgement | None:
    """Return the judgement that is kept under a key; None if there is none, or one that is not whole."""
    try:
        body = _file(folder, key).read_bytes()
    except OSError:
        return None
    digest, _, text = body.partition(b"\n")
    if digest.decode("ascii", "replace") != sha256(text).hexdigest():
        return None
    kept = json.loads(text)
    if kept["key"] != key:
        return None
    shacl = ShaclReport(True, tuple(map(_result, kept["results"])), kept["turtle"])
    return Judgement(shacl, tuple(Problem(**problem) for problem in kept["texts"]))


def remember(folder: Path, key: str, judgement: Judgement) -> None:
    """Keep a judgement without violations, and no more than the newest few. Raises ReleaseNotWritten, OSError."""
    shacl = judgement.shacl
    results = [{**asdict(result), "term": _written(result.term)} for result in shacl.results]
    kept = {"key": key, "results": results, "turtle": shacl.turtle, "texts": [*map(asdict, judgement.texts)]}
    text = json.dumps(kept).encode()
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(_file(folder, key), sha256(text).hexdigest().encode() + b"\n" + text)
    newest = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in newest[_MOST:]:
        path.unlink(missing_ok=True)


def _file(folder: Path, key: str) -> Path:
    return folder / f"{key[:32]}.json"


def _result(kept: dict[str, Any]) -> Result:
    return Result(**{**kept, "term": _read(kept["term"])})


def _written(term: Term | None) -> str:
    """Return a term as the object of a statement, and nothing for none."""
    return "" if term is None else (ox.serialize([ox.Triple(_X, _X, term)], format=_NT) or b"").decode()


def _read(statement: str) -> Term | None:
    return next((quad.object for quad in ox.parse(statement, format=_NT)), None)
