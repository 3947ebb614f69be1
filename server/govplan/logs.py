"""The log of a server process: lines are written together about once a second, and warnings at once."""

import logging
import sys
import time
from typing import TextIO

_MOST_BYTES = 1 << 16


class _Times(logging.Formatter):
    """Formats the time of a line; many lines have the same second."""

    def __init__(self, form: str) -> None:
        super().__init__(form)
        self._second, self._written = -1, ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 — logging's name
        """Return the time as logging writes it by default."""
        second = int(record.created)
        if second != self._second:
            self._second = second
            self._written = time.strftime(self.default_time_format, time.localtime(second))
        return f"{self._written},{int(record.msecs):03}"


class BufferedHandler(logging.Handler):
    """Writes lines to a stream when it is told to flush, at a warning, and when 64 KiB wait. Threads may share it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream or sys.stderr
        self._lines: list[str] = []
        self._waiting = 0
        self.setFormatter(_Times("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line."""
        line = self.format(record) + "\n"
        self._lines.append(line)
        self._waiting += len(line)
        if record.levelno >= logging.WARNING or self._waiting > _MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self.acquire()
        try:
            lines, self._lines, self._waiting = self._lines, [], 0
            if lines:
                self._stream.write("".join(lines))
                self._stream.flush()
        finally:
            self.release()
