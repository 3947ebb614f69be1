"""/reconcile: version 0.2 and the draft of the Reconciliation Service API.

The official JSON schemas are not kept here; what they ask for is said by these tests in their own words.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from govplan.config import Settings
from govplan.group import client_keys
from govplan.manifest import Manifest
from govplan.sparql import Store
from govplan.web import create_app
from tests.web.served import Serve, alone

BASE = "https://w3id.org/govplan/"
SMALS = f"{BASE}id/organisation/smals"
DEEP_TECH = f"{BASE}id/action/be-ai-convergence-019"
OBJECTIVE = f"{BASE}ns#Objective"
ROOTS = ("/reconcile", "/reconcile/draft")


def _batch(client: FlaskClient, queries: Any, **kwargs: Any) -> TestResponse:
    return client.post("/reconcile", data={"queries": json.dumps(queries)}, **kwargs)


def _draft(client: FlaskClient, *queries: Any) -> TestResponse:
    return client.post("/reconcile/draft/match", json={"queries": list(queries)})


def _name(text: str | list[str]) -> dict[str, Any]:
    return {"matchType": "name", "propertyValue": text}


def test_manifest(client: FlaskClient) -> None:
    """The manifest of 0.2 has all that OpenRefine asks for, with whole addresses of this server."""
    manifest = client.get("/reconcile", base_url="https://plans.example/").get_json()

    assert ["0.2"] == manifest["versions"]
    assert (BASE, f"{BASE}ns#") == (manifest["identifierSpace"], manifest["schemaSpace"])
    assert "https://plans.example/reconcile/view?id={{id}}" == manifest["view"]["url"]
    assert "https://plans.example/reconcile/preview?id={{id}}" == manifest["preview"]["url"]
    assert {"url", "width", "height"} == set(manifest["preview"])
    assert {"entity", "type", "property"} == set(manifest["suggest"])
    assert all({"id", "name"} <= set(kind) for kind in manifest["defaultTypes"])
    assert "authentication" not in manifest


def test_draft_manifest(client: FlaskClient) -> None:
    """The manifest of the draft says what there is; the addresses follow from its own."""
    manifest = client.get("/reconcile/draft").get_json()

    assert ["1.0-draft"] == manifest["versions"]
    assert {"entity": True, "type": True, "property": True} == manifest["suggest"]
    assert manifest["view"]["url"].endswith("/reconcile/view{?id}")
    assert manifest["standardizedScore"]
    assert manifest["extend"]["proposeProperties"]
    assert not {"identifierSpace", "schemaSpace"} & set(manifest)


def test_addresses_of_manifest(client: FlaskClient) -> None:
    """Every address that the manifest of 0.2 names answers."""
    manifest = client.get("/reconcile").get_json()
    addresses = [manifest[part]["url"].replace("{{id}}", quote(SMALS, safe="")) for part in ("view", "preview")]
    for kind, thing in (("entity", SMALS), ("type", OBJECTIVE), ("property", f"{BASE}ns#underObjective")):
        service = manifest["suggest"][kind]
        addresses.append(service["service_url"] + service["service_path"] + "?prefix=a")
        path = service["flyout_service_path"].replace("${id}", quote(thing, safe=""))
        addresses.append(service["flyout_service_url"] + path)
    propose = manifest["extend"]["propose_properties"]
    addresses.append(propose["service_url"] + propose["service_path"])

    assert {200, 303} == {client.get(address.removeprefix("http://localhost")).status_code for address in addresses}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_batch(client: FlaskClient, method: str) -> None:
    """A batch of 0.2 is answered by key, with candidates that are whole."""
    queries = {"q0": {"query": "Smals v.z.w."}, "other": {"query": "nothing of this name"}}
    fields = {"queries": json.dumps(queries)}
    response = client.get("/reconcile", query_string=fields) if method == "GET" else _batch(client, queries)
    first = response.get_json()["q0"]["result"][0]

    assert {"q0", "other"} == set(response.get_json())
    assert [] == [candidate for candidate in response.get_json()["other"]["result"] if candidate["match"]]
    assert (SMALS, "Smals", 100.0, True) == tuple(first[name] for name in ("id", "name", "score", "match"))
    assert [{"id": "http://www.w3.org/ns/org#Organization", "name": "Organisation"}] == first["type"]
    assert all(isinstance(feature["value"], bool | int | float) for feature in first["features"])
    assert "no-store" == response.headers["Cache-Control"]


def test_draft_batch(client: FlaskClient) -> None:
    """A batch of the draft is answered in order."""
    response = _draft(client, {"conditions": [_name("no such thing")]}, {"conditions": [_name("smals")]})
    unknown, known = response.get_json()["results"]

    assert not any(candidate["match"] for candidate in unknown["candidates"])
    assert (SMALS, True) == (known["candidates"][0]["id"], known["candidates"][0]["match"])
    assert all(feature["name"] for feature in known["candidates"][0]["features"])


def test_both_versions_agree(client: FlaskClient) -> None:
    """Both versions find the same candidates with the same scores."""
    old = _batch(client, {"q": {"query": "cyber security", "limit": 9}}).get_json()["q"]["result"]
    new = _draft(client, {"conditions": [_name("cyber security")], "limit": 9}).get_json()["results"][0]["candidates"]

    assert [(c["id"], c["score"], c["match"]) for c in old] == [(c["id"], c["score"], c["match"]) for c in new]


def test_type(client: FlaskClient) -> None:
    """A kind, by IRI or by name in any language, leaves out the others; `should` only prefers it."""
    asked = {
        "iri": {"query": "Cyber security", "type": OBJECTIVE},
        "name": {"query": "Cyber security", "type": ["doelstelling"]},
        "should": {"query": "Cyber security", "type": OBJECTIVE, "type_strict": "should"},
    }
    answer = _batch(client, asked).get_json()
    objective = f"{BASE}id/objective/be-ai-convergence-2"

    assert {objective} == {answer[key]["result"][0]["id"] for key in asked}
    assert all(answer[key]["result"][0]["match"] for key in asked)
    assert [1, 1] == [len(answer[key]["result"]) for key in ("iri", "name")]
    assert len(answer["should"]["result"]) > 1


def test_limit(client: FlaskClient) -> None:
    """No more candidates come than were asked for."""
    assert 1 == len(_batch(client, {"q": {"query": "Regering", "limit": 1}}).get_json()["q"]["result"])


def test_properties(client: FlaskClient) -> None:
    """Properties refine a name, and find entities without one."""
    federal = {"pid": "gp:levelOfPower", "v": {"id": f"{BASE}auth/level/federal"}}
    elsewhere = {"pid": "gp:levelOfPower", "v": "Waals Gewest"}
    asked = {
        "right": {"query": "FOD BOSA", "properties": [federal]},
        "wrong": {"query": "FOD BOSA", "properties": [elsewhere]},
        "alone": {"properties": [federal], "limit": 3},
        "number": {"properties": [{"pid": "gp:sourceNumber", "v": "3.2"}]},
    }
    answer = _batch(client, asked).get_json()

    assert answer["right"]["result"][0]["score"] > answer["wrong"]["result"][0]["score"]
    assert not any(candidate["match"] for candidate in answer["alone"]["result"])
    assert 3 == len(answer["alone"]["result"])
    assert (DEEP_TECH, True) == (answer["number"]["result"][0]["id"], answer["number"]["result"][0]["match"])


@pytest.mark.parametrize("query", ["", "  ", "Smals", "imec"])
@pytest.mark.parametrize("name", ["identifier", "dcterms:identifier", "Identificatienummer", "owl:sameAs"])
@pytest.mark.parametrize("number", ["0406.798.006", "BE0406798006", 406798006, {"id": SMALS}])
def test_number_as_a_property(client: FlaskClient, query: str, name: str, number: Any) -> None:
    """An exact identifier among the properties decides, in both versions, whatever the name."""
    old = _batch(client, {"q": {"query": query, "properties": [{"pid": name, "v": number}]}}).get_json()["q"]["result"]
    condition = {"matchType": "property", "propertyId": name, "propertyValue": number}
    new = _draft(client, {"conditions": [_name(query), condition]}).get_json()["results"][0]["candidates"]

    assert (SMALS, True) == (old[0]["id"], old[0]["match"])
    assert [candidate["id"] for candidate in old] == [candidate["id"] for candidate in new]


@pytest.mark.parametrize("kind", ["Q5", ["Q5", "Q6"], "https://example.org/Thing", "organisations of the world"])
def test_unknown_kind(client: FlaskClient, kind: Any) -> None:
    """A kind that is not there empties its own query only."""
    known = {"query": "Smals", "type": "http://xmlns.com/foaf/0.1/Agent"}
    answer = _batch(client, {"a": {"query": "Smals", "type": kind}, "b": known, "c": {"query": "Smals"}}).get_json()

    assert [] == answer["a"]["result"]
    assert [SMALS, SMALS] == [answer[key]["result"][0]["id"] for key in "bc"]
    if isinstance(kind, str):
        asked = {"type": kind, "conditions": [_name("Smals")]}
        draft = _draft(client, asked, {"conditions": [_name("Smals")]}).get_json()
        assert [True, False] == [not result["candidates"] for result in draft["results"]]


@pytest.mark.parametrize("name", ["P1", "https://example.org/p", "colour", ""])
def test_unknown_property(client: FlaskClient, name: str) -> None:
    """Nothing has a property that is not there: alone it finds nothing, beside a name it takes from the score."""
    condition = {"pid": name, "v": "blue"}
    queries = {
        "alone": {"properties": [condition]},
        "beside": {"query": "Smals", "properties": [condition]},
        "without": {"query": "Smals"},
    }
    answer = _batch(client, queries).get_json()

    assert [] == answer["alone"]["result"]
    assert answer["beside"]["result"][0]["score"] < answer["without"]["result"][0]["score"]


def test_required_condition(client: FlaskClient) -> None:
    """A required condition of the draft filters; `none` turns it round."""
    level = {"matchType": "property", "propertyId": "gp:levelOfPower", "propertyValue": "Federal", "required": True}
    kept = _draft(client, {"conditions": [_name("FOD BOSA"), level]}).get_json()["results"][0]["candidates"]
    turned = {**level, "matchQuantifier": "none"}
    others = _draft(client, {"conditions": [_name("FOD BOSA"), turned]}).get_json()["results"][0]["candidates"]

    assert f"{BASE}id/organisation/fps-bosa" == kept[0]["id"]
    assert f"{BASE}id/organisation/fps-bosa" not in [candidate["id"] for candidate in others]


def test_identifier_condition(client: FlaskClient) -> None:
    """A condition on the identifier finds that entity alone."""
    found = _draft(client, {"conditions": [{"matchType": "id", "propertyValue": SMALS}]}).get_json()["results"][0]

    assert [(SMALS, True)] == [(candidate["id"], candidate["match"]) for candidate in found["candidates"]]


@pytest.mark.parametrize("root", ROOTS)
def test_suggest_entity(client: FlaskClient, root: str) -> None:
    """Entities are suggested by the beginning of a name, of a word in it, and by their identifier."""

    def ids(prefix: str, **more: str) -> list[str]:
        answer = client.get(f"{root}/suggest/entity", query_string={"prefix": prefix, **more})
        return [suggestion["id"] for suggestion in answer.get_json()["result"]]

    assert f"{BASE}id/organisation/data-protection-authority" in ids("gegevensb")
    assert f"{BASE}id/organisation/centre-for-cyber-security-belgium" in ids("belg", limit="100")
    assert SMALS == ids("smal")[0]
    assert SMALS == ids(SMALS)[0]
    assert ids("c", limit="10")[4:] == ids("c", limit="6", offset="4") == ids("c", limit="6", cursor="4")
    assert all("/objective/" in iri for iri in ids("c", type=OBJECTIVE))


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize(("kind", "prefix", "name"), [("type", "obj", "Objective"), ("property", "lab", "Label")])
def test_suggest_terms(client: FlaskClient, root: str, kind: str, prefix: str, name: str) -> None:
    """Kinds and properties are suggested by the beginning of their name."""
    found = client.get(f"{root}/suggest/{kind}?prefix={prefix}").get_json()["result"]

    assert found[0]["name"].startswith(name)
    assert all({"id", "name"} <= set(each) for each in found)


def test_language(client: FlaskClient) -> None:
    """Names come in the language of the reader."""
    query = {"q": {"query": "FOD BOSA"}}
    answer = _batch(client, query, headers={"Accept-Language": "fr-BE, nl;q=0.5"}).get_json()

    assert "SPF Stratégie et Appui (BOSA)" == answer["q"]["result"][0]["name"]


def test_preview(client: FlaskClient) -> None:
    """The preview may be framed by anyone and runs nothing; every name says whose wording it is."""
    response = client.get("/reconcile/preview", query_string={"id": f"{BASE}id/objective/be-ai-convergence-1"})
    policy = response.headers["Content-Security-Policy"]

    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "Label by govplan" in response.text
    assert "Title as printed" in response.text
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["preview", "flyout/entity", "view"])
@pytest.mark.parametrize("iri", ["", "nothing", "<script>alert(1)</script>"])
def test_unknown_entity(client: FlaskClient, path: str, iri: str) -> None:
    """What is not an entity is not found, and never echoed as markup."""
    response = client.get(f"/reconcile/{path}", query_string={"id": iri}, headers={"Accept": "text/html"})

    assert 404 == response.status_code
    assert "<script>" not in response.text


def test_flyout_escapes(client: FlaskClient) -> None:
    """The little HTML of a flyout holds no markup of whoever asks."""
    html = client.get("/reconcile/flyout/type", query_string={"id": "<img src=x onerror=alert(1)>"}).get_json()["html"]

    assert "<img" not in html


def test_view(client: FlaskClient) -> None:
    """The view of an entity leads to its address on this server, also where OpenRefine has encoded it."""
    response = client.get(f"/reconcile/view?id={quote(SMALS, safe='')}")

    assert 303 == response.status_code
    assert "http://localhost/id/organisation/smals" == response.headers["Location"]


def test_extension(client: FlaskClient) -> None:
    """Data extension gives the values by entity and property, entities with their names, an unknown entity none."""
    query = {
        "ids": [DEEP_TECH, "unknown"],
        "properties": [{"id": "gp:underObjective"}, {"id": "rdfs:label", "settings": {"limit": "1", "language": "nl"}}],
    }
    old = client.post("/reconcile", data={"extend": json.dumps(query)}).get_json()
    new = client.post("/reconcile/draft/extend", json=query).get_json()
    objective = {"id": f"{BASE}id/objective/be-ai-convergence-3", "name": "AI for a competitive and attractive Belgium"}
    label = {"str": "Een Deep Tech-fonds met een investeringsbudget van 75 miljoen euro oprichten"}

    assert {"gp:underObjective": [objective], "rdfs:label": [label]} == old["rows"][DEEP_TECH]
    assert {"gp:underObjective": [], "rdfs:label": []} == old["rows"]["unknown"]
    assert ["gp:underObjective", "rdfs:label"] == [column["id"] for column in old["meta"]]
    assert {"id": OBJECTIVE, "name": "Objective"} == old["meta"][0]["type"]
    assert old["meta"] == new["meta"]
    assert {
        "id": DEEP_TECH,
        "properties": [
            {"id": "gp:underObjective", "values": [objective]},
            {"id": "rdfs:label", "values": [label]},
        ],
    } == new["rows"][0]


@pytest.mark.parametrize("root", ROOTS)
def test_proposals(client: FlaskClient, root: str) -> None:
    """Properties are proposed for a kind, as many as asked for."""
    answer = client.get(f"{root}/extend/propose", query_string={"type": OBJECTIVE, "limit": 3}).get_json()

    assert (OBJECTIVE, 3, 3) == (answer["type"], answer["limit"], len(answer["properties"]))


def test_cross_origin(client: FlaskClient) -> None:
    """Any page may ask: the draft's JSON is preceded by a preflight, which is answered."""
    preflight = client.options("/reconcile/draft/match", headers={"Access-Control-Request-Method": "POST"})

    assert 204 == preflight.status_code
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert "*" == _batch(client, {}).headers["Access-Control-Allow-Origin"]


