"""Frames: what is sent arrives whole, and what comes from a worker is never trusted."""

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from govplan import errors
from govplan.engines.oxigraph import frames
from govplan.engines.oxigraph.frames import ANSWER, FAULT, Closed, Frame, Inbox, Late

Pair = tuple[socket.socket, socket.socket]
SMALL = Frame(ANSWER, {"a": 1}, b"body")


@pytest.fixture(name="pair")
def _pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(10)
        theirs.settimeout(10)
        yield ours, theirs


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 5_000_000])
def test_body_arrives_whole(pair: Pair, size: int) -> None:
    """A body of any size arrives as it was sent, also where the system hands it over in pieces."""
    body = os.urandom(size)
    sender = threading.Thread(target=frames.send, args=(pair[0], Frame(ANSWER, {"n": size}, body)))
    sender.start()
    arrived = frames.receive(pair[1])
    sender.join()

    assert Frame(ANSWER, {"n": size}, body) == arrived


def test_file_is_handed_over(pair: Pair) -> None:
    """A file arrives as a descriptor of the receiver's own."""
    with tempfile.TemporaryFile() as file:
        file.write(b"answer")
        file.flush()
        frames.send(pair[0], Frame(ANSWER, {}, file=file.fileno()))
    arrived = frames.receive(pair[1])

    assert arrived.file is not None
    with os.fdopen(arrived.file, "rb") as theirs:
        theirs.seek(0)
        assert b"answer" == theirs.read()


def test_lengths_in_pieces(pair: Pair) -> None:
    """A frame whose first bytes come one by one is put together."""
    there, here = socket.socketpair()
    with there, here:
        frames.send(there, Frame(ANSWER, {"a": 1}, b"body"))
        whole = here.recv(1000)

    def drip() -> None:
        for byte in whole:
            pair[0].sendall(bytes([byte]))

    sender = threading.Thread(target=drip)
    sender.start()
    assert Frame(ANSWER, {"a": 1}, b"body") == frames.receive(pair[1])
    sender.join()


@pytest.mark.parametrize("kept", [0, 5, 13, 15, 20])
def test_cut_short(pair: Pair, kept: int) -> None:
    """A frame that ends too early is no frame."""
    there, here = socket.socketpair()
    with there, here:
        frames.send(there, Frame(ANSWER, {"a": 1}, b"body"))
        whole = here.recv(1000)
    pair[0].sendall(whole[:kept])
    pair[0].close()
    with pytest.raises(Closed):
        frames.receive(pair[1])


def test_nothing_comes(pair: Pair) -> None:
    """Where nothing has come in time, that is said, and what comes later is still read."""
    pair[1].settimeout(None)
    with pytest.raises(Late):
        frames.receive(pair[1], 0.02)
    frames.send(pair[0], Frame(ANSWER, {"a": 1}, b"body"))

    assert Frame(ANSWER, {"a": 1}, b"body") == frames.receive(pair[1], 10)


