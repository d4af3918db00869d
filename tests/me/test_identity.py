"""Trying an identity document: everything that is wrong in one answer, and nothing kept. Rule H-3."""

from io import BytesIO

import pytest
from PIL import Image

from tests.factories import make_freelancer, make_user, sign_in


@pytest.fixture
def ada(client, at):
    user = make_user(name="Ada Byron")
    freelancer = make_freelancer(user)
    sign_in(client, user)
    return freelancer


def sent(client, size, mode="RGB", **said):
    made = BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else 128).save(made, "PNG")
    return client.post("/me/identity", data={"file": (BytesIO(made.getvalue()), "card.png"), **said})


def test_the_page_says_before_anything_is_sent_that_nothing_is_kept(client, ada):
    page = client.get("/me/identity")

    assert page.status_code == 200
    assert "looked at and not kept" in page.text
    assert "to put right" not in page.text


def test_everything_wrong_is_told_at_once_a_mistyped_day_included(client, ada):
    answer = sent(client, (500, 300), "L", name="Eda Byron", expires_on="someday")

    assert answer.status_code == 422
    for words in (
        "500 × 300",
        "in grey",
        "“Eda” on the document is “Ada” in your profile",
        "four corners",
        "the front",
    ):
        assert words in answer.text
    assert "Not a valid date" in answer.text
    assert "5 things to put right" in answer.text


def test_an_empty_form_is_answered_like_any_other(client, ada):
    answer = client.post("/me/identity", data={})

    assert answer.status_code == 422
    assert "There is no file" in answer.text
    assert "The name on the document is missing" in answer.text


def test_a_good_document_is_told_so_and_not_kept(client, ada, app):
    folder = app.extensions["laurel_settings"].instance / "files"
    before = set(folder.rglob("*"))

    answer = sent(client, (1_200, 800), name="ada byron", four_corners="y", is_front="y", expires_on="2099-01-01")

    assert answer.status_code == 200
    assert "Nothing is wrong with it" in answer.text
    assert set(folder.rglob("*")) == before
