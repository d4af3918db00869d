"""The console's badge: a draft touches nothing, a published design shows at the next request. Rule B-3."""

import io

import pytest

from accounts.models import Role
from badges.design import queries, services
from badges.design.logos import taken
from badges.design.rules import OURS, Design, Mark
from core.permissions import Duty
from partners.models import Partner
from tests.badges.design.conftest import picture
from tests.factories import make_expert, make_member, make_user, sign_in

RED = {
    "shape": "shield", "ornament": "plain", "mark": "monogram", "monogram": "NW",
    "ground": "#7a1f3d", "accent": "#f0c9b0", "ink": "#ffffff",
}  # fmt: skip


@pytest.fixture
def manager(client, northwind):
    return sign_in(client, make_member(northwind, make_user(Role.PARTNER), duty=Duty.MANAGER))


@pytest.fixture
def expert(northwind):
    return make_expert(northwind)


def address(northwind, rest=""):
    return f"/console/{northwind.slug}/badge{rest}"


def worn(client, expert):
    return client.get(f"/badges/{expert.id}.svg").text


def test_a_draft_touches_no_badge_until_it_is_used(client, manager, northwind, expert):
    before = worn(client, expert)
    saved = client.post(address(northwind), data=RED | {"action": "save"})

    assert saved.status_code == 303
    assert worn(client, expert) == before
    assert "#7a1f3d" in client.get(address(northwind, "/preview.svg")).text

    assert client.post(address(northwind), data=RED | {"action": "use"}).status_code == 303
    assert "#7a1f3d" in worn(client, expert)


def test_a_cache_that_asks_gets_the_new_design_with_its_next_request(client, manager, northwind, expert):
    """B-2."""
    place = f"/badges/{expert.id}.png"
    tag = {"If-None-Match": client.get(place).headers["ETag"]}
    assert client.get(place, headers=tag).status_code == 304

    client.post(address(northwind), data=RED | {"action": "use"})

    assert client.get(place, headers=tag).status_code == 200


def test_what_cannot_be_read_is_kept_as_a_draft_and_not_used(client, manager, northwind, expert):
    before = worn(client, expert)
    answer = client.post(address(northwind), data=RED | {"ground": "#f2c14e", "action": "use"})

    assert answer.status_code == 409
    assert "hard to read" in answer.text
    assert worn(client, expert) == before


@pytest.mark.parametrize("colour", ["red;}", "url(//evil.example)", "#12345"])
def test_an_attack_as_a_colour_comes_back_with_the_reason(client, manager, northwind, colour):
    answer = client.post(address(northwind), data=RED | {"ground": colour, "action": "use"})

    assert answer.status_code == 422
    assert "Enter a colour as #" in answer.text
    assert client.get(address(northwind, "/preview.svg"), query_string=RED | {"ground": colour}).status_code == 200
    assert colour not in client.get(address(northwind, "/preview.svg"), query_string=RED | {"ground": colour}).text


def test_an_earlier_design_can_be_returned_to(client, manager, northwind, expert):
    client.post(address(northwind), data=RED | {"action": "use"})
    client.post(address(northwind), data=RED | {"ground": "#1f3a8a", "action": "use"})
    first = queries.published(northwind.programme.achievement_id)[-1]

    client.post(address(northwind, f"/designs/{first.id}/use"))

    assert "#7a1f3d" in worn(client, expert)
    assert len(queries.published(northwind.programme.achievement_id)) == 3
    assert "Worn now" in client.get(address(northwind)).text


def test_a_discarded_draft_is_gone_and_badges_stay(client, manager, northwind, expert):
    before = worn(client, expert)
    client.post(address(northwind), data=RED | {"action": "save"})
    client.post(address(northwind, "/discard"))

    assert queries.draft(northwind.programme.achievement_id) is None
    assert worn(client, expert) == before


def test_remarks_follow_what_is_typed(client, manager, northwind):
    said = client.get(address(northwind, "/remarks"), query_string=RED | {"ink": "#7a1f3d"}).text

    assert "hard to read: 1.0 to 1" in said
    assert "take #" in said


def send_logo(client, northwind, content, name="logo.png"):
    data = {"logo": (io.BytesIO(content), name)}
    return client.post(f"/console/{northwind.slug}/logo", data=data, content_type="multipart/form-data")


def test_a_logo_stands_on_pages_at_once_and_on_badges_when_it_is_used(client, session, manager, northwind, expert):
    assert send_logo(client, northwind, picture()).status_code == 303
    logo_url = session.get(Partner, northwind.id, populate_existing=True).logo_url

    assert logo_url in client.get(f"/experts/{northwind.slug}").text
    kept = client.get(logo_url)
    assert (kept.mimetype, kept.headers["Cache-Control"]) == ("image/png", "public, max-age=31536000, immutable")
    assert "data:image/png" not in worn(client, expert)

    client.post(address(northwind), data=RED | {"mark": "logo", "action": "use"})
    assert "data:image/png" in worn(client, expert)


def test_a_badge_keeps_the_logo_that_it_was_used_with(client, session, manager, northwind, expert):
    send_logo(client, northwind, picture())
    client.post(address(northwind), data=RED | {"mark": "logo", "action": "use"})
    before = worn(client, expert)

    client.post(f"/console/{northwind.slug}/logo/remove")

    assert worn(client, expert) == before
    assert session.get(Partner, northwind.id, populate_existing=True).logo_url is None


@pytest.mark.parametrize(
    ("content", "why"), [(b"<svg onload=alert(1)>", "SVG"), (b"", "Choose a file"), (b"MZ\0", "program")]
)
def test_a_logo_that_is_none_comes_back_with_the_reason(client, manager, northwind, content, why):
    answer = send_logo(client, northwind, content, "logo.svg" if content else "")

    assert answer.status_code == 422
    assert why in answer.text
    assert queries.used_logo(northwind.id) is None


def test_two_who_use_the_same_draft_publish_it_once(session, northwind, at):
    achievement = northwind.programme.achievement_id
    services.save_draft(achievement, OURS, by=None, at=at)

    assert [services.use_draft(achievement, by=None, at=at) for _ in range(2)] == [True, False]
    assert len(queries.published(achievement)) == 1


def test_a_logo_is_asked_for_before_a_design_with_one_is_used(northwind, at):
    achievement = northwind.programme.achievement_id
    services.save_draft(achievement, Design(mark=Mark.LOGO), by=None, at=at)

    with pytest.raises(services.NotReadable, match="no logo"):
        services.use_draft(achievement, by=None, at=at)
    services.use_logo(northwind.id, taken(picture()), by=None, at=at)
    assert services.use_draft(achievement, by=None, at=at)


@pytest.mark.parametrize("size", ["32", "96", "512", "0", "9" * 30, "<svg>"])
def test_any_size_asked_for_gives_a_picture(client, northwind, expert, size):
    for place in (f"/issuers/{northwind.slug}/badge.svg", f"/badges/{expert.id}.svg", f"/badges/{expert.id}.png"):
        assert client.get(place, query_string={"size": size}).status_code == 200
