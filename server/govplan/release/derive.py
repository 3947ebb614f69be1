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
from govplan.content.writer import TurtleWriter
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
    writer = TurtleWriter(settings.prefixes, settings.languages)
    texts = {name: writer.document(_header(settings, name, there), triples) for name, triples in due.items()}
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
