"""A partner's requirements, from the first click to the day they begin. Rules E-6, E-13, X-1, X-4."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.models import PartnerRulesVersion
from badges.queries import policy_for, scheduled_rules
from badges.services import set_partner_rules
from core import clock
from directory.models import UseCase, UseCaseExpert
from partners.models import RequirementsDraft
from tests.factories import (
    make_application,
    make_expert,
    make_freelancer,
    make_member,
    make_partner,
    make_user,
    sign_in,
)

DAY = timedelta(days=1)


@pytest.fixture
def console(client, partner, admin):
    """A browser of the partner's admin; `at` is the address of the requirements."""
    sign_in(client, admin)
    client.at = f"/console/{partner.slug}/requirements"
    return client


@pytest.fixture
def draft(session):
    """Return the draft as it is stored, or None."""
    return lambda: session.scalar(sa.select(RequirementsDraft).execution_options(populate_existing=True))


def version_in(page):
    return re.search(r'name="version" value="(\d+)"', page.text)[1]


def add(console, fact, inside="", **typed):
    form = console.get(f"{console.at}/new", query_string={"fact": fact, "in": inside})
    return console.post(
        f"{console.at}/new", query_string={"fact": fact, "in": inside}, data=typed | {"version": version_in(form)}
    )


def press(console, action, place="", **more):
    page = console.get(f"{console.at}/draft")
    return console.post(
        f"{console.at}/draft", data={"action": action, "place": place, "version": version_in(page)} | more
    )


def jobs(console, number="10", operator="at_least", inside=""):
    return add(console, "jobs_count", inside, operator=operator, value=number)


def test_a_requirement_is_added_and_the_draft_says_what_it_asks_and_who_meets_it(console, session, at):
    make_freelancer(jobs_count=12)
    make_freelancer(jobs_count=3)

    assert jobs(console).status_code == 303
    page = console.get(f"{console.at}/draft").text
    assert "At least 10 finished jobs" in page
    assert re.search(r'1 <span class="muted">of 2 meets this now', page)
    assert "with what is asked now, it is 2" in page


def test_a_draft_is_kept_for_the_whole_team_and_asks_nothing_of_anybody(console, client, partner, session, at):
    jobs(console)
    client.post("/sign-out")
    sign_in(client, make_member(partner))

    assert "At least 10 finished jobs" in client.get(f"{console.at}/draft").text
    assert "A change is being prepared" in client.get(console.at).text
    assert session.scalars(sa.select(PartnerRulesVersion)).all() == []


def test_groups_are_built_changed_moved_and_undone_without_a_script(console, draft, at):
    jobs(console)
    press(console, "any")
    add(console, "hours_worked", "1", operator="at_least", value="100")
    add(console, "country", "1", operator="not_in", value="Germany")
    press(console, "switch", "1")
    press(console, "up", "1")
    content = draft().content["rules"]

    assert [each.get("fact") or [m["fact"] for m in each["all"]] for each in content] == [
        ["hours_worked", "country"],
        "jobs_count",
    ]
    press(console, "in", "1")
    press(console, "out", "0.0")
    assert [each.get("fact") for each in draft().content["rules"]] == [None, "hours_worked"]
    press(console, "remove", "0")
    press(console, "undo")
    assert len(draft().content["rules"]) == 2


def test_a_value_is_changed_with_what_it_was_before_in_the_form(console, draft, at):
    add(console, "language", code="de", level="native")
    form = console.get(f"{console.at}/edit?at=0")

    assert re.search(r'<option selected value="de">German', form.text)
    console.post(f"{console.at}/edit?at=0", data={"code": "fr", "level": "basic", "version": version_in(form)})
    assert draft().content["rules"][0]["value"] == {"code": "fr", "level": "basic"}


