"""Bodies that lie in a file, nameless or not: large answers, dumps, and what the cache keeps of large answers."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_PIECE = 1 << 16
_DESCRIPTORS = "/proc/self/fd" if Path("/proc/self/fd").is_dir() else "/dev/fd"


class FileBody:
    """A part of an open file: `size` bytes from `start`. It owns the file, which is closed when nobody holds it."""

    __slots__ = ("file", "size", "start")

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self.file, self.start, self.size = file, start, size

    @classmethod
    def of(cls, file: BinaryIO, _buffer: int = 0) -> "FileBody":
        """Return the whole of a file, as `wsgi.file_wrapper` (PEP 3333)."""
        return cls(file, 0, os.fstat(file.fileno()).st_size)

    @classmethod
    def held(cls, name: str, content: bytes) -> "FileBody":
        """Return a body in memory that can be sent as a file, so that slow readers share one copy of it."""
        file = os.fdopen(os.memfd_create(name), "w+b", buffering=0)
        view = memoryview(content)
        while view:
            view = view[file.write(view) :]
        return cls(file, 0, len(content))

    @property
    def path(self) -> str:
        """A path to the file that holds as long as it is open here."""
        return f"{_DESCRIPTORS}/{self.file.fileno()}"

    @property
    def end(self) -> int:
        """The first byte after the part."""
        return self.start + self.size

    def __iter__(self) -> Iterator[bytes]:
        """Yield the part, piece by piece, and close the file."""
        with self.file:
            yield from self.pieces()

    def pieces(self) -> Iterator[bytes]:
        """Yield the part piece by piece. Raises RuntimeError if the file is too short."""
        at = self.start
        while at < self.end:
            piece = os.pread(self.file.fileno(), min(_PIECE, self.end - at), at)
            if not piece:
                raise RuntimeError(f"a body of {self.size} bytes ends after {at - self.start}")
            at += len(piece)
            yield piece

    def read(self) -> bytes:
        """Return the part; the file stays open."""
        return b"".join(self.pieces())

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def __del__(self) -> None:
        self.file.close()
