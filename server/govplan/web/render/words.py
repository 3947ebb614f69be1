"""Small things said to people: the heads of the columns of answers, tags of questions, names of licences."""

import re

from govplan.questions import AUDIENCES, TOPICS
from govplan.questions.columns import column_words
from govplan.web.http.language import gettext

_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/licenses/(?P<kind>[a-z-]+)/(?P<version>[0-9.]+)/?$")
# The columns of this project's questions, as words; a column that is not here keeps the English of its variable.
COLUMNS = (
    "about",
    "action",
    "action count",
    "action number",
    "address",
    "agreement",
    "amount",
    "area",
    "article",
    "assessment",
    "body",
    "case count",
    "claim",
    "claim count",
    "claim unit",
    "claimant",
    "code",
    "code count",
    "coder",
    "concerned",
    "concreteness",
    "confidence",
    "context",
    "count",
    "currency",
    "date",
    "deadline",
    "disagreement",
    "distribution",
    "document",
    "end offset",
    "event",
    "fact",
    "field",
    "finding",
    "finding level",
    "finding number",
    "finding unit",
    "graph",
    "ground",
    "group",
    "identifier",
    "instrument",
    "instrument group",
    "kappa",
    "kind",
    "known count",
    "language",
    "law",
    "layer",
    "level",
    "like",
    "like number",
    "like unit",
    "line",
    "link",
    "linked by",
    "measure",
    "method",
    "name",
    "name in source",
    "named",
    "not looked at count",
    "not stated count",
    "number",
    "objective",
    "objective count",
    "organisation",
    "other document",
    "other value",
    "owner",
    "partner",
    "perspective",
    "place",
    "place count",
    "plan",
    "property",
    "rank",
    "register",
    "relation",
    "role",
    "rule",
    "second hand count",
    "secondary count",
    "settlement",
    "source",
    "speaker",
    "standing",
    "start offset",
    "stated none count",
    "statement",
    "statement count",
    "status",
    "text hash",
    "thing",
    "thing count",
    "type",
    "unit",
    "value",
    "verification",
    "voice",
    "without lead count",
    "word count",
    "work",
)

# The tags that questions may have.
TAGS = tuple(sorted((*AUDIENCES, *TOPICS)))


def tag_name(tag: str) -> str:
    """Return a tag of questions in the reader's language: `policy-officer` is `policy officer`."""
    return str(gettext(tag.replace("-", " ")))


def column_name(variable: str) -> str:
    """Return the head of a column, in the reader's language: `actionCount` is `action count`."""
    return str(gettext(column_words(variable)))


def licence_name(iri: str) -> str:
    """Return the usual name of a Creative Commons licence, the IRI of any other."""
    found = _CREATIVE_COMMONS.match(iri)
    return f"CC {found['kind'].upper()} {found['version']}" if found else iri
