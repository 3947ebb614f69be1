"""One request on its way through Flask: which thread does what, and where errors go."""

import asyncio
import io
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, g, request

from govplan.errors import Overloaded, QueryMalformed
from govplan.formats import BINDINGS
from govplan.sparql import Answer, Request, Store
from govplan.web.http.conversation import IN_THREAD, Ask, Conversation, Steps, driven, quick, stepwise
from govplan.web.http.environ import environ_of
from govplan.web.http.threads import Threads
from tests.loops import LONG, until
from tests.web.served import Asked, Fields

ASK = Request("ASK {}", BINDINGS[0].media_type)
WRONG = Request("ASK {", BINDINGS[0].media_type)


class Site:
    """An application with a view of each kind, and a loop on which its conversations are held."""

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self.app = Flask("site")
        self.store = store
        self.threads = Threads(size=2, at_once=2, queue=2)
        # What was done, and whether a thread beside the loop did it.
        self.done: list[tuple[str, bool]] = []
        self._loop = loop
        self.app.before_request(lambda: self.note("before"))
        self.app.after_request(self._after)
        self.app.teardown_request(lambda problem: self.note(f"end of {g.get('name')}"))
        self.app.register_error_handler(QueryMalformed, lambda problem: (f"malformed: {problem.line}", 400))
        self.app.register_error_handler(Overloaded, lambda problem: ("overloaded", 503))

    def note(self, what: str) -> None:
        """Remember that something was done."""
        self.done.append((what, threading.current_thread() is not _thread(self._loop)))

    def _after(self, response: Response) -> Response:
        self.note("after")
        return response

    async def hold(self, path: str) -> Response:
        """Hold a conversation, on the loop."""
        environ = environ_of(Asked(path, headers=Fields([("host", "x")])))
        environ["wsgi.input"] = io.BytesIO()
        return await Conversation(self.app, environ).response(self.store.respond, self.threads.run)

    def ask(self, path: str) -> tuple[int, str]:
        """Return the status and the body of the answer to a request."""
        response = asyncio.run_coroutine_threadsafe(self.hold(path), self._loop).result(LONG)
        return response.status_code, response.get_data(as_text=True)


_THREADS: dict[asyncio.AbstractEventLoop, threading.Thread] = {}


def _thread(loop: asyncio.AbstractEventLoop) -> threading.Thread:
    """Return the thread in which a loop runs."""

    async def here() -> threading.Thread:
        return threading.current_thread()

    if loop not in _THREADS:
        _THREADS[loop] = asyncio.run_coroutine_threadsafe(here(), loop).result(LONG)
    return _THREADS[loop]


@pytest.fixture(name="site")
def _site(store: Store, loop: asyncio.AbstractEventLoop) -> Iterator[Site]:
    _thread(loop)
    site = Site(store, loop)
    yield site
    site.threads.close()


def test_view_that_waits_only(site: Site) -> None:
    """A view that asks the store and waits needs no thread, and Flask's own state is there at each of its steps."""

    @site.app.get("/<name>")
    @stepwise
    def view(name: str) -> Steps:
        g.name = name
        site.note("asking")
        first = yield Ask(ASK)
        site.note(f"answered {request.view_args} {g.name}")
        second = yield Ask(ASK)
        assert first is not None
        assert second is not None
        return Response(first.body + second.body)

    status, text = site.ask("/x")

    assert (200, 2) == (status, text.count("true"))
    assert ["before", "asking", "answered {'name': 'x'} x", "after", "end of x"] == [what for what, _ in site.done]
    assert not any(beside for _, beside in site.done)


def test_view_that_renders(site: Site) -> None:
    """What takes long is done in a thread: from the beginning if a view says so, or once the answer is there."""

    @site.app.get("/")
    @stepwise
    def view() -> Steps:
        g.name = "x"
        site.note("looking")
        nothing = yield IN_THREAD
        site.note(f"begun {nothing} {g.name}")
        answer = yield Ask(ASK)
        site.note("on the loop again")
        answer = yield Ask(ASK, rendering=True)
        site.note("rendering")
        assert answer is not None
        return Response(answer.body)

    assert 200 == site.ask("/")[0]
    assert [
        ("before", False),
        ("looking", False),
        ("begun None x", True),
        ("on the loop again", False),
        ("rendering", True),
        ("after", True),
        ("end of x", False),
    ] == site.done


def test_other_views(site: Site) -> None:
    """Any other view is done in a thread, with all that belongs to it, where it asks the store and waits."""

    @site.app.get("/")
    def view() -> bytes:
        site.note("view")
        return site.store.answer(ASK).body

    assert "true" in site.ask("/")[1]
    assert [("before", True), ("view", True), ("after", True)] == site.done[:3]


