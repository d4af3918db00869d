"""Requests made up from the description itself: whatever comes, the answer is one that is described. Never a 500."""

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.problems import PROBLEMS
from badges.services import record_receipt
from core import database
from tests.factories import make_expert, make_token

#: So many requests for each operation, twice over.
EXAMPLES = 12
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@schemathesis.serializer("application/x-ndjson")
def rows(_context, value):
    """Send a made-up text as the rows of a batch."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


@pytest.fixture
def there(northwind, at):
    """Return something that is there for every argument that an address takes."""
    award = make_expert(northwind)
    receipt = record_receipt(award.freelancer_id, northwind.programme.achievement_id, "sweep", at=at)
    return {"partner": "northwind", "marketplace_id": award.freelancer.marketplace_id, "receipt_id": str(receipt.id)}


@pytest.fixture
def described(app, session, at):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.mark.slow
@pytest.mark.parametrize("are_there", [False, True], ids=["made up", "there"])
def test_whatever_is_asked_gets_an_answer_that_is_described(described, there, are_there):
    headers, answered = {"Authorization": f"Bearer {make_token()}"}, Counter()
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case):
            for name in set(there) & set(case.path_parameters) if are_there else ():
                case.path_parameters[name] = there[name]
            response = case.call(headers=headers)
            database.session.remove()
            answered[case.operation.label, response.status_code] += 1
            case.validate_response(response, checks=CHECKS)
            assert response.headers["x-request-id"]
            if response.status_code >= 400:
                assert response.json()["type"].rpartition("#")[2] in PROBLEMS
                assert response.json()["next_step"]

        ask()

    asked = {label for label, _ in answered}
    assert len(asked) == 13
    if are_there:
        good = {label for label, status in answered if status == 200}
        assert len(good) >= 7, answered
