"""Deadlines that count steps instead of seconds, so that tests need no clock."""

from govplan.deadline import Deadline

HOUR = 3600.0


class Counted(Deadline):
    """A deadline of an hour that counts how often it is asked, and is over from the question number `last` on."""

    __slots__ = ("asked", "last")

    def __init__(self, last: int | None = None) -> None:
        """Never be over where `last` is None."""
        super().__init__(HOUR)
        self.asked = 0
        self.last = last

    def over(self) -> bool:
        """Count one more question and answer it."""
        self.asked += 1
        return super().over() or (self.last is not None and self.asked >= self.last)


def left() -> Deadline:
    """Return the deadline of a request whose client has left."""
    gone = Deadline(HOUR)
    gone.cancel()
    return gone
