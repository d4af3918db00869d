"""Awards follow what their holders meet, by themselves. Rules E-7, E-9, E-11, E-12, H-1, X-1."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from badges import mails, services
from badges import sweep as sweeping
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import GRACE_DAYS, BasePolicy
from badges.eligibility.rules import is_eligible, unmet
from badges.models import Award, AwardStatus, Receipt
from badges.queries import checklist, latest_receipt
from badges.receipts import findings_of
from badges.standing import status
from badges.sweep import SweepReport, sweep
from core.audit import AuditEvent
from core.database import joined_transaction
from core.outbox import OutboxMail
from freelancers.models import Hold
from tests.factories import (
    make_award,
    make_expert,
    make_freelancer,
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


def stands(session, award, at):
    holds = session.scalars(sa.select(Hold).where(Hold.freelancer_id == award.freelancer_id, Hold.lifted_at.is_(None)))
    return status(award, bool(holds.all()), at)


def sent(session):
    """Which mails were stored, in order, without the `award_` of their templates."""
    names = session.scalars(sa.select(OutboxMail.template).order_by(OutboxMail.created_at, OutboxMail.id))
    return [name.removeprefix("award_") for name in names]


def actions(session):
    return list(
        session.scalars(sa.select(AuditEvent.action).where(AuditEvent.subject_type == "award").order_by("at", "id"))
    )


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


def test_a_sweep_for_one_person_leaves_the_others(session):
    partner = make_partner()
    first, second = make_expert(partner, jss_pct=70), make_expert(partner, jss_pct=70)

    assert sweep(AT, freelancer_id=first.freelancer_id) == SweepReport(grace_began=1)
    assert (first.grace_ends_at is None, second.grace_ends_at) == (False, None)


def test_a_sweep_of_the_changed_looks_at_their_awards_alone_in_parts(session, monkeypatch):
    monkeypatch.setattr(sweeping, "CHANGED_MAX", 3)
    partners = [make_partner(), make_partner()]
    people = [make_freelancer(jss_pct=70) for _ in range(8)]
    for person in people:
        [make_award(partner, person) for partner in partners]

    assert sweep(AT, changed=[]) == SweepReport()
    assert sweep(AT, changed=(person.id for person in people[:7])) == SweepReport(grace_began=14)
    assert sweep(AT, changed=[person.id for person in people]) == SweepReport(grace_began=2)


def test_more_awards_than_are_held_in_memory_are_found_in_several_passes(session, monkeypatch):
    many_who_fail(make_partner(), 30)
    monkeypatch.setattr(sweeping, "FOUND_MAX", 6)
    monkeypatch.setattr(sweeping, "BATCH", 4)

    assert sweep(AT).changed == 20
    assert sweep(AT) == SweepReport()


def test_a_sweep_within_a_transaction_sees_what_happened_in_it(session, monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 2)
    with joined_transaction():
        many_who_fail(make_partner(), 9)
        assert sweep(AT).changed == 6


def test_every_partner_is_asked_by_its_own_rules_in_one_sweep(session):
    awards = {}
    for jobs in (None, 5, 10, 15):
        partner = make_partner()
        if jobs is not None:
            rules = PartnerRules((Condition("jobs_count", "at_least", jobs),))
            services.set_partner_rules(partner.programme.achievement_id, rules, effective_at=AT, by=None, at=AT)
        awards[jobs] = make_expert(partner, jobs_count=10)
    of_another_shape = PartnerRules((Condition("skills", "has_all", ("COBOL",)), Condition("country", "in", ("GB",))))
    awards["cobol"] = make_expert(partner := make_partner(), jobs_count=10)
    services.set_partner_rules(partner.programme.achievement_id, of_another_shape, effective_at=AT, by=None, at=AT)

    assert sweep(AT) == SweepReport(grace_began=2)
    assert [asked for asked, award in awards.items() if award.grace_ends_at is not None] == [15, "cobol"]


def test_receipts_of_a_sweep_are_stored_as_those_of_one_evaluation(session, expert):
    lose(session, expert, "E-2")
    sweep(AT)
    swept = latest_receipt(expert.freelancer_id, expert.achievement_id)

    again = services.record_receipt(expert.freelancer_id, expert.achievement_id, "application", at=AT + MINUTE)

    assert again.id == swept.id, "it says the same, to the letter"


def many_who_fail(partner, count):
    """`count` holders: every third lost its score, every third its public profile, the rest nothing."""
    for number in range(count):
        make_award(partner, make_freelancer(**({"jss_pct": 70}, {"visibility": "private"}, {})[number % 3]))


def test_a_sweep_killed_anywhere_is_finished_by_the_next(session, monkeypatch):
    many_who_fail(make_partner(), 12)
    monkeypatch.setattr(sweeping, "BATCH", 3)
    word, told = mails.change_mail, Counter()

    def killed_at_times(to, *rest):
        told[to.award_id] += 1
        if sum(told.values()) in (2, 5, 9):
            raise KeyboardInterrupt
        return word(to, *rest)

    monkeypatch.setattr(mails, "change_mail", killed_at_times)
    with pytest.raises(KeyboardInterrupt):
        sweep(AT)
    for _ in range(2):  # those that come after may fall into one sweep, which does two batches at once
        with suppress(KeyboardInterrupt):
            sweep(AT)
    sweep(AT)

    assert sweep(AT) == SweepReport()
    assert Counter(sent(session)) == {"grace": 4, "suspended": 4}
    assert Counter(actions(session)) == {"award.grace_began": 4, "award.suspended": 4}
    assert session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == 8
    assert session.scalar(sa.select(sa.func.count()).where(Award.suspended_at.is_not(None))) == 4


def test_a_sweep_that_is_asked_to_stop_leaves_the_rest_to_the_next(session, monkeypatch):
    many_who_fail(make_partner(), 9)
    monkeypatch.setattr(sweeping, "BATCH", 2)
    asked = iter([False, False, True])

    assert sweep(AT, stopped=lambda: next(asked)).changed == 4
    assert sweep(AT).changed == 2


def test_two_sweeps_at_once_do_the_work_once(app, session, monkeypatch):
    many_who_fail(make_partner(), 90)
    monkeypatch.setattr(sweeping, "BATCH", 7)
    ready, reports = Barrier(2), []

    def run():
        with app.app_context():
            ready.wait()
            reports.append(sweep(AT))

    threads = [Thread(target=run) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(reports) == 2
    assert sum(report.changed for report in reports) + sweep(AT).changed == 60
    assert Counter(sent(session)) == {"grace": 30, "suspended": 30}
    assert Counter(actions(session)) == {"award.grace_began": 30, "award.suspended": 30}


def test_a_revocation_during_a_sweep_wins(app, session, monkeypatch):
    award = make_expert(jss_pct=70)
    award_id, holders_of = award.id, sweeping.holders_of
    done = []

    def revoke():
        with app.app_context():
            done.append(services.revoke(award_id, "So.", by=None, at=AT).closed_at)

    def holders_while_somebody_revokes(*args):
        thread = Thread(target=revoke)
        thread.start()
        thread.join(0.3)
        assert not done, "the row is locked: the revocation waits for the sweep's batch"
        done.append(thread)
        return holders_of(*args)

    monkeypatch.setattr(sweeping, "holders_of", holders_while_somebody_revokes)
    assert sweep(AT) == SweepReport(grace_began=1)
    done[0].join()
    session.expire_all()

    assert stands(session, award, AT) is AwardStatus.REVOKED
    assert Counter(sent(session)) == {"grace": 1, "revoked": 1}
