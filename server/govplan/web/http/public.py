"""Under which address clients know this server: the one that the operator sets, or what trusted proxies say.

Every address that the server writes comes from the scheme, the host and the prefix that are settled here, before any
cache is asked. A header Host that nobody vouches for is used for data that cannot do without a host, but no answer with
it is ever stored by a cache: behind one, whoever sends a forged Host would choose what others are sent to.
"""

import ipaddress
import re
from urllib.parse import urlsplit

from govplan.web.http.environ import Environ

# Whether somebody vouches for the host: there once the address is settled.
VOUCHED = "govplan.host_vouched"
_SCHEMES = ("http", "https")
_HOST = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?", re.I)
_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~.-]+)+")
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")
_LONGEST = 300


class PublicAddress:
    """What decides scheme, host and prefix of the addresses that answers name."""

    def __init__(self, url: str = "", proxies: int = 0, host: str = "") -> None:
        """`url` is the setting `public_url`; without it so many `proxies` are believed; `host` is listened on."""
        parts = urlsplit(url)
        self._scheme, self._netloc, self._path = parts.scheme, parts.netloc, parts.path
        self._proxies, self._own = proxies, host.lower()

    def settle(self, environ: Environ) -> None:
        """Put scheme, host and prefix into the environment of a request, once."""
        if VOUCHED in environ:
            return
        if self._netloc:
            environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._scheme, self._netloc
            _below(environ, self._path)
            environ[VOUCHED] = True
            return
        environ[VOUCHED] = (self._proxies > 0 and self._forwarded(environ)) or self._is_own(environ)

    def _forwarded(self, environ: Environ) -> bool:
        """Take over what the outermost trusted proxy says, and tell whether it names the host; junk is ignored."""
        scheme = self._said(environ, "HTTP_X_FORWARDED_PROTO").lower()
        if scheme in _SCHEMES:
            environ["wsgi.url_scheme"] = scheme
        prefix = self._said(environ, "HTTP_X_FORWARDED_PREFIX").rstrip("/")
        if prefix and is_prefix(prefix):
            # Such a proxy has taken it out of the path.
            environ["SCRIPT_NAME"] = prefix
        found = _host(self._said(environ, "HTTP_X_FORWARDED_HOST"))
        if found is None:
            return False
        port = self._said(environ, "HTTP_X_FORWARDED_PORT")
        own_port = found["port"] or (port if _is_port(port) else None)
        environ["HTTP_HOST"] = found["name"].lower() + (f":{own_port}" if own_port else "")
        return True

    def _said(self, environ: Environ, header: str) -> str:
        """Return the entry of the outermost trusted proxy in a header, an empty text if there is none."""
        text: str = environ.get(header, "")
        if not text:
            return ""
        entries = text.split(",")
        return entries[-self._proxies].strip() if len(entries) >= self._proxies else ""

    def _is_own(self, environ: Environ) -> bool:
        """Tell whether the request names this machine itself or the host that it listens on: nobody else is reached."""
        host = environ.get("HTTP_HOST")
        if host is None:
            return True
        found = _host(host)
        if found is None:
            return False
        name = found["name"].lower().strip("[]")
        return name in ("localhost", self._own) or _is_loopback(name)


def is_prefix(path: str) -> bool:
    """Tell whether a path can stand before all paths of the site: segments of unreserved characters (RFC 3986)."""
    return len(path) <= _LONGEST and _PREFIX.fullmatch(path) is not None and _DOTS.search(path) is None


def _below(environ: Environ, prefix: str) -> None:
    """Set the prefix, and take it out of the path if no proxy has done so."""
    environ["SCRIPT_NAME"] = prefix
    path = environ["PATH_INFO"]
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        environ["PATH_INFO"] = path[len(prefix) :] or "/"


def _host(text: str) -> re.Match[str] | None:
    found = _HOST.fullmatch(text) if len(text) <= _LONGEST else None
    return found if found is None or found["port"] is None or _is_port(found["port"]) else None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= 65535


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
