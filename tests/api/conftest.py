"""What tests of the API share: programs that call it, and answers that are held against the description."""

import json

import pytest

from core.permissions import Scope
from tests.factories import make_token

NDJSON = "application/x-ndjson"


class Caller:
    """A program with a token."""

    def __init__(self, client, token):
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method, path, *, headers=None, **sent):
        return self.client.open(f"/api/v1{path}", method=method, headers=self.headers | (headers or {}), **sent)

    def get(self, path, **sent):
        return self("GET", path, **sent)

    def put_rows(self, *rows, key=None, **sent):
        """Send rows (dicts, or text as it stands) as one batch."""
        body = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
        headers = sent.pop("headers", {}) | ({"Idempotency-Key": key} if key else {})
        return self("PUT", "/feed/freelancers", data=body, content_type=NDJSON, headers=headers, **sent)


@pytest.fixture
def marketplace(client, session, at):
    """A program of the marketplace with every scope."""
    return Caller(client, make_token())


@pytest.fixture
def partners(client, northwind):
    """A program of Northwind with every scope that a partner's can have."""
    return Caller(client, make_token([Scope.FINDINGS, Scope.POLICIES], northwind))


@pytest.fixture
def caller(client):
    """Make a program of any token, or of none."""
    return lambda token: Caller(client, token)
