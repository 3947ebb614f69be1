"""From a request as the HTTP server describes it to the environment that Flask reads."""

import pytest
from flask import Flask
from werkzeug.wrappers import Request

from govplan.web.http import environ as module
from govplan.web.http.environ import Environ, environ_of
from govplan.web.http.files import FileBody
from tests.web.served import Asked, Fields


def _of(*lines: tuple[str, str]) -> Environ:
    return environ_of(Asked(headers=Fields(list(lines))))


def test_request() -> None:
    """All that is said of a request is there."""
    headers = Fields([("host", "plans.example"), ("accept", "text/html"), ("content-type", "text/plain")])
    environ = environ_of(Asked("/queries/x", "a=b&c=%20", "PUT", headers, scheme="https", http_version="1.0"))
    request = Request(environ)

    assert ("PUT", "https://plans.example/queries/x?a=b&c=%20") == (request.method, request.url)
    assert ("text/html", "text/plain") == (str(request.accept_mimetypes), request.content_type)
    assert "HTTP/1.0" == environ["SERVER_PROTOCOL"]
    assert "HTTP_CONTENT_TYPE" not in environ
    assert FileBody.of == environ["wsgi.file_wrapper"]


@pytest.mark.parametrize(
    ("client", "server", "expected"),
    [
        ("192.0.2.1:4711", "127.0.0.1:8000", ("192.0.2.1", "127.0.0.1", "8000")),
        ("[2001:db8::1]:4711", "[::1]:8000", ("2001:db8::1", "::1", "8000")),
        ("2001:db8::1:4711", "::1:8000", ("2001:db8::1", "::1", "8000")),
    ],
)
def test_both_ends(client: str, server: str, expected: tuple[str, str, str]) -> None:
    """The addresses of both ends are without ports and brackets, in either version of IP."""
    environ = environ_of(Asked(client=client, server=server))

    assert expected == (environ["REMOTE_ADDR"], environ["SERVER_NAME"], environ["SERVER_PORT"])


def test_lines_of_one_name() -> None:
    """Values of several lines of one name count together, in their order."""
    environ = _of(("accept", "text/html"), ("x-forwarded-for", "a"), ("accept", "text/csv;q=0.5"))

    assert "text/html,text/csv;q=0.5" == environ["HTTP_ACCEPT"]
    assert "a" == environ["HTTP_X_FORWARDED_FOR"]


def test_authority() -> None:
    """The authority of a request, where it names one, is the host that is asked."""
    asked = Asked(headers=Fields([("host", "forged.example")]), authority="plans.example:8000")

    assert "plans.example:8000" == environ_of(asked)["HTTP_HOST"]


@pytest.mark.parametrize("path", ["/", "/queries/dépenses", "/\U0001f600", "/a%b"])
def test_path_in_any_script(path: str) -> None:
    """A path is what it says, in any script."""
    seen: list[str] = []
    app = Flask(__name__)
    with app.request_context({**environ_of(Asked(path, "q=é")), "HTTP_HOST": "x"}) as context:
        seen += [context.request.path, context.request.args["q"]]

    assert [path, "é"] == seen


@pytest.mark.parametrize("name", ["x_forwarded_for", "x-forwarded_for", "transfer_encoding"])
def test_names_that_only_look_alike(name: str) -> None:
    """A name with an underscore is another name than the one with a hyphen, and nothing that anybody here reads."""
    environ = _of(("x-forwarded-for", "192.0.2.1"), (name, "forged"))

    assert "192.0.2.1" == environ["HTTP_X_FORWARDED_FOR"]
    assert "forged" not in environ.values()


def test_nobody_fills_the_memory_with_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of headers are remembered, and read like any other once there are too many to remember."""
    monkeypatch.setattr(module, "_KEYS", dict(module._PLAIN))
    monkeypatch.setattr(module, "_MOST_KEYS", 4)
    lines = [(f"x-{number}", str(number)) for number in range(10)]
    for _ in range(2):
        environ = _of(*lines)
        assert [str(number) for number in range(10)] == [environ[f"HTTP_X_{number}"] for number in range(10)]

    assert 4 == len(module._KEYS)
