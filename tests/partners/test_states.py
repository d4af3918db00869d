"""A state derived in Python and the same state derived in SQL are one. Design: a truth in two forms."""

import itertools
from datetime import timedelta

import sqlalchemy as sa

from core.database import new_id, transaction
from partners.application_queries import application_state
from partners.invitation_queries import invitation_state
from partners.models import Application, Invitation
from partners.states import ApplicationState, InvitationState
from tests.factories import make_award, make_freelancer, make_invitation, make_partner


def test_every_combination_of_moments_of_an_invitation_gives_one_state(session, at):
    partner = make_partner()
    moments = ("opened_at", "accepted_at", "declined_at", "withdrawn_at")
    day, second = timedelta(days=1), timedelta(seconds=1)
    for number, (given, expires_at, sent_at) in enumerate(
        itertools.product(itertools.product((None, at), repeat=4), (at, at + second), (at - day, at + second))
    ):
        values = dict(zip(moments, given, strict=True))
        make_invitation(partner, f"p{number}@x.org", at=sent_at, expires_at=expires_at, **values)
    rows = session.execute(sa.select(Invitation, invitation_state(at))).all()

    assert len(rows) == 64
    assert all(invitation.state(at) == state for invitation, state in rows)
    assert {state for _, state in rows} == {state.value for state in InvitationState}


def test_every_combination_of_moments_of_an_application_gives_one_state(session, at):
    partner = make_partner()
    award = make_award(partner, make_freelancer())
    moments = ("submitted_at", "reviewed_at", "kept_at", "selected_at", "withdrawn_at")
    make_all(
        partner,
        [
            dict(zip(moments, given, strict=True)) | {"award_id": award_id}
            for given in itertools.product((None, at), repeat=5)
            for award_id in (None, award.id)
        ],
        at,
    )
    rows = session.execute(sa.select(Application, application_state())).all()

    assert len(rows) == 64
    assert all(application.state == state for application, state in rows)
    assert {state for _, state in rows} == {state.value for state in ApplicationState}


@transaction()
def make_all(partner, every, at):
    from core.database import session

    for values in every:
        freelancer = make_freelancer()
        session.add(
            Application(
                id=new_id(),
                programme_id=partner.programme.id,
                freelancer_id=freelancer.id,
                answers={},
                created_at=at,
                updated_at=at,
                **values,
            )
        )
