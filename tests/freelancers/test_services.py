"""Holds are placed and lifted once, with everything rule H-6 asks for; newcomers and accounts find their profiles."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
import sqlalchemy as sa

from core import database
from core.audit import AuditEvent
from core.errors import InvalidInput, NotFound
from core.outbox import OutboxMail
from freelancers.holds import HOLDS, HoldKind
from freelancers.models import Freelancer, Hold
from freelancers.queries import address_of, freelancer_by_email, freelancer_of_user, open_holds
from freelancers.services import (
    AlreadyLinked,
    HoldAlreadyOpen,
    HoldNotOpen,
    lift_hold,
    link_user,
    place_hold,
    register_newcomer,
)
from tests.app.posting import arriving
from tests.factories import make_expert, make_freelancer, make_user

KIND = HoldKind.VERIFICATION_FAILED


@pytest.fixture
def sam(session):
    return make_user("staff", name="Sam Staff")


def mails(session):
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def letter(mail):
    message = arriving(mail, "Laurel <no-reply@example.org>", "https://laurel.example")
    plain = message.get_body(("plain",)).get_content()
    return message["Subject"], " ".join(plain.split()), unescape(message.get_body(("html",)).get_content())


def events(session, action):
    return list(session.scalars(sa.select(AuditEvent).where(AuditEvent.action == action)))


@pytest.mark.parametrize("kind", HoldKind)
def test_whoever_is_held_is_told_why_since_when_what_it_stops_what_lifts_it_and_who_decides(kind, session, sam, at):
    ada = make_freelancer(email="ada@example.org")

    hold = place_hold(ada.id, kind, "  The passport had expired.  ", by=sam.id, at=at)

    assert (hold.kind, hold.reason, hold.placed_at, hold.placed_by) == (kind, "The passport had expired.", at, sam.id)
    (mail,) = mails(session)
    subject, text, html = letter(mail)
    terms = HOLDS[kind]
    assert mail.to_address == "ada@example.org"
    assert terms.name in subject
    for said in ("The passport had expired.", "2 March 2026, 09:00 UTC", terms.lifted_when, terms.decided_by):
        assert said in text, "H-6"
        assert said in html, "H-6"
    assert ("log in" in text) is (kind is HoldKind.BLOCK), "what it stops, and nothing else"
    (event,) = events(session, "hold.placed")
    assert (event.actor_id, event.subject_id, event.reason) == (sam.id, hold.id, "The passport had expired.")
    assert event.after == {"kind": kind, "freelancer_id": str(ada.id), "told": True}


def test_lifting_is_announced_with_its_reason(session, sam, at):
    ada = make_expert().freelancer
    hold = place_hold(ada.id, KIND, "No documents.", by=sam.id, at=at)

    lift_hold(hold.id, " Verified by call. ", by=sam.id, at=at + timedelta(days=3))

    session.expire_all()
    assert (hold.lifted_at, hold.lifted_by, hold.lift_reason) == (at + timedelta(days=3), sam.id, "Verified by call.")
    assert open_holds(ada.id) == []
    subject, text, _ = letter(mails(session)[-1])
    assert "lifted" in subject
    assert "Verified by call." in text
    assert "since 2 March 2026" in text
    assert "place in the rotation are back" in text, "H-1"
    (event,) = events(session, "hold.lifted")
    assert event.reason == "Verified by call."
    assert event.after["kind"] == KIND


def test_lifting_one_of_two_says_what_is_still_open(session, sam, at):
    ada = make_freelancer()
    first = place_hold(ada.id, KIND, "No documents.", by=sam.id, at=at)
    place_hold(ada.id, HoldKind.POLICY_RESTRICTION, "Fees outside.", by=sam.id, at=at)

    lift_hold(first.id, "Verified.", by=sam.id, at=at)

    _, text, _ = letter(mails(session)[-1])
    assert "still held: policy restriction" in text
    assert "are back" not in text


def test_one_hold_of_each_kind_is_enough(session, sam, at):
    ada = make_freelancer()
    place_hold(ada.id, KIND, "No documents.", by=sam.id, at=at)

    with pytest.raises(HoldAlreadyOpen):
        place_hold(ada.id, KIND, "Again.", by=sam.id, at=at)

    assert len(open_holds(ada.id)) == len(mails(session)) == len(events(session, "hold.placed")) == 1
    place_hold(ada.id, HoldKind.BLOCK, "Another kind.", by=sam.id, at=at)
    assert len(open_holds(ada.id)) == 2


def test_a_lifted_hold_may_be_placed_again(session, sam, at):
    ada = make_freelancer()
    lift_hold(place_hold(ada.id, KIND, "No documents.", by=sam.id, at=at).id, "Verified.", by=sam.id, at=at)

    place_hold(ada.id, KIND, "A new doubt.", by=sam.id, at=at + timedelta(days=1))

    assert [hold.reason for hold in open_holds(ada.id)] == ["A new doubt."]
    assert len(mails(session)) == 3


def test_lifting_twice_tells_once(session, sam, at):
    hold = place_hold(make_freelancer().id, KIND, "No documents.", by=sam.id, at=at)
    lift_hold(hold.id, "Verified.", by=sam.id, at=at)

    with pytest.raises(HoldNotOpen):
        lift_hold(hold.id, "Verified, too.", by=sam.id, at=at + timedelta(minutes=1))

    session.expire_all()
    assert (hold.lift_reason, hold.lifted_at) == ("Verified.", at)
    assert [mail.template for mail in mails(session)] == ["hold_placed", "hold_lifted"]


@pytest.mark.parametrize("verb", ["place", "lift"])
def test_two_at_once_do_it_once_and_tell_once(verb, app, session, sam, at):
    ada, by = make_freelancer(), sam.id
    freelancer_id = ada.id
    hold_id = None if verb == "place" else place_hold(freelancer_id, KIND, "No documents.", by=by, at=at).id
    session.remove()

    def attempt(_):
        with app.app_context():
            try:
                if hold_id is None:
                    place_hold(freelancer_id, KIND, "At once.", by=by, at=at)
                else:
                    lift_hold(hold_id, "At once.", by=by, at=at)
            except (HoldAlreadyOpen, HoldNotOpen):
                return False
            finally:
                database.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, range(4)))

    assert sorted(outcomes) == [False, False, False, True]
    wanted = "hold_placed" if verb == "place" else "hold_lifted"
    assert [mail.template for mail in mails(session)].count(wanted) == 1
    assert len(events(session, wanted.replace("_", "."))) == 1


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 4_001])
def test_a_reason_is_asked_for_and_nothing_is_done_without(reason, session, sam, at):
    ada = make_freelancer()
    hold = place_hold(ada.id, KIND, "No documents.", by=sam.id, at=at)

    with pytest.raises(InvalidInput):
        place_hold(ada.id, HoldKind.BLOCK, reason, by=sam.id, at=at)
    with pytest.raises(InvalidInput):
        lift_hold(hold.id, reason, by=sam.id, at=at)

    assert [one.id for one in open_holds(ada.id)] == [hold.id]
    assert len(mails(session)) == 1


def test_nobody_and_nothing_cannot_be_held_or_lifted(session, sam, at):
    with pytest.raises(NotFound):
        place_hold(uuid4(), KIND, "Who?", by=sam.id, at=at)
    with pytest.raises(NotFound):
        lift_hold(uuid4(), "What?", by=sam.id, at=at)


def test_somebody_without_an_address_is_held_all_the_same_and_the_log_says_that_nobody_was_told(session, sam, at):
    ada = make_freelancer(email=None)

    hold = place_hold(ada.id, KIND, "No documents.", by=sam.id, at=at)
    lift_hold(hold.id, "Verified.", by=sam.id, at=at)

    assert mails(session) == []
    assert [event.after["told"] for event in events(session, "hold.placed") + events(session, "hold.lifted")] == [
        False,
        False,
    ]


def test_the_address_somebody_signs_in_with_comes_before_the_marketplaces(session, at):
    ada = make_freelancer(make_user(email="own@example.org"), email="old@example.org")

    assert address_of(ada) == "own@example.org"
    assert address_of(make_freelancer(email="old@example.org")) == "old@example.org"


def test_a_newcomer_has_a_profile_that_makes_nobody_eligible(session, at):
    user = make_user(email="new@example.org")

    new = register_newcomer("  New  Person ", "New@Example.org", user.id, at=at)

    assert (new.name, new.email, new.user_id) == ("New Person", "new@example.org", user.id)
    assert (new.marketplace_id, new.is_provisional) == (f"laurel:{new.id}", True)
    assert (new.visibility, new.completeness_pct, new.jss_pct, new.first_scored_at) == ("private", 0, None, None)
    assert freelancer_of_user(user.id) is new
    assert freelancer_by_email("NEW@example.org ") is new
    assert register_newcomer("Again", "new@example.org", user.id, at=at).id == new.id, "once is enough"
    assert len(events(session, "freelancer.registered")) == 1


def test_an_account_is_linked_to_one_profile_and_stays_so(session, at):
    ada, bo = make_freelancer(), make_freelancer()
    user, other = make_user(), make_user()

    link_user(ada.id, user.id, at=at)
    link_user(ada.id, user.id, at=at)

    assert ada.user_id == user.id
    assert len(events(session, "freelancer.linked")) == 1
    with pytest.raises(AlreadyLinked):
        link_user(ada.id, other.id, at=at)
    with pytest.raises(AlreadyLinked):
        link_user(bo.id, user.id, at=at)
    with pytest.raises(NotFound):
        link_user(uuid4(), other.id, at=at)
    session.expire_all()
    assert session.scalar(sa.select(sa.func.count()).where(Freelancer.user_id.is_not(None))) == 1


def test_of_several_profiles_with_an_address_the_one_with_an_account_is_meant(session, at):
    make_freelancer(email="both@example.org")
    owned = make_freelancer(make_user(email="both@example.org"))

    assert freelancer_by_email("both@example.org") is owned
    assert session.scalars(sa.select(Hold)).all() == []
