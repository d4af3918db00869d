"""The board of open and full skills, and one skill of it. Rule A-3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from core.database import session
from core.keyset import after
from core.paging import PAGE_SIZE, Page, page_of
from freelancers.approval.models import SkillMarket
from freelancers.approval.screening import SkillSeen
from freelancers.approval.supply_rules import Market, SkillState, address_of, policy_on, state_of

_HISTORY = 12
_RELATED_SHOWN = 6


@dataclass(frozen=True)
class Skill:
    """A skill as the board shows it."""

    slug: str
    name: str
    market: Market
    state: SkillState


@dataclass(frozen=True)
class SkillInFull:
    """One skill: how it stood on the days known, the latest first, and related skills that are open."""

    now: Skill
    observed_on: date
    source: str
    is_counted: bool
    history: Sequence[tuple[date, Market, SkillState]]
    open_related: Sequence[Skill]


def latest_day() -> date | None:
    """Return the day that the board shows, None before any figures came in."""
    return session.scalar(sa.select(sa.func.max(SkillMarket.observed_on)))


def board(day: date, *, q: str = "", cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Skill]:
    """Return a day's skills whose names have `q` in them, those with the most open jobs first, a page at a time."""
    key: tuple[Any, ...] = (-SkillMarket.open_jobs, SkillMarket.slug)
    chosen = sa.select(SkillMarket).where(SkillMarket.observed_on == day)
    if q:
        chosen = chosen.where(sa.func.lower(SkillMarket.name).contains(q.lower(), autoescape=True))
    if cursor:
        chosen = chosen.where(after(cursor, *key))
    rows = session.scalars(chosen.order_by(*key).limit(size + 1)).all()
    found = page_of(rows, lambda row: (-row.open_jobs, row.slug), size)
    return Page([_skill(row) for row in found.items], found.next_cursor)


def skill_in_full(slug: str) -> SkillInFull | None:
    """Return one skill as it stands on its latest day, or None where no figures are known."""
    known = sa.select(SkillMarket).where(SkillMarket.slug == slug)
    rows = session.scalars(known.order_by(SkillMarket.observed_on.desc()).limit(_HISTORY)).all()
    if not rows:
        return None
    latest = rows[0]
    skills = [(row.observed_on, _skill(row)) for row in rows]
    history = [(day, skill.market, skill.state) for day, skill in skills]
    return SkillInFull(
        skills[0][1], latest.observed_on, latest.source, latest.is_counted, history, _open_related(latest)
    )


def skills_seen(names: Sequence[str]) -> tuple[SkillSeen, ...]:
    """Return how somebody's skills stand on the latest day, and which related ones are open. Rule A-3."""
    day = latest_day()
    slugs = {name: address_of(name) for name in names}
    chosen = sa.select(SkillMarket).where(SkillMarket.observed_on == day, SkillMarket.slug.in_(slugs.values()))
    known = {row.slug: row for row in session.scalars(chosen)} if day else {}
    return tuple(_seen(name, known.get(slug)) for name, slug in slugs.items())


def _seen(name: str, row: SkillMarket | None) -> SkillSeen:
    if row is None:
        return SkillSeen(name)
    return SkillSeen(name, _skill(row).state, tuple(skill.name for skill in _open_related(row)))


def _open_related(row: SkillMarket) -> list[Skill]:
    beside = sa.select(SkillMarket).where(SkillMarket.observed_on == row.observed_on, SkillMarket.slug.in_(row.related))
    found = {each.slug: _skill(each) for each in session.scalars(beside)}
    ordered = (found[slug] for slug in row.related if slug in found)
    return [skill for skill in ordered if skill.state is SkillState.OPEN][:_RELATED_SHOWN]


def _skill(row: SkillMarket) -> Skill:
    """Return a row as the board shows it, under the policy of its own day."""
    market = Market(row.open_jobs, row.freelancers)
    return Skill(row.slug, row.name, market, state_of(market, policy_on(row.observed_on)))
