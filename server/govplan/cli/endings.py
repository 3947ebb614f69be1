"""The ending of a file that a command writes names its format, and what it is compressed with."""

from collections.abc import Sequence
from pathlib import Path

from govplan.content_codings import CODINGS, Coding
from govplan.errors import FormatUnknown, ParameterInvalid
from govplan.formats import Format, named

_CODINGS = {f".{coding.extension}": coding for coding in CODINGS.values()}


def written_as(target: Path, asked: str | None, offered: Sequence[Format]) -> tuple[Format, Coding | None]:
    """Return the format and the coding that the name of a file says; `asked` is the format of an option, if given.

    Raises FormatUnknown for an ending or an option that names none, ParameterInvalid where both name one and they
    differ, and where neither does.
    """
    chosen = None if asked is None else named(asked, offered)
    coding = _CODINGS.get(target.suffix.lower())
    ending = (target if coding is None else target.with_suffix("")).suffix.lower()
    told = next((fmt for fmt in offered if ending == f".{fmt.extension}"), None)
    if ending and told is None:
        raise FormatUnknown(f"{target.name}, whose ending is {ending}", _endings(offered))
    if told is not None and chosen is not None and told is not chosen:
        raise ParameterInvalid(
            f"The name {target.name} says {told.label}, --format says {chosen.label}.",
            where="--format",
            mend=f"leave --format out, or name the file {target.with_suffix('').stem}.{chosen.extension}",
        )
    found = told or chosen
    if found is None:
        raise ParameterInvalid(
            f"The name {target.name} has no ending that says its format.",
            where=str(target),
            mend=f"end it with one of: {', '.join(_endings(offered))}; or add --format",
        )
    return found, coding


def refuse_other_ending(target: Path | None, ending: str) -> None:
    """Raise FormatUnknown for the name of a file that promises another format than the only one that is written."""
    if target is not None and target.suffix.lower() not in ("", ending):
        raise FormatUnknown(f"{target.name}, whose ending is {target.suffix}", [ending])


def _endings(offered: Sequence[Format]) -> list[str]:
    return [*(f".{fmt.extension}" for fmt in offered), f"or these with {', '.join(_CODINGS)} behind them"]
