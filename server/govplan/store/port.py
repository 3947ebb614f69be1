"""The port `Store`: a query goes in as text, an answer comes out as bytes and a media type (see README.md here)."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One SPARQL query over a dataset.

    `media_type` is the bare type of a row of `formats.py` and must fit the query form.
    `default_graphs` and `named_graphs` are absolute IRIs and replace the dataset as SPARQL 1.1 Protocol section 2.1.4
    says; with both empty the default graph is the union of all named graphs.
    """

    query: str
    media_type: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: never a part of one."""

    body: bytes
    media_type: str


class Store(Protocol):
    """Something that answers SPARQL 1.1 queries over one release."""

    def answer(self, request: Request) -> Answer:
        """Return the complete answer.

        Raises QueryMalformed, QueryRefused, QueryTooLong, FormatUnknown (the query's fault) or StoreUnavailable (not).
        """
        ...

    def close(self) -> None:
        """Give back what the store holds; it answers nothing afterwards."""
        ...
