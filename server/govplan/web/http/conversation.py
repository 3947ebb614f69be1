"""One request on its way through Flask, without a thread where there is nothing to do but wait for the store.

A view may be a generator. It yields a `Request` to the store and is sent the answer (or thrown the error); `rendering`
asks that the next step be made in a thread, because it takes long; what it returns is the response. Such a view runs on
the event loop. Every other view runs in a thread, where it asks the store and waits.
"""

import contextvars
import inspect
from collections.abc import Awaitable, Callable, Generator
from dataclasses import replace
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

from flask import Flask, Response

from govplan.errors import Overloaded
from govplan.sparql import Answer, Request, Store
from govplan.web.http.environ import Environ

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")


class Ask(NamedTuple):
    """What a view wants next: an answer of the store, None if it only wants to go on in a thread.

    With `rendering`, what the view does next takes long enough to need a thread.
    """

    request: Request | None
    rendering: bool = False


IN_THREAD = Ask(None, rendering=True)
Steps = Generator[Ask, Answer | None, Response]


_quick: set[Callable[..., Any]] = set()


def quick(view: Callable[Parameters, Response]) -> Callable[Parameters, Response]:
    """Mark a view that neither asks the store nor takes long, so that it needs no thread."""
    _quick.add(view)
    return view


def stepwise(view: Callable[Parameters, Steps]) -> Callable[Parameters, Response]:
    """Mark a view as one that yields what it wants of the store; to Flask it is a view like any other."""
    return cast(Callable[Parameters, Response], view)


def driven(steps: Steps, store: Store) -> Response:
    """Return the response of a generator, waiting for the store in this thread."""
    try:
        ask = next(steps)
        while True:
            try:
                answer = None if ask.request is None else store.answer(ask.request)
            except Exception as problem:
                ask = steps.throw(problem)
            else:
                ask = steps.send(answer)
    except StopIteration as stop:
        response: Response = stop.value
        return response


class Conversation:
    """One request and the state of Flask for it; each step runs in the same context, whichever thread makes it."""

    def __init__(self, app: Flask, environ: Environ) -> None:
        self._app = app
        self._context = contextvars.copy_context()
        self._flask = app.request_context(environ)
        self._steps: Steps | None = None

    async def response(
        self,
        respond: Callable[[Request], Awaitable[Answer]],
        in_thread: Callable[[Callable[[], Ask | Response]], Awaitable[Ask | Response]],
    ) -> Response:
        """Return the response; raises what these two raise outside a view, and what no handler of Flask takes."""
        self._run(self._flask.push)
        try:
            try:
                if self._waits_only():
                    step = self._run(self._begin)
                else:
                    step = await in_thread(lambda: self._run(self._begin))
                while isinstance(step, Ask):
                    step = await self._next(step, respond, in_thread)
            except Overloaded as problem:
                # There is no room for the thread that it needs.
                step = self._run(self._failed, problem)
            return step
        finally:
            self._run(self._flask.pop)

    async def _next(
        self,
        ask: Ask,
        respond: Callable[[Request], Awaitable[Answer]],
        in_thread: Callable[[Callable[[], Ask | Response]], Awaitable[Ask | Response]],
    ) -> Ask | Response:
        answer: Answer | None = None
        problem: Exception | None = None
        try:
            if ask.request is not None:
                answer = await respond(replace(ask.request, for_page=ask.rendering))
        except Exception as raised:
            problem = raised

        def step() -> Ask | Response:
            return self._run(self._go_on, answer, problem)

        return await in_thread(step) if ask.rendering else step()

    def _run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        return self._context.run(function, *arguments)

    def _waits_only(self) -> bool:
        endpoint = self._flask.request.endpoint
        if endpoint is None:
            return False
        view = self._app.view_functions[endpoint]
        return view in _quick or inspect.isgeneratorfunction(view)

    def _begin(self) -> Ask | Response:
        """Do what Flask does before a view and begin the view (`Flask.full_dispatch_request`)."""
        try:
            made = self._app.preprocess_request()
            if made is None:
                made = Flask.dispatch_request(self._app)
        except Exception as problem:
            return self._failed(problem)
        if inspect.isgenerator(made):
            self._steps = cast(Steps, made)
            return self._go_on(None, None)
        return self._finished(made)

    def _go_on(self, answer: Answer | None, problem: Exception | None) -> Ask | Response:
        assert self._steps is not None
        try:
            return self._steps.send(answer) if problem is None else self._steps.throw(problem)
        except StopIteration as stop:
            return self._finished(stop.value)
        except Exception as raised:
            return self._failed(raised)

    def _failed(self, problem: Exception) -> Response:
        return self._finished(self._app.handle_user_exception(problem))

    def _finished(self, made: Any) -> Response:
        response: Response = self._app.finalize_request(made)
        return response
