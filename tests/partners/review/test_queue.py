"""The queue: filters, orders, neighbours, and the clock. Rules R-4, R-5."""

from datetime import timedelta

import pytest

from partners.review.models import ConflictOfInterest, Review
from partners.review.queue import Looking, clock_of, counted, ids_in, place_of, queue
from partners.review.rules import Way
from partners.review.view import Met, Order, Reviews, View
from partners.states import Queue
from tests.factories import AT, make_application, make_freelancer, make_partner, make_user

DAY = timedelta(days=1)


def apply(partner, at, name, days, **values):
    facts = {key: values.pop(key) for key in ("country", "skills", "jss_pct", "title") if key in values}
    return make_application(partner, make_freelancer(make_user(name=name), **facts), at=at - days * DAY, **values)


@pytest.fixture
def people(partner, at):
    """Four applicants: Ada waits longest, then Bob, Cy and Di."""
    return {
        "Ada": apply(partner, at, "Ada", 9, country="GB", skills=["SQL", "dbt"]),
        "Bob": apply(partner, at, "Bob", 7, country="DE", jss_pct=70, title="50% engineer"),
        "Cy": apply(partner, at, "Cy", 5, country="DE", answers={"why": "An atlas for a school."}),
        "Di": apply(partner, at, "Di", 3, country="FR"),
    }


@pytest.fixture
def look(partner, rita, at):
    def looking(**way):
        return Looking(partner.programme, Way(**way), rita.id, at)

    return looking


def names(look, view, **paging):
    return [row.application.freelancer.name for row in queue(look, view, **paging).items]


@pytest.mark.parametrize(
    ("view", "found"),
    [
        (View(), "Ada Bob Cy Di"),
        (View(order=Order.NEWEST), "Di Cy Bob Ada"),
        (View(order=Order.MET), "Ada Cy Di Bob"),
        (View(order=Order.NAME), "Ada Bob Cy Di"),
        (View(country="DE"), "Bob Cy"),
        (View(skill="DBT"), "Ada"),
        (View(met=Met.OPEN), "Bob"),
        (View(met=Met.ALL), "Ada Cy Di"),
        (View(q="ATLAS"), "Cy"),
        (View(q="50%"), "Bob"),
        (View(q="%"), "Bob"),
        (View(tab=Queue.KEPT), ""),
    ],
)
def test_a_view_shows_what_it_says_in_its_order(people, look, view, found):
    assert names(look(), view) == found.split()
    assert counted(look(), view) == len(found.split())
    assert [str(each) for each in ids_in(look(), view, 9)] == [str(people[name].id) for name in found.split()]


@pytest.mark.parametrize("order", Order)
def test_pages_of_every_order_hold_everybody_once(session, people, look, order):
    session.add(review_of(people["Cy"], 400))
    session.commit()
    seen, cursor = [], None
    while True:
        page = queue(look(), View(order=order), cursor, size=1)
        seen += [row.application.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == list(ids_in(look(), View(order=order), 9))
    assert len(set(seen)) == 4


def review_of(application, total, by=None):
    by = by or make_user("partner").id
    return Review(application_id=application.id, reviewer_id=by, scores=[], total_hundredths=total, at=AT)


def test_reviews_filter_and_order(session, people, look, rita):
    session.add_all([review_of(people["Ada"], 300), review_of(people["Ada"], 320), review_of(people["Bob"], 500)])
    session.add_all(
        [review_of(people["Cy"], 500, by=rita.id), review_of(people["Di"], 100), review_of(people["Di"], 400)]
    )
    session.commit()
    double = look(is_double=True)

    assert names(double, View(reviews=Reviews.DONE)) == ["Ada"]
    assert names(double, View(reviews=Reviews.PARTLY)) == ["Bob", "Cy"]
    assert names(double, View(reviews=Reviews.TIE)) == ["Di"]
    assert names(double, View(reviews=Reviews.MINE)) == ["Bob", "Di"]
    assert names(double, View(order=Order.SCORE)) == ["Ada", "Bob", "Cy", "Di"], "what is not all in does not show"
    assert names(look(), View(order=Order.SCORE)) == ["Bob", "Cy", "Ada", "Di"]


def test_who_is_off_for_a_conflict_is_not_asked_for_a_review(session, people, look, rita, at):
    session.add(ConflictOfInterest(application_id=people["Ada"].id, user_id=rita.id, at=at))
    session.commit()

    assert names(look(), View(reviews=Reviews.MINE)) == ["Bob", "Cy", "Di"]
    assert [row.is_off for row in queue(look(), View()).items] == [True, False, False, False]


def test_each_application_knows_its_neighbours_in_the_view(people, look):
    ids = {name: application.id for name, application in people.items()}
    place = place_of(look(), View(), ids["Bob"])

    assert (place.number, place.of, place.previous, place.next) == (2, 4, ids["Ada"], ids["Cy"])
    assert place_of(look(), View(), ids["Ada"]).previous is None
    assert place_of(look(), View(order=Order.NEWEST), ids["Bob"]).next == ids["Ada"]
    assert place_of(look(), View(country="FR"), ids["Bob"]) is None


def test_an_update_since_it_was_kept_shows(partner, look, at):
    apply(partner, at, "Old", 9, kept_at=at - 5 * DAY)
    apply(partner, at, "New", 9, kept_at=at - 5 * DAY).updated_at = at
    from core.database import session

    session.commit()
    kept = View(tab=Queue.KEPT, updated=True)

    assert names(look(), kept) == ["New"]
    assert [row.updated_since for row in queue(look(), kept).items] == [True]


def test_the_clock_is_the_median_to_the_first_decision_and_the_oldest_wait(partner, people, at):
    apply(partner, at, "One", 20, kept_at=at - 19 * DAY)
    apply(partner, at, "Two", 20, kept_at=at - 17 * DAY, selected_at=at - DAY)
    apply(partner, at, "Ten", 20, selected_at=at - 10 * DAY)
    apply(partner, at, "Long ago", 200, selected_at=at - 100 * DAY)
    other = make_partner("Contoso")
    apply(other, at, "Elsewhere", 50)
    clock = clock_of(partner.programme.id, at)

    assert (clock.median_days, clock.decided, clock.waiting, clock.oldest_days) == (3.0, 3, 4, 9)


def test_a_partner_that_decided_nothing_has_no_median(partner, at):
    clock = clock_of(partner.programme.id, at)

    assert (clock.median_days, clock.decided, clock.waiting, clock.oldest_days) == (None, 0, 0, None)
