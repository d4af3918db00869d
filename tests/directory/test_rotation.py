"""Who is featured, period after period, in the database. Rules D-2, D-3, D-7."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
import sqlalchemy as sa

from core.audit import AuditEvent
from core.database import joined_transaction
from directory import rotation, services
from directory.featured import LATE_AT_MOST, featured_now
from directory.models import Feature, LandingPage, Period, Turns
from directory.rotation import rotate
from directory.turns import TURN
from freelancers.models import Hold
from tests.factories import make_award, make_freelancer, make_hold, make_partner

WEEK = timedelta(days=7)


@pytest.fixture
def partner(session):
    return make_partner()


def experts(partner, count):
    return [make_award(partner, make_freelancer(name=f"Expert {number}")) for number in range(count)]


def featured(partner, at):
    return [expert.award_id for expert in featured_now(partner.id, at).experts]


def set_page(partner, session, **values):
    with joined_transaction():
        for name, value in values.items():
            setattr(session.get(LandingPage, partner.id), name, value)


def lift(hold, at):
    with joined_transaction():
        hold.lifted_at, hold.lift_reason = at, "Fine."


def test_a_page_features_as_many_as_it_has_slots(session, at, partner):
    awards = experts(partner, 9)

    assert rotate(at) == 1
    shown = featured(partner, at)

    assert len(set(shown)) == 6
    assert set(shown) <= {award.id for award in awards}


def test_the_same_moment_again_changes_nothing(session, at, partner):
    experts(partner, 9)
    rotate(at)
    before = (featured(partner, at), dict(session.execute(sa.select(Turns.award_id, Turns.turns)).all()))

    assert rotate(at) == 0
    assert rotate(at + timedelta(days=1)) == 0

    assert (featured(partner, at), dict(session.execute(sa.select(Turns.award_id, Turns.turns)).all())) == before
    assert session.scalar(sa.select(sa.func.count()).select_from(Period)) == 1


def test_periods_lie_on_a_grid_that_begins_on_monday(session, partner):
    experts(partner, 3)
    wednesday = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)

    rotate(wednesday)

    period = session.scalars(sa.select(Period)).one()
    assert (period.starts_at, period.ends_at) == (
        datetime(2026, 3, 2, tzinfo=UTC),
        datetime(2026, 3, 9, tzinfo=UTC),
    )


def test_the_next_period_features_those_who_were_not_shown(session, at, partner):
    experts(partner, 12)
    rotate(at)
    first = featured(partner, at)

    assert rotate(at + WEEK) == 1
    assert set(featured(partner, at + WEEK)).isdisjoint(first)


def test_until_the_next_draw_which_may_be_late_the_former_holds(session, at, partner):
    experts(partner, 12)
    rotate(at)
    first, end = featured(partner, at), session.scalars(sa.select(Period.ends_at)).one()

    assert featured(partner, end + timedelta(seconds=50)) == first
    assert featured_now(partner.id, end - timedelta(seconds=1)).until == end
    assert featured_now(partner.id, end + timedelta(seconds=50)).until is None
    assert featured(partner, end + LATE_AT_MOST) == []

    rotate(end + timedelta(minutes=1))
    assert set(featured(partner, end + timedelta(minutes=1))).isdisjoint(first)
    assert session.scalars(sa.select(Period).order_by(Period.number.desc())).first().drawn_at == end + timedelta(
        minutes=1
    )


def test_over_many_periods_everybody_is_featured_equally_often(session, at, partner):
    awards = experts(partner, 8)
    shown = Counter()
    for week in range(12):
        rotate(at + week * WEEK)
        shown.update(featured(partner, at + week * WEEK))

    assert {shown[award.id] for award in awards} == {9}


def test_two_rotations_at_the_same_moment_draw_once(app, session, at, partner):
    experts(partner, 9)
    together = Barrier(4)

    def run(_):
        with app.app_context():
            together.wait()
            return rotate(at, partner.id)

    partner.id  # loaded before the threads begin
    with ThreadPoolExecutor(4) as threads:
        changed = list(threads.map(run, range(4)))

    assert sorted(changed) == [0, 0, 0, 1]
    assert session.scalar(sa.select(sa.func.count()).select_from(Period)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Feature)) == 6
    assert session.scalar(sa.select(sa.func.sum(Turns.turns))) == 6 * TURN


def test_many_pages_are_drawn_in_one_go_each_from_its_own_experts(session, at, monkeypatch):
    monkeypatch.setattr(rotation, "TOGETHER", 3)
    partners = [make_partner(slug=f"partner-{number}", name=f"Partner {number}") for number in range(5)]
    theirs = [{award.id for award in experts(partner, number * 3)} for number, partner in enumerate(partners)]

    assert rotate(at) == 4
    assert [len(featured(partner, at)) for partner in partners] == [0, 3, 6, 6, 6]
    assert all(set(featured(partner, at)) <= own for partner, own in zip(partners, theirs, strict=True))
    assert rotate(at) == 0

    more = {award.id for award in experts(partners[0], 1)}
    assert rotate(at + timedelta(hours=1)) == 1
    assert set(featured(partners[0], at + timedelta(hours=1))) == more


def test_a_draft_page_and_a_page_without_experts_are_left_alone(session, at):
    experts(make_partner(published=False), 2)
    make_partner()

    assert rotate(at) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Period)) == 0


def test_a_slot_that_was_empty_is_filled_as_soon_as_somebody_is_listed(session, at, partner):
    experts(partner, 2)
    rotate(at)
    newcomer = experts(partner, 1)[0]

    assert rotate(at + timedelta(hours=1)) == 1
    assert newcomer.id in featured(partner, at + timedelta(hours=1))
    assert rotate(at + timedelta(hours=2)) == 0


def test_a_held_expert_is_gone_at_once_and_back_once_it_is_lifted(session, at, partner):
    award = experts(partner, 3)[0]
    rotate(at)
    hold = make_hold(award.freelancer)
    assert award.id not in featured(partner, at)

    lift(hold, at)
    session.expire_all()

    assert award.id in featured(partner, at)
    assert session.scalar(sa.select(sa.func.count()).select_from(Hold).where(Hold.lifted_at.is_(None))) == 0


def test_a_held_experts_slot_waits_for_them_within_the_period(session, at, partner):
    award = experts(partner, 6)[0]
    rotate(at)
    hold = make_hold(award.freelancer)
    experts(partner, 3)

    assert rotate(at + timedelta(hours=1)) == 0

    lift(hold, at)
    assert len(featured(partner, at)) == 6


def test_who_is_away_keeps_their_place_and_does_not_fall_behind(session, at, partner):
    set_page(partner, session, slots=2)
    awards = experts(partner, 5)
    rotate(at)
    waiting = next(award for award in awards if award.id not in featured(partner, at))
    hold = make_hold(waiting.freelancer)
    for week in range(1, 9):
        rotate(at + week * WEEK)
    lift(hold, at)
    shown = Counter()
    for week in range(9, 14):
        rotate(at + week * WEEK)
        shown.update(featured(partner, at + week * WEEK))

    assert shown.total() == 10
    assert 2 <= shown[waiting.id] <= 3


def test_a_pin_stands_first_and_takes_neither_slot_nor_turn(session, at, partner):
    set_page(partner, session, slots=2)
    awards = experts(partner, 5)
    services.pin(awards[4].id, at + 3 * WEEK, by=None, at=at)
    rotate(at)

    shown = featured(partner, at)
    assert shown[0] == awards[4].id
    assert len(shown) == 3

    rotate(at + WEEK)
    assert len(set(featured(partner, at + WEEK))) == 3
    assert session.get(Turns, (awards[4].id, partner.id)) is None


def test_who_is_pinned_and_drawn_shows_once(session, at, partner):
    award = experts(partner, 3)[2]
    rotate(at)
    services.pin(award.id, at + WEEK, by=None, at=at)

    assert featured(partner, at).count(award.id) == 1
    assert featured(partner, at)[0] == award.id


def test_a_longer_period_begins_where_the_running_one_ends(session, at, partner):
    experts(partner, 3)
    rotate(at)
    set_page(partner, session, period_hours=672)

    rotate(at + WEEK)

    first, second = session.scalars(sa.select(Period).order_by(Period.starts_at))
    assert first.ends_at <= second.starts_at
    assert second.starts_at <= at + WEEK < second.ends_at


def test_a_period_drawn_ahead_is_not_drawn_again(session, at, partner):
    experts(partner, 9)

    assert rotate(at + 2 * WEEK) == 1
    assert rotate(at) == 1
    assert rotate(at + WEEK) == 1
    assert rotate(at + 2 * WEEK) == 0

    periods = session.scalars(sa.select(Period).order_by(Period.starts_at)).all()
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(periods))


def test_every_draw_is_in_the_log_with_who_was_drawn(session, at, partner):
    experts(partner, 2)
    rotate(at)

    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "rotation.drawn")).one()
    assert event.actor_id is None
    assert set(event.after["featured"]) == {str(award_id) for award_id in featured(partner, at)}
