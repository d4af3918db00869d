"""How an award stands: one truth in Python and in SQL. Rules E-1, E-4, E-9, E-11, H-1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from badges.eligibility.policy import BasePolicy
from badges.models import Award, AwardStatus, BasePolicyVersion, JoinedThrough
from badges.queries import base_policy
from badges.standing import (
    LIVE,
    is_live_expression,
    may_be_shown_expression,
    status,
    status_expression,
    suspended_since,
)
from core.database import new_id
from freelancers.models import Freelancer, Hold
from tests.factories import make_expert, make_freelancer, make_hold, make_partner

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ENDS = (None, AT, AT + DAY)
SUSPENSIONS = ((None, False), (AT - DAY, False), (AT - DAY, True))
ACCOUNTS = ("active", "closed")
NEWCOMERS = ("no", "joined", "joined elsewhere", "joined and scored", "joined, scored, and unscored again")


def store_every_combination(session):
    """Store an award for each combination of what a status depends on, each with a person of its own."""
    partner, elsewhere = make_partner(), make_partner("Eastwind")
    achievement_id = partner.programme.achievement_id
    people, awards, rest = [], [], []
    combinations = product(
        ENDS, ENDS, (None, AT), SUSPENSIONS, (False, True), ACCOUNTS, ("public", "marketplace", "private"), NEWCOMERS
    )
    for number, combination in enumerate(combinations):
        expires, grace_ends, revoked, (suspended, lifts), held, account, visibility, newcomer = combination
        scored, first_scored = {
            "no": (95, AT),
            "joined and scored": (70, AT),
            "joined, scored, and unscored again": (None, AT),
        }.get(newcomer, (None, None))
        person = new_id()
        people.append(
            {
                "id": person,
                "marketplace_id": f"every{number}",
                "name": "Ada",
                "account_state": account,
                "visibility": visibility,
                "jss_pct": scored,
                "first_scored_at": first_scored,
                "created_at": AT,
                "updated_at": AT,
            }
        )
        awards.append(
            {
                "id": new_id(),
                "achievement_id": achievement_id,
                "freelancer_id": person,
                "awarded_at": AT - DAY,
                "expires_at": expires,
                "grace_began_at": grace_ends and AT - 14 * DAY,
                "grace_ends_at": grace_ends,
                "suspended_at": suspended,
                "lifts_at_once": lifts,
                "revoked_at": revoked,
                "closed_at": revoked,
                "revoke_reason": revoked and "So.",
            }
        )
        if held:
            rest.append(Hold(freelancer_id=person, kind="block", reason="So.", placed_at=AT))
        if newcomer != "no":
            issuer = elsewhere if newcomer == "joined elsewhere" else partner
            rest.append(JoinedThrough(freelancer_id=person, issuer_id=issuer.id, joined_at=AT))
    session.execute(sa.insert(Freelancer), people)
    session.execute(sa.insert(Award), awards)
    session.add_all(rest)
    session.commit()


def test_python_and_sql_agree_on_how_every_award_stands(session, monkeypatch):
    store_every_combination(session)
    base = base_policy(AT)
    monkeypatch.setattr("badges.standing.base_policy", lambda at: base)  # one reading is enough for all of them
    held = set(session.scalars(sa.select(Hold.freelancer_id)))
    session.scalars(sa.select(JoinedThrough)).all()

    rows = session.execute(
        sa.select(Award, status_expression(AT), is_live_expression(AT), may_be_shown_expression()).join(
            Freelancer, Freelancer.id == Award.freelancer_id
        )
    ).all()

    assert len(rows) == 3 * 3 * 2 * 3 * 2 * 2 * 3 * 5
    assert {found for _, found, _, _ in rows} == set(AwardStatus)
    for award, found, live, shown in rows:
        person = award.freelancer
        stands = status(award, person.id in held, AT)
        assert found == stands
        assert live is (stands in LIVE)
        assert shown is (person.account_state == "active" and person.id not in held)


@pytest.fixture
def status_of(session):
    """How an award stands, by SQL, with a check that Python says the same."""

    def ask(award, at):
        session.expire_all()
        holds = session.scalars(
            sa.select(Hold).where(Hold.freelancer_id == award.freelancer_id, Hold.lifted_at.is_(None))
        )
        stands = status(award, bool(holds.all()), at)
        found = session.scalar(
            sa.select(status_expression(at)).select_from(Award).join(Freelancer).where(Award.id == award.id)
        )
        assert found == stands
        return stands

    return ask


def test_a_hold_shows_at_once_and_so_does_its_lifting(session, status_of):
    award = make_expert()
    hold = make_hold(award.freelancer)

    assert status_of(award, AT) is AwardStatus.SUSPENDED
    hold.lifted_at = AT
    session.commit()
    assert status_of(award, AT) is AwardStatus.ACTIVE


def test_a_lifted_hold_leaves_nothing_standing_even_after_a_sweep_wrote_it_down(session, status_of):
    award = make_expert()
    award.suspended_at, award.lifts_at_once = AT, True
    session.commit()

    assert status_of(award, AT) is AwardStatus.ACTIVE


def test_a_held_newcomer_keeps_an_active_award_and_may_not_be_shown(session, status_of):
    partner = make_partner()
    award = make_expert(partner, jss_pct=None, first_scored_at=None)
    session.add(JoinedThrough(freelancer_id=award.freelancer_id, issuer_id=partner.id, joined_at=AT))
    make_hold(award.freelancer)

    assert status_of(award, AT) is AwardStatus.ACTIVE
    assert not session.scalar(sa.select(may_be_shown_expression()).select_from(Freelancer))


def test_the_first_score_of_a_held_newcomer_suspends(session, status_of):
    partner = make_partner()
    award = make_expert(partner)
    session.add(JoinedThrough(freelancer_id=award.freelancer_id, issuer_id=partner.id, joined_at=AT))
    make_hold(award.freelancer)

    assert status_of(award, AT) is AwardStatus.SUSPENDED


def test_visibility_goes_by_the_policy_of_its_day(session, status_of):
    award = make_expert(visibility="marketplace")
    policy = BasePolicy("wider", AT, passing_visibilities=("public", "marketplace"))
    session.add(
        BasePolicyVersion(effective_at=AT, content=policy.to_json(), created_at=AT, created_by=award.freelancer.user_id)
    )
    session.commit()

    assert status_of(award, AT - timedelta(seconds=1)) is AwardStatus.SUSPENDED
    assert status_of(award, AT) is AwardStatus.ACTIVE


@pytest.mark.parametrize(
    ("days", "stands"), [(13, AwardStatus.GRACE), (14, AwardStatus.SUSPENDED), (15, AwardStatus.SUSPENDED)]
)
def test_a_grace_that_ended_suspends_before_any_sweep(session, status_of, days, stands):
    award = make_expert()
    award.grace_began_at, award.grace_ends_at = AT, AT + 14 * DAY
    session.commit()

    assert status_of(award, AT + days * DAY) is stands


def test_an_award_is_suspended_since_the_first_of_its_causes(session):
    award = make_expert()
    award.grace_ends_at = AT + 14 * DAY

    assert suspended_since(award, [], AT) is None
    assert suspended_since(award, [AT + 15 * DAY], AT + 16 * DAY) == AT + 14 * DAY
    award.suspended_at = AT + DAY
    assert suspended_since(award, [AT], AT + DAY) == AT


def test_somebody_elses_hold_changes_nothing(session, status_of):
    award = make_expert()
    make_hold(make_freelancer())

    assert status_of(award, AT) is AwardStatus.ACTIVE
