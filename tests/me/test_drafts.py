"""An application while it is answered: saved as it is typed, with its files, on several devices. Rules R-1, X-1."""

from io import BytesIO

import pytest

from core.uploads import FILE_MAX_BYTES
from partners import form_building
from partners.application_queries import files_of
from partners.models import Application
from tests.core.test_uploads import PLAIN, image, pdf
from tests.factories import make_application, make_freelancer, make_member, make_partner, make_user, sign_in

STEPS = (
    {"key": "why", "kind": "question", "prompt": "What have you built?", "hint": "", "required": True},
    {"key": "cert", "kind": "certificate", "prompt": "Our certificate", "hint": "", "required": True},
    {"key": "letter", "kind": "file", "prompt": "A letter", "hint": "", "required": True},
)
HELD = {"name": "Builder", "number": "N-1", "url": "https://n.example/1", "issued_on": "2025-01-02", "issuer": "N"}
FULL = {"answer-why": "A warehouse.", "answer-cert-name": "Builder"}


@pytest.fixture
def ada(client, at):
    user = make_user()
    freelancer = make_freelancer(user, profile={"certificates": [HELD, {"name": "Second"}]})
    sign_in(client, user)
    return freelancer


@pytest.fixture
def partner(session, at):
    return make_partner("Contoso", steps=STEPS)


@pytest.fixture
def draft(ada, partner):
    return make_application(partner, ada, submitted=False, answers={})


@pytest.fixture
def save(client, draft):
    """Save while typing, as the page's script does."""

    def post(**form):
        data = {name.replace("__", "-"): value for name, value in form.items()}
        headers = {"Accept": "application/json"}
        return client.post(f"/me/applications/{draft.id}/draft", data=data, headers=headers)

    return post


def address(application):
    return f"/me/applications/{application.id}"


def stored(session, application):
    session.expire_all()
    return session.get(Application, application.id)


def a_file(content=None, name="letter.pdf"):
    return (BytesIO(pdf(PLAIN) if content is None else content), name)


def sent_whole(client, path, content):
    """Send a file made in memory: the client would spool a large one to a file."""
    head = b'--edge\r\nContent-Disposition: form-data; name="answer-letter"; filename="letter.pdf"\r\n\r\n'
    body = BytesIO(head + content + b"\r\n--edge--\r\n")
    headers = {"Accept": "application/json"} if path.endswith("/draft") else {}
    return client.post(path, input_stream=body, content_type="multipart/form-data; boundary=edge", headers=headers)


# While typing


def test_each_change_is_saved_and_says_what_is_left(session, draft, save):
    said = save(answer__why="A ware", version="0").json

    assert (said["version"], said["saved"], said["problems"]) == (1, "Saved at 09:00 UTC", {})
    assert [each["id"] for each in said["left"]] == ["answer-cert-name", "answer-letter"]
    assert said["left"][0]["label"] == "Our certificate: Name of the certificate"
    assert stored(session, draft).answers == {"why": "A ware"}
    assert save(answer__why="A ware", version="1").json["version"] == 1


def test_what_cannot_be_kept_is_told_and_the_rest_is_kept(session, draft, save):
    save(answer__why="A warehouse.", answer__cert__link="https://n.example/1")
    said = save(answer__why="Two.", answer__cert__link="no link", answer__cert__number="N-1").json

    assert list(said["problems"]) == ["answer-cert-link"]
    assert stored(session, draft).answers == {"why": "Two.", "cert": {"link": "https://n.example/1", "number": "N-1"}}


def test_another_device_is_not_overwritten(session, draft, save):
    save(answer__why="From the phone.", version="0")
    refused = save(answer__why="From the desk.", version="0")

    assert refused.status_code == 409
    assert "on another device" in refused.json["detail"]
    assert stored(session, draft).answers == {"why": "From the phone."}


def test_both_are_shown_and_the_person_decides(client, session, draft, save):
    save(answer__why="From the phone.", version="0")
    page = client.post(address(draft), data={"action": "save", "answer-why": "From the desk.", "version": "0"})

    assert page.status_code == 409
    assert "From the phone." in page.text
    assert "From the desk." in page.text
    assert 'name="version" value="1"' in page.text
    client.post(address(draft), data={"action": "save", "answer-why": "From the desk.", "version": "1"})
    assert stored(session, draft).answers == {"why": "From the desk."}


def test_two_windows_of_an_application_that_was_sent_do_not_overwrite_either(client, session, draft):
    client.post(address(draft), data={"action": "send", **FULL, "answer-letter": a_file(), "version": "0"})
    assert stored(session, draft).submitted_at is not None
    client.post(address(draft), data={**FULL, "answer-why": "Two.", "version": "1"})
    page = client.post(address(draft), data={**FULL, "answer-why": "Three.", "version": "1"})

    assert page.status_code == 409
    assert stored(session, draft).answers["why"] == "Two."


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "१"])
def test_a_version_that_is_none_is_as_good_as_none(session, draft, save, version):
    assert save(answer__why="A.", version=version).status_code == 200


def test_an_application_that_was_sent_is_not_changed_while_typing(client, session, draft, save):
    client.post(address(draft), data={"action": "send", **FULL, "answer-letter": a_file()})

    assert save(answer__why="Half a").status_code == 409
    assert stored(session, draft).answers["why"] == "A warehouse."


