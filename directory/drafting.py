"""What is done with a page's words: prepared as a draft, published as a version, returned to. Rule D-1.

Nobody outside the team sees a draft. Who stands on a use case's list is no part of it: directory/editing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.audit import record
from core.database import changed, new_id, session, transaction
from core.errors import Conflict, InvalidInput, NotFound
from directory import versions
from directory.content import USE_CASES_MAX, Case, Content, changes, checked, open_points
from directory.models import LandingPage, PageDraft, PageVersion, UseCase
from directory.rotation import rotate
from directory.rules import swapped, use_case_name_problem, use_case_slug
from partners.models import Partner

#: One change after the other; rows that merely refer to the locked one need not wait, or two could for each other.
LOCKED: dict[str, Any] = {"key_share": True}


class NotReady(Conflict):
    """The page lacks something that it cannot be shown without."""

    title = "The page is not ready yet"


class NameTaken(Conflict):
    """Another use case of the page has this name."""

    title = "There is a use case of this name"


class ChangedMeanwhile(Conflict):
    """Somebody else saved the draft after its form was opened."""

    title = "Somebody changed the page meanwhile"


@transaction()
def draft_page(partner_id: UUID, content: Content, *, by: UUID | None, at: datetime, mark: str = "") -> Content:
    """Keep what the page is to say once it is published, but for its use cases, which are changed one by one.

    `mark` is that of the content which was changed: raises ChangedMeanwhile if it is no longer the draft's, and
    InvalidInput for what no page can be.
    """
    partner, now = _locked(partner_id)
    wanted = replace(checked(content), use_cases=now.use_cases)
    if wanted != now:
        if mark and mark != now.mark:
            raise ChangedMeanwhile(
                "What you wrote stands here and is not saved.", "Copy what you want to keep, and open the page anew."
            )
        _keep(partner, wanted, by=by, at=at)
    return wanted


@transaction()
def discard_draft(partner_id: UUID) -> None:
    """Forget what was prepared; the page stays as everybody sees it. None is fine."""
    _locked(partner_id)
    session.execute(sa.delete(PageDraft).where(PageDraft.partner_id == partner_id))


@transaction()
def publish(partner_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Show the draft to everybody, as the page's next version; a page that was taken down is shown again.

    Published already is fine. Raises NotReady when the page lacks what it cannot do without.
    """
    partner, content = _locked(partner_id)
    blocking = [point.text for point in open_points(content, listed=1) if point.blocks]
    if blocking:
        raise NotReady("It still needs: " + " ".join(blocking), "Write that, save, and publish again.")
    page = _page(partner_id)
    drafted = changed(sa.delete(PageDraft).where(PageDraft.partner_id == partner_id))
    if drafted or not page.version:
        _show(partner, page, content, by=by, at=at)
    elif page.published_at is None:
        page.published_at = page.updated_at = at
        session.flush()
        page_record("page.published", partner_id, by=by, at=at, after={"version": page.version})
        rotate(at, partner_id)


@transaction()
def return_to(partner_id: UUID, number: int, *, by: UUID | None, at: datetime) -> None:
    """Show what an earlier version said, as a new version; a draft stays one. Raises NotFound."""
    partner, _ = _locked(partner_id)
    content, page = versions.version(partner_id, number), _page(partner_id)
    if page.published_at is None or content != versions.published(page):
        _show(partner, page, content, by=by, at=at, returned_to=number)


