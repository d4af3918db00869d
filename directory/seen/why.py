"""Why an expert is featured now, or is not, and when their turn is likely. Rule D-5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award
from badges.standing import LIVE
from core.database import session
from directory import use_case_pool
from directory.featured import showing_at
from directory.listing import PUBLIC
from directory.models import Feature, LandingPage, Period, Turns
from directory.roster import Holder, holder
from directory.rules import CASE_SLOTS
from directory.turns import TURN

#: How many periods ahead a turn is foretold; beyond, too many will have come and gone.
FORETOLD_PERIODS = 52


@dataclass(frozen=True)
class InUseCase:
    """How it stands in a use case: whether they are featured there now, how often they were, when the next turn is."""

    name: str
    slug: str
    featured: bool
    times_featured: int
    turn: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class Why:
    """`reasons` in words; `turn` is when the next turn begins, at the earliest and at the latest.

    `times_featured` counts slots in use cases, too.
    """

    featured: bool
    reasons: tuple[str, ...]
    times_featured: int
    turn: tuple[datetime, datetime] | None = None
    use_cases: tuple[InUseCase, ...] = ()


def why(award: Award, at: datetime) -> Why:
    """Return why the award's holder is featured at `at`, or is not."""
    partner = award.achievement.issuer
    page, stands = session.get(LandingPage, partner.id), holder(partner.id, award.id, at)
    obstacles = _obstacles(award, stands, page, partner.name)
    if obstacles or page is None:
        return Why(False, obstacles, stands.times_featured)
    cases = _in_use_cases(page, award, at)
    if stands.pinned_until:
        by_hand = f"{partner.name} features you by hand. That takes no turn of yours."
        return Why(True, (by_hand,), stands.times_featured, use_cases=cases)
    turn = _turn(page, partner.id, page.slots, award, at)
    if session.scalar(sa.select(_slots(award, at).where(Feature.use_case_id.is_(None)).exists())):
        return Why(True, ("It is your turn.",), stands.times_featured, turn, cases)
    others = f"It is others’ turn: the page has {page.slots} places, and whoever was featured least often comes next."
    return Why(False, (others,), stands.times_featured, turn, cases)


def _slots(award: Award, at: datetime) -> sa.Select[UUID]:
    """Return the slots that show the award's holder at `at`."""
    return sa.select(Feature.id).where(Feature.award_id == award.id, Feature.period_id.is_not(None), *showing_at(at))


def _in_use_cases(page: LandingPage, award: Award, at: datetime) -> tuple[InUseCase, ...]:
    """Return how it stands in each use case that they are in. Each counts its turns for itself."""
    cases = use_case_pool.cases_of(award)
    if not cases:
        return ()
    theirs = sa.select(Feature.use_case_id, sa.func.count()).where(Feature.award_id == award.id)
    times = {row[0]: row[1] for row in session.execute(theirs.group_by(Feature.use_case_id))}
    now = set(session.scalars(_slots(award, at).with_only_columns(Feature.use_case_id)))
    return tuple(
        InUseCase(
            case.name, case.slug, case.id in now, times.get(case.id, 0), _turn(page, case.id, CASE_SLOTS, award, at)
        )
        for case in cases
    )


def _obstacles(award: Award, stands: Holder, page: LandingPage | None, partner: str) -> tuple[str, ...]:
    """Return everything that keeps them out, at once and not one by one. Rule D-2."""
    found = (
        (page is None or page.published_at is None, f"{partner}’s page is not public at present."),
        (award.closed_at is not None, "Your badge has ended: only badges that hold are listed."),
        (
            award.closed_at is None and stands.status not in LIVE,
            "Your badge does not hold at this moment: your badges’ page says what is open.",
        ),
        (stands.hidden, "You have hidden your badge. Show it again on your badges’ page."),
        (
            stands.removed,
            f"You were taken out of {partner}’s directory. The reason stands below, and you can answer it.",
        ),
        (award.freelancer.visibility != PUBLIC, "Your profile is not public on the marketplace. Make it public there."),
    )
    named = tuple(words for is_so, words in found if is_so)
    if not named and not stands.listed:
        return ("Your account is not open to the public: a hold is open. Your home page says why and what lifts it.",)
    return named


def _turn(page: LandingPage, pool_id: UUID, slots: int, award: Award, at: datetime) -> tuple[datetime, datetime] | None:
    """Return when the next turn begins: the earliest if all lots fall well, the latest if none does. Rule D-3.

    Before it come all turns of those who have fewer, until they have as many; who is as far then, draws lots with it.
    """
    in_pool = (Turns.pool_id == pool_id, Turns.lead.is_(None))
    ends = session.scalar(
        sa.select(sa.func.max(Period.ends_at)).where(Period.partner_id == page.partner_id, Period.starts_at <= at)
    )
    mine = session.scalar(sa.select(Turns.turns).where(Turns.award_id == award.id, *in_pool))
    if ends is None or mine is None:
        return None
    fewer, equal = Turns.turns < mine, (mine - Turns.turns) % TURN == 0
    lacking = sa.func.sum((mine - Turns.turns + TURN - 1) // TURN).filter(fewer)
    lots = sa.func.count().filter(Turns.turns <= mine, equal, Turns.award_id != award.id)
    others = sa.func.count().filter(Turns.award_id != award.id)
    row = session.execute(sa.select(sa.func.coalesce(lacking, 0), lots, others).where(*in_pool)).one()
    before, beside, rivals = map(int, row)
    # Where there are slots for all, nobody waits for anybody.
    first, last = (before // slots, (before + beside) // slots) if rivals >= slots else (0, 0)
    if last > FORETOLD_PERIODS:
        return None
    period, begins = timedelta(hours=page.period_hours), max(ends, at)
    return begins + first * period, begins + last * period
