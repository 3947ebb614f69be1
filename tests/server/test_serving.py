"""Which release is served: it follows `current`, falls back from a damaged one, and drops no call while it changes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from govplan.errors import ReleaseDamaged, StoreUnavailable
from govplan.manifest import stamp
from govplan.release.shelf import publish
from govplan.server.serving import Served, State
from govplan.web.http.entries import Edition
from tests.shelf import Shelf, answer


@pytest.fixture(name="shelf")
def _shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_follows_a_publication(shelf: Shelf) -> None:
    """What becomes current is served; the release before is closed."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first)
    served.look()
    assert first.id == answer(served)

    publish(shelf.folder, second.id)
    served.look()
    assert second.id == answer(served)
    assert [first.id] == shelf.closed


def test_follows_by_itself(shelf: Shelf) -> None:
    """Nobody has to tell a running server."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first, follow=True)
    publish(shelf.folder, second.id)
    pause = threading.Event()
    for _ in range(200):
        if second.id == answer(served):
            break
        pause.wait(0.1)
    served.close()
    assert [first.id, second.id] == shelf.closed


def test_goes_on_after_a_look_that_fails(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """A fault that nobody foresaw is logged, and the next look is taken all the same."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first, follow=True)
    failed = threading.Event()

    def fail_once(folder: Path) -> None:
        if not failed.is_set():
            failed.set()
            raise ValueError("a fault of the program")

    shelf.opening = fail_once
    publish(shelf.folder, second.id)
    pause = threading.Event()
    for _ in range(200):
        if second.id == answer(served):
            break
        pause.wait(0.1)
    served.close()
    assert [first.id, second.id] == shelf.closed
    assert "a fault of the program" in caplog.text


def test_call_under_way_is_answered_by_its_release(shelf: Shelf) -> None:
    """A call that entered before the change is answered before its release is closed, and delays nobody's look."""
    first, second, third = shelf.add("a"), shelf.add("b"), shelf.add("c")
    served = shelf.serve(first)
    shelf.gate.clear()
    with ThreadPoolExecutor() as pool:
        early = pool.submit(answer, served)
        assert shelf.entered.wait(20)
        publish(shelf.folder, second.id)
        served.look()
        publish(shelf.folder, third.id)
        served.look()
        assert third.id == served.release()
        assert [second.id] == shelf.closed
        shelf.gate.set()
        assert first.id == early.result(20)
    served.close()
    assert {first.id, second.id, third.id} == set(shelf.closed)
    assert 3 == len(shelf.closed)


def test_call_that_never_leaves(shelf: Shelf) -> None:
    """A call that stays for ever does not keep the end waiting."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first)
    opened = served.enter()
    publish(shelf.folder, second.id)
    served.look()
    served.close()
    assert {first.id, second.id} == set(shelf.closed)
    opened.leave()


def test_end_is_final(shelf: Shelf) -> None:
    """Whoever looks or suspects after the end changes nothing."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first)
    served.close()
    publish(shelf.folder, second.id)
    served.suspect()
    served.look()
    assert [first.id] == shelf.closed


def test_damaged_publication_is_not_served(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """A new release that is damaged raises one alarm, and the old one goes on."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first)
    publish(shelf.folder, second.id)
    shelf.damage(second)
    served.look()
    served.look()

    assert first.id == answer(served)
    assert 1 == caplog.text.count("ALARM")
    assert [] == shelf.closed


def test_current_that_is_gone(shelf: Shelf) -> None:
    """Without a current release the one that was current last goes on, though a newer one was never published."""
    first = shelf.add("a")
    shelf.add("b")
    served = shelf.serve(first)
    (shelf.folder / "current").unlink()
    served.look()
    assert first.id == answer(served)
    assert [] == shelf.closed


def test_suspicion_unfounded(shelf: Shelf) -> None:
    """A release that is suspected and sound goes on."""
    first = shelf.add("a")
    served = shelf.serve(first)
    edition = served.edition()
    served.suspect()
    assert ([], []) == (shelf.closed, shelf.condemned)
    assert edition == served.edition()


def test_suspicion_does_not_wait(shelf: Shelf) -> None:
    """Whoever suspects while another thread looks is not kept; the one who looks looks again."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first)
    opening, go_on = threading.Event(), threading.Event()

    def wait(folder: Path) -> None:
        opening.set()
        assert go_on.wait(20)

    shelf.opening = wait
    publish(shelf.folder, second.id)
    with ThreadPoolExecutor() as pool:
        look = pool.submit(served.look)
        assert opening.wait(20)
        served.suspect()
        shelf.opening = lambda folder: None
        shelf.damage(second)
        go_on.set()
        look.result(20)
    assert first.id == served.release()


def test_damaged_release_gives_way(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """A served release that turns out damaged is replaced by a sound one, with an alarm, and does not come back."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first)
    shelf.damage(first)
    served.suspect()
    served.look()

    assert second.id == answer(served)
    assert second.id == served.release()
    assert [first.id] == shelf.closed
    assert "ALARM" in caplog.text


def test_nothing_sound_is_left(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """When no release is sound, the served one answers with a problem only, and what was kept of it counts no more."""
    first = shelf.add("a")
    served = shelf.serve(first)
    assert first.id == served.release()
    assert State("serving", first.id) == served.state()
    shelf.damage(first)
    served.suspect()
    served.look()
    assert [first.id] == shelf.condemned
    assert ("", Edition(""), False) == (served.release(), served.edition(), served.healthy())
    assert "condemned" == served.state().word
    assert "store/CURRENT" in served.state().why
    assert 1 == caplog.text.count("No sound release is left")

    second = shelf.add("b")
    publish(shelf.folder, second.id)
    served.look()
    assert second.id == served.release()
    assert served.healthy()


def test_verified_release_is_not_read_again(shelf: Shelf) -> None:
    """A manifest that carries its verification is taken at its word, unless the release was touched since."""
    manifest = shelf.add("a")
    publish(shelf.folder, manifest.id)
    shelf.damage(manifest)
    carries = replace(manifest, verified=stamp(shelf.path(manifest), manifest))
    Served(shelf.folder, shelf.path(manifest), carries, shelf.open, follow=False).close()
    (shelf.path(manifest) / "dataset.nq").touch()
    with pytest.raises(ReleaseDamaged, match="store/CURRENT"):
        Served(shelf.folder, shelf.path(manifest), carries, shelf.open, follow=False)


def test_begins_with_what_is_sound_now(shelf: Shelf) -> None:
    """A front that starts late serves what the others serve, not what was current when the server was started."""
    first, second = shelf.add("a"), shelf.add("b")
    publish(shelf.folder, second.id)
    shelf.damage(first)
    served = Served(shelf.folder, shelf.path(first), first, shelf.open, follow=False)
    assert second.id == served.release()


def test_cannot_begin(shelf: Shelf) -> None:
    """Where no release can be opened, the first reason is the error."""
    first = shelf.add("a")

    def refuse(folder: Path) -> None:
        raise StoreUnavailable("The store cannot be opened.")

    shelf.opening = refuse
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        shelf.serve(first)


def test_pinned_release(shelf: Shelf) -> None:
    """A server of one release serves no other, whatever becomes current or is damaged, and mends itself too."""
    first, second = shelf.add("a"), shelf.add("b")
    served = shelf.serve(first, pinned=True)
    publish(shelf.folder, second.id)
    served.look()
    assert first.id == served.release()
    shelf.damage(first)
    served.look()
    assert not served.healthy()
    (shelf.path(first) / "store" / "CURRENT").write_bytes(b"x")
    served.look()
    assert first.id == answer(served)