_BAD = [
    ("not JSON", "{", "is not JSON"),
    ("too deep", "[" * 50_000, "is not JSON"),
    ("NaN", '{"q": {"query": "a", "limit": NaN}}', "NaN is no JSON number"),
    ("array", "[]", "queries is not a JSON object"),
    ("query is an array", '{"q": []}', "queries.q is not a JSON object"),
    ("empty", '{"q": {}}', "queries.q has neither a query nor properties"),
    ("number as text", '{"q": {"query": 7}}', "queries.q.query is not a text"),
    ("unknown field", '{"q": {"query": "a", "typ": "b"}}', "unknown field 'typ'"),
    ("no value", '{"q": {"query": "a", "properties": [{"pid": "rdfs:label"}]}}', "properties[0].v is no value"),
    ("no values", '{"q": {"query": "a", "properties": [{"pid": "rdfs:label", "v": []}]}}', "is empty"),
    ("limit 0", '{"q": {"query": "a", "limit": 0}}', "limit is not a whole number"),
    ("endless limit", '{"q": {"query": "a", "limit": 1e999}}', "limit is not a whole number"),
    ("strictness", '{"q": {"query": "a", "type_strict": "maybe"}}', "type_strict is 'maybe'"),
    ("far limit", '{"q": {"query": "a", "limit": 1001}}', "limit is above 1000"),
    ("limit of thousands of digits", '{"q": {"query": "a", "limit": ' + "9" * 5000 + "}}", "is not JSON"),
    ("value of thousands of digits", '{"q": {"properties": [{"pid": "a", "v": ' + "9" * 5000 + "}]}}", "is not JSON"),
    ("half a pair", '{"\\ud800": {"query": "a"}}', "surrogates not allowed"),
    ("half a pair in a value", '{"q": {"query": "a", "type": "\\udfff"}}', "surrogates not allowed"),
    ("odd strictness", '{"q": {"query": "a", "type_strict": []}}', "type_strict is []"),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in _BAD], ids=[row[0] for row in _BAD])
