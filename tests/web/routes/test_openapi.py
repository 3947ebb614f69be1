"""/openapi.json: valid, complete, and true of what the server does."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from govplan.web.site import EXTENSION


@pytest.fixture(name="document")
def _document(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").get_json()
    return document


def test_valid(document: dict[str, Any]) -> None:
    """The document is OpenAPI 3.1."""
    OpenAPIV31SpecValidator(document).validate()

    assert "3.1.0" == document["openapi"]


def test_complete(app: Flask, document: dict[str, Any]) -> None:
    """Every question is described, with every parameter and its default."""
    for question in app.extensions[EXTENSION].questions.values():
        operation = document["paths"][f"/queries/{question.name}"]["get"]
        described = {each["name"]: str(each["schema"].get("default", "")) for each in operation["parameters"]}
        assert {each.name: each.default for each in question.parameters} == described


def test_formats_are_true(client: FlaskClient, document: dict[str, Any]) -> None:
    """Every format that is described is answered in."""
    path = "/queries/objectives-with-action-counts"
    for media_type in document["paths"][path]["get"]["responses"]["200"]["content"]:
        assert media_type == client.get(path, headers={"Accept": media_type}).mimetype
    operation = document["paths"][path + ".{format}"]["get"]
    [extensions] = [each["schema"]["enum"] for each in operation["parameters"] if each["name"] == "format"]
    for extension in extensions:
        assert 200 == client.get(f"{path}.{extension}").status_code


def test_languages(document: dict[str, Any]) -> None:
    """A language is one of the project's."""
    parameters = document["paths"]["/queries/actions-for-group"]["get"]["parameters"]

    assert ["nl", "fr", "de", "en"] == next(each["schema"]["enum"] for each in parameters if each["name"] == "lang")


def test_problem_is_true(client: FlaskClient, document: dict[str, Any]) -> None:
    """An error has the members that are described."""
    answer = client.get("/queries/actions-for-group.json?group=x")
    schema = document["components"]["schemas"]["Problem"]

    assert "application/problem+json" in document["components"]["responses"]["Problem"]["content"]
    assert set(schema["required"]) <= set(answer.get_json()) <= set(schema["properties"])
