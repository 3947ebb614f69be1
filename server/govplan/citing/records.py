"""Requests that are too long for a key, one a line, in a file to which is only ever added (RDA R3, R9)."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from govplan.citing.keys import Cited, read_cited
from govplan.config import Settings
from govplan.disk import mending, reason
from govplan.errors import CitationsUnwritable, CitationUnknown, Overloaded
from govplan.filelocks import FileLock

FILE, _LOCK = "citations.jsonl", "citations.lock"
_PATIENCE, _PAUSE = 2.0, 0.01  # seconds
# So many new records a minute, whoever sends them: a full file is full for everybody.
_PER_MINUTE = 20


@dataclass(frozen=True, slots=True)
class Record:
    """One request that was cited: the hash it is found by, the request in its one spelling, and how it was sent.

    `original` is the query as its author wrote it (RDA R9); `release`, `content` and `answer` are the id of the release
    and the hashes of content and bytes when it was cited first; `made` is the time of that, in seconds since 1970.
    """

    digest: str
    request: str
    original: str
    release: str
    content: str
    answer: str
    made: int

    @property
    def cited(self) -> Cited:
        """The request."""
        return read_cited(self.request.encode())


def records_of(settings: Settings) -> "Records":
    """Return the records that these settings place."""
    folder = Path(settings.citations) if settings.citations else settings.releases.with_name("citations")
    return Records(folder, settings.citation_bytes)


class Records:
    """The file of one server, which several processes read and write; every method may be called from any thread."""

    def __init__(self, folder: Path, most: int) -> None:
        """`folder` is made when the first record is written; the file grows to `most` bytes."""
        self._folder, self._most = folder, most
        self._path = folder / FILE

    def find(self, digest: str) -> Record:
        """Return a record. Raises CitationUnknown if there is none."""
        for record in self._having(digest.encode()):
            if record.digest == digest:
                return record
        raise CitationUnknown("The request of this citation was not recorded on this server.")

    def __iter__(self) -> Iterator[Record]:
        """Yield the records, the oldest first; a line that was not written to its end is none."""
        return self._having(b"")

    def _having(self, part: bytes) -> Iterator[Record]:
        try:
            with self._path.open("rb") as file:
                for line in file:
                    # Most lines are of others, and long: they are not read.
                    if part in line and line.endswith(b"}\n"):
                        yield Record(**json.loads(line))
        except FileNotFoundError:
            return

    def add(self, record: Record) -> None:
        """Write a record, unless its request has one, so that it outlives a crash of the machine.

        Raises CitationsUnwritable where the file is full or cannot be written, Overloaded beyond so many a minute.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._locked():
                known = list(self)
                if any(each.digest == record.digest for each in known):
                    return
                if sum(each.made > record.made - 60 for each in known) >= _PER_MINUTE:
                    raise Overloaded("Many long queries were cited within a minute.")
                self._append(json.dumps(asdict(record), ensure_ascii=False).encode() + b"\n")
        except OSError as problem:
            raise CitationsUnwritable(
                f"The query is too long for a key, and no record of it can be written: {reason(problem)}.",
                mend=f"cite a query that is shorter, or a named question; for the operator: {mending(problem)}",
            ) from problem

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            # What a crash has left of a line is ended, so that it spoils no other.
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            if size + len(line) + torn > self._most:
                raise CitationsUnwritable(
                    f"The query is too long for a key, and the file for such queries is full ({self._most} bytes).",
                    mend="cite a query that is shorter, or a named question; the operator may raise citation_bytes",
                )
            left = b"\n" * torn + line
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if size == 0:
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self._folder / _LOCK)
        until = time.monotonic() + _PATIENCE
        try:
            while not lock.acquire():
                if time.monotonic() > until:
                    raise Overloaded("Another process writes records.")
                time.sleep(_PAUSE)
            yield
        finally:
            lock.close()
