"""Open jobs per skill for the demo: made up from its profiles, as the board says."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from core.clock import day_of
from core.database import session
from freelancers.approval.supply_feed import Row
from freelancers.approval.supply_rules import address_of
from freelancers.approval.supply_services import take_in
from freelancers.models import Freelancer

SOURCE = "Made up for this demo: nobody counted these jobs. Freelancers are those of the demo, fewer in the past."
_MONTHS, _DAYS_APART, _GROWTH_PCT = 6, 30, 4
#: How many freelancers there may be for one open job, so that the board has skills of every state.
_PER_JOB = (2, 3, 5, 8, 12, 20, 35, 60)


def tell(at: datetime) -> None:
    """Tell how jobs and freelancers stood each month, the last of them today."""
    offered = _offered()
    random = Random("the demand of the demo")  # noqa: S311  # the same figures every time; nothing secret
    per_job = {name: random.choice(_PER_JOB) for name in offered}
    for months_ago in reversed(range(_MONTHS)):
        then = at - timedelta(days=months_ago * _DAYS_APART)
        rows = []
        for name, count in offered.items():
            jobs = round(count / per_job[name] * random.uniform(0.8, 1.2))
            people = count * (100 - _GROWTH_PCT * months_ago) // 100 if months_ago else None
            rows.append(Row(name, jobs, people))
        if rows:
            take_in(rows, on=day_of(then), source=SOURCE, by=None, at=then)


def _offered() -> dict[str, int]:
    """Return how many freelancers offer each skill, by the way that it is written first."""
    skill = sa.select(sa.func.unnest(Freelancer.skills).label("skill")).subquery("offered").c.skill
    counts = sa.select(skill, sa.func.count()).group_by(skill).order_by(skill)
    found: dict[str, tuple[str, int]] = {}
    for name, count in session.execute(counts):
        written, before = found.get(address_of(name), (name, 0))
        found[address_of(name)] = (written, before + count)
    return dict(found.values())
