"""What follows from the content by its own published rules: flags, never facts.

Each rule is a CONSTRUCT query in `data/derived/rules/`, described as a `gp:Rule` in `data/derived/rules.ttl`. It reads
everything but the flags themselves. `python -m govplan.release.derive` writes the flags of the project it is run in.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings, load
from govplan.content import Content, read_project
from govplan.errors import ContentUnreadable
from govplan.namespaces import STANDARD

RULES = "data/derived/rules"
FLAGS = "data/derived/flags.ttl"
_LAST = STANDARD["prov"] + "wasDerivedFrom"
_FIRST = (STANDARD["rdf"] + "type", STANDARD["rdfs"] + "label")


def derive(content: Content) -> set[ox.Triple]:
    """Return every statement that the rules of the project derive from its other files.

    Raises ContentUnreadable, naming the file, for a rule that is no CONSTRUCT query.
    """
    store = ox.Store()
    store.extend(quad for file in content.files if file.path != FLAGS for quad in file.quads)
    found: set[ox.Triple] = set()
    for path in sorted((content.root / RULES).glob("*.rq")):
        try:
            triples = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        except (OSError, SyntaxError, UnicodeDecodeError) as problem:
            raise ContentUnreadable(
                f"The rule cannot be used: {problem}.", where=f"{RULES}/{path.name}", mend="correct the query"
            ) from problem
        if not isinstance(triples, ox.QueryTriples):
            raise ContentUnreadable("The rule is no CONSTRUCT query.", where=path.name, mend="construct the flags")
        found.update(triples)
    return found


def write_flags(settings: Settings) -> Path:
    """Put what the rules derive below the header that the file of flags has, and return its path."""
    content = read_project(settings)
    path = settings.root / FLAGS
    languages = {tag: rank for rank, tag in enumerate(settings.languages)}
    blocks: dict[str, list[tuple[tuple[int, int, str], str]]] = {}
    table = settings.prefixes
    for triple in derive(content):
        predicate, value = triple.predicate.value, triple.object
        rank = languages.get(getattr(value, "language", None) or "", 0)
        place = _FIRST.index(predicate) if predicate in _FIRST else 3 if predicate == _LAST else 2
        name = "a" if place == 0 else _short(triple.predicate, table)
        text = f"{name} {_short(value, table)}"
        blocks.setdefault(_short(triple.subject, table), []).append(((place, rank, text), text))
    header = re.sub(r"\A(?:@prefix .*\n)+", "", path.read_text(encoding="utf-8")).split(" .\n", 1)[0].strip() + " ."
    body = [f"{subject} {_joined(lines)} ." for subject, lines in sorted(blocks.items())]
    text = "\n\n".join([header, *body]) + "\n"
    plain = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', "", text)
    used = [label for label in table if re.search(rf"(?<![\w-]){re.escape(label)}:", plain)]
    prefixes = "".join(f"@prefix {label}: <{table[label]}> .\n" for label in used)
    part = path.with_name(path.name + ".part")  # a full disk must not cost the file that was there
    part.write_text(f"{prefixes}\n{text}", encoding="utf-8")
    part.replace(path)
    return path


def _joined(lines: Iterable[tuple[tuple[int, int, str], str]]) -> str:
    return " ;\n    ".join(text for _, text in sorted(lines))


def _short(term: object, table: dict[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        for label, namespace in table.items():
            local = term.value.removeprefix(namespace)
            if local != term.value and re.fullmatch(r"[A-Za-z0-9][\w-]*", local):
                return f"{label}:{local}"
        return f"<{term.value}>"
    if isinstance(term, ox.Literal) and term.datatype.value == STANDARD["xsd"] + "decimal":
        return term.value
    return str(term)


if __name__ == "__main__":
    write_flags(load(Path.cwd()))
