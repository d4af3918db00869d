"""The way to a verified identity, as somebody walks it: pictures, a call, the wait room. Rules H-2, H-3."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from core import clock, strongroom
from freelancers.holds import HoldKind
from freelancers.identity import agents, booking, pictures, queue
from freelancers.identity.browsers import browser_in
from freelancers.identity.call_rules import SLOT
from freelancers.identity.meeting import OwnRooms, Side
from freelancers.identity.models import PictureKind
from tests.factories import make_freelancer, make_hold, make_user, sign_in
from tests.freelancers.identity.conftest import make_agent, send_pictures

GOOD = {"name": "ada byron", "four_corners": "y", "is_front": "y", "expires_on": "2099-01-01"}
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def ada(client, at):
    user = make_user(name="Ada Byron")
    freelancer = make_freelancer(user, timezone="Europe/Berlin")
    sign_in(client, user)
    return freelancer


@pytest.fixture
def agent(session, at):
    return make_agent(session, at)


@pytest.fixture
def ready(ada, at):
    send_pictures(ada, at)
    return ada


def picture(size=(1_200, 800), mode="RGB", kind="PNG"):
    made = BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else 128).save(made, kind)
    return made.getvalue()


def sent(client, content, to="/me/identity/document", **said):
    return client.post(to, data={"file": (BytesIO(content), "card.png"), **said})


def files(app):
    return set((app.extensions["laurel_settings"].instance / strongroom.ROOM).rglob("*"))


def later(at):
    clock.use(lambda: at)


def test_everything_wrong_is_told_at_once_a_mistyped_day_included_and_nothing_is_kept(client, ada):
    answer = sent(client, picture((500, 300), "L"), name="Eda Byron", expires_on="someday", action="send")

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
    assert pictures.pictures_of(ada.id) == {}


def test_an_empty_form_is_answered_like_any_other(client, ada):
    answer = client.post("/me/identity/document", data={"action": "send"})

    assert answer.status_code == 422
    assert "There is no file" in answer.text
    assert "The name on the document is missing" in answer.text
    assert client.post("/me/identity/picture", data={}).status_code == 422


def test_a_good_document_that_is_only_checked_is_told_so_and_not_kept(client, ada, app):
    before = files(app)
    answer = sent(client, picture(), **GOOD, action="check")

    assert answer.status_code == 200
    assert "Nothing is wrong with it" in answer.text
    assert files(app) == before


def test_a_good_document_that_is_sent_is_kept_and_can_be_taken_back_with_a_receipt(client, ada, app):
    assert sent(client, picture(), **GOOD, action="send").location == "/me/identity"
    assert pictures.pictures_of(ada.id)[PictureKind.DOCUMENT].valid_until.year == 2099
    assert "Take it back" in client.get("/me/identity").text
    client.post("/me/identity/document/remove")

    assert pictures.pictures_of(ada.id) == {}
    assert "you took it back" in client.get("/me/identity").text
    assert client.post("/me/identity/document/remove").status_code == 404


def test_what_is_sent_never_lies_on_disk_as_it_is(client, ada, monkeypatch):
    """A file of this size would be a temporary one while it is sent."""

    def refused(*_, **__):
        pytest.fail("it may be written to disk")

    monkeypatch.setattr("werkzeug.wrappers.request.default_stream_factory", refused)
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="card.png"\r\n\r\n'
    for place in ("document", "picture"):
        body = BytesIO(
            head + picture() + bytes(2_000_000) + b"\r\n--edge--\r\n"
        )  # the client itself would use the disk
        kind = "multipart/form-data; boundary=edge"
        assert client.post(f"/me/identity/{place}", input_stream=body, content_type=kind).status_code in (303, 422)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (picture((300, 900)), "too few to tell a face by"),
        (b"%PDF-1.7 x", "A PDF is no picture of a person"),
        (b"GIF89a", "an image of another kind"),
    ],
)
def test_a_picture_of_oneself_says_what_is_wrong_with_it(client, ada, content, words):
    answer = sent(client, content, "/me/identity/picture")

    assert answer.status_code == 422
    assert words in answer.text


def test_the_page_names_the_one_thing_to_do_next_and_the_last_day(client, ada, at):
    make_hold(ada)
    shown = client.get("/me/identity").text
    assert "9 March 2026, 09:00 UTC" in shown
    primary = re.compile(r'btn btn-primary"[^>]*>([^<]+)<')
    assert primary.findall(shown) == ["Send a picture of yourself"]
    send_pictures(ada, at, [PictureKind.REFERENCE])
    assert primary.findall(client.get("/me/identity").text) == ["Check or send your document"]
    send_pictures(ada, at, [PictureKind.DOCUMENT])
    assert primary.findall(client.get("/me/identity").text) == ["Come in now"]
    make_hold(ada, HoldKind.VERIFICATION_FAILED)
    assert "You can begin anew at any time" in client.get("/me/identity").text


def test_without_both_pictures_there_is_no_call_and_the_page_says_why(client, ada):
    answer = client.post("/me/identity/call")

    assert answer.status_code == 409
    assert "The agent needs a picture of your document and a picture of yourself" in answer.text


def test_the_wait_room_says_the_place_and_then_the_way_in(client, session, ready, agent, at):
    ahead = make_freelancer(make_user())
    send_pictures(ahead, at)
    booking.call_now(ahead, at - MINUTE)
    agents.add_shift(agent.id, at, at + HOUR, by=agent.id, at=at)
    assert client.post("/me/identity/call").location == "/me/identity/wait"
    shown = client.get("/me/identity/wait")
    assert "Place 2" in shown.text
    assert "1 person is before you" in shown.text
    assert shown.headers["Refresh"] == "15"
    later(at + MINUTE)
    queue.stay(booking.open_call_of(ahead.id).id, at + MINUTE)
    queue.take_next(agent.id, at + MINUTE)
    assert "You are next" in client.get("/me/identity/wait").text
    queue.take_next(make_agent(session, at).id, at + MINUTE)

    shown = client.get("/me/identity/wait").text
    [link] = re.findall(r'href="http://laurel.test(/meet/[^"]+)"', shown)
    room = client.get(link)
    assert room.status_code == 200
    assert "camera=(self)" in room.headers["Permissions-Policy"]
    assert client.post("/me/identity/call/cut-off").location == "/me/identity/wait"
    assert "You are next" in client.get("/me/identity/wait").text
    assert "The call is not on" in client.get(link).text


def test_nobody_there_is_said_with_when_somebody_is(client, ready, agent, at):
    agents.add_shift(agent.id, at + 3 * HOUR, at + 4 * HOUR, by=agent.id, at=at)
    client.post("/me/identity/call")

    assert "2 March 2026, 13:00 (Europe/Berlin; 12:00 UTC)" in client.get("/me/identity/wait").text


def test_a_time_is_booked_on_ones_own_clock_moved_once_and_called_off(client, ready, agent, at):
    agents.add_shift(agent.id, at + HOUR, at + HOUR + 4 * SLOT, by=agent.id, at=at)
    shown = client.get("/me/identity/times").text
    assert re.findall(r'name="time" value="([^"]+)"', shown)[0] == "2026-03-02T11:00:00+01:00"
    assert ">05:00<" in client.get("/me/identity/times?zone=America/New_York").text
    times = [(at + HOUR + n * SLOT).isoformat() for n in range(4)]
    assert client.post("/me/identity/times", data={"time": times[0]}).location == "/me/identity"
    assert "2 March 2026, 11:00 (Europe/Berlin; 10:00 UTC)" in client.get("/me/identity").text
    assert client.post("/me/identity/times", data={"time": times[1]}).status_code == 303
    answer = client.post("/me/identity/times", data={"time": times[2]})
    assert (answer.status_code, "moved once" in answer.text) == (409, True)
    assert client.post("/me/identity/call/off").status_code == 303
    assert client.post("/me/identity/call/off").status_code == 409
    for odd in ("", "tomorrow", "2026-03-02T11:00:00", "9999-12-31T23:59:59+00:00", (at - HOUR).isoformat()):
        assert client.post("/me/identity/times", data={"time": odd}).status_code == 409


def test_a_booked_call_goes_into_a_calendar_and_opens_ten_minutes_before(client, ready, agent, at):
    agents.add_shift(agent.id, at + HOUR, at + HOUR + SLOT, by=agent.id, at=at)
    client.post("/me/identity/times", data={"time": (at + HOUR).isoformat()})
    entry = client.get("/me/identity/call.ics")
    lines = entry.text.split("\r\n")
    assert entry.mimetype == "text/calendar"
    assert {"DTSTART:20260302T100000Z", "DTEND:20260302T101000Z", "URL:http://laurel.test/me/identity"} <= set(lines)
    assert max(map(len, lines)) <= 75
    client.post("/me/identity/call/in")
    assert client.get("/me/identity/wait").location == "/me/identity", "it is too early"
    later(at + HOUR - 9 * MINUTE)
    assert "Come in" in client.get("/me/identity").text
    client.post("/me/identity/call/in")

    assert "You are next" in client.get("/me/identity/wait").text


def test_a_room_opens_for_addresses_that_we_signed_alone(client, app, session, ready, agent, at):
    client.post("/me/identity/call")
    call = queue.take_next(agent.id, at)
    rooms = OwnRooms("", app.extensions["laurel_sealer"])
    of_agent, of_person = (rooms.link(call, side) for side in (Side.AGENT, Side.PERSON))
    assert client.get(of_agent.replace(".a.", ".p.")).status_code == 404
    assert client.get(of_agent[:-1] + ("A" if of_agent[-1] != "A" else "B")).status_code == 404
    assert client.post(f"{of_person}/letters", data={"letter": "mine", "to": "1"}).status_code == 409
    assert client.post(f"{of_agent}/letters", data={"letter": "1 offer"}).status_code == 204
    assert client.post(f"{of_person}/letters", data={"letter": "late", "to": "0"}).status_code == 409
    assert client.post(f"{of_person}/letters", data={"letter": "mine", "to": "1"}).status_code == 204

    assert client.get(f"{of_agent}/letters").json == {"is_on": True, "offer": "1 offer", "answer": "mine"}


AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) {} Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "found"),
    [
        (AGENT.format("Chrome/{}.0.0.0"), "Chrome"),
        (AGENT.format("Chrome/{0}.0.0.0") + " Edg/{0}.0.1", "Edge"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:1.0) Gecko/20100101 Firefox/{}.0", "Firefox"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}.1 Safari/605.1.15", "Safari"),
    ],
)
def test_a_browser_passes_in_its_current_version_and_the_two_before(at, user_agent, found):
    oldest = browser_in(user_agent.format(1), at.date()).oldest
    assert browser_in(user_agent.format(oldest), at.date()).name == found
    assert [browser_in(user_agent.format(oldest + n), at.date()).is_new_enough for n in (-1, 0, 2, 9)] == [
        False, True, True, True,
    ]  # fmt: skip


def test_a_browser_that_we_do_not_know_is_not_judged(client, ada, at):
    assert browser_in("curl/8", at.date()) is None
    assert "We do not know this one" in client.get("/me/identity/device", headers={"User-Agent": "curl/8"}).text
    old = client.get("/me/identity/device", headers={"User-Agent": AGENT.format("Chrome/90.0.0.0")})
    assert "Too old" in old.text
    assert "camera=(self)" in old.headers["Permissions-Policy"]
