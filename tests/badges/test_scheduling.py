"""Requirements with a date: who is told, what is asked when, and how it is called off. Rules E-10, E-13, X-2."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from badges.eligibility.conditions import Condition
from badges.eligibility.facts import Facts
from badges.eligibility.partner_rules import NO_RULES, PartnerRules
from badges.eligibility.refusals import PolicyRefused
from badges.eligibility.rules import evaluate
from badges.models import Award, PartnerRulesVersion
from badges.queries import policy_for, policy_of_receipt, scheduled_rules
from badges.receipts import Cause, record_receipt
from badges.scheduling import HasBegun, call_off_rules, schedule_rules
from badges.services import RulesExist
from badges.sweep import sweep
from core.audit import AuditEvent
from core.errors import NotFound
from core.outbox import OutboxMail
from tests.factories import make_expert, make_hold, make_partner

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MARCH = datetime(2026, 3, 20, tzinfo=UTC)
TEN_JOBS = PartnerRules((Condition("jobs_count", "at_least", 10),))


@pytest.fixture
def partner(session):
    return make_partner()


@pytest.fixture
def badge(partner):
    return partner.programme.achievement_id


def mails(session, template):
    return session.scalars(sa.select(OutboxMail).where(OutboxMail.template == template)).all()


def schedule(badge, rules=TEN_JOBS, begins_at=MARCH, at=AT):
    return schedule_rules(badge, rules, effective_at=begins_at, by=None, at=at)


def test_only_experts_who_would_lose_something_are_told_and_once(session, partner, badge):
    short = make_expert(partner, jobs_count=4)
    make_expert(partner, jobs_count=40)
    make_hold(make_expert(partner, jobs_count=4).freelancer)
    make_expert(make_partner("Contoso"), jobs_count=4)

    assert schedule(badge) == 1
    [mail] = mails(session, "policy_scheduled")
    assert mail.to_address == short.freelancer.email
    words = mail.context
    assert (words["begins"], words["until"], words["asked"]) == (
        "20 March 2026",
        "3 April 2026",
        ["At least 10 finished jobs"],
    )
    assert [point["title"] for point in words["open"]] == ["Finished jobs"]
    assert "Finish 6 more jobs" in words["open"][0]["next_step"]


def test_what_begins_at_once_is_told_by_one_mail(session, partner, badge):
    in_grace = make_expert(partner, jobs_count=4)
    make_expert(partner, jobs_count=40)

    assert schedule(badge, begins_at=AT) == 1
    assert sweep(AT).grace_began == 1

    [mail] = session.scalars(sa.select(OutboxMail)).all()
    assert (mail.template, mail.to_address) == ("award_grace", in_grace.freelancer.email)
    assert "Finish 6 more jobs" in mail.context["open"][0]["next_step"]


def test_nothing_changes_before_the_day_and_then_the_sweep_begins_the_grace(session, partner, badge):
    award = make_expert(partner, jobs_count=4)
    schedule(badge)

    assert policy_for(badge, MARCH - DAY).rules == NO_RULES
    assert sweep(MARCH - DAY).changed == 0
    assert sweep(MARCH).grace_began == 1
    assert session.get_one(Award, award.id, populate_existing=True).grace_ends_at == MARCH + 14 * DAY


def test_yesterdays_receipt_still_replays_after_the_rules_changed(session, partner, badge):
    award = make_expert(partner, jobs_count=4)
    receipt = record_receipt(award.freelancer_id, badge, Cause.SELECTION, at=AT)
    schedule(badge, begins_at=AT + timedelta(hours=1))
    record_receipt(award.freelancer_id, badge, Cause.SWEEP, at=AT + DAY)

    findings = evaluate(policy_of_receipt(receipt), Facts.from_json(receipt.facts), receipt.evaluated_at)
    assert [finding.to_json() for finding in findings] == receipt.findings
    assert receipt.eligible


def test_what_has_not_begun_is_called_off_and_whoever_was_told_is_told(session, partner, badge):
    make_expert(partner, jobs_count=4)
    make_expert(partner, jobs_count=40)
    schedule(badge)
    [version] = scheduled_rules(badge, AT)

    assert call_off_rules(badge, version.id, by=None, at=AT + DAY) == 1
    assert len(mails(session, "policy_called_off")) == 1
    assert scheduled_rules(badge, AT) == []
    assert policy_for(badge, MARCH).rules == NO_RULES
    with pytest.raises(NotFound):
        call_off_rules(badge, version.id, by=None, at=AT + DAY)


def test_what_has_begun_cannot_be_called_off(session, badge):
    schedule(badge)
    [version] = scheduled_rules(badge, AT)

    with pytest.raises(HasBegun):
        call_off_rules(badge, version.id, by=None, at=MARCH)
    assert session.scalar(sa.select(PartnerRulesVersion.id)) == version.id


def test_another_partners_rules_cannot_be_called_off(session, badge):
    schedule(badge)
    [version] = scheduled_rules(badge, AT)

    with pytest.raises(NotFound):
        call_off_rules(make_partner("Contoso").programme.achievement_id, version.id, by=None, at=AT)


def test_every_step_is_in_the_log_with_what_was_before_and_after(session, badge):
    schedule(badge, begins_at=AT)
    schedule(badge, NO_RULES)
    [version] = scheduled_rules(badge, AT)
    call_off_rules(badge, version.id, by=None, at=AT + DAY)
    events = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action.startswith("partner_rules")).order_by(AuditEvent.id)
    )
    first, second, third = events

    asked = TEN_JOBS.to_json()["rules"]
    assert (first.before, first.after["rules"]) == ({}, asked)
    assert (second.before["rules"], second.after["rules"]) == (asked, [])
    assert (third.action, third.before["rules"], third.after) == ("partner_rules.called_off", [], {})


def test_a_second_change_of_the_same_day_and_a_weak_one_are_refused_and_tell_nobody(session, partner, badge):
    make_expert(partner, jobs_count=4, jss_pct=82)
    schedule(badge, NO_RULES)

    with pytest.raises(RulesExist):
        schedule(badge)
    with pytest.raises(PolicyRefused):
        schedule(badge, PartnerRules((Condition("jss_pct", "at_least", 70),)), MARCH + DAY)
    assert mails(session, "policy_scheduled") == []
