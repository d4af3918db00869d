"""Verifying people: the queue and its figures, one's call and its outcome, second looks, agents and their time. H-2."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from core import clock, wording
from core.answers import download, page
from core.errors import DomainError, InvalidInput, NotFound
from core.permissions import Access, allow
from freelancers.approval.duplicates import Trait
from freelancers.approval.earlier import earlier_accounts
from freelancers.identity import agents, figures, letters, outcomes, pictures, queue
from freelancers.identity.call_rules import CHECKLIST, CallState, failing, state_of
from freelancers.identity.meeting import Side
from freelancers.identity.models import IdentityCall
from freelancers.identity.queue import NotYours
from freelancers.identity.views import meetings
from staff.blueprint import blueprint, done, me
from staff.identity_forms import AgentForm, OutcomeForm, SecondForm, ShiftForm

_SHOWN_DAYS = timedelta(days=14)


@blueprint.get("/identity")
@allow(Access.STAFF)
def identity() -> Response:
    """Who waits, what one has to do, and how it went."""
    return _overview()


@blueprint.post("/identity/next")
@allow(Access.STAFF)
def next_call() -> Response:
    """Take the next person from the queue; nobody else gets them."""
    try:
        call = queue.take_next(me(), clock.now())
    except DomainError as refused:
        return _overview(refused)
    return done(f"{call.freelancer.name} is yours.", "staff.identity_call", call_id=call.id)


@blueprint.post("/identity/second")
@allow(Access.STAFF)
def next_second() -> Response:
    """Take the failure that waits longest for a second look."""
    try:
        call = queue.take_second(me(), clock.now())
    except DomainError as refused:
        return _overview(refused)
    return done("It is yours for half an hour.", "staff.identity_call", call_id=call.id)


@blueprint.get("/identity/calls/<uuid:call_id>")
@allow(Access.STAFF)
def identity_call(call_id: UUID) -> Response:
    """One's call, or one's second look: the pictures, the way into the room, the checklist."""
    return _call_page(_own_call(call_id))


@blueprint.post("/identity/calls/<uuid:call_id>/longer")
@allow(Access.STAFF)
def hold_longer(call_id: UUID) -> Response:
    """Keep a call that takes longer."""
    queue.hold_longer(_own_call(call_id).id, me(), clock.now())
    return done("It is yours for another quarter of an hour.", "staff.identity_call", call_id=call_id)


@blueprint.post("/identity/calls/<uuid:call_id>/outcome")
@allow(Access.STAFF)
def record_outcome(call_id: UUID) -> Response:
    """Record what a call has shown: verified, or failed, which a second agent looks at."""
    call, form = _own_call(call_id), OutcomeForm()
    if not form.validate():
        return _call_page(call, 422, form=form)
    try:
        if form.verdict.data == "verified":
            outcomes.verify(call.id, me(), form.held.data or (), clock.now(), form.number.data)
            said = f"{call.freelancer.name} is verified, and told so by mail.{_same_document(call)}"
            return done(said, "staff.identity")
        outcomes.find_failure(call.id, me(), form.held.data or (), form.reason.data, clock.now(), form.number.data)
    except InvalidInput as refused:
        return _call_page(call, form.refuse(refused), form=form)
    said = f"Recorded. A second agent looks at it; until then nothing changes for them.{_same_document(call)}"
    return done(said, "staff.identity")


def _same_document(call: IdentityCall) -> str:
    """Say on which other accounts the same document was seen; a person decides what that means. Rule A-2."""
    others = [each for each in earlier_accounts(call.freelancer) if Trait.DOCUMENT in each.shared]
    if not others:
        return ""
    named = wording.listed([f"{each.freelancer.name} ({each.freelancer.marketplace_id})" for each in others])
    return f" The same document was seen for {named}: look at both before anything else."


@blueprint.post("/identity/calls/<uuid:call_id>/second")
@allow(Access.STAFF)
def record_second(call_id: UUID) -> Response:
    """Agree to a failure, or have another agent call."""
    call, form = _own_call(call_id), SecondForm()
    if not form.validate():
        return _call_page(call, 422, second_form=form)
    decide = outcomes.agree if form.verdict.data == "agree" else outcomes.disagree
    try:
        decide(call.id, me(), form.reason.data, clock.now())
    except InvalidInput as refused:
        return _call_page(call, form.refuse(refused), second_form=form)
    return done("Recorded. They are told by mail.", "staff.identity")


@blueprint.get("/identity/pictures/<uuid:picture_id>")
@allow(Access.STAFF)
def see_picture(picture_id: UUID) -> Response:
    """Return a picture to the agent who has its owner's call; each look is in the log. Rule H-3."""
    picture, content = pictures.look_at(picture_id, by=me(), at=clock.now())
    ending = picture.mimetype.rpartition("/")[2]
    shown = download(content, f"{picture.kind}.{ending}", picture.mimetype)
    if picture.mimetype.startswith("image/"):
        shown.headers["Content-Disposition"] = "inline"
    return shown


