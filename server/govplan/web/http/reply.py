"""What the application answered, its headers read once: every answer goes through here, kept or not."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response
from werkzeug.datastructures import Headers as WerkzeugHeaders

from govplan.web.http.files import FileBody

Headers = list[tuple[str, str]]
Body = bytes | FileBody
_REFERENCES = ("Location", "Content-Location")


@dataclass(slots=True)
class Message:
    """A response, ready to be sent: `headers` are complete; `release` is called once a body in a file is sent."""

    status: int
    headers: Headers
    body: Body = b""
    release: Callable[[], None] | None = None


class Reply:
    """An answer and what its headers say of keeping and coding it; names in `control` and `vary` are in lower case.

    `size` is the length of the body, `tag` its strong validator without quotes, None where there is none.
    """

    __slots__ = (
        "body",
        "control",
        "cookie",
        "final",
        "headers",
        "media_type",
        "size",
        "status",
        "tag",
        "vary",
    )

    def __init__(self, status: int, headers: Headers, body: Body) -> None:
        """Read the headers. Raises RuntimeError if the body is not as long as they say: no answer is ever cut short."""
        self.status, self.headers, self.body = status, headers, body
        values: dict[str, str] = {}
        for name, value in headers:
            name = name.lower()
            values[name] = f"{values[name]},{value}" if name in values else value
        self.control = {part.partition("=")[0].strip().lower() for part in values.get("cache-control", "").split(",")}
        self.vary = {part.strip().lower() for part in values.get("vary", "").split(",")} - {""}
        self.cookie = "set-cookie" in values
        self.media_type = values.get("content-type", "").partition(";")[0].strip().lower()
        self.size = len(body) if isinstance(body, bytes) else body.size
        declared = values.get("content-length")
        if declared is not None and int(declared) != self.size:
            self.close()
            raise RuntimeError(f"the application declared {declared} bytes and wrote {self.size}")
        tag = values.get("etag", "")
        self.tag = tag[1:-1] if tag[:1] == '"' else None
        # A part, a form that is chosen already, or one that says it must stay as it is.
        self.final = self.status == 206 or "content-encoding" in values or "no-transform" in self.control

    @classmethod
    def of(cls, response: Response) -> "Reply":
        """Return the answer that a response of Flask is."""
        headers: WerkzeugHeaders = response.headers
        if response.status_code == 304 or any(name in headers for name in _REFERENCES):
            headers = response.get_wsgi_headers({})
        return cls(response.status_code, list(headers), _body(response))

    def whole(self) -> bytes:
        """Return the body and close it."""
        try:
            return self.body if isinstance(self.body, bytes) else self.body.read()
        finally:
            self.close()

    def close(self) -> None:
        """Give back the file of a body that is not sent."""
        if isinstance(self.body, FileBody):
            self.body.close()


def _body(response: Response) -> Body:
    inner = response.response
    if isinstance(inner, FileBody):
        return inner
    try:
        return b"".join(response.iter_encoded())
    finally:
        response.close()
