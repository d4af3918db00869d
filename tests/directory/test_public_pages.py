"""What clients see, and what caches may keep. Rules B-4, D-1, D-2, D-6, D-7; design decision 5."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from badges import services as badges
from core import clock
from core.database import joined_transaction
from core.paging import encode_cursor
from directory import editing, services
from directory.models import LandingPage
from directory.rotation import rotate
from freelancers.holds import HoldKind
from tests.factories import (
    make_award,
    make_freelancer,
    make_hold,
    make_partner,
    make_use_case,
    make_user,
    say,
    sign_in,
)

#: What a page loads; a canonical address is a word about it.
LOADED = re.compile(r"""(?:src|srcset|<link(?! rel="(?:canonical|alternate)")[^>]+href)=["']([^"']+)""")


@pytest.fixture
def partner(session, at):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def ada(partner):
    return make_award(partner, make_freelancer(name="Ada Byron", profile_url="https://market.example/ada"))


@pytest.fixture
def case(partner, ada, at):
    case = make_use_case(partner, "Migrating a warehouse")
    editing.choose_for_use_case(case.id, ada.id, by=None, at=at)
    return case


def person(award):
    return f"/experts/northwind/people/{award.freelancer_id}"


def test_the_first_page_names_every_published_programme(client, at, partner, ada):
    make_partner("Hidden", slug="hidden", published=False)
    page = client.get("/").text

    assert "Northwind" in page
    assert "1 listed expert<" in page
    assert "Hidden" not in page


def test_the_first_page_without_programmes_says_what_is_to_come(client, session, at):
    assert "No programme is open yet" in client.get("/").text


def test_a_partners_page_shows_featured_and_all(client, at, partner, ada):
    for number in range(8):
        make_award(partner, make_freelancer(name=f"Expert {number}"))
    rotate(at)
    page = client.get("/experts/northwind").text

    assert page.index("Featured now") < page.index("All experts")
    assert page.count("Until <time") == 1
    assert "9 experts" in page


def test_a_page_whose_experts_are_all_featured_shows_each_once(client, at, partner, ada):
    rotate(at)
    page = client.get("/experts/northwind").text

    assert page.count("Ada Byron</bdi>") == 1
    assert "All experts" not in page


def test_a_page_without_experts_says_so_calmly(client, at, partner):
    assert "The first experts are being chosen" in client.get("/experts/northwind").text


@pytest.mark.parametrize("path", ["", "/migrating-a-warehouse", "/people/{person}"])
def test_a_draft_is_nobodys_business(client, session, at, partner, ada, case, path):
    with joined_transaction():
        session.get(LandingPage, partner.id).published_at = None

    assert client.get("/experts/northwind" + path.format(person=ada.freelancer_id)).status_code == 404


def test_the_person_page_shows_what_the_badge_covers_and_how_to_hire(client, at, partner, ada, case):
    page = client.get(person(ada)).text

    assert "Knows Northwind inside out." in page
    assert f'href="{person(ada)}/hire"' in page
    assert "Hire Ada" in page
    assert f"/badges/{ada.id}" in page
    assert "Migrating a warehouse" in page


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "http://[broken"])
def test_an_odd_profile_address_is_no_link(client, session, at, partner, url):
    award = make_award(partner, make_freelancer(name="Eve", profile_url=url))

    assert "Hire Eve" not in client.get(person(award)).text


def test_no_page_loads_anything_from_another_host(client, at, partner, case):
    photo = "https://elsewhere.example/photo.png"
    award = make_award(partner, make_freelancer(photo_url=photo))
    say(partner, about=f"![x]({photo})")
    for path in ("/", "/experts/northwind", "/experts/northwind/migrating-a-warehouse", person(award)):
        loaded = LOADED.findall(client.get(path).text)

        assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


@pytest.mark.parametrize("kind", HoldKind)
def test_a_hold_hides_everywhere_at_the_next_request_and_its_lifting_shows_again(client, at, partner, ada, case, kind):
    rotate(at)
    paths = ("/experts/northwind", "/experts/northwind/migrating-a-warehouse", person(ada))
    assert all("Ada Byron" in client.get(path).text for path in paths)

    hold = make_hold(ada.freelancer, kind)
    assert not any("Ada" in client.get(path).text for path in paths)
    assert client.get("/").text.count("listed expert") == 0

    with joined_transaction():
        hold.lifted_at, hold.lift_reason = at, "Fine."
    assert all("Ada Byron" in client.get(path).text for path in paths)


def test_somebody_not_listed_has_a_calm_page_that_says_neither_name_nor_reason(client, at, partner, ada):
    make_hold(ada.freelancer, reason="Suspected of something.")
    answer = client.get(person(ada))

    assert answer.status_code == 404
    assert "not listed at present" in answer.text
    assert "Ada" not in answer.text
    assert "Suspected" not in answer.text


def test_somebody_who_never_held_the_badge_is_nobody(client, at, partner):
    stranger = make_freelancer(name="Stranger")

    for freelancer_id in (stranger.id, uuid4()):
        answer = client.get(f"/experts/northwind/people/{freelancer_id}")
        assert answer.status_code == 404
        assert "not listed at present" not in answer.text


