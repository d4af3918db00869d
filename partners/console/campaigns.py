"""A console's open campaign links: open, show with a QR code, print, end. Rule I-3."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import segno
from flask import flash, g
from werkzeug.wrappers import Response

from core import clock
from core.answers import base_url
from core.errors import DomainError, NotFound
from core.permissions import Access, Duty, allow
from partners.console.blueprint import acting, back_to, blueprint, own_programme, page
from partners.console.invitation_forms import CampaignForm
from partners.invitations import campaigns
from partners.invitations.models import Campaign

_MIMETYPES = {"svg": "image/svg+xml", "png": "image/png"}


@blueprint.get("/invitations/campaigns")
@allow(Access.MEMBER)
def campaign_links(partner: str) -> Response:
    """Show the campaigns, and the form for a new one."""
    return _campaigns_page(CampaignForm(), 200)


@blueprint.post("/invitations/campaigns")
@allow(Access.MEMBER, Duty.MANAGER)
def open_campaign(partner: str) -> Response:
    """Open a campaign link."""
    form = CampaignForm()
    if not form.validate():
        return _campaigns_page(form, 422)
    try:
        found = campaigns.open_campaign(own_programme(), form.name.data, form.cap.data, form.last_day.data, **acting())
    except DomainError as refused:
        return _campaigns_page(form, form.refuse(refused))
    flash("The link works from now on.", "success")
    return back_to("campaign", campaign_id=found.id)


@blueprint.get("/invitations/campaigns/<uuid:campaign_id>")
@allow(Access.MEMBER, Duty.MANAGER)
def campaign(partner: str, campaign_id: UUID) -> Response:
    """Show a campaign's link with its QR code, and how many places are taken."""
    return _campaign_page("partners/campaign.html", _own(campaign_id))


@blueprint.get("/invitations/campaigns/<uuid:campaign_id>/poster")
@allow(Access.MEMBER, Duty.MANAGER)
def poster(partner: str, campaign_id: UUID) -> Response:
    """Show a page to be printed: what is offered, the QR code, and until when."""
    return _campaign_page("partners/campaign_poster.html", _own(campaign_id))


@blueprint.get("/invitations/campaigns/<uuid:campaign_id>/code.<any(svg, png):kind>")
@allow(Access.MEMBER, Duty.MANAGER)
def qr_code(partner: str, campaign_id: UUID, kind: str) -> Response:
    """Return the QR code of a campaign's link."""
    path = campaigns.link_path(_own(campaign_id))
    if path is None:
        raise NotFound()
    out = BytesIO()
    segno.make(base_url() + path, error="m").save(out, kind=kind, scale=8, border=4)
    return Response(out.getvalue(), mimetype=_MIMETYPES[kind])


@blueprint.post("/invitations/campaigns/<uuid:campaign_id>/end")
@allow(Access.MEMBER, Duty.MANAGER)
def end_campaign(partner: str, campaign_id: UUID) -> Response:
    """Let a campaign's link work no more."""
    campaigns.end_campaign(_own(campaign_id).id, **acting())
    flash("The link no longer works. Who accepted stays.", "success")
    return back_to("campaign_links")


def _own(campaign_id: UUID) -> Campaign:
    return campaigns.campaign_of(own_programme().id, campaign_id)


def _campaign_page(template: str, found: Campaign) -> Response:
    path = campaigns.link_path(found)
    return page(
        template, found=found, link=base_url() + path if path else None, works=campaigns.works(found, clock.now())
    )


def _campaigns_page(form: CampaignForm, status: int) -> Response:
    at, found = clock.now(), campaigns.campaigns_of(g.partner.programme.id)
    shown = [(each, campaigns.works(each, at)) for each in found]
    return page("partners/campaigns.html", status, form=form, found=shown)
