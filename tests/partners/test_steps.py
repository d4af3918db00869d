"""Steps of a programme and answers to them. Rule R-1."""

import pytest

from partners.states import StepKind
from partners.step_kinds import KIND_NAMES, PARTS
from partners.steps import AnswersRefused, answered, answers_of, fields, form_of, missing

STEPS = [
    {"key": "q", "kind": "question", "prompt": "What have you built?", "hint": "", "required": True},
    {"key": "c", "kind": "certificate", "prompt": "Your certificate", "hint": "", "required": True},
    {"key": "p", "kind": "portfolio", "prompt": "A piece of work", "hint": "", "required": False},
]
FULL = {
    "q": "A warehouse.",
    "c-name": "Data Associate",
    "c-number": "N-1",
    "c-link": "https://certs.example/N-1",
    "c-issued_on": "2025-01-02",
    "c-expires_on": "2027-01-02",
}


def test_every_kind_of_step_has_fields_with_names_of_their_own():
    every = [{"key": kind.value, "kind": kind.value, "prompt": "?", "hint": "", "required": True} for kind in StepKind]
    names = [field.name for field in fields(every)]

    assert len(names) == len(set(names))
    assert set(PARTS) == set(KIND_NAMES) == set(StepKind)


def test_answers_go_into_the_form_and_out_again_unchanged():
    answers = answers_of(STEPS, FULL)

    assert answers["q"] == "A warehouse."
    assert answers["c"]["link"] == "https://certs.example/N-1"
    assert answers_of(STEPS, form_of(STEPS, answers)) == answers


def test_a_draft_may_leave_everything_out():
    assert answers_of(STEPS, {}) == {}


def test_sending_needs_what_is_required_and_says_all_of_it():
    assert [problem.name for problem in missing(STEPS, {})] == ["q", "c-name"]
    assert missing(STEPS, answers_of(STEPS, FULL)) == ()


def test_an_optional_step_once_begun_is_to_be_finished():
    answers = answers_of(STEPS, FULL | {"p-link": "https://work.example"})

    assert [problem.name for problem in missing(STEPS, answers)] == ["p-title"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c-link", "javascript:alert(1)"),
        ("c-link", "certs.example/1"),
        ("c-issued_on", "31 February"),
        ("c-issued_on", "2025-02-31"),
        ("q", "x" * 5_001),
        ("c-name", "x" * 201),
        ("q", "nul\x00"),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(name, text):
    with pytest.raises(AnswersRefused) as refused:
        answers_of(STEPS, FULL | {name: text})

    assert [problem.name for problem in refused.value.problems] == [name]


def test_all_problems_are_told_at_once():
    with pytest.raises(AnswersRefused) as refused:
        answers_of(STEPS, {"c-link": "no", "c-issued_on": "no"})

    assert len(refused.value.problems) == 2


def test_answers_to_steps_that_are_gone_are_left_out():
    assert answers_of(STEPS, {"old": "something", "q": "A warehouse."}) == {"q": "A warehouse."}


def test_whoever_reads_an_application_sees_every_step_in_order():
    read = answered(STEPS, answers_of(STEPS, FULL))

    assert [each.prompt for each in read] == ["What have you built?", "Your certificate", "A piece of work"]
    assert read[1].link == "https://certs.example/N-1"
    assert ("Number", "N-1") in read[1].parts
    assert ("Issued on", "2 January 2025") in read[1].parts
    assert read[2].parts == ()


def test_a_plain_text_given_to_a_step_of_several_parts_is_its_name():
    (read,) = answered(STEPS[1:2], {"c": "Data Associate"})

    assert read.parts == (("Name of the certificate", "Data Associate"),)