def test_whoever_is_removed_is_gone_with_the_next_request_whatever_was_cached(client, at, partner, ada, case):
    rotate(at)
    paths = ("/experts/northwind", "/experts/northwind/migrating-a-warehouse", person(ada))
    tags = {path: client.get(path).headers["ETag"] for path in paths}
    services.remove_from_directory(ada.id, "Not current.", by=None, at=at)

    for path in paths:
        answer = client.get(path, headers={"If-None-Match": tags[path]})
        assert answer.status_code in (200, 404)
        assert "Ada" not in answer.text


def test_a_revoked_badge_lists_nobody(client, at, partner, ada):
    badges.revoke(ada.id, "Sold answers.", by=None, at=at)

    assert "Ada" not in client.get("/experts/northwind").text


@pytest.mark.parametrize(
    "path", ["/", "/experts/northwind", "/experts/northwind/migrating-a-warehouse", "/experts/northwind/brand.css"]
)
def test_public_answers_can_be_cached_and_are_asked_for_each_time(client, at, partner, ada, case, path):
    answer = client.get(path)

    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert not answer.headers["ETag"].startswith("W/")
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_public_pages_are_the_same_for_whoever_is_signed_in(client, at, partner, ada):
    before = client.get("/experts/northwind")
    sign_in(client, make_user())
    after = client.get("/experts/northwind")

    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert "Set-Cookie" not in after.headers
    assert "Cookie" not in after.headers.get("Vary", "")


def test_the_tag_changes_with_what_the_page_says(client, at, partner, ada):
    before = client.get("/experts/northwind").headers["ETag"]
    make_award(partner, make_freelancer(name="Another"))
    after = client.get("/experts/northwind").headers["ETag"]
    clock.use(lambda: at + timedelta(minutes=5))

    assert before != after == client.get("/experts/northwind").headers["ETag"]


def test_the_stylesheet_follows_the_colour(client, at, partner):
    before = client.get("/experts/northwind/brand.css")
    say(partner, colour="#F2C14E")
    after = client.get("/experts/northwind/brand.css")

    assert before.mimetype == "text/css"
    assert "--brand:#243b7a;--brand-ink:#ffffff" in before.text
    assert "--brand:#f2c14e;--brand-ink:#111411" in after.text
    assert before.headers["ETag"] != after.headers["ETag"]


ODD = [
    "rate_max=abc",
    "rate_max=-1",
    "rate_max=999999999999999999999",
    "q=%00",
    "q=a%00b",
    "q=" + "x" * 5000,
    "q=%F0%9F%98%80",
    "q=%ED%A0%80",
    "q='%22%5C%25_",
    "q=!!!%26%26%26",
    "q=-",
    "q=%22",
    "country=Atlantis",
    "country=%00%00",
    "language=xx",
    "language=1",
    "skill=%00",
    "skill=" + "y" * 5000,
    "use_case=nothing-of-the-kind",
    "use_case=../..",
    "cursor=garbage",
    "cursor=%00",
    "cursor=%F0%9F%98%80",
    "cursor=" + "A" * 5000,
    "cursor=" + encode_cursor(["2026-03-02", 0, "f" * 32, 10**6]),
    "cursor=" + encode_cursor(["2026-03-02\x00", 0, "0" * 32, 0]),
    "cursor=W10",
    "q=a&q=b&q[]=c&unknown=1",
    "q=sql&skill=SQL&country=GB&language=en&rate_max=40&use_case=migrating-a-warehouse&cursor=x",
]


@pytest.mark.parametrize("query", ODD)
def test_no_query_is_an_error(client, at, partner, ada, case, query):
    assert client.get(f"/experts/northwind?{query}").status_code == 200


@pytest.mark.parametrize(
    "path", ["nobody", "northwind/nothing", "northwind/people/1", "nobody/brand.css", "%00", "a%2Fb"]
)
def test_what_is_not_there_is_not_found(client, at, partner, path):
    assert client.get(f"/experts/{path}").status_code == 404


def test_what_was_not_understood_is_said(client, at, partner, ada):
    page = client.get("/experts/northwind?rate_max=abc&country=Atlantis").text

    assert "“abc” is not an hourly rate" in page
    assert "“Atlantis” is not a country" in page


def test_what_somebody_searched_for_is_shown_as_words(client, at, partner, ada):
    page = client.get("/experts/northwind", query_string={"q": "<script>alert(1)</script>", "skill": '"><b>'}).text

    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_an_empty_result_offers_what_to_loosen(client, at, partner, ada):
    page = client.get("/experts/northwind?q=byron&country=DE").text

    assert "Nobody fits all of this" in page
    assert re.search(r'href="/experts/northwind\?q=byron">In any country<span[^>]*>1 expert<', page)


def test_the_next_page_keeps_the_filters(client, at, partner):
    for number in range(30):
        make_award(partner, make_freelancer(name=f"Expert {number}", country="GB"))
    page = client.get("/experts/northwind?country=GB").text
    next_url = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    second = client.get(next_url).text

    assert "1 to 24 of 30" in page
    assert "25 to 30 of 30" in second
    assert second.count('class="card-x"') == 6


def test_search_engines_are_told_what_is_public(client, at, partner, case):
    sitemap = client.get("/sitemap.xml")

    assert "<loc>http://laurel.test/experts/northwind/migrating-a-warehouse</loc>" in sitemap.text
    assert sitemap.mimetype == "application/xml"
    assert "Sitemap: http://laurel.test/sitemap.xml" in client.get("/robots.txt").text