def test_malformed_batch(client: FlaskClient, text: str, said: str) -> None:
    """A batch that cannot be used is refused with the place, what is wrong and how to mend it."""
    response = client.post("/reconcile", data={"queries": text})

    assert 400 == response.status_code
    assert said in response.get_json()["detail"]
    assert response.get_json()["hint"]


_BAD_DRAFT = [
    ({}, "queries is not a JSON array"),
    ({"queries": [{}]}, "queries[0].conditions is not a JSON array"),
    ({"queries": [{"conditions": []}]}, "queries[0] has no condition"),
    ({"queries": [{"conditions": [{"matchType": "guess"}]}]}, "matchType is 'guess'"),
    ({"queries": [{"conditions": [{**_name("a"), "propertyValue": None}]}]}, "propertyValue is no value"),
    (
        {"queries": [{"conditions": [{"matchType": "id", "propertyValue": "a", "matchQualifier": "fuzzy"}]}]},
        "matchQualifier is not known",
    ),
    (
        {"queries": [{"conditions": [{"matchType": "id", "propertyValue": "a", "required": "yes"}]}]},
        "required is neither true nor false",
    ),
]


@pytest.mark.parametrize(("document", "said"), _BAD_DRAFT)
def test_malformed_draft(client: FlaskClient, document: Any, said: str) -> None:
    """So is a batch of the draft."""
    response = client.post("/reconcile/draft/match", json=document)

    assert 400 == response.status_code
    assert said in response.get_json()["detail"]


