"""Exports: what the partner may see and nothing else, safe for spreadsheets, streamed, and in the log. X-2, X-4."""

import csv
import io
import json
import tracemalloc
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.database import db, new_id
from core.uploads import Accepted, FileKind
from freelancers.models import Freelancer
from partners.exporting import Kind, export
from partners.files import add
from partners.models import Application
from partners.review.models import Review
from partners.review.rules import Criterion, Way
from partners.review.services import set_way
from tests.factories import (
    QUESTION,
    make_application,
    make_expert,
    make_freelancer,
    make_invitation,
    make_member,
    make_partner,
    make_user,
    sign_in,
)

WORK = {"key": "work", "kind": "portfolio", "prompt": "=Your work", "hint": "", "required": False}


@pytest.fixture
def northwind(session, at):
    return make_partner("Northwind", slug="northwind", steps=[QUESTION, WORK])


@pytest.fixture
def manager(client, northwind):
    user = make_member(northwind, duty="manager")
    sign_in(client, user)
    return client


def take(client, kind, form="csv"):
    answer = client.post("/console/northwind/exports", data={"what": str(kind), "form": form})
    assert answer.status_code == 200, answer.text
    return answer


def rows(answer):
    found = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert int(answer.headers["Laurel-Rows"]) == len(found)
    return found


def test_applications_carry_answers_states_and_names_and_no_address(manager, session, northwind, at):
    rita = make_member(northwind, make_user("partner", name="Rita Reviewer"), duty="reviewer")
    ada = make_freelancer(make_user(name="=Zoë", email="zoe@example.org"), country="FR")
    answers = {
        "why": "A bank's,\nand “more”.",
        "work": {"title": "Atlas", "link": "https://a.example/x", "text": "+All"},
    }
    make_application(northwind, ada, kept_at=at, kept_by=rita.id, answers=answers)
    make_application(northwind, make_freelancer(make_user(name="Draft")), submitted=False)
    make_application(northwind, make_freelancer(make_user(name="Gone")), withdrawn_at=at)
    make_application(make_partner("Contoso"), make_freelancer(make_user(name="Elsewhere")))
    answer = take(manager, "applications")
    [row] = rows(answer)

    assert (row["name"], row["country"]) == ("'=Zoë", "FR")
    assert (row["state"], row["kept_by"]) == ("kept_on_file", "Rita Reviewer")
    assert row["What have you built with it?"] == "A bank's,\nand “more”."
    assert row["'=Your work"] == "Title of the work: Atlas\nWhat you did in it: +All\nhttps://a.example/x"
    assert "zoe@example.org" not in answer.text
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="northwind-applications-2026-03-02.csv"'


def test_a_file_is_named_with_the_answer_it_belongs_to(manager, session, northwind, at):
    application = make_application(
        northwind, make_freelancer(make_user(name="Ada")), answers={"work": {"title": "Atlas"}}
    )
    add(application.id, "work", Accepted(FileKind.PDF, "Plan.pdf", b"%PDF-1.7"), at)
    session.commit()
    answer = take(manager, "applications")

    assert rows(answer)[0]["'=Your work"] == "Atlas\nFile: Plan.pdf"
    assert "files" not in answer.text.splitlines()[0]


def test_json_says_the_same(manager, northwind, at):
    make_application(northwind, make_freelancer(make_user(name="=Ada")))
    answer = take(manager, "applications", "json")
    found = json.loads(answer.text)

    assert (found["partner"], found["kind"], found["rows"]) == ("Northwind", "applications", 1)
    assert found["items"][0]["name"] == "=Ada"
    assert found["items"][0]["answers"][0] == {
        "prompt": "What have you built with it?", "answer": "A warehouse for a bank.",
    }  # fmt: skip


