"""A partner builds its requirements step by step, and what cannot be asked for is said at its place. E-6, X-1."""

import re

import pytest
import sqlalchemy as sa

from badges.models import PartnerRulesVersion
from tests.factories import make_freelancer, make_member, make_partner, sign_in
from tests.partners.requirements.conftest import add, jobs, press, version_in


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


def test_forms_name_what_profiles_often_say(console, at):
    make_freelancer(skills=["Airflow"], profile={"certificates": [{"name": "Northwind Associate"}]})

    assert "Often on profiles: Airflow." in console.get(f"{console.at}/new?fact=skills").text
    assert "Often on profiles: Northwind Associate." in console.get(f"{console.at}/new?fact=certificate").text
    for fact in re.findall(r"fact=(\w+)", console.get(f"{console.at}/new").text):
        assert console.get(f"{console.at}/new?fact={fact}").status_code == 200
