"""Verifiers that we did not write accept our badges, or refuse them, as they should. Rules B-1, B-2, E-11, E-12."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges import services
from badges.credentials.choosing import Choice, choose
from badges.models import Achievement, Award, Issuer
from core.database import session as database
from tests.badges.credentials.shape import misshapen
from tests.factories import make_award, make_freelancer, make_hold, make_partner

DAY = timedelta(days=1)
BADGES = 500
ODD = (
    "Zoë Ñandú Škoda",
    "Fachkräfte für Größe",
    "Emoji 🦜 and 👩🏽‍🔬",
    "خبير في العربية",
    "מומחה ״עברית״ בע״מ",
    "Quotes \"double\" and 'single' \\ back",
    "Very long " + "and longer " * 60,
    "Control \x01\x07\x1b[31m\x7f characters",
    "Lines\nand\ttabs\r\n",
    "Marks <b>&amp; %s {0} ${x} emailAddress",
    "𝔐athematical 𐍈 and combining é̂",
    "株式会社ノースウィンド",
)
STATES = ("active", "grace", "suspended", "revoked", "expired")
ALL_JSON = {"@digitalbazaar/vc", "@digitalcredentials/verifier-core", "openbadgeslib"}


def partners():
    for number, name in enumerate(ODD):
        partner = make_partner(name=f"{number}", slug=f"odd-{number}")
        database.execute(sa.update(Issuer).where(Issuer.id == partner.id).values(name=name))
        named = {"name": f"{name} Expert", "description": f"Knows {name}."}
        database.execute(sa.update(Achievement).where(Achievement.issuer_id == partner.id).values(**named))
        database.commit()
        yield partner


def awarded(partner, state, now):
    if state == "expired":
        return make_award(partner, make_freelancer(at=now), at=now - 2 * DAY, expires_at=now - DAY)
    award = make_award(partner, make_freelancer(at=now), at=now - 2 * DAY, expires_at=now + DAY)
    if state == "suspended":
        make_hold(award.freelancer, at=now)
    if state == "revoked":
        services.revoke(award.id, "The certificate was somebody else's.", by=None, at=now)
    if state == "grace":
        award.grace_began_at, award.grace_ends_at = now - DAY, now + 13 * DAY
        database.commit()
    return award


@pytest.mark.slow
def test_five_hundred_badges_in_every_state_and_form_come_out_right(verifiers, fetched, secure, now, session):
    houses = list(partners())
    states = [STATES[number % len(STATES)] for number in range(BADGES)]
    ids = [awarded(houses[number % len(houses)], state, now).id for number, state in enumerate(states)]
    forms = [form for award_id in ids for form in fetched.forms(award_id)]
    fetched.lists(*forms[::2])

    verdicts = verifiers.verdicts(forms, fetched.documents)

    for number, state in enumerate(states):
        for verdict in verdicts[2 * number : 2 * number + 2]:
            for verifier, said in verdict.items():
                assert said["accepted"] is accepts(verifier, state), (verifier, state, said)
                if not said["accepted"]:
                    assert names(said["why"], state), (verifier, state, said)
        document = verdicts[2 * number]
        assert set(document) == ALL_JSON
        assert document["@digitalcredentials/verifier-core"]["schemas"][0]["result"]["valid"] is True
        assert misshapen(forms[2 * number]) == []


def accepts(verifier, state):
    """jose knows signatures and times, and nothing of the state of badges."""
    return state in ("active", "grace") or (verifier == "jose" and state != "expired")


def names(why, state):
    word = {"suspended": ("suspension",), "revoked": ("revocation",), "expired": ("expir", "validUntil", "exp")}[state]
    return any(each in why for each in word)


def test_a_copy_kept_from_before_a_revocation_fails_too(verifiers, fetched, secure, now, session):
    award = make_award(make_partner(), make_freelancer(at=now), at=now)
    kept = fetched.badge(award.id)
    services.revoke(award.id, "The certificate was somebody else's.", by=None, at=now)
    fetched.lists(kept[0])

    for verdict in verifiers.verdicts(kept, fetched.documents):
        for verifier, said in verdict.items():
            assert said["accepted"] is (verifier == "jose"), (verifier, said)


def test_a_badge_comes_back_when_its_suspension_ends(verifiers, fetched, secure, now, session):
    award = make_award(make_partner(), make_freelancer(at=now), at=now)
    hold = make_hold(award.freelancer, at=now)
    forms = fetched.badge(award.id)
    assert not any(said["openbadgeslib"]["accepted"] for said in verifiers.verdicts(forms, fetched.documents))
    hold.lifted_at = now
    session.commit()
    fetched.lists(forms[0])

    for verdict in verifiers.verdicts(forms, fetched.documents):
        assert all(said["accepted"] for said in verdict.values()), verdict


def test_a_hidden_badge_is_shown_to_nobody_in_any_form(client, secure, now, session):
    award = make_award(make_partner(), make_freelancer(at=now), at=now)
    services.hide(award.id, now, by=None)

    for form in ("", ".json", ".jwt", ".svg"):
        assert client.get(f"/badges/{award.id}{form}").status_code == 404
    assert session.get(Award, award.id) is not None


def test_what_a_holder_chose_to_show_is_accepted_and_fits_the_official_schema(verifiers, fetched, secure, now, session):
    work = [{"title": f"{name} work", "url": f"https://example.org/{number}"} for number, name in enumerate(ODD)]
    award = make_award(make_partner(), make_freelancer(at=now, name=ODD[3], profile={"portfolio": work}), at=now)
    chosen = Choice(shows_name=True, shows_profile=False, pieces=tuple(piece["url"] for piece in work[:3]))
    choose(award, chosen, by=None, at=now)
    forms = fetched.badge(award.id)

    assert misshapen(forms[0]) == []
    assert [each["name"] for each in forms[0]["evidence"]] == [piece["title"] for piece in work[:3]]
    for verdict in verifiers.verdicts(forms, fetched.documents):
        assert all(said["accepted"] for said in verdict.values()), verdict
        if (named := verdict.get("@digitalcredentials/verifier-core")) is not None:
            assert named["schemas"][0]["result"]["valid"] is True