def test_silence_in_the_middle(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who begins a frame and falls silent is as good as gone."""
    monkeypatch.setattr(frames, "REST_SECONDS", 0.02)
    pair[1].settimeout(None)
    pair[0].sendall(b"A\0\0\0\x09")
    with pytest.raises(Closed):
        frames.receive(pair[1], 10)


def test_does_not_read(pair: Pair) -> None:
    """Who takes nothing is as good as gone."""
    pair[0].settimeout(None)
    frames.bound(pair[0], socket.SO_SNDTIMEO, 0.02)
    with pytest.raises(Closed):
        frames.send(pair[0], Frame(ANSWER, {}, b"x" * 10_000_000))


def test_more_than_a_frame(pair: Pair) -> None:
    """Who says more than it was asked is not believed."""
    frames.send(pair[0], Frame(ANSWER, {}, b"body"))
    frames.send(pair[0], Frame(ANSWER, {}, b"body"))
    with pytest.raises(Closed):
        frames.receive(pair[1])


def test_file_of_a_broken_frame(pair: Pair) -> None:
    """A file that came with half a frame is closed again."""
    before = set(Path("/dev/fd").iterdir())
    with tempfile.TemporaryFile() as file:
        socket.send_fds(pair[0], [b"A\0\0\0\x09"], [file.fileno()])
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(Closed):
        frames.receive(pair[1])

    assert before == set(Path("/dev/fd").iterdir())


def test_nobody_reads(pair: Pair) -> None:
    """Sending to who is gone says so."""
    pair[1].close()
    with pytest.raises(Closed):
        frames.send(pair[0], Frame(ANSWER, {}, b"x" * 100_000))


def test_reset(pair: Pair) -> None:
    """A connection that is reset is closed."""
    pair[0].sendall(b"unread")
    pair[1].close()
    with pytest.raises(Closed):
        frames.receive(pair[0])


def test_error_travels() -> None:
    """An error arrives as the same class with the same words and members."""
    sent = errors.QueryMalformed("no query", line=2, column=3, excerpt="x")
    arrived = frames.raised(frames.fault(sent))

    assert isinstance(arrived, errors.QueryMalformed)
    assert vars(sent) == vars(arrived)
    assert str(sent) == str(arrived)


def test_list_arrives_as_tuple(pair: Pair) -> None:
    """Members that are tuples are tuples again after the way through JSON."""
    frames.send(pair[0], frames.fault(errors.FormatUnknown("pdf", ["csv", "json"])))
    arrived = frames.raised(frames.receive(pair[1]))

    assert isinstance(arrived, errors.FormatUnknown)
    assert ("csv", "json") == arrived.offered


@pytest.mark.parametrize("name", ["SystemExit", "Sequence", "nothing", "__builtins__", None])
def test_unknown_error(name: object) -> None:
    """A name that is no error of govplan is reported as a fault of the store, never called."""
    arrived = frames.raised(Frame(FAULT, {"error": name, "fields": {"what": "x"}}))

    assert isinstance(arrived, errors.StoreUnavailable)


@pytest.fixture(name="inbox")
def _inbox(pair: Pair) -> Iterator[Inbox]:
    """What reads the second end of the pair, which does not block; nor does the first."""
    for end in pair:
        end.setblocking(False)
    inbox = Inbox(pair[1])
    yield inbox
    inbox.close()


def _descriptors() -> set[Path]:
    return set(Path("/dev/fd").iterdir())


def _next(inbox: Inbox) -> Frame:
    """Return the frame that has come, in however many pieces."""
    while (frame := inbox.read()) is None:
        pass
    return frame


def _readable(words: bytes) -> socket.socket:
    """Return the reading end of a connection with these words in it: a descriptor that can be handed over."""
    there, here = socket.socketpair()
    with there:
        there.sendall(words)
    return here


def test_inbox_without_anything(inbox: Inbox) -> None:
    """Where nothing has come there is no frame, and nothing is wrong."""
    assert inbox.read() is None


@pytest.mark.parametrize("size", [1, 5, 13, 14, 1000])
def test_inbox_in_pieces(pair: Pair, inbox: Inbox, size: int) -> None:
    """A frame that comes in pieces of any size is there with its last piece, and so is the next one."""
    whole = frames.packed(SMALL)
    for _ in range(2):
        pieces = [whole[begin : begin + size] for begin in range(0, len(whole), size)]
        for piece in pieces[:-1]:
            pair[0].sendall(piece)
            assert inbox.read() is None
        pair[0].sendall(pieces[-1])
        assert SMALL == inbox.read()
    assert inbox.read() is None


@pytest.mark.parametrize("size", [0, 65535, 65536, 5_000_000])
def test_inbox_of_large_frames(pair: Pair, inbox: Inbox, size: int) -> None:
    """A body of any size arrives as it was sent, however much the system takes and hands over at a time."""
    sent = Frame(ANSWER, {"n": size}, os.urandom(size))
    rest = memoryview(frames.packed(sent))
    while rest := rest[pair[0].send(rest) :]:
        assert inbox.read() is None

    assert sent == _next(inbox)
    assert inbox.read() is None


def test_inbox_takes_a_file(pair: Pair, inbox: Inbox) -> None:
    """The file of a frame is the receiver's own; the next frame has none."""
    with _readable(b"answer") as ours:
        frames.send(pair[0], Frame(ANSWER, {}, file=ours.fileno()))
    first = _next(inbox)
    frames.send(pair[0], SMALL)
    second = inbox.read()

    assert first.file is not None
    with os.fdopen(first.file, "rb") as theirs:
        assert b"answer" == theirs.read()
    assert SMALL == second


@pytest.mark.parametrize("pieces", [1, 2])
def test_inbox_closes_files_of_no_frame(pair: Pair, inbox: Inbox, pieces: int) -> None:
    """Files that came with what never became a frame are closed again, at the latest with the inbox."""
    before = _descriptors()
    whole = frames.packed(SMALL)
    with _readable(b"") as ours:
        for place in range(pieces):
            socket.send_fds(pair[0], [whole[place : place + 1]], [ours.fileno()])
            assert inbox.read() is None
    assert len(before) + 1 == len(_descriptors())
    inbox.close()

    assert before == _descriptors()


@pytest.mark.parametrize("kept", [0, 5, 13, 15, 20])
def test_inbox_cut_short(pair: Pair, inbox: Inbox, kept: int) -> None:
    """Who goes in the middle of a frame, or before it, is gone."""
    if kept:
        pair[0].sendall(frames.packed(SMALL)[:kept])
        assert inbox.read() is None
    pair[0].close()
    with pytest.raises(Closed):
        inbox.read()


@pytest.mark.parametrize("begun", [0, 15])
def test_inbox_reset(pair: Pair, inbox: Inbox, begun: int) -> None:
    """A connection that is reset is closed, at whatever point."""
    if begun:
        pair[0].sendall(frames.packed(SMALL)[:begun])
        assert inbox.read() is None
    pair[1].sendall(b"unread")
    pair[0].close()
    with pytest.raises(Closed):
        inbox.read()


def test_inbox_with_more_than_a_frame(pair: Pair, inbox: Inbox) -> None:
    """Who says more than it was asked is not believed."""
    pair[0].sendall(frames.packed(SMALL) + b"A")
    with pytest.raises(Closed):
        inbox.read()
