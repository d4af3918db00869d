"""Which awards must change: `badges/due.py` says of many what `badges/upkeep.py` says of each. Rule E-11."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from badges.due import due_awards
from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import NO_RULES, PartnerRules
from badges.eligibility.policy import GRACE_DAYS, BasePolicy, Policy
from badges.eligibility.rules import evaluate
from badges.models import Award, JoinedThrough
from badges.queries import facts_of_many
from badges.rulebook import Badge, Rulebook
from badges.upkeep import Upkeep, next_state
from core.database import new_id
from freelancers.models import Freelancer, Hold
from tests.factories import make_partner

AT = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)  # two days before clocks change in much of Europe
DAY = timedelta(days=1)
PEOPLE = 800
RULES = PartnerRules((Condition("jobs_count", "at_least", 10),))


def policy(grace=(), rules=NO_RULES):
    base = BasePolicy("now", AT - 100 * DAY, grace_days=dict(GRACE_DAYS) | dict(grace))
    return Policy(base, "now", base.effective_at, rules)


POLICIES = (
    policy(),
    policy(grace=[("E-2", 0)]),
    policy(grace=[("E-3", 3), ("E-5", 7)]),
    policy(grace=[("E-6", 0)], rules=RULES),
    policy(grace=[(rule, 0) for rule in GRACE_DAYS], rules=RULES),
)


def upkeep(rnd):
    """A state as some history of losses can leave it behind."""
    ends_at = rnd.choice((None, AT - DAY, AT, AT + 3 * DAY, AT + 5 * DAY, AT + 14 * DAY))
    suspended_at = rnd.choice((None, None, AT - DAY))
    return {
        "grace_began_at": ends_at and AT - 20 * DAY,
        "grace_ends_at": ends_at,
        "suspended_at": suspended_at,
        "lifts_at_once": bool(suspended_at and rnd.random() < 0.7),
    }


def store_people(session, partner):
    rnd = random.Random(11)
    people, awards, rest = [], [], []
    for number in range(PEOPLE):
        person, scored = new_id(), rnd.choice((None, 79, 80, 95))
        people.append(
            {
                "id": person,
                "marketplace_id": f"due{number}",
                "name": "Ada",
                "created_at": AT,
                "updated_at": AT,
                "account_state": rnd.choice(("active",) * 4 + ("closed",)),
                "visibility": rnd.choice(("public",) * 4 + ("private",)),
                "jss_pct": scored,
                "first_scored_at": scored and AT,
                "completeness_pct": rnd.choice((100, 100, 100, 99)),
                "english_level": rnd.choice(("fluent", "native", "basic", None)),
                "jobs_count": rnd.choice((None, 9, 10)),
            }
        )
        closed = rnd.random() < 0.1
        awards.append(
            {
                "id": new_id(),
                "achievement_id": partner.programme.achievement_id,
                "freelancer_id": person,
                "awarded_at": AT - 30 * DAY,
                "expires_at": rnd.choice((None,) * 8 + (AT, AT + DAY)),
                "revoked_at": AT if closed else None,
                "revoke_reason": "So." if closed else None,
                "closed_at": AT if closed else None,
            }
            | upkeep(rnd)
        )
        if rnd.random() < 0.2:
            rest.append(Hold(freelancer_id=person, kind="block", reason="So.", placed_at=AT))
        if rnd.random() < 0.3:
            rest.append(JoinedThrough(freelancer_id=person, issuer_id=partner.id, joined_at=AT))
    session.execute(sa.insert(Freelancer), people)
    session.execute(sa.insert(Award), awards)
    session.add_all(rest)
    session.commit()


@pytest.mark.parametrize("time_zone", ["UTC", "Europe/Berlin"])
def test_python_and_sql_agree_on_which_awards_must_change(session, time_zone):
    partner = make_partner()
    store_people(session, partner)
    session.execute(sa.text(f"SET LOCAL TIME ZONE '{time_zone}'"))
    awards = list(session.scalars(sa.select(Award)))
    facts = facts_of_many([award.freelancer_id for award in awards], partner.id)

    for asked in POLICIES:
        badge = Badge(partner.id, "Northwind Expert", "Northwind", asked.label, asked.effective_at, asked.rules)
        due = list(session.scalars(due_awards(Rulebook(asked.base, {partner.programme.achievement_id: badge}), AT)))

        expected = {award.id for award in awards if must_change(award, asked, facts[award.freelancer_id])}
        assert set(due) == expected
        assert due == sorted(due)
        assert 50 < len(due) < PEOPLE, "both answers occur"


def must_change(award, asked, facts):
    if award.closed_at:
        return False
    if award.expires_at and award.expires_at <= AT:
        return True
    now = Upkeep(award.grace_began_at, award.grace_ends_at, award.suspended_at, award.lifts_at_once)
    return next_state(now, evaluate(asked, facts, AT), AT) != now
