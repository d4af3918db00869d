"""The files of applications: kept with the answers, seen by those who may, gone with both. Rules R-1, R-4, X-3, X-4."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from accounts.models import User
from core import vault
from core.database import session as database
from core.database import transaction
from core.uploads import Accepted, FileKind
from partners import files, form_building
from partners.application_queries import files_of
from partners.applying import Change, ChangedElsewhere, save_draft, submit, withdraw_application
from partners.form_queries import answered_counts
from partners.models import Application, ApplicationFile
from partners.steps import AnswersRefused, answered
from tests.factories import QUESTION, make_application, make_freelancer, make_member, make_partner, make_user, sign_in

LETTER = {"key": "letter", "kind": "file", "prompt": "A letter", "hint": "", "required": True}
CERTIFICATE = {"key": "cert", "kind": "certificate", "prompt": "Your certificate", "hint": "", "required": False}
ANSWERS = {"why": "A warehouse."}
DEVICES = 12
PDF = Accepted(FileKind.PDF, "letter.pdf", b"%PDF-1.7 one")
OTHER = Accepted(FileKind.PNG, "other.png", b"\x89PNG two")


@pytest.fixture
def partner(session, at):
    return make_partner(steps=[QUESTION, LETTER, CERTIFICATE])


@pytest.fixture
def draft(partner, ada):
    return make_application(partner, ada, submitted=False, answers={})


def on_disk(app):
    return {path.name for path in (app.extensions["laurel_settings"].instance / "files").glob("*/*")}


@pytest.fixture(autouse=True)
def an_empty_vault(app, session):
    for name in on_disk(app):
        vault.erase([name])


def stored(session, application):
    session.expire_all()
    return session.get(Application, application.id)


def test_a_file_is_kept_with_what_is_known_of_it(app, session, draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}))
    (file,) = files_of(draft.id).values()

    assert (file.name, file.kind, file.size_bytes, file.uploaded_at) == ("letter.pdf", "pdf", 12, at)
    assert files.content_of(file) == PDF.content
    assert on_disk(app) == {file.stored_as}
    assert "letter" not in file.stored_as


def test_nobody_else_on_the_machine_reads_it(app, draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}))
    (path,) = (app.extensions["laurel_settings"].instance / "files").glob("*/*")

    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_file_that_is_replaced_or_removed_is_gone_from_the_disk(app, draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF, "cert": PDF}))
    save_draft(draft.id, ANSWERS, at, Change({"letter": OTHER}))
    assert {key: file.name for key, file in files_of(draft.id).items()} == {"letter": "other.png", "cert": "letter.pdf"}
    save_draft(draft.id, ANSWERS, at, Change(without=frozenset({"cert", "why"})))

    assert on_disk(app) == {file.stored_as for file in files_of(draft.id).values()}
    assert len(on_disk(app)) == 1


def test_sending_needs_the_file_that_is_required(session, draft, at):
    with pytest.raises(AnswersRefused) as refused:
        submit(draft.id, ANSWERS, at)
    assert [problem.name for problem in refused.value.problems] == ["letter"]

    submit(draft.id, ANSWERS, at, Change({"letter": PDF}))
    assert stored(session, draft).submitted_at == at
    with pytest.raises(AnswersRefused):
        submit(draft.id, ANSWERS, at, Change(without=frozenset({"letter"})))
    assert list(files_of(draft.id)) == ["letter"]


def test_what_no_transaction_stored_leaves_the_old_file_where_it_was(app, draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}))

    @transaction()
    def save_and_fail():
        save_draft(draft.id, ANSWERS, at, Change({"letter": OTHER}))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        save_and_fail()
    (file,) = files_of(draft.id).values()
    assert files.content_of(file) == PDF.content


def test_a_file_for_a_step_that_takes_none_is_left_out(draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"why": PDF, "no such": PDF}))

    assert files_of(draft.id) == {}


def test_a_file_outlives_its_step(partner, admin, draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}))
    form_building.remove_step(partner.programme.id, "letter", by=admin.id, at=at)
    save_draft(draft.id, ANSWERS | {"why": "Two."}, at)

    (read,) = answered(partner.programme.former_steps, {}, files_of(draft.id))
    assert read.file.name == "letter.pdf"
    assert answered_counts(partner.programme.id)["letter"] == 1


def test_withdrawing_removes_the_files_too(app, session, draft, at):
    submit(draft.id, ANSWERS, at, Change({"letter": PDF}))
    withdraw_application(draft.id, at)

    assert files_of(draft.id) == {}
    assert on_disk(app) == set()


def test_what_nothing_names_is_swept_after_a_while(app, session, draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}))
    orphan, recent = vault.keep(b"orphan"), vault.keep(b"under way")
    long_ago = (at - timedelta(hours=2)).timestamp()
    folder = app.extensions["laurel_settings"].instance / "files"
    (kept,) = files_of(draft.id).values()
    for name, moment in ((orphan, long_ago), (kept.stored_as, long_ago), (recent, at.timestamp())):
        os.utime(folder / name[:2] / name, (moment, moment))

    assert files.sweep(at) == 1
    assert on_disk(app) == {recent, kept.stored_as}


def test_who_leaves_takes_their_files_along(app, session, draft, at):
    """The row goes with the application, whatever deletes it; the sweep does the rest. Rule X-3."""
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}))
    session.execute(sa.delete(Application).where(Application.id == draft.id))
    session.commit()

    assert session.scalars(sa.select(ApplicationFile)).all() == []
    assert files.sweep(at + timedelta(days=20_000)) == 1


def test_a_file_that_is_damaged_on_disk_is_not_handed_out(app, draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}))
    (file,) = files_of(draft.id).values()
    (path,) = (app.extensions["laurel_settings"].instance / "files").glob("*/*")
    path.write_bytes(b"something else")
    with pytest.raises(files.Damaged):
        files.content_of(file)
    vault.erase([file.stored_as])
    with pytest.raises(files.Damaged):
        files.content_of(file)


# Two devices at once


def test_an_older_version_overwrites_nothing(session, draft, at):
    save_draft(draft.id, ANSWERS, at, Change(version=0))
    with pytest.raises(ChangedElsewhere):
        save_draft(draft.id, {"why": "Another."}, at, Change(version=0))
    with pytest.raises(ChangedElsewhere):
        save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}, version=0))

    assert (stored(session, draft).answers, stored(session, draft).version) == (ANSWERS, 1)
    save_draft(draft.id, ANSWERS, at, Change(version=0))  # the same again: nothing to overwrite
    save_draft(draft.id, {"why": "Another."}, at, Change(version=1))
    assert stored(session, draft).answers == {"why": "Another."}


def test_of_many_devices_at_the_same_moment_one_is_kept_and_the_others_are_told(app, session, draft, at):
    gate, draft_id = threading.Barrier(DEVICES), draft.id
    session.commit()

    def save(device):
        with app.app_context():
            gate.wait()
            try:
                save_draft(draft_id, {"why": f"From {device}."}, at, Change({"letter": PDF}, version=0))
                return device
            except ChangedElsewhere:
                return None
            finally:
                database.remove()

    with ThreadPoolExecutor(DEVICES) as pool:
        kept = [device for device in pool.map(save, range(DEVICES)) if device is not None]

    assert len(kept) == 1
    assert stored(session, draft).answers == {"why": f"From {kept[0]}."}
    assert len(on_disk(app)) == 1


# Who sees it


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Type": "application/pdf",
    "Content-Disposition": "attachment; filename=letter.pdf",
    "Referrer-Policy": "no-referrer",
}


@pytest.fixture
def sent(draft, at):
    submit(draft.id, ANSWERS, at, Change({"letter": PDF}))
    return next(iter(files_of(draft.id).values()))


def test_its_applicant_and_the_team_save_it_and_never_show_it(client, session, partner, draft, sent, ada, at):
    viewer = make_member(partner, make_user("partner"), duty="viewer")
    console = f"/console/{partner.slug}/applications/{draft.id}/files/{sent.id}"
    for user, address in ((_user(session, ada), f"/me/applications/{draft.id}/files/{sent.id}"), (viewer, console)):
        sign_in(client, user)
        answer = client.get(address)
        assert answer.data == PDF.content, address
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def _user(session, freelancer):
    return session.get(User, freelancer.user_id)


def test_a_name_of_other_letters_travels_whole(client, session, draft, ada, at):
    save_draft(
        draft.id, ANSWERS, at, Change({"letter": Accepted(FileKind.PDF, 'Zeugnis für "Ödön" 证书.pdf', b"%PDF")})
    )
    (file,) = files_of(draft.id).values()
    sign_in(client, _user(session, ada))
    said = client.get(f"/me/applications/{draft.id}/files/{file.id}").headers["Content-Disposition"]

    assert said.startswith("attachment;")
    assert "filename*=UTF-8''Zeugnis%20f%C3%BCr" in said
    assert "\n" not in said


def test_nobody_else_finds_it(client, session, partner, draft, sent, ada, at):
    other = make_partner("Contoso", steps=[QUESTION, LETTER])
    bo = make_freelancer(make_user())
    theirs = make_application(other, bo)
    ways = (
        f"/me/applications/{draft.id}/files/{sent.id}",
        f"/console/{partner.slug}/applications/{draft.id}/files/{sent.id}",
    )
    for user in (_user(session, bo), make_user("staff"), make_member(other)):
        sign_in(client, user)
        assert {client.get(way).status_code for way in ways} == {404}
    sign_in(client, make_member(other))
    assert client.get(f"/console/{other.slug}/applications/{draft.id}/files/{sent.id}").status_code == 404
    assert client.get(f"/console/{other.slug}/applications/{theirs.id}/files/{sent.id}").status_code == 404
    sign_in(client, _user(session, bo))
    assert client.get(f"/me/applications/{theirs.id}/files/{sent.id}").status_code == 404


def test_the_team_sees_no_file_of_a_draft_or_of_what_was_withdrawn(client, partner, admin, draft, at):
    save_draft(draft.id, ANSWERS, at, Change({"letter": PDF}))
    (file,) = files_of(draft.id).values()
    sign_in(client, admin)
    address = f"/console/{partner.slug}/applications/{draft.id}/files/{file.id}"

    assert client.get(address).status_code == 404
    submit(draft.id, ANSWERS, at)
    assert client.get(address).status_code == 200
    assert "letter.pdf" in client.get(address.partition("/files")[0]).text
    withdraw_application(draft.id, at)
    assert client.get(address).status_code == 404


def test_no_address_leads_to_where_files_lie(client, app, sent):
    place = f"files/{sent.stored_as[:2]}/{sent.stored_as}"
    for path in (f"/static/../{place}", f"/static/%2e%2e/{place}", f"/{place}", f"/instance/{place}"):
        assert client.get(path).status_code == 404
