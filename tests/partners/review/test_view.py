"""How a queue is looked at, read from an address that anybody may write. Pure."""

import pytest

from partners.review.view import Met, Order, Reviews, View, read
from partners.states import Queue


def test_a_view_and_its_address_say_the_same():
    view = View(Queue.KEPT, "bank", "GB", "SQL", Met.ALL, Reviews.MINE, True, Order.SCORE)

    assert read(view.query()) == view
    assert View().query() == {}


@pytest.mark.parametrize(
    "odd", ["\x00", "\ud800", "a" * 9_999, "<script>", "%", "-1", "GBR", "done'; DROP TABLE reviews"]
)
def test_what_cannot_be_understood_is_left_out(odd):
    names = ("tab", "q", "country", "skill", "met", "reviews", "updated", "order")
    view = read(dict.fromkeys(names, odd))

    assert (view.tab, view.met, view.reviews, view.updated, view.order) == (
        Queue.TO_DECIDE,
        None,
        None,
        False,
        "waiting",
    )
    assert len(view.q) <= 200
    view.q.encode()
