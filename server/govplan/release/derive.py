"""What follows from the content by its own published rules: flags and measurements, never facts.

A rule for flags is a CONSTRUCT query in a file that a `gp:Rule` of the project or of a profile names. It reads
everything but what is derived itself. Each plan has the flags on its own actions and the agreement of its own coders,
in two files that `govplan derive` writes.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content import Content, read_project
from govplan.content.project import FOLDERS
from govplan.disk import write_whole
from govplan.errors import ContentUnreadable
from govplan.folders import authored, below_root
from govplan.namespaces import NS, STANDARD
from govplan.release.agreement import measurements
from govplan.text import read_text

# Below the folder of a plan.
FLAGS = "derived/flags.ttl"
AGREEMENT = "derived/agreement.ttl"
_TYPE = ox.NamedNode(STANDARD["rdf"] + "type")
_ACTION, _FLAGS, _RULE, _RULE_FILE = (ox.NamedNode(NS + name) for name in ("Action", "flags", "Rule", "ruleFile"))
_LAST = STANDARD["prov"] + "wasDerivedFrom"
_BARE = (STANDARD["xsd"] + "decimal", STANDARD["xsd"] + "integer")
_FIRST = (STANDARD["rdf"] + "type", STANDARD["rdfs"] + "label")
Statements = set[ox.Triple]


def derive(content: Content, settings: Settings) -> dict[str, Statements]:
    """Return path of the derived file → every statement that is due in it, for both files of each plan.

    Raises ContentUnreadable, naming the file, for a rule whose query is not there, is no CONSTRUCT query, or constructs
    what flags no action of a plan.
    """
    due: dict[str, Statements] = {f"{plan}/{FLAGS}": set() for plan in content.plans}
    plan_of: dict[object, str] = {
        quad.subject: file.plan for file in content.files if file.plan for quad in _typed(file.quads, _ACTION)
    }
    store = ox.Store()
    store.extend(quad for file in content.files if not _is_derived(file.path, content) for quad in file.quads)
    for name, text in _rules(content, settings):
        triples = _constructed(store, name, text)
        flagged = {triple.subject: triple.object for triple in triples if triple.predicate == _FLAGS}
        for triple in triples:
            plan = plan_of.get(flagged.get(triple.subject))
            if plan is None:
                raise ContentUnreadable(
                    f"The rule says something of {triple.subject}, which flags no action of a plan.",
                    where=name,
                    mend="construct gp:flags with an action that a file of a plan describes",
                )
            due[f"{plan}/{FLAGS}"].add(triple)
    return due | {f"{plan}/{AGREEMENT}": measurements(content, plan, settings.base) for plan in content.plans}


def _is_derived(path: str, content: Content) -> bool:
    return any(path in (f"{plan}/{FLAGS}", f"{plan}/{AGREEMENT}") for plan in content.plans)


def _typed(quads: Iterable[ox.Quad], kind: ox.NamedNode) -> Iterable[ox.Quad]:
    return (quad for quad in quads if quad.predicate == _TYPE and quad.object == kind)


def _rules(content: Content, settings: Settings) -> list[tuple[str, str]]:
    """The name and the text of the query of each described rule, whoever brings it."""
    described = {quad.subject for quad in _typed(content.quads, _RULE)}
    named = {
        quad.object.value: file.place(quad)
        for file in content.files
        for quad in file.quads
        if quad.predicate == _RULE_FILE and quad.subject in described and isinstance(quad.object, ox.Literal)
    }
    # The project may bring a rule in the place of one of a profile.
    files = {file.within: file for folder in FOLDERS for file in authored(settings, folder, ".rq")}
    for name, place in named.items():
        if below_root(name) not in files:
            raise ContentUnreadable(
                f"A rule names the file {name}, which is not there.", where=place, mend="correct gp:ruleFile"
            )
    found = (files[below_root(name)] for name in sorted(named))
    return [(file.name, read_text(file.path, file.name, ContentUnreadable)) for file in found]


def _constructed(store: ox.Store, name: str, text: str) -> list[ox.Triple]:
    try:
        triples = store.query(text, use_default_graph_as_union=True)
    except SyntaxError as problem:
        raise ContentUnreadable(
            f"The rule cannot be used: {problem}.", where=name, mend="correct the query"
        ) from problem
    if not isinstance(triples, ox.QueryTriples):
        raise ContentUnreadable("The rule is no CONSTRUCT query.", where=name, mend="construct the flags")
    return list(triples)


def write_derived(settings: Settings) -> list[tuple[Path, int]]:
    """Write what is derived below the header of each derived file; return each path with its number of statements.

    A plan that nothing is derived for needs no such file. Raises ContentUnreadable for a file that is due and not there
    with its header, or a rule that cannot be used; no file is then changed. Raises ReleaseNotWritten for a file that
    cannot be written, which stays as it was.
    """
    content = read_project(settings)
    there = {file.path for file in content.files}
    due = {name: triples for name, triples in derive(content, settings).items() if triples or name in there}
    texts = {name: _turtle(_header(settings, name, there), triples, settings) for name, triples in due.items()}
    for name, text in texts.items():
        write_whole(settings.root / name, text.encode())
    return [(settings.root / name, len(triples)) for name, triples in due.items()]


def _header(settings: Settings, name: str, there: set[str]) -> str:
    """The comment and the description of the graph, which a person wrote."""
    if name not in there:
        graph = f"{settings.base}graph/{name.removesuffix('.ttl')}"
        raise ContentUnreadable(
            "Something is derived for the plan, and the file for it is not there.",
            where=name,
            mend=f"write its header: <{graph}> a gp:SourceGraph in layer:derived, with its labels and date",
        )
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
