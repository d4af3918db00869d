"""Ten marks of a person, planted wherever Laurel keeps something: all in the copy, none left once they left. X-3."""

import io
import json
import shutil
import zipfile

import psycopg
import pytest
import sqlalchemy as sa
from flask import render_template

from accounts.models import User
from app.mail import deliver_due
from badges.models import Award
from core import audit, database
from core.database import Model, transaction
from core.outbox import enqueue
from core.uploads import Accepted, FileKind
from directory.models import Removal
from directory.services import answer_decision, remove_from_directory
from freelancers.holds import HoldKind
from freelancers.models import Freelancer
from freelancers.services import place_hold, register_newcomer
from partners.files import add
from partners.interest import show_interest
from partners.invitation_queries import known
from partners.invitations import lists
from partners.invitations.models import InvitationList
from partners.review.models import Note
from partners.rules import Outcome, outcome
from privacy.exporting import copy_of, packed
from privacy.leaving import GoneAlready, leave
from tests.factories import (
    PASSWORD,
    make_application,
    make_award,
    make_expert,
    make_freelancer,
    make_invitation,
    make_partner,
    make_user,
    sign_in,
)

NAME, EMAIL, KEY = "Mark-One Quillfeather", "mark-two@quillfeather.example", "mark-three-key"
#: Where each stands is said in `planted`.
READ = (
    *(NAME, EMAIL, KEY, "mark-four-title", "mark-five-answer", "mark-six-file", "mark-seven-hold", "mark-eight-note"),
    *("mark-nine-mail", "mark-ten-reply"),
)
#: What they do not read of themselves (R-2), and what is gone nevertheless.
UNREAD = ("mark-eleven-noted",)


@pytest.fixture
def planted(northwind, session, settings, at):
    """Somebody with a badge, an application with a file, a hold, a wish, letters, and a past in the log."""
    for kept in ("mail", "files"):
        shutil.rmtree(settings.instance / kept, ignore_errors=True)
    user = make_user(name=NAME, email=EMAIL)
    person = make_freelancer(user, marketplace_id=KEY, title=READ[3], profile={"portfolio": [{"title": READ[3]}]})
    invitation, _ = make_invitation(northwind, EMAIL, name=NAME, freelancer_id=person.id, accepted_at=at)
    award = make_award(northwind, person)
    application = make_application(
        northwind, person, answers={"why": READ[4]}, invitation_id=invitation.id, award_id=award.id, selected_at=at
    )
    with_file = transaction()(add)
    with_file(application.id, "proof", Accepted(FileKind.PDF, "mark-six-file.pdf", b"%PDF-1.4 mark-six-file"), at)
    remove_from_directory(award.id, "For a while.", by=None, at=at)
    removal = session.scalar(sa.select(Removal.id))
    answer_decision(award.id, "removal", removal, READ[9], by=user.id, at=at)
    other = make_partner("Southwind")
    show_interest(person.id, other.id, READ[7], at)
    place_hold(person.id, HoldKind.AWAITING_VERIFICATION, READ[6], by=None, at=at)
    _note(application, at)
    transaction()(enqueue)("password_changed", EMAIL, {"name": READ[8], "email": EMAIL}, key="a mail", at=at)
    transaction()(audit.record)("partner.noted", "partner", other.id, by=None, at=at, after={"who": NAME, "at": EMAIL})
    deliver_due(lambda: at)
    session.expire_all()
    return person


@transaction()
def _note(application, at):
    author = make_user(name="Pat Partner")
    database.session.add(Note(application_id=application.id, author_id=author.id, text=UNREAD[0], at=at))


def dump(database_url):
    """Return every table as PostgreSQL copies it out, as one text."""
    plain = database_url.replace("+psycopg", "")
    with psycopg.connect(plain) as connection, connection.cursor() as cursor:
        said = []
        for table in Model.metadata.sorted_tables:
            with cursor.copy(f"COPY {table.name} TO STDOUT") as copy:
                said.extend(f"{table.name}: {bytes(block).decode()}" for block in copy)
    return "".join(said)


def export(freelancer_id, at):
    copy = copy_of(freelancer_id, at)
    return packed(copy, render_template("privacy/export.html", copy=copy))


def on_disk(settings):
    return b"".join(path.read_bytes() for path in settings.instance.rglob("*") if path.is_file()).decode(
        errors="replace"
    )


def test_the_marks_are_there_to_begin_with(planted, database_url, settings):
    everywhere = dump(database_url) + on_disk(settings)

    assert len(list(settings.mail_folder.glob("*.eml"))) >= 2
    assert [mark for mark in (*READ, *UNREAD) if mark not in everywhere] == []


def test_the_copy_has_all_that_is_held_and_nothing_that_a_team_notes(planted, at):
    with zipfile.ZipFile(io.BytesIO(export(planted.id, at))) as folder:
        for_programs, to_read = (folder.read(name).decode() for name in ("about-you.json", "about-you.html"))
        files = [folder.read(name) for name in folder.namelist() if name.startswith("files/")]

    assert [mark for mark in READ if mark not in for_programs] == []
    assert [mark for mark in READ if mark not in to_read] == []
    assert files == [b"%PDF-1.4 mark-six-file"]
    assert not any(mark in for_programs + to_read for mark in UNREAD)
    assert json.loads(for_programs)["freelancers"][0]["name"] == NAME
    assert "password_hash" not in for_programs
    assert "token_hash" not in for_programs


