"""Which release is served: it follows `current`, falls back from a damaged one, and drops no call while it changes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from govplan.errors import ReleaseDamaged, StoreUnavailable
from govplan.manifest import stamp
from govplan.release.repository import publish
from govplan.server.serving import Served, State
from govplan.web.http.entries import Edition
from tests.repository import Repository, answer


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_follows_a_publication(repository: Repository) -> None:
    """What becomes current is served; the release before is closed."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    served.look()
    assert first.id == answer(served)

    publish(repository.folder, second.id)
    served.look()
    assert second.id == answer(served)
    assert [first.id] == repository.closed


def test_follows_by_itself(repository: Repository) -> None:
    """Nobody has to tell a running server."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first, follow=True)
    publish(repository.folder, second.id)
    pause = threading.Event()
    for _ in range(200):
        if second.id == answer(served):
            break
        pause.wait(0.1)
    served.close()
    assert [first.id, second.id] == repository.closed


def test_goes_on_after_a_look_that_fails(repository: Repository, caplog: pytest.LogCaptureFixture) -> None:
    """A fault that nobody foresaw is logged, and the next look is taken all the same."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first, follow=True)
    failed = threading.Event()

    def fail_once(folder: Path) -> None:
        if not failed.is_set():
            failed.set()
            raise ValueError("a fault of the program")

    repository.opening = fail_once
    publish(repository.folder, second.id)
    pause = threading.Event()
    for _ in range(200):
        if second.id == answer(served):
            break
        pause.wait(0.1)
    served.close()
    assert [first.id, second.id] == repository.closed
    assert "a fault of the program" in caplog.text


def test_call_under_way_is_answered_by_its_release(repository: Repository) -> None:
    """A call that entered before the change is answered before its release is closed, and delays nobody's look."""
    first, second, third = repository.add("a"), repository.add("b"), repository.add("c")
    served = repository.serve(first)
    repository.gate.clear()
    with ThreadPoolExecutor() as pool:
        early = pool.submit(answer, served)
        assert repository.entered.wait(20)
        publish(repository.folder, second.id)
        served.look()
        publish(repository.folder, third.id)
        served.look()
        assert third.id == served.release()
        assert [second.id] == repository.closed
        repository.gate.set()
        assert first.id == early.result(20)
    served.close()
    assert {first.id, second.id, third.id} == set(repository.closed)
    assert 3 == len(repository.closed)


def test_call_that_never_leaves(repository: Repository) -> None:
    """A call that stays for ever does not keep the end waiting."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    opened = served.enter()
    publish(repository.folder, second.id)
    served.look()
    served.close()
    assert {first.id, second.id} == set(repository.closed)
    opened.leave()


def test_end_is_final(repository: Repository) -> None:
    """Whoever looks or suspects after the end changes nothing."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    served.close()
    publish(repository.folder, second.id)
    served.suspect()
    served.look()
    assert [first.id] == repository.closed


def test_damaged_publication_is_not_served(repository: Repository, caplog: pytest.LogCaptureFixture) -> None:
    """A new release that is damaged raises one alarm, and the old one goes on."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    publish(repository.folder, second.id)
    repository.damage(second)
    served.look()
    served.look()

    assert first.id == answer(served)
    assert 1 == caplog.text.count("ALARM")
    assert [] == repository.closed


def test_current_that_is_gone(repository: Repository) -> None:
    """Without a current release the one that was current last goes on, though a newer one was never published."""
    first = repository.add("a")
    repository.add("b")
    served = repository.serve(first)
    (repository.folder / "current").unlink()
    served.look()
    assert first.id == answer(served)
    assert [] == repository.closed


def test_suspicion_unfounded(repository: Repository) -> None:
    """A release that is suspected and sound goes on."""
    first = repository.add("a")
    served = repository.serve(first)
    edition = served.edition()
    served.suspect()
    assert ([], []) == (repository.closed, repository.condemned)
    assert edition == served.edition()


def test_suspicion_does_not_wait(repository: Repository) -> None:
    """Whoever suspects while another thread looks is not kept; the one who looks looks again."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    opening, go_on = threading.Event(), threading.Event()

    def wait(folder: Path) -> None:
        opening.set()
        assert go_on.wait(20)

    repository.opening = wait
    publish(repository.folder, second.id)
    with ThreadPoolExecutor() as pool:
        look = pool.submit(served.look)
        assert opening.wait(20)
        served.suspect()
        repository.opening = lambda folder: None
        repository.damage(second)
        go_on.set()
        look.result(20)
    assert first.id == served.release()


def test_damaged_release_gives_way(repository: Repository, caplog: pytest.LogCaptureFixture) -> None:
    """A served release that turns out damaged is replaced by a sound one, with an alarm, and does not come back."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first)
    repository.damage(first)
    served.suspect()
    served.look()

    assert second.id == answer(served)
    assert second.id == served.release()
    assert [first.id] == repository.closed
    assert "ALARM" in caplog.text


def test_nothing_sound_is_left(repository: Repository, caplog: pytest.LogCaptureFixture) -> None:
    """When no release is sound, the served one answers with a problem only, and what was kept of it counts no more."""
    first = repository.add("a")
    served = repository.serve(first)
    assert first.id == served.release()
    assert State("serving", first.id) == served.state()
    repository.damage(first)
    served.suspect()
    served.look()
    assert [first.id] == repository.condemned
    assert ("", Edition(""), False) == (served.release(), served.edition(), served.healthy())
    assert "condemned" == served.state().word
    assert "store/CURRENT" in served.state().why
    assert 1 == caplog.text.count("No sound release is left")

    second = repository.add("b")
    publish(repository.folder, second.id)
    served.look()
    assert second.id == served.release()
    assert served.healthy()


def test_verified_release_is_not_read_again(repository: Repository) -> None:
    """A manifest that carries its verification is taken at its word, unless the release was touched since."""
    manifest = repository.add("a")
    publish(repository.folder, manifest.id)
    repository.damage(manifest)
    carries = replace(manifest, verified=stamp(repository.path(manifest), manifest))
    Served(repository.folder, repository.path(manifest), carries, repository.open, follow=False).close()
    (repository.path(manifest) / "dataset.nq").touch()
    with pytest.raises(ReleaseDamaged, match="store/CURRENT"):
        Served(repository.folder, repository.path(manifest), carries, repository.open, follow=False)


def test_begins_with_what_is_sound_now(repository: Repository) -> None:
    """A front that starts late serves what the others serve, not what was current when the server was started."""
    first, second = repository.add("a"), repository.add("b")
    publish(repository.folder, second.id)
    repository.damage(first)
    served = Served(repository.folder, repository.path(first), first, repository.open, follow=False)
    assert second.id == served.release()


def test_cannot_begin(repository: Repository) -> None:
    """Where no release can be opened, the first reason is the error."""
    first = repository.add("a")

    def refuse(folder: Path) -> None:
        raise StoreUnavailable("The store cannot be opened.")

    repository.opening = refuse
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        repository.serve(first)


def test_pinned_release(repository: Repository) -> None:
    """A server of one release serves no other, whatever becomes current or is damaged, and mends itself too."""
    first, second = repository.add("a"), repository.add("b")
    served = repository.serve(first, pinned=True)
    publish(repository.folder, second.id)
    served.look()
    assert first.id == served.release()
    repository.damage(first)
    served.look()
    assert not served.healthy()
    (repository.path(first) / "store" / "CURRENT").write_bytes(b"x")
    served.look()
    assert first.id == answer(served)
