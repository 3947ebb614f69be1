"""An index of a few things: what is found, in which order, with which words marked."""

import sqlite3
import threading

import pytest

from govplan import deadline
from govplan.deadline import Deadline
from govplan.errors import QueryTimedOut
from govplan.search import Entry, Index, Text, in_memory
from tests.patience import HOUR, Counted

ACTION, CODE = "urn:type:action", "urn:type:code"
ENTRIES = (
    Entry(
        "urn:a1",
        ACTION,
        "",
        (
            Text("label", "en", "Improve road safety"),
            Text("label", "fr", "Améliorer la sécurité routière"),
            Text("label", "nl", "De verkeersveiligheid verbeteren"),
            Text("code", "", "6.1"),
        ),
    ),
    Entry(
        "urn:a2",
        ACTION,
        "",
        (
            Text("label", "en", "Share traffic data"),
            Text("name", "fr", "Partager les données"),
            Text("note", "en", "Improves safety, too."),
        ),
    ),
    Entry("urn:c1", CODE, "urn:scheme", (Text("label", "en", "Safety"), Text("label", "de", "Sicherheit"))),
    Entry("urn:c2", CODE, "urn:scheme", (Text("label", "en", "Road"),), weight=0.5),
    Entry("urn:c3", CODE, "urn:other", (Text("label", "en", "Road safety"),), weight=0.01),
)


@pytest.fixture(scope="module", name="index")
def _index() -> Index:
    return Index.of_bytes(in_memory(ENTRIES), ["en"])


def _iris(index: Index, text: str, language: str = "en", **asked: object) -> list[str]:
    return [hit.thing.iri for hit in index.find(text, language, **asked).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("safety", "en", "urn:c1"),  # the label is the word
        ("road saf", "en", "urn:a1"),  # a beginning; the lighter thing with the same words comes later
        ("securite", "fr", "urn:a1"),  # no accent
        ("SÉCURITÉ", "en", "urn:a1"),  # another language than the reader's
        ("6.1", "de", "urn:a1"),  # a code
        ("traffic improves", "en", "urn:a2"),  # a word of the label, one of the note
        ("veiligheid", "nl", "urn:a1"),  # a part of a compound
        ("donnees", "fr", "urn:a2"),  # another name
    ],
)
def test_first(index: Index, text: str, language: str, first: str) -> None:
    """What is meant comes first."""
    assert first == _iris(index, text, language)[0]


@pytest.mark.parametrize("typed", ["trafic", "tarffic", "trafficc", "trabbic"])
def test_typing_error(index: Index, typed: str) -> None:
    """A word that is nowhere is corrected, and the answer says so."""
    found = index.find(typed, "en")

    assert {typed: ("traffic",)} == found.corrected
    assert ["urn:a2"] == [hit.thing.iri for hit in found.hits]


def test_nothing(index: Index) -> None:
    """What is like no word finds nothing."""
    found = index.find("zzzzzz", "en")

    assert (0, (), {}) == (found.total, found.hits, found.corrected)


def test_no_words(index: Index) -> None:
    """A text without words finds nothing."""
    assert 0 == index.find(' *()" ', "en").total


def test_partial(index: Index) -> None:
    """Where no thing has all words, things with some of them are found, and the answer says so."""
    found = index.find("traffic sicherheit", "en")

    assert found.partial
    assert {"urn:a2", "urn:c1"} == {hit.thing.iri for hit in found.hits}
    assert not index.find("traffic data", "en").partial


def test_match(index: Index) -> None:
    """A hit marks what was found and says in which text and language."""
    [hit] = [hit for hit in index.find("securite", "en").hits if hit.thing.iri == "urn:a1"]

    assert ("Improve road safety", "en", "label", "fr") == (hit.label, hit.label_lang, hit.role, hit.match_lang)
    assert ["sécurité"] == [piece.text for piece in hit.match if piece.found]
    assert "Améliorer la sécurité routière" == "".join(piece.text for piece in hit.match)


def test_types(index: Index) -> None:
    """One class can be asked for; the counts stay those of all."""
    found = index.find("safety", "en", types=[ACTION])

    assert ["urn:a1", "urn:a2"] == sorted(hit.thing.iri for hit in found.hits)
    assert {ACTION: 2, CODE: 2} == found.counts
    assert ["urn:c1"] == _iris(index, "safety", types=[CODE], each=1)


def test_label_falls_back(index: Index) -> None:
    """A label falls back to English, then to any."""
    hit = index.by_iri("urn:c1", "nl")

    assert hit
    assert ("Safety", "en") == (hit.label, hit.label_lang)
    assert index.by_iri("urn:none", "nl") is None


def test_suggest(index: Index) -> None:
    """Codes of a scheme are suggested in the order of their labels, by the beginning of any word."""
    assert ["Road", "Safety"] == [each.label for each in index.suggest("", "en", "urn:scheme")]
    assert ["urn:c1"] == [each.iri for each in index.suggest("sich", "de", "urn:scheme")]
    assert ["urn:a1"] == [each.iri for each in index.suggest("SECU", "fr", ACTION)]
    assert [] == list(index.suggest("afety", "en", CODE))


def test_same_entries_same_bytes() -> None:
    """The order in which entries come makes no difference."""
    assert in_memory(ENTRIES) == in_memory(reversed(ENTRIES))


def test_threads(index: Index) -> None:
    """Threads ask the same index at once."""
    answers: list[list[str]] = []
    threads = [threading.Thread(target=lambda: answers.append(_iris(index, "safety"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(answers)
    assert all(_iris(index, "safety") == answer for answer in answers)


@pytest.fixture(scope="module", name="large")
def _large() -> Index:
    """An index that takes SQLite more steps than lie between two looks at the clock."""
    return Index.of_bytes(
        in_memory(
            Entry(f"urn:{number}", ACTION, "", (Text("label", "en", f"Word{number} common text"),))
            for number in range(3000)
        ),
        ["en"],
    )


def test_search_ends_with_its_time(large: Index) -> None:
    """A search stops in the middle of what SQLite does when its client leaves, and the index answers the next one."""
    with deadline.within(Counted()) as whole:
        assert 3000 == large.find("common word", "en", limit=9).total
    for last in (1, 2, 3, whole.asked // 2, whole.asked):
        with deadline.within(Counted(last)) as gone, pytest.raises(QueryTimedOut):
            large.find("common word", "en", limit=9)
        assert last <= gone.asked <= last + 1
    assert 3000 == large.find("common", "en").total


@pytest.mark.parametrize("text", ["w", "wird12", "common words", "text12 common", " ".join("abcdefghijklmnop")])
def test_every_search_looks_at_the_clock(large: Index, text: str) -> None:
    """Beginnings, typing errors and corrections, several words and parts of words all end with their time."""
    for search in (lambda: large.find(text, "en"), lambda: large.suggest(text, "en", ACTION)):
        with deadline.within(Deadline(0.0)), pytest.raises(QueryTimedOut):
            search()


def test_fault_of_the_index_is_no_time_limit() -> None:
    """What SQLite itself cannot do is said as such."""
    index = Index.of_bytes(in_memory(ENTRIES), ["en"])
    with deadline.within(Deadline(HOUR)), pytest.raises(sqlite3.OperationalError):
        index._read("SELECT nothing FROM nowhere")
