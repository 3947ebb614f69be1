"""Pages of other sites may send whatever they want, and read whatever is answered (Fetch standard, section 3.3)."""

from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

ORIGIN = {"Origin": "https://example.org"}
PATHS = ["/sparql", "/sparql/", "/queries/plan-in-numbers", "/dumps/", "/id/plan/x", "/live", "/nowhere", "/queries"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
@pytest.mark.parametrize("headers", ["queryid", "Authorization", "content-type,x-requested-with, db-query-id", ""])
def test_preflight(client: FlaskClient, path: str, method: str, headers: str) -> None:
    """A preflight allows any method and any header at any address; what is wrong with them the answer tells."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    answer = client.options(path, headers={**ORIGIN, **asked})

    assert (204, b"") == (answer.status_code, answer.data)
    assert "*" == answer.headers["Access-Control-Allow-Origin"]
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    allowed = {each.strip().lower() for each in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert {each.strip().lower() for each in headers.split(",")} - {""} <= allowed
    assert "Access-Control-Request-Headers" in answer.headers["Vary"]


@pytest.mark.parametrize("headers", ["a b", "a,,b", ",", "é", "a\tb", "x" * 3000 + ":", "a;b"])
def test_what_is_no_header(client: FlaskClient, headers: str) -> None:
    """What cannot be the names of headers is not repeated."""
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": headers}
    answer = client.options("/sparql", headers={**ORIGIN, **asked})

    assert 204 == answer.status_code
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert headers != answer.headers["Access-Control-Allow-Headers"]


def test_options_without_preflight(client: FlaskClient) -> None:
    """OPTIONS by itself says what an address takes, and that there is none where there is none."""
    assert {"GET", "HEAD", "OPTIONS", "POST"} == set(client.options("/sparql").headers["Allow"].split(", "))
    assert 404 == client.options("/nowhere").status_code


@pytest.mark.parametrize(
    ("path", "status"), [("/sparql?query=SELECT", 400), ("/nowhere", 404), ("/sparql?query=ASK%7B%7D&format=pdf", 406)]
)
def test_errors_can_be_read(client: FlaskClient, path: str, status: int) -> None:
    """An error can be read by a page of another site, too."""
    answer = client.get(path, headers=ORIGIN)

    assert (status, "*") == (answer.status_code, answer.headers["Access-Control-Allow-Origin"])


@pytest.mark.parametrize("size", [60_000, 62_000, 65_500, 200_000])
@pytest.mark.parametrize("path", ["/sparql", "/search", "/reconcile", "/queries/plan-in-numbers"])
def test_long_address(client: FlaskClient, path: str, size: int) -> None:
    """An address that not everybody can send is refused, and says how else to send a query."""
    query = "query=ASK%7B%7D%23" + "a" * (size - len(path) - 19)
    answer = client.get(f"{path}?{query}", headers=ORIGIN)
    problem = answer.get_json(force=True)

    assert (414, "application/problem+json", "*") == (
        answer.status_code,
        answer.mimetype,
        answer.headers["Access-Control-Allow-Origin"],
    )
    assert "POST" in problem["hint"]
    assert str(size) in problem["detail"]


def test_as_long_as_it_may_be(client: FlaskClient) -> None:
    """One byte less is answered, and the same query by POST however long it is."""
    query = "ASK {} #" + "a" * 59_000
    address = f"/sparql?{urlencode({'query': query})}"
    address += "a" * (59_999 - len(address))

    assert 200 == client.get(address).status_code
    assert 200 == client.post("/sparql", data={"query": query + "a" * 60_000}).status_code
