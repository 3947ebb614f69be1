"""Reading request bodies before any view does: whole or not at all, and never more at once than threads can wait for.

The server hands a request over when its headers are there, so that a thread waits for the body, however slow its client
is. A few places for such waits keep the other threads free for everybody who sends no body.
"""

import threading
from collections import Counter

from flask import Flask, request

from govplan.errors import Overloaded
from govplan.web.admission import client_key
from govplan.web.errors import Refused

PLACES = 48


class Places:
    """Places for bodies that are being read: `total` of them, of which one client may hold `each`."""

    def __init__(self, total: int, each: int) -> None:
        self._total, self._each = total, each
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()

    def read(self) -> None:
        """Read the body of the current request. Raises Refused if it is cut short, Overloaded if no place is free."""
        if not request.content_length and "Transfer-Encoding" not in request.headers:
            return
        client = client_key(request.remote_addr or "")
        with self._lock:
            if self._held.total() >= self._total or self._held[client] >= self._each:
                raise Overloaded("Too many bodies are on their way already; a query may also be sent by GET.")
            self._held[client] += 1
        try:
            body = request.get_data(cache=True)
        finally:
            with self._lock:
                self._held[client] -= 1
                if not self._held[client]:
                    del self._held[client]
        # The server ends a body that its client has cut short as if it were whole.
        if request.content_length is not None and len(body) != request.content_length:
            raise Refused(
                "request-malformed",
                f"The body has {len(body)} bytes; its header announced {request.content_length}.",
                mend="send the whole body",
            )


def install(app: Flask, each: int) -> None:
    """Read the body of every request of `app` here, before its view."""
    app.before_request(Places(PLACES, each).read)