def test_batch_limit(client: FlaskClient) -> None:
    """More queries than the manifest allows are refused with the limit; exactly so many are answered."""
    limit = client.get("/reconcile").get_json()["batchSize"]
    queries = {f"q{number}": {"query": "Smals"} for number in range(limit)}
    refused = _batch(client, {**queries, "more": {"query": "Smals"}})

    assert 200 == _batch(client, queries).status_code
    assert (413, limit, limit + 1, "batch_queries") == (
        refused.status_code,
        *(refused.get_json()[name] for name in ("limit", "observed", "setting")),
    )


def test_extension_limit(client: FlaskClient) -> None:
    """So are more entities than that in a data extension query, and more properties than a query has values."""
    label = {"id": "rdfs:label"}
    entities = {"ids": [str(number) for number in range(101)], "properties": [label]}
    properties = {"ids": [SMALS], "properties": [label] * 201}

    assert 413 == client.post("/reconcile/draft/extend", json=entities).status_code
    refused = client.post("/reconcile", data={"extend": json.dumps(properties)})
    assert (413, 200, 201, "batch_values") == (
        refused.status_code,
        *(refused.get_json()[name] for name in ("limit", "observed", "setting")),
    )


_VALUE = {"pid": "gp:levelOfPower", "v": "Federal"}
_MANY = {
    "values": {"query": "a", "properties": [{"pid": "gp:levelOfPower", "v": ["v"] * 2000}]},
    "kinds": {"query": "a", "type": ["doelstelling"] * 5000},
    "conditions": {"query": "a", "properties": [_VALUE] * 2000},
    "of each a few": {"query": "a", "type": ["Action"] * 80, "properties": [{**_VALUE, "v": ["a"] * 119}, _VALUE]},
}
_MANY_OF_THE_DRAFT = {
    "names": [_name(["a"] * 201)],
    "names in several conditions": [_name("a")] * 101,
    "identifiers": [{"matchType": "id", "propertyValue": ["x"] * 5000, "matchQuantifier": "none"}],
    "values": [{"matchType": "property", "propertyId": "gp:levelOfPower", "propertyValue": ["x"] * 5000}],
}


