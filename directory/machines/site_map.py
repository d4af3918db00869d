"""The map of the public pages for search engines, each with its last change. Rules D-2, D-7.

While there are few experts it is one file; with many it is an index of files (sitemaps.org).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from badges.models import Award
from core.audit import AuditEvent
from core.database import session
from directory.experts import S
from directory.listing import listed_expression
from directory.models import LandingPage, Period, UseCase
from freelancers.models import Freelancer
from partners.models import Partner, Programme

#: Experts in one file: a tenth of what the format allows, so that a file is made and read at once.
PART = 5_000
#: What is done with a page and shows without being published.
_AT_ONCE = ("use_case.chosen", "use_case.dropped", "use_case.reordered", "use_case.ruled")
#: Pages that are the same for all programmes.
_OURS = ("/", "/skills", "/badges/verify")


@dataclass(frozen=True)
class Entry:
    """A page, or a file of the map, by its path; `changed_at` is None where no change has a date."""

    path: str
    changed_at: datetime | None = None


def pages() -> Sequence[Entry]:
    """Return our own pages, every published page and its use cases."""
    changed = _page_changed()
    rows = session.execute(
        sa.select(LandingPage.partner_id, Partner.slug, changed)
        .join(Partner, Partner.id == LandingPage.partner_id)
        .where(LandingPage.published_at.is_not(None))
        .order_by(Partner.slug)
    ).all()
    of = {row.partner_id: Entry(f"/experts/{row.slug}", row[2]) for row in rows}
    cases = session.execute(
        sa.select(UseCase.partner_id, UseCase.slug)
        .where(UseCase.partner_id.in_(of), UseCase.published)
        .order_by(UseCase.slug)
    )
    of_cases = [Entry(f"{of[partner_id].path}/{slug}", of[partner_id].changed_at) for partner_id, slug in cases]
    return [*map(Entry, _OURS), *of.values(), *of_cases]


def people(at: datetime, begin: UUID | None = None) -> Sequence[Entry]:
    """Return the pages of experts listed at `at` whose award is `begin` or comes after it: PART of them at most."""
    changed = sa.func.greatest(Award.awarded_at, Freelancer.updated_at)
    listed = _listed(sa.select(Partner.slug, Freelancer.id, changed), at).order_by(Award.id).limit(PART)
    rows = session.execute(listed if begin is None else listed.where(Award.id >= begin))
    return [Entry(f"/experts/{slug}/people/{person}", changed_at) for slug, person, changed_at in rows]


def parts(at: datetime) -> Sequence[Entry]:
    """Return the files of the map when one file does not hold all experts, or nothing while it does."""
    numbered = _listed(
        sa.select(Award.id, (sa.func.row_number().over(order_by=Award.id) - 1).label("n")), at
    ).subquery()
    begins = session.scalars(sa.select(numbered.c.id).where(numbered.c.n % PART == 0).order_by(numbered.c.n)).all()
    if len(begins) <= 1:
        return ()
    return [Entry("/sitemap-pages.xml"), *(Entry(f"/sitemap-people.xml?from={begin}") for begin in begins)]


def whole(at: datetime) -> Iterable[Entry]:
    """Return all pages, for a map of one file."""
    return [*pages(), *people(at)]


def _listed(statement: S, at: datetime) -> S:
    """Return `statement` over all experts listed at `at` on a published page."""
    return (
        statement.select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .join(Programme, Programme.achievement_id == Award.achievement_id)
        .join(Partner, Partner.id == Programme.partner_id)
        .join(LandingPage, LandingPage.partner_id == Partner.id)
        .where(LandingPage.published_at.is_not(None), listed_expression(at))
    )


def _page_changed() -> sa.ColumnElement[datetime | None]:
    """Return when what a partner's page shows was last changed: its words, a use case's list, or who is featured.

    A draft changes nothing that is shown.
    """
    edited = (
        sa.select(AuditEvent.at)
        .where(AuditEvent.subject_type == "partner", AuditEvent.subject_id == LandingPage.partner_id)
        .where(AuditEvent.action.in_(_AT_ONCE))
        .order_by(AuditEvent.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    drawn = sa.select(sa.func.max(Period.drawn_at)).where(Period.partner_id == LandingPage.partner_id)
    return sa.func.greatest(LandingPage.updated_at, edited, drawn.scalar_subquery())
