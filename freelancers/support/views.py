"""A hold's page for whoever cannot sign in: their link opens it and its appeal, and nothing else. Rule H-6."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from core import clock
from core.answers import done, page
from core.errors import DomainError, NotFound
from core.permissions import Access, allow
from freelancers.capabilities import stop_of
from freelancers.models import Hold
from freelancers.queries import hold_by_id
from freelancers.services import send_hold_again
from freelancers.support import appeals, queries, threads
from freelancers.support.codes import HoldLink, read_code
from freelancers.support.forms import AppealForm

blueprint = Blueprint("holds", __name__)


@blueprint.get("/holds/<held>")
@allow(Access.ANYONE)
def hold(held: str) -> Response:
    """Why an account is held, what lifts the hold, and its appeal."""
    link, found = _read(held)
    if link.ends_at <= clock.now():
        return page("freelancers/hold_link_ended.html", 410, held=held)
    if thread := queries.thread_of_hold(found.id):
        threads.seen_by_person(thread.id, clock.now())
    return _page(held, found, AppealForm())


@blueprint.post("/holds/<held>")
@allow(Access.ANYONE)
def appeal(held: str) -> Response:
    """Appeal the hold, or add to its appeal. Rule H-6."""
    link, found = _read(held)
    if link.ends_at <= clock.now():
        return page("freelancers/hold_link_ended.html", 410, held=held)
    form = AppealForm()
    if not form.validate():
        return _page(held, found, form, 422)
    try:
        appeals.appeal(found.id, form.text.data, by=found.freelancer.user_id, at=clock.now())
    except DomainError as refused:
        return _page(held, found, form, form.refuse(refused))
    return done("Your appeal is with the marketplace's staff.", url_for("holds.hold", held=held))


@blueprint.post("/holds/<held>/again")
@allow(Access.ANYONE)
def send_again(held: str) -> Response:
    """Mail a new link to the address of whoever is held, and to nobody else. Rule H-6."""
    _, found = _read(held)
    send_hold_again(found.id, by=None, at=clock.now())
    return page("freelancers/hold_link_sent.html")


def _read(held: str) -> tuple[HoldLink, Hold]:
    link = read_code(held)
    found = hold_by_id(link.hold_id) if link else None
    if link is None or found is None:
        raise NotFound("This link is not whole.", "Copy it from the mail once more, with all its letters.")
    return link, found


def _page(held: str, found: Hold, form: AppealForm, status: int = 200) -> Response:
    words = {"hold": found, "stop": stop_of(found), "thread": queries.thread_of_hold(found.id)}
    return page("freelancers/hold.html", status, held=held, form=form, **words)