def test_it_goes_on_where_another_device_left_off(client, draft, save):
    save(answer__why="From the phone.")
    page = client.get(address(draft)).text

    assert "From the phone." in page
    assert ">2 March 2026, 09:00 UTC</time></span>, not sent yet" in page
    assert "draft.js" in page
    assert "Save draft" in page


def test_what_is_typed_to_a_step_that_goes_meanwhile_is_kept(client, session, partner, draft, save, at):
    form_building.remove_step(partner.programme.id, "why", by=None, at=at)
    save(answer__why="I was just typing.", answer__cert__name="Builder")

    assert stored(session, draft).answers["why"] == "I was just typing."
    page = client.get(address(draft)).text
    assert "What Contoso no longer asks" in page
    assert "I was just typing." in page


def test_somebody_elses_draft_is_not_there(client, draft):
    sign_in(client, make_freelancer(other := make_user()) and other)

    assert client.post(f"{address(draft)}/draft", data={"answer-why": "Mine."}).status_code == 404


# Files


def test_a_file_is_kept_also_where_something_else_is_wrong(client, session, draft):
    data = {"action": "send", "answer-cert-link": "no link", "answer-letter": a_file()}
    page = client.post(address(draft), data=data)

    assert page.status_code == 422
    assert list(files_of(draft.id)) == ["letter"]
    assert "letter.pdf" in page.text
    assert 'id="answer-letter-error"' not in page.text


def test_a_file_is_saved_while_typing(client, draft, save):
    said = save(answer__letter=a_file(image(), "scan.pdf"), version="0").json

    assert said["files"]["answer-letter"]["name"] == "scan.png"
    assert client.get(said["files"]["answer-letter"]["url"]).headers["Content-Type"] == "image/png"


def test_a_file_is_removed_and_replaced(client, draft, save):
    save(answer__letter=a_file())
    client.post(address(draft), data={"action": "save", "without-letter": "y"})
    assert files_of(draft.id) == {}
    client.post(address(draft), data={"action": "save", "without-letter": "y", "answer-letter": a_file(name="new.pdf")})
    assert files_of(draft.id)["letter"].name == "new.pdf"


@pytest.mark.parametrize(("content", "said"), [(b"", "empty"), (b"MZ\x90", "program"), (pdf(PLAIN)[:40], "cut off")])
def test_a_file_that_is_refused_is_told_at_its_field(client, draft, save, content, said):
    assert said in save(answer__letter=a_file(content)).json["problems"]["answer-letter"]
    page = client.post(address(draft), data={"action": "save", "answer-letter": a_file(content)})

    assert page.status_code == 422
    assert 'id="answer-letter-error"' in page.text
    assert files_of(draft.id) == {}


def test_a_file_that_is_too_large_is_told_with_what_fits(client, draft):
    said = sent_whole(client, f"{address(draft)}/draft", b"%PDF" + b"x" * FILE_MAX_BYTES).json

    assert "at most 5 MB fit" in said["problems"]["answer-letter"]


def test_more_than_a_request_may_hold_is_told_with_what_to_do(client, draft):
    page = sent_whole(client, address(draft), b"x" * 8_100_000)

    assert page.status_code == 413
    assert "one by one" in page.text


def test_a_change_of_what_was_sent_asks_for_the_file_again_where_it_is_refused(client, draft):
    client.post(address(draft), data={"action": "send", **FULL, "answer-letter": a_file()})
    page = client.post(address(draft), data={**FULL, "answer-why": "", "answer-letter": a_file(name="new.pdf")})

    assert page.status_code == 422
    assert "choose the file again" in page.text
    assert files_of(draft.id)["letter"].name == "letter.pdf"


# What stands on the profile


def test_a_certificate_of_the_profile_is_offered_and_not_asked_again(client, session, draft):
    page = client.get(address(draft)).text
    assert "Use Builder, N-1" in page
    assert "Use Second" in page
    answer = client.post(address(draft), data={"take": "cert:0", "answer-why": "Typed.", "version": "0"})

    assert answer.location.endswith("#step-cert")
    assert stored(session, draft).answers == {
        "why": "Typed.",
        "cert": {"name": "Builder", "number": "N-1", "link": "https://n.example/1", "issued_on": "2025-01-02"},
    }
    page = client.get(address(draft)).text
    assert "On your profile already" not in page
    client.post(address(draft), data={"answer-cert-number": "", "action": "save", "version": "1"})
    assert "Use Builder, N-1" in client.get(address(draft)).text


def test_of_what_was_sent_it_is_filled_in_and_waits_to_be_sent(client, session, draft):
    client.post(address(draft), data={"action": "send", **FULL, "answer-letter": a_file()})
    page = client.post(address(draft), data={**FULL, "take": "cert:1"})

    assert page.status_code == 200
    assert 'value="Second"' in page.text
    assert "not sent yet" in page.text
    assert stored(session, draft).answers["cert"] == {"name": "Builder"}


@pytest.mark.parametrize("take", ["cert:9", "why:0", "x", "cert:-1"])
def test_what_is_not_on_the_profile_cannot_be_taken(client, session, draft, take):
    assert client.post(address(draft), data={"take": take}).status_code == 409
    assert stored(session, draft).answers == {}


def test_a_partner_sees_none_of_a_draft(client, session, partner, draft, save):
    save(answer__why="Half a")
    sign_in(client, make_member(partner))

    assert client.get(f"/console/{partner.slug}/applications/{draft.id}").status_code == 404
