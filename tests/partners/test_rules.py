"""What follows from states, purely. Rules I-5, I-6, R-2, E-6."""

import pytest

from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.refusals import PolicyRefused
from partners.rules import Known, Outcome, outcome, shown_to_applicant
from partners.simple_rules import SimpleRules, others, simple, skills_in, with_simple
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


RULES = {
    "rules": [
        {"fact": "jobs_count", "operator": "at_least", "value": 3},
        {"any": [{"fact": "country", "operator": "in", "value": ["DE"]}]},
        {"fact": "skills", "operator": "has_any", "value": ["SQL"]},
    ]
}


def test_the_small_form_shows_the_usual_rules_and_counts_the_others():
    rules = PartnerRules.from_json(RULES)

    assert simple(rules) == SimpleRules("", ("SQL",), 3, None)
    assert others(rules) == 1


def test_changing_the_usual_rules_keeps_the_others_in_their_place():
    changed = with_simple(PartnerRules.from_json(RULES), SimpleRules("Data Associate", (), 5, 2))

    assert changed.to_json()["rules"] == [
        {"fact": "jobs_count", "operator": "at_least", "value": 5},
        RULES["rules"][1],
        {"fact": "certificate", "operator": "held", "value": "Data Associate"},
        {"fact": "years_experience", "operator": "at_least", "value": 2},
    ]


def test_nothing_asked_for_is_no_rule():
    assert with_simple(PartnerRules(), SimpleRules()) == PartnerRules()


def test_what_can_never_be_met_is_refused():
    rules = PartnerRules.from_json({"rules": [{"fact": "jobs_count", "operator": "at_most", "value": 2}]})

    with pytest.raises(PolicyRefused):
        with_simple(rules, SimpleRules(min_jobs=3))


def test_skills_come_as_a_list_with_commas():
    assert skills_in(" SQL , , data  modelling ,") == ("SQL", "data modelling")
