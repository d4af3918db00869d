"""Awards follow what their holders meet, by themselves. Rules E-7, E-9, E-11, E-12, H-1, X-1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from badges import services
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import GRACE_DAYS, BasePolicy
from badges.eligibility.rules import is_eligible, unmet
from badges.models import AwardStatus, Receipt
from badges.queries import checklist, latest_receipt
from badges.receipts import findings_of
from badges.sweep import SweepReport, sweep
from core.audit import AuditEvent
from core.outbox import OutboxMail
from tests.badges.sweeping import actions, sent, stands
from tests.factories import (
    make_award,
    make_expert,
    make_hold,
    make_newcomer,
    make_partner,
)

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


MINUTE = timedelta(minutes=1)


#: How each requirement of the base policy is lost, and met again.
LOSSES = {
    "E-2": ({"jss_pct": 79}, {"jss_pct": 80}),
    "E-3": ({"completeness_pct": 99}, {"completeness_pct": 100}),
    "E-5": ({"english_level": "conversational"}, {"english_level": "fluent"}),
    "E-6": ({"jobs_count": 9}, {"jobs_count": 10}),
    "E-1": ({"account_state": "suspended"}, {"account_state": "active"}),
    "E-4": ({"visibility": "marketplace"}, {"visibility": "public"}),
}


WITH_GRACE, WITHOUT_GRACE = ("E-2", "E-3", "E-5", "E-6"), ("E-1", "E-4")


@pytest.fixture
def expert(session):
    """A holder of a badge that asks for ten jobs on top, who has done them."""
    partner = make_partner()
    services.set_partner_rules(
        partner.programme.achievement_id,
        PartnerRules((Condition("jobs_count", "at_least", 10),)),
        effective_at=AT,
        by=None,
        at=AT,
    )
    return make_expert(partner, jobs_count=10)


def set_facts(session, award, facts):
    for name, value in facts.items():
        setattr(award.freelancer, name, value)
    session.commit()


def lose(session, award, rule):
    set_facts(session, award, LOSSES[rule][0])


def meet(session, award, rule):
    set_facts(session, award, LOSSES[rule][1])


def test_nothing_lost_changes_nothing(session, expert):
    assert sweep(AT) == SweepReport()
    assert (sent(session), actions(session)) == ([], [])
    assert session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == 0


@pytest.mark.parametrize("rule", WITH_GRACE)
def test_losing_a_requirement_with_grace_suspends_after_it_and_meeting_it_reinstates(session, expert, rule):
    lose(session, expert, rule)

    assert sweep(AT) == SweepReport(grace_began=1)
    assert expert.grace_ends_at == AT + 14 * DAY
    assert sweep(AT + 13 * DAY) == SweepReport()
    assert stands(session, expert, AT + 13 * DAY) is AwardStatus.GRACE
    assert sweep(AT + 14 * DAY) == SweepReport(suspended=1)
    assert sweep(AT + 15 * DAY) == SweepReport()
    assert stands(session, expert, AT + 15 * DAY) is AwardStatus.SUSPENDED

    meet(session, expert, rule)
    assert sweep(AT + 16 * DAY) == SweepReport(reinstated=1)
    assert stands(session, expert, AT + 16 * DAY) is AwardStatus.ACTIVE
    assert (expert.awarded_at, expert.suspended_at, expert.grace_ends_at) == (AT, None, None)
    assert sent(session) == ["grace", "suspended", "reinstated"]
    assert actions(session) == ["award.grace_began", "award.suspended", "award.reinstated"]


@pytest.mark.parametrize("rule", WITHOUT_GRACE)
def test_losing_a_requirement_without_grace_suspends_at_once_and_meeting_it_reinstates(session, expert, rule):
    lose(session, expert, rule)

    assert stands(session, expert, AT) is AwardStatus.SUSPENDED, "before any sweep"
    assert sweep(AT) == SweepReport(suspended=1)
    assert sweep(AT) == SweepReport()

    meet(session, expert, rule)
    assert stands(session, expert, AT + DAY) is AwardStatus.ACTIVE, "before any sweep"
    assert sweep(AT + DAY) == SweepReport(reinstated=1)
    assert sent(session) == ["suspended", "reinstated"]


def test_a_grace_that_ended_unnoticed_counts_from_its_end(session, expert):
    lose(session, expert, "E-2")
    sweep(AT)

    assert sweep(AT + 100 * DAY) == SweepReport(suspended=1)
    assert expert.suspended_at == AT + 14 * DAY


def test_meeting_it_again_in_time_clears_the_grace_and_says_so(session, expert):
    lose(session, expert, "E-2")
    sweep(AT)
    meet(session, expert, "E-2")

    assert sweep(AT + 13 * DAY) == SweepReport(grace_cleared=1)
    assert stands(session, expert, AT + 20 * DAY) is AwardStatus.ACTIVE
    assert sent(session) == ["grace", "reinstated"]
    [cleared] = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "award_reinstated"))
    assert cleared.context["was_suspended"] is False


def test_a_second_loss_within_grace_never_lengthens_it(session, expert):
    lose(session, expert, "E-2")
    sweep(AT)
    lose(session, expert, "E-5")

    assert sweep(AT + 10 * DAY) == SweepReport()
    assert sweep(AT + 14 * DAY) == SweepReport(suspended=1)


def test_the_shortest_grace_counts_and_the_policy_says_how_long(session, expert, base_policy_from):
    base_policy_from(BasePolicy("shorter", AT, grace_days=dict(GRACE_DAYS) | {"E-5": 3}))
    lose(session, expert, "E-2")
    sweep(AT)
    lose(session, expert, "E-5")

    assert sweep(AT + DAY) == SweepReport(grace_shortened=1)
    assert expert.grace_ends_at == AT + 4 * DAY
    assert sweep(AT + 2 * DAY) == SweepReport()
    assert sent(session) == ["grace", "grace"]


def test_a_policy_without_grace_suspends_at_once(session, expert, base_policy_from):
    base_policy_from(BasePolicy("strict", AT, grace_days=dict(GRACE_DAYS) | {"E-2": 0}))
    lose(session, expert, "E-2")

    assert sweep(AT) == SweepReport(suspended=1)
    assert stands(session, expert, AT) is AwardStatus.SUSPENDED
    meet(session, expert, "E-2")
    assert sweep(AT + DAY) == SweepReport(reinstated=1)


def test_a_hold_suspends_and_its_lifting_brings_the_badge_back_with_mails(session, expert):
    hold = make_hold(expert.freelancer)

    assert stands(session, expert, AT) is AwardStatus.SUSPENDED
    assert sweep(AT) == SweepReport(suspended=1)
    hold.lifted_at = AT + DAY
    session.commit()
    assert stands(session, expert, AT + DAY) is AwardStatus.ACTIVE
    assert sweep(AT + DAY) == SweepReport(reinstated=1)
    assert sent(session) == ["suspended", "reinstated"]
    assert expert.awarded_at == AT


def test_a_hold_that_no_sweep_saw_sends_nothing(session, expert):
    make_hold(expert.freelancer).lifted_at = AT
    session.commit()

    assert sweep(AT) == SweepReport()
    assert sent(session) == []


def test_a_score_lost_under_a_hold_has_its_grace_when_the_hold_is_lifted(session, expert):
    hold = make_hold(expert.freelancer)
    sweep(AT)
    lose(session, expert, "E-2")
    assert sweep(AT + 30 * DAY) == SweepReport()
    hold.lifted_at = AT + 40 * DAY
    session.commit()

    assert stands(session, expert, AT + 40 * DAY) is AwardStatus.ACTIVE
    assert sweep(AT + 40 * DAY) == SweepReport(reinstated=1)
    assert stands(session, expert, AT + 40 * DAY) is AwardStatus.GRACE
    assert expert.grace_ends_at == AT + 54 * DAY
    [mail] = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "award_reinstated"))
    assert (mail.context["until"], [point["title"] for point in mail.context["open"]]) == (
        "25 April 2026",
        ["Job Success Score"],
    )


def test_a_hold_during_grace_leaves_its_end_where_it_is(session, expert):
    lose(session, expert, "E-2")
    sweep(AT)
    hold = make_hold(expert.freelancer)
    sweep(AT + DAY)
    hold.lifted_at = AT + 2 * DAY
    session.commit()

    assert stands(session, expert, AT + 2 * DAY) is AwardStatus.GRACE
    sweep(AT + 2 * DAY)
    assert expert.grace_ends_at == AT + 14 * DAY
    assert sent(session) == ["grace", "suspended", "reinstated"]


def test_a_held_newcomer_keeps_the_award_whatever_the_sweep_says(session):
    partner = make_partner()
    newcomer = make_newcomer(partner)
    award = make_award(partner, newcomer)
    make_hold(newcomer)

    assert sweep(AT) == SweepReport()
    assert stands(session, award, AT) is AwardStatus.ACTIVE
    lose(session, award, "E-4")
    assert sweep(AT) == SweepReport(suspended=1)


def test_a_newcomer_is_badged_with_e_3_and_e_4_until_a_first_score_of_70_begins_the_grace(session):
    partner = make_partner()
    newcomer = make_newcomer(partner)
    award = services.award(partner.programme.achievement_id, newcomer.id, by=None, at=AT)
    assert sweep(AT + 100 * DAY) == SweepReport()

    scored = AT + 101 * DAY
    set_facts(session, award, {"jss_pct": 70, "jss_observed_at": scored, "first_scored_at": scored})
    assert sweep(scored + MINUTE) == SweepReport(grace_began=1)
    open_points = unmet(checklist(newcomer.id, award.achievement_id, scored + MINUTE))
    assert [finding.rule for finding in open_points] == ["E-2", "E-5"]
    assert {finding.grace_ends_at for finding in open_points} == {scored + MINUTE + 14 * DAY}

    assert sweep(scored + MINUTE + 14 * DAY) == SweepReport(suspended=1)
    assert sent(session) == ["awarded", "grace", "suspended"]
    [mail] = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "award_suspended"))
    assert "70 %" in mail.context["open"][0]["sentence"]


def test_no_sweep_undoes_a_revocation(session, expert):
    lose(session, expert, "E-2")
    sweep(AT)
    services.revoke(expert.id, "So.", by=None, at=AT + DAY)
    meet(session, expert, "E-2")

    assert sweep(AT + 2 * DAY) == SweepReport()
    assert stands(session, expert, AT + 20 * DAY) is AwardStatus.REVOKED
    assert expert.closed_at == AT + DAY


def test_an_award_whose_time_is_over_is_closed_once(session, expert):
    expert.expires_at = AT + DAY
    session.commit()
    lose(session, expert, "E-2")
    sweep(AT)

    assert sweep(AT + DAY - MINUTE) == SweepReport()
    assert sweep(AT + DAY) == SweepReport(expired=1)
    assert sweep(AT + 2 * DAY) == SweepReport()
    assert expert.closed_at == AT + DAY
    assert stands(session, expert, AT + DAY) is AwardStatus.EXPIRED
    assert sent(session) == ["grace", "expired"]


def test_every_change_has_its_receipt_and_its_reason(session, expert):
    lose(session, expert, "E-2")
    sweep(AT)

    receipt = latest_receipt(expert.freelancer_id, expert.achievement_id)
    assert (receipt.cause, receipt.eligible, receipt.evaluated_at) == ("sweep", False, AT)
    [event] = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "award.grace_began"))
    assert event.reason == unmet(findings_of(receipt))[0].sentence
    assert (event.actor_id, event.partner_id) == (None, expert.achievement.issuer_id)
    assert (event.before["grace_ends_at"], event.after["grace_ends_at"]) == (None, (AT + 14 * DAY).isoformat())
    meet(session, expert, "E-2")
    sweep(AT + DAY)
    assert is_eligible(findings_of(latest_receipt(expert.freelancer_id, expert.achievement_id)))


def test_each_partners_badge_goes_by_its_own_rules(session, expert):
    plain = make_award(make_partner("Eastwind"), expert.freelancer)
    lose(session, expert, "E-6")

    assert sweep(AT) == SweepReport(grace_began=1)
    assert (expert.grace_ends_at is not None, plain.grace_ends_at) == (True, None)


def test_receipts_of_a_sweep_are_stored_as_those_of_one_evaluation(session, expert):
    lose(session, expert, "E-2")
    sweep(AT)
    swept = latest_receipt(expert.freelancer_id, expert.achievement_id)

    again = services.record_receipt(expert.freelancer_id, expert.achievement_id, "application", at=AT + MINUTE)

    assert again.id == swept.id, "it says the same, to the letter"
