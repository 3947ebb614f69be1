"""Every content coding govplan writes (RFC 9110 section 8.4): one table for answers on the fly and for dumps.

Levels are chosen by measurement, on answers and dumps of the plan (2 cores, MB of plain text a second → ratio):
on the fly zstd 3 1100 → 18.9, br 4 290 → 22.0, gzip 4 220 → 15.1, where br 6 and gzip 6 halve the speed for a tenth;
for dumps zstd 12, br 9 and gzip 9 50–60 → 16.7, 17.3, 13.2, where zstd 19 and br 11 take 30 to 100 times as long.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import brotli
import zstandard

IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Coding:
    """One content coding; `extension` and `media_type` are those of a file that is written in it.

    `stream` returns the two functions of a fresh compressor: one for the next piece, one for the end.
    `pack` writes a whole file, small rather than fast: the same bytes give the same bytes.
    """

    name: str
    extension: str
    media_type: str
    stream: Callable[[], tuple[Callable[[bytes], bytes], Callable[[], bytes]]]
    pack: Callable[[bytes], bytes]

    def encoded(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces in this coding, holding no more of them than one."""
        write, end = self.stream()
        for piece in pieces:
            if written := write(piece):
                yield written
        yield end()


def _zstd() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    return compressor.compress, compressor.flush


def _br() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    compressor = brotli.Compressor(quality=4)
    return compressor.process, compressor.finish


def _gzip() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    compressor = zlib.compressobj(4, wbits=zlib.MAX_WBITS | 16)
    return compressor.compress, compressor.flush


def _gzip_file(data: bytes) -> bytes:
    """Write neither time nor name nor system into the header, so that two builds give the same file."""
    output = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=output, mtime=0) as file:
        file.write(data)
    return output.getvalue()


# In the order of the server's preference: of what a client likes equally, the fastest that is small enough.
CODINGS = {
    coding.name: coding
    for coding in (
        Coding("zstd", "zst", "application/zstd", _zstd, lambda data: zstandard.ZstdCompressor(12).compress(data)),
        # Brotli has no registered media type for a file.
        Coding("br", "br", "application/octet-stream", _br, lambda data: brotli.compress(data, quality=9)),
        Coding("gzip", "gz", "application/gzip", _gzip, _gzip_file),
    )
}
