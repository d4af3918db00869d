"""The marketplace invites: whom a partner's rules suit, and answers to those who asked. Rules I-1, I-2."""

from __future__ import annotations

from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from core import clock
from core.answers import page
from core.errors import InvalidInput, NotFound
from core.permissions import Access, allow
from core.wording import plural
from partners import interest, queries
from partners.invitation_queries import interest_of
from partners.invitations.suggestions import invite_suggested, suggestions
from partners.inviting import InviteReport
from partners.models import Partner
from staff.blueprint import blueprint, done, me


@blueprint.get("/partners/<slug>/suggestions")
@allow(Access.STAFF)
def suggested(slug: str) -> Response:
    """Show who meets a partner's rules by their activity, the most active first, and why."""
    found = _partner(slug)
    return page("staff/suggestions.html", partner=found, found=suggestions(found.programme, clock.now()))


@blueprint.post("/partners/<slug>/suggestions")
@allow(Access.STAFF)
def invite_suggestions(slug: str) -> Response:
    """Invite the people chosen."""
    found = _partner(slug)
    report = invite_suggested(found.programme, _chosen(), by=me(), at=clock.now())
    return done(_said(report), "staff.suggested", slug=slug)


@blueprint.post("/partners/<slug>/interests/<uuid:interest_id>/invite")
@allow(Access.STAFF)
def invite_interested(slug: str, interest_id: UUID) -> Response:
    """Answer somebody's interest with an invitation. Rule I-2."""
    asked = interest_of(_partner(slug).id, interest_id)
    report = interest.answer_with_invitation(asked, None, by=me(), at=clock.now())
    return done(_said(report), "staff.partner", slug=slug)


def _partner(slug: str) -> Partner:
    found = queries.partner_by_slug(slug)
    if found is None:
        raise NotFound()
    return found


def _chosen() -> list[UUID]:
    try:
        return [UUID(text) for text in request.form.getlist("person")]
    except ValueError:
        raise InvalidInput("Somebody of these is not known.", "Go back and choose anew.") from None


def _said(report: InviteReport) -> str:
    return (
        f"{plural(report.sent, 'invitation is', 'invitations are')} on the way." if report.sent else "Nothing was sent."
    )