@pytest.mark.parametrize("query", [*_MANY.values(), *_MANY_OF_THE_DRAFT.values()], ids=[*_MANY, *_MANY_OF_THE_DRAFT])
def test_value_limit(client: FlaskClient, query: Any) -> None:
    """A query of more names, kinds, conditions and values than one may have is refused before any is looked up."""
    refused = _draft(client, {"conditions": query}) if isinstance(query, list) else _batch(client, {"q": query})

    problem = refused.get_json()
    assert (413, 200, "batch_values") == (refused.status_code, problem["limit"], problem["setting"])
    assert problem["observed"] > 200


def test_as_many_values_as_allowed(client: FlaskClient) -> None:
    """Exactly so many are answered."""
    query = {"query": "FOD BOSA", "type": ["organisation"] * 98, "properties": [{**_VALUE, "v": ["Federal"] * 101}]}

    assert 200 == _batch(client, {"q": query}).status_code


def test_longest_answer(settings: Settings, manifest: Manifest, release: Path, store: Store) -> None:
    """An answer above the limit of answers is refused as soon as it is longer."""
    app = create_app(replace(settings, answer_bytes=20_000), manifest, release, store, {})
    every = {"properties": [{**_VALUE, "matchQuantifier": "none"}], "limit": 1000}
    refused = _batch(app.test_client(), {f"q{number}": every for number in range(100)})

    problem = refused.get_json()
    assert (413, 20_000, "answer_bytes") == (refused.status_code, problem["limit"], problem["setting"])
    assert problem["observed"] < 1_000_000


