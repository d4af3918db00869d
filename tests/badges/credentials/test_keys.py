"""Keys are rotated and withdrawn, and no badge fails to verify at any moment that others see."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from badges.credentials import keyring
from badges.credentials.models import SigningKey
from badges.credentials.proofs import from_multikey, holds
from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from core.secrets import Sealer
from tests.factories import make_expert, make_partner

SEALER = Sealer("a key for tests alone, long enough", "badge keys")
SECOND = timedelta(seconds=1)


@pytest.fixture
def badge(client, at):
    return make_expert(make_partner(slug="northwind"))


def document(client):
    return client.get("/issuers/northwind/did.json").json


def look(client, badge):
    """Return a badge as somebody fetches it, and the key that its proof names."""
    said = json.loads(client.get(f"/badges/{badge.id}.json").text)
    return said, said["proof"][0]["verificationMethod"].rsplit("#", 1)[1]


def is_good(client, said):
    body = {name: value for name, value in said.items() if name != "proof"}
    proof = said["proof"][0]
    keys = {each["id"]: each for each in document(client)["verificationMethod"]}
    found = keys.get(proof["verificationMethod"])
    return found is not None and holds(body, proof, from_multikey(found["publicKeyMultibase"]))


def test_the_first_keys_are_made_when_somebody_asks_and_only_once(client, session, badge):
    for address in ("/.well-known/did.json", "/issuers/northwind/did.json", "/.well-known/did.json"):
        client.get(address)

    assert sorted(key.kind for key in session.query(SigningKey)) == ["ed25519", "rsa"]


def test_the_document_names_absolute_ids_and_its_own_controller(client, badge):
    for address, did in (
        ("/.well-known/did.json", "did:web:laurel.test"),
        ("/issuers/northwind/did.json", "did:web:laurel.test:issuers:northwind"),
    ):
        answer = client.get(address)
        said = answer.json

        assert answer.content_type == "application/json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert said["id"] == did
        assert {each["controller"] for each in said["verificationMethod"]} == {did}
        assert said["assertionMethod"] == [f"{did}#key-2", f"{did}#key-1"]
    assert client.get("/issuers/nobody/did.json").status_code == 404


def test_no_private_half_is_stored_in_the_clear(client, session, badge):
    look(client, badge)

    for key in session.query(SigningKey):
        assert "PRIVATE" not in key.sealed_private
        assert "PRIVATE" in SEALER.open(key.sealed_private)


def test_after_a_rotation_old_copies_hold_and_new_ones_do_at_every_moment(client, session, badge, at):
    copies = [look(client, badge)[0]]
    keyring.rotate(SEALER, at)
    for second in range(0, 180, 5):
        clock.use(lambda moment=at + second * SECOND: moment)
        copies.append(look(client, badge)[0])

        assert all(is_good(client, copy) for copy in copies), second
    assert [look(client, badge)[1], len({copy["proof"][0]["verificationMethod"] for copy in copies})] == ["key-3", 2]


def test_a_withdrawn_key_goes_when_nothing_carries_it_any_more(client, session, badge, at):
    old = look(client, badge)[0]
    keyring.withdraw(1, SEALER, at)
    fetched = old
    for second in range(0, 180, 5):
        clock.use(lambda moment=at + second * SECOND: moment)
        # Fetched up to half a minute ago, checked now.
        assert is_good(client, fetched), second
        if second % 30 == 0:
            fetched = look(client, badge)[0]

    assert look(client, badge)[1] == "key-3"
    assert not is_good(client, old)
    assert [key.number for key in keyring.all_keys()] == [3, 2, 1]


def test_a_key_withdrawn_at_once_is_gone_at_once(client, session, badge, at):
    old = look(client, badge)[0]
    keyring.withdraw(1, SEALER, at, at_once=True)

    assert not is_good(client, old)
    assert is_good(client, look(client, badge)[0])


def test_a_key_that_no_longer_signs_is_withdrawn_without_another(client, session, badge, at):
    look(client, badge)
    keyring.rotate(SEALER, at)
    keyring.withdraw(1, SEALER, at + 300 * SECOND)

    assert [key.number for key in keyring.all_keys()] == [4, 3, 2, 1]


def test_a_key_is_withdrawn_once_and_must_exist(client, session, badge, at):
    look(client, badge)
    keyring.withdraw(1, SEALER, at)

    with pytest.raises(Conflict):
        keyring.withdraw(1, SEALER, at)
    with pytest.raises(NotFound):
        keyring.withdraw(99, SEALER, at)


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_an_operator_gives_a_key_of_their_own(client, session, badge, at):
    look(client, badge)
    given = Ed25519PrivateKey.generate()

    (added,) = keyring.rotate(SEALER, at, pem(given))
    clock.use(lambda: at + 61 * SECOND)

    assert added.kind == "ed25519"
    assert is_good(client, look(client, badge)[0])
    assert look(client, badge)[1] == f"key-{added.number}"


@pytest.mark.parametrize("given", [b"", b"-----BEGIN PRIVATE KEY-----", pem(generate_private_key(65537, 1024))])
def test_what_is_no_good_key_is_refused(session, at, given):
    with pytest.raises(InvalidInput):
        keyring.rotate(SEALER, at, given)


def test_with_another_secret_key_badges_are_not_signed_and_it_says_what_to_do(app, client, session, badge, monkeypatch):
    look(client, badge)
    monkeypatch.setitem(app.extensions, "laurel_key_sealer", Sealer("another key, also long enough for this"))

    answer = client.get(f"/badges/{badge.id}.json")

    assert answer.status_code == 503
    assert "flask keys rotate" in answer.text
    assert client.get(f"/badges/{badge.id}").status_code == 200
    assert client.get(f"/badges/{badge.id}.svg").status_code == 200


def test_the_commands_say_what_they_did(app, client, session, badge):
    look(client, badge)
    run = app.test_cli_runner().invoke

    assert "Key 3 (ed25519) is published, and signs from" in run(args=["keys", "rotate"]).output
    assert "Key 1 (ed25519) is gone from" in run(args=["keys", "withdraw", "1"]).output
    assert run(args=["keys", "withdraw", "77"]).exit_code == 1
    listed = run(args=["keys", "list"]).output
    assert "withdrawn from" in listed
    assert "signs soon" in listed
