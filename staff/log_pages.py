"""The audit log and the outbox. Rules X-1, X-2."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Response

from core import clock
from core.answers import page, pager
from core.errors import InvalidInput
from core.outbox import try_again
from core.permissions import Access, allow
from staff import figures
from staff.blueprint import asked, blueprint, done, me
from staff.figures import Heap
from staff.log import entries
from staff.wording import SUBJECTS


@blueprint.get("/audit")
@allow(Access.STAFF)
def audit() -> Response:
    """Who changed what, when and why, the newest first."""
    prefix, about = asked("action"), asked("about")
    found = entries(prefix=prefix, subject_id=_uuid(about), cursor=asked("cursor") or None)
    return page(
        "staff/audit.html",
        entries=found.items,
        chosen={"action": prefix, "about": about},
        subjects=SUBJECTS,
        pages=pager(found, "staff.audit", action=prefix, about=about),
    )


@blueprint.get("/mail")
@allow(Access.STAFF)
def mail() -> Response:
    """The outbox: what was given up, what waits, what is sent."""
    heap = Heap(asked("heap")) if asked("heap") in list(Heap) else Heap.GIVEN_UP
    found = figures.mails(heap, asked("cursor") or None)
    return page(
        "staff/mail.html",
        mails=found.items,
        heap=heap,
        heaps=list(Heap),
        counts=figures.mail_counts(),
        at=clock.now(),
        pages=pager(found, "staff.mail", heap=heap),
    )


@blueprint.post("/mail/<uuid:mail_id>/again")
@allow(Access.STAFF)
def send_again(mail_id: UUID) -> Response:
    """Let a mail that was given up be sent after all."""
    try_again(mail_id, by=me(), at=clock.now())
    return done("It waits to be sent again.", "staff.mail")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidInput("This is no identifier of ours.", "Follow a link “all about this” instead.") from None
