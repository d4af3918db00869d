"""What follows from states, purely. Rules I-5, I-6, R-2."""

import pytest

from partners.rules import Known, Outcome, outcome, shown_to_applicant
from partners.states import ApplicationState, InvitationState


def test_the_applicant_reads_the_same_word_before_and_after_keeping_on_file():
    words = {
        shown_to_applicant(state)
        for state in (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.KEPT)
    }

    assert words == {"under_consideration"}


@pytest.mark.parametrize("state", [s for s in ApplicationState if s not in ("submitted", "in_review", "kept_on_file")])
def test_everything_else_is_shown_as_it_is(state):
    assert shown_to_applicant(state) == state


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Known(), Outcome.NEW),
        (Known(InvitationState.SENT), Outcome.ALREADY_INVITED),
        (Known(InvitationState.OPENED), Outcome.ALREADY_INVITED),
        (Known(InvitationState.ACCEPTED), Outcome.ALREADY_ACCEPTED),
        (Known(InvitationState.ACCEPTED, withdrew=True), Outcome.RENEWED),
        (Known(InvitationState.DECLINED), Outcome.DECLINED),
        (Known(InvitationState.EXPIRED), Outcome.RENEWED),
        (Known(InvitationState.WITHDRAWN), Outcome.RENEWED),
        (Known(is_expert=True), Outcome.ALREADY_EXPERT),
        (Known(opted_out=True), Outcome.OPTED_OUT),
        (Known(InvitationState.EXPIRED, opted_out=True), Outcome.OPTED_OUT),
        (Known(InvitationState.EXPIRED, is_expert=True), Outcome.ALREADY_EXPERT),
    ],
)
def test_what_inviting_does_follows_from_what_is_known(known, expected):
    assert outcome(known) is expected
