"""The partner console's experts: who holds the badge, how they stand, and what the team decides about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, g, request, url_for
from werkzeug.wrappers import Response

from badges import services as badges
from badges.queries import award_by_id, checklist
from core import clock, wording
from core.answers import done, pager
from core.forms import Form
from core.permissions import Access, Duty, allow
from directory import queries, roster, services
from directory.filters import read
from directory.forms import PinForm, ReasonForm
from partners.console.blueprint import acting, page

blueprint = Blueprint("experts", __name__)


@blueprint.get("/experts")
@allow(Access.MEMBER)
def experts(partner: str) -> Response:
    """List who holds the badge, or held it."""
    former, q = request.args.get("show") == "former", read({"q": request.args.get("q", "")}).filters.q
    found = roster.holders(g.partner.id, clock.now(), former=former, q=q, cursor=request.args.get("cursor"))
    pages = pager(found, ".experts", partner=partner, show="former" if former else "", q=q)
    return page("partners/experts.html", people=found.items, pages=pages, former=former, q=q)


@blueprint.get("/experts/<uuid:award>")
@allow(Access.MEMBER)
def expert(partner: str, award: UUID) -> Response:
    """Show one expert: the badge, what is open, where they are shown, and what can be done."""
    return _expert_page(award)


@blueprint.post("/experts/<uuid:award>/pin")
@allow(Access.MEMBER, Duty.MANAGER)
def pin(partner: str, award: UUID) -> Response:
    """Feature an expert by hand until the end of a day. Rule D-2."""
    holder, form = _holder(award), PinForm()
    if not form.validate():
        return _expert_page(award, 422, pin_form=form)
    services.pin(award, form.moment(), **acting())
    return _done(award, f"{holder.name} is featured until {wording.day(form.until.data)}.")


@blueprint.post("/experts/<uuid:award>/unfeature")
@allow(Access.MEMBER, Duty.MANAGER)
def unfeature(partner: str, award: UUID) -> Response:
    """Take an expert out of the featured ones for now. Rules D-7, E-12."""
    holder, form = _holder(award), ReasonForm()
    if not form.validate():
        return _expert_page(award, 422, reason_form=form)
    if holder.feature_id is None:
        raise services.NotFeatured("It ended a moment ago; nothing was changed.")
    services.remove_feature(holder.feature_id, form.reason.data, **acting())
    return _done(award, f"{holder.name} is no longer featured, and was told why.")


@blueprint.post("/experts/<uuid:award>/remove")
@allow(Access.MEMBER, Duty.MANAGER)
def remove(partner: str, award: UUID) -> Response:
    """Take an expert out of the directory; the badge stays. Rules D-7, E-12."""
    holder, form = _holder(award), ReasonForm()
    if not form.validate():
        return _expert_page(award, 422, reason_form=form)
    services.remove_from_directory(award, form.reason.data, **acting())
    return _done(award, f"{holder.name} is out of the directory, and was told why.")


@blueprint.post("/experts/<uuid:award>/restore")
@allow(Access.MEMBER, Duty.MANAGER)
def restore(partner: str, award: UUID) -> Response:
    """Put an expert back into the directory."""
    holder = _holder(award)
    services.restore_to_directory(award, **acting())
    return _done(award, f"{holder.name} is in the directory again.")


@blueprint.post("/experts/<uuid:award>/revoke")
@allow(Access.MEMBER, Duty.MANAGER)
def revoke(partner: str, award: UUID) -> Response:
    """Take the badge back. Rule E-12."""
    holder, form = _holder(award), ReasonForm()
    if not form.validate():
        return _expert_page(award, 422, reason_form=form)
    badges.revoke(award, form.reason.data, **acting())
    return _done(award, f"The badge of {holder.name} is revoked, and they were told why.")


def _holder(award_id: UUID) -> roster.Holder:
    """Return the holder if the badge is this partner's. Raises NotFound. Rule X-4."""
    return roster.holder(g.partner.id, award_id, clock.now())


def _expert_page(award_id: UUID, status: int = 200, **forms: Form) -> Response:
    at, holder = clock.now(), _holder(award_id)
    award, landing = award_by_id(award_id), queries.page_of_partner(g.partner.slug)
    findings = checklist(holder.freelancer_id, g.partner.programme.achievement_id, at) if holder.held else ()
    given: dict[str, Any] = {"pin_form": PinForm(formdata=None), "reason_form": ReasonForm(formdata=None), **forms}
    return page(
        "partners/expert.html",
        status,
        holder=holder,
        award=award,
        published=landing is not None and landing.published_at is not None,
        findings=findings,
        decisions=roster.decisions_about(award_id),
        **given,
    )


def _done(award_id: UUID, words: str) -> Response:
    return done(words, url_for(".expert", partner=g.partner.slug, award=award_id))
