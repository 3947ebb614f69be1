"""The table of accounts: a bounded number of them, found by a keyed digest of their client.

Each key belongs to one set of a few slots; where they are all taken, the account that has been full again for longest
gives way, or else the one that will be so first. That is no loss to its client, who begins with a full account.
"""

import hashlib
from collections.abc import Sequence

from govplan.group.page import CLOCKS, KEY, SLOTS, Page

WAYS = 8


class Table:
    """The accounts in a page; every method but `keys` wants the lock of the page held."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def keys(self, clients: Sequence[str]) -> list[bytes]:
        """Return the keys of clients; the secret keeps a client from choosing its set."""
        secret = self.page.secret
        return [hashlib.blake2b(client.encode(), digest_size=KEY, key=secret).digest() for client in clients]

    def slots(self, keys: list[bytes], now: float) -> list[int]:
        """Return the slots of accounts, made where there are none; none of them gives way to another."""
        slots = [self.find(key) for key in keys]
        for place, key in enumerate(keys):
            if slots[place] < 0:
                slot = slots[place] = self._least(_first(key), slots)
                self.page.put(slot, key)
                self.set_full(slot, now, now)
        return slots

    def find(self, key: bytes) -> int:
        """Return the slot of an account, or -1 if there is none."""
        return self.page.find(key, _first(key), WAYS)

    def full(self, slot: int) -> tuple[float, float]:
        """Return when the seconds and the errors of an account are full again."""
        return self.page.clocks[CLOCKS * slot], self.page.clocks[CLOCKS * slot + 1]

    def set_full(self, slot: int, seconds: float, errors: float) -> None:
        """Set when the seconds and the errors of an account are full again."""
        self.page.clocks[CLOCKS * slot] = seconds
        self.page.clocks[CLOCKS * slot + 1] = errors

    def held(self, slot: int, kind: int) -> int:
        """Return how many places of a kind an account holds."""
        at = slot * self.page.cells + kind * self.page.columns
        return sum(self.page.held[at : at + self.page.columns])

    def hold(self, slot: int, kind: int, change: int) -> None:
        """Change how many places of a kind an account holds by this process; never below none."""
        at = slot * self.page.cells + kind * self.page.columns + self.page.column
        self.page.held[at] = max(0, self.page.held[at] + change)

    def _least(self, first: int, besides: list[int]) -> int:
        """Return the slot of a set with which least is lost: no places that are held, then what was used least."""
        clocks = self.page.clocks[CLOCKS * first : CLOCKS * (first + WAYS)].tolist()
        order = sorted(range(WAYS), key=lambda way: max(clocks[CLOCKS * way : CLOCKS * (way + 1)]))
        slots = [first + way for way in order if first + way not in besides]
        return next((slot for slot in slots if not self._any_held(slot)), slots[0])

    def _any_held(self, slot: int) -> bool:
        return any(self.page.held[slot * self.page.cells : (slot + 1) * self.page.cells])


def _first(key: bytes) -> int:
    """Return the first slot of the set of a key."""
    return int.from_bytes(key[:4], "little") % (SLOTS // WAYS) * WAYS
