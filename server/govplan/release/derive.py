"""What follows from the content by its own published rules: flags and measurements, never facts.

Each rule for flags is a CONSTRUCT query in a file that a `gp:Rule` of the project or of a profile names. It reads
everything but what is derived itself. `govplan derive` writes both files of the project it is run in.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content import Content, read_project
from govplan.disk import write_whole
from govplan.errors import ContentUnreadable
from govplan.folders import authored, below_root
from govplan.namespaces import NS, STANDARD
from govplan.release.agreement import measurements
from govplan.text import read_text

FLAGS = "data/plans/be-ai-convergence/derived/flags.ttl"
AGREEMENT = "data/plans/be-ai-convergence/derived/agreement.ttl"
_RULE_FILE = ox.NamedNode(f"{NS}ruleFile")
_LAST = STANDARD["prov"] + "wasDerivedFrom"
_BARE = (STANDARD["xsd"] + "decimal", STANDARD["xsd"] + "integer")
_FIRST = (STANDARD["rdf"] + "type", STANDARD["rdfs"] + "label")


def derive(content: Content, settings: Settings) -> set[ox.Triple]:
    """Return every statement that the rules of the project and of its profiles derive from the other files.

    Raises ContentUnreadable, naming the file, for a rule whose query is not there or is no CONSTRUCT query.
    """
    store = ox.Store()
    store.extend(quad for file in content.files if file.path not in (FLAGS, AGREEMENT) for quad in file.quads)
    found: set[ox.Triple] = set()
    for name, text in _rules(content, settings):
        try:
            triples = store.query(text, use_default_graph_as_union=True)
        except SyntaxError as problem:
            raise ContentUnreadable(
                f"The rule cannot be used: {problem}.", where=name, mend="correct the query"
            ) from problem
        if not isinstance(triples, ox.QueryTriples):
            raise ContentUnreadable("The rule is no CONSTRUCT query.", where=name, mend="construct the flags")
        found.update(triples)
    return found


def _rules(content: Content, settings: Settings) -> list[tuple[str, str]]:
    """The name and the text of the query of each rule, whether the project or a profile brings it."""
    named = {
        quad.object.value: file.place(quad)
        for file in content.files
        for quad in file.quads
        if quad.predicate == _RULE_FILE and isinstance(quad.object, ox.Literal)
    }
    # The project may bring a rule in the place of one of a profile.
    files = {file.within: file for file in authored(settings, "data", ".rq")}
    for name, place in named.items():
        if below_root(name) not in files:
            raise ContentUnreadable(
                f"A rule names the file {name}, which is not there.", where=place, mend="correct gp:ruleFile"
            )
    found = (files[below_root(name)] for name in sorted(named))
    return [(file.name, read_text(file.path, file.name, ContentUnreadable)) for file in found]


def write_derived(settings: Settings) -> list[tuple[Path, int]]:
    """Write what is derived below the header of each derived file; return each path with its number of statements.

    Raises ContentUnreadable for a file that is not there with its header, or a rule that cannot be used; no file is
    then changed. Raises ReleaseNotWritten for a file that cannot be written, which stays as it was.
    """
    content = read_project(settings)
    found = {FLAGS: derive(content, settings), AGREEMENT: measurements(content, settings.base)}
    texts = {name: _turtle(_header(settings, name), triples, settings) for name, triples in found.items()}
    for name, text in texts.items():
        write_whole(settings.root / name, text.encode())
    return [(settings.root / name, len(triples)) for name, triples in found.items()]


def _header(settings: Settings, name: str) -> str:
    """The comment and the description of the graph, which a person wrote."""
    text = read_text(settings.root / name, name, ContentUnreadable)
    return re.sub(r"\A(?:@prefix .*\n)+", "", text).split(" .\n", 1)[0].strip() + " ."


def _turtle(header: str, triples: Iterable[ox.Triple], settings: Settings) -> str:
    languages = {tag: rank for rank, tag in enumerate(settings.languages)}
    blocks: dict[str, list[tuple[tuple[int, int, str], str]]] = {}
    table = settings.prefixes
    for triple in triples:
        predicate, value = triple.predicate.value, triple.object
        rank = languages.get(getattr(value, "language", None) or "", 0)
        place = _place(predicate, value)
        name = "a" if place == 0 else _short(triple.predicate, table)
        text = f"{name} {_short(value, table)}"
        blocks.setdefault(_short(triple.subject, table), []).append(((place, rank, text), text))
    body = [f"{subject} {_joined(lines)} ." for subject, lines in sorted(blocks.items())]
    text = "\n\n".join([header, *body]) + "\n"
    plain = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', "", text)
    used = [label for label in table if re.search(rf"(?<![\w-]){re.escape(label)}:", plain)]
    return "".join(f"@prefix {label}: <{table[label]}> .\n" for label in used) + f"\n{text}"


def _place(predicate: str, value: object) -> int:
    """The order of predicates (style rule T5): type, label, structure, numbers, source."""
    if predicate in _FIRST:
        return _FIRST.index(predicate)
    if predicate == _LAST:
        return 4
    return 3 if isinstance(value, ox.Literal) else 2


def _joined(lines: Iterable[tuple[tuple[int, int, str], str]]) -> str:
    return " ;\n    ".join(text for _, text in sorted(lines))


def _short(term: object, table: dict[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        for label, namespace in table.items():
            local = term.value.removeprefix(namespace)
            if local != term.value and re.fullmatch(r"[A-Za-z0-9][\w-]*", local):
                return f"{label}:{local}"
        return f"<{term.value}>"
    if isinstance(term, ox.Literal) and term.datatype.value in _BARE:
        return term.value
    return str(term)
