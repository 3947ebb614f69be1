"""Asking the registers whether what we link to is there: politely, one request a second to each host."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from govplan.errors import SourceRefused, SourceUnavailable
from govplan.fetching.addresses import PUBLIC, Network
from govplan.fetching.download import probe

PAUSE_SECONDS = 1.0
PROBE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An address that did not lead to a success, and why: a status, or the words of the error."""

    iri: str
    why: str


def unreachable(
    iris: Iterable[str],
    *,
    network: Network = PUBLIC,
    pause: float = PAUSE_SECONDS,
    seconds: float = PROBE_SECONDS,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
) -> list[Unreachable]:
    """Return the http(s) addresses among `iris` that do not answer with a success, sorted.

    Each is asked once; a host is asked at most once in `pause` seconds. `progress` is told how many of how many are
    done. Nothing is changed by what is found.
    """
    wanted = sorted({iri for iri in iris if iri.startswith(("http://", "https://"))})
    found = []
    for done, iri in enumerate(_in_turn(wanted, pause), start=1):
        why = _trouble(iri, network, seconds)
        if why is not None:
            found.append(Unreachable(iri, why))
        progress(done, len(wanted))
    return sorted(found, key=lambda each: each.iri)


def _in_turn(iris: list[str], pause: float) -> Iterator[str]:
    """Yield the addresses, that of the host which has rested longest first, and wait where none has rested enough."""
    queues: dict[str, deque[str]] = defaultdict(deque)
    for iri in iris:
        queues[urlsplit(iri).netloc].append(iri)
    free = dict.fromkeys(queues, 0.0)
    rest = threading.Event()
    while queues:
        host = min(queues, key=lambda name: free[name])
        rest.wait(max(0.0, free[host] - time.monotonic()))
        yield queues[host].popleft()
        free[host] = time.monotonic() + pause
        if not queues[host]:
            del queues[host]


def _trouble(iri: str, network: Network, seconds: float) -> str | None:
    try:
        status = probe(iri.partition("#")[0], seconds=seconds, network=network)
    except (SourceRefused, SourceUnavailable) as problem:
        return problem.what
    return None if 200 <= status < 300 else f"status {status}"
