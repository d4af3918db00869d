"""Submitting a profile, and the decision about it. Rules A-1..A-5, X-1."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from accounts.models import Role
from core.audit import AuditEvent
from core.errors import Conflict, InvalidInput
from core.outbox import OutboxMail
from freelancers.approval.deciding import AlreadyDecided, Decision, decide
from freelancers.approval.differences import Mark, changes
from freelancers.approval.duplicates import Trait
from freelancers.approval.earlier import earlier_accounts, note_traits
from freelancers.approval.findings import Kind, SubmissionState
from freelancers.approval.models import AccountTrait
from freelancers.approval.snapshot import snapshot
from freelancers.approval.submissions import (
    in_state,
    latest_submission,
    looked_at_before,
    queue,
    submission_by_id,
    waiting,
)
from freelancers.approval.submitting import NothingToApprove, Sent, Submission, submit
from freelancers.approval.supply_feed import Row
from freelancers.approval.supply_services import take_in
from freelancers.profile.photos import use_photo
from tests.factories import PRAISE, make_freelancer, make_submission, make_user

GOOD = {
    "is_provisional": True,
    "overview": "I move Oracle warehouses to Snowflake for insurers: four last year, the largest with 900 tables. "
    "Models in dbt, tests for every source, and lessons for analysts who will look after all of it.",
    "profile": {"education": [{"school": "Turin", "degree": "MSc"}]},
}


@pytest.fixture
def robin(session, at):
    return make_user(Role.STAFF, email="robin@example.org")


def new(**values):
    return make_freelancer(make_user(), **GOOD | values)


def send(person, after=0, note="", at=None, is_invited=False, born_on=None):
    return submit(person.id, Sent(after, note, born_on), is_invited=is_invited, by=person.user_id, at=at)


def change(session, person, **values):
    for name, value in values.items():
        setattr(person, name, value)
    session.commit()


def mails(session):
    return session.scalars(sa.select(OutboxMail).where(OutboxMail.template.startswith("approval_"))).all()


def test_what_is_clear_is_approved_at_once_with_its_receipt(session, at):
    made = send(new(), at=at)

    assert (made.state, made.is_by_person) == (SubmissionState.APPROVED, False)
    assert [each.kind for each in made.found] == list(Kind)
    assert [mail.template for mail in mails(session)] == ["approval_approved"]


def test_a_clear_decline_names_every_reason_at_once_and_what_is_open_instead(session, at):
    make_freelancer(skills=["WordPress", "Rust"])
    rows = [Row("WordPress", 1, 100), Row("Rust", 100, 10)]
    take_in(rows, on=at.date(), source="the feed", by=None, at=at)
    made = send(new(title=None, hourly_rate_cents=None, skills=["WordPress"]), at=at)

    assert [each.kind for each in made.letter] == [Kind.TITLE_MISSING, Kind.RATE_MISSING, Kind.SKILLS_FULL]
    (mail,) = mails(session)
    assert [each["name"] for each in mail.context["reasons"]] == [each.name for each in made.letter]
    assert mail.context["full"] == [{"name": "WordPress", "open_related": ["Rust"]}]


def test_whoever_a_partner_invited_is_not_declined_for_full_skills(session, at):
    take_in([Row("WordPress", 1, 100)], on=at.date(), source="the feed", by=None, at=at)

    assert send(new(skills=["WordPress"]), at=at, is_invited=True).is_approved


def test_praise_without_facts_waits_for_a_person(session, at):
    made = send(new(overview=PRAISE), at=at)

    assert (made.state, waiting(at).open, mails(session)) == (SubmissionState.WAITING, 1, [])
    assert waiting(made.due_at).late == 0
    assert waiting(made.due_at + timedelta(seconds=1)).late == 1


def test_submitting_again_replaces_what_waits_and_keeps_the_place(session, at):
    person = new(overview=PRAISE)
    first = send(person, at=at)
    change(session, person, title="Payroll accountant")
    second = send(person, after=1, at=at + timedelta(hours=5))

    assert (submission_by_id(first.id).state, second.state) == (SubmissionState.REPLACED, SubmissionState.WAITING)
    assert second.waiting_since_at == at
    assert [each.id for each in queue(SubmissionState.WAITING).items] == [second.id]


def test_the_same_button_pressed_twice_submits_once(session, at):
    person = new(overview=PRAISE)

    assert send(person, at=at).id == send(person, at=at).id


def test_a_window_that_was_overtaken_is_told_so(session, at):
    person = new(overview=PRAISE)
    send(person, at=at)
    change(session, person, title="Another title")

    with pytest.raises(Conflict, match="another window"):
        send(person, at=at)


def test_there_is_nothing_to_approve_for_those_the_marketplace_knows_and_those_approved(session, at):
    approved = new()
    send(approved, at=at)

    for person, after in ((new(is_provisional=False), 0), (approved, 1)):
        with pytest.raises(NothingToApprove):
            send(person, after=after, note="again", at=at)


def test_after_three_declines_by_the_rules_a_person_answers(session, at):
    person = new(title=None)
    states = [send(person, after=n, note=f"try {n}", at=at).state for n in range(4)]

    assert states == [SubmissionState.DECLINED] * 3 + [SubmissionState.WAITING]


def test_what_a_person_declined_comes_back_to_a_person(session, at, robin):
    waits = make_submission()
    decide(waits.id, Decision(False, frozenset({Kind.OVERVIEW_GENERIC})), by=robin.id, at=at)
    change(session, waits.freelancer, overview=GOOD["overview"], profile=GOOD["profile"])
    again = send(waits.freelancer, after=1, at=at)

    assert again.state is SubmissionState.WAITING
    assert looked_at_before(again).id == waits.id


def test_a_persons_letter_holds_the_reasons_chosen_and_their_words_and_is_logged(session, at, robin):
    waits = make_submission()
    decide(waits.id, Decision(False, frozenset({Kind.OVERVIEW_GENERIC}), "Tell us of one job."), by=robin.id, at=at)
    (mail,) = mails(session)

    assert [each["name"] for each in mail.context["reasons"]] == ["An overview of your own"]
    assert mail.context["words"] == "Tell us of one job."
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "approval.declined")).one()
    assert (event.actor_id, event.reason) == (robin.id, "Tell us of one job.")


def test_advice_cannot_be_made_a_reason(session, at, robin):
    waits = make_submission(make_freelancer(make_user(email="a@gmail.com"), is_provisional=True, overview=PRAISE))
    chosen = frozenset({Kind.FREE_ADDRESS, Kind.OVERVIEW_GENERIC})

    assert [each.kind for each in decide(waits.id, Decision(False, chosen), by=robin.id, at=at).letter] == [
        Kind.OVERVIEW_GENERIC
    ]


@pytest.mark.parametrize("reasons", [frozenset(), frozenset({Kind.EARLIER_ACCOUNT}), frozenset({Kind.FREE_ADDRESS})])
def test_nobody_is_declined_without_a_reason_that_says_enough(session, at, robin, reasons):
    waits = make_submission()

    with pytest.raises(InvalidInput):
        decide(waits.id, Decision(False, reasons), by=robin.id, at=at)
    assert submission_by_id(waits.id).state is SubmissionState.WAITING


def test_it_is_decided_once(session, at, robin):
    waits = make_submission()
    decide(waits.id, Decision(True), by=robin.id, at=at)

    with pytest.raises(AlreadyDecided, match="approved a moment ago"):
        decide(waits.id, Decision(False, frozenset(), "No."), by=robin.id, at=at)
    assert [mail.template for mail in mails(session)] == ["approval_approved"]


def test_the_queue_has_the_longest_waiting_first_page_by_page(session, at):
    sent = [make_submission(waiting_since_at=at + timedelta(hours=hours)) for hours in (3, 1, 2)]
    first = queue(SubmissionState.WAITING, size=2)
    second = queue(SubmissionState.WAITING, first.next_cursor, size=2)

    assert [each.id for each in (*first.items, *second.items)] == [sent[1].id, sent[2].id, sent[0].id]


def test_states_are_the_same_in_python_and_in_sql(session, at):
    for approved in (True, False):
        make_submission(decided_at=at, is_approved=approved)
    for replaced_at in (None, at):
        make_submission(replaced_at=replaced_at)
    by_state = {
        state: session.scalars(sa.select(Submission).where(*in_state(state))).all() for state in SubmissionState
    }

    assert all([each.state for each in found] == [state] for state, found in by_state.items())


# Earlier accounts


def test_earlier_accounts_are_found_by_mailbox_birthday_document_and_picture(session, at):
    earlier = [
        make_freelancer(email="Ada.Byron+old@gmail.com", account_state="closed"),
        make_freelancer(name="Byron Ada"),
        make_freelancer(),
        make_freelancer(),
    ]
    make_freelancer(email="adabyron@gmx.de")
    person = new(email="adabyron@googlemail.com")
    born = {Trait.NAME_AND_BIRTH: "ada byron|1990-04-12"}
    note_traits(earlier[1].id, born, at=at)
    note_traits(earlier[2].id, {Trait.DOCUMENT: "X12"}, at=at)
    note_traits(earlier[3].id, {Trait.DOCUMENT: "X12", Trait.PICTURE: "00ff"}, at=at)
    note_traits(person.id, {**born, Trait.DOCUMENT: "X12", Trait.PICTURE: "00ff"}, at=at)
    found = {each.freelancer.id: each.shared for each in earlier_accounts(person)}

    assert found == {
        earlier[3].id: (Trait.DOCUMENT, Trait.PICTURE),
        earlier[0].id: (Trait.ADDRESS,),
        earlier[1].id: (Trait.NAME_AND_BIRTH,),
        earlier[2].id: (Trait.DOCUMENT,),
    }
    assert next(iter(found)) == earlier[3].id


def test_a_possible_earlier_account_waits_for_a_person_and_is_never_declined_by_a_rule(session, at):
    send(new(), at=at, born_on=date(1990, 4, 12))

    assert send(new(title=None), at=at, born_on=date(1990, 4, 12)).state is SubmissionState.WAITING


def test_the_same_photo_in_another_size_shows_an_earlier_account(session, at):
    drawn = Image.linear_gradient("L").rotate(30).resize((900, 900)).convert("RGB")
    people = [new(photo_url=None, title=None), new(photo_url=None)]
    for person, side in zip(people, (900, 700), strict=True):
        use_photo(person.id, drawn.resize((side, side)), by=person.user_id, at=at)
        made = send(person, at=at)

    assert made.state is SubmissionState.WAITING
    assert [each.shared for each in earlier_accounts(people[1])] == [(Trait.PICTURE,)]


def test_a_birthday_is_kept_as_a_fingerprint_alone(session, at):
    send(new(), at=at, born_on=date(1990, 4, 12))
    (trait,) = session.scalars(sa.select(AccountTrait)).all()

    assert len(trait.digest) == 32
    tables = ("account_traits", "audit_events", "approval_submissions")
    dumped = [str(session.scalars(sa.text(f"SELECT t::text FROM {table} t")).all()) for table in tables]
    assert not [text for text in dumped if "1990" in text]


# What changed


def test_what_changed_is_told_word_by_word_and_line_by_line(session, at):
    person = new(skills=["SQL", "Excel"])
    before = send(person, at=at).snapshot
    change(
        session, person, overview=GOOD["overview"].replace("four last year", "nine last year"), skills=["SQL", "dbt"]
    )
    told = {change.part: change.pieces for change in changes(before, snapshot(person))}

    assert [(piece.mark, piece.text) for piece in told["Overview"] if piece.mark is not Mark.SAME] == [
        (Mark.GONE, "four"), (Mark.NEW, "nine"),
    ]  # fmt: skip
    assert [(piece.mark, piece.text) for piece in told["Skills"]] == [(Mark.GONE, "Excel"), (Mark.NEW, "dbt")]
    assert set(told) == {"Overview", "Skills"}


def test_picture_and_tests_are_no_part_of_what_is_kept(session, at):
    person = new(photo_url="https://p.example/1.png")
    change(session, person, profile={**GOOD["profile"], "tests": [{"name": "Typing speed", "score": "5"}]})
    kept = str(send(person, at=at).profile)

    assert "p.example" not in kept
    assert "Typing speed" not in kept
    assert latest_submission(person.id).is_approved


def test_english_that_is_stated_by_itself_is_a_language(session, at):
    assert snapshot(new(languages=[], english_level="native")).languages == ("English: native",)
    assert snapshot(new(languages=[{"code": "en", "level": "fluent"}])).languages == ("English: fluent",)


def test_a_text_that_was_rewritten_is_told_as_one_change(session, at):
    before = snapshot(new(overview="I am a dedicated person with a goal."))
    after = snapshot(new(overview="I keep a ledger for a farrier with a goal."))
    (told,) = [change for change in changes(before, after) if change.part == "Overview"]

    assert [(piece.mark, piece.text) for piece in told.pieces] == [
        (Mark.SAME, "I "),
        (Mark.GONE, "am a dedicated person"),
        (Mark.NEW, "keep a ledger for a farrier"),
        (Mark.SAME, " with a goal."),
    ]
