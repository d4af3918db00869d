"""Who is listed, said alike by the database, of one and of a whole pool, and by Python. Rules D-2, E-9, E-11, H-1."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.models import Award
from core.database import joined_transaction
from directory import services
from directory.listing import is_listed, listed_among_many, listed_expression
from freelancers.holds import HoldKind
from freelancers.models import Freelancer
from tests.factories import make_award, make_expert, make_hold, make_newcomer, make_partner

DAY = timedelta(days=1)
LITERALLY = {"literal_binds": True}


def nothing(award, at):
    pass


def of_award(**values):
    def change(award, at):
        with joined_transaction():
            for name, value in values.items():
                setattr(award, name, value(at) if callable(value) else value)

    return change


def of_person(**values):
    def change(award, at):
        with joined_transaction():
            for name, value in values.items():
                setattr(award.freelancer, name, value)

    return change


def held(kind):
    return lambda award, at: make_hold(award.freelancer, kind)


def removed(award, at):
    services.remove_from_directory(award.id, "Not current any more.", by=None, at=at)


def removed_and_restored(award, at):
    removed(award, at)
    services.restore_to_directory(award.id, by=None, at=at)


CASES = {
    "as awarded": (nothing, True),
    "in grace": (of_award(grace_began_at=lambda at: at - DAY, grace_ends_at=lambda at: at + DAY), True),
    "grace over": (of_award(grace_began_at=lambda at: at - 2 * DAY, grace_ends_at=lambda at: at), False),
    "suspended": (of_award(suspended_at=lambda at: at), False),
    "revoked": (of_award(revoked_at=lambda at: at, revoke_reason="Why", closed_at=lambda at: at), False),
    "expired now": (of_award(expires_at=lambda at: at), False),
    "expires later": (of_award(expires_at=lambda at: at + DAY), True),
    "hidden by the expert": (of_award(hidden_at=lambda at: at), False),
    "closed": (of_award(closed_at=lambda at: at), False),
    "profile for the marketplace": (of_person(visibility="marketplace"), False),
    "profile private": (of_person(visibility="private"), False),
    "account suspended": (of_person(account_state="suspended"), False),
    "account blocked": (of_person(account_state="blocked"), False),
    "account closed": (of_person(account_state="closed"), False),
    "removed": (removed, False),
    "removed and restored": (removed_and_restored, True),
    **{f"hold: {kind}": (held(kind), False) for kind in HoldKind},
}


def said_of(session, award, at):
    """Return what the database says, of the person and among many, and what Python does."""
    session.expire_all()
    said = session.scalar(
        sa.select(listed_expression(at))
        .select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(Award.id == award.id)
    )
    among_many = session.scalar(sa.select(listed_among_many(at)).select_from(Award).where(Award.id == award.id))
    award = session.get_one(Award, award.id)
    holds_open = any(hold.lifted_at is None for hold in award.freelancer.holds)
    out = session.scalar(sa.text("SELECT EXISTS (SELECT FROM removals WHERE restored_at IS NULL)"))
    return said, among_many, is_listed(award, holds_open=holds_open, removed=out, at=at)


@pytest.mark.parametrize(("change", "expected"), CASES.values(), ids=CASES)
def test_the_database_and_python_agree_on_who_is_listed(session, at, change, expected):
    award = make_expert()
    change(award, at)

    assert said_of(session, award, at) == (expected,) * 3


@pytest.mark.parametrize("kind", HoldKind)
def test_a_held_newcomer_is_not_listed_though_they_stay_eligible(session, at, kind):
    partner = make_partner()
    award = make_award(partner, make_newcomer(partner))
    assert said_of(session, award, at) == (True,) * 3

    make_hold(award.freelancer, kind)

    assert said_of(session, award, at) == (False,) * 3


def test_a_newcomer_whose_account_is_suspended_is_not_listed(session, at):
    partner = make_partner()
    award = make_award(partner, make_newcomer(partner, account_state="suspended"))

    assert said_of(session, award, at) == (False,) * 3


def test_a_lifted_hold_lists_again(session, at):
    award = make_expert()
    hold = make_hold(award.freelancer)
    with joined_transaction():
        hold.lifted_at, hold.lift_reason = at, "Verified."

    assert said_of(session, award, at) == (True,) * 3


def test_where_the_policy_lets_no_public_profile_pass_nobody_is_listed(session, at):
    award = make_expert()
    # Not stored: the first policy belongs to the schema, and outlives a test.
    session.execute(
        sa.text("UPDATE base_policies SET content = jsonb_set(content, '{passing_visibilities}', '[\"private\"]')")
    )

    assert said_of(session, award, at)[:2] == (False, False)


def test_a_whole_pool_is_looked_at_without_looking_up_everybody(session, at):
    """The index of who is not shown serves only a statement that asks exactly that."""
    session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    asked = sa.select(Award.id).where(listed_among_many(at))
    plan = session.scalars(sa.text(f"EXPLAIN {asked.compile(session.get_bind(), compile_kwargs=LITERALLY)}")).all()
    session.rollback()

    assert "ix_freelancers_not_shown" in "\n".join(plan)
