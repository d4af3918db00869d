"""What clients saw of experts, counted honestly: what is so, once for a page view, of people alone. Rules D-5, D-6."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from directory.models import Counted, Demand, Exposure
from directory.rotation import rotate
from directory.seen.exposure import REMEMBERED, exposure, forget_views
from directory.seen.rules import AWARDS_MAX, BODY_MAX_BYTES
from directory.seen.views import Pace
from freelancers.approval.models import SkillMarket
from tests.factories import make_award, make_freelancer, make_hold, make_partner, make_user, sign_in

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
HEADERS = {"Sec-Fetch-Site": "same-origin", "User-Agent": BROWSER}


@pytest.fixture
def ada(northwind):
    return make_award(northwind, make_freelancer(name="Ada", skills=["SQL"], country="GB"))


@pytest.fixture
def tell(client):
    def run(view=None, headers=None, page="northwind", **told):
        body = json.dumps({"view": (view or uuid4()).hex} | told, default=str)
        return client.post(f"/experts/{page}/seen", data=body, headers=HEADERS | (headers or {})).status_code

    return run


def counts(session, award):
    row = session.scalars(sa.select(Exposure).where(Exposure.award_id == award.id)).one_or_none()
    return (row.shown, row.found, row.viewed) if row else (0, 0, 0)


def test_a_slot_a_search_and_a_page_in_sight_count_once_each(session, at, ada, tell):
    rotate(at)

    assert tell(shown=[ada.id], found=[ada.id], viewed=[ada.id]) == 204
    assert tell(shown=[ada.id]) == 204

    assert counts(session, ada) == (2, 1, 1)


def test_a_page_view_told_again_counts_once_even_in_parts(session, at, northwind, ada, tell):
    bob = make_award(northwind, make_freelancer(name="Bob"))
    rotate(at)
    view = uuid4()

    tell(view, shown=[ada.id])
    tell(view, shown=[ada.id, ada.id, bob.id])
    tell(view, shown=[ada.id, bob.id])

    assert (counts(session, ada), counts(session, bob)) == ((1, 0, 0), (1, 0, 0))


def test_who_has_no_slot_is_not_listed_or_is_another_partners_does_not_count(session, at, northwind, ada, tell):
    held = make_award(northwind, make_freelancer(name="Held"))
    elsewhere = make_award(make_partner("Other", slug="other"), make_freelancer(name="Else"))
    make_hold(held.freelancer, kind="policy_restriction")

    assert tell(shown=[ada.id, held.id, elsewhere.id], viewed=[held.id, elsewhere.id]) == 204

    assert session.scalars(sa.select(Exposure)).all() == []


def test_ten_thousand_forged_awards_leave_nothing_behind(session, at, ada, tell):
    for _ in range(0, 10_000, AWARDS_MAX):
        tell(shown=[uuid4() for _ in range(AWARDS_MAX)])

    assert session.scalar(sa.select(sa.func.count()).select_from(Exposure)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Counted)) == 0


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_another_site_is_refused(session, at, ada, tell, site):
    assert tell(viewed=[ada.id], headers={"Sec-Fetch-Site": site}) == 403
    assert counts(session, ada) == (0, 0, 0)


@pytest.mark.parametrize(
    "agent",
    ["Mozilla/5.0 (compatible; Googlebot/2.1)", "curl/8.5", "Mozilla/5.0 HeadlessChrome/140.0", "python-requests/2"],
)
def test_a_program_is_not_counted(session, at, ada, tell, agent):
    assert tell(viewed=[ada.id], headers={"User-Agent": agent}) == 204
    assert counts(session, ada) == (0, 0, 0)


def test_who_is_signed_in_is_no_client(session, at, client, ada, tell):
    sign_in(client, make_user(email="ada@example.org"))

    tell(viewed=[ada.id])

    assert counts(session, ada) == (0, 0, 0)


VIEW = b'{"view": "00000000000000000000000000000007", '


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b"\xff", b'{"view": 1}', b'{"view": "x"}', b"[" * 7_000, b" " * (BODY_MAX_BYTES + 1)),
        *(
            VIEW + rest
            for rest in (
                b'"shown": 3}',
                b'"shown": [[1]]}',
                b'"search": []}',
                b'"search": "\\ud800"}',
                b'"search": "' + b"a=1&" * 50 + b'"}',
            )
        ),
    ],
    ids=lambda body: repr(body[:60]),
)
def test_what_no_page_of_ours_would_send_is_refused_in_words(client, northwind, body):
    answer = client.post("/experts/northwind/seen", data=body, headers=HEADERS)

    assert answer.status_code == 422
    assert "Nothing was counted" in answer.text


def test_a_page_that_is_not_there_counts_nothing(tell, northwind):
    assert tell(page="nobody") == 404


def test_more_than_people_can_look_at_is_refused():
    pace = Pace(most=2)

    assert [pace.take(now_s) for now_s in (5.0, 5.5, 5.9, 6.0)] == [True, True, False, True]


def test_page_views_are_forgotten_after_a_day_and_the_sums_stay(session, at, ada, tell):
    tell(viewed=[ada.id])

    assert forget_views(at + REMEMBERED) == 0
    assert forget_views(at + REMEMBERED + timedelta(seconds=1)) == 1
    assert [day.viewed for day in exposure([ada.id], at, 3)[ada.id]] == [0, 0, 1]


def demand(session):
    rows = sa.select(Demand.kind, Demand.value, Demand.searches, Demand.nobody).order_by(Demand.kind, Demand.value)
    return [tuple(row) for row in session.execute(rows)]


def test_a_search_counts_by_its_filters_and_whether_nobody_fits(session, at, ada, tell):
    view = uuid4()
    tell(view, search="country=GB")
    tell(view, search="country=GB")
    tell(search="country=FR&rate_max=41")
    tell(search="country=FR&cursor=abc")
    tell(search="sort=rate")

    assert demand(session) == [
        ("all", "", 2, 1), ("country", "FR", 1, 1), ("country", "GB", 1, 0), ("rate_max_cents", "50", 1, 1),
    ]  # fmt: skip


def test_words_are_kept_only_where_they_are_a_skill(session, at, ada, tell):
    known = {"is_counted": False, "related": [], "source": "a feed", "imported_at": at}
    session.add(SkillMarket(observed_on=at.date(), slug="sql", name="SQL", open_jobs=1, freelancers=1, **known))
    session.commit()
    tell(search="q=sql")
    tell(search="q=Grace+Hopper")
    tell(search="q=%00%ff&skill=%00&language=%00")

    assert demand(session) == [("all", "", 2, 1), ("q", "", 1, 1), ("q", "SQL", 1, 0)]
