"""What was computed once of a release and is kept as long as that release is served."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import current_app

_EXTENSION = "govplan.memory"
_MOST = 1000
T = TypeVar("T")


def kept(key: Hashable, compute: Callable[[], T]) -> T:
    """Return what `compute` gave for this key; each release has an application, and so a memory, of its own.

    The caller answers for keys being few: parts of the dataset, languages and prefixes, never what a request made up.
    A proxy that passes on the prefixes of its clients fills no memory all the same.
    """
    memory: dict[Hashable, Any] = current_app.extensions.setdefault(_EXTENSION, {})
    if key in memory:
        found: T = memory[key]
        return found
    made = compute()
    if len(memory) < _MOST:
        memory[key] = made
    return made
