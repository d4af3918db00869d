"""Clients come to the demo's pages: what they look for, and whom they see, day by day. Rules D-5, D-6."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award
from core.database import session, transaction
from directory.models import LandingPage, UseCase
from directory.seen.demand import count_search
from directory.seen.exposure import count_seen
from directory.seen.rules import Report
from partners.models import Programme

DAYS, _VIEWS_A_DAY, _SEARCHES_A_DAY, _FOUND, _VIEWED = 30, (1, 5), (0, 3), 8, 2
#: What clients ask for besides a page's own use cases; of some of it no page has anybody.
_ASKED = (
    *({"skill": name} for name in ("SQL", "Python", "Excel", "dbt", "Tableau", "Kafka", "Rust", "Power BI")),
    *({"country": code} for code in ("US", "GB", "DE", "JP", "BR")),
    *({"timezone": clock} for clock in ("+01:00", "-05:00", "+09:00")),
    {"language": "de"},
    {"language": "ja"},
    {"rate_max": "40"},
)


@transaction()
def tell(at: datetime) -> None:
    """Tell of every page's visitors in the last DAYS days."""
    random = Random("the visitors of the demo")  # noqa: S311  # the same visitors every time; nothing secret
    for landing in session.scalars(sa.select(LandingPage).where(LandingPage.published_at.is_not(None))).all():
        awards = _awards(landing.partner_id)
        cases = session.scalars(sa.select(UseCase.slug).where(UseCase.partner_id == landing.partner_id)).all()
        asked = [
            *_ASKED,
            *({"use_case": slug} for slug in sorted(cases)),
            *({"use_case": slug} for slug in sorted(cases)),
        ]
        for days_ago in range(DAYS, -1, -1):
            then = at - timedelta(days=days_ago)
            for _ in range(random.randint(*_VIEWS_A_DAY)):
                _look(landing.partner_id, awards, then, random)
            for _ in range(random.randint(*_SEARCHES_A_DAY)):
                count_search(landing, Report(_view(random), frozenset(), urlencode(random.choice(asked))), then)


def _look(partner_id: UUID, awards: list[UUID], then: datetime, random: Random) -> None:
    """Have a visitor see the featured, some cards, and a page or two; what cannot be so is not counted."""
    found = random.sample(awards, min(_FOUND, len(awards)))
    viewed = random.sample(awards, min(_VIEWED, len(awards)))
    seen = (
        [("shown", each) for each in awards]
        + [("found", each) for each in found]
        + [("viewed", each) for each in viewed]
    )
    count_seen(partner_id, Report(_view(random), frozenset(seen)), then)


def _awards(partner_id: UUID) -> list[UUID]:
    of_partner = sa.select(Programme.achievement_id).where(Programme.partner_id == partner_id)
    open_ones = (Award.achievement_id.in_(of_partner), Award.closed_at.is_(None))
    return list(session.scalars(sa.select(Award.id).where(*open_ones).order_by(Award.awarded_at, Award.id)))


def _view(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)
