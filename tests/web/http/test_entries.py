"""What the cache keeps of one address is bounded, whatever its clients vary."""

from govplan.web.http.entries import Entries, Entry
from govplan.web.http.reply import Reply

KEY = ("edition", "http://x", "/", "")


def test_headers_without_end() -> None:
    """Answers that differ by a header that somebody varies without end do not fill the memory of an address."""
    entries = Entries(10_000_000)
    for number in range(200):
        reply = Reply(200, [("Content-Type", "text/plain"), ("ETag", f'"{number}"')], b"x")
        entries.keep(KEY, {"HTTP_ACCEPT_LANGUAGE": str(number)}, {"accept-language"}, Entry.of(reply, b"x"))

    assert 0 < len(entries.tags(KEY)) <= 64
