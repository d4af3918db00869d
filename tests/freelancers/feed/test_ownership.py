"""What the marketplace states wins; what a person wrote here survives a feed that has nothing to say. Rule A-1."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from freelancers.feed import mapping
from freelancers.feed.importing import import_feed
from freelancers.feed.record import FIELDS
from freelancers.models import Freelancer
from freelancers.ownership import BITS, IN_PROFILE, among_stated, is_stated, said_sql
from tests.factories import make_freelancer

pytestmark = pytest.mark.usefixtures("either_way")
JOB = {"title": "Analyst", "company": "Engines"}
#: What a person wrote here: none of it stated by a feed.
WRITTEN = {
    "title": "My title",
    "overview": "My overview",
    "skills": ["Knitting"],
    "languages": [{"code": "cy", "level": "native"}],
    "hourly_rate_cents": 4_200,
    "profile": {"employment": [{"title": "Mine"}], "portfolio": [{"title": "My piece"}], "experience_level": "expert"},
}
#: How a feed says that there is nothing.
NOTHING = {
    "title": None,
    "overview": None,
    "skills": [],
    "languages": [],
    "hourly_rate_cents": None,
    "employment": [],
    "portfolio": [],
}


@pytest.fixture
def ada(session, at):
    return make_freelancer(
        marketplace_id="~ada", completeness_stated_pct=None, completeness_pct=0, **{**WRITTEN, "jss_pct": 90}
    )


@pytest.fixture
def feed(session, at, tmp_path):
    def do(*rows, at=at):
        path = tmp_path / "feed.ndjson"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        report = import_feed(path, mapping.find("laurel"), by=None, at=at)
        session.expire_all()
        return report

    return do


def written(person):
    return {field: getattr(person, field) for field in WRITTEN}


def test_a_feed_that_is_silent_leaves_what_a_person_wrote(feed, ada):
    feed({"marketplace_id": "~ada", "jss_pct": 91})

    assert ada.jss_pct == 91
    assert written(ada) == WRITTEN
    assert ada.stated == 0


def test_a_feed_that_has_nothing_leaves_it_too(feed, ada):
    report = feed({"marketplace_id": "~ada", "jss_pct": 91, **NOTHING})

    assert written(ada) == WRITTEN
    assert ada.stated == 0
    assert [name for name, *_ in report.changes[0].fields] == ["jss_pct", "completeness_pct"]


def test_what_the_feed_states_wins_and_is_the_marketplaces_from_then_on(feed, ada):
    feed({"marketplace_id": "~ada", "title": "Their title", "employment": [JOB], "skills": ["SQL"]})

    assert (ada.title, ada.skills) == ("Their title", ["SQL"])
    assert [each["title"] for each in ada.profile["employment"]] == ["Analyst"]
    assert among_stated(ada.stated, BITS) == ("title", "skills", "employment")
    assert (ada.overview, ada.profile["portfolio"]) == ("My overview", [{"title": "My piece"}])
    assert ada.profile["experience_level"] == "expert"


def test_what_the_feed_stated_and_takes_back_is_gone_and_the_persons_to_write_again(feed, ada, at):
    feed({"marketplace_id": "~ada", "title": "Their title", "employment": [JOB]})
    feed({"marketplace_id": "~ada", "title": None, "employment": []}, at=at + timedelta(days=1))

    assert (ada.title, ada.profile["employment"]) == (None, [])
    assert ada.stated == 0


def test_the_same_words_from_the_feed_make_them_the_marketplaces(feed, ada, at):
    row = {"marketplace_id": "~ada", "title": "My title"}
    assert feed(row).updated == 1
    assert is_stated(ada.stated, "title")

    assert feed(row, at=at + timedelta(days=1)).updated == 0


def test_somebody_new_has_only_what_the_feed_states(feed, session):
    feed({"marketplace_id": "~bo", "name": "Bo", "title": "Maker", "skills": [], "visibility": "public"})

    bo = session.scalars(sa.select(Freelancer).where(Freelancer.marketplace_id == "~bo")).one()
    assert among_stated(bo.stated, BITS) == ("title", "visibility")


def test_ones_own_photo_counts_and_the_marketplaces_goes_before_it(feed, session, ada, at):
    ada.photo_id = ada.id
    session.commit()

    feed({"marketplace_id": "~ada", "jss_pct": 92})
    assert ada.completeness_pct == 13 + 13 + 12 + 12 + 5

    feed({"marketplace_id": "~ada", "photo_url": "https://p.example.org/a.png"}, at=at + timedelta(days=1))
    assert (ada.photo_url, ada.photo_id) == ("https://p.example.org/a.png", ada.id)


def test_every_part_that_can_be_written_is_one_that_a_feed_can_state():
    assert set(BITS) <= set(FIELDS)
    assert set(IN_PROFILE) <= set(BITS)


@pytest.mark.parametrize("field", BITS)
def test_each_field_is_told_apart_from_the_others(session, at, field):
    empty = dict.fromkeys(BITS) | {"skills": [], "languages": []}
    value = {
        "skills": ["SQL"], "languages": [{"code": "en"}], "hourly_rate_cents": 1, "visibility": "public",
    }.get(field, "x")  # fmt: skip
    says = empty | {field: value} if field not in IN_PROFILE else empty
    columns = {name: each for name, each in says.items() if name not in IN_PROFILE}
    row = sa.select(
        *(sa.literal(each, Freelancer.__table__.c[name].type).label(name) for name, each in columns.items()),
        sa.literal({field: ["x"]} if field in IN_PROFILE else {}, Freelancer.__table__.c.profile.type).label("profile"),
    ).subquery("s")

    assert session.scalar(sa.select(sa.text(said_sql("s"))).select_from(row)) == BITS[field]
