"""What is done with a partner's page and its use cases. Rule D-1."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.models import Award
from core.audit import record
from core.colours import tidy_colour
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from directory.experts import among_awards
from directory.models import LandingPage, UseCase, UseCaseExpert
from directory.rotation import rotate
from directory.rules import PERIODS, SLOTS_MAX, open_points, use_case_name_problem, use_case_slug
from partners.models import Partner

#: Use cases on one page, and experts chosen for one: more is no choice any more.
USE_CASES_MAX, CHOSEN_MAX = 24, 48
#: One change after the other; rows that merely refer to the locked one need not wait, or two could for each other.
_LOCKED: dict[str, Any] = {"key_share": True}

Placed = TypeVar("Placed", UseCase, UseCaseExpert)


class NotReady(Conflict):
    """The page lacks something that it cannot be shown without."""

    title = "The page is not ready yet"


class NameTaken(Conflict):
    """Another use case of the page has this name."""

    title = "There is a use case of this name"


@transaction()
def update_page(
    partner_id: UUID,
    *,
    headline: str,
    intro: str,
    about: str = "",
    colour: str,
    slots: int = 6,
    period_hours: int = 168,
    by: UUID | None,
    at: datetime,
) -> LandingPage:
    """Store the page's words, colour and rotation; the page is made by the first call. A draft stays one. Rule D-1.

    A new `slots` or `period_hours` counts from the next period on. Raises InvalidInput for what is no #rrggbb, and for
    slots and periods that are not offered.
    """
    tidy = tidy_colour(colour)
    if tidy is None:
        raise InvalidInput(f"“{colour[:20]}” is not a colour such as #1d5a3b.", "Enter six digits and letters a to f.")
    if not 1 <= slots <= SLOTS_MAX or period_hours not in dict(PERIODS):
        raise InvalidInput(f"A page features 1 to {SLOTS_MAX} experts, for one of the times offered.")
    partner = session.get_one(Partner, partner_id, with_for_update=_LOCKED | {"of": Partner}, populate_existing=True)
    before = session.get(LandingPage, partner_id, populate_existing=True)
    words = {"headline": headline, "intro": intro, "about": about, "slots": slots, "period_hours": period_hours}
    kept = {name: getattr(before, name) for name in words} | {"colour": partner.colour} if before else {}
    if before is not None and kept == words | {"colour": tidy}:
        return before
    upsert = insert(LandingPage).values(partner_id=partner_id, updated_at=at, **words)
    session.execute(upsert.on_conflict_do_update(index_elements=["partner_id"], set_={**words, "updated_at": at}))
    partner.colour = tidy
    session.flush()
    page = session.get_one(LandingPage, partner_id, populate_existing=True)
    _record("page.updated", partner_id, by=by, at=at, before=kept, after=words | {"colour": tidy})
    return page


@transaction()
def publish(partner_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Show the page to everybody, with its first featured experts. Published already is fine. Rule D-1.

    Raises NotReady when it lacks what it cannot do without.
    """
    page = session.get(LandingPage, partner_id, populate_existing=True)
    blocking = (
        [point.text for point in open_points(page.headline, page.intro, "", 0, 0) if point.blocks] if page else []
    )
    if page is None or blocking:
        raise NotReady(
            "It still needs: " + " ".join(blocking or ["its words."]), "Write that, save, and publish again."
        )
    draft = (LandingPage.partner_id == partner_id, LandingPage.published_at.is_(None))
    if changed(sa.update(LandingPage).where(*draft).values(published_at=at, updated_at=at)):
        _record("page.published", partner_id, by=by, at=at)
        rotate(at, partner_id)


