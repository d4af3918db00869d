"""Pictures for a verification: readable nowhere, seen by the agent who has the call, gone after 30 days. Rule H-3."""

import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.timetable import TIMETABLE
from core import clock, strongroom
from core.audit import AuditEvent
from core.database import Model, transaction
from core.errors import NotFound
from core.outbox import OutboxMail
from core.strongroom import Locked, Unreadable
from freelancers.identity import pictures
from freelancers.identity.models import IdentityPicture, PictureKind
from freelancers.identity.pictures import BeingLookedAt
from tests.factories import make_user
from tests.freelancers.identity.conftest import (
    MARK,
    document,
    make_agent,
    make_call,
    send_pictures,
)

DAY = timedelta(days=1)
DOCUMENT = PictureKind.DOCUMENT


@pytest.fixture
def room(app):
    return app.extensions["laurel_settings"].instance / strongroom.ROOM


@pytest.fixture
def kept(session, at, person):
    return send_pictures(person, at)


@transaction()
def give(session, person, agent, at):
    """Let the agent have the person's call for a quarter of an hour."""
    return make_call(session, person, at, agent_id=agent.id, taken_at=at, held_until=at + timedelta(minutes=15))


@transaction()
def end(call, at, ending="verified"):
    call.ended_at, call.ending = at, ending
    pictures.keep_after_outcome(call.freelancer_id, at)


def files(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


def dump(session):
    """Return every row of every table as text: what a dump of the database holds."""
    session.rollback()
    rows = "SELECT coalesce(string_agg(t::text, '|'), '') FROM {} t"
    return "".join(session.scalar(sa.text(rows.format(table.name))) for table in Model.metadata.sorted_tables)


def run_job(name, at):
    clock.use(lambda: at)
    return next(each for each in TIMETABLE if each.name == name).run(lambda: False)


def events(session, action):
    return session.scalars(sa.select(AuditEvent).where(AuditEvent.action == action)).all()


def test_a_picture_can_be_read_in_no_dump_no_file_and_no_log(session, at, room, caplog, capfd, person, agent):
    caplog.set_level(logging.DEBUG)
    before, sent = files(room), send_pictures(person, at)
    give(session, person, agent, at)
    assert MARK in pictures.look_at(sent[DOCUMENT].id, by=agent.id, at=at)[1]

    assert len(files(room) - before) == 2
    assert not [path for path in files(room.parent) if MARK in path.read_bytes()]
    everything = dump(session)
    assert MARK.decode() not in everything
    assert MARK.hex() not in everything
    assert not [said for said in (caplog.text, *capfd.readouterr()) if MARK.decode() in said]


def test_an_agent_who_has_the_call_sees_it_and_each_look_is_in_the_log(session, at, person, agent, kept):
    give(session, person, agent, at)
    for _ in range(2):
        picture, content = pictures.look_at(kept[DOCUMENT].id, by=agent.id, at=at)

    assert (picture.kind, content) == ("document", document().content)
    assert [(event.actor_id, event.after["picture"]) for event in events(session, "identity.picture_seen")] == [
        (agent.id, "document")
    ] * 2


def test_for_all_others_it_is_not_there_and_no_look_is_noted(session, at, person, agent, kept):
    other, stranger = make_agent(session, at), make_user(password=None)
    call = give(session, person, agent, at)
    too_late = at + timedelta(minutes=16)
    for who, when in ((other.id, at), (stranger.id, at), (person.user_id, at), (agent.id, too_late)):
        with pytest.raises(NotFound):
            pictures.look_at(kept[DOCUMENT].id, by=who, at=when)
    end(call, at)
    with pytest.raises(NotFound):
        pictures.look_at(kept[DOCUMENT].id, by=agent.id, at=at)

    assert events(session, "identity.picture_seen") == []


@pytest.mark.parametrize("ending", ["verified", "failed"])
def test_thirty_days_after_the_outcome_file_and_key_are_gone_and_the_receipt_is_there(
    session, at, person, agent, kept, room, ending
):
    call, decided_at = give(session, person, agent, at), at + 2 * DAY
    lie = {room / row.stored_as[:2] / row.stored_as for row in kept.values()}
    end(call, decided_at, ending)

    assert run_job("erase", decided_at + 30 * DAY - timedelta(minutes=1)) == {"erased": 0}
    assert lie <= files(room)
    assert run_job("erase", decided_at + 30 * DAY + timedelta(hours=1)) == {"erased": 2}
    assert not lie & files(room)
    session.expire_all()
    for picture in kept.values():
        assert (picture.stored_as, picture.sealed_key, picture.valid_until) == (None, None, None)
    assert {receipt.erased_because for receipt in pictures.receipts_of(person.id)} == {"over"}
    [mail] = session.scalars(sa.select(OutboxMail).where(OutboxMail.template == "identity_erased"))
    assert {each["id"] for each in mail.context["pictures"]} == {str(picture.id) for picture in kept.values()}
    assert len(events(session, "identity.picture_erased")) == 2


def test_what_no_call_came_of_goes_after_thirty_days_too_but_not_while_a_call_waits(session, at, person, kept):
    late = at + 31 * DAY
    call = make_call(session, person, at, here_at=at)
    assert run_job("erase", late) == {"erased": 0}
    end(call, late, "left")
    session.query(IdentityPicture).update({"erase_at": late})
    session.commit()

    assert run_job("erase", late) == {"erased": 2}
    assert {receipt.erased_because for receipt in pictures.receipts_of(person.id)} == {"unused"}


def test_another_picture_takes_the_place_of_the_first_and_one_taken_back_is_gone(session, at, person, kept, room):
    first = kept[DOCUMENT].stored_as
    pictures.send(person.id, DOCUMENT, document(), None, by=person.user_id, at=at)
    assert not (room / first[:2] / first).exists()
    pictures.take_back(person.id, DOCUMENT, at)

    assert set(pictures.pictures_of(person.id)) == {PictureKind.REFERENCE}
    assert sorted(each.erased_because for each in pictures.receipts_of(person.id)) == ["replaced", "taken_back"]
    with pytest.raises(NotFound):
        pictures.take_back(person.id, DOCUMENT, at)


def test_while_an_agent_has_the_call_nothing_is_replaced_or_taken_back(session, at, person, agent, kept):
    give(session, person, agent, at)
    with pytest.raises(BeingLookedAt):
        pictures.send(person.id, DOCUMENT, document(), None, by=person.user_id, at=at)
    with pytest.raises(BeingLookedAt):
        pictures.take_back(person.id, DOCUMENT, at)

    assert len(pictures.pictures_of(person.id)) == 2


def test_a_file_that_no_row_names_is_swept_and_others_stay(session, at, kept, room):
    orphan = strongroom.lock(b"left behind")
    assert pictures.sweep(clock._system() - DAY) == 0, "a transaction may be under way"

    assert pictures.sweep(clock._system() + DAY) >= 1
    assert not (room / orphan.stored_as[:2] / orphan.stored_as).exists()
    assert all((room / each.stored_as[:2] / each.stored_as).exists() for each in kept.values())


def test_a_damaged_file_and_another_files_key_open_nothing(session, at, kept, room):
    document_, reference = kept.values()
    swapped = Locked(document_.stored_as, reference.sealed_key)
    with pytest.raises(Unreadable):
        strongroom.unlock(swapped)
    path = room / document_.stored_as[:2] / document_.stored_as
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Unreadable):
        strongroom.unlock(Locked(document_.stored_as, document_.sealed_key))
