"""The partner console's experts and page, and where an expert answers. Rules D-1, D-2, D-7, E-12, X-4."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa

from badges.models import Award
from core.database import joined_transaction
from directory import services, versions
from directory.models import Feature, LandingPage, Removal, UseCase
from directory.queries import featured_now
from directory.roster import holder
from directory.rotation import rotate
from partners.models import Partner
from tests.factories import (
    make_award,
    make_expert,
    make_freelancer,
    make_hold,
    make_member,
    make_partner,
    make_user,
    sign_in,
)

HOME = "/console/northwind"
WORDS = {
    "headline": "Northwind experts",
    "intro": "Chosen by us.",
    "about": "We **know** them.",
    "colour": "#243b7a",
}
PUBLISH = f"{HOME}/page/publish"


@pytest.fixture
def partner(session, at):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def ada(partner):
    return make_award(partner, make_freelancer(make_user(name="Ada Byron"), title="Engineer"))


@pytest.fixture
def manager(client, partner):
    sign_in(client, make_member(partner, duty="manager"))
    return client


def act(client, award, verb, **fields):
    return client.post(f"{HOME}/experts/{award.id}/{verb}", data=fields, follow_redirects=True)


def test_the_experts_are_listed_with_how_they_stand(manager, at, partner, ada):
    make_hold(make_award(partner, make_freelancer(name="Held Person")).freelancer)
    rotate(at)
    page = manager.get(f"{HOME}/experts").text

    assert page.index("Ada Byron") < page.index("Held Person")
    assert "Suspended" in page
    assert "Not shown while suspended" in page
    assert "1 time<" in page


def test_experts_are_found_by_name_and_paged(manager, at, partner):
    for number in range(30):
        make_award(partner, make_freelancer(name=f"Expert {number:02}"))
    page = manager.get(f"{HOME}/experts?q=EXPERT").text
    next_url = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")

    assert page.count("Expert ") >= 24
    assert "Expert 29" not in page
    assert "Expert 29" in manager.get(next_url).text
    assert "Nobody of that name" in manager.get(f"{HOME}/experts?q=100%25").text
    assert manager.get(f"{HOME}/experts?q=%00").status_code == 200
    assert manager.get(f"{HOME}/experts?cursor=garbage").status_code == 422


def test_an_experts_page_shows_what_is_open(manager, session, at, ada):
    with joined_transaction():
        session.merge(ada.freelancer).jss_pct = 70
    page = manager.get(f"{HOME}/experts/{ada.id}").text

    assert "Job Success Score" in page
    assert "Not met" in page


def test_featuring_by_hand_and_taking_out_again(manager, session, at, partner, ada):
    assert "featured until 9 March 2026" in act(manager, ada, "pin", until="2026-03-09").text
    assert [each.award_id for each in featured_now(partner.id, at).experts] == [ada.id]

    assert "no longer featured" in act(manager, ada, "unfeature", reason="Holiday.").text
    assert featured_now(partner.id, at).experts == []
    assert act(manager, ada, "unfeature", reason="Again.").status_code == 409


def test_removing_and_restoring(manager, at, partner, ada):
    assert "out of the directory" in act(manager, ada, "remove", reason="Lapsed.").text
    assert "Ada Byron" not in manager.get("/experts/northwind").text
    assert "Lapsed." in manager.get(f"{HOME}/experts/{ada.id}").text

    assert "in the directory again" in act(manager, ada, "restore").text
    assert "Ada Byron" in manager.get("/experts/northwind").text


def test_revoking_ends_the_badge_and_keeps_the_reason(manager, session, at, partner, ada):
    page = act(manager, ada, "revoke", reason="Sold answers.").text

    assert "Revoked on" in page
    assert "Sold answers." in page
    assert session.get(Award, ada.id, populate_existing=True).revoked_at == at
    assert "Ada Byron" in manager.get(f"{HOME}/experts?show=former").text
    assert "Ada Byron" not in manager.get(f"{HOME}/experts").text


@pytest.mark.parametrize("verb", ["unfeature", "remove", "revoke"])
def test_no_reason_no_decision(manager, session, at, ada, verb):
    rotate(at)
    answer = act(manager, ada, verb, reason="  ")

    assert answer.status_code == 422
    assert "Write the reason" in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Removal)) == 0
    assert session.scalar(sa.select(Feature.removed_at)) is None


@pytest.mark.parametrize("until", ["", "soon", "2020-01-01", "9999-12-31"])
def test_a_pin_needs_a_day_to_come(manager, ada, at, until):
    assert act(manager, ada, "pin", until=until).status_code == 422


@pytest.mark.parametrize("verb", ["pin", "unfeature", "remove", "restore", "revoke"])
def test_a_viewer_decides_nothing(client, session, at, partner, ada, verb):
    sign_in(client, make_member(partner, duty="viewer"))

    assert act(client, ada, verb, reason="R.", until="2026-03-09").status_code == 403
    assert "Decide" not in client.get(f"{HOME}/experts/{ada.id}").text


@pytest.mark.parametrize("verb", ["", "/pin", "/unfeature", "/remove", "/restore", "/revoke"])
def test_another_partners_expert_does_not_exist(manager, session, at, verb):
    other = make_expert(make_partner())
    url = f"{HOME}/experts/{other.id}{verb}"
    answer = manager.post(url, data={"reason": "R.", "until": "2026-03-09"}) if verb else manager.get(url)

    assert answer.status_code == 404
    assert session.get(Award, other.id, populate_existing=True).revoked_at is None


def test_another_partners_page_does_not_exist(manager, at):
    make_partner("Other", slug="other")

    for path in ("experts", "page", "page/preview", "page/use-cases/new"):
        assert manager.get(f"/console/other/{path}").status_code == 404
    assert manager.post("/console/other/page", data=WORDS).status_code == 404


def test_the_page_is_written_previewed_published_and_taken_down(manager, session, at, partner, ada):
    session.execute(sa.delete(LandingPage))
    session.commit()
    assert "It still needs:" in manager.get(f"{HOME}/page").text
    assert manager.get(f"{HOME}/page/preview").status_code == 404

    saved = manager.post(f"{HOME}/page", data=WORDS | {"colour": "F2C14E"}, follow_redirects=True).text
    assert "Near-black words stand on it" in saved
    preview = manager.get(f"{HOME}/page/preview")
    assert "only your team sees it" in preview.text
    assert preview.headers["Cache-Control"] == "no-store"
    assert manager.get("/experts/northwind").status_code == 404

    manager.post(f"{HOME}/page/publish")
    assert "We <strong>know</strong> them." in manager.get("/experts/northwind").text
    assert session.get(Partner, partner.id, populate_existing=True).colour == "#f2c14e"

    manager.post(f"{HOME}/page/unpublish")
    assert manager.get("/experts/northwind").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red;}"},
        {"colour": "url(//evil.example)"},
        {"colour": ""},
        {"headline": " "},
        {"headline": "x" * 91},
        {"about": "x" * 6001},
        {"how": "x" * 6001},
        {"link_words": "Docs", "link_address": "javascript:alert(1)"},
        {"link_words": "", "link_address": "https://example.com"},
        {"link_words": ["Docs"] * 9, "link_address": ["https://example.com"] * 9},
        {"question": "Why?", "answer": ""},
        {"question": "", "answer": "So."},
    ],
)
def test_what_is_wrong_with_a_page_is_said_and_nothing_is_stored(manager, session, at, partner, wrong):
    before = session.get(LandingPage, partner.id).updated_at
    for path in ("page", "page/publish"):
        answer = manager.post(f"{HOME}/{path}", data=WORDS | {"headline": "New"} | wrong)

        assert answer.status_code == 422
        assert "There is something to put right" in answer.text
    assert versions.stored_draft(partner.id) is None
    assert session.get(LandingPage, partner.id, populate_existing=True).headline == "Northwind experts"
    assert session.get(LandingPage, partner.id).updated_at == before


@pytest.mark.parametrize("wrong", [{"slots": "0"}, {"slots": "many"}, {"period_hours": "7"}, {"period_hours": ""}])
def test_turns_are_set_at_once_and_what_is_wrong_is_said(manager, session, at, partner, wrong):
    right = {"slots": "4", "period_hours": "24"}

    assert manager.post(f"{HOME}/page/turns", data=right | wrong).status_code == 422
    assert manager.post(f"{HOME}/page/turns", data=right).status_code == 303
    assert session.get(LandingPage, partner.id, populate_existing=True).slots == 4


def test_markup_in_a_partners_words_shows_as_words(manager, at):
    words = {"headline": "<b>Bold</b>", "intro": "<script>x</script>", "about": "<script>y</script>"}
    manager.post(PUBLISH, data=WORDS | words)
    page = manager.get("/experts/northwind").text

    assert "<b>Bold" not in page
    assert "<script>x" not in page
    assert "<script>y" not in page


def test_a_viewer_reads_the_page_and_changes_nothing(client, at, partner):
    sign_in(client, make_member(partner, duty="viewer"))
    page = client.get(f"{HOME}/page").text

    assert "Managers and admins" in page
    assert 'name="headline"' not in page
    for path in ("page", "page/publish", "page/unpublish", "page/discard", "page/turns", "page/use-cases/new"):
        assert client.post(f"{HOME}/{path}", data=WORDS).status_code == 403


def test_a_use_case_is_added_filled_arranged_and_deleted(manager, session, at, partner, ada):
    bob = make_award(partner, make_freelancer(name="Bob"))
    answer = manager.post(f"{HOME}/page/use-cases/new", data={"name": "Migrating", "summary": "Fast."})
    url = answer.headers["Location"]
    assert manager.get("/experts/northwind/migrating").status_code == 404
    manager.post(PUBLISH)
    for award in (ada, bob):
        manager.post(f"{url}/experts", data={"award": award.id})
    manager.post(f"{url}/experts/{bob.id}/up")
    public = manager.get("/experts/northwind/migrating").text

    assert url == f"{HOME}/page/use-cases/migrating"
    assert public.index("Bob") < public.index("Ada Byron")

    manager.post(f"{url}/experts/{bob.id}/drop")
    assert "Bob" not in manager.get("/experts/northwind/migrating").text
    manager.post(url, data={"name": "Moving", "summary": "Faster."})
    assert "Moving" not in manager.get("/experts/northwind/migrating").text
    manager.post(PUBLISH)
    assert "Moving" in manager.get("/experts/northwind/migrating").text
    manager.post(f"{url}/delete")
    assert manager.get("/experts/northwind/migrating").status_code == 200
    manager.post(PUBLISH)
    assert manager.get("/experts/northwind/migrating").status_code == 404
    assert session.scalar(sa.select(UseCase.published)) is False


def test_use_cases_change_places(manager, at, partner):
    for name in ("One", "Two"):
        services.add_use_case(partner.id, name, "S.", by=None, at=at)
    manager.post(f"{HOME}/page/use-cases/two/move", data={"to": "up"})
    manager.post(PUBLISH)
    page = manager.get("/experts/northwind").text

    assert page.index("/experts/northwind/two") < page.index("/experts/northwind/one")


@pytest.mark.parametrize("award", ["", "x", "00000000-0000-4000-8000-000000000007"])
def test_a_use_case_takes_nobody_who_is_not_an_expert(manager, at, partner, award):
    services.add_use_case(partner.id, "One", "S.", by=None, at=at)

    assert manager.post(f"{HOME}/page/use-cases/one/experts", data={"award": award}).status_code == 404


def test_a_use_case_needs_a_name_of_its_own(manager, at, partner):
    url = f"{HOME}/page/use-cases/new"
    assert manager.post(url, data={"name": "", "summary": "S."}).status_code == 422
    manager.post(url, data={"name": "One", "summary": "S."})

    assert manager.post(url, data={"name": "one", "summary": "S."}).status_code == 409


def test_an_expert_reads_why_and_answers_and_the_partner_reads_the_answer(client, session, at, partner, ada):
    services.remove_from_directory(ada.id, "Certificate lapsed.", by=None, at=at)
    user = session.get(Award, ada.id).freelancer
    removal = session.scalars(sa.select(Removal)).one()
    sign_in(client, session.get_one(type(make_user()), user.user_id))
    url = f"/me/listings/{ada.id}"

    assert "Certificate lapsed." in client.get(url).text
    empty = client.post(url, data={"kind": "removal", "decision": removal.id, "answer": " "})
    assert (empty.status_code, "Write a sentence" in empty.text) == (422, True)
    sent = client.post(
        url, data={"kind": "removal", "decision": removal.id, "answer": "Renewed it."}, follow_redirects=True
    )
    assert "Renewed it." in sent.text
    assert client.post(url, data={"kind": "x", "decision": "y", "answer": "z"}).status_code == 422

    client.post("/sign-out")
    sign_in(client, make_member(partner, duty="viewer"))
    assert "Renewed it." in client.get(f"{HOME}/experts/{ada.id}").text


def test_nobody_reads_what_was_decided_about_another(client, at, partner, ada):
    stranger = make_user()
    make_freelancer(stranger)
    sign_in(client, stranger)

    assert client.get(f"/me/listings/{ada.id}").status_code == 404
    assert client.get(f"/me/listings/{uuid4()}").status_code == 404


def test_a_holder_is_shown_to_their_own_partner_alone(session, at, partner, ada):
    assert holder(partner.id, ada.id, at).name == "Ada Byron"
