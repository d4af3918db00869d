"""Support as the person and as staff see it: one page each, one state. Rule H-6."""

import re
from datetime import timedelta

import pytest

from accounts.models import Role
from core import clock
from freelancers.support import queries
from tests.factories import make_freelancer, make_user, sign_in
from tests.staff.reading import page, text_of

LETTER = {"about": "letter", "title": "My letter", "text": "Which skill was full?"}
ANSWER = {"text": "It was data entry, with forty people for each job."}


@pytest.fixture
def ada(session, at):
    user = make_user()
    make_freelancer(user)
    return user


@pytest.fixture
def robin(session):
    return make_user(Role.STAFF, name="Robin Ray")


@pytest.fixture
def address(client, ada):
    sign_in(client, ada)
    return client.post("/me/support/new", data=LETTER).headers["Location"]


def test_a_letter_is_answered_and_both_see_how_it_stands(client, ada, robin, address, at):
    assert re.search("since 2 March 2026, 09:00 UTC ?; it comes by 4 March 2026, 09:00 UTC", page(client, address))
    thread_id = address.rsplit("/", 1)[1]

    sign_in(client, robin)
    assert "My letter The letter about my profile Ada Byron" in page(client, "/staff/support")
    there = f"/staff/support/{thread_id}"
    assert "Which skill was full?" in page(client, there)
    clock.use(lambda: at + timedelta(hours=1))
    assert client.post(there, data=ANSWER | {"closes": "y"}).status_code == 303
    assert "Nobody waits for an answer" in page(client, "/staff/support")
    assert "Robin Ray" in page(client, there)

    sign_in(client, ada)
    clock.use(lambda: at + timedelta(hours=2))
    assert "New answer" in page(client, "/me/support")
    said = page(client, address)
    assert "forty people" in said
    assert "Robin" not in said
    assert "Closed" in said
    assert "New answer" not in page(client, "/me/support")
    assert client.post(address, data={"text": "And which one is open?"}).status_code == 303
    assert "Waits for an answer" in page(client, address)


def test_who_has_written_nothing_is_told_what_this_is_for(client, ada):
    sign_in(client, ada)
    assert "You have not written to us" in page(client, "/me/support")
    assert client.post("/me/support/new", data={"about": "hold"}).status_code == 422


def test_an_empty_or_hollow_answer_comes_back_with_what_is_missing(client, robin, address):
    sign_in(client, robin)
    there = f"/staff/support/{address.rsplit('/', 1)[1]}"

    assert "Write what you answer." in text_of(client.post(there, data={"text": " "}))
    answer = client.post(there, data={"text": "No.", "paragraph": "holds"})
    assert answer.status_code == 422
    assert "says too little" in text_of(answer)


def test_an_answer_to_an_outdated_page_comes_back_with_what_was_written(client, session, ada, robin, address):
    thread_id = address.rsplit("/", 1)[1]
    seen = queries.thread_by_id(thread_id).messages[-1].id
    client.post(address, data={"text": "I found it myself."})
    sign_in(client, robin)

    answer = client.post(f"/staff/support/{thread_id}", data=ANSWER | {"seen": str(seen)})

    assert answer.status_code == 409
    assert "I found it myself." in text_of(answer)
    assert "forty people" in text_of(answer)


def test_anothers_letter_is_not_there(client, address):
    sign_in(client, other := make_user())
    make_freelancer(other)

    assert client.get(address).status_code == 404
    assert client.post(address, data={"text": "Mine?"}).status_code == 404
    assert client.post(f"{address}/close").status_code == 404
