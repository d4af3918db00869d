"""Pages of partners: the list, a new one, and one of them. Design, "who runs the programme"."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from accounts.services import remind
from badges.eligibility.rules import describe
from badges.queries import policy_for
from core import clock
from core.answers import page
from core.errors import DomainError, NotFound
from core.permissions import Access, allow
from directory.queries import page_of_partner
from partners import queries
from partners.application_queries import queue_counts
from partners.funnel import stages
from partners.invitation_queries import waiting_interests
from partners.models import Partner
from partners.services import create_partner
from partners.today_queries import funnel
from staff import figures
from staff.blueprint import blueprint, done, me
from staff.forms import PartnerForm
from staff.log import entries

FUNNEL_DAYS = 90
LATEST = 10


@blueprint.get("/partners")
@allow(Access.STAFF)
def partners() -> Response:
    """Every partner, with its figures."""
    return page("staff/partners.html", partners=figures.partners(clock.now()))


@blueprint.route("/partners/new", methods=["GET", "POST"])
@allow(Access.STAFF)
def new_partner() -> Response:
    """Create a partner with its programme, and invite its first admin."""
    form = PartnerForm()
    if request.method != "POST":
        return page("staff/new_partner.html", form=form)
    if not form.validate():
        return page("staff/new_partner.html", 422, form=form)
    try:
        made = _create(form)
    except DomainError as error:
        return page("staff/new_partner.html", form.refuse(error), form=form)
    message = f"{made.name} is created. An invitation to run it is on its way to {form.admin_email.data}."
    return done(message, "staff.partner", slug=made.slug)


def _create(form: PartnerForm) -> Partner:
    return create_partner(
        form.slug.data,
        form.name.data,
        colour=form.colour.data,
        website=form.website.data or None,
        admin_email=form.admin_email.data,
        admin_name=form.admin_name.data,
        by=me(),
        at=clock.now(),
    )


@blueprint.get("/partners/<slug>")
@allow(Access.STAFF)
def partner(slug: str) -> Response:
    """One partner: team, programme, how its invitations fare, and who would like to be invited."""
    found, at = _partner(slug), clock.now()
    programme = found.programme
    landing, how_far = page_of_partner(slug), funnel(programme, at - timedelta(days=FUNNEL_DAYS))
    return page(
        "staff/partner.html",
        partner=found,
        team=queries.team(found.id),
        funnel=stages(how_far.counts, how_far.median_days),
        funnel_days=FUNNEL_DAYS,
        queues=queue_counts(programme.id),
        asks=describe(policy_for(programme.achievement_id, at)),
        interests=waiting_interests(programme),
        is_published=landing is not None and landing.published_at is not None,
        history=entries(subject_id=found.id, size=LATEST).items,
    )


@blueprint.post("/partners/<slug>/team/<uuid:member_id>/link")
@allow(Access.STAFF)
def send_team_link(slug: str, member_id: UUID) -> Response:
    """Send somebody of a team, who has not chosen a password yet, the link for it again."""
    found = _partner(slug)
    member = queries.team_member(found.id, member_id)
    user = remind(member.user_id, by=me(), at=clock.now(), about=f"{found.name}'s team on Laurel")
    return done(f"A new link is on its way to {user.email}.", "staff.partner", slug=slug)


def _partner(slug: str) -> Partner:
    found = queries.partner_by_slug(slug)
    if found is None:
        raise NotFound()
    return found
