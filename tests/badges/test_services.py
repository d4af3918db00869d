"""Awarding, revoking, answering and hiding. Rules B-1, B-4, E-6, E-7, E-12, R-3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from badges import services
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy
from badges.eligibility.refusals import PolicyRefused
from badges.eligibility.rules import is_eligible, unmet
from badges.models import Award, AwardStatus, JoinedThrough, Receipt
from badges.queries import (
    award_of_freelancer,
    award_of_issuer,
    awards_of,
    base_checklist,
    checklist,
    latest_receipt,
    open_award,
    policy_for,
)
from badges.standing import status
from core.audit import AuditEvent
from core.database import new_id
from core.errors import Conflict, InvalidInput, NotFound
from core.outbox import OutboxMail
from tests.factories import make_expert, make_freelancer, make_hold, make_newcomer, make_partner, make_user

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TEN_JOBS = PartnerRules((Condition("jobs_count", "at_least", 10),))


def actions(session):
    return list(session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)))


def templates(session):
    return list(session.scalars(sa.select(OutboxMail.template).order_by(OutboxMail.id)))


def test_an_eligible_person_is_awarded_told_and_recorded(session):
    partner, ada, staff = make_partner(), make_freelancer(make_user()), make_user("staff")

    award = services.award(partner.programme.achievement_id, ada.id, by=staff.id, at=AT)

    assert (award.awarded_at, award.awarded_by, award.expires_at) == (AT, staff.id, None)
    assert status(award, False, AT) is AwardStatus.ACTIVE
    assert actions(session) == ["award.awarded"]
    assert templates(session) == ["award_awarded"]
    assert session.scalar(sa.select(OutboxMail.to_address)) == ada.email
    assert latest_receipt(ada.id, award.achievement_id).eligible
    assert session.scalar(sa.select(AuditEvent.partner_id)) == partner.id


def test_somebody_not_eligible_is_not_awarded_and_the_receipt_says_why(session):
    partner, ada = make_partner(), make_freelancer(jss_pct=79)

    assert services.award(partner.programme.achievement_id, ada.id, by=None, at=AT) is None
    receipt = latest_receipt(ada.id, partner.programme.achievement_id)
    assert (receipt.eligible, receipt.cause) == (False, "selection")
    assert [finding["rule"] for finding in receipt.findings if not finding["met"]] == ["E-2"]
    assert templates(session) == []
    assert session.scalar(sa.select(Award.id)) is None


def test_awarding_again_returns_the_same_award_and_mails_nobody(session):
    partner, ada = make_partner(), make_freelancer()
    first = services.award(partner.programme.achievement_id, ada.id, by=None, at=AT)

    again = services.award(partner.programme.achievement_id, ada.id, by=None, at=AT + DAY)

    assert again.id == first.id
    assert templates(session) == ["award_awarded"]


def test_many_at_once_award_once(app, session):
    partner, ada = make_partner(), make_freelancer()
    achievement_id, person = partner.programme.achievement_id, ada.id
    ready, given = Barrier(6), []

    def give():
        with app.app_context():
            ready.wait()
            given.append(services.award(achievement_id, person, by=None, at=AT).id)

    threads = [Thread(target=give) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(given) == 6
    assert len(set(given)) == 1
    assert templates(session) == ["award_awarded"]


def test_an_award_for_a_time_ends_then_and_may_follow_again(session):
    partner, ada = make_partner(), make_freelancer()
    partner.programme.achievement.valid_days = 365
    session.commit()
    first = services.award(partner.programme.achievement_id, ada.id, by=None, at=AT)
    assert first.expires_at == AT + 365 * DAY

    second = services.award(partner.programme.achievement_id, ada.id, by=None, at=AT + 365 * DAY)

    assert second.id != first.id
    assert status(first, False, AT + 365 * DAY) is AwardStatus.EXPIRED
    assert first.closed_at == first.expires_at
    assert templates(session) == ["award_awarded", "award_expired", "award_awarded"]


def test_a_revocation_needs_a_reason(session):
    award = make_expert()

    with pytest.raises(InvalidInput):
        services.revoke(award.id, "  ", by=None, at=AT)
    assert status(award, False, AT) is AwardStatus.ACTIVE


def test_a_revocation_is_told_with_its_reason_and_can_be_answered_once(session):
    award, staff = make_expert(), make_user("staff")

    services.revoke(award.id, "The certificate was somebody else's.", by=staff.id, at=AT)

    assert status(award, False, AT) is AwardStatus.REVOKED
    assert (award.revoked_by, award.closed_at) == (staff.id, AT)
    mail = session.scalar(sa.select(OutboxMail))
    assert (mail.template, mail.context["revoke_reason"]) == ("award_revoked", "The certificate was somebody else's.")

    services.answer_revocation(award.id, "It is mine; my name changed.", by=award.freelancer.user_id, at=AT + DAY)
    assert (award.revoke_answer, award.revoke_answered_at) == ("It is mine; my name changed.", AT + DAY)
    with pytest.raises(services.AlreadyAnswered):
        services.answer_revocation(award.id, "And another thing.", by=None, at=AT + DAY)
    assert actions(session) == ["award.revoked", "award.revocation_answered"]


def test_what_was_not_revoked_cannot_be_answered(session):
    with pytest.raises(Conflict):
        services.answer_revocation(make_expert().id, "But why?", by=None, at=AT)


def test_revoking_twice_tells_the_second_that_it_came_late(session):
    award = make_expert()
    services.revoke(award.id, "So.", by=None, at=AT)

    with pytest.raises(services.AwardClosed):
        services.revoke(award.id, "So too.", by=None, at=AT)
    assert award.revoke_reason == "So."
    assert templates(session) == ["award_revoked"]


def test_an_expired_award_cannot_be_revoked(session):
    award = make_expert()
    award.expires_at = AT
    session.commit()

    with pytest.raises(services.AwardClosed):
        services.revoke(award.id, "So.", by=None, at=AT)


def test_whoever_was_revoked_may_be_awarded_anew(session):
    award = make_expert()
    services.revoke(award.id, "So.", by=None, at=AT)

    again = services.award(award.achievement_id, award.freelancer_id, by=None, at=AT + DAY)

    assert again.id != award.id
    assert open_award(award.achievement_id, award.freelancer_id).id == again.id
    assert [held.id for held in awards_of(award.freelancer_id)] == [again.id, award.id]


def test_a_badge_is_hidden_and_shown_again_by_its_holder(session):
    award = make_expert()

    for _ in range(2):
        services.hide(award.id, AT, award.freelancer.user_id)
    assert award.hidden_at == AT
    for _ in range(2):
        services.unhide(award.id, AT, award.freelancer.user_id)
    assert award.hidden_at is None
    assert actions(session) == ["award.hidden", "award.unhidden"]


def test_there_is_nothing_to_do_with_an_award_that_is_not(session):
    for verb in (lambda: services.hide(new_id(), AT, None), lambda: services.revoke(new_id(), "So.", by=None, at=AT)):
        with pytest.raises(NotFound):
            verb()


def test_an_award_is_found_by_whoever_it_belongs_to_alone(session):
    award, stranger = make_expert(), make_freelancer()

    assert award_of_issuer(award.id, award.achievement.issuer_id) is award
    assert award_of_issuer(award.id, make_partner().id) is None
    assert award_of_freelancer(award.id, award.freelancer_id) is award
    assert award_of_freelancer(award.id, stranger.id) is None


def test_an_issuer_and_its_badge_are_created_once(session):
    issuer = services.create_issuer("northwind", "Northwind", by=None, at=AT)
    badge = services.create_achievement(issuer.id, "Northwind Expert", "Knows it.", valid_days=90, by=None, at=AT)

    assert (badge.issuer.slug, badge.valid_days) == ("northwind", 90)
    with pytest.raises(services.NameTaken):
        services.create_issuer("northwind", "Another", by=None, at=AT)
    with pytest.raises(InvalidInput):
        services.create_achievement(issuer.id, "Short", "Too short.", valid_days=0, by=None, at=AT)


def test_partner_rules_hold_from_their_day_on(session):
    partner = make_partner()
    badge = partner.programme.achievement_id

    services.set_partner_rules(badge, TEN_JOBS, effective_at=AT + DAY, by=None, at=AT)

    assert policy_for(badge, AT).rules.requirements == ()
    assert policy_for(badge, AT + DAY).rules == TEN_JOBS
    assert policy_for(badge, AT + DAY).effective_at == AT + DAY
    with pytest.raises(services.RulesExist):
        services.set_partner_rules(badge, TEN_JOBS, effective_at=AT + DAY, by=None, at=AT)


def test_partner_rules_change_no_past(session):
    with pytest.raises(InvalidInput):
        services.set_partner_rules(
            make_partner().programme.achievement_id, TEN_JOBS, effective_at=AT - DAY, by=None, at=AT
        )


def test_partner_rules_ask_for_no_less_than_the_marketplace(session):
    weak = PartnerRules((Condition("jss_pct", "at_least", 79),))

    with pytest.raises(PolicyRefused):
        services.set_partner_rules(make_partner().programme.achievement_id, weak, effective_at=AT, by=None, at=AT)


def test_a_base_policy_that_grows_past_a_partners_own_rule_refuses_nothing(session, base_policy_from):
    partner = make_partner()
    badge, ada = partner.programme.achievement_id, make_freelancer(jss_pct=84)
    eighty_two = PartnerRules((Condition("jss_pct", "at_least", 82),))
    services.set_partner_rules(badge, eighty_two, effective_at=AT, by=None, at=AT)
    base_policy_from(BasePolicy("stricter", AT + DAY, min_jss_pct=85))

    assert services.award(badge, ada.id, by=None, at=AT + DAY) is None
    assert [finding.key for finding in unmet(checklist(ada.id, badge, AT + DAY))] == ["E-2"]


def test_a_newcomer_is_awarded_with_e_3_and_e_4_alone(session):
    partner = make_partner()
    newcomer = make_newcomer(partner)
    services.set_partner_rules(partner.programme.achievement_id, TEN_JOBS, effective_at=AT, by=None, at=AT)

    assert services.award(partner.programme.achievement_id, newcomer.id, by=None, at=AT) is not None


def test_who_joined_through_one_partner_is_no_newcomer_to_another(session):
    newcomer, other = make_newcomer(make_partner()), make_partner("Eastwind")

    assert services.award(other.programme.achievement_id, newcomer.id, by=None, at=AT) is None


def test_the_first_note_of_how_a_newcomer_joined_stays(session):
    ada, first, second = make_freelancer(), make_partner(), make_partner("Eastwind")

    services.note_joined_through(ada.id, first.id, AT)
    services.note_joined_through(ada.id, second.id, AT)

    assert session.scalar(sa.select(JoinedThrough.issuer_id)) == first.id
    assert actions(session) == ["freelancer.joined_through"]


def test_the_checklist_of_an_award_in_grace_says_until_when(session):
    award = make_expert(jss_pct=70)
    award.grace_began_at, award.grace_ends_at = AT, AT + 14 * DAY
    session.commit()

    [score] = unmet(checklist(award.freelancer_id, award.achievement_id, AT + 13 * DAY))
    assert score.grace_ends_at == AT + 14 * DAY
    [score] = unmet(checklist(award.freelancer_id, award.achievement_id, AT + 14 * DAY))
    assert score.grace_ends_at is None


def test_the_base_checklist_asks_what_every_partner_asks(session):
    held = make_freelancer()
    make_hold(held)

    assert is_eligible(base_checklist(make_freelancer().id, AT))
    assert [finding.rule for finding in unmet(base_checklist(held.id, AT))] == ["E-1"]
    with pytest.raises(NotFound):
        base_checklist(new_id(), AT)


def test_a_person_without_any_address_gets_their_badge_all_the_same(session):
    partner, ada = make_partner(), make_freelancer(email=None)

    assert services.award(partner.programme.achievement_id, ada.id, by=None, at=AT) is not None
    assert templates(session) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == 1
