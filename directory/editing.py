"""Who is shown on a partner's page, as far as the partner chooses: turns, and the lists of use cases. Rules D-1, D-3.

It holds at once, as a pin does; what the page says is drafted first: directory/drafting.py.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.models import Award
from core.database import changed, session, transaction
from core.errors import InvalidInput, NotFound
from directory.case_rules import CaseRule, problem, rule_of
from directory.drafting import LOCKED, page_record
from directory.experts import among_awards
from directory.models import LandingPage, UseCase, UseCaseExpert
from directory.rules import PERIODS, SLOTS_MAX, swapped
from partners.models import Partner

#: Experts chosen by hand for one use case: more is no choice any more.
CHOSEN_MAX = 48


@transaction()
def set_turns(partner_id: UUID, *, slots: int, period_hours: int, by: UUID | None, at: datetime) -> None:
    """Say how many experts the page features at once, and for how long, from the next period on. Rule D-3.

    The page's row is made by the first call. Raises InvalidInput for slots and periods that are not offered.
    """
    if not 1 <= slots <= SLOTS_MAX or period_hours not in dict(PERIODS):
        raise InvalidInput(f"A page features 1 to {SLOTS_MAX} experts, for one of the times offered.")
    session.get_one(Partner, partner_id, with_for_update=LOCKED | {"of": Partner}, populate_existing=True)
    page = session.get(LandingPage, partner_id, populate_existing=True)
    if page is None:
        page = LandingPage(partner_id=partner_id, headline="", intro="", updated_at=at)
        session.add(page)
        session.flush()
    before, after = (page.slots, page.period_hours), (slots, period_hours)
    if before == after:
        return
    page.slots, page.period_hours = slots, period_hours
    session.flush()
    names = ("slots", "period_hours")
    changed_from, changed_to = (dict(zip(names, each, strict=True)) for each in (before, after))
    page_record("page.turns_set", partner_id, by=by, at=at, before=changed_from, after=changed_to)


@transaction()
def choose_for_use_case(use_case_id: UUID, award_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Put an expert at the end of a use case's list; on it already is fine.

    Raises InvalidInput when the list is full, and NotFound, also for another partner's expert (X-4).
    """
    found = _use_case(use_case_id, locked=True)  # nobody deletes it, or fills its last place, meanwhile
    if session.scalar(among_awards(sa.select(Award.id), found.partner_id).where(Award.id == award_id)) is None:
        raise NotFound()
    chosen = sa.select(sa.func.count()).where(UseCaseExpert.use_case_id == use_case_id)
    if (session.scalar(chosen) or 0) >= CHOSEN_MAX:
        raise InvalidInput(f"A use case shows {CHOSEN_MAX} experts at most.", "Take one off the list first.")
    last = sa.select(sa.func.coalesce(sa.func.max(UseCaseExpert.position) + 1, 0)).where(
        UseCaseExpert.use_case_id == use_case_id
    )
    values = {"use_case_id": use_case_id, "award_id": award_id, "position": last.scalar_subquery()}
    added = insert(UseCaseExpert).values(values).on_conflict_do_nothing().returning(UseCaseExpert.award_id)
    if session.scalar(added) is not None:
        page_record(
            "use_case.chosen", found.partner_id, by=by, at=at, after={"name": found.name, "award": str(award_id)}
        )


@transaction()
def drop_from_use_case(use_case_id: UUID, award_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Take an expert off a use case's list; off it already is fine. Raises NotFound."""
    found = _use_case(use_case_id)
    chosen = (UseCaseExpert.use_case_id == use_case_id, UseCaseExpert.award_id == award_id)
    if changed(sa.delete(UseCaseExpert).where(*chosen)):
        page_record(
            "use_case.dropped", found.partner_id, by=by, at=at, after={"name": found.name, "award": str(award_id)}
        )


@transaction()
def set_rule(use_case_id: UUID, rule: CaseRule, *, by: UUID | None, at: datetime) -> None:
    """Say whom a use case takes besides those on its list; an empty rule takes nobody.

    Raises NotFound and InvalidInput.
    """
    if wrong := problem(rule.skills):
        raise InvalidInput(wrong)
    found = _use_case(use_case_id, locked=True)
    before, after = rule_of(found.rule), rule
    if before == after:
        return
    found.rule = rule.as_json
    session.flush()
    told = ({"name": found.name, "rule": each.words} for each in (before, after))
    page_record("use_case.ruled", found.partner_id, by=by, at=at, before=next(told), after=next(told))


@transaction()
def move_in_use_case(use_case_id: UUID, award_id: UUID, *, up: bool, by: UUID | None, at: datetime) -> None:
    """Move an expert one place up or down on a use case's list; the first stays first. Raises NotFound."""
    found = _use_case(use_case_id)
    chosen = sa.select(UseCaseExpert).where(UseCaseExpert.use_case_id == use_case_id)
    in_order = list(session.scalars(chosen.order_by(UseCaseExpert.position, UseCaseExpert.award_id).with_for_update()))
    moved = next((each for each in in_order if each.award_id == award_id), None)
    if moved is None:
        return
    arranged = swapped(in_order, moved, up=up)
    if arranged != in_order:
        for position, each in enumerate(arranged):
            each.position = position
        after = {"name": found.name, "award": str(award_id), "up": up}
        page_record("use_case.reordered", found.partner_id, by=by, at=at, after=after)


def _use_case(use_case_id: UUID, *, locked: bool = False) -> UseCase:
    found = session.get(UseCase, use_case_id, with_for_update=LOCKED if locked else None, populate_existing=locked)
    if found is None:
        raise NotFound()
    return found
