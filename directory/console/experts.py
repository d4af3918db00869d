"""The partner console's experts: who holds the badge, how they stand, and what the team decides about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from badges import services as badges
from badges.queries import award_by_id, checklist
from core import clock
from core.permissions import Access, Duty, allow
from directory import queries, roster, services
from directory.forms import PinForm, ReasonForm

blueprint = Blueprint("experts", __name__)


@blueprint.get("/experts")
@allow(Access.MEMBER)
def experts(partner: str) -> str:
    """List who holds the badge, or held it."""
    former, q = request.args.get("show") == "former", " ".join(request.args.get("q", "").replace("\x00", " ").split())
    page = roster.holders(g.partner.id, clock.now(), former=former, q=q[:100], cursor=request.args.get("cursor"))
    return render_template("partners/experts.html", partner=g.partner, page=page, former=former, q=q[:100])


@blueprint.get("/experts/<uuid:award>")
@allow(Access.MEMBER)
def expert(partner: str, award: UUID) -> str:
    """Show one expert: the badge, what is open, where they are shown, and what can be done."""
    return _expert_page(award)


@blueprint.post("/experts/<uuid:award>/pin")
@allow(Access.MEMBER, Duty.MANAGER)
def pin(partner: str, award: UUID) -> Response | tuple[str, int]:
    """Feature an expert by hand until the end of a day. Rule D-2."""
    holder, form = _holder(award), PinForm()
    if not form.validate():
        return _expert_page(award, pin_form=form), 422
    services.pin(award, form.moment(), **_now())
    return _done(award, f"{holder.name} is featured until {form.until.data:%-d %B %Y}.")


@blueprint.post("/experts/<uuid:award>/unfeature")
@allow(Access.MEMBER, Duty.MANAGER)
def unfeature(partner: str, award: UUID) -> Response | tuple[str, int]:
    """Take an expert out of the featured ones for now. Rules D-7, E-12."""
    holder, form = _holder(award), ReasonForm()
    if not form.validate():
        return _expert_page(award, reason_form=form), 422
    if holder.feature_id is None:
        raise services.NotFeatured("It ended a moment ago; nothing was changed.")
    services.remove_feature(holder.feature_id, form.reason.data, **_now())
    return _done(award, f"{holder.name} is no longer featured, and was told why.")


@blueprint.post("/experts/<uuid:award>/remove")
@allow(Access.MEMBER, Duty.MANAGER)
def remove(partner: str, award: UUID) -> Response | tuple[str, int]:
    """Take an expert out of the directory; the badge stays. Rules D-7, E-12."""
    holder, form = _holder(award), ReasonForm()
    if not form.validate():
        return _expert_page(award, reason_form=form), 422
    services.remove_from_directory(award, form.reason.data, **_now())
    return _done(award, f"{holder.name} is out of the directory, and was told why.")


@blueprint.post("/experts/<uuid:award>/restore")
@allow(Access.MEMBER, Duty.MANAGER)
def restore(partner: str, award: UUID) -> Response:
    """Put an expert back into the directory."""
    holder = _holder(award)
    services.restore_to_directory(award, **_now())
    return _done(award, f"{holder.name} is in the directory again.")


@blueprint.post("/experts/<uuid:award>/revoke")
@allow(Access.MEMBER, Duty.MANAGER)
def revoke(partner: str, award: UUID) -> Response | tuple[str, int]:
    """Take the badge back. Rule E-12."""
    holder, form = _holder(award), ReasonForm()
    if not form.validate():
        return _expert_page(award, reason_form=form), 422
    badges.revoke(award, form.reason.data, **_now())
    return _done(award, f"The badge of {holder.name} is revoked, and they were told why.")


def _holder(award_id: UUID) -> roster.Holder:
    """Return the holder if the badge is this partner's. Raises NotFound. Rule X-4."""
    return roster.holder(g.partner.id, award_id, clock.now())


def _expert_page(award_id: UUID, **forms: FlaskForm) -> str:
    at, holder = clock.now(), _holder(award_id)
    award, page = award_by_id(award_id), queries.page_of_partner(g.partner.slug)
    findings = checklist(holder.freelancer_id, g.partner.programme.achievement_id, at) if holder.held else ()
    given: dict[str, Any] = {"pin_form": PinForm(formdata=None), "reason_form": ReasonForm(formdata=None), **forms}
    return render_template(
        "partners/expert.html",
        partner=g.partner,
        holder=holder,
        award=award,
        published=page is not None and page.published_at is not None,
        findings=findings,
        decisions=roster.decisions_about(award_id),
        may_decide=Duty(g.member.duty).covers(Duty.MANAGER),
        **given,
    )


def _now() -> dict[str, Any]:
    """Return who acts and when, as services ask for it."""
    return {"by": current_user.id, "at": clock.now()}


def _done(award_id: UUID, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for(".expert", partner=g.partner.slug, award=award_id), 303)