def test_piled_accents(client: FlaskClient) -> None:
    """A text with thousands of accents upon one letter, which take long to bring into order, is no name anywhere."""
    piled = "a" + "\u0301" * 10_000 + "\u0323" * 10_000
    asked = [
        {"conditions": [_name([piled, "\ufdfa" * 400])]},
        {"conditions": [{"matchType": "property", "propertyId": "rdfs:label", "propertyValue": piled}]},
        {"conditions": [{"matchType": "id", "propertyValue": piled}]},
    ]
    batch = json.dumps({"queries": asked}, ensure_ascii=False).encode()
    answer = client.post("/reconcile/draft/match", data=batch, content_type="application/json")

    assert [[], [], []] == [result["candidates"] for result in answer.get_json()["results"]]
    assert 400 == client.get("/reconcile/suggest/entity", query_string={"prefix": piled[9_800:10_201]}).status_code


@pytest.mark.parametrize(
    ("path", "kwargs", "status"),
    [
        ("/reconcile", {"data": {"nothing": "here"}}, 400),
        ("/reconcile", {"json": {"queries": []}}, 415),
        ("/reconcile/draft/match", {"data": {"queries": "[]"}}, 415),
        ("/reconcile/draft/match", {"data": b"\xff", "content_type": "application/json"}, 400),
        ("/reconcile/draft/match", {"data": b"x" * 500_000, "content_type": "application/json"}, 413),
        ("/reconcile/draft/extend", {"json": {"ids": "a"}}, 400),
        ("/reconcile/draft/extend", {"json": {"ids": [], "properties": [{"id": "rdfs:label", "settings": 1}]}}, 400),
        (
            "/reconcile/draft/extend",
            {"json": {"ids": [], "properties": [{"id": "rdfs:label", "settings": {"limit": "-1"}}]}},
            400,
        ),
        *(
            (
                "/reconcile",
                {
                    "data": {
                        "extend": f'{{"ids":[],"properties":[{{"id":"rdfs:label","settings":{{"limit":{limit}}}}}]}}'
                    }
                },
                400,
            )
            for limit in ("1e999", "-1e999", '"' + "9" * 5000 + '"', "[9]")
        ),
    ],
)
def test_wrong_post(client: FlaskClient, path: str, kwargs: dict[str, Any], status: int) -> None:
    """A body of another type, another form or another size is refused as such."""
    assert status == client.post(path, **kwargs).status_code


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reconcile?callback=f&queries={}", 400),
        ("/reconcile/suggest/colour?prefix=a", 404),
        ("/reconcile/suggest/entity?prefix=a&limit=0", 400),
        ("/reconcile/suggest/entity?prefix=a&offset=-1", 400),
        ("/reconcile/suggest/entity?prefix=a&limit=%D9%A3", 400),
        ("/reconcile/suggest/entity?prefix=a&limit=1001", 400),
        ("/reconcile/suggest/entity?prefix=a&offset=" + "9" * 5000, 400),
        ("/reconcile/suggest/property?prefix=" + "a" * 401, 400),
        ("/reconcile/extend/propose?type=nothing", 400),
        ("/reconcile/draft/match", 405),
    ],
)
def test_wrong_get(client: FlaskClient, path: str, status: int) -> None:
    """JSONP, kinds and numbers that cannot be used are refused as what they are."""
    assert status == client.get(path).status_code


def test_budget(settings: Settings, manifest: Manifest, release: Path, store: Store, serve: Serve) -> None:
    """Where clients have budgets, matching is charged: a client that runs too much at once is sent away."""
    limited = replace(settings, budgets="on", client_queries=1, client_burst=1)
    group = alone(limited)
    app = create_app(limited, manifest, release, store, {})
    app.wsgi_app = serve(app, limited, group=group)  # type: ignore[method-assign]
    client, keys = app.test_client(), client_keys("127.0.0.1")
    group.accounts.enter(keys, crowded=False)
    assert 429 == _batch(client, {"q": {"query": "Smals"}}).status_code
    group.accounts.leave(keys, 0)

    assert 200 == _batch(client, {"q": {"query": "Smals"}}).status_code