@pytest.mark.parametrize(
    ("fact", "typed", "says"),
    [
        ("jobs_count", {"operator": "at_least", "value": "10 years"}, "it is counted in jobs"),
        ("jss_pct", {"value": "70"}, "The marketplace asks everybody for 80 %"),
        ("certificate", {"value": "x'; DROP TABLE awards; --"}, "looks like a command to a database"),
        ("country", {"operator": "in", "value": "Germny"}, "Do you mean Germany?"),
        ("talent_badge", {}, "Choose at least one"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_at_its_field_with_what_was_typed(console, draft, at, fact, typed, says):
    page = add(console, fact, **typed)

    assert page.status_code == 422
    assert "There is something to put right" in page.text
    assert page.text.count(says) == 2
    assert draft() is None


def test_an_unknown_fact_is_refused(console, draft, at):
    page = console.post(f"{console.at}/new?fact=shoe_size", data={"value": "42", "version": "0"})

    assert page.status_code == 422
    assert "“shoe_size” is nothing that can be asked for" in page.text
    assert console.get(f"{console.at}/new?fact=<script>").status_code == 422
    assert draft() is None


def test_a_contradiction_stands_at_its_place_and_goes_no_further(console, at):
    jobs(console)
    jobs(console, "5", "at_most")
    press(console, "any")
    page = console.get(f"{console.at}/draft").text

    assert "This cannot be asked for yet" in page
    assert page.count("finished jobs would be at least 10 and at most 5") == 2
    assert page.count("This group is empty") == 2
    assert "See whom it affects" not in page
    for step in ("effects", "schedule"):
        assert console.get(f"{console.at}/{step}").headers["Location"].endswith("/requirements/draft")
    confirmed = console.post(f"{console.at}/schedule", data={"version": "3", "begins_on": "2026-04-01"})
    assert confirmed.headers["Location"].endswith("/requirements/draft")


def test_groups_beyond_the_third_and_ten_thousand_of_them_are_refused(console, draft, at):
    for place in ("", "0", "0.0"):
        press(console, "any", place)
    deeper = press(console, "any", "0.0.0")
    assert deeper.status_code == 422
    assert "3 deep" in deeper.text
    for _ in range(47):
        press(console, "any")
    assert press(console, "any").status_code == 422
    assert len(draft().content["rules"]) == 48


@pytest.mark.parametrize("place", ["7", "x", "0.0", "9" * 5000])
def test_a_place_that_is_gone_changes_nothing(console, draft, at, place):
    jobs(console)

    assert press(console, "remove", place).status_code == 409
    assert len(draft().content["rules"]) == 1


def test_two_people_at_once_do_not_overwrite_each_other(console, draft, at):
    old = version_in(console.get(f"{console.at}/new?fact=jobs_count"))
    add(console, "hours_worked", operator="at_least", value="100")
    late = console.post(
        f"{console.at}/new?fact=jobs_count", data={"operator": "at_least", "value": "10", "version": old}
    )

    assert late.status_code == 409
    assert [each["fact"] for each in draft().content["rules"]] == ["hours_worked"]


def test_a_trial_shows_whom_the_draft_would_affect(console, session, partner, at):
    enough, short = (
        make_expert(partner, jobs_count=20),
        make_expert(partner, jobs_count=4, name="Bo Short", country="AT"),
    )
    make_application(partner, make_freelancer(make_user(), name="Cy Applicant", jobs_count=1))
    make_application(partner, make_freelancer(make_user(), name="Dot Kept", jobs_count=1), kept_at=at)
    make_freelancer(name="Eve Elsewhere", jobs_count=2)
    session.add(case := UseCase(partner_id=partner.id, slug="banks", name="For banks", summary="x", position=0))
    session.flush()
    session.add_all([UseCaseExpert(use_case_id=case.id, award_id=each.id) for each in (enough, short)])
    session.commit()
    jobs(console)
    page = console.get(f"{console.at}/effects").text

    assert "<strong>1 would have 14 days</strong>" in page
    assert "<strong>1</strong> of 5 freelancers would meet everything; now it is 5." in page
    assert all(name in page for name in ("Bo Short", "Cy Applicant", "Dot Kept", "For banks", "Austria"))
    assert "Eve Elsewhere" not in page
    assert "Finished jobs: 4" in page
    only = console.get(f"{console.at}/effects?show=grace").text
    assert "Bo Short" in only
    assert "Cy Applicant" not in only
    assert console.get(f"{console.at}/effects?cursor=nonsense").status_code == 422


def test_long_lists_of_people_are_paged_without_losing_or_repeating_anybody(console, partner, at):
    for number in range(30):
        make_expert(partner, jobs_count=1, name=f"Expert {number:02}")
    jobs(console)
    seen, address = [], f"{console.at}/effects"
    while address:
        page = console.get(address).text
        seen += re.findall(r"<strong>(Expert \d\d)</strong>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following and following[1].replace("&amp;", "&")

    assert seen == [f"Expert {number:02}" for number in range(30)]


def test_a_change_is_confirmed_for_a_day_to_come_and_told_once(console, session, partner, mails, at):
    expert = make_expert(partner, jobs_count=4)
    jobs(console)
    assert "Choose the day." in console.get(f"{console.at}/schedule?when=later&begins_on=").text
    assert "There is no such day" in console.get(f"{console.at}/schedule?when=later&begins_on=2026-02-31").text
    assert "This day is over" in console.get(f"{console.at}/schedule?when=later&begins_on=2026-03-01").text
    assert "too far away" in console.get(f"{console.at}/schedule?when=later&begins_on=2036-03-01").text
    confirm = console.get(f"{console.at}/schedule?when=later&begins_on=2026-04-01")
    assert "<strong>1 expert is told today" in confirm.text
    assert mails() == []

    form = {"version": version_in(confirm), "begins_on": "2026-04-01"}
    done = console.post(f"{console.at}/schedule", data=form, follow_redirects=True)
    assert "asked for from 1 April 2026. 1 expert is told." in done.text
    assert [mail.to_address for mail in mails("policy_scheduled")] == [expert.freelancer.email]
    assert console.post(f"{console.at}/schedule", data=form).status_code == 409
    assert len(scheduled_rules(partner.programme.achievement_id, at)) == 1
    assert "From <time" in console.get(console.at).text


def test_a_change_can_begin_at_once(console, partner, at):
    jobs(console)
    confirm = console.get(f"{console.at}/schedule?when=now&begins_on=nonsense")

    assert "At once, you ask for" in confirm.text
    console.post(f"{console.at}/schedule", data={"version": version_in(confirm), "begins_on": "2026-03-02"})
    assert policy_for(partner.programme.achievement_id, at).rules.requirements == (
        Condition("jobs_count", "at_least", 10),
    )


def test_what_is_scheduled_is_called_off_before_it_begins_and_not_after(console, session, partner, mails, at):
    make_expert(partner, jobs_count=4)
    for day in ("2026-04-01", "2026-05-01"):
        jobs(console, str(int(day[6]) * 10))
        page = console.get(f"{console.at}/schedule?when=later&begins_on={day}")
        console.post(f"{console.at}/schedule", data={"version": version_in(page), "begins_on": day})
    april, may = scheduled_rules(partner.programme.achievement_id, at)

    off = console.post(f"{console.at}/versions/{may.id}/call-off", follow_redirects=True)
    assert "Called off: what was asked before goes on." in off.text
    assert len(mails("policy_called_off")) == len(mails("policy_scheduled")) - 1
    clock.use(lambda: april.effective_at)
    sign_in(console, make_member(partner))
    assert console.post(f"{console.at}/versions/{april.id}/call-off").status_code == 409


def test_a_new_draft_begins_with_what_is_asked_last(console, partner, at):
    rules = PartnerRules((Condition("jobs_count", "at_least", 7),))
    set_partner_rules(partner.programme.achievement_id, rules, effective_at=at + DAY, by=None, at=at)
    page = console.get(f"{console.at}/draft").text

    assert "At least 7 finished jobs" in page
    assert "Change something to go on" in page


def test_a_draft_is_thrown_away(console, draft, at):
    jobs(console)
    press(console, "discard")

    assert draft() is None
    assert "The draft is gone" in console.get(console.at).text


def test_one_partners_draft_is_not_anothers(console, client, session, at):
    jobs(console)
    other = make_partner("Contoso")
    client.post("/sign-out")
    sign_in(client, make_member(other))

    assert client.get(f"{console.at}/draft").status_code == 404
    assert client.get(f"{console.at}/effects").status_code == 404
    assert "At least 10 finished jobs" not in client.get(f"/console/{other.slug}/requirements/draft").text


def test_a_viewer_sees_the_draft_and_its_effects_and_no_buttons(console, client, partner, at):
    jobs(console)
    client.post("/sign-out")
    sign_in(client, make_member(partner, duty="viewer"))
    page = client.get(f"{console.at}/draft").text

    assert "At least 10 finished jobs" in page
    assert 'value="remove"' not in page
    assert "Add a requirement" not in page
    assert client.get(f"{console.at}/effects").status_code == 200
    assert client.get(f"{console.at}/schedule").status_code == 403


def test_forms_name_what_profiles_often_say(console, at):
    make_freelancer(skills=["Airflow"], profile={"certificates": [{"name": "Northwind Associate"}]})

    assert "Often on profiles: Airflow." in console.get(f"{console.at}/new?fact=skills").text
    assert "Often on profiles: Northwind Associate." in console.get(f"{console.at}/new?fact=certificate").text
    for fact in re.findall(r"fact=(\w+)", console.get(f"{console.at}/new").text):
        assert console.get(f"{console.at}/new?fact={fact}").status_code == 200
