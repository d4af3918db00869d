"""An expert can see why they are featured, or are not, and when their turn is likely. Rule D-5."""

from datetime import timedelta

from badges import services as badges
from core.database import joined_transaction
from directory.models import LandingPage
from directory.queries import featured_now
from directory.rotation import rotate
from directory.seen.why import why
from directory.services import pin, remove_from_directory
from tests.factories import make_award, make_freelancer, make_hold, make_user, sign_in

WEEK = timedelta(days=7)


def at_midnight(at):
    return at.replace(hour=0)


def set_page(session, partner, **values):
    with joined_transaction():
        for name, value in values.items():
            setattr(session.get(LandingPage, partner.id), name, value)


def experts(partner, count):
    return [make_award(partner, make_freelancer(name=f"Expert {number}")) for number in range(count)]


def test_who_has_a_slot_has_their_turn_and_who_has_none_is_told_when_it_is_likely(session, at, northwind):
    awards = experts(northwind, 14)
    rotate(at)

    told = [why(award, at) for award in awards]
    waiting = [each for each in told if not each.featured]

    assert (len(waiting), {each.times_featured for each in waiting}) == (8, {0})
    (turn,) = {each.turn for each in waiting}
    assert turn[1] - turn[0] == timedelta(days=7)
    assert {each.reasons[0] for each in told if each.featured} == {"It is your turn."}


def test_the_turn_that_is_told_comes_within_the_time_that_is_told_whoever_joins(session, at, northwind):
    set_page(session, northwind, slots=2)
    awards, told = experts(northwind, 7), {}
    for week in range(12):
        now = at + week * WEEK
        if week == 3:
            awards += experts(northwind, 1)
        rotate(now)
        shown = {expert.award_id for expert in featured_now(northwind.id, now).experts}
        for award in awards:
            if award.id in shown and award.id in told:
                earliest, latest, since = told.pop(award.id)
                later = WEEK if since < at + 3 * WEEK <= now else timedelta()  # who joined then came in between
                assert earliest <= at_midnight(now) <= latest + later
            earliest, latest = why(award, now).turn
            told[award.id] = (earliest, latest, now)


def test_where_there_is_a_slot_for_everybody_the_next_turn_is_the_next_period(session, at, northwind):
    awards = experts(northwind, 3)
    rotate(at)
    late = experts(northwind, 1)[0]
    rotate(at + timedelta(hours=1))

    assert {why(award, at).turn for award in [*awards, late]} == {(at_midnight(at) + WEEK,) * 2}


def test_everything_that_stands_in_the_way_is_told_at_once(session, at, northwind):
    (ada,) = experts(northwind, 1)
    badges.hide(ada.id, at, None)
    remove_from_directory(ada.id, "A break.", by=None, at=at)

    reasons = " ".join(why(ada, at).reasons)

    assert "You have hidden your badge" in reasons
    assert "You were taken out" in reasons


def test_a_hold_and_a_pin_are_named(session, at, northwind):
    ada, bob = experts(northwind, 2)
    pin(ada.id, at + timedelta(days=3), by=None, at=at)
    make_hold(bob.freelancer, kind="policy_restriction")

    assert why(ada, at).featured
    assert "by hand" in why(ada, at).reasons[0]
    assert not why(bob, at).featured
    assert why(bob, at).reasons


def test_the_page_says_so_to_its_expert(client, at, northwind):
    ada = make_award(northwind, make_freelancer(user := make_user(email="ada@example.org")))
    rotate(at)
    sign_in(client, user)

    text = client.get(f"/me/listings/{ada.id}").text

    assert "Why you are featured now" in text
    assert "Your page was read" in text
