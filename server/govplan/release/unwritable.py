"""Statements that RDF/XML has no form for: they would keep a dump from being written."""

from collections.abc import Iterator

from govplan.content import Content, Problem
from govplan.rdfxml import property_name


def unwritable(content: Content) -> Iterator[Problem]:
    """Yield a violation for the first use in each file of a property that no element of RDF/XML can name."""
    for file in content.files:
        first = {quad.predicate.value: quad for quad in reversed(file.quads)}
        for iri in sorted(iri for iri in first if property_name(iri) is None):
            subject = str(getattr(first[iri].subject, "value", first[iri].subject))
            line = file.line_of(subject)
            yield Problem(
                "violation",
                file.path if line is None else f"{file.path}:{line}",
                subject,
                "RDF/XML",
                f"The property <{iri}> cannot be written as RDF/XML, which names an element by the end of its IRI.",
                "give the property an IRI that ends in a letter or in a name such as year2024",
            )
