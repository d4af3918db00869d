"""Receipts for people and programs: page, mail, API and receipt say the same findings in the same order. Rule E-10."""

import re
from html import unescape
from itertools import product

import pytest
import sqlalchemy as sa

from accounts.models import Role
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.models import Receipt
from badges.services import record_receipt, set_partner_rules
from core.outbox import OutboxMail
from core.permissions import Scope
from freelancers.models import Freelancer
from partners.deciding import select
from tests.app.posting import arriving
from tests.factories import (
    make_application,
    make_freelancer,
    make_hold,
    make_partner,
    make_token,
    make_user,
    sign_in,
)

FAILING = {
    "E-1": {"account_state": "suspended"},
    "E-2": {"jss_pct": 71},
    "E-3": {"completeness_pct": 85},
    "E-4": {"visibility": "private"},
    "E-5": {"english_level": "basic"},
    "E-6": {"skills": ["SQL"]},
}


@pytest.fixture
def partner(session, at):
    found = make_partner()
    rules = PartnerRules((Condition("skills", "has_all", ("Python",)),))
    set_partner_rules(found.programme.achievement_id, rules, effective_at=at, by=None, at=at)
    return found


@pytest.fixture
def ada(client, at):
    user = make_user()
    person = make_freelancer(user)
    sign_in(client, user)
    return person


def of_checklist(html):
    """Return the findings of the first checklist on a page, in order: whether each is open, and its lines."""
    said = html.split('<section class="checklist">')[1].split("</section>")[0]
    found = []
    for row in re.findall(r'<li class="finding .*?</li>', said, re.S):
        text = unescape(re.sub(r"<[^>]+>", "\n", row))
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        found.append(('"finding open' in row, lines))
    return found


def test_page_mail_api_and_receipt_say_the_same_of_everybody_in_the_same_order(client, session, at, partner, ada):
    user_id, token = ada.user_id, {"Authorization": f"Bearer {make_token([Scope.FINDINGS], partner)}"}
    for failing in product((False, True), repeat=len(FAILING)):
        values = {}
        for (_, each), fails in zip(FAILING.items(), failing, strict=True):
            values |= each if fails else {}
        session.execute(sa.update(Freelancer).values(user_id=None))
        person = make_freelancer(**values)
        person.user_id = user_id
        application = make_application(partner, person)
        session.commit()
        select(application.id, by=None, at=at)

        receipt = session.scalars(sa.select(Receipt).where(Receipt.freelancer_id == person.id)).one()
        said = client.get(f"/me/receipts/{receipt.id}.json").json["findings"]
        still_open = [each for each in said if not each["met"]]
        assert [each["rule"] for each in still_open] == [
            rule for rule, fails in zip(FAILING, failing, strict=True) if fails
        ]

        api = f"/api/v1/partners/{partner.slug}/freelancers/{person.marketplace_id}/eligibility"
        told = client.get(api, headers=token).json
        assert (told["findings"], told["eligible"]) == (said, not still_open)
        assert told["receipt"] == {"id": str(receipt.id), "evaluated_at": at.isoformat(), "is_current": True}
        assert client.get(f"/api/v1/receipts/{receipt.id}", headers=token).json["findings"] == said

        for address in (f"/me/applications/{application.id}", f"/me/receipts/{receipt.id}"):
            shown = of_checklist(client.get(address).text)
            in_order = [*still_open, *(each for each in said if each["met"])]
            assert len(shown) == len(in_order)
            for (is_open, lines), each in zip(shown, in_order, strict=True):
                assert each["title"] in lines
                assert is_open is not each["met"]
                if is_open:
                    assert each["sentence"] in lines
                    assert each["next_step"] in lines
        if still_open:
            assert_mailed(session, person, still_open)


def assert_mailed(session, person, still_open):
    mail = session.scalars(
        sa.select(OutboxMail).where(OutboxMail.template == "application_waiting").order_by(OutboxMail.id.desc())
    ).first()
    text = next(arriving(mail).iter_parts()).get_content()
    text, places = " ".join(text.split()), []
    for each in still_open:
        places += [text.index(f"{each['title']}: {each['sentence']}"), text.index(each["next_step"])]
    assert places == sorted(places)
    assert text.count("What to do next:") == len(still_open)


def test_the_list_says_when_why_and_under_which_policy(client, at, partner, ada):
    record_receipt(ada.id, partner.programme.achievement_id, "application", at=at)

    page = client.get("/me/receipts").text

    for words in (
        "2 March 2026, 09:00 UTC",
        "An application was sent or changed",
        "Everything met",
        "rules of 2026-03-02",
    ):
        assert words in page


def test_many_receipts_are_shown_a_page_at_a_time(client, session, at, partner, ada):
    for pct in range(60, 90):
        ada.jss_pct = pct
        session.commit()
        record_receipt(ada.id, partner.programme.achievement_id, "sweep", at=at)

    first = client.get("/me/receipts").text
    second = client.get(unescape(re.search(r'href="([^"]*cursor=[^"]*)"', first)[1])).text

    listed = re.findall(r"/me/receipts/([0-9a-f-]{36})", first) + re.findall(r"/me/receipts/([0-9a-f-]{36})", second)
    assert len(listed) == len(set(listed)) == 30
    assert client.get("/me/receipts?cursor=damaged").status_code == 422


def test_a_receipt_is_replayed_the_same_after_person_and_policy_changed(client, session, at, partner, ada):
    make_hold(ada)
    receipt = record_receipt(ada.id, partner.programme.achievement_id, "application", at=at)
    ada.jss_pct = 3
    session.commit()

    page, exported = client.get(f"/me/receipts/{receipt.id}").text, client.get(f"/me/receipts/{receipt.id}.json")

    assert "Decided again today: the same" in page
    assert "95 %" in page
    assert exported.mimetype == "application/json"
    assert exported.json["replayed"]["same"] is True
    assert exported.json["facts"]["jss_pct"] == 95
    assert exported.json["policy"]["base"]["min_jss_pct"] == 80


def test_nobody_reads_the_receipt_of_somebody_else_but_staff(client, session, at, partner, ada):
    other = make_freelancer()
    receipt = record_receipt(other.id, partner.programme.achievement_id, "application", at=at)
    paths = [f"/me/receipts/{receipt.id}", f"/me/receipts/{receipt.id}.json"]
    assert [client.get(path).status_code for path in paths] == [404, 404]

    client.post("/sign-out")
    sign_in(client, make_user(Role.STAFF))
    person = f"/staff/freelancers/{other.id}"
    assert f"{person}/receipts" in client.get(person).text
    assert f"{person}/receipts/{receipt.id}" in client.get(f"{person}/receipts").text
    assert "Decided again today: the same" in client.get(f"{person}/receipts/{receipt.id}").text
    assert client.get(f"{person}/receipts/{receipt.id}.json").json["replayed"]["same"] is True
    assert client.get(f"/staff/freelancers/{ada.id}/receipts/{receipt.id}").status_code == 404
