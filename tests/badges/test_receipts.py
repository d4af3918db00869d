"""Decision receipts: stored when something changed, and replayed to the same findings. Rule E-10."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from badges.eligibility.askable import FACTS
from badges.eligibility.conditions import Condition, Group, Money, Overlap, SkillCount, SkillMoney, leaves
from badges.eligibility.facts import Language
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy
from badges.models import Attestation, PolicySnapshot, Receipt
from badges.queries import latest_receipt, policy_for, policy_of_receipt, receipts_of
from badges.receipts import Cause, findings_of, replay
from badges.services import record_receipt, set_partner_rules
from tests.factories import make_freelancer, make_hold, make_newcomer, make_partner

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def count(session, table):
    return session.scalar(sa.select(sa.func.count()).select_from(table))


def test_the_same_answer_again_stores_no_second_receipt(session):
    badge, ada = make_partner().programme.achievement_id, make_freelancer()

    first = record_receipt(ada.id, badge, Cause.APPLICATION, at=AT)
    again = record_receipt(ada.id, badge, Cause.SELECTION, at=AT + DAY)

    assert again.id == first.id
    assert (first.cause, first.evaluated_at) == ("application", AT)
    assert count(session, Receipt) == 1


def test_another_figure_or_another_policy_stores_another_receipt(session):
    badge, ada = make_partner().programme.achievement_id, make_freelancer()
    record_receipt(ada.id, badge, "application", at=AT)

    ada.jss_pct = 94
    session.commit()
    record_receipt(ada.id, badge, "application", at=AT + DAY)
    set_partner_rules(badge, PartnerRules(), effective_at=AT + 2 * DAY, by=None, at=AT)
    record_receipt(ada.id, badge, "application", at=AT + 2 * DAY)

    assert count(session, Receipt) == 3
    assert count(session, PolicySnapshot) == 2
    assert [receipt.evaluated_at for receipt in receipts_of(ada.id, badge)] == [AT + 2 * DAY, AT + DAY, AT]


def test_a_policy_is_kept_once_for_all_the_receipts_under_it(session):
    badge = make_partner().programme.achievement_id
    for _ in range(3):
        record_receipt(make_freelancer().id, badge, "application", at=AT)

    assert count(session, PolicySnapshot) == 1


def everything(number):
    """Rules and a person that between them use every kind of fact."""
    rules = PartnerRules(
        (
            Condition("certificate", "held", "Northwind Associate"),
            Group(
                "any",
                (Condition("jobs_count", "at_least", 10), Condition("earnings_cents", "at_least", Money(1, "USD"))),
            ),
            Condition("country", "not_in", ("US",)),
            Condition("language", "at_least", Language("de", "fluent")),
            Condition("jss_pct", "at_least", 82 + number),
            Condition("days_since_active", "at_most", 30),
            Condition("skills", "has_any", ("SQL", "dbt")),
            Condition("training", "passed", "Basics"),
            Condition("review", "passed", "Portfolio"),
            Condition("skill_jobs", "at_least", SkillCount("SQL", 3 + number)),
            Condition("skill_hours", "at_least", SkillCount("dbt", 3)),
            Condition("skill_earnings", "at_least", SkillMoney("SQL", 1, "USD")),
            Condition("timezone_overlap", "at_least", Overlap(2 + number, "America/New_York")),
            Condition("timezone", "in", ("Europe/Berlin",)),
            Condition("hours_worked", "at_least", 10),
            Condition("hourly_rate_cents", "at_most", Money(9_000, "USD")),
            Condition("years_experience", "at_least", 2),
            Condition("portfolio_items", "at_least", 1),
            Condition("talent_badge", "in", ("top_rated",)),
            Condition("identity_verified", "is", value=True),
            Condition("availability", "in", ("full time",)),
        )
    )
    values = {
        "country": "DE",
        "languages": [{"code": "de", "level": "native"}, {"code": "fr"}],
        "profile": {
            "certificates": [
                {"name": "northwind associate", "issued_on": "2025-01-01", "expires_on": "2026-03-01"},
                {"name": "Another"},
            ],
            "portfolio": [{"title": "A"}],
            "skill_experience": [{"skill": "sql", "jobs": 3, "earnings_cents": 500}, {"skill": "dbt", "hours": 2}],
        },
        "last_active_on": date(2026, 2, 20),
        "earnings_cents": 500_000,
        "timezone": "Europe/Berlin",
        "hours_worked": 10,
        "years_experience": 1,
    }
    return rules, values


def test_receipts_are_tried_with_every_fact():
    assert {each.fact for each in leaves(everything(0)[0].requirements)} == set(FACTS)


def test_a_receipt_is_replayed_to_the_letter_after_policy_and_person_have_changed(session, base_policy_from):
    partner = make_partner()
    badge = partner.programme.achievement_id
    rules, values = everything(0)
    set_partner_rules(badge, rules, effective_at=AT, by=None, at=AT)
    ada, held, newcomer = make_freelancer(**values), make_freelancer(jss_pct=None), make_newcomer(partner)
    make_hold(held)
    for kind, name, expires_on in (("training", "basics", date(2026, 3, 1)), ("review", "Portfolio", None)):
        session.add(
            Attestation(
                issuer_id=partner.id,
                freelancer_id=ada.id,
                kind=kind,
                name=name,
                passed_on=date(2025, 3, 1),
                expires_on=expires_on,
                noted_at=AT - 9 * DAY,
            )
        )
    session.commit()
    receipts = [record_receipt(person.id, badge, "application", at=AT) for person in (ada, held, newcomer)]
    said = [findings_of(receipt) for receipt in receipts]

    base_policy_from(BasePolicy("stricter", AT + DAY, min_jss_pct=83, passing_english_levels=("native",)))
    set_partner_rules(badge, everything(1)[0], effective_at=AT + DAY, by=None, at=AT)
    ada.jss_pct, ada.profile, ada.account_state = 12, {}, "closed"
    session.execute(sa.update(Attestation).values(withdrawn_at=AT + DAY))
    session.commit()
    session.expire_all()

    assert [replay(receipt) for receipt in receipts] == said
    assert policy_of_receipt(receipts[0]).base.min_jss_pct == 80
    later = record_receipt(ada.id, badge, "application", at=AT + DAY)
    assert latest_receipt(ada.id, badge).id == later.id
    assert policy_of_receipt(later) == policy_for(badge, AT + DAY)
    assert replay(later) == findings_of(later) != said[0]