@transaction()
def unpublish(partner_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Take the page away from the public; its words and experts stay. A draft already is fine. Rule D-1."""
    shown = (LandingPage.partner_id == partner_id, LandingPage.published_at.is_not(None))
    if changed(sa.update(LandingPage).where(*shown).values(published_at=None, updated_at=at)):
        _record("page.unpublished", partner_id, by=by, at=at)


@transaction()
def add_use_case(partner_id: UUID, name: str, summary: str, *, by: UUID | None, at: datetime) -> UseCase:
    """Add a use case at the end of the page. Its address keeps its first name. Raises NameTaken, InvalidInput."""
    if problem := use_case_name_problem(name):
        raise InvalidInput(problem)
    existing = session.scalar(sa.select(sa.func.count()).where(UseCase.partner_id == partner_id)) or 0
    if existing >= USE_CASES_MAX:
        raise InvalidInput(f"A page has {USE_CASES_MAX} use cases at most.", "Delete one first.")
    last = sa.select(sa.func.coalesce(sa.func.max(UseCase.position) + 1, 0)).where(UseCase.partner_id == partner_id)
    values = {"id": new_id(), "partner_id": partner_id, "slug": use_case_slug(name), "name": name, "summary": summary}
    added: UseCase | None = session.scalar(
        insert(UseCase).values(position=last.scalar_subquery(), **values).on_conflict_do_nothing().returning(UseCase)
    )
    if added is None:
        raise NameTaken(f"“{name}” has the same address as another use case.", "Choose another name.")
    _record("use_case.added", partner_id, by=by, at=at, after={"name": name, "summary": summary})
    return added


@transaction()
def update_use_case(use_case_id: UUID, name: str, summary: str, *, by: UUID | None, at: datetime) -> None:
    """Change a use case's words. Raises NotFound."""
    found = _use_case(use_case_id, locked=True)
    before = {"name": found.name, "summary": found.summary}
    if before == {"name": name, "summary": summary}:
        return
    found.name, found.summary = name, summary
    _record("use_case.updated", found.partner_id, by=by, at=at, before=before, after={"name": name, "summary": summary})


@transaction()
def delete_use_case(use_case_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Delete a use case; its experts stay in the directory. Raises NotFound."""
    found = _use_case(use_case_id)
    # Not by the session, which is content when somebody was quicker: then it would be told twice.
    if not changed(sa.delete(UseCase).where(UseCase.id == use_case_id)):
        raise NotFound()
    _record("use_case.deleted", found.partner_id, by=by, at=at, before={"name": found.name, "summary": found.summary})


@transaction()
def move_use_case(use_case_id: UUID, *, up: bool, by: UUID | None, at: datetime) -> None:
    """Move a use case one place up or down on its page; the first stays first. Raises NotFound."""
    found = _use_case(use_case_id)
    of_page = sa.select(UseCase).where(UseCase.partner_id == found.partner_id)
    in_order = list(session.scalars(of_page.order_by(UseCase.position, UseCase.name, UseCase.id).with_for_update()))
    if _swap(in_order, found, up=up):
        _record("use_case.moved", found.partner_id, by=by, at=at, after={"name": found.name, "up": up})


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
        _record("use_case.chosen", found.partner_id, by=by, at=at, after={"name": found.name, "award": str(award_id)})


@transaction()
def drop_from_use_case(use_case_id: UUID, award_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Take an expert off a use case's list; off it already is fine. Raises NotFound."""
    found = _use_case(use_case_id)
    chosen = (UseCaseExpert.use_case_id == use_case_id, UseCaseExpert.award_id == award_id)
    if changed(sa.delete(UseCaseExpert).where(*chosen)):
        _record("use_case.dropped", found.partner_id, by=by, at=at, after={"name": found.name, "award": str(award_id)})


@transaction()
def move_in_use_case(use_case_id: UUID, award_id: UUID, *, up: bool, by: UUID | None, at: datetime) -> None:
    """Move an expert one place up or down on a use case's list; the first stays first. Raises NotFound."""
    found = _use_case(use_case_id)
    chosen = sa.select(UseCaseExpert).where(UseCaseExpert.use_case_id == use_case_id)
    in_order = list(session.scalars(chosen.order_by(UseCaseExpert.position, UseCaseExpert.award_id).with_for_update()))
    moved = next((each for each in in_order if each.award_id == award_id), None)
    if moved and _swap(in_order, moved, up=up):
        after = {"name": found.name, "award": str(award_id), "up": up}
        _record("use_case.reordered", found.partner_id, by=by, at=at, after=after)


def _swap(in_order: list[Placed], moved: Placed, *, up: bool) -> bool:
    """Swap `moved` with its neighbour and number all anew; say whether there was one."""
    place = in_order.index(moved)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(in_order):
        return False
    in_order[place], in_order[other] = in_order[other], in_order[place]
    for position, each in enumerate(in_order):
        each.position = position
    return True


def _use_case(use_case_id: UUID, *, locked: bool = False) -> UseCase:
    found = session.get(UseCase, use_case_id, with_for_update=_LOCKED if locked else None, populate_existing=locked)
    if found is None:
        raise NotFound()
    return found


def _record(
    action: str,
    partner_id: UUID,
    *,
    by: UUID | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record(action, "partner", partner_id, by=by, at=at, partner_id=partner_id, before=before, after=after)
