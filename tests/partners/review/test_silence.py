"""Kept on file is silence: no mail, not a byte, not a moment differs for the applicant. Rule R-2."""

import gc
import re
import statistics
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.errors import Conflict
from core.outbox import OutboxMail
from core.permissions import Access, declared
from partners.deciding import keep_on_file, open_for_review
from partners.models import Application
from partners.review.deciding_many import Decision, decide_many
from partners.review.rules import Way
from partners.review.services import add_note, declare_conflict, give_review, set_way
from partners.states import Queue
from tests.factories import make_application, make_freelancer, make_user, sign_in

ROUNDS, TRIES = 120, 4
#: A form's protection, and the number by which a page that is not there can be asked about.
OF_EACH_ANSWER = re.compile(rb'name="csrf_token" value="[^"]*"|\b[0-9a-f]{32}\b')


@pytest.fixture
def applicant(app, client, sent, ada, session):
    """Ada at her browser."""
    from accounts.models import User

    sign_in(client, session.get(User, ada.user_id))
    return client


def own_pages(app, application):
    """Every page that an applicant can ask for with the ids of their own application and of its partner."""
    values = {
        "application_id": application.id,
        "partner": application.programme.partner.slug,
        "slug": application.programme.partner.slug,
        "freelancer_id": application.freelancer_id,
    }
    adapter = app.url_map.bind("laurel.test")
    for rule in app.url_map.iter_rules():
        view = declared(app.view_functions[rule.endpoint]) if rule.endpoint in app.view_functions else None
        is_theirs = view and view.access in (Access.FREELANCER, Access.SIGNED_IN) and "GET" in rule.methods
        if is_theirs and rule.arguments <= set(values):
            yield adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def seen(client, paths):
    """Return everything that each page answers, but the moment and the request's own number."""
    answers = {}
    for path in paths:
        answer = client.get(path)
        headers = sorted((k, v) for k, v in answer.headers if k.lower() not in ("date", "x-request-id", "set-cookie"))
        answers[path] = answer.status_code, headers, OF_EACH_ANSWER.sub(b"", answer.data)
    return answers


def reviews_and_keeps(sent, partner, rita, sam, at):
    """All that a team can do short of selecting."""
    later = at + timedelta(minutes=5)
    open_for_review(sent.id, by=rita.id, at=later)
    give_review(sent.id, {"depth": "2", "words": "1"}, "Weak.", by=rita.id, at=later)
    add_note(sent.id, "Not now.", by=rita.id, at=later)
    declare_conflict(sent.id, by=sam.id, at=later)
    keep_on_file(sent.id, by=rita.id, at=later)


def test_nothing_that_an_applicant_can_ask_for_changes_by_a_byte(
    app, applicant, session, sent, partner, blind, rita, sam, at
):
    paths = sorted(own_pages(app, sent))
    before = seen(applicant, paths)
    reviews_and_keeps(sent, partner, rita, sam, at)
    session.expire_all()
    after = seen(applicant, paths)

    assert f"/me/applications/{sent.id}" in paths
    assert len(paths) >= 8
    assert [path for path in paths if after[path] != before[path]] == []
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_kept_among_many_is_as_silent(app, applicant, session, sent, partner, rita, at):
    paths = sorted(own_pages(app, sent))
    before = seen(applicant, paths)
    decide_many(partner.programme, [sent.id], Decision.KEEP, Queue.TO_DECIDE, by=rita.id, at=at)
    session.expire_all()

    assert seen(applicant, paths) == before
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_an_update_of_a_kept_application_is_answered_as_before(applicant, session, sent, partner, rita, at):
    def update(words):
        answer = applicant.post(f"/me/applications/{sent.id}", data={"why": words, "action": "send"})
        shown = OF_EACH_ANSWER.sub(b"", applicant.get(answer.location).data).decode()
        return answer.status_code, answer.location, shown.replace(words, "")

    first = update("One more project.")
    keep_on_file(sent.id, by=rita.id, at=at)
    second = update("And a third one.")

    assert first == second
    assert "sees your changes" in first[2]


@pytest.mark.slow
def test_the_answers_take_as_long_before_and_after(app, session, partner, rita, blind, sam, at):
    """Two applicants alike, one of them kept on file: asked in turns, the medians of their pages lie within 10 %.

    What differs by itself differs in every try; a busy machine does not, so one try in bounds is enough.
    """
    kept, open_ = (signed_in_applicant(app, partner) for _ in range(2))
    reviews_and_keeps(session.get(Application, kept[1]), partner, rita, sam, at)
    ratios = []
    for _ in range(TRIES):
        ratios.append(ratio_of_medians(kept, open_))
        if 0.9 <= ratios[-1] <= 1.1:
            return
    pytest.fail(f"a kept application's page takes {ratios} times as long as an open one's")


def signed_in_applicant(app, partner):
    user = make_user()
    application = make_application(partner, make_freelancer(user))
    client = app.test_client()
    sign_in(client, user)
    return client, application.id


def ratio_of_medians(kept, open_):
    took = {True: [], False: []}
    gc.collect()
    for number in range(ROUNDS):
        for is_kept in (True, False) if number % 2 else (False, True):
            client, application_id = kept if is_kept else open_
            began = time.perf_counter()
            assert client.get(f"/me/applications/{application_id}").status_code == 200
            took[is_kept].append(time.perf_counter() - began)
    return statistics.median(took[True]) / statistics.median(took[False])


def test_a_partner_may_say_why_and_then_the_applicant_reads_it(applicant, session, sent, partner, rita, admin, at):
    set_way(partner.programme, Way(sends_reasons=True), by=admin.id, at=at)
    keep_on_file(sent.id, by=rita.id, at=at, reason="Come back with a second project.")
    [mail] = session.scalars(sa.select(OutboxMail))
    page = applicant.get(f"/me/applications/{sent.id}").text

    assert (mail.template, mail.to_address) == ("application_kept", "ada@example.org")
    assert mail.context["reason_given"] == "Come back with a second project."
    assert "Come back with a second project." in page
    assert "Under consideration" in page


def test_where_reasons_are_sent_an_empty_one_is_silence(session, sent, partner, rita, admin, at):
    set_way(partner.programme, Way(sends_reasons=True), by=admin.id, at=at)
    keep_on_file(sent.id, by=rita.id, at=at, reason="  ")

    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_off_by_default_a_reason_is_refused_and_nothing_is_kept(session, sent, rita, at):
    with pytest.raises(Conflict, match="sends no reasons"):
        keep_on_file(sent.id, by=rita.id, at=at, reason="Because.")
    assert session.get(Application, sent.id, populate_existing=True).kept_at is None
