"""A profile is written part by part: saved, counted, dated, and never where the marketplace states it. Rules A-1, C."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import clock
from core.audit import AuditEvent
from freelancers.models import Freelancer, Observation
from freelancers.ownership import BITS
from freelancers.profile.parts import key_of
from me.building.outline import LISTINGS, PARTS
from tests.factories import make_award, make_freelancer, make_user, sign_in

NEW = {
    "completeness_stated_pct": None, "completeness_pct": 0, "title": None, "overview": None, "skills": [],
    "languages": [], "hourly_rate_cents": None, "country": None, "english_level": None, "visibility": "private",
    "feed_seen_at": None,
}  # fmt: skip
#: For each list, what a form sends, and what is stored.
ENTRIES = {
    "languages": ({"code": "cy", "level": "native"}, {"code": "cy", "level": "native"}),
    "employment": (
        {"title": "Analyst", "company": "Engines", "from_": "1842-10", "to": ""},
        {"title": "Analyst", "company": "Engines", "from": "1842-10"},
    ),
    "education": ({"school": "At home", "degree": "Mathematics"}, {"school": "At home", "degree": "Mathematics"}),
    "portfolio": (
        {"title": "Notes", "text": "Note G.", "url": "https://example.org/g"},
        {"title": "Notes", "url": "https://example.org/g", "text": "Note G."},
    ),
    "certificates": (
        {"name": "Algebra", "issuer": "De Morgan", "issued_on": "2024-05-01", "expires_on": "2027-05-01"},
        {"name": "Algebra", "issuer": "De Morgan", "issued_on": "2024-05-01", "expires_on": "2027-05-01"},
    ),
    "linked_accounts": (
        {"kind": "GitHub", "url": "https://github.com/ada"},
        {"kind": "GitHub", "url": "https://github.com/ada"},
    ),
    "other_experience": ({"title": "Flying machines"}, {"title": "Flying machines"}),
}


@pytest.fixture
def ada(client, session, at):
    user = make_user(name="Ada Byron")
    person = make_freelancer(user, **NEW)
    sign_in(client, user)
    return person


@pytest.fixture
def post(client, session):
    def do(address, **form):
        answer = client.post(f"/me/profile/{address}", data=form)
        session.expire_all()
        return answer

    return do


def stored(person, listing):
    return person.languages if listing == "languages" else person.profile.get(listing) or []


def test_every_part_is_saved_by_itself(post, ada):
    answers = [
        post("words", title=" Poet of  numbers ", overview="I count.\r\n\r\nOn engines."),
        post("work", categories=["Writing", "Legal work"], experience_level="expert", availability="20 hours a week"),
        post("rate", hourly_rate_cents="40.50", currency="EUR"),
        post("place", country="GB", city="London", timezone="Europe/London"),
        post("skills", skills="Algebra, Engines\nalgebra"),
        post("english", english_level="native"),
        post("video", video_url="https://v.example.org/ada"),
        post("visibility", visibility="public"),
    ]

    assert [answer.status_code for answer in answers] == [303] * len(PARTS)
    assert (ada.title, ada.overview) == ("Poet of numbers", "I count.\n\nOn engines.")
    assert (ada.hourly_rate_cents, ada.currency, ada.availability) == (4_050, "EUR", "20 hours a week")
    assert (ada.country, ada.city, ada.timezone) == ("GB", "London", "Europe/London")
    assert (ada.skills, ada.english_level, ada.visibility) == (["Algebra", "Engines"], "native", "public")
    assert ada.profile == {
        "categories": ["Writing", "Legal work"],
        "experience_level": "expert",
        "video_url": "https://v.example.org/ada",
    }


@pytest.mark.parametrize("listing", LISTINGS)
def test_an_entry_is_added_once_changed_and_removed(post, client, ada, listing):
    sent, entry = ENTRIES[listing]
    assert [post(f"{listing}/add", **sent).status_code for _ in range(2)] == [303, 303]
    assert stored(ada, listing) == [entry]

    page = client.get(f"/me/profile/{listing}/{key_of(entry)}")
    assert all(value in page.text for value in sent.values() if value)
    other = sent | (
        {"level": "basic"}
        if listing == "languages"
        else {"title": "Else", "school": "Else", "name": "Else", "kind": "Else"}
    )
    assert post(f"{listing}/{key_of(entry)}", **other).status_code == 303
    [changed] = stored(ada, listing)
    assert changed != entry

    assert [post(f"{listing}/{key_of(changed)}/remove").status_code for _ in range(2)] == [303, 303]
    assert stored(ada, listing) == []


def test_completeness_follows_with_its_date_and_the_log_holds_no_words(post, session, ada, at):
    later = at + timedelta(days=1)
    clock.use(lambda: later)
    post("words", title="Poet", overview="I count.")

    assert (ada.completeness_pct, ada.edited_at) == (13, later)
    seen = session.scalars(sa.select(Observation).where(Observation.freelancer_id == ada.id)).one()
    assert (seen.figure, seen.value, seen.observed_at) == ("completeness_pct", 13, later)
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "profile.changed")).one()
    assert event.after == {"parts": ["title", "overview"]}

    post("words", title="Poet", overview="I count.")
    assert len(session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "profile.changed")).all()) == 1


def test_a_figure_that_the_marketplace_states_goes_on_to_count(post, ada, session):
    ada.completeness_stated_pct = ada.completeness_pct = 97
    session.commit()
    post("words", overview="I count.")

    assert ada.completeness_pct == 97


def test_what_the_marketplace_states_is_shown_marked_and_not_written(post, client, session, ada, at):
    ada.title, ada.stated, ada.feed_seen_at = "Theirs", BITS["title"] | BITS["employment"], at
    ada.profile = {"employment": [{"title": "Analyst", "company": None}]}
    session.commit()

    page = client.get("/me/profile/words").text
    assert "From the marketplace" in page
    assert 'name="title"' not in page
    assert 'name="overview"' in page
    assert post("words", title="Mine", overview="I count.").status_code == 303
    assert (ada.title, ada.overview) == ("Theirs", "I count.")

    key = key_of(ada.profile["employment"][0])
    refused = [
        post("employment/add", title="x"),
        post(f"employment/{key}", title="x"),
        post(f"employment/{key}/remove"),
    ]
    assert [answer.status_code for answer in refused] == [409] * 3
    assert "comes from the marketplace" in refused[0].text
    assert "employment/add" not in client.get("/me/profile").text.partition('id="completeness"')[0]


def test_a_part_that_is_wholly_the_marketplaces_takes_nothing(post, client, session, ada):
    ada.stated = BITS["skills"]
    ada.skills = ["SQL"]
    session.commit()

    assert "<form" not in client.get("/me/profile/skills").text.partition("<main")[2]
    assert post("skills", skills="Knitting").status_code == 409
    assert ada.skills == ["SQL"]


def test_two_windows_overwrite_each_other_only_knowingly(post, client, session, ada):
    was = client.get("/me/profile/words").text.partition('name="was"')[2].partition('value="')[2].partition('"')[0]
    post("words", was=was, title="From the phone")

    answer = post("words", was=was, title="From the desk")
    assert answer.status_code == 409
    assert "From the phone" in answer.text
    assert "From the desk" in answer.text
    assert ada.title == "From the phone"

    again = answer.text.partition('name="was"')[2].partition('value="')[2].partition('"')[0]
    assert post("words", was=again, title="From the desk").status_code == 303
    assert ada.title == "From the desk"


def test_an_entry_changed_elsewhere_is_kept_and_what_was_typed_too(post, ada):
    post("employment/add", title="Analyst")
    key = key_of(ada.profile["employment"][0])
    post(f"employment/{key}", title="Analyst", company="Engines")

    answer = post(f"employment/{key}", title="Poet")
    assert answer.status_code == 409
    assert 'value="Poet"' in answer.text
    assert 'action="/me/profile/employment/add"' in answer.text
    assert [each["company"] for each in ada.profile["employment"]] == ["Engines"]


@pytest.mark.parametrize(
    ("address", "form", "words"),
    [
        ("rate", {"hourly_rate_cents": "a lot", "currency": "USD"}, "not an amount of money"),
        ("rate", {"hourly_rate_cents": "€40", "currency": "USD"}, "the currency is USD"),
        ("video", {"video_url": "javascript:alert(1)"}, "not a web address"),
        ("words", {"title": "t" * 101}, "At most 100 characters"),
        ("words", {"overview": "a\x07b"}, "control character"),
        ("skills", {"skills": "\n".join(f"skill {n}" for n in range(51))}, "51; 50 fit"),
        ("visibility", {"visibility": "everybody"}, "Not a valid choice"),
        ("place", {"country": "XX"}, "Not a valid choice"),
        ("employment/add", {"title": ""}, "Write what you were there."),
        ("employment/add", {"title": "x", "from_": "2021-05", "to": "2020"}, "before the beginning"),
        ("employment/add", {"title": "x", "from_": "last May"}, "no year, month or day"),
        ("certificates/add", {"name": "x", "issued_on": "2025-01-02", "expires_on": "2025-01-01"}, "before it was"),
        ("languages/add", {"code": "en", "level": "basic"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_stored(post, session, ada, address, form, words):
    before = session.scalar(sa.select(Freelancer.updated_at))
    answer = post(address, **form)

    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalar(sa.select(Freelancer.updated_at)) == before


def test_a_list_that_is_full_says_so(post, session, ada):
    ada.profile = {"other_experience": [{"title": f"No. {n}"} for n in range(50)]}
    session.commit()
    answer = post("other_experience/add", title="One more")

    assert answer.status_code == 422
    assert "all that fit" in answer.text


def test_a_badge_follows_what_its_holder_writes_at_once(post, session, ada, northwind, at):
    ada.completeness_stated_pct = ada.completeness_pct = 100
    ada.visibility, ada.english_level = "public", "fluent"
    session.commit()
    award = make_award(northwind, ada)

    post("visibility", visibility="private")
    assert award.suspended_at == at
    post("visibility", visibility="public")
    assert award.suspended_at is None


def test_the_directory_shows_what_was_written_with_the_next_request(post, app, session, ada, northwind):
    ada.completeness_stated_pct = ada.completeness_pct = 100
    ada.visibility, ada.english_level = "public", "fluent"
    session.commit()
    make_award(northwind, ada)
    visitor = app.test_client()
    before = visitor.get("/experts/northwind")

    post("words", title="Poet of numbers")
    after = visitor.get("/experts/northwind", headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert "Poet of numbers" in after.text
