"""A badge as a credential: what it says, and what it keeps to itself. Rules B-1..B-4."""

from __future__ import annotations

import json

from badges.credentials.proofs import from_multikey, holds
from badges.credentials.tokens import taken_apart
from tests.factories import make_expert, make_partner


def credential(client, award):
    answer = client.get(f"/badges/{award.id}.json")
    assert answer.status_code == 200
    return json.loads(answer.text)


def test_a_badge_names_its_issuer_what_it_asks_for_and_where_its_state_stands(client, at):
    award = make_expert(make_partner("Northwind", slug="northwind"))

    said = credential(client, award)

    assert said["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert said["issuer"]["id"] == "did:web:laurel.test:issuers:northwind"
    assert said["issuer"]["name"] == "Northwind"
    assert said["validFrom"] == "2026-03-02T09:00:00Z"
    assert "A Job Success Score of at least 80 %" in said["credentialSubject"]["achievement"]["criteria"]["narrative"]
    assert said["credentialStatus"]["statusPurpose"] == "suspension"


def test_nothing_of_the_holder_is_in_a_badge_but_a_salted_hash(client, at):
    award = make_expert(email="ada@secret.example", marketplace_id="m-secret", overview="Overview")

    for form in ("json", "jwt"):
        answer = client.get(f"/badges/{award.id}.{form}")
        said = json.dumps(taken_apart(answer.text).claims) if form == "jwt" else answer.text
        for secret in ("secret", "Ada", "Byron", "Overview"):
            assert secret not in said


def test_the_proof_holds_by_the_key_in_the_issuers_document(client, at):
    award = make_expert(make_partner(slug="northwind"))
    document = credential(client, award)
    proof = document.pop("proof")[0]
    keys = {each["id"]: each for each in client.get("/issuers/northwind/did.json").json["verificationMethod"]}

    key = from_multikey(keys[proof["verificationMethod"]]["publicKeyMultibase"])

    assert holds(document, proof, key)
    assert not holds({**document, "name": "Another"}, proof, key)
