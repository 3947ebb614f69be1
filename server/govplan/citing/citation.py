"""What is said of one thing that is cited, whatever the style (DataCite's dynamic data, RDA R10)."""

import re
from dataclasses import dataclass, field

_UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def plain(text: str) -> str:
    """Return a text on one line, without characters that nobody sees and that turn others around."""
    return _UNSEEN.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class Whole:
    """The dataset of which something is a part: its title, address, version, release, and DOI if that has one."""

    title: str
    address: str
    version: str
    release: str
    doi: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Something of a release: its title, who made the release and publishes it, the date of that, and its address.

    `authors` and `publisher` are names of organisations or people as they are printed; `issued` is an ISO date, empty,
    as `version` is, where nothing is known of the release; `whole` is None where the dataset itself is cited; `content`
    is the hash of what an answer said; `language` that of the title.
    """

    title: str
    authors: tuple[str, ...]
    publisher: str
    issued: str
    address: str
    version: str
    release: str
    language: str = "en"
    licence: str = ""
    content: str = ""
    doi: str = ""
    whole: Whole | None = field(default=None)

    @property
    def year(self) -> str:
        """The year of the release, not of the first one; `n.d.` where it is not known."""
        return self.issued[:4] or "n.d."

    @property
    def name(self) -> str:
        """A name for lists of references: letters, digits and hyphens, the same for the same address."""
        tail = re.sub(r"[^A-Za-z0-9]+", "-", self.address.rpartition("/")[2])[-24:].strip("-")
        return f"govplan-{self.release}-{tail}" if tail else f"govplan-{self.release}"