@blueprint.get("/identity/agents")
@allow(Access.STAFF)
def identity_agents() -> Response:
    """Who verifies people, and when they are there."""
    return _agents_page()


@blueprint.post("/identity/agents")
@allow(Access.STAFF)
def add_agent() -> Response:
    """Let somebody of the staff verify people."""
    form = AgentForm.to_add()
    if not form.validate():
        return _agents_page(422, agent_form=form)
    agents.add_agent(form.user.data, by=me(), at=clock.now())
    return done("They verify people from now on.", "staff.identity_agents")


@blueprint.post("/identity/agents/remove")
@allow(Access.STAFF)
def remove_agent() -> Response:
    """Let somebody verify people no longer; what is booked with them goes to whoever is free."""
    form = AgentForm.to_choose()
    if not form.validate():
        return _agents_page(422)
    agents.remove_agent(form.user.data, by=me(), at=clock.now())
    return done(
        "They verify nobody from now on. Calls booked with them go to whoever is free.", "staff.identity_agents"
    )


@blueprint.post("/identity/shifts")
@allow(Access.STAFF)
def add_shift() -> Response:
    """Offer an agent's time."""
    form = ShiftForm.blank()
    if not form.validate():
        return _agents_page(422, shift_form=form)
    try:
        count = agents.add_shift(form.user.data, *form.span, by=me(), at=clock.now())
    except DomainError as refused:
        return _agents_page(form.refuse(refused), shift_form=form)
    said = f"{count} quarters of an hour can be booked." if count else "All of it was offered already."
    return done(said, "staff.identity_agents")


@blueprint.post("/identity/shifts/drop")
@allow(Access.STAFF)
def drop_shift() -> Response:
    """Take back what nobody has booked of a shift."""
    form = AgentForm.to_choose()
    begins_at, ends_at = _moment("from"), _moment("until")
    if not form.validate() or begins_at is None or ends_at is None:
        return _agents_page(422)
    count = agents.drop_shift(form.user.data, begins_at, ends_at, by=me(), at=clock.now())
    return done(f"{count} quarters of an hour are taken back. What is booked stays.", "staff.identity_agents")


def _overview(refused: DomainError | None = None) -> Response:
    at = clock.now()
    return page(
        "staff/identity.html",
        refused.status if refused else 200,
        refused=refused,
        at=at,
        now=figures.now(at),
        today=figures.today(at),
        days=figures.days(at),
        waiting=queue.waiting(at),
        is_agent=agents.is_agent(me()),
        own=queue.call_of_agent(me()),
        second=queue.second_of_agent(me(), at),
    )


def _own_call(call_id: UUID) -> IdentityCall:
    """Return a call that this agent has. Raises NotFound where another has it, and NotYours where nobody has it now."""
    call = letters.call_of(call_id)
    if call is None:
        raise NotFound()
    if me() in (call.agent_id if call.found_at is None else None, call.second_id) and call.ended_at is None:
        return call
    if call.ended_at is None and call.agent_id is not None:
        raise NotFound()
    raise NotYours()


def _call_page(
    call: IdentityCall, status: int = 200, form: OutcomeForm | None = None, second_form: SecondForm | None = None
) -> Response:
    is_second = state_of(call) is CallState.SECOND_LOOK
    return page(
        "staff/identity_call.html",
        status,
        call=call,
        person=call.freelancer,
        country=wording.country(call.freelancer.country) if call.freelancer.country else None,
        kept=pictures.pictures_of(call.freelancer_id),
        link=None if is_second else meetings().link(call, Side.AGENT),
        missing=failing([point for point in CHECKLIST if call.checks.get(point)]) if is_second else (),
        form=form or OutcomeForm(formdata=None),
        second_form=second_form or SecondForm(formdata=None),
        is_second=is_second,
    )


def _agents_page(
    status: int = 200, agent_form: AgentForm | None = None, shift_form: ShiftForm | None = None
) -> Response:
    at = clock.now()
    return page(
        "staff/identity_agents.html",
        status,
        agents=agents.agents(),
        shifts=agents.shifts(at - timedelta(hours=12), at + _SHOWN_DAYS),
        agent_form=agent_form or AgentForm.to_add(),
        shift_form=shift_form or ShiftForm.blank(me() if agents.is_agent(me()) else None),
    )


def _moment(name: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None
    return found if found.tzinfo else None
