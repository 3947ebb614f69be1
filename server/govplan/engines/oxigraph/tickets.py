"""The queries that wait for one lane, and whose turn it is."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from govplan.engines.oxigraph.process import Worker


@dataclass(slots=True, eq=False)
class Ticket:
    """One waiting query; `called` becomes True once it may run, with the worker it has then, False if turned away.

    It is `parked` if it ran before: then it has its worker already, which is stopped.
    """

    client: Sequence[str]
    worker: Worker | None
    called: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    parked: bool = False
    for_page: bool = False

    @property
    def party(self) -> tuple[str, bool]:
        """Who takes turns with others: a client, by the first of its keys, for its pages and for all else."""
        return (self.client[0] if self.client else "", self.for_page)


class Tickets:
    """Waiting queries. Parties take turns, so that a crowd of one of them keeps only itself waiting; within a party,
    the first to come is the first to go.
    """

    def __init__(self) -> None:
        # The party whose turn is next stands first.
        self._parties: OrderedDict[tuple[str, bool], dict[Ticket, None]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._parties.values()))

    def __contains__(self, ticket: Ticket) -> bool:
        return ticket in self._parties.get(ticket.party, ())

    def __iter__(self) -> Iterator[Ticket]:
        return iter([ticket for tickets in self._parties.values() for ticket in tickets])

    def add(self, ticket: Ticket) -> None:
        """Add one that waits from now on; a new party is the last to have its turn."""
        self._parties.setdefault(ticket.party, {})[ticket] = None

    def remove(self, ticket: Ticket) -> None:
        """Remove one that waits no longer."""
        tickets = self._parties[ticket.party]
        del tickets[ticket]
        if not tickets:
            del self._parties[ticket.party]

    def in_turn(self) -> Iterator[Ticket]:
        """Yield those that wait, next first; one that is removed meanwhile has had the turn of its party."""
        left = deque(self._parties)
        while left:
            party = left.popleft()
            for ticket in list(self._parties.get(party, ())):
                yield ticket
                if ticket not in self:
                    if party in self._parties:
                        self._parties.move_to_end(party)
                        left.append(party)
                    break
