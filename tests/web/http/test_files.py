"""Bodies in files: a part of a file, read by whoever sends it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from govplan.web.http.files import FileBody

CONTENT = bytes(range(256)) * 1000


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Iterator[BinaryIO]:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    with path.open("rb") as file:
        yield file


@pytest.mark.parametrize(("start", "size"), [(0, len(CONTENT)), (0, 0), (7, 1), (100, 150_000), (len(CONTENT), 0)])
def test_part(file: BinaryIO, start: int, size: int) -> None:
    """A part is read as often as one likes, wherever the file stands, and by its path as well."""
    body = FileBody(file, start, size)
    expected = CONTENT[start : start + size]
    file.seek(3)
    for _ in range(2):
        assert expected == body.read()
    assert expected == b"".join(body.pieces())
    assert start + size == body.end
    assert expected == Path(body.path).read_bytes()[body.start : body.end]
    assert not file.closed


def test_whole(file: BinaryIO) -> None:
    """The whole of a file is a body, too."""
    assert CONTENT == FileBody.of(file).read()


@pytest.mark.parametrize("size", [0, 1, 1_000_000])
def test_held_in_memory(size: int) -> None:
    """What is held in memory is read as a file is, and gone with the body."""
    content = os.urandom(size)
    body = FileBody.held("test", content)
    path = body.path

    assert (0, size) == (body.start, body.size)
    assert content == body.read() == Path(path).read_bytes()
    del body
    assert not Path(path).exists()


def test_sent_piece_by_piece(file: BinaryIO) -> None:
    """Whoever sends a body to its end closes the file."""
    assert CONTENT[5:] == b"".join(FileBody(file, 5, len(CONTENT) - 5))
    assert file.closed


def test_not_sent(file: BinaryIO) -> None:
    """A body that is not sent is closed, once or more often."""
    body = FileBody.of(file)
    for _ in range(2):
        body.close()
        assert file.closed


@pytest.mark.parametrize("missing", [1, 100_000])
def test_too_short(file: BinaryIO, missing: int) -> None:
    """A file that is shorter than it was is a fault, never a shorter body."""
    body = FileBody(file, 0, len(CONTENT) + missing)
    with pytest.raises(RuntimeError, match=f"a body of {len(CONTENT) + missing} bytes ends after {len(CONTENT)}"):
        body.read()