def test_quick_view(site: Site) -> None:
    """A view that takes next to nothing needs no thread."""

    @site.app.get("/")
    @quick
    def view() -> Response:
        site.note("view")
        return Response("quick")

    assert (200, "quick") == site.ask("/")
    assert not any(beside for _, beside in site.done)


def test_no_view(site: Site) -> None:
    """An address that leads nowhere is answered as Flask does."""
    assert 404 == site.ask("/nowhere")[0]


def test_answered_before_the_view(site: Site) -> None:
    """What answers a request before its view is the answer, and the view never begins."""
    site.app.before_request(lambda: ("early", 418))

    @site.app.get("/")
    @stepwise
    def view() -> Steps:
        site.note("view")
        yield IN_THREAD
        raise AssertionError("nobody asked")

    assert (418, "early") == site.ask("/")
    assert "view" not in dict(site.done)


@pytest.mark.parametrize("rendering", [False, True])
def test_error_of_the_store(site: Site, rendering: bool) -> None:
    """An error of the store is raised in the view where it waits, which may take it, or leave it to the handlers."""

    @site.app.get("/taken")
    @stepwise
    def taken() -> Steps:
        try:
            yield Ask(WRONG, rendering)
        except QueryMalformed:
            site.note("taken")
            return Response("taken")
        raise AssertionError("the query was answered")

    @site.app.get("/left")
    @stepwise
    def left() -> Steps:
        yield Ask(WRONG, rendering)
        raise AssertionError("the query was answered")

    assert (200, "taken") == site.ask("/taken")
    assert ("taken", rendering) in site.done
    assert (400, "malformed: 1") == site.ask("/left")


@pytest.mark.parametrize("where", ["before", "first", "later"])
@pytest.mark.parametrize("known", [True, False])
def test_error_of_the_view(site: Site, where: str, known: bool) -> None:
    """An error at any step goes to its handler, or out, and the request is over in any case."""

    def fail(here: str) -> None:
        if here == where:
            raise QueryMalformed("no query", line=7) if known else ZeroDivisionError

    @site.app.get("/")
    @stepwise
    def view() -> Steps:
        fail("first")
        yield Ask(ASK)
        fail("later")
        raise AssertionError("it did not fail")

    site.app.before_request(lambda: fail("before"))
    if known:
        assert (400, "malformed: 7") == site.ask("/")
    else:
        with pytest.raises(ZeroDivisionError):
            site.ask("/")

    assert "end of None" in dict(site.done)


@pytest.mark.parametrize("path", ["/view", "/steps"])
def test_no_thread_is_free(site: Site, path: str) -> None:
    """Where a view needs a thread and there is no room for it, its client is told so."""

    @site.app.get("/view")
    def view() -> str:
        raise AssertionError("there is no thread for this")

    @site.app.get("/steps")
    @stepwise
    def steps() -> Steps:
        yield Ask(ASK, rendering=True)
        raise AssertionError("there is no thread for this")

    site.threads = Threads(size=1, at_once=1, queue=-1)

    assert (503, "overloaded") == site.ask(path)


def test_client_leaves(site: Site, loop: asyncio.AbstractEventLoop) -> None:
    """A conversation that is given up is over at once, for Flask too, and its view learns nothing more."""
    learnt: list[str] = []

    @site.app.get("/")
    @stepwise
    def view() -> Steps:
        try:
            yield Ask(ASK)
            learnt.append("answer")
        except Exception:
            learnt.append("error")
        raise AssertionError("it went on")

    class Silent:
        async def respond(self, request: Request) -> Answer:
            asking.set()
            await asyncio.Event().wait()
            raise AssertionError("nobody answers")

    async def leave() -> None:
        site.store = Silent()  # type: ignore[assignment]
        held = asyncio.create_task(site.hold("/"))
        await until(asking.is_set)
        held.cancel()
        with pytest.raises(asyncio.CancelledError):
            await held

    asking = threading.Event()
    asyncio.run_coroutine_threadsafe(leave(), loop).result(LONG)

    assert [] == learnt
    assert "end of None" in dict(site.done)


def test_driven(store: Store) -> None:
    """Without a loop, the same steps are made one after the other, and errors of the store are raised in the view."""

    def steps() -> Steps:
        assert (yield IN_THREAD) is None
        answer = yield Ask(ASK, rendering=True)
        assert answer is not None
        with pytest.raises(QueryMalformed):
            yield Ask(WRONG)
        return Response(answer.body)

    def failing() -> Steps:
        yield Ask(WRONG)
        raise AssertionError("the query was answered")

    assert b"true" in driven(steps(), store).data
    with pytest.raises(QueryMalformed):
        driven(failing(), store)
