"""Holds on a freelancer's page: placed, made stricter, told again, lifted. Rules H-1, H-6."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from uuid import UUID

from werkzeug.wrappers import Response

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import Access, allow
from freelancers.holds import HoldKind
from freelancers.models import Freelancer, Hold
from freelancers.queries import hold_of
from freelancers.services import escalate_hold, lift_hold, place_hold, send_hold_again
from staff.blueprint import blueprint, done, me
from staff.forms import EscalateForm, HoldForm, ReasonForm
from staff.freelancer_pages import known_person, person_page, told


@blueprint.post("/freelancers/<uuid:freelancer_id>/holds")
@allow(Access.STAFF)
def hold(freelancer_id: UUID) -> Response:
    """Place a hold, and tell the person. Rule H-6."""
    person, form = known_person(freelancer_id), HoldForm()
    if not form.validate():
        return person_page(person, 422, hold_form=form)
    until = datetime.combine(form.ends_on.data, time(), UTC) if form.ends_on.data else None
    try:
        placed = (person.id, HoldKind(form.kind.data), form.reason.data)
        place_hold(*placed, by=me(), at=clock.now(), ends_at=until)
    except DomainError as error:
        return person_page(person, form.refuse(error), hold_form=form)
    return done(f"The hold is placed{told(person)}", "staff.freelancer", freelancer_id=person.id)


@blueprint.post("/freelancers/<uuid:freelancer_id>/holds/<uuid:hold_id>/lift")
@allow(Access.STAFF)
def lift(freelancer_id: UUID, hold_id: UUID) -> Response:
    """Lift a hold, and tell the person. Rules H-1, H-6."""
    return _changed(
        freelancer_id,
        hold_id,
        ReasonForm(),
        lambda form: lift_hold(hold_id, form.reason.data, by=me(), at=clock.now()),
        "The hold is lifted",
    )


@blueprint.post("/freelancers/<uuid:freelancer_id>/holds/<uuid:hold_id>/escalate")
@allow(Access.STAFF)
def escalate(freelancer_id: UUID, hold_id: UUID) -> Response:
    """Let a stricter hold take the place of one, and tell the person. Rule H-6."""
    return _changed(
        freelancer_id,
        hold_id,
        EscalateForm(),
        lambda form: escalate_hold(hold_id, HoldKind(form.kind.data), form.reason.data, by=me(), at=clock.now()),
        "A stricter hold took its place",
    )


@blueprint.post("/freelancers/<uuid:freelancer_id>/holds/<uuid:hold_id>/notice")
@allow(Access.STAFF)
def tell_of_hold_again(freelancer_id: UUID, hold_id: UUID) -> Response:
    """Send the notice of a hold once more, with a new link to its page. Rule H-6."""
    person = known_person(freelancer_id)
    send_hold_again(_hold(person, hold_id).id, by=me(), at=clock.now())
    return done(f"The notice is written{told(person)}", "staff.freelancer", freelancer_id=person.id)


def _changed(
    freelancer_id: UUID, hold_id: UUID, form: ReasonForm, change: Callable[[ReasonForm], Hold], said: str
) -> Response:
    person = known_person(freelancer_id)
    _hold(person, hold_id)
    if not form.validate():
        return person_page(person, 422, reason_form=form)
    try:
        change(form)
    except DomainError as error:
        return person_page(person, form.refuse(error), reason_form=form)
    return done(f"{said}{told(person)}", "staff.freelancer", freelancer_id=person.id)


def _hold(person: Freelancer, hold_id: UUID) -> Hold:
    found = hold_of(person.id, hold_id)
    if found is None:
        raise NotFound()
    return found
