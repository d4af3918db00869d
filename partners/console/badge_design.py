"""A console's badge: its design, seen at every size before it is used; earlier designs; the logo. Rule B-3."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import g, render_template, request
from werkzeug.wrappers import Response

from badges.design import queries, services
from badges.design.checks import remarks
from badges.design.logos import LOGO_MAX_BYTES, taken
from badges.design.pictures import sample_of, size_asked
from badges.design.queries import Look
from badges.design.rules import OURS, Design, Mark, design_of
from badges.models import Achievement
from core.answers import done
from core.colours import ink_on
from core.errors import Conflict, InvalidInput
from core.permissions import Access, Duty, allow
from partners.console.blueprint import acting, blueprint, own_programme, page
from partners.console.design_forms import DesignForm, LogoForm

STATES = ("active", "suspended")


@blueprint.get("/badge")
@allow(Access.MEMBER)
def badge(partner: str) -> Response:
    """Show the badge as it is worn, the draft at every size, and what was worn before."""
    return _page(DesignForm(formdata=None, **_drafted().as_json))


@blueprint.post("/badge")
@allow(Access.MEMBER, Duty.MANAGER)
def save_badge(partner: str) -> Response:
    """Keep the draft; with `action=use`, let every badge wear it."""
    form = DesignForm()
    if not form.validate():
        return _page(form, 422)
    achievement = _achievement()
    services.save_draft(achievement.id, form.design(), **acting())
    if request.form.get("action") != "use":
        return done("The draft is saved. No badge has changed.", _address())
    try:
        services.use_draft(achievement.id, **acting())
    except Conflict as refused:
        return _page(form, form.refuse(refused))
    return done("Every badge of yours wears this design from now on.", _address())


@blueprint.post("/badge/discard")
@allow(Access.MEMBER, Duty.MANAGER)
def discard_badge(partner: str) -> Response:
    """Forget the draft."""
    services.discard_draft(_achievement().id, **acting())
    return done("The draft is gone. Badges stay as they are.", _address())


@blueprint.post("/badge/designs/<uuid:design>/use")
@allow(Access.MEMBER, Duty.MANAGER)
def use_badge_again(partner: str, design: UUID) -> Response:
    """Return to an earlier design."""
    services.use_again(_achievement().id, design, **acting())
    return done("Every badge of yours wears the earlier design again.", _address())


@blueprint.get("/badge/designs/<uuid:design>.svg")
@allow(Access.MEMBER)
def earlier_badge(partner: str, design: UUID) -> Response:
    """A design that was used once, as a picture."""
    achievement = _achievement()
    stored = queries.design_by_id(achievement.id, design)
    return _drawing(achievement, queries.look_of(stored))


@blueprint.get("/badge/preview.svg")
@allow(Access.MEMBER)
def badge_preview(partner: str) -> Response:
    """The design that the address spells out (or the draft), in a size and a state. It stores nothing."""
    return _drawing(_achievement(), _look(_spelled_out()))


@blueprint.get("/badge/remarks")
@allow(Access.MEMBER)
def badge_remarks(partner: str) -> Response:
    """What is to be said of the design that the address spells out, as a part of the page."""
    look = _look(_spelled_out())
    return Response(render_template("partners/_badge_remarks.html", remarks=remarks(look.design, look.logo)))


@blueprint.post("/logo")
@allow(Access.MEMBER, Duty.MANAGER)
def save_logo(partner: str) -> Response:
    """Use a logo from now on."""
    form = LogoForm()
    content = form.logo.data.stream.read(LOGO_MAX_BYTES + 1) if form.validate() and form.logo.data else b""
    try:
        sizes = taken(content)
    except InvalidInput as refused:
        form.logo.errors = [*form.logo.errors, refused.advice]
        return _page(DesignForm(formdata=None, **_drafted().as_json), 422, logo_form=form)
    services.use_logo(g.partner.id, sizes, **acting())
    return done("Your logo stands on your pages now. Badges wear it once you use a design with it.", _address())


@blueprint.post("/logo/remove")
@allow(Access.MEMBER, Duty.MANAGER)
def remove_logo(partner: str) -> Response:
    """Use no logo."""
    services.drop_logo(g.partner.id, **acting())
    return done("Your pages show your initial again. Badges keep what they wear.", _address())


def _achievement() -> Achievement:
    return own_programme().achievement


def _address() -> str:
    return f"/console/{g.partner.slug}/badge"


def _drafted() -> Design:
    """Return the draft; without one what is worn; at the very first ours, in the partner's own colour."""
    achievement = _achievement()
    stored = queries.draft(achievement.id) or next(iter(queries.published(achievement.id)), None)
    if stored is None:
        return replace(OURS, ground=g.partner.colour, ink=ink_on(g.partner.colour))
    return design_of(stored.content)


def _spelled_out() -> Design:
    try:
        return design_of(request.args.to_dict() | {"plate": request.args.get("plate") == "y"})
    except InvalidInput:
        return _drafted()


def _look(design: Design) -> Look:
    if design.mark is not Mark.LOGO:
        return Look(design)
    return Look(design, queries.logo_in_size(queries.used_logo(g.partner.id), queries.DRAWN_SIDE))


def _drawing(achievement: Achievement, look: Look) -> Response:
    status = request.args.get("state", "active")
    drawing = sample_of(
        achievement, size_asked(request.args.get("size")), status if status in STATES else "active", look
    )
    return Response(drawing, mimetype="image/svg+xml")


def _page(form: DesignForm, status: int = 200, *, logo_form: LogoForm | None = None) -> Response:
    achievement, design = _achievement(), _drafted()
    look = _look(design)
    return page(
        "partners/badge.html",
        status,
        form=form,
        logo_form=logo_form or LogoForm(formdata=None),
        design=design.as_json | {"plate": "y" if design.plate else ""},
        remarks=remarks(look.design, look.logo),
        drafted=queries.draft(achievement.id),
        used=queries.published(achievement.id),
        logo=queries.used_logo(g.partner.id),
    )