@transaction()
def unpublish(partner_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Take the page away from the public; its words and experts stay. Taken down already is fine."""
    shown = (LandingPage.partner_id == partner_id, LandingPage.published_at.is_not(None))
    if changed(sa.update(LandingPage).where(*shown).values(published_at=None, updated_at=at)):
        page_record("page.unpublished", partner_id, by=by, at=at)


@transaction()
def add_use_case(
    partner_id: UUID, name: str, summary: str, words: str = "", *, by: UUID | None, at: datetime
) -> UseCase:
    """Add a use case at the end of the draft. Its address keeps its first name. Raises NameTaken, InvalidInput.

    One that was taken away before and had the same address comes back with its list.
    """
    if problem := use_case_name_problem(name):
        raise InvalidInput(problem)
    partner, now = _locked(partner_id)
    if len(now.use_cases) >= USE_CASES_MAX:
        raise InvalidInput(f"A page has {USE_CASES_MAX} use cases at most.", "Delete one first.")
    slug = use_case_slug(name)
    if now.case(slug):
        raise NameTaken(f"“{name}” has the same address as another use case.", "Choose another name.")
    row = _row(partner_id, slug, name, summary)
    added = Case(row.id, slug, name, summary, words)
    _keep(partner, replace(now, use_cases=(*now.use_cases, added)), by=by, at=at)
    page_record("use_case.added", partner_id, by=by, at=at, after={"name": name, "summary": summary})
    return row


@transaction()
def update_use_case(
    use_case_id: UUID, name: str, summary: str, words: str = "", *, by: UUID | None, at: datetime
) -> None:
    """Change in the draft what a use case says. Raises NotFound."""

    def change(cases: Sequence[Case], found: Case) -> Sequence[Case]:
        return [replace(found, name=name, summary=summary, words=words) if each is found else each for each in cases]

    before, partner_id, is_changed = _change_case(use_case_id, change, by=by, at=at)
    if is_changed:
        was = {"name": before.name, "summary": before.summary}
        now = {"name": name, "summary": summary}
        page_record("use_case.updated", partner_id, by=by, at=at, before=was, after=now)


@transaction()
def delete_use_case(use_case_id: UUID, *, by: UUID | None, at: datetime) -> None:
    """Take a use case out of the draft. Its list is kept for versions that have it. Raises NotFound."""

    def change(cases: Sequence[Case], found: Case) -> Sequence[Case]:
        return [each for each in cases if each is not found]

    gone, partner_id, _ = _change_case(use_case_id, change, by=by, at=at)
    page_record("use_case.deleted", partner_id, by=by, at=at, before={"name": gone.name, "summary": gone.summary})


@transaction()
def move_use_case(use_case_id: UUID, *, up: bool, by: UUID | None, at: datetime) -> None:
    """Move a use case one place up or down in the draft; the first stays first. Raises NotFound."""

    def change(cases: Sequence[Case], found: Case) -> Sequence[Case]:
        return swapped(cases, found, up=up)

    moved, partner_id, is_changed = _change_case(use_case_id, change, by=by, at=at)
    if is_changed:
        page_record("use_case.moved", partner_id, by=by, at=at, after={"name": moved.name, "up": up})


def _change_case(
    use_case_id: UUID,
    change: Callable[[Sequence[Case], Case], Sequence[Case]],
    *,
    by: UUID | None,
    at: datetime,
) -> tuple[Case, UUID, bool]:
    """Change the draft's use cases; return the one concerned as it was, its partner, and whether anything changed."""
    row = session.get(UseCase, use_case_id)
    if row is None:
        raise NotFound()
    partner, now = _locked(row.partner_id)
    found = next((each for each in now.use_cases if each.id == use_case_id), None)
    if found is None:
        raise NotFound()
    cases = tuple(change(now.use_cases, found))
    if cases != now.use_cases:
        _keep(partner, replace(now, use_cases=cases), by=by, at=at)
    return found, row.partner_id, cases != now.use_cases


def _locked(partner_id: UUID) -> tuple[Partner, Content]:
    """Return the partner, locked until the transaction ends, and what its page says in the draft."""
    lock = LOCKED | {"of": Partner}
    partner = session.get_one(Partner, partner_id, with_for_update=lock, populate_existing=True)
    return partner, versions.draft(partner)


def _page(partner_id: UUID) -> LandingPage:
    return session.get_one(LandingPage, partner_id, populate_existing=True)


def _row(partner_id: UUID, slug: str, name: str, summary: str) -> UseCase:
    """Return the row of a use case, made now or when its address was first taken."""
    new = {"id": new_id(), "partner_id": partner_id, "slug": slug, "name": name, "summary": summary}
    values = {**new, "words": "", "position": 0, "published": False}
    session.execute(insert(UseCase).values(values).on_conflict_do_nothing())
    return session.scalars(sa.select(UseCase).where(UseCase.partner_id == partner_id, UseCase.slug == slug)).one()


def _keep(partner: Partner, content: Content, *, by: UUID | None, at: datetime) -> None:
    """Store the draft, or none where it says what is published."""
    page = session.get(LandingPage, partner.id, populate_existing=True)
    if page is not None and page.version and versions.published(page) == content:
        session.execute(sa.delete(PageDraft).where(PageDraft.partner_id == partner.id))
        return
    if page is None:
        session.add(LandingPage(partner_id=partner.id, headline="", intro="", updated_at=at))
    if page is None or not page.version:
        partner.colour = content.colour  # invitations wear it, long before there is anything to publish
    session.flush()
    values = {"content": content.as_json, "saved_at": at, "saved_by": by}
    upsert = insert(PageDraft).values(partner_id=partner.id, **values)
    session.execute(upsert.on_conflict_do_update(index_elements=["partner_id"], set_=values))


def _show(
    partner: Partner,
    page: LandingPage,
    content: Content,
    *,
    by: UUID | None,
    at: datetime,
    returned_to: int | None = None,
) -> None:
    """Make the content what everybody sees, as the next version."""
    before = versions.published(page) if page.version else None
    stored, is_new = content.as_json, page.published_at is None
    page.version += 1
    page.published_at, page.updated_at = page.published_at or at, at
    for name in ("headline", "intro", "about", "how", "places", "links", "questions"):
        setattr(page, name, stored[name])
    partner.colour = content.colour
    _show_use_cases(partner.id, content)
    session.add(
        PageVersion(
            partner_id=partner.id,
            number=page.version,
            content=stored,
            published_at=at,
            published_by=by,
            returned_to=returned_to,
        )
    )
    session.flush()
    told = {"version": page.version, "changes": changes(before, content)}
    page_record("page.published" if returned_to is None else "page.returned", partner.id, by=by, at=at, after=told)
    if is_new:
        rotate(at, partner.id)


def _show_use_cases(partner_id: UUID, content: Content) -> None:
    places = {case.id: place for place, case in enumerate(content.use_cases)}
    for row in session.scalars(sa.select(UseCase).where(UseCase.partner_id == partner_id)):
        row.published = row.id in places
        if row.published:
            case = content.use_cases[places[row.id]]
            row.name, row.summary, row.words, row.position = case.name, case.summary, case.words, places[row.id]


def page_record(
    action: str,
    partner_id: UUID,
    *,
    by: UUID | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add what was done to a partner's page to the log. Rule X-2."""
    record(action, "partner", partner_id, by=by, at=at, partner_id=partner_id, before=before, after=after)
