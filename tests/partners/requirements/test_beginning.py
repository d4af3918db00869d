"""Whom a draft of requirements would affect, and the day from which it counts. Rules E-6, E-13."""

import re
from datetime import timedelta

from badges.eligibility.conditions import Condition
from badges.eligibility.partner_rules import PartnerRules
from badges.queries import policy_for, scheduled_rules
from badges.services import set_partner_rules
from core import clock
from directory.models import UseCase, UseCaseExpert
from tests.factories import make_application, make_expert, make_freelancer, make_member, make_user, sign_in
from tests.partners.requirements.conftest import jobs, version_in

DAY = timedelta(days=1)


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
