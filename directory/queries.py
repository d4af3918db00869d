"""What clients are shown: programmes, pages, who is featured, one expert. Rules B-4, D-1, D-2.

The list with its filters is in `directory/search.py`; what is listed at all in `directory/listing.py`, and who is
featured in `directory/featured.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from badges.models import Award
from core import briefly
from core.colours import ink_on
from core.database import session
from core.errors import NotFound
from core.languages import gettext as _
from directory.experts import among_awards
from directory.featured import Featured as Featured
from directory.featured import featured_in as featured_in
from directory.featured import featured_now as featured_now
from directory.featured import showing_at as showing_at
from directory.listing import is_listed as is_listed
from directory.listing import listed_expression as listed_expression
from directory.models import LandingPage, UseCase
from directory.search import listed as listed
from freelancers.models import Freelancer
from partners.models import Partner, Programme


@dataclass(frozen=True)
class Open:
    """A programme whose page is published, with how many experts are listed."""

    slug: str
    name: str
    intro: str
    colour: str
    experts: int
    logo_id: UUID | None = None

    @property
    def ink(self) -> str:
        """Return the colour of words on the brand's colour."""
        return ink_on(self.colour)

    @property
    def logo_url(self) -> str | None:
        """Return where the logo is, in a size for pages."""
        return f"/logos/{self.logo_id}-128.png" if self.logo_id else None


def home_partners(at: datetime) -> list[Open]:
    """Return every published page, by the partner's name."""
    count = (
        sa.select(sa.func.count())
        .select_from(Award)
        .join(Freelancer, Freelancer.id == Award.freelancer_id)
        .where(Award.achievement_id == Programme.achievement_id, listed_expression(at))
        .correlate(Programme)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Partner.slug, Partner.name, LandingPage.intro, Partner.colour, count, Partner.logo_id)
        .select_from(LandingPage)
        .join(Partner, Partner.id == LandingPage.partner_id)
        .join(Programme, Programme.partner_id == Partner.id)
        .where(LandingPage.published_at.is_not(None))
        .order_by(sa.func.lower(Partner.name), Partner.slug)
    )
    return [Open(*row) for row in rows]


def published_pages() -> Sequence[LandingPage]:
    """Return every published page, by the partner's name."""
    return session.scalars(
        sa.select(LandingPage)
        .join(LandingPage.partner)
        .options(contains_eager(LandingPage.partner))
        .where(LandingPage.published_at.is_not(None))
        .order_by(sa.func.lower(Partner.name), Partner.slug)
    ).all()


def page_of_partner(slug: str) -> LandingPage | None:
    """Return the page of the partner called `slug`, published or not, or None while there is none."""
    return next(iter(briefly.rows("page", slug, lambda: _pages_called(slug))), None)


def _pages_called(slug: str) -> Sequence[LandingPage]:
    return session.scalars(_called(), {"slug": slug}).all()


@cache
def _called() -> sa.Select[LandingPage]:
    """Return the page of a partner called `slug`, put together once: every public page of a directory asks for it."""
    pages = sa.select(LandingPage).join(LandingPage.partner).options(contains_eager(LandingPage.partner))
    return pages.where(Partner.slug == sa.bindparam("slug"))


def published_page(slug: str) -> LandingPage:
    """Return the published page of the partner called `slug`. Raises NotFound."""
    found = page_of_partner(slug)
    if found is None or found.published_at is None:
        raise NotFound(_("There is no page of experts under this address."), _("Start from all programmes."))
    return found


def use_cases(partner_id: UUID) -> Sequence[UseCase]:
    """Return the use cases on the partner's page in their order."""
    return session.scalars(_published_use_cases(), {"partner_id": partner_id}).all()


@cache
def _published_use_cases() -> sa.Select[UseCase]:
    of_partner = UseCase.partner_id == sa.bindparam("partner_id", type_=sa.Uuid())
    in_order = (UseCase.position, UseCase.name, UseCase.id)
    return sa.select(UseCase).where(of_partner, UseCase.published).order_by(*in_order)


def use_case(partner_id: UUID, slug: str) -> UseCase | None:
    """Return one use case on the partner's page, or None."""
    found = sa.select(UseCase).where(UseCase.partner_id == partner_id, UseCase.slug == slug, UseCase.published)
    return session.scalar(found)


def expert(partner_slug: str, freelancer_id: UUID, at: datetime) -> Award | None:
    """Return the award of somebody listed by the partner, with the person, or None when they are not. Rule D-2."""
    return session.scalar(
        sa.select(Award)
        .join(Award.freelancer)
        .join(Programme, Programme.achievement_id == Award.achievement_id)
        .join(Partner, Partner.id == Programme.partner_id)
        .options(contains_eager(Award.freelancer))
        .where(Partner.slug == partner_slug, Award.freelancer_id == freelancer_id, listed_expression(at))
    )


def ever_held(partner_id: UUID, freelancer_id: UUID) -> bool:
    """Say whether the person holds or held the partner's badge."""
    held = among_awards(sa.select(Award.id), partner_id).where(Award.freelancer_id == freelancer_id)
    return bool(session.scalar(sa.select(held.exists())))


def award_of_user(award_id: UUID, user_id: UUID) -> Award | None:
    """Return an award if this account's holder has or had it, or None. Rule X-4."""
    theirs = sa.select(Award).join(Freelancer, Freelancer.id == Award.freelancer_id)
    return session.scalar(theirs.where(Award.id == award_id, Freelancer.user_id == user_id))
