"""What clients saw of experts, counted once for each page view. Rule D-5.

No number that a browser makes up is ever put beside who used it: neither address nor browser is kept, and after a day
the number is not either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from badges.models import Award
from core.clock import day_of
from core.database import changed, session, transaction
from directory.experts import among_listed
from directory.featured import showing_at
from directory.models import Counted, Exposure, Feature
from directory.seen.rules import KINDS, Report

#: How long a page view is remembered, so that it counts once.
REMEMBERED = timedelta(days=1)
COUNTS = (*KINDS, "clicks")


@dataclass(frozen=True)
class Day:
    """What was seen of an expert on a day; see Exposure."""

    day: date
    shown: int = 0
    found: int = 0
    viewed: int = 0
    clicks: int = 0


@transaction()
def count_seen(partner_id: UUID, report: Report, at: datetime) -> None:
    """Count what a page view tells and is so: experts listed at `at`, slots that they have then. Told again, nothing.

    One statement reads what is so, remembers the page view and adds it up; two at the same moment count once.
    """
    real = _real(partner_id, report, at)
    if not real:
        return
    rows = [{"view": report.view, "what": what, "thing": award, "at": at} for what, award in sorted(real)]
    fresh = insert(Counted).values(rows).on_conflict_do_nothing().returning(Counted.what, Counted.thing).cte("fresh")
    counts = [sa.func.count().filter(fresh.c.what == kind) for kind in KINDS]
    sums = sa.select(fresh.c.thing, sa.literal(day_of(at), sa.Date), *counts).group_by(fresh.c.thing)
    adding = insert(Exposure).from_select(["award_id", "day", *KINDS], sums.order_by(fresh.c.thing))
    more = {kind: getattr(Exposure, kind) + adding.excluded[kind] for kind in KINDS}
    session.execute(adding.on_conflict_do_update(index_elements=["award_id", "day"], set_=more))


def _real(partner_id: UUID, report: Report, at: datetime) -> set[tuple[str, UUID]]:
    """Return what of the report can be so."""
    told = {award for _, award in report.seen}
    if not told:
        return set()
    slot = sa.exists().where(Feature.award_id == Award.id, Feature.partner_id == partner_id, *showing_at(at))
    rows = among_listed(sa.select(Award.id, slot.correlate(Award).label("featured")), partner_id, at).where(
        Award.id.in_(told)
    )
    featured = {row.id: row.featured for row in session.execute(rows)}
    return {(what, award) for what, award in report.seen if award in featured and (what != "shown" or featured[award])}


def exposure(awards: Collection[UUID], at: datetime, days: int) -> Mapping[UUID, list[Day]]:
    """Return for each award its last `days` days up to `at`, the oldest first, those without anything too."""
    last = day_of(at)
    calendar = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    rows = session.scalars(
        sa.select(Exposure).where(Exposure.award_id.in_(awards), Exposure.day.between(calendar[0], last))
    )
    known = {(row.award_id, row.day): Day(row.day, row.shown, row.found, row.viewed, row.clicks) for row in rows}
    return {award: [known.get((award, day), Day(day)) for day in calendar] for award in awards}


@transaction()
def forget_views(at: datetime) -> int:
    """Forget the page views of more than a day ago; return of how many things. What they added up to stays."""
    return changed(sa.delete(Counted).where(Counted.at < at - REMEMBERED))
