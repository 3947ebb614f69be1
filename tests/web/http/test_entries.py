"""What the cache keeps of one address is bounded, whatever its clients vary."""

from govplan.web.http.entries import Edition, Entries, Entry
from govplan.web.http.reply import Reply

KEY = (Edition("edition"), "http://x", "/", "")


def test_headers_without_end() -> None:
    """Answers that differ by a header that somebody varies without end do not fill the memory of an address."""
    entries = Entries(10_000_000)
    for number in range(200):
        reply = Reply(200, [("Content-Type", "text/plain"), ("ETag", f'"{number}"')], b"x")
        entries.keep(KEY, {"HTTP_ACCEPT_LANGUAGE": str(number)}, {"accept-language"}, Entry.of(reply, b"x"))

    assert 0 < len(entries.tags(KEY)) <= 64


def _entry(size: int) -> Entry:
    return Entry.of(Reply(200, [("Content-Type", "image/png")], b"x" * size), b"x" * size)


def _keep(entries: Entries, edition: Edition, *names: str, size: int = 10_000) -> None:
    for name in names:
        entries.keep((edition, "http://x", f"/{name}", ""), {}, (), _entry(size))


def _kept(entries: Entries, edition: Edition, *names: str) -> str:
    found = [name for name in names if entries.tags((edition, "http://x", f"/{name}", ""))]
    return "".join(found)


CURRENT, OLD, OLDER = Edition("b/2"), Edition("a/1", secondary=True), Edition("c/3", secondary=True)
# Room for eight such answers.
ROOM = 8 * (10_000 + 3 * 1024 + 100)


def test_one_bound_for_all_releases() -> None:
    """The answers of all releases together fill the memory of one; the longest unused goes, whichever it is of."""
    entries = Entries(ROOM)
    _keep(entries, OLD, "a")
    _keep(entries, CURRENT, *"bcdefgh")
    assert "a" == _kept(entries, OLD, "a")
    _keep(entries, CURRENT, "i")
    assert ("", "bcdefghi") == (_kept(entries, OLD, "a"), _kept(entries, CURRENT, *"bcdefghi"))
    _keep(entries, OLD, "j")

    assert ("j", "cdefghi") == (_kept(entries, OLD, "j"), _kept(entries, CURRENT, *"bcdefghi"))
    assert entries.size <= ROOM


def test_current_release_keeps_its_share() -> None:
    """However much is asked of other releases, half of the memory is for the current one."""
    entries = Entries(ROOM)
    _keep(entries, CURRENT, *"abcdefgh")
    for number in range(100):
        _keep(entries, (OLD, OLDER)[number % 2], str(number))

    assert "efgh" == _kept(entries, CURRENT, *"abcdefgh")
    assert 8 == len(entries)
    assert entries.size <= ROOM


def test_release_that_is_closed() -> None:
    """What was kept of a release that is closed is forgotten, and nothing else."""
    entries = Entries(ROOM)
    for edition in (CURRENT, OLD, OLDER):
        _keep(entries, edition, *"ab")
    before = entries.size
    entries.forget(OLD)

    assert ("ab", "", "ab") == tuple(_kept(entries, edition, *"ab") for edition in (CURRENT, OLD, OLDER))
    assert (4, before * 2 // 3) == (len(entries), entries.size)


def test_use_counts_in_either() -> None:
    """An answer that was used lately outlives one that was not, also where they are of different releases."""
    entries = Entries(ROOM)
    _keep(entries, OLD, *"ab")
    _keep(entries, CURRENT, *"cdefgh")
    assert entries.find((OLD, "http://x", "/a", ""), {}) is not None
    _keep(entries, CURRENT, *"ij")

    assert ("a", "defghij") == (_kept(entries, OLD, *"ab"), _kept(entries, CURRENT, *"cdefghij"))
