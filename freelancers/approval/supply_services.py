"""Takes in how many jobs are open per skill. Rules A-2, A-3."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.clock import day_of
from core.database import new_id, session, transaction
from core.errors import InvalidInput
from freelancers.approval.models import SkillMarket
from freelancers.approval.supply_feed import Row
from freelancers.approval.supply_rules import address_of, key_of
from freelancers.models import Freelancer

#: From how many of the latest profiles it is read which skills go together, and how many are kept for each.
_PROFILES_READ, _RELATED_KEPT = 20_000, 12


@transaction()
def take_in(rows: Sequence[Row], *, on: date, source: str, by: UUID | None, at: datetime) -> int:
    """Keep a day's figures; the same day again replaces them all. Returns how many skills there are. Rule A-3.

    Raises InvalidInput for a day to come.
    """
    if on > day_of(at):
        raise InvalidInput(f"{on.isoformat()} is still to come.", "Name the day that the figures were counted on.")
    counted, related = _counted(rows), _related(rows)
    session.execute(sa.delete(SkillMarket).where(SkillMarket.observed_on == on))
    values = [
        {
            "observed_on": on,
            "slug": row.slug,
            "name": row.name,
            "open_jobs": row.open_jobs,
            "freelancers": counted[key_of(row.name)] if row.freelancers is None else row.freelancers,
            "is_counted": row.freelancers is None,
            "related": related[row.slug],
            "source": source,
            "imported_at": at,
        }
        for row in rows
    ]
    session.execute(insert(SkillMarket), values)
    after = {"on": on.isoformat(), "skills": len(values), "source": source}
    audit.record("skills.imported", "skills", new_id(), by=by, at=at, after=after)
    return len(values)


def _counted(rows: Sequence[Row]) -> Counter[str]:
    """Return how many active freelancers offer each skill that the feed gives no number for."""
    found: Counter[str] = Counter()
    if all(row.freelancers is not None for row in rows):
        return found
    offered = sa.select(sa.func.unnest(Freelancer.skills).label("skill")).where(Freelancer.account_state == "active")
    skill = offered.subquery("offered").c.skill
    for name, count in session.execute(sa.select(skill, sa.func.count()).group_by(skill)):
        found[key_of(name)] += count
    return found


def _related(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return for each skill of the feed those that stand beside it in the latest profiles, most frequent first."""
    known = {row.slug for row in rows}
    beside: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for skills in _latest():
        own = {slug for name in skills if (slug := address_of(name)) in known}
        for slug in own:
            beside[slug].update(own - {slug})
    ordered = {slug: sorted(others.items(), key=lambda each: (-each[1], each[0])) for slug, others in beside.items()}
    return {slug: [other for other, _ in ordered.get(slug, [])[:_RELATED_KEPT]] for slug in known}


def _latest() -> Iterator[list[str]]:
    latest = sa.select(Freelancer.skills).where(Freelancer.account_state == "active")
    yield from session.scalars(latest.order_by(Freelancer.updated_at.desc()).limit(_PROFILES_READ))
