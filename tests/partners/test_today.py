"""What a console's home says first: rules in Python, and the queries behind them. Rules R-2, R-5, I-2, I-4, E-11."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.database import db
from core.permissions import Duty
from partners import funnel, today_queries
from partners.interest import show_interest
from partners.today import Draft, Today, days, items, next_move
from tests.factories import (
    make_application,
    make_award,
    make_freelancer,
    make_invitation,
    make_member,
    make_partner,
    make_user,
    sign_in,
)

DAY = timedelta(days=1)
DRAFT = Draft("Publish your page", "It is a draft.", "/page")


def test_nothing_waits_where_nothing_is(at):
    assert items(Today(), at) == ()
    assert next_move(Today(), (), Duty.ADMIN, at).title == "Nothing waits for you"


def test_each_item_says_its_clock(at):
    busy = Today(
        to_decide=3, oldest_name="Bo", oldest_sent_at=at - 4 * DAY, decision_days=2.4, asking=1, expiring=2,
        first_expires_at=at + 3 * DAY, in_grace=1, first_grace_ends_at=at + DAY / 2, interested=5,
    )  # fmt: skip

    clocks = {item.place: item.clock for item in items(busy, at)}
    assert clocks["queue"] == "The longest has waited 4 days; half of your decisions take 3 days or less"
    assert clocks["invitations"] == "The first ends in 3 days"
    assert clocks["experts"] == "The first grace ends within a day"
    assert list(clocks) == ["queue", "confirm", "invitations", "experts", "interested"]


@pytest.mark.parametrize(
    ("duty", "title"),
    [
        (Duty.ADMIN, "Decide on the application of Bo"),
        (Duty.REVIEWER, "Decide on the application of Bo"),
        (Duty.VIEWER, "Nothing waits for you"),
    ],
)
def test_the_next_step_is_one_that_the_person_may_do(at, duty, title):
    now = Today(to_decide=1, oldest_name="Bo", oldest_sent_at=at, interested=1)

    assert next_move(now, (DRAFT,), duty, at).title == title


@pytest.mark.parametrize(
    ("now", "place"),
    [
        ({"asking": 1, "expiring": 1, "interested": 1}, "confirm"),
        ({"expiring": 1, "interested": 1, "in_grace": 1}, "invitations"),
        ({"interested": 1, "in_grace": 1}, "interested"),
        ({"in_grace": 1}, "draft"),
        ({}, "draft"),
    ],
)
def test_what_has_an_end_comes_before_what_has_none(at, now, place):
    assert next_move(Today(**now), (DRAFT,), Duty.MANAGER, at).place == place


@pytest.mark.parametrize(("length", "words"), [(0.0, "less than a day"), (1.0, "1 day"), (2.9, "2 days")])
def test_lengths_are_said_in_whole_days(length, words):
    assert days(length) == words


def test_the_funnel_shows_shares_losses_and_times():
    found = funnel.stages((200, 100, 50, 0, 0, 0), (1.5, 0.2, None, None, None))

    assert [stage.share_pct for stage in found] == [None, 50, 50, 0, None, None]
    assert [stage.took for stage in found] == [None, "1 day", "less than a day", None, None, None]
    assert (found[1].width_pct, found[1].before_pct) == (50, 100)
    assert funnel.weakest(found) == "Most stop between invited and opened: 100 of 200."
    assert funnel.weakest(funnel.stages((3, 1, 1, 0, 0, 0), (None,) * 5)) is None


@pytest.fixture
def busy(partner, ada, at):
    """A programme with one of everything that waits."""
    ends = at + 2 * DAY
    make_invitation(partner, "soon@example.org", expires_at=ends)
    make_invitation(partner, "answered@example.org", expires_at=ends, declined_at=at)
    make_invitation(partner, "gone@example.org", at=at - 40 * DAY, expires_at=at - 10 * DAY)
    make_invitation(partner, "asks@example.org", asked_by=make_user().id, asked_at=at)
    make_application(partner, ada, at=at - 5 * DAY)
    make_application(partner, make_freelancer(), at=at - 6 * DAY, kept_at=at - 2 * DAY)
    make_application(partner, make_freelancer(), at=at, withdrawn_at=at)
    make_award(partner, make_freelancer(), grace_began_at=at, grace_ends_at=ends)
    make_award(partner, make_freelancer(), grace_began_at=at, grace_ends_at=at - DAY)
    make_award(partner, make_freelancer(visibility="private"), grace_began_at=at, grace_ends_at=ends)
    show_interest(make_freelancer(make_user()).id, partner.id, None, at)
    return partner


def test_what_waits_is_counted_for_this_programme_alone(busy, at):
    other = make_partner("Contoso")
    make_application(other, make_freelancer())
    now = today_queries.today(busy.programme, at)

    assert (now.to_decide, now.kept, now.waiting, now.selected) == (1, 1, 0, 0)
    assert (now.oldest_name, now.oldest_sent_at) == ("Ada Byron", at - 5 * DAY)
    assert now.decision_days == 4
    assert (now.asking, now.expiring, now.first_expires_at) == (1, 1, at + 2 * DAY)
    assert (now.in_grace, now.first_grace_ends_at) == (1, at + 2 * DAY)
    assert (now.interested, now.ever_invited) == (1, True)
    assert today_queries.today(other.programme, at).ever_invited is False


def test_the_funnel_follows_those_who_were_invited_since(partner, ada, at):
    award = make_award(partner, ada, at=at - DAY)
    one, _ = make_invitation(
        partner, "ada@example.org", at=at - 9 * DAY, opened_at=at - 8 * DAY, accepted_at=at - 6 * DAY,
        freelancer_id=ada.id,
    )  # fmt: skip
    make_application(partner, ada, at=at - 3 * DAY, invitation_id=one.id, selected_at=at - 2 * DAY, award_id=award.id)
    make_invitation(partner, "silent@example.org", at=at - 9 * DAY)
    make_invitation(partner, "long.ago@example.org", at=at - 99 * DAY, opened_at=at)
    found = today_queries.funnel(partner.programme, at - 90 * DAY)

    assert found.counts == (2, 1, 1, 1, 1, 1)
    assert found.median_days == (1, 2, 3, 1, 1)


def test_a_first_visit_says_how_to_begin(client, partner, admin, at):
    sign_in(client, admin)
    text = client.get(f"/console/{partner.slug}").text

    assert "Three steps to your first experts" in text
    assert "Invite your first experts" in text


def test_a_viewers_first_visit_asks_for_nothing(client, partner, at):
    sign_in(client, make_member(partner, duty="viewer"))
    text = client.get(f"/console/{partner.slug}").text

    assert "How it begins" in text
    assert "Invite your first experts" not in text


def test_home_leads_to_what_waits_longest(client, busy, at):
    sign_in(client, make_member(busy))
    text = client.get(f"/console/{busy.slug}").text

    assert "Decide on the application of Ada Byron" in text
    for words in ("Invitations about to expire", "Experts in grace", "The first grace ends in 2 days"):
        assert words in text


def test_a_page_that_nobody_sees_is_a_draft_to_finish(client, session, at):
    partner = make_partner(published=False)
    make_invitation(partner, "bo@example.org")
    sign_in(client, make_member(partner))
    text = client.get(f"/console/{partner.slug}").text

    assert text.count("Publish your page") == 2


def test_home_asks_few_questions_however_many_people_there_are(client, session, busy, at):
    sign_in(client, make_member(busy))
    client.get(f"/console/{busy.slug}")

    def asked():
        seen = []

        def note(*_):
            seen.append(1)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        client.get(f"/console/{busy.slug}")
        sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    before = asked()
    for number in range(40):
        make_invitation(busy, f"more{number}@example.org", accepted_at=at)
        make_application(busy, make_freelancer(make_user()), at=at - DAY)

    assert max(before, asked()) <= 14
