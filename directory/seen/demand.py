"""What clients look for in a directory, added up by day, without a word that could name anybody. Rule D-6.

What a client types may be a name. So words are kept only where they are a skill's; of all others only how often there
were some. And of each filter at most VALUES_MAX values are kept for a day: whoever makes addresses up fills no table.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.clock import day_of
from core.database import session, transaction
from directory.filters import Filters
from directory.models import Counted, Demand, LandingPage
from directory.partner_page import showing
from directory.seen.rules import Report
from freelancers.approval.models import SkillMarket

VALUES_MAX = 100
ALL, WORDS = "all", "q"


@transaction()
def count_search(landing: LandingPage, report: Report, at: datetime) -> None:
    """Count a search by each of its filters, and whether nobody fits; that is asked of our own list, not believed."""
    asked = dict(parse_qsl(report.search))
    if not asked or "cursor" in asked:
        return
    shown = showing(landing, asked, at)
    mark = {"view": report.view, "what": "search", "thing": landing.partner_id, "at": at}
    if not shown.filtered or not session.execute(_once(mark)).first():
        return
    partner_id, nobody = landing.partner_id, int(not shown.found.total)
    kept = [(kind, _kept(partner_id, kind, value, at)) for kind, value in _asked(shown.filters)]
    rows = [
        {"partner_id": partner_id, "day": day_of(at), "kind": kind, "value": value, "searches": 1, "nobody": nobody}
        for kind, value in sorted({(ALL, ""), *kept})
    ]
    adding = insert(Demand).values(rows)
    more = {name: getattr(Demand, name) + adding.excluded[name] for name in ("searches", "nobody")}
    session.execute(adding.on_conflict_do_update(index_elements=["partner_id", "day", "kind", "value"], set_=more))


def _once(mark: dict[str, object]) -> sa.sql.dml.ReturningInsert[tuple[UUID]]:
    return insert(Counted).values(mark).on_conflict_do_nothing().returning(Counted.view)


def _asked(filters: Filters) -> list[tuple[str, str]]:
    values = {name: getattr(filters, name) for name in filters.active}
    if "rate_max_cents" in values:
        values["rate_max_cents"] = _step(values["rate_max_cents"])
    return list(values.items())


def _step(cents: int) -> str:
    """Return the highest rate in dollars, rounded up to tens."""
    return str(-(-cents // 1_000) * 10)


def _kept(partner_id: UUID, kind: str, value: str, at: datetime) -> str:
    """Return what of a filter's value is kept: a skill's name for words, and "" where it is not."""
    if kind in (WORDS, "skill"):
        named = sa.select(SkillMarket.name).where(sa.func.lower(SkillMarket.name) == value.lower()).limit(1)
        value = session.scalar(named) or ""
    today = (Demand.partner_id == partner_id, Demand.day == day_of(at), Demand.kind == kind)
    known = session.scalars(sa.select(Demand.value).where(*today).limit(VALUES_MAX)).all()
    return value if value in known or len(known) < VALUES_MAX else ""
