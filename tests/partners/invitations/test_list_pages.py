"""The console's pages of lists: bring in, look, write the letter, send, hold, stop. Rules I-5, X-4."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from core import clock
from core.outbox import HELD, OutboxMail
from partners.invitations import reading
from partners.invitations.models import InvitationList, Letter
from partners.models import Invitation
from partners.states import InvitationState
from tests.factories import sign_in

CSV = b"Name,Email,City\nAda Byron,ada@example.org,London\nBob,bob@example.org,Paris\nEve,oops,Rome\n"


@pytest.fixture
def console(client, partner, admin):
    sign_in(client, admin)
    client.at = f"/console/{partner.slug}/invitations"
    return client


def bring(console, file=None, **form):
    data = form | ({"file": (BytesIO(file), "experts.csv")} if file else {})
    return console.post(f"{console.at}/lists", data=data)


def the_list(session):
    return session.scalars(sa.select(InvitationList).execution_options(populate_existing=True)).one()


def test_a_file_is_shown_row_by_row_and_sent_once(console, session, mails, at):
    brought = bring(console, CSV, message="Come!")
    shown = console.get(brought.location).text

    assert brought.status_code == 303
    assert "Nothing has been sent yet." in shown
    assert "<strong>2 mails</strong> will go out" in shown
    assert "1 row is left out" in shown
    assert "Write it as ada@example.org." in shown
    assert mails() == []
    sent = console.post(f"{brought.location}/send", follow_redirects=True)
    assert "2 invitations are on the way." in sent.text
    assert console.post(f"{brought.location}/send").status_code == 409
    assert len(mails("invitation")) == 2


def test_rows_are_filtered_by_what_they_do_and_paged(console, at):
    lines = [f"p{number}@x.org" for number in range(120)] + ["oops"] * 3
    address = bring(console, addresses="\n".join(lines)).location
    first = console.get(address)
    following = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    assert first.text.count('data-label="Line"') == 50
    assert console.get(following).text.count('data-label="Line"') == 50
    bad = console.get(f"{address}?outcome=bad_address").text
    assert bad.count('data-label="Line"') == 3
    assert "122" in bad
    assert console.get(f"{address}?outcome=nonsense&cursor=nonsense").status_code == 422


def test_the_guess_of_the_columns_is_shown_and_corrected(console, session, at):
    address = bring(console, b"Work,Private\nada@x.org,ada@home.org\n").location
    shown = console.get(address).text

    assert shown.index('value="email" selected') < shown.index("Private")
    console.post(f"{address}/columns", data={"role": ["", "email"], "titles": "on"})
    assert "ada@home.org" in console.get(address).text.split('id="rows"')[1]
    assert console.post(f"{address}/columns", data={"role": ["", ""]}).status_code == 422


@pytest.mark.parametrize(
    ("file", "form", "words"),
    [
        (None, {"addresses": ""}, "Write at least one address"),
        (None, {"addresses": " \n,;\n"}, "no address in this"),
        (None, {"addresses": "a@x.org", "message": "x" * 2001}, "At most 2,000 characters."),
        ("Name,Email\nJosé,j@x.org".encode("latin-1"), {}, "line 2 holds the byte 0xE9"),
        (b"PK\x03\x04" + b"\x00" * 100, {}, "workbook"),
        (b"Email\n" + b"".join(b"p%d@x.co\n" % number for number in range(41)), {}, "more than 40 rows"),
    ],
)
def test_a_list_that_cannot_be_taken_comes_back(console, session, mails, at, file, form, words, monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 40)
    page = bring(console, file, **form)

    assert page.status_code == 422
    assert words in page.text
    assert session.scalars(sa.select(InvitationList)).all() == []
    assert mails() == []


def test_markup_in_a_list_is_text(console, at):
    address = bring(console, addresses="<script>alert(1)</script>\n<b>Ada</b> <ada@x.org>").location

    assert "<script>alert" not in console.get(address).text
    assert "<b>Ada" not in console.get(address).text


def test_a_letter_is_written_looked_at_tried_kept_and_sent(console, session, admin, mails, at):
    address = bring(console, CSV).location
    letter = {"subject": "{first_name|You}, join {partner}", "body": "Dear {name|friend},\n\ncome to {badge}.",
              "message": "", "per_hour": "0", "reminds": "y", "name": "Spring"}  # fmt: skip
    console.post(f"{address}/letter", data=letter | {"action": "look"})
    seen = console.get(f"{address}/letter").text

    assert "Ada, join Northwind" in seen
    assert "Dear Ada Byron," in seen
    assert "Bob, join Northwind" in console.get(f"{address}/letter?place=2").text
    console.post(f"{address}/letter", data=letter | {"action": "test"})
    assert [mail.to_address for mail in mails("invitation")] == [admin.email]
    kept = session.scalars(sa.select(Letter)).one()
    assert (kept.name, kept.body) == ("Spring", letter["body"])
    assert "Dear {name|friend}" in console.get(f"{address}/letter?letter={kept.id}").text
    console.post(f"{address}/send")
    assert mails("invitation")[-1].words()["body"] == letter["body"]


@pytest.mark.parametrize("body", ["Hello {nobody}", "Hello {name", "Hello {}"])
def test_a_place_that_cannot_be_filled_is_named_before_anything_is_sent(console, mails, at, body):
    address = bring(console, CSV).location
    page = console.post(f"{address}/letter", data={"body": body, "per_hour": "0", "action": "test"})

    assert page.status_code == 422
    assert "{name}" in page.text or "brace" in page.text
    assert mails() == []


def test_a_pace_lets_mails_leave_one_after_the_other_and_the_page_says_when_it_ends(console, session, mails, at):
    address = bring(console, CSV).location
    console.post(f"{address}/letter", data={"per_hour": "100"})
    console.post(f"{address}/send")
    due = [mail.due_at for mail in mails("invitation")]
    sent = session.scalars(sa.select(Invitation).order_by(Invitation.sent_at)).all()

    assert due == [at, at + timedelta(seconds=36)]
    assert [each.state(at) for each in sent] == [InvitationState.SENT, InvitationState.DRAFT]
    assert "2 mails wait to leave; the last one probably leaves on 2 March 2026, 09:00 UTC" in console.get(address).text
    assert "Waiting to be sent" in console.get(console.at).text


def test_held_nothing_is_due_and_let_go_it_goes_on_at_its_pace(console, session, mails, at):
    address = bring(console, CSV).location
    console.post(f"{address}/letter", data={"per_hour": "100"})
    console.post(f"{address}/send")
    mails("invitation")[0].sent_at = at
    session.commit()
    held = console.post(f"{address}/pause", follow_redirects=True)

    assert "Held since" in held.text
    assert [mail.due_at for mail in mails("invitation")] == [at, HELD]
    assert console.post(f"{address}/pause").status_code == 409
    later = at + timedelta(days=2)
    clock.use(lambda: later)
    console.post(f"{address}/resume")
    assert mails("invitation")[1].due_at == later
    bob = session.scalars(sa.select(Invitation).where(Invitation.email == "bob@example.org")).one()
    assert (bob.sent_at, bob.expires_at) == (later, later + timedelta(days=30))


def test_stopped_what_has_not_left_is_withdrawn_and_what_left_stays(console, session, mails, at):
    address = bring(console, CSV).location
    console.post(f"{address}/send")
    mails("invitation")[0].sent_at = at
    session.commit()
    stopped = console.post(f"{address}/stop", follow_redirects=True)
    states = {each.email: each.state(at) for each in session.scalars(sa.select(Invitation))}

    assert "1 invitation was withdrawn" in stopped.text
    assert states == {"ada@example.org": InvitationState.SENT, "bob@example.org": InvitationState.WITHDRAWN}
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 1
    for verb in ("pause", "resume", "stop"):
        assert console.post(f"{address}/{verb}").status_code == 409


def test_withdrawing_one_calls_its_mail_off(console, session, mails, at):
    console.post(f"{bring(console, CSV).location}/send")
    ada = session.scalars(sa.select(Invitation).where(Invitation.email == "ada@example.org")).one()
    console.post(f"{console.at}/{ada.id}/withdraw")

    assert [mail.to_address for mail in mails("invitation")] == ["bob@example.org"]


def test_a_list_is_forgotten(console, session, at):
    address = bring(console, CSV).location

    assert "Nothing was sent" in console.post(f"{address}/drop", follow_redirects=True).text
    assert console.get(address).status_code == 404
