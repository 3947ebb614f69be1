"""Asking again what was cited, here or on another engine, and telling how the answers compare (RDA R14)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from govplan.citing.examining import Examined, examine
from govplan.citing.keys import Cited
from govplan.citing.records import Record
from govplan.citing.verifiable import Reason
from govplan.errors import GovplanError
from govplan.formats import Form
from govplan.sparql import Answer
from govplan.sparql.limits import UNLIMITED
from govplan.sparql.scan import scan

# `bytes`: the same answer, byte for byte; `content`: it says the same; `failed`: there is none.
Result = Literal["bytes", "content", "differs", "unverifiable", "failed"]
# Asks for a text with default and named graphs, in a media type.
Ask = Callable[[str, str, tuple[str, ...], tuple[str, ...]], Answer]


@dataclass(frozen=True, slots=True)
class Item:
    """Something to verify: its name, its request and text, and what it was: hashes of content and bytes.

    Without these, it is compared with what it is here.
    """

    name: str
    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    content: str | None = None
    answer: str = ""

    @classmethod
    def of(cls, name: str, cited: Cited, content: str, answer: str = "") -> "Item":
        """Return the item that a cited query is."""
        return cls(name, cited.query, cited.default_graphs, cited.named_graphs, content, answer)

    @classmethod
    def of_record(cls, record: Record) -> "Item":
        """Return the item that a record is."""
        return cls.of(record.digest, record.cited, record.content, record.answer)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one answer compares, and why where it is not verifiable; `problem` is what went wrong."""

    name: str
    result: Result
    reasons: tuple[Reason, ...] = ()
    problem: str = ""


def verified(items: Iterable[Item], here: Ask, there: Ask | None = None) -> Iterator[Outcome]:
    """Ask each item on the engine `there`, or here, and compare it with what it was, or with what it is here.

    Without hashes and without another engine there is nothing to compare; such items are left out.
    """
    for item in items:
        if item.content is None and there is None:
            continue
        try:
            yield _outcome(item, here, there)
        except GovplanError as problem:
            yield Outcome(item.name, "failed", problem=problem.what)


def _outcome(item: Item, here: Ask, there: Ask | None) -> Outcome:
    form = scan(item.text, UNLIMITED).form
    now = _examined(item, form, there or here)
    if item.content is None:
        then = _examined(item, form, here)
        content, answer = then.content, then.answer
    else:
        content, answer = item.content, item.answer
    match now.compared(content):
        case "same":
            return Outcome(item.name, "bytes" if now.answer == answer else "content")
        case "unverifiable":
            return Outcome(item.name, "unverifiable", now.verdict.reasons)
        case _:
            return Outcome(item.name, "differs", now.verdict.reasons)


def _examined(item: Item, form: Form, ask: Ask) -> Examined:
    return examine(item.text, form, lambda kind: ask(item.text, kind, item.default_graphs, item.named_graphs))
