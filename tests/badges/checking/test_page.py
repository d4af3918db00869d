"""The page of a check: whatever somebody brings, it says what holds and what does not. Rule B-4."""

from __future__ import annotations

import io
import json

import pytest

from badges import services
from badges.checking import sources
from badges.checking.fetching import NotFetched
from tests.factories import make_expert, make_hold, make_partner


def brought(client, text="", file=None, name="badge"):
    data = {"badge": text} | ({"file": (io.BytesIO(file), name)} if file is not None else {})
    return client.post("/badges/verify", data=data, content_type="multipart/form-data")


@pytest.fixture
def award(client, at):
    return make_expert(make_partner("Northwind", slug="northwind"))


@pytest.mark.parametrize("form", ["json", "jwt", "png", "svg"])
def test_every_form_of_our_badges_is_valid_as_a_file(client, award, form):
    answer = brought(client, file=client.get(f"/badges/{award.id}.{form}").data, name=f"badge.{form}")

    assert answer.status_code == 200
    assert "This badge is valid" in answer.text
    assert answer.text.count("Holds") == 5
    assert "Issued by Northwind" in answer.text
    assert f'<a href="http://laurel.test/badges/{award.id}">Its page here</a>' in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_pasted_text_is_checked_too(client, award, form):
    assert "This badge is valid" in brought(client, client.get(f"/badges/{award.id}.{form}").text).text


def test_it_says_how_a_badge_stands_now(client, award, session, at):
    text = client.get(f"/badges/{award.id}.json").text
    hold = make_hold(award.freelancer)
    assert "This badge is suspended" in brought(client, text).text
    hold.lifted_at = at
    session.commit()
    assert "This badge is valid" in brought(client, text).text
    services.revoke(award.id, "The certificate was somebody else's.", by=None, at=at)
    assert "does not count now" in brought(client, text).text
    assert "This badge was revoked" in brought(client, client.get(f"/badges/{award.id}.json").text).text


def test_a_changed_badge_is_not_valid_and_the_page_says_where_it_failed(client, award):
    said = json.loads(client.get(f"/badges/{award.id}.json").text)
    said["credentialSubject"]["achievement"]["name"] = "<b>Chief Expert</b>"

    answer = brought(client, json.dumps(said))

    assert "This is not a valid badge" in answer.text
    assert "It says that it was issued by Northwind" in answer.text
    assert "something was changed after it was issued" in answer.text
    assert "<b>Chief" not in answer.text
    assert "Its page here" not in answer.text


def test_an_address_of_ours_leads_to_the_badge(client, award):
    answer = brought(client, f"http://laurel.test/badges/{award.id}")

    assert (answer.status_code, answer.location) == (303, f"/badges/{award.id}")


def test_an_address_elsewhere_is_fetched_and_checked(client, award, monkeypatch):
    text = client.get(f"/badges/{award.id}.json").data
    monkeypatch.setattr(sources.OurSources, "anything", lambda self, address: text)

    assert "This badge is valid" in brought(client, "https://badges.example.org/1").text


@pytest.mark.parametrize("address", ["https://127.0.0.1/x", "https://localhost/x", "https://laurel.test/other"])
def test_an_address_that_is_not_public_is_not_fetched(client, award, address):
    answer = brought(client, address)

    assert answer.status_code == 422
    assert "There is something to put right" in answer.text


def test_an_issuer_whose_keys_cannot_be_fetched_leaves_it_open(client, award, monkeypatch):
    def nothing(_self, _did):
        raise NotFetched("example.org did not answer as it should.")

    monkeypatch.setattr(sources.OurSources, "document", nothing)

    assert "could not be checked to the end" in brought(client, client.get(f"/badges/{award.id}.json").text).text


@pytest.mark.parametrize(
    "text",
    [
        "hello", "{", "{}", "[]", '{"a": 1, "a": 2}', '{"a": NaN}', "a.b.c", "..", "<svg/>", "<svg>", "{" * 5000,
        '{"@context": 5, "type": null}', "\ud800".encode("utf-8", "replace").decode(), "eyJhbGciOiJub25lIn0.e30.",
        '{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": {}, "issuer": [], "credentialSubject": 5}',
    ],
)  # fmt: skip
def test_anything_else_gets_a_calm_answer(client, award, text):
    answer = brought(client, text)

    assert answer.status_code == 200
    assert "This is not a valid badge" in answer.text


def test_nothing_at_all_is_asked_for_again(client, session):
    assert brought(client).status_code == 422
