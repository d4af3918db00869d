"""The console's page: written, previewed, published and taken down. Rules D-1, X-1, X-4."""

import pytest
import sqlalchemy as sa

from directory import versions
from directory.models import LandingPage
from partners.models import Partner
from tests.directory.console.conftest import HOME, PUBLISH
from tests.factories import make_member, make_partner, sign_in

WORDS = {
    "headline": "Northwind experts",
    "intro": "Chosen by us.",
    "about": "We **know** them.",
    "colour": "#243b7a",
}


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
