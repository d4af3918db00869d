"""The API's description is OpenAPI 3.1, says all there is, and the page made from it says the same."""

import json
import re
from html import unescape

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api import docs_page
from api.problems import PROBLEMS
from core.permissions import FOR_PROGRAMS, declared
from tests.factories import make_expert

AS_BEFORE = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def spec(client):
    return client.get("/api/v1/openapi.json").json


def operations(spec):
    for path, methods in spec["paths"].items():
        for method, said in methods.items():
            if method != "parameters":
                yield path, method.upper(), said


def test_it_is_openapi_3_1(spec):
    assert spec["openapi"].startswith("3.1")
    assert not list(OpenAPIV31SpecValidator(spec).iter_errors())


def test_it_has_every_route_for_programs_and_no_other(app, spec):
    served = {
        (AS_BEFORE.sub(r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if getattr(declared(app.view_functions[rule.endpoint]), "access", None) in FOR_PROGRAMS
    }

    assert {(path, method) for path, method, _ in operations(spec)} == served


def test_it_says_which_scope_each_operation_needs(app, spec):
    for path, method, said in operations(spec):
        permission = declared(app.view_functions[f"api.{said['operationId']}"])
        assert said["security"] == [{"token": [permission.scope.value] if permission.scope else []}], (path, method)
        assert said["x-access"] == permission.access.value
        assert said["summary"]
        assert said["description"]


def test_it_is_for_anybody_and_says_when_it_has_changed(client):
    for address in ("/api/v1/openapi.json", "/api/docs"):
        first = client.get(address)
        assert first.status_code == 200
        assert "Set-Cookie" not in first.headers
        assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_page_has_every_operation_shape_and_problem(client, spec):
    page = unescape(client.get("/api/docs").text)

    for path, method, said in operations(spec):
        assert f"<strong>{method}</strong> <code>{path}</code>" in page
        assert said["summary"] in page
    for shape in docs_page.shapes(spec):
        assert f'id="shape-{shape.name}"' in page
        assert all(f"<code>{row.name}</code>" in page for row in shape.rows)
    for kind in PROBLEMS:
        assert f'id="{kind}"' in page
    targets, ids = set(re.findall(r'href="#([^"]+)"', page)), set(re.findall(r'\bid="([^"]+)"', page))
    assert targets <= ids


def test_the_page_loads_no_script_but_ours(client):
    page = client.get("/api/docs").text

    assert set(re.findall(r'<script[^>]*src="([^"?]+)', page)) == {"/static/laurel.js"}


def test_examples_are_as_the_description_says(spec):
    components = {"components": spec["components"]}
    for path, method, said in operations(spec):
        for content in (said.get("requestBody", {}), said["responses"]["200"]):
            for kind, each in content.get("content", {}).items():
                if "example" in each and kind == "application/json":
                    jsonschema.Draft202012Validator(each["schema"] | components).validate(each["example"])
                    assert_no_more(each["example"], each["schema"], spec, f"{method} {path}")


def test_answers_have_all_that_is_described_and_no_more(spec, marketplace, partners, northwind):
    award = make_expert(northwind)
    key = award.freelancer.marketplace_id
    asked = {
        "/api/v1/token": "/token",
        "/api/v1/freelancers/{marketplace_id}/eligibility": f"/freelancers/{key}/eligibility",
        "/api/v1/freelancers/{marketplace_id}/capabilities": f"/freelancers/{key}/capabilities",
        "/api/v1/partners/{partner}/freelancers/{marketplace_id}/eligibility": (
            f"/partners/northwind/freelancers/{key}/eligibility"
        ),
        "/api/v1/partners/{partner}/requirements": "/partners/northwind/requirements",
        "/api/v1/policy": "/policy",
    }
    for path, address in asked.items():
        schema = spec["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = marketplace.get(address)
        assert answer.status_code == 200
        jsonschema.Draft202012Validator(schema | {"components": spec["components"]}).validate(answer.json)
        assert_no_more(answer.json, schema, spec, address)


def assert_no_more(found, schema, spec, where):
    """Fail where an object has a part that its schema does not name, or lacks one that it names."""
    for each in schema.get("anyOf", [schema]):
        if "$ref" in each:
            schema = spec["components"]["schemas"][each["$ref"].rpartition("/")[2]]
    if isinstance(found, list):
        for one in found:
            assert_no_more(one, schema.get("items", {}), spec, where)
    elif isinstance(found, dict) and "properties" in schema:
        unknown = set(found) - set(schema["properties"])
        assert not unknown, f"{where}: {unknown} in {json.dumps(found)[:200]}"
        for name, inner in found.items():
            assert_no_more(inner, schema["properties"][name], spec, f"{where}.{name}")
