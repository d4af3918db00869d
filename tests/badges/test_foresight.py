"""Foresight: what will soon be lost is said in words, and mailed once for each line that is crossed. Section J."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from badges.closeness import ScoreSeen, score_sentence, trend
from badges.eligibility.conditions import Condition, Group
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy
from badges.foresight import outlook, warn
from badges.queries import facts_of, policy_for
from badges.services import set_partner_rules
from core.outbox import OutboxMail
from freelancers.models import Observation
from tests.app.posting import arriving
from tests.factories import make_award, make_expert, make_freelancer, make_newcomer, make_partner, make_user

AT = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = "Northwind Associate"


def seen(session, person, *figures):
    """Store scores as they were seen, the last one today."""
    for ago, pct in figures:
        session.add(Observation(freelancer_id=person.id, figure="jss_pct", value=pct, observed_at=AT - ago * DAY))
    person.jss_pct = figures[-1][1]
    session.commit()


def warnings(session):
    """The warnings that were mailed, in order."""
    mailed = sa.select(OutboxMail).where(OutboxMail.template == "award_warning")
    return session.scalars(mailed.order_by(OutboxMail.created_at, OutboxMail.id)).all()


def ahead_of(award, at):
    policy = policy_for(award.achievement_id, at)
    return outlook(policy, facts_of(award.freelancer_id, award.achievement.issuer_id), [], at)


def certified(partner, *ends, name=NAME):
    certificates = [{"name": name, "expires_on": each and each.isoformat()} for each in ends]
    person = make_freelancer(make_user(), profile={"certificates": certificates})
    return make_award(partner, person)


@pytest.fixture
def partner(session):
    found = make_partner()
    rules = PartnerRules((Condition("certificate", "held", NAME),))
    set_partner_rules(found.programme.achievement_id, rules, effective_at=AT - 90 * DAY, by=None, at=AT - 90 * DAY)
    return found


def history(*figures):
    return [ScoreSeen(when.replace(tzinfo=UTC), pct) for when, pct in figures]


def test_margin_and_trend_are_told_by_month():
    months = history((datetime(2026, 4, 9), 90), (datetime(2026, 5, 9), 88), (datetime(2026, 6, 9), 85), (AT, 82))

    assert score_sentence(82, 80, months).endswith(
        "82 %, 2 points above the 80 % that is needed, and falling: 88 % in May, 85 % in June."
    )


def test_within_one_month_the_trend_names_days_and_over_years_the_year():
    assert trend(82, history((datetime(2026, 7, 1), 85), (AT, 82))) == "falling: 85 % on 1 July 2026"
    assert trend(82, history((datetime(2025, 12, 1), 80), (AT, 82))) == "rising: 80 % in December 2025"


def test_a_trend_begins_where_the_direction_turned():
    assert (
        trend(82, history((datetime(2026, 4, 9), 70), (datetime(2026, 5, 9), 88), (AT, 82))) == "falling: 88 % in May"
    )
    assert trend(82, history((AT, 82))) == ""


def test_a_falling_score_near_the_limit_is_warned_of_once(session):
    award = make_expert()
    seen(session, award.freelancer, (60, 88), (30, 85), (0, 82))

    assert [warn(AT), warn(AT), warn(AT + DAY)] == [1, 0, 0]
    seen(session, award.freelancer, (0, 81))
    assert warn(AT + DAY) == 0

    [mail] = warnings(session)
    text = next(arriving(mail).iter_parts()).get_content()
    assert "82 %, 2 points above the 80 % that is needed, and falling: 88 % in May, 85 % in June." in text.replace(
        "\n", " "
    )
    assert "14 more days" in text


def test_a_score_that_recovers_and_falls_again_is_warned_of_again(session):
    award = make_expert()
    seen(session, award.freelancer, (60, 88), (50, 82))
    assert warn(AT - 50 * DAY) == 1

    seen(session, award.freelancer, (20, 90), (0, 83))
    assert warn(AT) == 1


@pytest.mark.parametrize("figures", [((30, 88), (0, 84)), ((30, 80), (0, 82)), ((0, 82),), ((30, 90), (0, 79))])
def test_far_from_the_limit_rising_steady_or_lost_already_nobody_is_warned(session, figures):
    seen(session, make_expert().freelancer, *figures)

    assert warn(AT) == 0


def test_the_margin_is_the_policys(session, base_policy_from):
    base_policy_from(BasePolicy("wider", AT - DAY, warn_margin_pts=6))
    seen(session, make_expert().freelancer, (30, 90), (0, 86))

    assert warn(AT) == 1


def test_the_end_of_a_needed_certificate_is_warned_of_30_and_7_days_before(session, partner):
    award = certified(partner, AT.date() + 30 * DAY)

    told = [warn(AT + days * DAY) for days in (-1, 0, 1, 22, 23, 24, 30, 31)]

    assert told == [0, 1, 0, 0, 1, 0, 0, 0]
    assert "ends in 30 days, on 1 August 2026" in warnings(session)[0].context["sentence"]
    assert ahead_of(award, AT + 9 * DAY) == (
        f"Your certificate “{NAME}” ends in 21 days, on 1 August 2026, and an active one is needed.",
    )


def test_first_seen_late_only_the_nearer_warning_goes_out(session, partner):
    certified(partner, AT.date() + 3 * DAY)

    assert [warn(AT), warn(AT + DAY)] == [1, 0]


def test_a_certificate_that_is_not_needed_ends_in_silence(session, partner):
    certified(partner, AT.date() + 5 * DAY, None)
    certified(partner, AT.date() + 5 * DAY, name="Another")
    other = make_partner("Contoso")
    either = Group("any", (Condition("certificate", "held", NAME), Condition("country", "in", ("GB",))))
    set_partner_rules(other.programme.achievement_id, PartnerRules((either,)), effective_at=AT, by=None, at=AT)
    certified(other, AT.date() + 5 * DAY)

    assert warn(AT) == 0


def test_of_two_that_would_do_the_end_of_the_last_one_counts(session, partner):
    certified(partner, AT.date() + 5 * DAY, AT.date() + 20 * DAY)

    assert warn(AT) == 1
    assert date.fromisoformat(warnings(session)[0].key.split(":")[4]) == AT.date() + 20 * DAY


def test_suspended_revoked_and_newcomers_are_not_warned(session, partner):
    for values in (
        {"suspended_at": AT},
        {"closed_at": AT, "revoked_at": AT, "revoke_reason": "A reason."},
        {"expires_at": AT},
    ):
        award = make_award(make_partner(), make_freelancer(make_user()), **values)
        seen(session, award.freelancer, (30, 88), (0, 82))
    newcomer = make_newcomer(partner, profile={"certificates": [{"name": NAME, "expires_on": "2026-07-05"}]})
    make_award(partner, newcomer)

    assert warn(AT) == 0


def test_a_warning_stopped_half_way_goes_on_in_the_next_run(session, monkeypatch):
    from badges import foresight

    monkeypatch.setattr(foresight, "BATCH", 2)
    partner = make_partner()
    for _ in range(5):
        award = make_award(partner, make_freelancer(make_user()))
        seen(session, award.freelancer, (30, 88), (0, 82))
    answers = iter((False, True))

    assert warn(AT, stopped=lambda: next(answers)) == 2
    assert warn(AT) == 3
    assert len({mail.to_address for mail in warnings(session)}) == 5
