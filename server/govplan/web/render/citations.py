"""The citation of whatever a page is about, in every style and in the words of its reader."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from govplan.citing.citation import Citation, Whole
from govplan.citing.styles import STYLES, Words
from govplan.citing.verifiable import Reason
from govplan.config import base_iri
from govplan.errors import ReleaseDamaged, ReleaseUnreadable
from govplan.manifest import Manifest
from govplan.readmodel.credits import credits_of
from govplan.web.http.language import asked_language, gettext, speaking
from govplan.web.site import site


@dataclass(frozen=True, slots=True)
class Styled:
    """A citation in one style; `file` says that it is made for programs."""

    name: str
    label: str
    text: str
    file: bool


def words() -> Words:
    """Return the words of the styles in the language of the page."""
    return Words(
        dataset=gettext("Data set"),
        online=gettext("online"),
        version=gettext("Version"),
        release=gettext("release"),
        available=gettext("Available from"),
        created=gettext("created at"),
        subset=gettext("Subset of"),
        inside=gettext("In"),
        content=gettext("SHA-256 of the content"),
    )


def manifest_of(release: str) -> Manifest | None:
    """Return what is known of a release: the one that is served, or one that lies beside it; None of any other."""
    if release == site().manifest.id:
        return site().manifest
    try:
        return Manifest.read(site().settings.releases / release)
    except (ReleaseDamaged, ReleaseUnreadable):
        return None


def citation(title: str, address: str, language: str, content: str = "", release: str = "") -> Citation:
    """Return the citation of a part of a release: a text in a language, its lasting address, the hash of its content.

    Without the id of a `release` it is a part of the one that is served.
    """
    release = release or site().manifest.id
    known, whole = manifest_of(release), dataset(language)
    version = known.version if known else ""
    return replace(
        whole,
        title=title,
        issued=known.date if known else "",
        address=address,
        version=version,
        release=release,
        language=language,
        content=content,
        whole=Whole(whole.title, _release(release), version, release, _doi(release)),
        doi="",
    )


def dataset(language: str) -> Citation:
    """Return the citation of the release as a whole."""
    manifest, credits = site().manifest, credits_of(site(), language)
    return Citation(
        title=credits.title,
        authors=credits.creators,
        publisher=credits.publisher,
        issued=manifest.date,
        address=_release(manifest.id),
        version=manifest.version,
        release=manifest.id,
        language=credits.language,
        licence=credits.licence,
        doi=_doi(manifest.id),
    )


def _doi(release: str) -> str:
    """Return the DOI that the project has for a release, an empty text if it has none."""
    return site().settings.registration.dois.get(release, "")


def _release(release: str) -> str:
    return f"{site().settings.base}release/{release}"


def styled(cited: Citation) -> list[Styled]:
    """Return a citation in every style, in the language of the page."""
    own = words()
    return [
        Styled(style.name, style.label, style.write(cited, own), style.name in ("bibtex", "ris", "csl"))
        for style in STYLES.values()
    ]


def styled_part(title: str, address: str) -> list[Styled]:
    """Return the citation of a part of the release, such as the thing that a page is about, in every style."""
    return styled(citation(title, address, asked_language()))


def styled_dataset() -> list[Styled]:
    """Return the citation of the release in every style."""
    return styled(dataset(asked_language()))


def written(cited: Citation, name: str) -> str:
    """Return a citation in one style as a file, the same for every reader of its language."""
    with speaking(asked_language()):
        return STYLES[name].write(cited, words())


def lasting(path: str) -> str:
    """Return the address of something on this site that is cited: where the operator says it is, else below the base.

    It never depends on what a client calls this server.
    """
    return f"{base_iri(site().settings)}{path}"


def reason(why: Reason) -> str:
    """Return why an answer is not verifiable, as a sentence."""
    sentences: dict[Reason, str] = {
        "time": gettext("The query asks what time it is."),
        "chance": gettext("The query draws random values."),
        "slice": gettext(
            "The query takes some of its rows only (LIMIT or OFFSET), and its order does not say which: another engine "
            "may give others."
        ),
        "concatenation": gettext("GROUP_CONCAT joins values in an order that SPARQL does not fix."),
        "sample": gettext("SAMPLE takes any one of several values."),
        "reduced": gettext("REDUCED leaves open how often a row is repeated."),
        "description": gettext("What DESCRIBE answers is up to each engine."),
        "blank": gettext("The answer holds blank nodes, whose names do not last."),
        "unread": gettext("The query holds something that this program does not know well enough to promise anything."),
    }
    return sentences[why]


def reasons(several: Sequence[Reason]) -> list[str]:
    """Return why an answer is not verifiable, in sentences."""
    return [reason(each) for each in several]
