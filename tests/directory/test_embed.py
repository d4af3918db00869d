"""What a partner shows of its directory on its own site. Rules B-2, D-2, D-7."""

import pytest

from badges import services as badges
from core.database import joined_transaction
from directory import embed, services
from directory.models import LandingPage
from directory.rotation import rotate
from freelancers.holds import HoldKind
from tests.factories import make_award, make_freelancer, make_hold, make_member, make_partner, sign_in

FRAME, JSON = "/experts/northwind/embed", "/experts/northwind/embed.json"


@pytest.fixture
def partner(session, at):
    return make_partner("Northwind", slug="northwind")


@pytest.fixture
def ada(partner, at):
    award = make_award(partner, make_freelancer(name="Ada Byron", title="Engineer", email="ada@private.example"))
    make_award(partner, make_freelancer(name="Grace Hopper"))
    rotate(at)
    return award


def test_any_site_may_frame_this_page_and_no_other(client, at, ada):
    policy = client.get(FRAME).headers["Content-Security-Policy"]

    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    for path in ("/", "/experts/northwind", "/experts/northwind/turns"):
        assert "frame-ancestors 'none'" in client.get(path).headers["Content-Security-Policy"]


def test_the_frame_runs_no_script_and_each_of_its_links_opens_a_tab(client, at, ada):
    page = client.get(FRAME).text

    assert "Ada Byron" in page
    assert "<script" not in page
    assert page.count("<a ") == page.count('target="_blank"') == 3
    assert len(page) < 4_000


def test_programs_of_any_site_read_who_is_featured_and_only_what_is_public(client, at, ada):
    answer = client.get(JSON)
    found = {each["name"]: each for each in answer.json["experts"]}

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert set(found) == {"Ada Byron", "Grace Hopper"}
    assert found["Ada Byron"]["badge_image_url"].endswith(f"/badges/{ada.id}.svg")
    assert client.get(f"/badges/{ada.id}.svg").status_code == 200
    assert "private.example" not in answer.text


@pytest.mark.parametrize("path", [FRAME, JSON])
@pytest.mark.parametrize("how", ["removed", "revoked", "on hold"])
def test_whoever_is_not_listed_any_more_is_gone_from_the_embeds(client, at, ada, path, how):
    kept = client.get(path).headers["ETag"]
    if how == "removed":
        services.remove_from_directory(ada.id, "Not current.", by=None, at=at)
    elif how == "revoked":
        badges.revoke(ada.id, "Sold answers.", by=None, at=at)
    else:
        make_hold(ada.freelancer, HoldKind.BLOCK)

    answer = client.get(path, headers={"If-None-Match": kept})
    assert answer.status_code == 200
    assert "Ada" not in answer.text
    assert "Grace" in answer.text


@pytest.mark.parametrize("path", [FRAME, JSON])
def test_whoever_has_an_embed_already_is_not_sent_it_again(client, at, ada, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert "Set-Cookie" not in first.headers
    assert again.status_code == 304


@pytest.mark.parametrize("path", [FRAME, JSON])
def test_a_draft_has_no_embeds(client, session, at, partner, ada, path):
    with joined_transaction():
        session.get(LandingPage, partner.id).published_at = None

    assert client.get(path).status_code == 404


def test_a_page_without_experts_says_so_in_its_frame(client, at, partner):
    assert "Nobody is featured at this moment" in client.get(FRAME).text


def test_the_console_has_both_to_copy_once_the_page_is_published(client, session, at, partner, ada):
    sign_in(client, make_member(partner))
    shown = client.get("/console/northwind/page").text
    with joined_transaction():
        session.get(LandingPage, partner.id).published_at = None

    assert "&lt;iframe src=" in shown
    assert "/experts/northwind/embed.json" in shown
    assert "&lt;iframe src=" not in client.get("/console/northwind/page").text


def test_a_partners_name_stays_words_in_what_is_copied():
    assert 'title="Experts chosen by A &quot;B&quot; &lt;C&gt;"' in embed.snippet(
        "https://x.example", "abc", 'A "B" <C>'
    )
