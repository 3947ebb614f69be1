"""Where commands write: consoles that show what a terminal can, and bytes that arrive whole or are told as lost."""

import errno
import io
import os
import sys
from typing import Any, NoReturn, TextIO

from rich.console import Console

from govplan.disk import mending, reason
from govplan.errors import MachineRefuses, ReleaseNotWritten

# What the shell says of a program that a closed pipe ended: 128 and the number of SIGPIPE.
CLOSED_PIPE = 141
_OF_ACCESS = (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class _Screen(Console):
    def print(self, *objects: Any, **how: Any) -> None:
        """Print as Console does.

        Raises ReleaseNotWritten if standard output does not take it. What standard error does not take is lost, for
        there is no other place to say it; the exit code still tells how the command ended.
        """
        try:
            super().print(*objects, **how)
        except OSError as problem:
            if not self.stderr:
                raise _not_delivered(problem) from problem
            _discard(sys.stderr)

    def on_broken_pipe(self) -> NoReturn:
        """End quietly, as the reader has all that it wanted."""
        end_of_pipe()


# Names of files and texts of the data may look like the markup of a console.
OUT = _Screen(soft_wrap=True, highlight=False, markup=False, emoji=False)
ERR = _Screen(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)


def show_all_characters() -> None:
    """Have characters that the terminal cannot show written as their code: `\\u2026`. No command fails by them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_bytes(body: bytes) -> None:
    """Write an answer or a file to standard output, as it is. Raises ReleaseNotWritten if not all of it goes there."""
    if sys.stdout is None:
        raise ReleaseNotWritten("Standard output is closed.", mend="leave it open, or send it to a file")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        end_of_pipe()
    except OSError as problem:
        raise _not_delivered(problem) from problem


def refused(problem: OSError) -> MachineRefuses:
    """Return a refusal of the system that no part of the program expected as a named error."""
    mend = "see whether it is there, and whether this user may read and use it"
    return MachineRefuses(
        f"The system refuses: {reason(problem)}.",
        where=None if problem.filename is None else str(problem.filename),
        mend=mend if problem.errno in _OF_ACCESS else mending(problem),
    )


def _not_delivered(problem: OSError) -> ReleaseNotWritten:
    _discard(sys.stdout)
    return ReleaseNotWritten(
        f"The output cannot be written whole: {reason(problem)}.", where="standard output", mend=mending(problem)
    )


def _is_stuck(stream: TextIO | None) -> bool:
    """Tell whether a stream holds what it cannot get rid of."""
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        return True
    return False


def end_of_pipe() -> NoReturn:
    """End the process without a word."""
    for stream in (sys.stdout, sys.stderr):
        if _is_stuck(stream):
            _discard(stream)
    sys.exit(CLOSED_PIPE)


def _discard(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere: at the end of the process Python would complain about it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
