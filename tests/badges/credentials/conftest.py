"""What tests of credentials share: an address over TLS, the real time, and the verifiers of others."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest

from core import clock
from tests.verifiers import asking

BASE = "https://laurel.test"


@pytest.fixture(scope="session")
def verifiers():
    return asking.set_up()


@pytest.fixture
def secure(app, monkeypatch):
    """Laurel as others see it: at an https address."""
    settings = dataclasses.replace(app.extensions["laurel_settings"], base_url=BASE)
    monkeypatch.setitem(app.extensions, "laurel_settings", settings)


@pytest.fixture
def now():
    """The machine's own time, which is what the verifiers of others go by; it stands still."""
    moment = datetime.now(UTC)
    clock.use(lambda: moment)
    yield moment
    clock.use(None)


class Fetched:
    """Answers of Laurel by their address, as somebody finds them who checks a badge."""

    def __init__(self, client):
        self._client = client
        self.documents = {}

    def get(self, address):
        answer = self._client.get(address.removeprefix(BASE))
        assert answer.status_code == 200, address
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        self.documents[BASE + address.removeprefix(BASE)] = (answer.content_type, answer.text)
        return answer.text

    def badge(self, award_id):
        """Return both forms of a badge, with the keys of its issuer, and its lists as they are now."""
        forms = self.forms(award_id)
        self.lists(forms[0])
        return forms

    def forms(self, award_id):
        """Return both forms of a badge, after fetching the keys of its issuer."""
        document, token = json.loads(self.get(f"/badges/{award_id}.json")), self.get(f"/badges/{award_id}.jwt")
        keys = f"/issuers/{document['issuer']['id'].rsplit(':', 1)[1]}/did.json"
        if BASE + keys not in self.documents:
            self.get(keys)
        return document, token

    def lists(self, *documents):
        """Fetch the lists that these badges name, each once."""
        for address in {each["credentialStatus"]["statusListCredential"] for each in documents}:
            self.get(address)
            self.get(f"{address}.jwt")


@pytest.fixture
def fetched(client):
    return Fetched(client)
