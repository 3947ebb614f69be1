"""Addresses that lead on to another one of the same server."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("host", ["one.example", "two.example:8000"])
@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/dumps", "/dumps/"),
        ("/errors", "/errors/"),
        ("/queries", "/queries/"),
        ("/dumps?format=json&x=a%20b", "/dumps/?format=json&x=a%20b"),
        ("/dumps//be-ai-convergence.nq", "/dumps/be-ai-convergence.nq"),
        ("/queries//plan-in-numbers?lang=nl", "/queries/plan-in-numbers?lang=nl"),
    ],
)
def test_slash_redirect_names_no_host(client: FlaskClient, path: str, target: str, host: str) -> None:
    """An address with a slash too many or too few leads on within whatever host was asked, and names none."""
    answer = client.get(path, headers={"Host": host})
    assert 308 == answer.status_code
    assert target == answer.headers["Location"]
    assert host not in answer.text
