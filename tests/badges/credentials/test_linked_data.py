"""What is signed is what a document says, all of it, in an order that can be worked out quickly."""

from __future__ import annotations

import hashlib
import re
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from badges.credentials.contexts import FILES
from badges.credentials.documents import Held, Issuing, Purpose, Site, credential, status_list
from badges.credentials.linked_data import NotSignable, canonical, cleaned, is_plain
from badges.credentials.proofs import base58, from_base58, holds
from badges.credentials.signing import signed_badge

CONTEXTS = Path(__file__).parents[3] / "badges" / "credentials" / "contexts"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = Site("https://laurel.test")
KEY = Ed25519PrivateKey.generate()

texts = st.text(max_size=60)


def issuing(name="Expert", description="Knows it.", issuer="North", url=None, criteria=("A point",)):
    return Issuing(uuid4(), name, description, "north", issuer, url, tuple(criteria))


def held(until=None, purpose=Purpose.SUSPENSION):
    return Held(uuid4(), "ada@example.org", "emailAddress", "salt", AT, until, uuid4(), 7, purpose)


def test_the_contexts_of_others_are_word_for_word_what_they_published():
    sums = dict(re.findall(r"^\| `([^`]+\.json)` .*`([0-9a-f]{64})` \|$", (CONTEXTS / "README.md").read_text(), re.M))

    assert set(sums) == set(FILES.values())
    assert {name: hashlib.sha256((CONTEXTS / name).read_bytes()).hexdigest() for name in sums} == sums


@settings(max_examples=25)
@example(name="a\x85b\u2028c\x1c", description="", issuer="", url=None, criteria=[])
@given(name=texts, description=texts, issuer=texts, url=st.none() | texts, criteria=st.lists(texts, max_size=3))
def test_whatever_a_partner_writes_the_quick_way_signs_what_pyld_would(name, description, issuer, url, criteria):
    said = signed_badge(issuing(name, description, issuer, url, criteria), held(AT), SITE, KEY, "did:web:x#key-1", AT)
    proof = said.pop("proof")[0]

    assert holds(said, proof, KEY.public_key())
    assert is_plain(said)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("until", [None, AT])
def test_every_shape_of_badge_is_plain_and_signed(purpose, until):
    said = signed_badge(issuing(), held(until, purpose), SITE, KEY, "did:web:x#key-1", AT)
    proof = said.pop("proof")[0]

    assert holds(said, proof, KEY.public_key())


def test_two_partners_that_say_almost_the_same_do_not_share_a_pattern():
    for name in ("Expert", "expert", "Expert "):
        said = signed_badge(issuing(name), held(), SITE, KEY, "did:web:x#key-1", AT)
        proof = said.pop("proof")[0]
        assert said["name"] == name
        assert holds(said, proof, KEY.public_key())


def test_a_status_list_is_plain():
    assert is_plain(status_list("https://laurel.test/l", "did:web:laurel.test", Purpose.SUSPENSION, "uH4", AT, AT))


def test_control_characters_do_not_get_in():
    assert cleaned("a\x00\x07\x1b\x7f\ud800b\n\tc") == "ab\n\tc"


def badge(**more):
    return credential(issuing(), held(), SITE) | more


@pytest.mark.parametrize(
    "document",
    [
        badge(expirationDate="2030-01-01T00:00:00Z"),
        badge(name="a\x07"),
        badge(**{"@context": ["https://evil.example/context.json"]}),
        badge(**{"@context": [*badge()["@context"], {"name": "https://evil.example/n"}]}),
        badge(**{"@context": []}),
        badge(type=["VerifiableCredential", "OpenBadgeCredential", "Unheard"]),
        badge(issuer={**badge()["issuer"], "id": "not an address"}),
        badge(id="relative"),
        badge(credentialSubject={**badge()["credentialSubject"], "undefined": "x"}),
        {},
    ],
)
def test_what_would_not_be_signed_is_refused(document):
    with pytest.raises(NotSignable):
        canonical(document)


def test_what_takes_for_ever_to_put_in_order_is_refused_at_once():
    ids = [f"_:a{number}" for number in range(9)]
    clique = [{"id": one, "achievement": [{"id": other} for other in ids if other != one]} for one in ids]
    alike = [{"type": ["AchievementSubject"], "identifier": [{"type": "IdentityObject"}] * 9}] * 2
    many = [{"type": ["AchievementSubject"], "name": f"n{number}"} for number in range(90)]
    deep = {}
    for _ in range(500):
        deep = {"credentialSubject": deep}
    began = time.process_time()

    for subject in (clique, alike, many, deep):
        with pytest.raises(NotSignable):
            canonical(badge(credentialSubject=subject))
    assert time.process_time() - began < 2


@given(st.binary(min_size=8, max_size=40))
def test_base58_comes_back(data):
    assert from_base58(base58(data), len(data)) == data


@pytest.mark.parametrize("text", ["", "0", "l", "z" * 200, "1" * 9, "é"])
def test_what_is_no_base58_of_that_length_is_refused(text):
    with pytest.raises(ValueError):
        from_base58(text, 8)


def test_threads_that_work_side_by_side_do_not_disturb_each_other():
    document, wrong = credential(issuing(), held(), SITE), []
    expected = canonical(document)

    def work():
        for _ in range(15):
            try:
                assert canonical(document) == expected
                assert is_plain(document)
            except Exception as error:
                wrong.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    finally:
        sys.setswitchinterval(interval)

    assert not wrong
