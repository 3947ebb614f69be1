"""Texts that are written from right to left, and characters that would turn the direction of others.

A text has a direction of its own in a page: that of its language, else that of its first letter. A control that turns
direction is shown by its code point instead of being obeyed: a name with one may look like another name.
"""

import re
from unicodedata import bidirectional

from flask import Flask
from markupsafe import Markup, escape

from govplan.languages import speaks

# Languages whose usual script is written from right to left, and scripts that are (ISO 639, ISO 15924).
_LANGUAGES = frozenset(
    """
    ae aeb apc ar arb arc ary arz azb bal bgn ckb dv fa glk he iw ji ks lrc mzn nqo pes pnb prs ps sd sdh skr syr ug ur
    yi
    """.split()  # noqa: SIM905 — a list of a hundred strings reads worse
)
_SCRIPTS = frozenset(
    """
    adlm arab aran armi avst chrs cprt egyd hatr hebr hung khar lydi mand mani mend merc mero narb nbat nkoo orkh ougr
    palm phli phlp phnx prti rohg samr sarb sogd sogo syrc syre syrj syrn thaa yezi
    """.split()  # noqa: SIM905 — as above
)
# Unicode Bidirectional Algorithm (UAX #9), section 2: all that have the property Bidi_Control.
_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def install(app: Flask) -> None:
    """Let every template of `app` show such controls, and know `lang_dir`, `speaks` and the filter `typed`."""
    app.jinja_env.finalize = visible
    app.jinja_env.filters["typed"] = typed
    app.jinja_env.globals |= {"lang_dir": lang_dir, "speaks": speaks}


def is_rtl(text: str, lang: str | None = None) -> bool | None:
    """Tell whether a text is written from right to left; None where neither language nor letters say anything."""
    subtags = (lang or "").lower().split("-")
    script = next((subtag for subtag in subtags[1:] if len(subtag) == 4 and subtag.isalpha()), None)
    if script in _SCRIPTS or (script is None and subtags[0] in _LANGUAGES):
        return True
    if text.isascii():
        return False if any(map(str.isalpha, text)) else None
    for character in text:
        kind = bidirectional(character)
        if kind == "L":
            return False
        if kind in ("R", "AL"):
            return True
    return None


def lang_dir(language: str, lang: str | None, text: str, always: bool = False) -> Markup:
    """Return the attributes of an element with a text on a page in a language: `lang` and `dir`, where they differ.

    With `always` the language of the text is said also where it is that of the page.
    """
    found = Markup()
    if lang and (always or lang != language):
        found += Markup(' lang="{}"').format(lang)
    rtl = is_rtl(text, lang)
    if rtl is not None and rtl != bool(is_rtl("", language)):
        found += Markup(' dir="{}"').format("rtl" if rtl else "ltr")
    return found


def visible(value: object) -> object:
    """Return a value as a page shows it: controls that turn direction are written as their code points."""
    if not isinstance(value, str) or value.isascii() or _CONTROLS.search(value) is None:
        return value
    shown = _CONTROLS.sub(lambda found: f"\u27e8U+{ord(found[0]):04X}\u27e9", value)
    return Markup(shown) if isinstance(value, Markup) else shown


def typed(value: str) -> Markup:
    """Return a text as the value of a field that is sent back as it is: such controls are left in it, as references."""
    return Markup(_CONTROLS.sub(lambda found: f"&#x{ord(found[0]):04X};", str(escape(value))))
