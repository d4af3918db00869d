"""A piece of work has a picture: kept with it, shown to its owner, and gone with it. Rules A-1, X-1, X-4."""

from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa
from PIL import Image

from freelancers.profile.models import Picture
from freelancers.profile.parts import key_of
from freelancers.profile.pictures import WORK_SIDES, reopened
from tests.factories import make_award, make_freelancer, make_user, sign_in


@pytest.fixture
def ada(client, session, at):
    user = make_user(name="Ada Byron")
    person = make_freelancer(user)
    sign_in(client, user)
    return person


@pytest.fixture
def post(client, session):
    def do(address, colour=None, content=None, **form):
        if colour is not None:
            made = BytesIO()
            Image.new("RGB", (900, 600), colour).save(made, "PNG")
            content = made.getvalue()
        data = form | ({"picture": (BytesIO(content), "p.png")} if content is not None else {})
        answer = client.post(f"/me/profile/portfolio/{address}", data=data)
        session.expire_all()
        return answer

    return do


def kept(session):
    return set(session.scalars(sa.select(Picture.id)))


def test_a_piece_has_a_picture_that_its_owner_sees_and_a_second_click_adds_nothing(post, client, session, ada):
    assert [post("add", "teal", title="Notes").status_code for _ in range(2)] == [303, 303]
    [piece] = ada.profile["portfolio"]

    assert kept(session) == {UUID(piece["picture"])}
    address = f"/me/profile/pictures/{piece['picture']}"
    assert f"{address}/400.jpg" in client.get("/me/profile").text
    for side in WORK_SIDES:
        assert max(reopened(client.get(f"{address}/{side}.jpg").data).size) == min(side, 900)


def test_a_change_keeps_the_picture_another_takes_its_place_and_it_can_go(post, session, ada):
    post("add", "teal", title="Notes")
    first = ada.profile["portfolio"][0]
    post(key_of(first), title="Notes, again")
    assert ada.profile["portfolio"][0]["picture"] == first["picture"]

    post(key_of(ada.profile["portfolio"][0]), "navy", title="Notes, again")
    second = ada.profile["portfolio"][0]
    assert kept(session) == {UUID(second["picture"])} != {UUID(first["picture"])}

    post(key_of(second), title="Notes, again", no_picture="y")
    assert ada.profile["portfolio"] == [{"title": "Notes, again"}]
    assert kept(session) == set()


def test_it_goes_with_its_piece_and_the_photo_stays(post, client, session, ada):
    made = BytesIO()
    Image.new("RGB", (300, 300), "teal").save(made, "PNG")
    client.post("/me/profile/photo", data={"file": (BytesIO(made.getvalue()), "me.png")})
    session.expire_all()
    post("add", "teal", title="Notes")
    post(f"{key_of(ada.profile['portfolio'][0])}/remove")

    assert ada.profile["portfolio"] == []
    assert kept(session) == {ada.photo_id}


def test_what_is_no_picture_is_refused_and_what_was_typed_is_kept(post, session, ada):
    answer = post("add", content=b"GIF89a", title="Notes")
    assert answer.status_code == 422
    assert "an image of another kind" in answer.text
    assert 'value="Notes"' in answer.text
    assert "portfolio" not in ada.profile


def test_everybody_sees_it_while_the_profile_is_to_be_seen(post, app, session, ada, northwind, at):
    make_award(northwind, ada)
    post("add", "teal", title="Notes on engines", url="https://work.example/notes", text="Two volumes.")
    client, address = app.test_client(), f"/photos/{ada.profile['portfolio'][0]['picture']}"
    page = client.get(f"/experts/northwind/people/{ada.id}").text
    assert f'src="{address}/400.jpg"' in page
    assert "Two volumes." in page
    assert 'href="https://work.example/notes" rel="nofollow noreferrer"' in page
    assert [client.get(f"{address}/{side}.jpg").status_code for side in (*WORK_SIDES, 128)] == [200, 200, 404]

    ada.visibility = "private"
    session.commit()
    assert client.get(f"{address}/400.jpg").status_code == 404


def test_anothers_picture_is_not_there(post, app, session, ada):
    post("add", "teal", title="Notes")
    bo = make_user(name="Bo")
    make_freelancer(bo)
    other = app.test_client()
    sign_in(other, bo)

    assert other.get(f"/me/profile/pictures/{ada.profile['portfolio'][0]['picture']}/400.jpg").status_code == 404
