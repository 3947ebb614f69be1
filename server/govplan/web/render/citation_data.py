"""A citation that was looked at again, for programs: what there is to say of it as JSON, and in schema.org's terms."""

from dataclasses import dataclass

from govplan.citing.citation import Citation
from govplan.citing.examining import Comparison, Examined
from govplan.citing.keys import Cited, Key
from govplan.formats import Form
from govplan.questions import Question
from govplan.sparql import Scan
from govplan.web.http.language import asked_language
from govplan.web.site import site


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is cited, ready to be asked: its text, its form, and the question that it is, if it is one."""

    cited: Cited
    text: str
    form: Form
    found: Scan | None
    question: Question | None


@dataclass(frozen=True, slots=True)
class Verified:
    """A citation whose request was asked again: its key as text and `read`, the answer now, and how they compare."""

    key: str
    read: Key
    asked: Asked
    examined: Examined
    citation: Citation

    @property
    def comparison(self) -> Comparison:
        """Whether the answer says what was cited."""
        return self.examined.compared(self.read.content)


def metadata(found: Verified) -> dict[str, object]:
    """Return what there is to say of a citation (RDA R9), for programs."""
    asked, examined, read, cited = found.asked, found.examined, found.read, found.citation
    return {
        "key": found.key,
        "address": cited.address,
        "title": cited.title,
        "authors": list(cited.authors),
        "publisher": cited.publisher,
        "issued": cited.issued,
        "version": cited.version,
        "licence": cited.licence,
        "release": read.release,
        "served": site().manifest.id,
        "subsetOf": cited.whole.address if cited.whole else None,
        "path": asked.cited.path,
        "parameters": [list(pair) for pair in asked.cited.parameters],
        "query": asked.text,
        "normalForm": examined.normal.text,
        "understood": examined.normal.query is not None,
        "result": found.comparison,
        "reasons": list(examined.verdict.reasons),
        "repaired": examined.verdict.repaired,
        "cited": {"content": read.content or None},
        "now": {
            "content": examined.content or None,
            "answer": examined.answer,
            "mediaType": examined.media_type,
            "rowsOrdered": examined.verdict.ordered,
        },
    }


def described(found: Verified) -> dict[str, object]:
    """Return the answer as a schema.org Dataset that is a part of the release."""
    asked, cited = found.asked, found.citation
    whole = cited.whole
    members = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": cited.address,
        "url": cited.address,
        "identifier": cited.address,
        "name": cited.title,
        "description": asked.question.description[asked_language()] if asked.question else cited.title,
        "creator": [{"@type": "Organization", "name": name} for name in cited.authors],
        "publisher": {"@type": "Organization", "name": cited.publisher},
        "datePublished": cited.issued,
        "version": cited.version,
        "license": cited.licence,
        "isPartOf": {"@type": "Dataset", "@id": whole.address, "name": whole.title} if whole else None,
    }
    return {name: value for name, value in members.items() if value}
