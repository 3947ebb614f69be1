"""What a WSGI application answered, its headers read once: every answer that is not kept goes through here."""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]


class Reply:
    """An answer and what its headers say of keeping and coding it; names in `control` and `vary` are in lower case.

    `size` is the length it declares, `tag` its strong validator without quotes; each is None where there is none.
    """

    __slots__ = (
        "_body",
        "control",
        "cookie",
        "final",
        "headers",
        "line",
        "media_type",
        "release",
        "size",
        "status",
        "tag",
        "vary",
    )

    def __init__(self, application: WSGIApplication, environ: WSGIEnvironment) -> None:
        """Call the application. Raises what it raises, and RuntimeError if it does not say its headers at once."""
        said: list[tuple[str, Headers]] = []

        def start_response(
            line: str,
            headers: Headers,
            problem: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None = None,
        ) -> Any:
            if problem and problem[1]:
                raise problem[1]
            said.append((line, headers))

        self._body: Iterable[bytes] = application(environ, start_response)
        if not said:
            self.close()
            raise RuntimeError("the application returned before it said its headers")
        self.line, self.headers = said[-1]
        self.status = int(self.line[:3])
        values: dict[str, str] = {}
        for name, value in self.headers:
            name = name.lower()
            values[name] = f"{values[name]},{value}" if name in values else value
        self.control = {part.partition("=")[0].strip().lower() for part in values.get("cache-control", "").split(",")}
        self.vary = {part.strip().lower() for part in values.get("vary", "").split(",")} - {""}
        self.cookie = "set-cookie" in values
        self.release = values.get("x-release")
        self.media_type = values.get("content-type", "").partition(";")[0].strip().lower()
        self.size = int(values["content-length"]) if "content-length" in values else None
        tag = values.get("etag", "")
        self.tag = tag[1:-1] if tag[:1] == '"' else None
        # A part, a form that is chosen already, or one that says it must stay as it is.
        self.final = self.status == 206 or "content-encoding" in values or "no-transform" in self.control

    def pieces(self) -> Iterator[bytes]:
        """Yield the body. Raises RuntimeError if it is not as long as it was declared: no answer is ever cut short."""
        written = 0
        for piece in self._body:
            written += len(piece)
            yield piece
        if self.size not in (None, written):
            raise RuntimeError(f"the application declared {self.size} bytes and wrote {written}")

    def whole(self) -> bytes:
        """Return the body and close it; raises as `pieces` does."""
        try:
            return b"".join(self.pieces())
        finally:
            self.close()

    def close(self) -> None:
        """Give back what the body holds, as PEP 3333 wants."""
        body, self._body = self._body, ()
        close = getattr(body, "close", None)
        if close is not None:
            close()
