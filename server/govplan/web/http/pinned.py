"""Which release a request is about: the one that its address names by `/release/ID/…` or `release=ID`, or the current.

Both mean the same. What is behind the id in the path is an address of that release, and all addresses that its answer
names stay within it.
"""

import re
from urllib.parse import unquote_plus

from govplan.errors import GovplanError, ParameterInvalid, ReleaseUnknown
from govplan.manifest import ID_LENGTH
from govplan.web.http.environ import FAULT, Environ

# The id of the release that the address names, empty where it names none; there once it was looked for.
PINNED = "govplan.release"
# The prefix of the site without the release.
PREFIX = "govplan.prefix"
PARAMETER = "release"
_PATH = re.compile(rf"/release/(?P<id>[0-9a-f]{{{ID_LENGTH}}})(?P<rest>/.*|\.[a-z]+)?", re.DOTALL)
_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")


def pin(environ: Environ) -> None:
    """Note the release that a request names, once, and take it out of the path and the query string.

    A wrong one is a fault that the application answers with; it is never answered by another release.
    """
    if PINNED in environ:
        return
    environ[PINNED], environ[PREFIX] = "", environ["SCRIPT_NAME"]
    try:
        named = [*_of_path(environ), *_of_query(environ)]
        if len(set(named)) > 1:
            raise ParameterInvalid("The address names two releases.", mend="name one")
    except GovplanError as problem:
        environ[FAULT] = problem
        return
    if named:
        environ[PINNED] = named[0]
        environ["SCRIPT_NAME"] += f"/release/{named[0]}"


def unpin(environ: Environ, problem: GovplanError) -> None:
    """Let the application answer with a problem of the release that was named, on a page of the current one."""
    environ[FAULT], environ[PINNED], environ["SCRIPT_NAME"] = problem, "", environ[PREFIX]


def _of_path(environ: Environ) -> list[str]:
    found = _PATH.fullmatch(environ["PATH_INFO"])
    if found is None:
        return []
    rest = found["rest"] or ""
    if rest.startswith("/"):
        environ["PATH_INFO"] = rest
        inner = _PATH.fullmatch(rest)
        return [found["id"], inner["id"]] if inner else [found["id"]]
    return [found["id"]]


def _of_query(environ: Environ) -> list[str]:
    query = environ["QUERY_STRING"]
    if PARAMETER not in query and "%" not in query:
        return []
    parts = [(part, *part.partition("=")[::2]) for part in query.split("&")]
    named = [unquote_plus(value) for _, name, value in parts if unquote_plus(name) == PARAMETER]
    if not named:
        return []
    environ["QUERY_STRING"] = "&".join(part for part, name, _ in parts if unquote_plus(name) != PARAMETER)
    for each in named:
        if _ID.fullmatch(each) is None:
            raise ReleaseUnknown(
                f"{each[:40]!r} is no id of a release.",
                mend=f"write the {ID_LENGTH} digits and letters that /releases/ lists, or leave {PARAMETER!r} out",
            )
    return named
