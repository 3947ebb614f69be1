"""What the field asks of whoever lets data be cited, what is done here, and the tests that prove it.

`tests/citing/test_checklist.py` holds that every test named here exists; a rule without one is not claimed. The wording
of the rules is our own, after RDA Data Citation WG (doi 10.15497/RDA00016) and FORCE11 (Fenner et al. 2019).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number, what it asks, what is done, and the tests of that (`file::function`); none: not claimed."""

    number: str
    asks: str
    done: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list of rules and its name."""

    name: str
    rules: tuple[Rule, ...]


_NORMAL = "tests/citing/test_normal.py"
_VERDICT = "tests/citing/test_verifiable.py"
_CONTENT = "tests/citing/test_content.py"
_KEYS = "tests/citing/test_keys.py"
_RECORDS = "tests/citing/test_records.py"
_STYLES = "tests/citing/test_styles.py"
_WEB = "tests/web/routes/test_cite.py"

RDA = Checklist(
    "RDA R1–R14",
    (
        Rule(
            "R1",
            "Data is kept in versions.",
            "A release never changes; its id is the hash of its content.",
            ("tests/release/test_build.py::test_two_builds_are_one_release",),
        ),
        Rule(
            "R2",
            "Every change has a date.",
            "A release has a date and a version; each citation names both.",
            (f"{_WEB}::test_metadata",),
        ),
        Rule(
            "R3",
            "Queries are kept with what is said of them.",
            "The key of a citation holds the query; one that is too long is recorded in a file that only grows.",
            (f"{_KEYS}::test_read_back", f"{_RECORDS}::test_found_again", f"{_WEB}::test_long_query"),
        ),
        Rule(
            "R4",
            "A query has a normal form and a checksum of it.",
            "All spellings of a query have one key; what is not understood is cited exactly as written.",
            (f"{_NORMAL}::test_equal", f"{_NORMAL}::test_different", f"{_KEYS}::test_one_key_for_one_query"),
        ),
        Rule(
            "R5",
            "The order of the answer is unambiguous.",
            "A query that leaves open which rows it takes is said not to be verifiable, and a repaired one is offered.",
            (f"{_VERDICT}::test_verdict", f"{_VERDICT}::test_repaired_query_runs"),
        ),
        Rule(
            "R6",
            "The answer has a checksum.",
            "There are two: of the bytes, and of what the answer says, whatever the engine and the format.",
            (f"{_CONTENT}::test_examined", f"{_CONTENT}::test_order_of_rows", f"{_CONTENT}::test_graph"),
        ),
        Rule(
            "R7",
            "A query carries the time of the data that it was run on.",
            "The date of a citation is that of its release.",
            (f"{_WEB}::test_metadata",),
        ),
        Rule(
            "R8",
            "There is a new identifier only where query or answer is new.",
            "The same query with the same answer has the same key.",
            (f"{_WEB}::test_same_key", f"{_KEYS}::test_what_else_counts"),
        ),
        Rule(
            "R9",
            "Identifier, query, normal form, checksums and the whole that it is a part of are kept.",
            "The page of a citation has them, for people and as JSON.",
            (f"{_WEB}::test_metadata",),
        ),
        Rule(
            "R10",
            "There is a citation text ready to use.",
            "Six styles, in the languages of the site.",
            (f"{_STYLES}::test_read_by_people", f"{_WEB}::test_styles"),
        ),
        Rule(
            "R11",
            "The identifier leads to a page for people.",
            "The page of a citation has the answer, what is said of it, and the dataset that it is a part of.",
            (f"{_WEB}::test_page",),
        ),
        Rule(
            "R12",
            "Programs get the same.",
            "The same address answers JSON and the formats of reference managers; links in the header lead to all.",
            (f"{_WEB}::test_metadata", f"{_WEB}::test_signposting"),
        ),
        Rule(
            "R13",
            "Queries outlive a change of technology.",
            "The normal form is SPARQL 1.1 without anything of one engine, and gives the same answer.",
            (f"{_NORMAL}::test_same_answer", "tests/citing/test_foreign.py::test_same_content"),
        ),
        Rule(
            "R14",
            "After a change of technology, the checksums prove that nothing is lost.",
            "The checksum of the content depends neither on engine nor on format, and `govplan verify` compares it.",
            ("tests/citing/test_foreign.py::test_same_content", "tests/citing/test_verifying.py::test_another_engine"),
        ),
    ),
)
FORCE11 = Checklist(
    "FORCE11",
    (
        Rule(
            "1",
            "Datasets have persistent identifiers.",
            "Every release and every part has an IRI.",
            (f"{_WEB}::test_metadata",),
        ),
        Rule(
            "2",
            "The identifier is an address.",
            "It is an IRI that the server answers.",
            (f"{_WEB}::test_page",),
        ),
        Rule(
            "3",
            "Identifiers go as deep as citing does.",
            "Answers, questions, things and releases have their own.",
            (f"{_WEB}::test_boxes",),
        ),
        Rule(
            "4",
            "The identifier leads to a landing page.",
            "It leads to the page of the citation.",
            (f"{_WEB}::test_page",),
        ),
        Rule(
            "5",
            "The identifier stands in the page, for programs.",
            "As a link, as schema.org and in the header.",
            (f"{_WEB}::test_page", f"{_WEB}::test_signposting"),
        ),
        Rule(
            "6",
            "How to cite is explained.",
            "On this page, and in the box “Cite” of the others.",
            (f"{_WEB}::test_about",),
        ),
        Rule(
            "7",
            "The page says what one needs to find and cite the data.",
            "Title, creators, publisher, date, version, licence and address, for people and programs.",
            (f"{_WEB}::test_metadata", f"{_WEB}::test_page"),
        ),
        Rule(
            "8", "There is schema.org in JSON-LD.", "A Dataset that is a part of the release.", (f"{_WEB}::test_page",)
        ),
        Rule(
            "9",
            "There are meta tags and files for reference managers.",
            "`citation_*` and Dublin Core; BibTeX, RIS and CSL-JSON.",
            (f"{_WEB}::test_page", f"{_WEB}::test_styles"),
        ),
        Rule(
            "10",
            "The landing page answers other formats by negotiation.",
            "JSON, BibTeX, RIS and CSL-JSON by Accept.",
            (f"{_WEB}::test_styles",),
        ),
        Rule(
            "11",
            "Links in the header lead to the metadata.",
            "FAIR Signposting.",
            (f"{_WEB}::test_signposting",),
        ),
    ),
)
CHECKLISTS = (RDA, FORCE11)
