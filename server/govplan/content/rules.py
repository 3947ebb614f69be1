"""The rules a file must keep whatever its vocabulary: plain terms, known prefixes, a header that says who speaks."""

import re
from collections.abc import Iterator

import pyoxigraph as ox

from govplan.config import Settings
from govplan.content.problem import Problem
from govplan.content.project import Content, SourceFile
from govplan.content.register import check_registers
from govplan.content.terms import Fault, TermRules
from govplan.content.turtle import line_and_column
from govplan.namespaces import CORE, NS, STANDARD, prefixes, short

_TYPE = ox.NamedNode(STANDARD["rdf"] + "type")


def check_content(content: Content, settings: Settings) -> list[Problem]:
    """Return every broken rule of the files themselves, sorted; shapes and questions are checked elsewhere."""
    problems: list[Problem] = []
    terms = TermRules()
    for file in content.files:
        problems += _blank_nodes(file)
        problems += (_broken_term(file, quad, fault) for quad, fault in terms.faults(file))
        problems += _prefixes(file, settings.prefixes if file.base == settings.base else prefixes(file.base))
        if file.folder == "data":
            problems += _header(file, settings)
    problems += check_registers(content)
    problems += _taken(content, settings)
    return sorted(problems)


def _blank_nodes(file: SourceFile) -> Iterator[Problem]:
    for quad in file.quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            yield Problem(
                "violation",
                file.place(quad),
                str(quad.subject),
                "T8",
                f"The statement with {_short(quad.predicate.value, file)} uses a blank node.",
                "give the node an IRI: releases are compared and hashed",
            )


def _broken_term(file: SourceFile, quad: ox.Quad, fault: Fault) -> Problem:
    about = f"{fault.what} (value of {_short(quad.predicate.value, file)})."
    return Problem(fault.severity, file.place(quad, fault.character), _iri(quad.subject), "T9", about, fault.mend)


def _prefixes(file: SourceFile, table: dict[str, str]) -> Iterator[Problem]:
    for label, namespace in file.prefixes.items():
        if table.get(label) != namespace:
            right = next((known for known, ns in table.items() if ns == namespace), None)
            if right:
                mend = f"write {right}: instead"
            elif label in table:
                mend = (
                    f"write <{table[label]}>, or choose another label and add it to [project.prefixes] in govplan.toml"
                )
            else:
                mend = "add it to [project.prefixes] in govplan.toml"
            yield Problem(
                "violation",
                _place_of_prefix(file, label),
                namespace,
                "T1",
                f"The prefix {label}: does not stand for {namespace} in this project.",
                mend,
            )


def _place_of_prefix(file: SourceFile, label: str) -> str:
    match = re.search(rf"^[ \t]*@?prefix\s+{re.escape(label)}:", file.text, re.IGNORECASE | re.MULTILINE)
    return file.path if match is None else f"{file.path}:{line_and_column(file.text, match.start())[0]}"


def _header(file: SourceFile, settings: Settings) -> Iterator[Problem]:
    """Each data file describes its own graph first, so that a moved or copied file cannot speak for another source."""
    source_graph = ox.NamedNode(f"{NS}SourceGraph")
    headers = [quad for quad in file.quads if quad.predicate == _TYPE and quad.object == source_graph]
    declared = [_iri(quad.subject) for quad in headers]
    if declared != [file.graph]:
        wrong = next((quad for quad in headers if _iri(quad.subject) != file.graph), None)
        yield Problem(
            "violation",
            file.path if wrong is None else file.place(wrong),
            declared[0] if declared else file.graph,
            "T2",
            "The file does not describe its own graph as its one gp:SourceGraph.",
            f"begin with <{file.graph}> a gp:SourceGraph and say which layer it is and who speaks",
        )


def _taken(content: Content, settings: Settings) -> Iterator[Problem]:
    """A server answers things of the project and of its profiles at the paths of their IRIs, so these must differ."""
    if settings.base == CORE:
        return
    taken = {settings.base + iri.removeprefix(CORE) for iri in content.given if iri.startswith(f"{CORE}id/")}
    found = {_iri(quad.subject): (file, quad) for file in content.files if not file.is_given for quad in file.quads}
    for iri in sorted(taken & found.keys()):
        file, quad = found[iri]
        what = "A profile of the project describes another thing of this kind and name."
        yield Problem("violation", file.place(quad), iri, "profiles", what, "give yours another name")


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _short(iri: str, file: SourceFile) -> str:
    name = short(iri, file.prefixes)
    return f"<{iri}>" if name == iri else name
