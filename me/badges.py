"""A freelancer's badges: how each stands, what to do, the public link, hiding it, and answering a revocation."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from badges import services
from badges.credentials.choosing import choice_of, choose
from badges.models import Award
from badges.queries import award_of_freelancer
from core import clock
from core.answers import base_url, done, page
from core.errors import NotFound
from core.permissions import Access, allow
from me.blueprint import blueprint, own_freelancer
from me.forms import ContentsForm, RevocationAnswerForm
from me.standing import own_badges, own_holds


@blueprint.get("/badges")
@allow(Access.FREELANCER)
def badges() -> Response:
    """Every badge of somebody, with what there is to do about it. Rules B-4, E-11, E-12."""
    return _shown(RevocationAnswerForm())


@blueprint.post("/badges/<uuid:award_id>/hide")
@allow(Access.FREELANCER)
def hide_badge(award_id: UUID) -> Response:
    """Take a badge out of the public's sight. Rule B-4."""
    services.hide(_own_award(award_id).id, clock.now(), current_user.id)
    return done("Your badge is hidden: nobody but you sees it, and you are not in the directory.", url_for("me.badges"))


@blueprint.post("/badges/<uuid:award_id>/show")
@allow(Access.FREELANCER)
def show_badge(award_id: UUID) -> Response:
    """Let the public see a badge again. Rule B-4."""
    services.unhide(_own_award(award_id).id, clock.now(), current_user.id)
    return done("Your badge is public again.", url_for("me.badges"))


@blueprint.post("/badges/<uuid:award_id>/answer")
@allow(Access.FREELANCER)
def answer_revocation(award_id: UUID) -> Response:
    """Answer a revocation, once. Rule E-12."""
    award = _own_award(award_id)
    form = RevocationAnswerForm()
    if not form.validate():
        return _shown(form, award.id, 422)
    services.answer_revocation(award.id, form.answer.data, by=current_user.id, at=clock.now())
    said = f"Your answer is with {award.achievement.issuer.name} and the marketplace's staff."
    return done(said, url_for("me.badges"))


@blueprint.get("/badges/<uuid:award_id>/contents")
@allow(Access.FREELANCER)
def badge_contents(award_id: UUID) -> Response:
    """What a badge carries, and what it may carry. Rule B-4."""
    award = _own_award(award_id)
    return _contents(award, ContentsForm.of(award.freelancer, choice_of(award.id)))


@blueprint.post("/badges/<uuid:award_id>/contents")
@allow(Access.FREELANCER)
def choose_contents(award_id: UUID) -> Response:
    """Choose what a badge carries. Rule B-4."""
    award = _own_award(award_id)
    form = ContentsForm.of(award.freelancer)
    if not form.validate():
        return _contents(award, form, 422)
    choose(award, form.choice, by=current_user.id, at=clock.now())
    said = "Your badge says so from now on. Whoever has an older copy keeps that; download yours anew."
    return done(said, url_for("me.badges"))


def _contents(award: Award, form: ContentsForm, status: int = 200) -> Response:
    return page("me/badge_contents.html", status, award=award, form=form)


def _own_award(award_id: UUID) -> Award:
    """Return an award of the signed-in person. Raises NotFound for any other. Rule X-4."""
    award = award_of_freelancer(award_id, own_freelancer().id)
    if award is None:
        raise NotFound()
    return award


def _shown(form: RevocationAnswerForm, answering: UUID | None = None, status: int = 200) -> Response:
    freelancer = own_freelancer()
    return page(
        "me/badges.html",
        status,
        badges=own_badges(freelancer, clock.now()),
        is_held=bool(own_holds(freelancer)),
        base_url=base_url(),
        form=form,
        answering=answering,
    )