def test_a_review_that_is_not_all_in_is_in_no_export(manager, session, northwind, at):
    way = Way((Criterion("c1", "Depth", "", 1),), is_double=True)
    set_way(northwind.programme, way, by=None, at=at)
    application = make_application(northwind, make_freelancer(make_user()))

    def reviewed(total):
        by = make_member(northwind, make_user("partner"), duty="reviewer").id
        session.add(Review(application_id=application.id, reviewer_id=by, scores=[], total_hundredths=total, at=at))
        session.commit()
        return rows(take(manager, "applications"))[0]["review_hundredths"]

    assert reviewed(400) == ""
    assert reviewed(420) == "410"


def test_invitations_carry_no_secret(manager, northwind, at):
    _, token = make_invitation(northwind, "ada@example.org", expires_at=at + timedelta(days=3))
    make_invitation(make_partner("Contoso"), "elsewhere@example.org")
    answer = take(manager, "invitations")

    assert [(row["email"], row["state"]) for row in rows(answer)] == [("ada@example.org", "sent")]
    assert token not in answer.text


def test_experts_are_the_partners_own(manager, northwind, at):
    award = make_expert(northwind)
    make_expert(make_partner("Contoso"))

    assert [(row["badge"], row["state"]) for row in rows(take(manager, "experts"))] == [(str(award.id), "active")]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("form", ["csv", "json"])
def test_nothing_to_take_is_a_whole_file_all_the_same(manager, northwind, kind, form):
    answer = take(manager, kind, form)

    assert answer.headers["Laurel-Rows"] == "0"
    assert json.loads(answer.text)["items"] == [] if form == "json" else rows(answer) == []


def test_who_took_what_stands_in_the_log(manager, session, northwind, at):
    make_application(northwind, make_freelancer(make_user()))
    take(manager, "applications", "json")
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "export.made")).one()

    assert event.after == {"kind": "applications", "form": "json", "rows": 1}


@pytest.mark.parametrize("duty", ["viewer", "reviewer"])
def test_whoever_does_not_manage_takes_nothing_along(client, session, northwind, duty):
    sign_in(client, make_member(northwind, duty=duty))

    assert client.get("/console/northwind/exports").status_code == 403
    assert client.post("/console/northwind/exports", data={"form": "csv"}).status_code == 403


@pytest.mark.parametrize("asked", [{"form": "xlsx"}, {"what": "users"}])
def test_an_unknown_export_is_not_there(manager, northwind, asked):
    assert manager.post("/console/northwind/exports", data=asked).status_code == 404


def test_a_reader_who_goes_away_leaves_no_connection_behind(app, manager, northwind, at):
    many(northwind, 1_200, at)
    before = db.engine.pool.checkedout()
    answer = manager.post("/console/northwind/exports", data={"form": "csv"}, buffered=False)
    next(answer.iter_encoded())
    answer.close()

    assert db.engine.pool.checkedout() == before


def many(partner, count, at):
    """Store so many applications at once."""
    people = [{"id": new_id(), "marketplace_id": f"x{n}", "name": f"Person {n}", "created_at": at, "updated_at": at,
               "skills": ["SQL"], "languages": [], "profile": {}} for n in range(count)]  # fmt: skip
    with db.engine.begin() as connection:
        connection.execute(sa.insert(Freelancer), people)
        connection.execute(sa.insert(Application), [
            {"id": new_id(), "programme_id": partner.programme.id, "freelancer_id": person["id"], "created_at": at,
             "updated_at": at, "submitted_at": at, "answers": {"why": "word " * 200}} for person in people
        ])  # fmt: skip


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_rows(app, northwind, session, at):
    """Ten times the rows, read to the end: no more memory at once than a few batches hold."""
    many(northwind, 6_000, at)
    tracemalloc.start()
    found = export(northwind.programme, Kind.APPLICATIONS, Way(), at)
    read = sum(1 for _ in found.rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    found.close()

    assert (read, found.total) == (6_000, 6_000)
    assert peak < 8_000_000, f"{peak:,} bytes at once"
