"""Mails are sent once; what cannot be sent waits, or is given up with a reason. Rule X-1."""

import email
import email.policy
import socket
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.carriers import CarrierDown
from app.config import Smtp
from core.outbox import RETRY_AFTER, OutboxMail, enqueue
from tests.app.outboxes import deliver, put, row
from tests.app.posting import Postbox, mail_server
from tests.conftest import AT


@pytest.fixture
def sending_to(app, monkeypatch):
    """Settings that send to a server on this machine, or change anything else about mails."""

    def change(**changes):
        if "port" in changes:
            changes["smtp"] = Smtp("127.0.0.1", changes.pop("port"))
        monkeypatch.setitem(app.extensions, "laurel_settings", replace(app.extensions["laurel_settings"], **changes))

    return change


@pytest.fixture(params=[False, True], ids=["one by one", "in one breath"])
def postbox(sending_to, request):
    postbox = Postbox()
    postbox.pipelines = request.param
    with mail_server(postbox) as port:
        sending_to(port=port)
        yield postbox


def test_what_is_due_is_sent_over_one_connection_and_marked(session, postbox):
    keys = [put(session, to=f"p{number}@example.org") for number in range(5)]
    later = put(session, at=AT + timedelta(hours=1))

    assert deliver() == 5

    assert postbox.recipients == [f"p{number}@example.org" for number in range(5)]
    assert postbox.connections == 1
    assert all(row(session, key).sent_at == AT for key in keys)
    assert row(session, later).sent_at is None
    assert deliver() == 0
    assert len(postbox.messages) == 5


def test_nothing_due_opens_no_connection(session, postbox):
    assert deliver() == 0
    assert postbox.connections == 0


def test_a_limit_and_a_stop_are_kept_to(session, postbox):
    for _ in range(4):
        put(session)

    assert deliver(limit=2) == 2
    assert deliver(stopped=lambda: len(postbox.messages) == 3) == 1


def test_letters_beyond_ascii_arrive_whole(session, postbox):
    put(session, to="ada@example.org", name="Zoë Größe 林")

    deliver()

    assert "Zoë Größe 林" in postbox.messages[0].get_body(("plain",)).get_content()
    assert "Zoë Größe 林" in postbox.messages[0].get_body(("html",)).get_content()


def test_an_address_beyond_ascii_is_sent_where_the_server_can(session, postbox):
    put(session, to="zoë@example.org")

    assert deliver() == 1
    assert postbox.messages[0]["To"] == "zoë@example.org"


def test_a_mail_the_server_cannot_take_now_waits_longer_and_longer(session, postbox):
    key = put(session)
    other = put(session, to="bob@example.org")
    postbox.answers_to_recipient["ada@example.org"] = "451 try again later"
    at = AT

    assert deliver(at) == 1
    assert row(session, other).sent_at == AT
    for tries, wait in enumerate(RETRY_AFTER, start=1):
        waiting = row(session, key)
        assert (waiting.attempts, waiting.due_at, waiting.last_error) == (tries, at + wait, "451 try again later")
        assert deliver(at + wait - timedelta(seconds=1)) == 0
        at += wait
        deliver(at)
    assert row(session, key).failed_at == at
    assert deliver(at + timedelta(days=9)) == 0


def test_a_mail_that_waited_is_sent_when_the_server_takes_it(session, postbox):
    key = put(session)
    postbox.answers_to_message["ada@example.org"] = "452 full"
    deliver()
    postbox.answers_to_message.clear()

    assert deliver(AT + RETRY_AFTER[0]) == 1
    assert row(session, key).last_error is None


@pytest.mark.parametrize("answers", ["answers_to_recipient", "answers_to_message"])
def test_a_mail_refused_for_good_is_given_up_with_the_servers_words(session, postbox, answers):
    key = put(session)
    getattr(postbox, answers)["ada@example.org"] = "550 no such person here"

    assert deliver() == 0

    given_up = row(session, key)
    assert (given_up.failed_at, given_up.last_error) == (AT, "550 no such person here")
    assert deliver(AT + timedelta(days=9)) == 0


