"""Asking what is cited: its answer as it is now, with both hashes and what there is to say of them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from govplan.citing.content import content_hash
from govplan.citing.normal import Normal, normal_form
from govplan.citing.triples import Unnamed
from govplan.citing.verifiable import Verdict, judge
from govplan.formats import BINDINGS, GRAPHS, Form
from govplan.sparql import Answer

_PIECE = 1 << 20
# What a comparison with a cited hash gives.
Comparison = Literal["same", "differs", "unverifiable"]
N_TRIPLES = next(fmt for fmt in GRAPHS if fmt.extension == "nt")


@dataclass(frozen=True, slots=True)
class Examined:
    """An answer and its query: `content` is the hash of what it says, empty where that is not verifiable.

    `answer` is the hash of its bytes as `media_type`; all are hexadecimal digits of SHA-256.
    """

    normal: Normal
    verdict: Verdict
    content: str
    answer: str
    media_type: str

    def compared(self, content: str) -> Comparison:
        """Compare with the hash of a citation."""
        if not (self.content and content):
            # A query that is not verifiable has no hash: a key that brings one is forged.
            return "differs" if content else "unverifiable"
        return "same" if self.content == content else "differs"


def media_type(form: Form) -> str:
    """Return the format in which answers are hashed."""
    return (BINDINGS[0] if form in ("SELECT", "ASK") else N_TRIPLES).media_type


def examine(text: str, form: Form, ask: Callable[[str], Answer]) -> Examined:
    """Ask for the answer of a query in the media type that `ask` is given, and look at it.

    Raises what `ask` raises, and QueryTimedOut.
    """
    normal = normal_form(text)
    verdict = judge(text, normal)
    kind = media_type(form)
    answer = ask(kind)
    try:
        digest = _digest(answer)
        content = content_hash(answer, form, verdict) if verdict.verifiable else ""
    except Unnamed:
        verdict, content = replace(verdict, reasons=("blank",), repaired=None), ""
    finally:
        answer.close()
    return Examined(normal, verdict, content, digest, kind)


def _digest(answer: Answer) -> str:
    content = answer.content
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    digest = hashlib.sha256()
    content.seek(0)
    while piece := content.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()
