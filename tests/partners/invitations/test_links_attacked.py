"""What scanners, prefetching browsers and impatient people do to a link. Rules I-3, X-1."""

import threading

import pytest
import sqlalchemy as sa

from core.errors import DomainError
from partners.answering import accept
from partners.models import Application, Invitation
from tests.factories import make_invitation
from tests.partners.test_invitation_pages import rows, without_opened

MANY = 1_000
PREFETCH = {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"}


@pytest.mark.slow
def test_a_thousand_gets_heads_and_prefetches_consume_nothing(client, session, link, at):
    before = rows(session)
    for number in range(MANY):
        method = ("GET", "HEAD", "GET")[number % 3]
        answer = client.open(f"/invitations/{link}", method=method, headers=PREFETCH if number % 3 == 2 else {})
        assert answer.status_code == 200
    after = rows(session)

    assert without_opened(after) == without_opened(before)
    assert session.scalars(sa.select(Invitation.accepted_at)).one() is None


@pytest.mark.slow
def test_a_thousand_accepts_at_once_make_one_application(app, session, partner, ada, link, mails, at):
    outcomes, gate, user_id = [], threading.Barrier(10), ada.user_id

    def try_often():
        with app.app_context():
            gate.wait()
            for _ in range(MANY // 10):
                try:
                    outcomes.append(accept(link, user_id, at).id)
                except DomainError as refused:
                    outcomes.append(type(refused).__name__)

    threads = [threading.Thread(target=try_often) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == MANY
    assert set(outcomes) == {session.scalars(sa.select(Application.id)).one()}
    assert len(mails("application_opened")) == 1


@pytest.mark.parametrize("part", ["accepted_at", "declined_at", "withdrawn_at"])
def test_links_that_ended_are_gone_for_posts_too(client, session, partner, at, part):
    _, token = make_invitation(partner, "ada@example.org", **{part: at})
    client.get(f"/invitations/{token}")

    assert client.post(f"/invitations/{token}", data={"answer": "accept"}).status_code in (303, 410)
    assert session.scalars(sa.select(Application)).all() == []