def test_a_server_that_is_not_there_costs_no_mail_a_try(session, sending_to):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        sending_to(port=free.getsockname()[1])
        keys = [put(session) for _ in range(3)]
        with pytest.raises(CarrierDown, match=r"does not take mail: .*refused"):
            deliver()

    for key in keys:
        assert (row(session, key).attempts, row(session, key).due_at) == (0, AT)


def test_a_server_that_goes_mid_way_loses_nothing(session, sending_to):
    postbox = Postbox()
    with mail_server(postbox) as port:
        sending_to(port=port)
        for number in range(6):
            put(session, to=f"p{number}@example.org")
        deliver(limit=3)
    with pytest.raises(CarrierDown):
        deliver()
    with mail_server(postbox, port):
        assert deliver() == 3

    assert sorted(postbox.recipients) == [f"p{number}@example.org" for number in range(6)]


def test_a_connection_that_breaks_costs_one_mail_one_try(session, postbox):
    keys = [put(session, to=f"p{number}@example.org") for number in range(4)]
    postbox.hangs_up_on.add("p1@example.org")

    assert deliver() == 3

    assert [row(session, key).attempts for key in keys] == [0, 1, 0, 0]
    postbox.hangs_up_on.clear()
    assert deliver(AT + RETRY_AFTER[0]) == 1
    assert Counter(postbox.recipients).most_common(1)[0][1] == 1


def test_a_server_that_closes_after_each_few_mails_is_called_again(session, postbox, monkeypatch):
    for _ in range(6):
        put(session)
    postbox.closes_after = 2
    monkeypatch.setattr(Postbox, "slow_s", 0.0, raising=False)

    assert deliver() + deliver(AT + RETRY_AFTER[0]) == 6
    assert len(set(postbox.ids)) == 6


def test_a_mail_to_no_address_is_given_up_and_holds_up_no_other(session, postbox):
    bad = put(session, to="nobody at all")
    put(session)

    assert deliver() == 1
    assert row(session, bad).failed_at == AT


def test_a_template_that_fails_holds_up_no_other_mail(session, postbox):
    enqueue("password_changed", "ada@example.org", {}, key="lacks:words", at=AT)
    enqueue("no_such_template", "ada@example.org", {}, key="lacks:template", at=AT)
    session.commit()
    put(session)

    assert deliver() == 1
    assert "undefined" in row(session, "lacks:words").last_error
    assert row(session, "lacks:template").attempts == 1
    assert row(session, "lacks:template").failed_at is None


def test_secrets_go_into_the_letter_and_are_wiped_once_sent(session, postbox):
    enqueue(
        "password_link",
        "ada@example.org",
        {"name": "Ada", "email": "ada@example.org"},
        key="s",
        at=AT,
        secrets={"path": "/password/very-secret"},
    )
    session.commit()
    assert "very-secret" not in str(row(session, "s").__dict__)

    deliver()

    assert "http://laurel.test/password/very-secret" in postbox.messages[0].get_body(("plain",)).get_content()
    assert row(session, "s").sealed_secrets is None


# Files


def test_without_a_server_mails_become_files_that_sort_by_time(session, sending_to, tmp_path):
    sending_to(instance=tmp_path, smtp=None)
    put(session, at=AT)
    put(session, at=AT - timedelta(hours=1), to="early@example.org")

    assert deliver() == 2

    files = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    first = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    assert isinstance(first, EmailMessage)
    assert first["To"] == "early@example.org"
    assert files[0].name.startswith("20260302T080000-")
    assert files[0].stat().st_mode & 0o077 == 0


def test_a_mail_written_twice_is_one_file(session, sending_to, tmp_path):
    sending_to(instance=tmp_path, smtp=None)
    key = put(session)
    deliver()
    session.execute(sa.update(OutboxMail).where(OutboxMail.key == key).values(sent_at=None))
    session.commit()

    assert deliver() == 1
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_folder_that_cannot_be_written_costs_no_mail_a_try(session, sending_to, tmp_path):
    (tmp_path / "mail").write_text("a file where the folder should be")
    sending_to(instance=tmp_path, smtp=None)
    key = put(session)

    with pytest.raises(CarrierDown, match=str(Path(tmp_path) / "mail")):
        deliver()
    assert row(session, key).attempts == 0
