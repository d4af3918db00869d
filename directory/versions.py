"""A page's draft and its versions, as they are read. Rule D-1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from accounts.models import User
from core import briefly
from core.database import session
from core.errors import NotFound
from directory.content import Case, Content, Link, Question, changes, content_of, tidy_places
from directory.models import LandingPage, PageDraft, PageVersion
from directory.queries import use_cases
from partners.models import Partner

#: So many versions are listed, the newest first; older ones are kept.
LISTED = 20


@dataclass(frozen=True)
class Version:
    """One version of a page: since when, by whom, and what it changed."""

    number: int
    published_at: datetime
    by: str | None
    returned_to: int | None
    changes: Sequence[str]


def published(page: LandingPage) -> Content:
    """Return what the page says to everybody, or said when it was last shown."""
    known = briefly.one("content", page.partner_id, lambda: _content(page, _cases(page.partner_id)))
    assert known is not None
    return known


def draft(partner: Partner) -> Content:
    """Return what the page will say once it is published: the draft, or what is published where nothing is drafted."""
    stored = stored_draft(partner.id)
    if stored is not None:
        return content_of(stored.content)
    page = session.get(LandingPage, partner.id)
    return published(page) if page is not None else Content(colour=partner.colour)


def stored_draft(partner_id: UUID) -> PageDraft | None:
    """Return the row that holds what is prepared, or None when there is nothing that is not published."""
    return session.get(PageDraft, partner_id, populate_existing=True)


def version(partner_id: UUID, number: int) -> Content:
    """Return what a page said in one of its versions. Raises NotFound."""
    found = session.get(PageVersion, (partner_id, number)) if number < 2**31 else None
    if found is None:
        raise NotFound("There is no such version of the page.", "Choose one from the list of versions.")
    return content_of(found.content)


def versions(partner_id: UUID) -> list[Version]:
    """Return the page's last versions, the newest first, each with what it changed."""
    rows = session.execute(
        sa.select(PageVersion, User.name, User.email)
        .outerjoin(User, User.id == PageVersion.published_by)
        .where(PageVersion.partner_id == partner_id)
        .order_by(PageVersion.number.desc())
        .limit(LISTED + 1)
    ).all()
    contents = [content_of(row.PageVersion.content) for row in rows] + [None]
    return [
        Version(
            each.PageVersion.number,
            each.PageVersion.published_at,
            each.name or each.email,
            each.PageVersion.returned_to,
            changes(before, after),
        )
        for each, after, before in zip(rows, contents, contents[1:], strict=False)
        if after is not None
    ][:LISTED]


def _cases(partner_id: UUID) -> tuple[Case, ...]:
    return tuple(Case(each.id, each.slug, each.name, each.summary, each.words) for each in use_cases(partner_id))


def _content(page: LandingPage, cases: tuple[Case, ...]) -> Content:
    return Content(
        headline=page.headline,
        intro=page.intro,
        colour=page.partner.colour,
        about=page.about,
        how=page.how,
        places=tidy_places((each["section"], each["on"]) for each in page.places),
        links=tuple(Link(**each) for each in page.links),
        questions=tuple(Question(**each) for each in page.questions),
        use_cases=cases,
    )
