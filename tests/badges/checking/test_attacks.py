"""No way to make a badge say what its issuer did not gets through: our check names the step, and others refuse too."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from badges.checking.checking import Result, Sources, Verdict, check
from badges.checking.fetching import NotFetched
from badges.checking.keys import address_of
from badges.credentials import keyring
from badges.credentials.baking import baked_png, svg_element
from badges.credentials.models import SigningKey
from badges.credentials.proofs import signed
from badges.credentials.tokens import encoded
from badges.design.drawing import Words, drawn
from badges.design.painting import painted
from badges.design.rules import OURS
from core.secrets import Sealer
from tests.badges.checking import attacks
from tests.factories import make_award, make_freelancer, make_hold, make_partner

DAY = timedelta(days=1)
#: What a verifier of others lets pass, and why that is no harm.
KNOWN = {
    # A set of proofs may hold the same one twice, and each of them is good.
    ("a proof twice", "@digitalbazaar/vc"),
    ("a proof twice", "@digitalcredentials/verifier-core"),
    # They go by what is meant, however it is written, and the badge's time is not over.
    ("the end under its long name", "@digitalbazaar/vc"),
    ("the end under its long name", "@digitalcredentials/verifier-core"),
    # It takes a list of whichever issuer; an attacker would have to stand between it and us, though.
    ("list: of another issuer", "@digitalcredentials/verifier-core"),
}


class Served(Sources):
    """Answers of an issuer, perhaps with an attacker in between."""

    def __init__(self, documents, answers):
        self._documents = {address: text for address, (_, text) in documents.items()} | answers

    def document(self, did):
        return json.loads(self.states(address_of(did)))

    def states(self, address):
        if self._documents.get(address) is None:
            raise NotFetched("There is nothing.")
        return self._documents[address].encode()


@pytest.fixture
def world(fetched, secure, now, session):
    """Genuine badges of two issuers, all that a check of them asks for, and the attacks on them."""
    north, south = make_partner("North", slug="north"), make_partner("South", slug="south")
    good = make_award(north, make_freelancer(), at=now - 9 * DAY, expires_at=now + DAY)
    expired = make_award(north, make_freelancer(), at=now - 9 * DAY, expires_at=now - DAY)
    held = make_award(north, make_freelancer(), at=now - 9 * DAY)
    make_hold(held.freelancer, at=now)
    other = make_award(south, make_freelancer(), at=now - 9 * DAY)
    badges = {name: fetched.badge(award.id) for name, award in
              {"good": good, "expired": expired, "held": held, "other": other}.items()}  # fmt: skip
    fetched.lists(*[document for document, _ in badges.values()])
    return badges, fetched.documents


def every(world, session, now):
    badges, documents = world
    states, foreign = (
        json.loads(documents[badges[name][0]["credentialStatus"]["statusListCredential"]][1])
        for name in ("held", "other")
    )
    rsa = next(key for key in session.query(SigningKey) if key.kind == "rsa")
    public = [json.dumps(rsa.public).encode(), attacks.pem_of(rsa.public["jwk"])]
    return [
        *attacks.of_documents(badges["good"][0], badges["other"][0], badges["expired"][0]),
        *attacks.of_tokens(badges["good"][1], badges["other"][1], public),
        *attacks.of_lists(badges["held"][0], states, foreign, short_list(states), now),
        *attacks.of_pictures(badges["good"][0]),
    ]


def short_list(states):
    """Return the list cut down to the first eight places, as the standard forbids, signed by its issuer's own key."""
    keys = keyring.signers(Sealer("a key for tests alone, long enough", "badge keys"), datetime.now(UTC))
    bits = f"u{encoded(gzip.compress(bytes(1)))}"
    body = {name: value for name, value in states.items() if name != "proof"}
    body["credentialSubject"] = {**body["credentialSubject"], "encodedList": bits}
    return signed(body, keys.ed25519, states["proof"][0]["verificationMethod"], datetime.now(UTC))


def brought(badge):
    if isinstance(badge, bytes):
        return badge
    return badge.encode() if isinstance(badge, str) else json.dumps(badge).encode()


def test_what_is_genuine_passes_in_both_forms(world, now):
    badges, documents = world

    for form in badges["good"]:
        report = check(brought(form), Served(documents, {}), now)
        assert report.verdict is Verdict.VALID, report.steps
        assert len(report.steps) == 5
    for form in badges["held"]:
        assert check(brought(form), Served(documents, {}), now).verdict is Verdict.SUSPENDED


def test_every_attack_fails_and_the_step_is_named(world, session, now):
    _, documents = world
    tried = every(world, session, now)

    found = [(attack, check(brought(attack.badge), Served(documents, attack.answers), now)) for attack in tried]

    assert len(tried) >= 40
    wrong = [
        f"{attack}: {report.verdict}, {report.steps[-1]}"
        for attack, report in found
        if report.verdict is Verdict.VALID
        or report.steps[-1].title != attack.step
        or report.steps[-1].result is Result.HOLDS
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_verifiers_of_others_refuse_the_attacks_as_well(verifiers, world, session, now):
    _, documents = world
    let_through = []
    tried = [attack for attack in every(world, session, now) if not isinstance(attack.badge, bytes)]
    tried = [attack for attack in tried if attack.step != attacks.READ]
    plain = [attack for attack in tried if not attack.answers]
    judged = list(zip(plain, verifiers.verdicts([attack.badge for attack in plain], documents), strict=True))
    for attack in (attack for attack in tried if attack.answers):
        kept = {address: found for address, found in documents.items() if address not in attack.answers}
        given = {address: ("application/ld+json", text) for address, text in attack.answers.items() if text is not None}
        judged += [(attack, verifiers.verdicts([attack.badge], kept | given)[0])]
    for attack, verdict in judged:
        if attack.answers:
            verdict.pop("openbadgeslib")  # it reads lists that have a proof, but cannot check them
        let_through += [(attack.name, name) for name, said in verdict.items() if said["accepted"]]

    assert set(let_through) == KNOWN


def test_pictures_that_do_not_say_which_badge_counts_are_refused(world, now):
    badges, documents = world
    text = json.dumps(badges["good"][0])
    picture = painted(drawn(OURS, Words("Northwind Expert", "Northwind"), 96), 96, 96)

    for twice in (
        baked_png(baked_png(picture, text), text),
        f"<svg>{svg_element(text)}{svg_element(text)}</svg>".encode(),
    ):
        report = check(twice, Served(documents, {}), now)
        assert (report.verdict, report.steps[-1].title) == (Verdict.INVALID, attacks.READ)
        assert "more than one" in report.steps[-1].why
    for once in (baked_png(picture, text), f"<svg>{svg_element(text)}</svg>".encode()):
        assert check(once, Served(documents, {}), now).verdict is Verdict.VALID
