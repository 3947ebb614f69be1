"""The link report: per register of others, what is linked, missing, ambiguous, malformed and doubled."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyoxigraph as ox

from govplan.identifiers import Form
from govplan.links.records import Link, Register, read_registers


@dataclass(frozen=True, slots=True)
class Fault:
    """An identifier that cannot be right: the link it stands in, and why; `by_digits` if its form is right."""

    link: str
    identifier: str
    why: str
    by_digits: bool


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """One thing said to be the same as several: `one` of one side, `many` of the other; IRIs or identifiers."""

    one: str
    many: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What is known of the links to one register; things of ours are IRIs, all lists are sorted.

    `linked` counts our things with at least one link, `targets` are the IRIs linked to; `candidates` are links known
    second-hand only; `missing` is what nobody has linked yet, without `not_found`, which was looked for in vain.
    """

    register: str
    label: dict[str, str]
    links: int
    linked: int
    targets: tuple[str, ...]
    candidates: tuple[str, ...]
    missing: tuple[str, ...]
    not_found: tuple[str, ...]
    ambiguous: tuple[Ambiguity, ...]
    malformed: tuple[Fault, ...]
    duplicates: tuple[Ambiguity, ...]


@dataclass(frozen=True, slots=True)
class LinkReport:
    """The reports of all registers, by name."""

    registers: tuple[RegisterReport, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the report as plain values."""
        return [asdict(register) for register in self.registers]


def link_report(quads: Iterable[ox.Quad], base: str, forms: Sequence[Form]) -> LinkReport:
    """Return the report on the links among these statements; nothing is looked up anywhere else.

    `forms` tell which check digits the identifiers of a register carry.
    """
    return LinkReport(tuple(_report(register, forms) for register in read_registers(quads, base)))


def _report(register: Register, forms: Sequence[Form]) -> RegisterReport:
    linked = {link.ours for link in register.links}
    return RegisterReport(
        register=register.name,
        label=dict(register.labels),
        links=len(register.links),
        linked=len(linked),
        targets=tuple(sorted({link.theirs for link in register.links if link.datatype is None})),
        candidates=tuple(link.iri for link in register.links if not link.stated and link.identical),
        missing=tuple(thing for thing in register.things if thing not in linked and thing not in register.not_found),
        not_found=register.not_found,
        ambiguous=tuple(_ambiguous(register)),
        malformed=tuple(_malformed(register, forms)),
        duplicates=tuple(_duplicates(register)),
    )


def _ambiguous(register: Register) -> Iterable[Ambiguity]:
    """One of ours that is the same as two of theirs, and one of theirs that is the same as two of ours."""
    exact = [(link.ours, register.key(link.theirs)) for link in register.links if link.identical]
    yield from _several(exact)
    yield from _several([(theirs, ours) for ours, theirs in exact])


def _several(pairs: Sequence[tuple[str, str]]) -> Iterable[Ambiguity]:
    many: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        many[one].add(other)
    return [Ambiguity(one, tuple(sorted(others))) for one, others in sorted(many.items()) if len(others) > 1]


def _malformed(register: Register, forms: Sequence[Form]) -> Iterable[Fault]:
    own = [form for form in forms if form.name == register.name]
    for link in register.links:
        if re.search(register.pattern, link.theirs) is None:
            yield Fault(link.iri, link.theirs, "it does not have the form that the register uses", by_digits=False)
        elif not all(form.is_right(register.key(link.theirs)) for form in own):
            yield Fault(link.iri, link.theirs, "its check digits are wrong", by_digits=True)


def _duplicates(register: Register) -> Iterable[Ambiguity]:
    """Links between one thing and one identifier, however it is written: http or https, with or without a slash."""
    same: dict[tuple[str, str, str | None], list[Link]] = defaultdict(list)
    for link in register.links:
        plain = link.theirs.removeprefix("https://").removeprefix("http://").rstrip("/")
        same[link.ours, plain, link.datatype].append(link)
    return [Ambiguity(links[0].theirs, tuple(link.iri for link in links)) for links in same.values() if len(links) > 1]
