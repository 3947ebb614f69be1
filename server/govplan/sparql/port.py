"""The port `Store`: a query goes in as text, an answer comes out as bytes and a media type (see README.md here)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Protocol

from govplan.formats import Form

_PIECE = 1 << 16


class Scan(NamedTuple):
    """What a scan of a query text found.

    `star` is the offset of the `*` of the outermost SELECT, None where it has none; `variables` are in the order of
    their first mention; `dataset` says that the query names its own by FROM; `volatile` means that the same query may
    answer differently on the same release.
    """

    form: Form
    star: int | None
    variables: tuple[str, ...]
    dataset: bool
    volatile: bool


@dataclass(frozen=True, slots=True)
class Request:
    """One SPARQL query over a dataset.

    `media_type` is the bare type of a row of `formats.py` and must fit the query form.
    `default_graphs` and `named_graphs` are absolute IRIs and replace the dataset as SPARQL 1.1 Protocol section 2.1.4
    says; with both empty the default graph is the union of all named graphs.
    `seconds` may lower the time limit of the store, never raise it.

    `max_rows` asks for a preview of a SELECT: no more than its first rows, evaluated no further than it takes to know
    whether there are more; `partial_link` is then the IRI that the head of a partial answer links to, where the format
    has a place for it. `row_cap` is what the operator allows: past it the answer is an error. Both are at least 1, and
    neither means anything to other forms.

    Relative IRIs in the text are resolved against `base_iri`; without one they are errors.

    `for_page` says that a page is made of the answer: queries of pages and those of programs wait apart.

    `found` is what a scan found in this text, None if nobody has looked yet.
    `client` are the keys of who asks, where clients have budgets: nobody may hold all places for long queries.
    """

    query: str
    media_type: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None
    max_rows: int | None = None
    partial_link: str | None = None
    row_cap: int | None = None
    found: Scan | None = None
    client: Sequence[str] = ()
    base_iri: str | None = None
    for_page: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: never a part of one, except where `max_rows` asked for that and `partial` says so.

    A large one lies in a nameless file that whoever takes it closes.
    """

    content: bytes | BinaryIO
    media_type: str
    partial: bool = False

    @property
    def size(self) -> int:
        """The length of the answer in bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.seek(0, 2)

    @property
    def body(self) -> bytes:
        """The whole answer in memory; the file is closed."""
        if isinstance(self.content, bytes):
            return self.content
        return b"".join(self.pieces())

    def close(self) -> None:
        """Give back the file of an answer that nobody reads to its end."""
        if not isinstance(self.content, bytes):
            self.content.close()

    def pieces(self) -> Iterator[bytes]:
        """Yield the answer piece by piece and close the file, also where the reader stops early."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        with self.content as file:
            file.seek(0)
            while piece := file.read(_PIECE):
                yield piece


class Store(Protocol):
    """Something that answers SPARQL 1.1 queries over one release."""

    @property
    def waiting(self) -> int:
        """How many queries wait for their turn."""
        ...

    def answer(self, request: Request) -> Answer:
        """Return the complete answer.

        Raises a QueryError or FormatUnknown (the query is at fault); QueryTimedOut, Overloaded, SpoolFull, WorkerDied
        or StoreUnavailable (it may be answered later).
        """
        ...

    async def respond(self, request: Request) -> Answer:
        """Return the complete answer without holding a thread, on the event loop of the store; raises as `answer`."""
        ...

    def close(self) -> None:
        """Give back what the store holds; it answers nothing afterwards."""
        ...
