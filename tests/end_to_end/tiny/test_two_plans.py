"""A project of two plans: each has its pages, and none shows what is of the other alone."""

import pytest
from flask.testing import FlaskClient

PAGES = ("powers", "findings", "actors", "sources", "picture")


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert 200 == answer.status_code, path
    return answer.text


@pytest.mark.parametrize("page", ["", "plan", *PAGES])
def test_choice(client_of_two: FlaskClient, page: str) -> None:
    """Home and the short addresses list the plans, each with the address of its page."""
    shown = _page(client_of_two, f"/{page}")
    below = "" if page in ("", "plan") else f"/{page}"

    for slug, name in (("cycling", "Cycling plan"), ("walking", "Walking plan")):
        assert f'<a href="/plan/{slug}{below}">' in shown
        assert name in shown


@pytest.mark.parametrize("below", ["", *(f"/{page}" for page in PAGES)])
@pytest.mark.parametrize(("slug", "other"), [("cycling", "walking"), ("walking", "cycling")])
def test_nothing_of_the_other(client_of_two: FlaskClient, slug: str, other: str, below: str) -> None:
    """A page of one plan leads to its own things and pages only."""
    shown = _page(client_of_two, f"/plan/{slug}{below}")

    assert f"/plan/{slug}" in shown
    assert f"{slug}-" in shown or below == "/findings" or f"/id/plan/{slug}.html" in shown
    assert other not in shown.casefold()


def test_unknown_plan(client_of_two: FlaskClient) -> None:
    """The address of a plan that is not there says which there are."""
    problem = client_of_two.get("/plan/running", headers={"Accept": "application/json"}).get_json()

    assert (404, ["cycling", "walking"]) == (problem["status"], problem["offered"])


def test_question_of_one_plan(client_of_two: FlaskClient) -> None:
    """A question that is asked of one plan names objectives of that one only."""
    answer = client_of_two.get("/queries/objectives-with-action-counts.csv?plan=plan:walking").text

    assert "walking-1" in answer
    assert "cycling" not in answer
