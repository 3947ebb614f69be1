"""The shapes of texts, for the languages of a project: the core says them once for each of its own languages.

A core shape that asks for a text in one language ends in its tag, such as `Labelled-label-en`. A language that a
project adds gets shapes like those for English, one that it does not publish in loses them. What the core itself
describes may stay in the core's languages.
"""

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from govplan.namespaces import CORE, STANDARD

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_SHAPE = f"{CORE}shape/"
_TEXT = f"{_SHAPE}Text-"
_MODEL = "en"
_ASKS = ox.NamedNode(STANDARD["sh"] + "qualifiedValueShape")
_FIRST, _REST = (ox.NamedNode(STANDARD["rdf"] + name) for name in ("first", "rest"))
_NIL = ox.NamedNode(STANDARD["rdf"] + "nil")
# How the messages of the shapes name the language of the model.
_NAMES = ("English", "Engels", "anglais", "Englisch")


def in_languages(shapes: Iterable[ox.Quad], languages: Sequence[str]) -> list[ox.Quad]:
    """Return the shapes as a project with these languages needs them."""
    quads = list(shapes)
    asking = {_iri(quad.subject): _iri(quad.object).removeprefix(_TEXT) for quad in quads if quad.predicate == _ASKS}
    known = set(asking.values())
    dropped = {iri for iri, tag in asking.items() if tag not in languages}
    kept = [quad for quad in quads if not {_iri(quad.subject), _iri(quad.object)} & dropped]
    for tag in languages:
        if tag not in known:
            kept += _like_the_model(quads, asking, tag)
    return _allowed(kept, [tag for tag in languages if tag not in known])


def added(shapes: Iterable[ox.Quad], languages: Sequence[str]) -> frozenset[str]:
    """Return the IRIs of the shapes that only languages of the project need; they ask nothing of the core."""
    asking = {_iri(quad.subject): _iri(quad.object) for quad in shapes if quad.predicate == _ASKS}
    known = {iri.removeprefix(_TEXT) for iri in asking.values()}
    models = [iri.removesuffix(_MODEL) for iri, text in asking.items() if text == f"{_TEXT}{_MODEL}"]
    return frozenset(f"{model}{tag}" for model in models for tag in languages if tag not in known)


def _like_the_model(quads: Sequence[ox.Quad], asking: dict[str, str], tag: str) -> list[ox.Quad]:
    """Return the shapes of one more language, made after those of the model."""
    renamed = {iri: f"{iri.removesuffix(_MODEL)}{tag}" for iri, own in asking.items() if own == _MODEL}
    renamed |= {f"{_TEXT}{_MODEL}": f"{_TEXT}{tag}", f"{_SHAPE}only-{_MODEL}": f"{_SHAPE}only-{tag}"}
    made = []
    for quad in quads:
        if _iri(quad.subject) in renamed or _iri(quad.object) in renamed:
            subject = ox.NamedNode(renamed.get(_iri(quad.subject), _iri(quad.subject)))
            made.append(ox.Quad(subject, quad.predicate, _in(quad.object, renamed, tag), quad.graph_name))
    return made


def _in(term: Term, renamed: dict[str, str], tag: str) -> Term:
    if isinstance(term, ox.NamedNode):
        return ox.NamedNode(renamed.get(term.value, term.value))
    if isinstance(term, ox.Literal) and term.value == _MODEL:
        return ox.Literal(tag)
    if isinstance(term, ox.Literal) and term.language:
        text = term.value.replace(f"@{_MODEL}", f"@{tag}")
        for name in _NAMES:
            text = text.replace(name, tag)
        return ox.Literal(text, language=term.language)
    return term


def _allowed(quads: Sequence[ox.Quad], more: Sequence[str]) -> list[ox.Quad]:
    """Return the shapes with further languages at the end of the list of those that a text may have."""
    made = list(quads)
    for tag in more:
        end = next(quad for quad in made if quad.predicate == _REST and quad.object == _NIL and _is_list(quad.subject))
        node = ox.NamedNode(f"{_SHAPE}languages-{tag}")
        made.remove(end)
        made += [
            ox.Quad(end.subject, _REST, node, end.graph_name),
            ox.Quad(node, _FIRST, ox.Literal(tag), end.graph_name),
            ox.Quad(node, _REST, _NIL, end.graph_name),
        ]
    return made


def _is_list(term: object) -> bool:
    return _iri(term).startswith(f"{_SHAPE}languages")


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""