def test_the_copy_tells_nothing_of_a_decision_before_it_is_told(northwind, at, session):
    """Rule R-2: under consideration reads the same before and after a not-now."""
    copies = []
    for kept_at in (None, at):
        person = make_freelancer(make_user(name="Ada"))
        make_application(northwind, person, kept_at=kept_at, reviewed_at=kept_at)
        with zipfile.ZipFile(io.BytesIO(export(person.id, at))) as folder:
            copies.append(json.loads(folder.read("about-you.json"))["applications"][0])

    assert copies[0].keys() == copies[1].keys()


def test_none_is_left_after_leaving(planted, database_url, settings, at, caplog, capfd):
    leave(planted.id, by=planted.user_id, at=at)

    places = [*dump(database_url).splitlines(), on_disk(settings), caplog.text, *capfd.readouterr()]
    assert [place for place in places if any(mark.lower() in place.lower() for mark in (*READ, *UNREAD))] == []


def test_an_anonymous_record_of_the_badge_stays(planted, session, client, at):
    award = session.scalar(sa.select(Award).where(Award.freelancer_id == planted.id))

    leave(planted.id, by=planted.user_id, at=at)

    page = client.get(f"/badges/{award.id}")
    assert page.status_code == 200
    assert "revoked" in page.text
    assert NAME not in page.text
    assert NAME not in client.get(f"/badges/{award.id}.json").text


def test_who_did_what_and_when_stays_in_the_log(planted, session, at):
    before = session.execute(sa.select(audit.AuditEvent.id, audit.AuditEvent.action, audit.AuditEvent.actor_id)).all()

    leave(planted.id, by=planted.user_id, at=at)

    after = session.execute(sa.select(audit.AuditEvent.id, audit.AuditEvent.action, audit.AuditEvent.actor_id)).all()
    assert set(before) < set(after)


@pytest.mark.parametrize(
    "change", ["reason = 'another'", "action = 'a.lie', before = '{}', after = '{}', reason = NULL"]
)
def test_the_log_can_be_blanked_and_changed_in_no_other_way(session, at, change):
    transaction()(audit.record)("hold.placed", "hold", make_user().id, by=None, at=at, after={"a": 1}, reason="why")

    with pytest.raises(sa.exc.DatabaseError, match="X-2"):
        session.execute(sa.text(f"UPDATE audit_events SET {change}"))
    session.rollback()
    with pytest.raises(sa.exc.DatabaseError, match="X-2"):
        session.execute(sa.text("DELETE FROM audit_events"))
    session.rollback()


def test_others_keep_everything(planted, session, at):
    other = make_expert(title="Somebody else")

    leave(planted.id, by=planted.user_id, at=at)

    session.expire_all()
    assert session.get(Award, other.id).closed_at is None
    assert session.get(Freelancer, other.freelancer_id).title == "Somebody else"


def test_nobody_leaves_twice(planted, at):
    leave(planted.id, by=planted.user_id, at=at)

    with pytest.raises(GoneAlready):
        leave(planted.id, by=planted.user_id, at=at)


def test_no_feed_brings_them_back(planted, feed, session, at):
    leave(planted.id, by=planted.user_id, at=at)

    feed(
        {"marketplace_id": KEY, "name": NAME, "email": "new@quillfeather.example"},
        {"marketplace_id": "another", "name": NAME, "email": EMAIL.upper()},
        {"marketplace_id": "m-new", "name": "Somebody new"},
    )

    keys = session.scalars(sa.select(Freelancer.marketplace_id)).all()
    assert "m-new" in keys
    assert KEY not in keys
    assert "another" not in keys


def test_no_partner_invites_them_again_until_they_come_back_by_themselves(planted, northwind, feed, session, at):
    leave(planted.id, by=planted.user_id, at=at)
    session.expire_all()

    assert outcome(known(northwind.programme, [EMAIL], at)[EMAIL]) is Outcome.OPTED_OUT

    back = make_user(name=NAME, email=EMAIL)
    register_newcomer(NAME, EMAIL, back.id, at=at)
    feed({"marketplace_id": KEY, "name": NAME, "email": EMAIL})

    assert outcome(known(northwind.programme, [EMAIL], at)[EMAIL]) is not Outcome.OPTED_OUT
    assert session.scalar(sa.select(Freelancer.user_id).where(Freelancer.marketplace_id == KEY)) == back.id


def test_a_list_that_waits_forgets_them_and_keeps_everybody_else(northwind, session, at):
    person = make_freelancer(make_user(name=NAME, email=EMAIL))
    text = f"name,email\n{NAME},{EMAIL}\nGrace,grace@example.org\n"
    waiting = lists.bring(northwind.programme, text.encode(), "list.csv", None, by=None, at=at)

    leave(person.id, by=person.user_id, at=at)

    session.expire_all()
    kept = session.scalar(sa.select(InvitationList.content).where(InvitationList.id == waiting.id))
    assert kept == b"name,email\nGrace,grace@example.org\n"


def test_leaving_needs_the_password_and_signs_out(planted, session, client, at):
    session.execute(sa.text("DELETE FROM holds"))
    session.commit()
    sign_in(client, session.get_one(User, planted.user_id))
    assert client.get("/me/account/export").mimetype == "application/zip"

    wrong = client.post("/me/account/leave", data={"password": "not mine"})
    assert wrong.status_code in (401, 422)
    assert "not your password" in wrong.text

    left = client.post("/me/account/leave", data={"password": PASSWORD})
    assert left.status_code == 303
    assert "You have left" in client.get(left.location).text
    assert client.get("/me").status_code in (302, 303)
    assert session.scalar(sa.select(Freelancer.name).where(Freelancer.id == planted.id)) == "Somebody who left"
