"""The application's form: built from steps, and never at the cost of what somebody answered. Rules R-1, X-1, X-4."""

import pytest

from core.errors import InvalidInput, NotFound
from partners import form_building
from partners.applying import save_draft, submit
from partners.form_queries import answered_counts
from partners.models import Application, Programme
from partners.states import StepKind
from partners.step_kinds import ASKS, KIND_NAMES
from partners.steps import STEPS_MAX
from tests.factories import QUESTION, make_application, make_freelancer, make_member, make_partner, make_user, sign_in


@pytest.fixture
def acts(admin, at):
    return {"by": admin.id, "at": at}


@pytest.fixture
def own(partner):
    return partner.programme.id


def steps_of(session, own):
    session.expire_all()
    return session.get(Programme, own).steps


def test_every_kind_of_step_can_be_asked_for(session, own, acts):
    for kind in StepKind:
        form_building.add_step(own, kind, f"Your {kind}", required=False, **acts)

    assert [step["kind"] for step in steps_of(session, own)] == ["question", *StepKind]
    assert set(ASKS) == set(KIND_NAMES) == set(StepKind)


def test_words_and_whether_it_must_be_answered_change_and_the_answers_stay(session, partner, own, ada, acts, at):
    application = make_application(partner, ada)
    form_building.edit_step(own, "why", " What did  you build? ", hint="Say it.", required=False, **acts)
    form_building.require_step(own, "why", True, **acts)

    changed = QUESTION | {"prompt": "What did you build?", "hint": "Say it.", "required": True}
    assert steps_of(session, own) == [changed]
    assert session.get(Application, application.id).answers == {"why": "A warehouse for a bank."}
    with pytest.raises(InvalidInput):
        form_building.edit_step(own, "why", "", hint="", required=False, **acts)
    with pytest.raises(NotFound):
        form_building.edit_step(own, "gone", "What?", hint="", required=False, **acts)


def test_an_answer_outlives_its_step_and_comes_back_with_it(session, partner, own, ada, acts, at):
    draft = make_application(partner, ada, submitted=False)
    added = form_building.add_step(own, StepKind.QUESTION, "And since when?", required=False, **acts)
    form_building.remove_step(own, "why", **acts)

    save_draft(draft.id, {added: "2019"}, at)
    session.expire_all()
    assert session.get(Application, draft.id).answers == {"why": "A warehouse for a bank.", added: "2019"}
    submit(draft.id, {added: "2020"}, at)
    form_building.restore_step(own, "why", **acts)
    assert [step["key"] for step in steps_of(session, own)] == [added, "why"]
    assert session.get(Application, draft.id).answers == {"why": "A warehouse for a bank.", added: "2020"}
    with pytest.raises(NotFound):
        form_building.restore_step(own, "why", **acts)


def test_a_step_that_is_required_later_leaves_sent_applications_sent(session, partner, own, ada, acts, at):
    sent = make_application(partner, ada)
    form_building.add_step(own, StepKind.QUESTION, "And since when?", required=True, **acts)

    session.expire_all()
    assert session.get(Application, sent.id).submitted_at == at


def test_there_is_room_for_so_many_steps_also_for_those_put_back(own, acts):
    form_building.remove_step(own, "why", **acts)
    for number in range(STEPS_MAX):
        form_building.add_step(own, StepKind.QUESTION, f"Number {number}?", required=False, **acts)
    with pytest.raises(InvalidInput):
        form_building.restore_step(own, "why", **acts)


def test_answers_are_counted_by_step_for_this_programme_alone(partner, own, ada, at):
    make_application(partner, ada)
    make_application(partner, make_freelancer(), submitted=False, answers={"why": "x", "old": {"name": "y"}})
    make_application(partner, make_freelancer(), withdrawn_at=at)
    make_application(make_partner("Contoso"), ada)

    assert answered_counts(own) == {"why": 2, "old": 1}


# In the browser


@pytest.fixture
def console(client, partner, admin):
    sign_in(client, admin)
    client.at = f"/console/{partner.slug}/programme"
    return client


def test_the_form_is_built_without_a_script(console, session, own, at):
    assert "Ask for a certificate" in console.get(f"{console.at}/form/new?kind=certificate").text
    form = {"kind": "certificate", "prompt": "Our certificate", "hint": "At the bottom.", "required": "y"}
    added = console.post(f"{console.at}/steps", data=form)
    key = steps_of(session, own)[-1]["key"]

    assert added.location.endswith(f"/programme/form#step-{key}")
    step = f"{console.at}/steps/{key}"
    assert 'value="Our certificate"' in console.get(step).text
    console.post(step, data={"action": "edit", "prompt": "Your certificate", "hint": ""})
    for action in ("up", "require"):
        assert console.post(step, data={"action": action}).status_code == 303
    asked = {"key": key, "kind": "certificate", "prompt": "Your certificate", "hint": "", "required": True}
    assert steps_of(session, own)[0] == asked
    assert console.post(step, data={"action": "optional"}).status_code == 303
    assert console.post(step, data={"action": "edit", "prompt": ""}).status_code == 422
    assert console.post(step, data={"action": "burn"}).status_code == 422


def test_a_removed_step_with_answers_can_be_put_back(console, session, partner, own, ada, at):
    make_application(partner, ada)
    page = console.post(f"{console.at}/steps/why", data={"action": "remove"}, follow_redirects=True).text
    assert "It asks for nothing yet" in page
    assert "No longer asked" in page
    assert "1 application answers it" in page

    console.post(f"{console.at}/steps/why", data={"action": "restore"})
    assert steps_of(session, own) == [QUESTION]


def test_what_is_no_longer_asked_is_still_read(console, session, partner, own, ada, acts):
    application = make_application(partner, ada)
    form_building.remove_step(own, "why", **acts)
    page = console.get(f"/console/{partner.slug}/applications/{application.id}").text

    assert "Answers to what you no longer ask" in page
    assert "A warehouse for a bank." in page


def test_the_preview_shows_every_field_and_keeps_nothing(console, session, own, acts):
    for kind in StepKind:
        form_building.add_step(own, kind, f"Your {kind}", required=True, **acts)
    page = console.get(f"{console.at}/preview").text

    for kind in StepKind:
        assert f"Your {kind}" in page
    assert "nothing typed here is kept or sent" in page
    assert page.count("<form") == 1  # signing out


def test_a_viewer_looks_at_the_form_and_changes_nothing(client, partner, at):
    sign_in(client, make_member(partner, make_user("partner"), duty="viewer"))
    page = client.get(f"/console/{partner.slug}/programme/form").text

    assert "What have you built with it?" in page
    assert "Add a step" not in page
    assert client.get(f"/console/{partner.slug}/programme/steps/why").status_code == 403
