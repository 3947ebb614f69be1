"""From a request as RSGI describes it to the environment that Werkzeug and Flask read (PEP 3333)."""

import sys
from typing import Any, Protocol

from govplan.web.http.files import FileBody

Environ = dict[str, Any]
# An error that the server found in a request before the application saw it; the application answers with it.
FAULT = "govplan.fault"
_PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
# Names of headers and their keys; clients send few different ones.
_KEYS: dict[str, str] = dict(_PLAIN)
_MOST_KEYS = 512


class Headers(Protocol):
    """The headers of a request."""

    def items(self) -> list[tuple[str, str]]:
        """Return names in lower case with their values, one pair a line that was sent."""
        ...


class Scope(Protocol):
    """One request, without its body (RSGI 1.5)."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Headers:
        """Return the headers."""
        ...


def environ_of(scope: Scope) -> Environ:
    """Return the environment of a request, `wsgi.input` left out.

    Values of a header that is there more than once are joined by commas. What is said of proxies is not believed here.
    """
    host, _, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # WSGI wants the bytes of a path as if they were Latin-1.
        "PATH_INFO": scope.path if scope.path.isascii() else scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string if scope.query_string.isascii() else _latin(scope.query_string),
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBody.of,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            # It would pass for the header with hyphens, which a proxy vouches for.
            continue
        key = _KEYS.get(name) or _key(name)
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    if scope.authority is not None:
        environ["HTTP_HOST"] = scope.authority
    return environ


def _key(name: str) -> str:
    key = f"HTTP_{name.upper().replace('-', '_')}"
    if len(_KEYS) < _MOST_KEYS:
        _KEYS[name] = key
    return key


def _latin(text: str) -> str:
    return text.encode().decode("latin-1")
