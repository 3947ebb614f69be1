"""One release that is open for reading, and what was computed of it once."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from govplan.config import Settings
from govplan.manifest import Manifest
from govplan.sparql import Store

_MOST = 1000
T = TypeVar("T")


class Wording(Protocol):
    """What the interface calls terms of standard vocabularies, in the language of its reader; None for any other."""

    def term(self, iri: str) -> str | None:
        """Return the name of a term."""

    def inverse(self, iri: str) -> str | None:
        """Return the name of a property that is read from its value."""


class NoWords:
    """The wording of a program without an interface: terms go by their short names."""

    def term(self, iri: str) -> str | None:
        """Return None."""
        return None

    inverse = term


@dataclass(kw_only=True, eq=False)
class Release:
    """One release: the project's settings, its manifest, and the store that answers queries on it."""

    settings: Settings
    manifest: Manifest
    store: Store
    wording: Wording = field(default_factory=NoWords)
    _memory: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def cached(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what `compute` gave for this key, for as long as the release is open.

        The caller answers for keys being few: parts of the dataset, languages and prefixes, never what a request made
        up. A proxy that passes on the prefixes of its clients fills no memory all the same.
        """
        if key in self._memory:
            found: T = self._memory[key]
            return found
        made = compute()
        if len(self._memory) < _MOST:
            self._memory[key] = made
        return made
