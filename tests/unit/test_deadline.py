"""The deadline of a request: what it gives, when it is over, and whose it is."""

import contextvars
from collections.abc import Iterator

import pytest

from govplan import deadline
from govplan.deadline import EVERY, Deadline
from govplan.errors import QueryTimedOut

LONG = 3600.0


def test_work_without_a_deadline() -> None:
    """Where nobody set a deadline, as on the command line, work takes its time."""
    deadline.check()

    assert deadline.current() is None
    assert not deadline.over()
    assert (None, 2.0) == (deadline.left(), deadline.left(2.0))


def test_time_that_is_left() -> None:
    """A deadline tells what is left of its limit, and so does the work that has it."""
    long = Deadline(LONG)
    with deadline.within(long):
        assert long is deadline.current()
        assert 0 < (deadline.left() or 0) <= LONG
        assert 2.0 == deadline.left(2.0)
        deadline.check()
    assert deadline.current() is None


def test_over() -> None:
    """Once the time is over, nothing is left, and a check says after how many seconds it was and by which setting."""
    with deadline.within(Deadline(0.0)):
        assert deadline.over()
        assert (0.0, 0.0) == (deadline.left(), deadline.left(2.0))
        with pytest.raises(QueryTimedOut, match="request was ended after 0 s") as caught:
            deadline.check()
    assert (0.0, "query_seconds") == (caught.value.limit, caught.value.setting)


def test_cancelled() -> None:
    """A cancelled deadline is over at once, however long it was."""
    long = Deadline(LONG)
    long.cancel()

    assert (True, 0.0) == (long.over(), long.left())
    with pytest.raises(QueryTimedOut):
        long.check()


def test_deadline_is_that_of_its_context() -> None:
    """Work that runs in a copy of the context has the deadline; other work does not."""
    long = Deadline(LONG)
    other = contextvars.Context()
    with deadline.within(long):
        copied = contextvars.copy_context()
        with deadline.within(None):
            assert deadline.current() is None
        assert long is deadline.current()
    assert long is copied.run(deadline.current)
    assert other.run(deadline.current) is None


def test_loop_ends_with_its_time() -> None:
    """A loop over checked items does nothing once the time is over, and stops soon where it is cancelled."""
    long = Deadline(LONG)

    def items() -> Iterator[int]:
        for number in range(10 * EVERY):
            if number == EVERY:
                long.cancel()
            yield number

    seen: list[int] = []
    with deadline.within(long), pytest.raises(QueryTimedOut):
        seen.extend(deadline.checked(items()))
    with deadline.within(Deadline(0.0)), pytest.raises(QueryTimedOut):
        seen.extend(deadline.checked(range(9)))

    assert list(range(3)) == list(deadline.checked(range(3)))
    assert len(seen) <= EVERY
