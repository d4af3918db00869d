"""What a page says is drafted, published as a version, and can be returned to. Rule D-1."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import clock
from core.audit import AuditEvent
from core.errors import NotFound
from directory import drafting, editing, versions
from directory.content import Content, Link, Place, Question, Section, changes, content_of, open_points, tidy_places
from directory.models import LandingPage, PageDraft, PageVersion
from tests.factories import (
    make_award,
    make_freelancer,
    make_member,
    make_partner,
    make_use_case,
    make_user,
    say,
    sign_in,
)

HOME = "/console/northwind"
WORDS = {"headline": "New words", "intro": "Chosen.", "about": "", "how": "", "colour": "#f2c14e"}
SHOWN_TO_ALL = (
    "/",
    "/experts/northwind",
    "/experts/northwind/migrating",
    "/experts/northwind/brand.css",
    "/sitemap.xml",
)


@pytest.fixture
def partner(session, at):
    partner = make_partner("Northwind", slug="northwind")
    case = make_use_case(partner)
    editing.choose_for_use_case(case.id, make_award(partner, make_freelancer(name="Ada")).id, by=None, at=at)
    return partner


@pytest.fixture
def manager(client, partner):
    sign_in(client, make_member(partner, make_user("partner", name="Mia Manager"), duty="manager"))
    return client


def etags(app):
    visitor = app.test_client()
    return {path: visitor.get(path).headers["ETag"] for path in SHOWN_TO_ALL}


def test_nothing_that_is_public_changes_until_the_draft_is_published(app, manager, partner, at):
    before = etags(app)
    manager.post(f"{HOME}/page", data=WORDS | {"question": "Why?", "answer": "So."})
    manager.post(f"{HOME}/page/use-cases/migrating", data={"name": "Moving", "summary": "Far.", "words": "More."})
    manager.post(f"{HOME}/page/use-cases/new", data={"name": "Reports", "summary": "Daily."})
    assert "New words" in manager.get(f"{HOME}/page/preview").text
    clock.use(lambda: at + timedelta(minutes=5))
    assert etags(app) == before
    assert "A draft waits" in manager.get(f"{HOME}/page").text

    manager.post(f"{HOME}/page/publish")

    after = etags(app)
    assert {path for path in before if after[path] == before[path]} == set()
    page = manager.get("/experts/northwind").text
    assert all(words in page for words in ("New words", "Why?", "So.", "Moving", "Reports"))


def test_a_draft_that_says_what_is_published_is_none(session, manager, partner, at):
    drafting.draft_page(partner.id, replace(versions.draft(partner), headline="Other"), by=None, at=at)
    assert versions.stored_draft(partner.id)
    drafting.draft_page(partner.id, replace(versions.draft(partner), headline="Northwind experts"), by=None, at=at)
    drafting.publish(partner.id, by=None, at=at)

    assert versions.stored_draft(partner.id) is None
    assert session.get(LandingPage, partner.id, populate_existing=True).version == 2


def test_a_discarded_draft_is_gone_and_visitors_see_no_difference(app, manager, partner):
    before = etags(app)
    manager.post(f"{HOME}/page", data=WORDS)
    manager.post(f"{HOME}/page/discard")

    assert "New words" not in manager.get(f"{HOME}/page").text
    assert etags(app) == before


def test_a_version_is_listed_with_who_when_and_what_and_returned_to_with_one_click(session, manager, partner, at):
    manager.post(f"{HOME}/page/publish", data=WORDS)
    listed = manager.get(f"{HOME}/page").text
    assert "Mia Manager" in listed
    assert "headline, introduction, colour" in listed
    assert "Northwind experts" in manager.get(f"{HOME}/page/versions/2").text

    manager.post(f"{HOME}/page/versions/2/return")

    assert "Northwind experts" in manager.get("/experts/northwind").text
    assert "--brand:#243b7a" in manager.get("/experts/northwind/brand.css").text
    page = session.get(LandingPage, partner.id, populate_existing=True)
    assert (page.version, versions.versions(partner.id)[0].returned_to) == (4, 2)
    assert versions.version(partner.id, 4) == versions.version(partner.id, 2)


def test_a_version_brings_back_a_use_case_that_was_taken_away_with_its_list(manager, partner, at):
    manager.post(f"{HOME}/page/use-cases/migrating/delete")
    manager.post(f"{HOME}/page/publish")
    assert manager.get("/experts/northwind/migrating").status_code == 404

    manager.post(f"{HOME}/page/versions/2/return")

    assert "Ada" in manager.get("/experts/northwind/migrating").text


def test_a_use_case_of_the_same_name_comes_back_with_its_list(manager, partner, at):
    manager.post(f"{HOME}/page/use-cases/migrating/delete")
    manager.post(f"{HOME}/page/publish")
    manager.post(f"{HOME}/page/use-cases/new", data={"name": "Migrating", "summary": "Again."})
    manager.post(f"{HOME}/page/publish")

    assert "Ada" in manager.get("/experts/northwind/migrating").text


def test_a_waiting_draft_outlives_a_return(manager, partner, at):
    say(partner, headline="Second")
    manager.post(f"{HOME}/page", data=WORDS)
    manager.post(f"{HOME}/page/versions/2/return")

    assert "Northwind experts" in manager.get("/experts/northwind").text
    assert versions.draft(partner).headline == "New words"


def test_a_page_that_was_taken_down_is_shown_again_without_another_version(session, manager, partner):
    manager.post(f"{HOME}/page/unpublish")
    assert manager.get("/experts/northwind").status_code == 404
    manager.post(f"{HOME}/page/publish")

    assert manager.get("/experts/northwind").status_code == 200
    assert session.get(LandingPage, partner.id, populate_existing=True).version == 2


def test_two_who_change_the_page_at_once_do_not_overwrite_each_other_in_silence(manager, partner, at):
    mark = versions.draft(partner).mark
    drafting.draft_page(partner.id, replace(versions.draft(partner), intro="By another."), by=None, at=at)
    answer = manager.post(f"{HOME}/page", data=WORDS | {"mark": mark})

    assert answer.status_code == 409
    assert "New words" in answer.text
    assert "is not saved" in answer.text
    assert versions.draft(partner).intro == "By another."
    same_again = {"headline": "Northwind experts", "intro": "By another.", "colour": "#243b7a", "mark": mark}
    assert manager.post(f"{HOME}/page", data=same_again).status_code == 303


def test_what_was_published_is_in_the_audit_log_with_what_it_changed(session, manager, partner):
    manager.post(f"{HOME}/page/publish", data=WORDS)
    published = session.scalars(sa.select(AuditEvent.after).where(AuditEvent.action == "page.published"))

    assert {"version": 3, "changes": ["headline", "introduction", "colour"]} in published.all()


def test_versions_are_this_partners_alone(manager, session, at):
    other = make_partner("Other", slug="other")
    say(other, headline="Theirs")

    assert manager.get("/console/other/page/versions/2").status_code == 404
    for number in (0, 99, 2**31, 2**70):
        assert manager.get(f"{HOME}/page/versions/{number}").status_code == 404
        assert manager.post(f"{HOME}/page/versions/{number}/return").status_code == 404
    with pytest.raises(NotFound):
        versions.version(other.id, 99)


def test_sections_are_switched_off_and_put_in_order_by_buttons(manager, partner, at):
    page = {
        "place": [section.value for section in Section],
        "on": ["how", "about", "experts", "featured"],
        "how": "Ask.",
    }
    manager.post(f"{HOME}/page", data=WORDS | page | {"up": "places:how"})
    manager.post(f"{HOME}/page/publish")
    shown = manager.get("/experts/northwind").text

    assert "What do you need done?" not in shown
    assert shown.index("How it works") < shown.index("What the badge says")
    assert versions.draft(partner).places[3] == Place(Section.HOW)
    manager.post(f"{HOME}/page/publish", data=WORDS | page | {"down": "places:links"})
    assert versions.draft(partner).places[-1] == Place(Section.LINKS, on=False)


def test_links_and_questions_are_put_in_order_and_taken_away_by_emptying_them(manager, partner, at):
    rows = {"question": ["One?", "Two?", ""], "answer": ["1", "2", ""]}
    links = {"link_words": ["Docs", "Course"], "link_address": ["docs.example.com/x", "http://example.com"]}
    manager.post(f"{HOME}/page", data=WORDS | rows | links | {"up": "questions:1"})
    draft = versions.draft(partner)

    assert [each.question for each in draft.questions] == ["Two?", "One?"]
    assert draft.links[0] == Link("Docs", "https://docs.example.com/x")
    manager.post(f"{HOME}/page", data=WORDS | {"question": ["", "One?"], "answer": ["", "1"]})
    assert (len(versions.draft(partner).questions), versions.draft(partner).links) == (1, ())


@pytest.mark.parametrize("move", ["places:nowhere", "questions:7", "links:-1", "questions:x", "mark:1", ":", "links:²"])
def test_an_odd_move_changes_nothing(manager, partner, move):
    assert (
        manager.post(f"{HOME}/page", data=WORDS | {"up": move, "question": "Why?", "answer": "So."}).status_code == 303
    )
    assert versions.draft(partner).questions == (Question("Why?", "So."),)


def test_content_is_the_same_after_it_was_stored(partner):
    content = replace(
        versions.draft(partner),
        places=tidy_places([("links", False), ("nowhere", True), ("experts", False)]),
        links=(Link("Docs", "https://example.com"),),
        questions=(Question("Why?", "So."),),
    )

    assert content_of(content.as_json) == content
    assert (content.places[0], content.places[1]) == (Place(Section.LINKS, on=False), Place(Section.EXPERTS))
    assert len(content.places) == len(Section)
    assert content_of({}) == Content()


def test_what_is_missing_names_what_blocks_first():
    points = open_points(Content(), listed=0, empty=["Moving"])

    assert [each.blocks for each in points] == [True, True, False, False, False, False]
    assert "“Moving”" in points[-1].text


def test_changes_are_told_in_a_few_words(partner):
    before = versions.draft(partner)
    after = replace(before, places=tidy_places([("links", True), ("how", False)]), use_cases=(), about="We look.")

    assert changes(before, after) == [
        "how you choose", "order of the sections", "How it works switched off", "use case “Migrating” taken away",
    ]  # fmt: skip
    assert changes(None, after) == ["the first version"]


def test_a_page_of_before_there_were_versions_is_published_again_whole(session, partner, at):
    session.execute(sa.delete(PageVersion))
    session.commit()
    assert versions.versions(partner.id) == []
    say(partner, headline="Now")

    assert [each.number for each in versions.versions(partner.id)] == [3]
    assert session.scalars(sa.select(PageDraft)).all() == []
